/* SPDX-License-Identifier: MIT */
/*
 * Who holds how many connections and running places: pure accounting, no clock, no connection, no thread of its own.
 * Limits are given with each question, so that a new policy counts from the next question on; what is held already is
 * never taken away.
 *
 * Connections: everyone who is no administrator keeps `connections_reserved` below the total. An unidentified
 * connection (no whole line yet) counts under the total only; when it says who it is, it may still be turned away.
 * Places: the same for running operations, and no volume fills the pool alone.
 * Loop thread only.
 */
#pragma once

#include "common/sid.h"

struct quota;

struct quota_limits {
    size_t connections; /* in all */
    size_t connections_per_sid;
    size_t connections_reserved; /* of them for administrators */
    size_t places;               /* operations running at once, in all */
    size_t places_per_sid;
    size_t places_per_volume; /* for those who are no administrators */
    size_t places_reserved;   /* of places, for administrators */
};

/* Whose. Plain data. */
struct quota_who {
    struct jd_sid user;
    bool is_administrator;
};

JD_MUST_CHECK enum jd_code quota_new(struct quota **out, struct jd_err *err); /* NO_MEMORY */
void quota_free(struct quota *quota);                                         /* NULL is accepted */

size_t quota_callers(const struct quota *quota); /* who hold anything now */

/* One more connection that has not said who it is; false when all are taken. */
bool quota_connection_take(struct quota *quota, const struct quota_limits *limits);

/*
 * An unidentified connection turns out to be who's. Fails with BUSY (reason connections_full or connections_of_caller)
 * or NO_MEMORY; it then stays unidentified.
 */
JD_MUST_CHECK enum jd_code quota_connection_name(struct quota *quota, const struct quota_limits *limits,
                                                 const struct quota_who *who, struct jd_err *err);
void quota_connection_drop(struct quota *quota, const struct quota_who *who); /* who NULL: it was unidentified */

/* A place for an operation of who on volume letter (0: none). False when it has to wait. Its connection is counted
 * already. */
bool quota_place_take(struct quota *quota, const struct quota_limits *limits, const struct quota_who *who, char letter);
void quota_place_drop(struct quota *quota, const struct quota_who *who, char letter);
