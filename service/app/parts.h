/* SPDX-License-Identifier: MIT */
/*
 * The parts of the service from inside: what each adds to struct app when it starts, and takes away when it ends. Only
 * service/app includes this. parts_core.c: what works without an event loop; parts_loop.c: the loop and what lives on
 * it.
 */
#pragma once

#include "service/app/config.h"
#include "service/io/server.h"
#include "service/os/os_host.h"

enum { OWN_FILES_MAX = 4 };

struct app {
    const struct config *config;
    struct os_state *state;
    struct os_audit *audit;
    struct policy *policy;        /* until core has it */
    struct jd_err policy_refused; /* code JD_OK: it was not */
    struct os_fs *fs;
    struct jd_winpath own[OWN_FILES_MAX]; /* the service's files that lie on a served volume */
    size_t n_own;
    struct core *core;
    uv_loop_t loop;
    struct os_host *host;
    struct server *server;
    bool has_stopped; /* the server has nothing left on the loop */
    bool is_overdue;  /* an operation did not come back in time */
};

/* One event says why the service does not start. Where even that is refused, nobody is left to tell. */
void parts_record_failed(const struct app *app, const char *part, const char *which, const struct jd_err *why);

/* Believed policy bytes, loaded. The caller owns the count. */
JD_MUST_CHECK enum jd_code parts_read_policy(const char *file, struct policy **out, struct jd_err *err);

JD_MUST_CHECK enum jd_code parts_start_state(struct app *app, struct jd_err *err);
void parts_end_state(struct app *app);
JD_MUST_CHECK enum jd_code parts_start_audit(struct app *app, struct jd_err *err);
void parts_end_audit(struct app *app);
JD_MUST_CHECK enum jd_code parts_start_policy(struct app *app, struct jd_err *err);
void parts_end_policy(struct app *app);
JD_MUST_CHECK enum jd_code parts_start_volumes(struct app *app, struct jd_err *err);
void parts_end_volumes(struct app *app);
JD_MUST_CHECK enum jd_code parts_start_own_files(struct app *app, struct jd_err *err);
void parts_end_own_files(struct app *app);
JD_MUST_CHECK enum jd_code parts_start_core(struct app *app, struct jd_err *err);
void parts_end_core(struct app *app);
JD_MUST_CHECK enum jd_code parts_start_recovery(struct app *app, struct jd_err *err);
JD_MUST_CHECK enum jd_code parts_start_loop(struct app *app, struct jd_err *err);
void parts_end_loop(struct app *app);
JD_MUST_CHECK enum jd_code parts_start_host(struct app *app, struct jd_err *err);
void parts_end_host(struct app *app);
JD_MUST_CHECK enum jd_code parts_start_server(struct app *app, struct jd_err *err);
void parts_end_server(struct app *app);
JD_MUST_CHECK enum jd_code parts_start_record(struct app *app, struct jd_err *err);
void parts_end_record(struct app *app);
