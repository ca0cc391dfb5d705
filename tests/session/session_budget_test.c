/* SPDX-License-Identifier: MIT */
/* What a connection may send in vain, and who sent it. */
#include "tests/support/fault.h"
#include "tests/support/rig_server.h"
#include "tests/support/suite.h"

#include "protocol/limits.h"

#include <stdio.h>
#include <string.h>

enum { EVENT_BAD_MESSAGES = 500 };

TEST(session_budget, the_last_of_too_many_bad_lines_closes)
{
    struct raw_peer peer;
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    for (int i = 1; i < JD_BAD_LINES_MAX; i++) {
        rig_expect_error(raw_ask(&peer, "{}\n"), 0, "invalid_request", NULL);
        rig_expect_result(raw_ask(&peer, rig_info(i)), i); /* good ones in between do not make up for them */
    }
    check_int(fake_audit_count(EVENT_BAD_MESSAGES), 0);
    rig_expect_error(raw_ask(&peer, "{}\n"), 0, "invalid_request", NULL);
    check_true(raw_is_closed(&peer));
    check_int(fake_audit_count(EVENT_BAD_MESSAGES), 1);
    check_int(rig_server_counters().bad_lines, JD_BAD_LINES_MAX);
    raw_close(&peer);
    rig_server_end();
}

TEST(session_budget, a_line_that_is_no_message_closes_at_once_after_its_answer)
{
    struct raw_peer peer;
    char lines[1024];
    snprintf(lines, sizeof lines, "GET / HTTP/1.1\n%s", rig_create(1, "a")); /* what follows is not looked at */
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_say(&peer, lines));
    rig_expect_error(raw_line(&peer), 0, "parse_error", NULL);
    check_true(raw_is_closed(&peer));
    check_text(fake_kind("C:\\jt\\links\\a"), "none");
    check_int(fake_audit_count(EVENT_BAD_MESSAGES), 1);
    check_true(strstr(fake_audit_line(0), "alice") != NULL);
    raw_close(&peer);
    rig_server_end();
}

TEST(session_budget, bytes_that_never_become_a_line_are_somebodys_too)
{
    struct raw_peer peer;
    struct jd_buf bytes;
    jd_buf_init(&bytes, JD_LINE_MAX + 1);
    for (int i = 0; i <= JD_LINE_MAX; i++) {
        jd_buf_add_char(&bytes, 'a');
    }
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    (void)raw_send(&peer, bytes.data, bytes.len);
    rig_expect_error(raw_line(&peer), 0, "message_too_large", NULL);
    check_true(raw_is_closed(&peer));
    check_int(fake_audit_count(EVENT_BAD_MESSAGES), 1);
    check_true(strstr(fake_audit_line(0), "alice") != NULL);
    raw_close(&peer);
    jd_buf_done(&bytes);
    rig_server_end();
}

/* n empty lines of several looks. */
static void say_nothing(struct raw_peer *peer, int n)
{
    static const char *const empties[] = {"\n", "\r\n", " \t\n"};
    for (int i = 0; i < n; i++) {
        check_true(raw_say(peer, empties[i % (int)JD_COUNT(empties)]));
    }
}

TEST(session_budget, a_request_between_empty_lines_starts_their_count_anew)
{
    struct raw_peer peer;
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    for (int i = 1; i <= 3; i++) {
        say_nothing(&peer, JD_EMPTY_LINES_MAX - 1);
        rig_expect_result(raw_ask(&peer, rig_info(i)), i);
    }
    say_nothing(&peer, JD_EMPTY_LINES_MAX);
    check_true(raw_is_closed(&peer));
    check_int(fake_audit_count(EVENT_BAD_MESSAGES), 1);
    raw_close(&peer);
    rig_server_end();
}

