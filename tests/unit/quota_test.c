/* SPDX-License-Identifier: MIT */
#include "service/core/quota.h"

#include "tests/support/suite.h"

static const struct quota_limits limits = {
    .connections = 10,
    .connections_per_sid = 3,
    .connections_reserved = 2,
    .places = 16,
    .places_per_sid = 2,
    .places_per_volume = 8,
    .places_reserved = 4,
};

static struct quota_who user(uint32_t rid)
{
    return (struct quota_who){jd_sid_make(5, 5, (const uint32_t[]){21, 1, 2, 3, rid}), false};
}

static struct quota_who administrator(uint32_t rid)
{
    struct quota_who who = user(rid);
    who.is_administrator = true;
    return who;
}

static struct quota *make(void)
{
    struct quota *quota = NULL;
    struct jd_err err;
    check_ok(quota_new(&quota, &err), &err);
    return quota;
}

/* One connection of who's; the code of the naming. */
static enum jd_code connect_as(struct quota *quota, struct quota_who who, struct jd_err *err)
{
    *err = (struct jd_err){0};
    check_true(quota_connection_take(quota, &limits));
    return quota_connection_name(quota, &limits, &who, err);
}

static void connect_ok(struct quota *quota, struct quota_who who)
{
    struct jd_err err;
    check_ok(connect_as(quota, who, &err), &err);
}

TEST(quota, total_of_connections_is_a_limit_for_everyone)
{
    struct quota *quota = make();
    for (int i = 0; i < 10; i++) {
        check_true(quota_connection_take(quota, &limits));
    }
    check_false(quota_connection_take(quota, &limits));
    quota_connection_drop(quota, NULL);
    check_true(quota_connection_take(quota, &limits));
    quota_free(quota);
}

TEST(quota, a_caller_has_so_many_connections_and_no_more)
{
    struct quota *quota = make();
    struct quota_who alice = user(1001);
    struct jd_err err;
    connect_ok(quota, alice);
    connect_ok(quota, alice);
    connect_ok(quota, alice);
    check_code(connect_as(quota, alice, &err), JD_E_BUSY, &err);
    check_text(err.reason, "connections_of_caller");
    connect_ok(quota, user(1002));      /* others are not touched by it */
    quota_connection_drop(quota, NULL); /* the refused one, still unidentified */
    quota_connection_drop(quota, &alice);
    connect_ok(quota, alice);
    quota_free(quota);
}

TEST(quota, the_reserve_is_an_administrators_even_if_all_others_connect)
{
    struct quota *quota = make();
    struct jd_err err;
    for (uint32_t i = 0; i < 8; i++) {
        connect_ok(quota, user(1000 + i));
    }
    check_code(connect_as(quota, user(2000), &err), JD_E_BUSY, &err);
    check_text(err.reason, "connections_full");
    quota_connection_drop(quota, NULL);
    connect_ok(quota, administrator(500));
    connect_ok(quota, administrator(501));
    check_false(quota_connection_take(quota, &limits));
    quota_free(quota);
}

TEST(quota, administrators_do_not_use_up_the_share_of_others)
{
    struct quota *quota = make();
    struct quota_who root = administrator(500);
    connect_ok(quota, root);
    connect_ok(quota, root);
    for (uint32_t i = 0; i < 8; i++) {
        connect_ok(quota, user(1000 + i));
    }
    quota_free(quota);
}

TEST(quota, a_caller_is_forgotten_with_the_last_it_held)
{
    struct quota *quota = make();
    for (uint32_t i = 0; i < 1000; i++) {
        struct quota_who who = user(i);
        for (int n = 0; n < 3; n++) {
            connect_ok(quota, who);
        }
        for (int n = 0; n < 3; n++) {
            check_int(quota_callers(quota), 1);
            quota_connection_drop(quota, &who);
        }
        check_int(quota_callers(quota), 0); /* memory does not grow with the callers there ever were */
    }
    quota_free(quota);
}

TEST(quota, a_limit_lowered_below_what_is_held_only_refuses_more)
{
    struct quota *quota = make();
    struct quota_limits fewer = limits;
    struct quota_who alice = user(1001);
    fewer.connections = 1;
    fewer.connections_reserved = 2; /* more than there are */
    connect_ok(quota, alice);
    connect_ok(quota, alice);
    check_false(quota_connection_take(quota, &fewer));
    quota_connection_drop(quota, &alice);
    quota_connection_drop(quota, &alice);
    check_true(quota_connection_take(quota, &fewer));
    quota_free(quota);
}

TEST(quota, a_caller_runs_two_operations_at_once)
{
    struct quota *quota = make();
    struct quota_who alice = user(1001);
    connect_ok(quota, alice);
    check_true(quota_place_take(quota, &limits, &alice, 'C'));
    check_true(quota_place_take(quota, &limits, &alice, 'D'));
    check_false(quota_place_take(quota, &limits, &alice, 0));
    quota_place_drop(quota, &alice, 'C');
    check_true(quota_place_take(quota, &limits, &alice, 0));
    quota_free(quota);
}

TEST(quota, four_places_are_kept_for_administrators)
{
    struct quota *quota = make();
    struct jd_err err;
    for (uint32_t i = 0; i < 6; i++) {
        struct quota_who who = user(1000 + i);
        connect_ok(quota, who);
        check_true(quota_place_take(quota, &limits, &who, 0));
        check_true(quota_place_take(quota, &limits, &who, 0));
    }
    struct quota_who late = user(2000);
    connect_ok(quota, late);
    check_false(quota_place_take(quota, &limits, &late, 0));
    for (uint32_t i = 0; i < 2; i++) {
        struct quota_who root = administrator(500 + i);
        check_ok(connect_as(quota, root, &err), &err);
        check_true(quota_place_take(quota, &limits, &root, 0));
        check_true(quota_place_take(quota, &limits, &root, 0));
    }
    struct quota_who more = administrator(600);
    quota_connection_drop(quota, &late);
    connect_ok(quota, more);
    check_false(quota_place_take(quota, &limits, &more, 0));
    quota_free(quota);
}

TEST(quota, a_stuck_volume_leaves_places_for_the_others)
{
    struct quota *quota = make();
    for (uint32_t i = 0; i < 4; i++) {
        struct quota_who who = user(1000 + i);
        connect_ok(quota, who);
        check_true(quota_place_take(quota, &limits, &who, 'C'));
        check_true(quota_place_take(quota, &limits, &who, 'C'));
    }
    struct quota_who late = user(2000);
    connect_ok(quota, late);
    check_false(quota_place_take(quota, &limits, &late, 'C'));
    check_true(quota_place_take(quota, &limits, &late, 'D'));
    struct quota_who root = administrator(500);
    connect_ok(quota, root);
    check_true(quota_place_take(quota, &limits, &root, 'C'));
    quota_place_drop(quota, &root, 'C');
    check_false(quota_place_take(quota, &limits, &late, 'C')); /* an administrator's was not counted */
    quota_free(quota);
}

TEST(quota, a_place_is_kept_after_its_connection_is_gone)
{
    struct quota *quota = make();
    struct quota_who alice = user(1001);
    connect_ok(quota, alice);
    check_true(quota_place_take(quota, &limits, &alice, 'C'));
    quota_connection_drop(quota, &alice);
    connect_ok(quota, alice);
    check_true(quota_place_take(quota, &limits, &alice, 'C'));
    check_false(quota_place_take(quota, &limits, &alice, 'C'));
    quota_place_drop(quota, &alice, 'C');
    check_true(quota_place_take(quota, &limits, &alice, 'C'));
    quota_free(quota);
}
