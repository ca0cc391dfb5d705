/* SPDX-License-Identifier: MIT */
/*
 * Each deadline by itself, with all others far away. That it does not strike early is proven by what happens before it:
 * a request that is answered.
 */
#include "tests/support/rig_server.h"
#include "tests/support/suite.h"

#include <string.h>

/* SHORT_MS for what must strike; LONG_MS where a slow machine must not make it strike. */
enum { SHORT_MS = 400, LONG_MS = 2000 };

static void start(const struct server_limits *limits)
{
    const struct rig_server_options options = {.limits = limits};
    rig_server_start(&options);
}

TEST(session_deadline, a_silent_client_is_closed)
{
    struct server_limits limits = rig_server_limits;
    struct raw_peer peer;
    limits.first_byte_ms = SHORT_MS;
    start(&limits);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_is_closed(&peer));
    raw_close(&peer);
    rig_server_end();
}

TEST(session_deadline, sixty_four_silent_clients_keep_nobody_waiting)
{
    enum { SILENT = 64 };
    struct raw_peer silent[SILENT];
    struct raw_peer peer;
    rig_server_start(NULL);
    for (int i = 0; i < SILENT; i++) {
        raw_connect(&silent[i], rig_server_endpoint());
    }
    raw_connect(&peer, rig_server_endpoint());
    rig_expect_result(raw_ask(&peer, rig_inspect(1, "a")), 1);
    raw_close(&peer);
    for (int i = 0; i < SILENT; i++) {
        raw_close(&silent[i]);
    }
    rig_server_end();
}

TEST(session_deadline, the_first_byte_is_enough_for_the_first_deadline)
{
    struct server_limits limits = rig_server_limits;
    struct raw_peer peer;
    const char *line = rig_info(1);
    limits.first_byte_ms = LONG_MS;
    start(&limits);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_send(&peer, line, 1));
    check_true(raw_is_silent(&peer, LONG_MS + SHORT_MS));
    check_true(raw_say(&peer, line + 1));
    rig_expect_result(raw_line(&peer), 1);
    raw_close(&peer);
    rig_server_end();
}

static void dribble(uint64_t message_ms, bool after_another)
{
    struct server_limits limits = rig_server_limits;
    struct raw_peer peer;
    int sent = 0;
    limits.message_ms = message_ms;
    start(&limits);
    raw_connect(&peer, rig_server_endpoint());
    if (after_another) { /* that came in two parts, too */
        check_true(raw_send(&peer, rig_info(1), 10));
        check_true(raw_is_silent(&peer, SHORT_MS / 8));
        check_true(raw_say(&peer, rig_info(1) + 10));
        rig_expect_result(raw_line(&peer), 1);
    }
    while (raw_say(&peer, "a") && raw_is_silent(&peer, SHORT_MS / 8)) {
        sent++;
    }
    check_true(sent < 100); /* it was closed, though a byte came every now and then */
    check_true(raw_is_closed(&peer));
    raw_close(&peer);
    rig_server_end();
}

TEST(session_deadline, dribbling_bytes_do_not_move_the_deadline_of_a_message)
{
    dribble(SHORT_MS, false);
}

TEST(session_deadline, nor_that_of_a_later_message)
{
    dribble(LONG_MS, true);
}

TEST(session_deadline, each_message_has_its_own)
{
    enum { MESSAGES = 6 };
    struct server_limits limits = rig_server_limits;
    struct raw_peer peer;
    const char *line = rig_info(1);
    limits.message_ms = LONG_MS;
    start(&limits);
    raw_connect(&peer, rig_server_endpoint());
    for (int i = 0; i < MESSAGES; i++) {
        /* Half a message each time, finished within its time; together they take longer. */
        check_true(raw_send(&peer, line, 10));
        check_true(raw_is_silent(&peer, LONG_MS / 4));
        check_true(raw_say(&peer, line + 10));
        rig_expect_result(raw_line(&peer), 1);
    }
    raw_close(&peer);
    rig_server_end();
}

TEST(session_deadline, an_idle_connection_is_closed)
{
    struct server_limits limits = rig_server_limits;
    struct raw_peer peer;
    limits.idle_ms = SHORT_MS;
    start(&limits);
    raw_connect(&peer, rig_server_endpoint());
    rig_expect_result(raw_ask(&peer, rig_inspect(1, "a")), 1);
    check_true(raw_is_closed(&peer));
    raw_close(&peer);
    rig_server_end();
}

TEST(session_deadline, an_operation_is_not_idle)
{
    struct server_limits limits = rig_server_limits;
    struct raw_peer peer;
    limits.idle_ms = limits.message_ms = SHORT_MS;
    rig_gate_close("fs_root");
    start(&limits);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_say(&peer, rig_inspect(1, "a")));
    rig_gate_until_inside(1);
    check_true(raw_is_silent(&peer, SHORT_MS * 2));
    rig_gate_open();
    rig_expect_result(raw_line(&peer), 1);
    raw_close(&peer);
    rig_server_end();
}

TEST(session_deadline, who_does_not_read_is_closed)
{
    enum { MUCH = 64 << 20 };
    struct server_limits limits = rig_server_limits;
    struct raw_peer peer;
    limits.write_stall_ms = SHORT_MS;
    start(&limits);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_stuff(&peer, rig_info(1), MUCH, SHORT_MS / 4) < MUCH);
    rig_server_until(rig_has_connections, 0);
    raw_close(&peer);
    rig_server_end();
}

TEST(session_deadline, who_reads_slowly_is_not_closed)
{
    enum { MUCH = 64 << 20, PAUSES = 6 };
    struct server_limits limits = rig_server_limits;
    struct raw_peer peer;
    size_t requests;
    limits.write_stall_ms = LONG_MS;
    start(&limits);
    raw_connect(&peer, rig_server_endpoint());
    requests = raw_stuff(&peer, rig_info(1), MUCH, LONG_MS / 4) / strlen(rig_info(1));
    check_true(requests > PAUSES); /* the pauses together are longer than the deadline */
    for (size_t i = 0; i < requests; i++) {
        if (i % (requests / PAUSES) == 0) {
            raw_dawdle(LONG_MS / 5);
        }
        rig_expect_result(raw_line(&peer), 1);
    }
    raw_close(&peer);
    rig_server_end();
}

TEST(session_deadline, who_waits_for_a_place_too_long_is_told)
{
    struct server_limits limits = rig_server_limits;
    struct raw_peer running[2];
    struct raw_peer late;
    limits.wait_place_ms = SHORT_MS;
    rig_gate_close("fs_root");
    start(&limits);
    for (int i = 0; i < 2; i++) {
        raw_connect(&running[i], rig_server_endpoint());
        check_true(raw_say(&running[i], rig_inspect(1, "a")));
    }
    rig_gate_until_inside(2);
    raw_connect(&late, rig_server_endpoint());
    rig_expect_error(raw_ask(&late, rig_create(2, "a")), 2, "busy", "no_place");
    check_text(fake_kind("C:\\jt\\links\\a"), "none"); /* it was never begun */
    rig_expect_result(raw_ask(&late, rig_info(3)), 3); /* the connection goes on; what needs no place gets none */
    rig_gate_open();
    for (int i = 0; i < 2; i++) {
        rig_expect_result(raw_line(&running[i]), 1);
        raw_close(&running[i]);
    }
    rig_expect_result(raw_ask(&late, rig_create(4, "a")), 4);
    raw_close(&late);
    rig_server_end();
}