TEST(session_budget, another_caller_on_the_same_connection_closes_it_before_any_change)
{
    static const struct {
        void (*become)(void);
        const char *why;
    } cases[] = {{rig_be_administrator, "more rights"}, {NULL, "another user"}};
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct raw_peer peer;
        check_case("%s", cases[i].why);
        rig_server_start(NULL);
        raw_connect(&peer, rig_server_endpoint());
        rig_expect_result(raw_ask(&peer, rig_inspect(1, "a")), 1);
        if (cases[i].become != NULL) {
            cases[i].become();
        } else {
            rig_be_user(1002);
        }
        check_true(raw_say(&peer, rig_create(2, "a")));
        check_true(raw_is_closed(&peer));
        check_text(fake_kind("C:\\jt\\links\\a"), "none");
        check_int(fake_audit_count(EVENT_BAD_MESSAGES), 1);
        raw_close(&peer);
        rig_server_end();
    }
}

TEST(session_budget, the_same_user_with_other_rights_is_another_caller)
{
    struct raw_peer peer;
    struct os_caller alice = fake_caller_user(1001);
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    rig_expect_result(raw_ask(&peer, rig_inspect(1, "a")), 1);
    alice.is_administrator = true;
    fake_peer_set(&alice);
    check_true(raw_say(&peer, rig_create(2, "a")));
    check_true(raw_is_closed(&peer));
    check_text(fake_kind("C:\\jt\\links\\a"), "none");
    os_caller_done(&alice);
    raw_close(&peer);
    rig_server_end();
}

TEST(session_budget, who_cannot_be_identified_is_answered_and_closed)
{
    static const char *const first[] = {NULL, "\n"};
    for (size_t i = 0; i < JD_COUNT(first); i++) {
        struct raw_peer peer;
        rig_server_start(NULL);
        raw_connect(&peer, rig_server_endpoint());
        fake_peer_fail(JD_E_PLATFORM);
        check_true(raw_say(&peer, first[i] == NULL ? rig_create(7, "a") : first[i]));
        rig_expect_error(raw_line(&peer), first[i] == NULL ? 7 : 0, "internal_error", NULL);
        check_true(raw_is_closed(&peer));
        check_text(fake_kind("C:\\jt\\links\\a"), "none");
        raw_close(&peer);
        rig_server_end();
    }
}

TEST(session_budget, who_could_be_identified_once_need_not_be_again)
{
    struct raw_peer peer;
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    rig_expect_result(raw_ask(&peer, rig_inspect(1, "a")), 1);
    fake_peer_fail(JD_E_NO_MEMORY);
    rig_expect_error(raw_ask(&peer, rig_create(2, "a")), 2, "internal_error", NULL);
    check_true(raw_is_closed(&peer));
    raw_close(&peer);
    rig_server_end();
}

TEST(session_budget, a_change_without_an_id_is_silent_and_not_made)
{
    struct raw_peer peer;
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    check_true(raw_say(&peer, "{\"jsonrpc\":\"2.0\",\"method\":\"junction.create\",\"params\":{\"link\":"
                              "\"C:\\\\jt\\\\links\\\\a\",\"target\":\"C:\\\\jt\\\\targets\\\\a\"}}\n"
                              "{\"jsonrpc\":\"2.0\",\"method\":\"no.such\"}\n"));
    rig_expect_result(raw_ask(&peer, rig_info(1)), 1); /* the first answer that comes */
    check_text(fake_kind("C:\\jt\\links\\a"), "none");
    check_int(fake_audit_count(501), 1);
    raw_close(&peer);
    rig_server_end();
}

TEST(session_budget, a_client_that_could_not_be_taken_is_taken_later)
{
    struct raw_peer peer;
    fault_begin();
    fault_fail("listen_accept", 1, JD_E_NO_MEMORY);
    rig_server_start(NULL);
    raw_connect(&peer, rig_server_endpoint());
    rig_expect_result(raw_ask(&peer, rig_info(1)), 1);
    check_int(fault_count("listen_accept"), 2);
    check_int(rig_server_counters().connections_total, 1);
    raw_close(&peer);
    rig_server_end();
    fault_end();
}
