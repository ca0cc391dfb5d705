/* SPDX-License-Identifier: MIT */
#include "tests/contract/fixture.h"

static bool is_in(const struct os_caller *caller, struct jd_sid group)
{
    for (size_t i = 0; i < caller->n_groups; i++) {
        if (jd_sid_equal(&caller->groups[i], &group)) {
            return true;
        }
    }
    return false;
}

static void check_caller(enum fixture_who who)
{
    struct os_caller caller;
    struct jd_sid user;
    bool is_administrator = who == FIXTURE_ADMINISTRATOR;
    intptr_t connection = fixture_connect(who, &user);
    check_ok(os_peer_identify(connection, &caller, &fixture_err), &fixture_err);
    check_true(jd_sid_equal(&caller.user, &user));
    check_int(caller.is_administrator, is_administrator);
    check_int(is_in(&caller, jd_sid_administrators()), is_administrator);
    check_true(is_in(&caller, jd_sid_everyone()));
    check_true(is_in(&caller, jd_sid_authenticated_users()));
    check_true(caller.refused == NULL);
    check_true(caller.pid > 0);
    fixture_disconnect(connection);
    os_caller_done(&caller);
    os_caller_done(&caller);
}

TEST(os_peer, a_user_is_who_connected)
{
    fixture_begin();
    check_caller(FIXTURE_USER);
    fixture_end();
}

TEST(os_peer, an_administrator_is_told_apart)
{
    fixture_begin();
    check_caller(FIXTURE_ADMINISTRATOR);
    fixture_end();
}
