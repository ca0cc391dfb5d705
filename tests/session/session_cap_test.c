/* SPDX-License-Identifier: MIT */
/* How many connections there may be: in all, of one caller, and those kept for administrators. */
#include "tests/support/rig_server.h"
#include "tests/support/suite.h"

enum { ALL = 8, RESERVED = 2, PER_SID = 3 };

static const char policy[] =
    "{\"version\":1,\"limits\":{\"connections\":8,\"connections_reserved\":2,\"connections_per_sid\":3},\"rules\":["
    "{\"id\":\"read\",\"effect\":\"allow\",\"operations\":[\"inspect\"],\"principals\":[\"Everyone\"],"
    "\"link\":\"C:\\\\jt\\\\links\\\\**\"}]}";

static void start(void)
{
    static const struct rig_server_options options = {.policy = policy};
    rig_server_start(&options);
}

/* Connects and asks as whoever it is now. */
static const char *join(struct raw_peer *peer, int64_t id)
{
    raw_connect(peer, rig_server_endpoint());
    return raw_ask(peer, rig_inspect(id, "a"));
}

static void close_all(struct raw_peer *peers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        raw_close(&peers[i]);
    }
}

/* n callers with one connection each. */
static void fill(struct raw_peer *peers, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        rig_be_user(2000 + i);
        rig_expect_result(join(&peers[i], 1), 1);
    }
}

TEST(session_cap, a_caller_has_so_many_connections_and_no_more)
{
    struct raw_peer peers[PER_SID];
    struct raw_peer more;
    start();
    for (int i = 0; i < PER_SID; i++) {
        rig_expect_result(join(&peers[i], 1), 1);
    }
    rig_expect_error(join(&more, 2), 2, "busy", "connections_of_caller");
    check_true(raw_is_closed(&more));
    raw_close(&more);
    check_int(rig_server_counters().connections_refused, 1);
    rig_expect_result(raw_ask(&peers[0], rig_info(3)), 3); /* those it has stay */
    rig_be_user(1002);
    rig_expect_result(join(&more, 4), 4); /* and others may come */
    raw_close(&more);
    raw_close(&peers[0]);
    rig_server_until(rig_has_connections, PER_SID - 1);
    rig_be_user(1001);
    rig_expect_result(join(&peers[0], 5), 5);
    close_all(peers, PER_SID);
    rig_server_end();
}

TEST(session_cap, empty_lines_do_not_get_around_it)
{
    struct raw_peer peers[PER_SID];
    struct raw_peer more;
    start();
    for (int i = 0; i < PER_SID; i++) {
        rig_expect_result(join(&peers[i], 1), 1);
    }
    raw_connect(&more, rig_server_endpoint());
    check_true(raw_say(&more, "\n"));
    rig_expect_error(raw_line(&more), 0, "busy", "connections_of_caller");
    check_true(raw_is_closed(&more));
    raw_close(&more);
    close_all(peers, PER_SID);
    rig_server_end();
}

TEST(session_cap, what_is_kept_for_administrators_is_kept)
{
    struct raw_peer peers[ALL - RESERVED];
    struct raw_peer more;
    struct raw_peer root[RESERVED];
    start();
    fill(peers, ALL - RESERVED);
    rig_be_user(3000);
    rig_expect_error(join(&more, 2), 2, "busy", "connections_full");
    check_true(raw_is_closed(&more));
    raw_close(&more);
    rig_be_administrator();
    for (int i = 0; i < RESERVED; i++) {
        rig_expect_result(join(&root[i], 3), 3);
    }
    /* Full of people who said who they are: the next one is told before it says anything. */
    rig_server_until(rig_has_connections, ALL);
    raw_connect(&more, rig_server_endpoint());
    rig_expect_error(raw_line(&more), 0, "busy", "connections_full");
    check_true(raw_is_closed(&more));
    raw_close(&more);
    check_int(rig_server_counters().connections_refused, 2);
    close_all(root, RESERVED);
    close_all(peers, ALL - RESERVED);
    rig_server_end();
}

TEST(session_cap, the_longest_silent_makes_room)
{
    struct raw_peer silent[ALL];
    struct raw_peer peer;
    start();
    for (int i = 0; i < ALL; i++) {
        raw_connect(&silent[i], rig_server_endpoint());
        rig_server_until(rig_has_connections, (uint64_t)i + 1);
    }
    rig_expect_result(join(&peer, 1), 1);
    check_true(raw_is_closed(&silent[0]));
    rig_expect_result(raw_ask(&silent[1], rig_info(2)), 2); /* the next oldest was left alone */
    check_int(rig_server_counters().connections, ALL);
    raw_close(&peer);
    close_all(silent, ALL);
    rig_server_end();
}

static size_t count_open(struct raw_peer *peers, size_t n)
{
    size_t open = 0;
    for (size_t i = 0; i < n; i++) {
        open += raw_is_silent(&peers[i], 0);
    }
    return open;
}

/* Every one of them was looked at: a pipe's clients are not taken in the order in which they came. */
static void until_open(struct raw_peer *peers, size_t n, size_t expected)
{
    for (int left = RAW_DEADLINE_MS / 10; count_open(peers, n) > expected && left > 0; left--) {
        raw_dawdle(10);
    }
    check_int(count_open(peers, n), expected);
}

TEST(session_cap, an_administrator_gets_in_however_many_are_silent)
{
    enum { SILENT = 40 };
    struct raw_peer silent[SILENT];
    struct raw_peer named[ALL - RESERVED];
    struct raw_peer root;
    start();
    fill(named, ALL - RESERVED);
    for (int i = 0; i < SILENT; i++) {
        raw_connect(&silent[i], rig_server_endpoint());
    }
    until_open(silent, SILENT, RESERVED);
    rig_be_administrator();
    rig_expect_result(join(&root, 1), 1);
    raw_close(&root);
    close_all(named, ALL - RESERVED);
    close_all(silent, SILENT);
    rig_server_end();
}

TEST(session_cap, a_lowered_limit_takes_nobodys_connection)
{
    struct raw_peer peers[2];
    start();
    rig_expect_result(join(&peers[0], 1), 1);
    rig_expect_result(join(&peers[1], 1), 1);
    rig_expect_result(raw_ask(&peers[0], rig_inspect(2, "a")), 2);
    close_all(peers, 2);
    rig_server_end();
}
