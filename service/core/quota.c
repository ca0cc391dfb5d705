/* SPDX-License-Identifier: MIT */
#include "service/core/quota.h"

#include <stdlib.h>

enum { LETTERS = 26, FIRST_ROWS = 16 };

/* Everything, or the part of it that is not an administrator's. */
struct tally {
    size_t all;
    size_t others;
};

struct row {
    struct jd_sid user;
    size_t connections;
    size_t places;
};

struct quota {
    struct tally connections; /* all: unidentified ones too; others: identified, no administrators */
    struct tally places;
    size_t places_on[1 + LETTERS]; /* per volume, of those who are no administrators; 0: on none */
    struct row *rows;              /* one per SID that holds anything; in no order */
    size_t n_rows;
    size_t cap;
};

enum jd_code quota_new(struct quota **out, struct jd_err *err)
{
    struct quota *quota = calloc(1, sizeof *quota);
    if (quota == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "quota", NULL);
    }
    *out = quota;
    return JD_OK;
}

void quota_free(struct quota *quota)
{
    if (quota != NULL) {
        free(quota->rows);
        free(quota);
    }
}

size_t quota_callers(const struct quota *quota)
{
    return quota->n_rows;
}

static struct row *find_row(const struct quota *quota, const struct jd_sid *user)
{
    for (size_t i = 0; i < quota->n_rows; i++) {
        if (jd_sid_equal(&quota->rows[i].user, user)) {
            return &quota->rows[i];
        }
    }
    return NULL;
}

static struct row *find_or_add_row(struct quota *quota, const struct jd_sid *user)
{
    struct row *row = find_row(quota, user);
    if (row != NULL) {
        return row;
    }
    if (quota->n_rows == quota->cap) {
        size_t cap = quota->cap == 0 ? FIRST_ROWS : quota->cap * 2;
        struct row *rows = realloc(quota->rows, cap * sizeof *rows);
        if (rows == NULL) {
            return NULL;
        }
        quota->rows = rows;
        quota->cap = cap;
    }
    row = &quota->rows[quota->n_rows++];
    *row = (struct row){.user = *user};
    return row;
}

static void drop_row_if_empty(struct quota *quota, struct row *row)
{
    if (row->connections == 0 && row->places == 0) {
        *row = quota->rows[--quota->n_rows];
    }
}

/* What is left of total for those the reserve is kept from. */
static size_t without_reserve(size_t total, size_t reserved)
{
    return total > reserved ? total - reserved : 0;
}

bool quota_connection_take(struct quota *quota, const struct quota_limits *limits)
{
    if (quota->connections.all >= limits->connections) {
        return false;
    }
    quota->connections.all++;
    return true;
}

enum jd_code quota_connection_name(struct quota *quota, const struct quota_limits *limits, const struct quota_who *who,
                                   struct jd_err *err)
{
    struct row *row;
    if (!who->is_administrator &&
        quota->connections.others >= without_reserve(limits->connections, limits->connections_reserved)) {
        return jd_fail(err, JD_E_BUSY, "connection", "connections_full");
    }
    row = find_row(quota, &who->user);
    if (row != NULL && row->connections >= limits->connections_per_sid) {
        return jd_fail(err, JD_E_BUSY, "connection", "connections_of_caller");
    }
    row = find_or_add_row(quota, &who->user);
    if (row == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "connection", NULL);
    }
    row->connections++;
    quota->connections.others += who->is_administrator ? 0 : 1;
    return JD_OK;
}

void quota_connection_drop(struct quota *quota, const struct quota_who *who)
{
    struct row *row = who == NULL ? NULL : find_row(quota, &who->user);
    quota->connections.all--;
    if (row != NULL) {
        quota->connections.others -= who->is_administrator ? 0 : 1;
        row->connections--;
        drop_row_if_empty(quota, row);
    }
}

/* 0 for an operation that works on no volume. */
static size_t volume_index(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (size_t)(letter - 'A') + 1 : 0;
}

static bool is_crowded(const struct quota *quota, const struct quota_limits *limits, char letter)
{
    size_t volume = volume_index(letter);
    return quota->places.others >= without_reserve(limits->places, limits->places_reserved) ||
           (volume != 0 && quota->places_on[volume] >= limits->places_per_volume);
}

bool quota_place_take(struct quota *quota, const struct quota_limits *limits, const struct quota_who *who, char letter)
{
    struct row *row = find_row(quota, &who->user);
    if (row == NULL || row->places >= limits->places_per_sid || quota->places.all >= limits->places ||
        (!who->is_administrator && is_crowded(quota, limits, letter))) {
        return false;
    }
    row->places++;
    quota->places.all++;
    if (!who->is_administrator) {
        quota->places.others++;
        quota->places_on[volume_index(letter)]++;
    }
    return true;
}

void quota_place_drop(struct quota *quota, const struct quota_who *who, char letter)
{
    struct row *row = find_row(quota, &who->user);
    if (row == NULL) {
        return;
    }
    row->places--;
    quota->places.all--;
    if (!who->is_administrator) {
        quota->places.others--;
        quota->places_on[volume_index(letter)]--;
    }
    drop_row_if_empty(quota, row);
}
