/* SPDX-License-Identifier: MIT */
/* Order, pipelining, half closes, and what a connection may cost. */
#include "tests/support/fault.h"
#include "tests/support/rig_server.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

static void add_line(struct jd_buf *lines, const char *line)
{
    jd_buf_add_text(lines, line);
}

TEST(session_flow, a_request_in_two_writes_is_one_request)
{
    struct raw_peer peer;
    const char *line = rig_inspect(5, "a");
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    for (size_t i = 0; i < strlen(line); i++) {
        check_true(raw_send(&peer, line + i, 1));
    }
    rig_expect_result(raw_line(&peer), 5);
    raw_close(&peer);
    rig_server_end();
}

TEST(session_flow, five_thousand_pipelined_requests_are_answered_in_order)
{
    enum { REQUESTS = 5000 };
    struct raw_peer peer;
    struct jd_buf lines;
    rig_server_start(NULL);
    fake_junction("C:\\jt\\links\\a", "C:\\jt\\targets\\a");
    jd_buf_init(&lines, 1 << 24);
    for (int i = 1; i <= REQUESTS; i++) {
        add_line(&lines, i % 3 == 0 ? rig_info(i) : rig_inspect(i, "a")); /* at once, and by a worker */
    }
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_send(&peer, lines.data, lines.len));
    for (int i = 1; i <= REQUESTS; i++) {
        rig_expect_result(raw_line(&peer), i);
    }
    raw_close(&peer);
    jd_buf_done(&lines);
    rig_server_end();
}

TEST(session_flow, who_sends_and_never_reads_is_held_by_the_kernel_not_by_memory)
{
    enum { MUCH = 64 << 20, HELD = 8 << 20, QUIET_MS = 300 };
    struct raw_peer peer;
    struct raw_peer other;
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    /* What is taken: the socket's two buffers, one line buffer, and the requests whose answers fit into the socket. */
    check_true(raw_stuff(&peer, rig_info(1), MUCH, QUIET_MS) < HELD);
    raw_connect(&other, rig_server_endpoint()); /* and it is in nobody's way */
    rig_expect_result(raw_ask(&other, rig_info(2)), 2);
    raw_close(&other);
    raw_close(&peer);
    rig_server_until(rig_has_connections, 0);
    rig_server_end();
}

TEST(session_flow, lines_wait_while_an_operation_runs)
{
    enum { MUCH = 8 << 20, HELD = 1 << 20, QUIET_MS = 300 };
    struct raw_peer peer;
    rig_gate_close("fs_root");
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_say(&peer, rig_inspect(1, "a")));
    rig_gate_until_inside(1);
    /* Not one of these is looked at meanwhile: 64 KiB are read, then the reading stops. */
    check_true(raw_stuff(&peer, rig_info(2), MUCH, QUIET_MS) < HELD);
    check_true(raw_is_silent(&peer, 0));
    rig_gate_open();
    rig_expect_result(raw_line(&peer), 1);
    for (int i = 0; i < 1000; i++) {
        rig_expect_result(raw_line(&peer), 2);
    }
    raw_close(&peer);
    rig_server_end();
}

#ifndef _WIN32 /* a pipe cannot be closed by half */
TEST(session_flow, after_a_half_close_what_was_received_is_answered)
{
    struct raw_peer peer;
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_say(&peer, rig_inspect(1, "a")));
    check_true(raw_say(&peer, rig_create(2, "a")));
    check_true(raw_say(&peer, rig_info(3)));
    raw_half_close(&peer);
    rig_expect_result(raw_line(&peer), 1);
    rig_expect_result(raw_line(&peer), 2);
    rig_expect_result(raw_line(&peer), 3);
    check_true(raw_is_closed(&peer));
    check_text(fake_kind("C:\\jt\\links\\a"), "junction");
    raw_close(&peer);
    rig_server_end();
}

TEST(session_flow, half_a_line_before_the_end_is_no_request)
{
    static const char *const before[] = {"", "\n", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"service.info\"}"};
    struct raw_peer peer;
    rig_server_start(NULL);
    for (size_t i = 0; i < JD_COUNT(before); i++) {
        check_case("%s", before[i]);
        raw_connect(&peer, rig_server_endpoint());
        check_true(raw_say(&peer, before[i]));
        raw_half_close(&peer);
        check_true(raw_is_closed(&peer));
        raw_close(&peer);
    }
    rig_server_end();
}
#endif

TEST(session_flow, a_change_whose_caller_vanished_is_finished)
{
    struct raw_peer peer;
    rig_gate_close("fs_make_directory");
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_say(&peer, rig_create(1, "a")));
    rig_gate_until_inside(1); /* its intent is on record */
    raw_close(&peer);
    rig_gate_open();
    rig_server_until(rig_has_running, 0);
    rig_server_until(rig_has_connections, 0);
    check_text(fake_kind("C:\\jt\\links\\a"), "junction");
    check_int(fake_audit_count(201), 1);
    rig_server_end();
}

