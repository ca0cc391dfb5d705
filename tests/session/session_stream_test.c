/* SPDX-License-Identifier: MIT */
/*
 * Streams, by an operation that lives in this test only and takes inspect's place: it emits numbered lines until it has
 * emitted enough, or nobody takes them any more.
 */
#include "tests/support/rig_server.h"
#include "tests/support/suite.h"

#include "protocol/msg_inspect.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_BYTES = 1000, SHORT_MS = 400 };

static atomic_uint lines_wanted;
static atomic_uint lines_emitted;
static atomic_bool was_cancelled;

static enum jd_code plan_stream(struct step *step, const struct op_env *env, struct jd_err *err)
{
    return plan_parent(&step->plan, env->fs, step->link, err);
}

static bool emit_line(const struct op_env *env, unsigned n)
{
    char line[LINE_BYTES + 1];
    int len = snprintf(line, sizeof line, "{\"n\":%u,\"pad\":\"", n);
    memset(line + len, 'x', (size_t)(LINE_BYTES - len - 3));
    memcpy(line + LINE_BYTES - 3, "\"}\n", 4);
    return env->io->emit(env->io->context, line, LINE_BYTES);
}

static enum jd_code act_stream(struct step *step, const struct op_env *env, struct jd_err *err)
{
    unsigned wanted = atomic_load(&lines_wanted);
    (void)step;
    for (unsigned n = 0; n < wanted; n++) {
        if (!emit_line(env, n)) {
            atomic_store(&was_cancelled, atomic_load(env->io->cancelled));
            return jd_fail(err, JD_E_CANCELLED, "stream", NULL);
        }
        atomic_fetch_add(&lines_emitted, 1);
    }
    return JD_OK;
}

static const struct step_kind step_stream = {VERB_inspect, false, plan_stream, act_stream, NULL};

static enum jd_code stream_steps(const void *params, struct step_list *out, struct jd_err *err)
{
    const struct jd_inspect_params *inspect = params;
    return step_list_add(out, &step_stream, &inspect->link, NULL, err);
}

static void stream_result(const struct step_list *steps, struct jd_json_out *out)
{
    jd_out_member_bool(out, "complete", steps->n == 1);
}

static const struct op op_stream = {
    .row = &jd_op_rows[JD_OP_ID_inspect], .steps = stream_steps, .result = stream_result};
static const struct op *const ops[] = {&op_stream, &op_info};

static void start(unsigned wanted, const struct server_limits *limits)
{
    const struct rig_server_options options = {.limits = limits, .ops = ops, .n_ops = JD_COUNT(ops)};
    atomic_store(&lines_wanted, wanted);
    atomic_store(&lines_emitted, 0);
    atomic_store(&was_cancelled, false);
    rig_server_start(&options);
}

static void expect_lines(struct raw_peer *peer, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        char begin[32];
        const char *line = raw_line(peer);
        snprintf(begin, sizeof begin, "{\"n\":%u,", i);
        check_true(line != NULL);
        check_int(strlen(line), LINE_BYTES - 1);
        check_true(strncmp(line, begin, strlen(begin)) == 0);
    }
}

TEST(session_stream, every_line_comes_in_order_and_then_the_answer)
{
    enum { LINES = 3000 };
    struct raw_peer peer;
    start(LINES, NULL);
    raw_connect(&peer, rig_server_endpoint());
    for (int id = 1; id <= 2; id++) { /* a connection may stream more than once */
        check_true(raw_say(&peer, rig_inspect(id, "a")));
        expect_lines(&peer, LINES);
        rig_expect_result(raw_line(&peer), id);
    }
    rig_expect_result(raw_ask(&peer, rig_info(3)), 3);
    raw_close(&peer);
    rig_server_end();
}

