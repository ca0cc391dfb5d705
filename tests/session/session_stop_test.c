/* SPDX-License-Identifier: MIT */
/* The orderly end, with operations held by a gate: who is answered what, and that it ends. */
#include "tests/support/fault.h"
#include "tests/support/rig_server.h"
#include "tests/support/suite.h"

enum { SHORT_MS = 300 };

/* A connection that has asked for a change, which is inside the port now. */
static void start_with_running(struct raw_peer *peer, const struct server_limits *limits)
{
    const struct rig_server_options options = {.limits = limits};
    rig_gate_close("fs_make_directory");
    rig_server_start(&options);
    raw_connect(peer, rig_server_endpoint());
    check_true(raw_say(peer, rig_create(1, "a")));
    rig_gate_until_inside(1);
}

TEST(session_stop, with_nobody_there_it_just_ends)
{
    rig_server_start(NULL);
    rig_server_end();
}

TEST(session_stop, twice_is_once)
{
    rig_server_start(NULL);
    rig_server_stop();
    rig_server_stop();
    rig_server_end();
}

TEST(session_stop, idle_and_silent_connections_are_closed)
{
    struct raw_peer idle;
    struct raw_peer silent;
    struct raw_peer halfway;
    rig_server_start(NULL);
    raw_connect(&idle, rig_server_endpoint());
    rig_expect_result(raw_ask(&idle, rig_info(1)), 1);
    raw_connect(&silent, rig_server_endpoint());
    raw_connect(&halfway, rig_server_endpoint());
    check_true(raw_say(&halfway, "{\"jsonrpc\":"));
    rig_server_until(rig_has_connections, 3);
    rig_server_stop();
    check_true(raw_is_closed(&idle));
    check_true(raw_is_closed(&silent));
    check_true(raw_is_closed(&halfway));
    raw_close(&idle);
    raw_close(&silent);
    raw_close(&halfway);
    rig_server_end();
}

TEST(session_stop, what_runs_is_finished_and_answered_and_what_comes_is_told)
{
    struct raw_peer peer;
    struct raw_peer idle;
    struct raw_peer late;
    start_with_running(&peer, NULL);
    raw_connect(&idle, rig_server_endpoint());
    rig_expect_result(raw_ask(&idle, rig_info(1)), 1);
    check_true(raw_say(&peer, rig_create(2, "b"))); /* waits behind the first */
    rig_server_stop();
    check_false(raw_try_connect(&late, rig_server_endpoint()));
    rig_expect_error(raw_ask(&idle, rig_create(3, "c")), 3, "stopping", NULL);
    rig_expect_error(raw_ask(&idle, rig_info(4)), 4, "stopping", NULL);
    check_true(raw_is_closed(&idle));
    check_true(raw_say(&peer, rig_info(5)));
    check_true(raw_is_silent(&peer, 0));
    rig_gate_open();
    rig_expect_result(raw_line(&peer), 1);
    rig_expect_error(raw_line(&peer), 2, "stopping", NULL);
    rig_expect_error(raw_line(&peer), 5, "stopping", NULL);
    check_true(raw_is_closed(&peer));
    check_text(fake_kind("C:\\jt\\links\\a"), "junction");
    check_text(fake_kind("C:\\jt\\links\\b"), "none");
    check_text(fake_kind("C:\\jt\\links\\c"), "none");
    raw_close(&peer);
    raw_close(&idle);
    rig_server_end();
    check_false(rig_server_is_overdue());
}

TEST(session_stop, who_waits_for_a_place_is_told)
{
    struct raw_peer running[2];
    struct raw_peer waiting;
    rig_gate_close("fs_root");
    rig_server_start(NULL);
    for (int i = 0; i < 2; i++) {
        raw_connect(&running[i], rig_server_endpoint());
        check_true(raw_say(&running[i], rig_inspect(1, "a")));
    }
    rig_gate_until_inside(2);
    raw_connect(&waiting, rig_server_endpoint());
    check_true(raw_say(&waiting, rig_create(2, "a")));
    rig_server_until_heard(3);
    rig_server_stop();
    rig_expect_error(raw_line(&waiting), 2, "stopping", NULL);
    check_true(raw_is_closed(&waiting));
    raw_close(&waiting);
    rig_gate_open();
    for (int i = 0; i < 2; i++) {
        rig_expect_result(raw_line(&running[i]), 1);
        raw_close(&running[i]);
    }
    rig_server_end();
}

TEST(session_stop, a_stuck_operation_does_not_hold_it_up_for_ever)
{
    struct server_limits limits = rig_server_limits;
    struct raw_peer peer;
    limits.stop_ms = SHORT_MS;
    start_with_running(&peer, &limits);
    rig_server_stop();
    rig_server_until_overdue();
    check_true(raw_is_closed(&peer)); /* its answer is lost, its record is not */
    raw_close(&peer);
    check_int(fake_pending_count(), 1); /* here the process would leave: the next start finds this */
    rig_gate_open();
    rig_server_end();
    check_true(rig_server_is_overdue());
    check_text(fake_kind("C:\\jt\\links\\a"), "junction");
    check_int(fake_audit_count(201), 1);
    check_int(fake_pending_count(), 0);
}

TEST(session_stop, who_does_not_read_its_answers_does_not_hold_it_up)
{
    enum { MUCH = 64 << 20 };
    struct server_limits limits = rig_server_limits;
    const struct rig_server_options options = {.limits = &limits};
    struct raw_peer peer;
    limits.stop_ms = SHORT_MS;
    rig_server_start(&options);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_stuff(&peer, rig_info(1), MUCH, SHORT_MS / 3) < MUCH);
    rig_server_end();
    check_false(rig_server_is_overdue()); /* nothing was running */
    raw_close(&peer);
}

TEST(session_stop, at_any_moment_under_load_all_ends_clean)
{
    enum { TIMES = 20, PEERS = 6, REQUESTS = 20 };
    for (int i = 0; i < TIMES; i++) {
        struct raw_peer peers[PEERS];
        check_case("stop %d", i);
        rig_server_start(NULL);
        for (int k = 0; k < PEERS; k++) {
            raw_connect(&peers[k], rig_server_endpoint());
            for (int n = 1; n <= REQUESTS; n++) {
                check_true(raw_say(&peers[k], n % 4 == 0 ? rig_create(n, "a") : rig_inspect(n, "a")));
            }
        }
        for (int k = 0; k < i % PEERS; k++) {
            check_true(raw_line(&peers[k]) != NULL); /* the stop comes a little later each time */
        }
        rig_server_stop();
        for (int k = 0; k < PEERS; k++) {
            while (raw_line(&peers[k]) != NULL) {
            }
            raw_close(&peers[k]);
        }
        rig_server_end();
        check_false(rig_server_is_overdue());
        check_int(fake_pending_count(), 0);
    }
}
