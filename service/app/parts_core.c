/* SPDX-License-Identifier: MIT */
#include "service/app/parts.h"

#include "protocol/limits.h"
#include "service/app/say.h"
#include "service/os/os_policy.h"

enum { HOST_PATH_MAX = 4096 };

enum jd_code parts_start_state(struct app *app, struct jd_err *err)
{
    return os_state_open(app->config->state, &app->state, err);
}

void parts_end_state(struct app *app)
{
    os_state_close(app->state);
}

enum jd_code parts_start_audit(struct app *app, struct jd_err *err)
{
    const struct os_audit_options options = {app->config->audit_to_file, app->config->audit_file};
    return os_audit_open(&options, &app->audit, err);
}

void parts_end_audit(struct app *app)
{
    os_audit_close(app->audit);
}

void parts_record_failed(const struct app *app, const char *part, const char *which, const struct jd_err *why)
{
    const struct os_audit_options system_log = {.to_file = false};
    struct os_audit *own = NULL;
    struct jd_err err = {0};
    if (app->audit == NULL && os_audit_open(&system_log, &own, &err) != JD_OK) {
        return;
    }
    (void)!core_record_start_failed(app->audit != NULL ? app->audit : own, app->state, part, which, why, &err);
    os_audit_close(own);
}

enum jd_code parts_read_policy(const char *file, struct policy **out, struct jd_err *err)
{
    struct jd_buf text;
    enum jd_code code;
    jd_buf_init(&text, JD_POLICY_MAX);
    code = os_policy_read(file, &text, err);
    if (code == JD_OK) {
        code = policy_load(text.data == NULL ? "" : text.data, text.len, out, err);
    }
    jd_buf_done(&text);
    return code;
}

enum jd_code parts_start_policy(struct app *app, struct jd_err *err)
{
    enum jd_code code = parts_read_policy(app->config->policy, &app->policy, err);
    if (code == JD_OK || !os_host_is_service()) {
        return code;
    }
    /* A service that is not there tells nobody what is wrong with its policy; this one answers policy_unavailable, and
     * status and an event say why. */
    say_failed("policy", app->config->policy, err);
    app->policy_refused = *err;
    *err = (struct jd_err){0};
    return JD_OK;
}

void parts_end_policy(struct app *app)
{
    policy_drop(app->policy);
}

enum jd_code parts_start_volumes(struct app *app, struct jd_err *err)
{
    return os_fs_open(app->config->volumes, app->config->n_volumes, &app->fs, err);
}

void parts_end_volumes(struct app *app)
{
    os_fs_close(app->fs);
}

/* A file of ours that lies on no served volume needs no protection from ourselves. */
static enum jd_code protect(struct app *app, const char *host_path, struct jd_err *err)
{
    enum jd_code code = os_fs_from_host(app->fs, host_path, &app->own[app->n_own], err);
    if (code == JD_OK) {
        app->n_own++;
    }
    return code == JD_E_NOT_FOUND ? JD_OK : code;
}

enum jd_code parts_start_own_files(struct app *app, struct jd_err *err)
{
    const struct config *config = app->config;
    char binary[HOST_PATH_MAX];
    size_t len = sizeof binary;
    int number = uv_exepath(binary, &len);
    const char *const files[] = {binary, config->policy, config->state,
                                 config->audit_to_file ? config->audit_file : NULL};
    enum jd_code code = JD_OK;
    if (number != 0) {
        return jd_fail_sys(err, JD_E_PLATFORM, "own binary", JD_DOMAIN_UV, number);
    }
    for (size_t i = 0; code == JD_OK && i < JD_COUNT(files); i++) {
        code = files[i] == NULL ? JD_OK : protect(app, files[i], err);
    }
    return code;
}

void parts_end_own_files(struct app *app)
{
    for (size_t i = 0; i < app->n_own; i++) {
        jd_winpath_done(&app->own[i]);
    }
}

enum jd_code parts_start_core(struct app *app, struct jd_err *err)
{
    const struct core_parts parts = {
        .fs = app->fs,
        .audit = app->audit,
        .state = app->state,
        .builtin = {.own = app->own, .n_own = app->n_own},
    };
    enum jd_code code = core_new(&parts, &app->core, err);
    if (code == JD_OK) {
        core_set_policy(app->core, app->policy);
        app->policy = NULL;
    }
    return code;
}

void parts_end_core(struct app *app)
{
    core_free(app->core);
}

enum jd_code parts_start_recovery(struct app *app, struct jd_err *err)
{
    return core_recover(app->core, err);
}
