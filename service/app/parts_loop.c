/* SPDX-License-Identifier: MIT */
#include "service/app/parts.h"

#include "service/app/say.h"
#include "service/io/worker.h"
#include "service/os/os_setup.h"

enum jd_code parts_start_loop(struct app *app, struct jd_err *err)
{
    int number;
    worker_prepare_pool();
    number = uv_loop_init(&app->loop);
    return number == 0 ? JD_OK : jd_fail_sys(err, JD_E_PLATFORM, "event loop", JD_DOMAIN_UV, number);
}

void parts_end_loop(struct app *app)
{
    uv_run(&app->loop, UV_RUN_DEFAULT); /* what was closed is gone only after a turn */
    if (uv_loop_close(&app->loop) != 0) {
        say("something was left on the event loop");
    }
}

static void on_stop(void *context)
{
    struct app *app = context;
    say("stopping");
    server_stop(app->server);
}

static void record_policy(struct app *app, const struct jd_err *refused)
{
    struct jd_err err;
    if (core_record_policy(app->core, app->config->policy, refused, &err) != JD_OK) {
        say_failed("audit", "record of the policy", &err);
    }
}

static void reload_policy(struct app *app)
{
    struct policy *policy = NULL;
    struct jd_err err;
    if (parts_read_policy(app->config->policy, &policy, &err) == JD_OK) {
        core_set_policy(app->core, policy);
        record_policy(app, NULL);
        say("policy %s: loaded, %zu rules", app->config->policy, policy_rule_count(policy));
    } else {
        record_policy(app, &err);
        say_failed("policy", app->config->policy, &err);
        say(core_policy(app->core) == NULL ? "there is still no policy" : "the policy loaded before stays in force");
    }
}

static void on_reload(void *context)
{
    struct app *app = context;
    struct jd_err err;
    if (os_audit_reopen(app->audit, &err) != JD_OK) {
        say_failed("audit", app->config->audit_to_file ? app->config->audit_file : os_setup_defaults()->system_log,
                   &err);
    }
    reload_policy(app);
}

enum jd_code parts_start_host(struct app *app, struct jd_err *err)
{
    const struct os_host_events events = {.stop = on_stop, .reload = on_reload, .context = app};
    return os_host_start(&app->loop, &events, &app->host, err);
}

void parts_end_host(struct app *app)
{
    os_host_stop(app->host);
}

static void on_stopped(void *context)
{
    struct app *app = context;
    app->has_stopped = true;
    uv_stop(&app->loop);
}

static void on_overdue(void *context)
{
    struct app *app = context;
    app->is_overdue = true;
    uv_stop(&app->loop);
}

enum jd_code parts_start_server(struct app *app, struct jd_err *err)
{
    const struct server_parts parts = {
        .loop = &app->loop,
        .core = app->core,
        .endpoint = app->config->endpoint,
        .limits = &server_limits_default,
        .on_stopped = on_stopped,
        .on_overdue = on_overdue,
        .context = app,
    };
    return server_open(&parts, &app->server, err);
}

void parts_end_server(struct app *app)
{
    if (!app->has_stopped) { /* a later part failed to start; nobody was served yet */
        server_stop(app->server);
        uv_run(&app->loop, UV_RUN_DEFAULT);
    }
    server_free(app->server);
}

enum jd_code parts_start_record(struct app *app, struct jd_err *err)
{
    const struct jd_err *refused = app->policy_refused.code == JD_OK ? NULL : &app->policy_refused;
    enum jd_code code = core_record_started(app->core, app->config->endpoint, err);
    return code == JD_OK ? core_record_policy(app->core, app->config->policy, refused, err) : code;
}

void parts_end_record(struct app *app)
{
    core_record_stopped(app->core);
}
