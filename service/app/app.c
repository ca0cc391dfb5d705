/* SPDX-License-Identifier: MIT */
#include "service/app/app.h"

#include "service/app/check.h"
#include "service/app/parts.h"
#include "service/app/say.h"

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
    return config->audit_to_file ? config->audit_file : "syslog";
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

/* Returns how many started; fewer than all: the one that failed has said so. */
static size_t start_parts(struct app *app)
{
    for (size_t i = 0; i < JD_COUNT(parts); i++) {
        struct jd_err err = {0};
        if (parts[i].start(app, &err) != JD_OK) {
            say_failed(parts[i].word, parts[i].which == NULL ? NULL : parts[i].which(app->config), &err);
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
        _Exit(1);
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
    return config.verb == CONFIG_CHECK ? check_policy(config.check_file) : app_run(&config);
}
