/* SPDX-License-Identifier: MIT */
/* Running places: two a caller, sixteen in all, four kept for administrators, and no volume takes the whole pool. */
#include "tests/support/fault.h"
#include "tests/support/rig_server.h"
#include "tests/support/suite.h"

#include <stdio.h>

enum { OTHERS = 12, ALL = 16, PER_VOLUME = 8 };

static const char policy[] =
    "{\"version\":1,\"rules\":[{\"id\":\"read\",\"effect\":\"allow\",\"operations\":[\"inspect\"],"
    "\"principals\":[\"Everyone\"],\"link\":\"C:\\\\jt\\\\links\\\\**\"},"
    "{\"id\":\"data\",\"effect\":\"allow\",\"operations\":[\"inspect\"],\"principals\":[\"Everyone\"],"
    "\"link\":\"D:\\\\data\\\\**\"}]}";

static void start(void)
{
    static const struct rig_server_options options = {.policy = policy};
    rig_gate_close("fs_root");
    rig_server_start(&options);
}

static const char *inspect_on(char letter, int64_t id)
{
    static char line[256];
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":%lld,\"method\":\"junction.inspect\",\"params\":{\"link\":\"%s\"}}\n",
             (long long)id, letter == 'C' ? "C:\\\\jt\\\\links\\\\a" : "D:\\\\data\\\\a");
    return line;
}

/* A connection of user rid (0: an administrator) that has asked and waits. */
static void ask_as(struct raw_peer *peer, uint32_t rid, char letter)
{
    size_t heard;
    if (rid == 0) {
        rig_be_administrator();
    } else {
        rig_be_user(rid);
    }
    raw_connect(peer, rig_server_endpoint());
    heard = fault_count("peer_identify");
    check_true(raw_say(peer, inspect_on(letter, 1)));
    rig_server_until_heard(heard + 1); /* before anybody else is who sends */
}

static void expect_all(struct raw_peer *peers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        rig_expect_result(raw_line(&peers[i]), 1);
        raw_close(&peers[i]);
    }
}

TEST(session_place, a_third_operation_of_a_caller_waits_for_one_of_the_two)
{
    struct raw_peer peers[3];
    start();
    for (size_t i = 0; i < 3; i++) {
        ask_as(&peers[i], 1001, 'C');
    }
    rig_gate_until_inside(2);
    check_int(rig_server_counters().running, 2);
    rig_gate_let(1);
    rig_gate_until_inside(3); /* the third went in when one came out */
    rig_gate_open();
    expect_all(peers, 3);
    rig_server_end();
}

TEST(session_place, others_are_not_held_up_by_who_waits)
{
    struct raw_peer peers[4];
    start();
    for (size_t i = 0; i < 3; i++) {
        ask_as(&peers[i], 1001, 'C');
    }
    rig_gate_until_inside(2);
    ask_as(&peers[3], 1002, 'C');
    rig_gate_until_inside(3);
    check_int(rig_server_counters().running, 3);
    rig_gate_open();
    expect_all(peers, 4);
    rig_server_end();
}

TEST(session_place, who_waits_is_served_in_order_of_arrival)
{
    enum { PEERS = 5 };
    static const char one_a_caller[] =
        "{\"version\":1,\"limits\":{\"operations_per_sid\":1},\"rules\":[{\"id\":\"read\",\"effect\":\"allow\","
        "\"operations\":[\"inspect\"],\"principals\":[\"Everyone\"],\"link\":\"C:\\\\jt\\\\links\\\\**\"}]}";
    static const struct rig_server_options options = {.policy = one_a_caller};
    struct raw_peer peers[PEERS];
    rig_gate_close("fs_root");
    rig_server_start(&options);
    for (size_t i = 0; i < PEERS; i++) {
        ask_as(&peers[i], 1001, 'C');
    }
    for (size_t i = 0; i < PEERS; i++) {
        rig_gate_until_inside(i + 1);
        check_int(rig_server_counters().running, 1);
        for (size_t k = i; k < PEERS; k++) {
            check_true(raw_is_silent(&peers[k], 0));
        }
        rig_gate_let(1);
        rig_expect_result(raw_line(&peers[i]), 1);
        check_int(rig_server_counters().running, i + 1 < PEERS); /* the next one began before this answer was sent */
        raw_close(&peers[i]);
    }
    rig_server_end();
}

TEST(session_place, four_places_are_kept_for_administrators)
{
    struct raw_peer others[OTHERS + 1];
    struct raw_peer root[2];
    start();
    for (uint32_t i = 0; i <= OTHERS; i++) {
        ask_as(&others[i], 2000 + i, i < OTHERS / 2 ? 'C' : 'D');
    }
    rig_gate_until_inside(OTHERS);
    check_int(rig_server_counters().running, OTHERS); /* the thirteenth waits */
    for (size_t i = 0; i < 2; i++) {
        ask_as(&root[i], 0, 'C');
    }
    rig_gate_until_inside(OTHERS + 2);
    check_int(rig_server_counters().running, OTHERS + 2);
    rig_gate_open();
    expect_all(root, 2);
    expect_all(others, OTHERS + 1);
    rig_server_end();
}

TEST(session_place, a_stuck_volume_leaves_places_for_the_others)
{
    struct raw_peer stuck[PER_VOLUME + 1];
    struct raw_peer other;
    start();
    for (uint32_t i = 0; i <= PER_VOLUME; i++) {
        ask_as(&stuck[i], 2000 + i, 'C');
    }
    rig_gate_until_inside(PER_VOLUME);
    check_int(rig_server_counters().running, PER_VOLUME);
    ask_as(&other, 3000, 'D');
    rig_gate_until_inside(PER_VOLUME + 1);
    check_int(rig_server_counters().running, PER_VOLUME + 1);
    rig_gate_open();
    expect_all(&other, 1);
    expect_all(stuck, PER_VOLUME + 1);
    rig_server_end();
}

TEST(session_place, who_went_away_while_waiting_takes_no_place)
{
    struct raw_peer peers[3];
    start();
    for (size_t i = 0; i < 3; i++) {
        ask_as(&peers[i], 1001, 'C');
    }
    rig_gate_until_inside(2);
    raw_close(&peers[2]); /* end of input: what was received is still carried out, in vain */
    rig_gate_open();
    expect_all(peers, 2);
    rig_server_until(rig_has_connections, 0);
    check_int(rig_server_counters().running, 0);
    rig_server_end();
}

TEST(session_place, questions_about_the_service_need_no_place)
{
    struct raw_peer peers[2];
    struct raw_peer asking;
    start();
    for (size_t i = 0; i < 2; i++) {
        ask_as(&peers[i], 1001, 'C');
    }
    rig_gate_until_inside(2);
    raw_connect(&asking, rig_server_endpoint());
    rig_expect_result(raw_ask(&asking, rig_info(5)), 5);
    raw_close(&asking);
    rig_gate_open();
    expect_all(peers, 2);
    rig_server_end();
}