TEST(session_stream, it_may_come_behind_a_flood_of_requests)
{
    enum { LINES = 500, REQUESTS = 200 };
    struct raw_peer peer;
    struct jd_buf lines;
    jd_buf_init(&lines, 1 << 20);
    for (int i = 1; i <= REQUESTS; i++) {
        jd_buf_add_text(&lines, rig_info(i));
    }
    jd_buf_add_text(&lines, rig_inspect(REQUESTS + 1, "a"));
    start(LINES, NULL);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_send(&peer, lines.data, lines.len));
    for (int i = 1; i <= REQUESTS; i++) {
        rig_expect_result(raw_line(&peer), i);
    }
    expect_lines(&peer, LINES);
    rig_expect_result(raw_line(&peer), REQUESTS + 1);
    raw_close(&peer);
    jd_buf_done(&lines);
    rig_server_end();
}

TEST(session_stream, a_slow_reader_slows_the_operation_down_and_loses_nothing)
{
    enum { LINES = 2000, LINES_A_TIME = 250, LONG_MS = 3000 };
    struct server_limits limits = rig_server_limits;
    struct raw_peer peer;
    limits.write_stall_ms = 1; /* not this one holds for a stream */
    limits.stream_stall_ms = LONG_MS;
    start(LINES, &limits);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_say(&peer, rig_inspect(1, "a")));
    for (unsigned i = 0; i < LINES; i++) {
        if (i % LINES_A_TIME == 0) {
            raw_dawdle(SHORT_MS / 4);
        }
        check_true(raw_line(&peer) != NULL);
    }
    rig_expect_result(raw_line(&peer), 1);
    raw_close(&peer);
    rig_server_end();
}

TEST(session_stream, who_does_not_read_a_stream_ends_it_and_costs_little_memory)
{
    enum { LINES = 1000000, HELD = 2000 };
    struct server_limits limits = rig_server_limits;
    struct raw_peer peer;
    limits.stream_stall_ms = SHORT_MS;
    start(LINES, &limits);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_say(&peer, rig_inspect(1, "a")));
    rig_server_until(rig_has_connections, 1);
    rig_server_until(rig_has_connections, 0);
    rig_server_until(rig_has_running, 0);
    check_true(atomic_load(&was_cancelled));
    check_true(atomic_load(&lines_emitted) < HELD); /* what the socket and two buffers took, of a gigabyte */
    raw_close(&peer);
    rig_server_end();
}

TEST(session_stream, a_vanished_reader_ends_it)
{
    enum { LINES = 1000000 };
    struct raw_peer peer;
    start(LINES, NULL);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_say(&peer, rig_inspect(1, "a")));
    expect_lines(&peer, 3);
    raw_close(&peer);
    rig_server_until(rig_has_connections, 0);
    rig_server_until(rig_has_running, 0);
    check_true(atomic_load(&was_cancelled));
    check_true(atomic_load(&lines_emitted) < LINES);
    rig_server_end();
}

#ifndef _WIN32 /* a pipe cannot be closed by half */
TEST(session_stream, a_half_close_does_not_end_it)
{
    enum { LINES = 3000 };
    struct raw_peer peer;
    start(LINES, NULL);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_say(&peer, rig_inspect(1, "a")));
    raw_half_close(&peer);
    expect_lines(&peer, LINES);
    rig_expect_result(raw_line(&peer), 1);
    check_true(raw_is_closed(&peer));
    raw_close(&peer);
    rig_server_end();
}
#endif

TEST(session_stream, a_stop_ends_it_with_an_answer)
{
    enum { LINES = 1000000 };
    struct raw_peer peer;
    const char *line = "";
    start(LINES, NULL);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_say(&peer, rig_inspect(1, "a")));
    expect_lines(&peer, 3);
    rig_server_stop();
    while (line != NULL && strncmp(line, "{\"jsonrpc\"", 10) != 0) {
        line = raw_line(&peer);
    }
    rig_expect_error(line, 1, "cancelled", NULL);
    check_true(raw_is_closed(&peer));
    check_true(atomic_load(&lines_emitted) < LINES);
    raw_close(&peer);
    rig_server_end();
    check_false(rig_server_is_overdue());
}
