/* SPDX-License-Identifier: MIT */
#include "service/app/app.h"

#include "service/app/check.h"
#include "service/app/parts.h"
#include "service/app/say.h"
#include "service/os/os_setup.h"

#include <stdio.h>
#include <stdlib.h>

/* One part of the service. end runs only when start succeeded; NULL: nothing to take down. */
struct part {
    const char *word;
    const char *(*which)(const struct config *config); /* the file or folder it stands on */
    enum jd_code (*start)(struct app *app, struct jd_err *err);
    void (*end)(struct app *app);
};

static const char *which_state(const struct config *config)
{
    return config->state;
}

static const char *which_audit(const struct config *config)
{
    return config->audit_to_file ? config->audit_file : os_setup_defaults()->system_log;
}

static const char *which_policy(const struct config *config)
{
    return config->policy;
}

static const char *which_endpoint(const struct config *config)
{
    return config->endpoint;
}

static const struct part parts[] = {
    {"state", which_state, parts_start_state, parts_end_state},
    {"audit", which_audit, parts_start_audit, parts_end_audit},
    {"policy", which_policy, parts_start_policy, parts_end_policy},
    {"volumes", NULL, parts_start_volumes, parts_end_volumes},
    {"own files", NULL, parts_start_own_files, parts_end_own_files},
    {"core", NULL, parts_start_core, parts_end_core},
    {"recovery", which_state, parts_start_recovery, NULL},
    {"event loop", NULL, parts_start_loop, parts_end_loop},
    {"signals", NULL, parts_start_host, parts_end_host},
    {"endpoint", which_endpoint, parts_start_server, parts_end_server},
    {"audit", which_audit, parts_start_record, parts_end_record},
};

static void tell_failed(const struct app *app, const struct part *part, const struct jd_err *err)
{
    const char *which = part->which == NULL ? NULL : part->which(app->config);
    say_failed(part->word, which, err);
    if (os_host_is_service()) {
        parts_record_failed(app, part->word, which, err);
    }
}

/* Returns how many started; fewer than all: the one that failed has said so. */
static size_t start_parts(struct app *app)
{
    for (size_t i = 0; i < JD_COUNT(parts); i++) {
        struct jd_err err = {0};
        os_host_progress();
        if (parts[i].start(app, &err) != JD_OK) {
            tell_failed(app, &parts[i], &err);
            return i;
        }
    }
    return JD_COUNT(parts);
}

static void end_parts(struct app *app, size_t n)
{
    while (n-- > 0) {
        if (parts[n].end != NULL) {
            parts[n].end(app);
        }
    }
}

static void serve(struct app *app)
{
    say("ready on %s", app->config->endpoint);
    os_host_ready(app->host);
    uv_run(&app->loop, UV_RUN_DEFAULT);
}

int app_run(const struct config *config)
{
    struct app app = {.config = config};
    size_t n = start_parts(&app);
    if (n == JD_COUNT(parts)) {
        serve(&app);
    }
    if (app.is_overdue) {
        /* A thread is still inside a system call, with handles and memory of the parts: nothing may be taken from under
         * it. What it leaves half done, the next start finds in the journal. */
        parts_end_record(&app);
        say("stopped while an operation was stuck in the system; the next start looks at what it left");
        os_host_abandon(1);
    }
    end_parts(&app, n);
    return n == JD_COUNT(parts) ? 0 : 1;
}

static int print_help(void)
{
    struct jd_buf text;
    jd_buf_init(&text, 8192);
    config_help(&text);
    fputs(text.failed ? "junctiond: out of memory\n" : text.data, stdout);
    jd_buf_done(&text);
    return 0;
}

/* The verbs that set the service up instead of being it. */
static const struct setup {
    enum config_verb verb;
    enum jd_code (*run)(struct jd_err *err);
    const char *done;
} setups[] = {
    {CONFIG_INSTALL, os_setup_install, "installed; junctiond start starts it"},
    {CONFIG_UNINSTALL, os_setup_uninstall, "uninstalled; policy, state and the event log are kept"},
    {CONFIG_START, os_setup_start, "running"},
    {CONFIG_STOP, os_setup_stop, "stopped"},
};

static int set_up(const struct setup *setup)
{
    struct jd_err err = {0};
    char why[SAY_WHY_MAX];
    if (setup->run(&err) != JD_OK) {
        say("%s", err.text[0] != '\0' ? err.text : say_why(&err, why));
        return jd_code_exit(err.code);
    }
    printf("junctiond: %s\n", setup->done);
    return 0;
}

static int run_verb(const struct config *config)
{
    for (size_t i = 0; i < JD_COUNT(setups); i++) {
        if (setups[i].verb == config->verb) {
            return set_up(&setups[i]);
        }
    }
    return config->verb == CONFIG_CHECK ? check_policy(config->check_file) : app_run(config);
}

int app_main(int argc, const char *const *argv)
{
    struct config config;
    struct jd_err err = {0};
    if (config_parse(argc, argv, &config, &err) != JD_OK) {
        say("%s", err.text);
        return jd_code_exit(err.code);
    }
    if (config.verb == CONFIG_HELP) {
        return print_help();
    }
    if (config.verb == CONFIG_VERSION) {
        puts("junctiond " JD_VERSION);
        return 0;
    }
    return run_verb(&config);
}