TEST(session_flow, a_thousand_who_connect_and_drop_leave_nothing)
{
    enum { TIMES = 1000 };
    static const char *const last_words[] = {"", "\n", "{\"jsonrpc\":", "nonsense\n"};
    struct raw_peer peer;
    rig_server_start(NULL);
    for (int i = 0; i < TIMES; i++) {
        const char *words = i % 5 == 4 ? rig_inspect(1, "a") : last_words[i % 5];
        raw_connect(&peer, rig_server_endpoint());
        (void)raw_say(&peer, words); /* the server may have closed already: what it is told to do is up to it */
        raw_close(&peer);
    }
    rig_server_until(rig_has_connections, 0);
    check_int(rig_server_counters().running, 0);
    raw_connect(&peer, rig_server_endpoint());
    rig_expect_result(raw_ask(&peer, rig_inspect(9, "a")), 9);
    raw_close(&peer);
    rig_server_end();
}

TEST(session_flow, many_at_once_each_get_their_own_answers)
{
    enum { PEERS = 24, ROUNDS = 20 };
    struct raw_peer peers[PEERS];
    rig_server_start(NULL);
    for (int i = 0; i < PEERS; i++) {
        raw_connect(&peers[i], rig_server_endpoint());
    }
    for (int round = 1; round <= ROUNDS; round++) {
        for (int i = 0; i < PEERS; i++) {
            check_true(raw_say(&peers[i], rig_inspect(round * PEERS + i, "a")));
        }
        for (int i = 0; i < PEERS; i++) {
            rig_expect_result(raw_line(&peers[i]), round * PEERS + i);
        }
    }
    for (int i = 0; i < PEERS; i++) {
        raw_close(&peers[i]);
    }
    rig_server_end();
}

enum { FLOOD_LINES = 600, FAIR_LINES = 64 };

/* Counts, on the loop thread, how many lines each turn of the loop takes up. */
struct turns {
    struct raw_peer *peer;
    uv_check_t check;
    size_t heard;
    size_t most;
    size_t turns;
};

static void count_turn(uv_check_t *check)
{
    struct turns *turns = check->data;
    size_t heard = fault_count("peer_identify");
    turns->most = heard - turns->heard > turns->most ? heard - turns->heard : turns->most;
    turns->turns += heard != turns->heard;
    turns->heard = heard;
    if (heard >= FLOOD_LINES) {
        uv_close((uv_handle_t *)check, NULL);
    }
}

/* On the loop thread, so that all of it is there before the server sees any of it. */
static void flood(struct core *core, void *context)
{
    struct turns *turns = context;
    struct jd_buf lines;
    (void)core;
    jd_buf_init(&lines, 1 << 20);
    for (int i = 0; i < FLOOD_LINES; i++) {
        jd_buf_add_text(&lines, "{\"jsonrpc\":\"2.0\",\"method\":\"service.info\"}\n");
    }
    check_true(raw_send(turns->peer, lines.data, lines.len)); /* few enough for the socket */
    jd_buf_done(&lines);
    uv_check_init(rig_server_loop(), &turns->check);
    turns->check.data = turns;
    uv_check_start(&turns->check, count_turn);
}

TEST(session_flow, a_flood_of_lines_leaves_every_turn_of_the_loop_to_the_others_too)
{
    static struct raw_peer peer;
    static struct turns turns; /* the loop's own until the server has ended, also when a check fails */
    memset(&turns, 0, sizeof turns);
    turns.peer = &peer;
    fault_begin();
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    rig_server_until(rig_has_connections, 1);
    rig_server_call(flood, &turns);
    rig_expect_result(raw_ask(&peer, rig_info(1)), 1); /* behind all of them */
    raw_close(&peer);
    rig_server_end();
    fault_end();
    check_int(turns.heard >= FLOOD_LINES, 1);
    check_true(turns.most <= FAIR_LINES);
    check_true(turns.turns >= FLOOD_LINES / FAIR_LINES);
}

static void set_policy(struct core *core, void *context)
{
    struct policy *policy;
    struct jd_err err;
    check_ok(policy_load(context, strlen(context), &policy, &err), &err);
    core_set_policy(core, policy);
}

TEST(session_flow, a_policy_changes_under_running_requests)
{
    enum { TIMES = 300 };
    char none[] = "{\"version\":1,\"rules\":[]}";
    char all[1024];
    struct raw_peer peer;
    snprintf(all, sizeof all, "%s", rig_reference_policy);
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    for (int i = 1; i <= TIMES; i++) {
        check_true(raw_say(&peer, rig_inspect(i, "a")));
        rig_server_call(set_policy, i % 2 == 0 ? all : none);
    }
    for (int i = 1; i <= TIMES; i++) {
        check_true(raw_line(&peer) != NULL); /* allowed or denied: by one policy or the other */
    }
    rig_server_call(set_policy, all);
    rig_expect_result(raw_ask(&peer, rig_inspect(TIMES + 1, "a")), TIMES + 1);
    rig_server_call(set_policy, none);
    rig_expect_error(raw_ask(&peer, rig_inspect(TIMES + 2, "a")), TIMES + 2, "denied", NULL);
    raw_close(&peer);
    rig_server_end();
}
