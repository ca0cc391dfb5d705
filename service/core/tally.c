/* SPDX-License-Identifier: MIT */
#include "service/core/tally.h"

static struct tally_row *begin_row(struct tally_row *row, const struct jd_sid *sid, uint64_t now_ms)
{
    *row = (struct tally_row){.since_ms = now_ms, .used = true};
    if (sid != NULL) {
        row->sid = *sid;
    }
    return row;
}

static struct tally_row *row_of(struct tally *tally, const struct jd_sid *sid, uint64_t now_ms)
{
    struct tally_row *rest = &tally->rows[TALLY_CALLERS_MAX];
    struct tally_row *free_row = NULL;
    for (size_t i = 0; i < TALLY_CALLERS_MAX; i++) {
        struct tally_row *row = &tally->rows[i];
        if (row->used && jd_sid_equal(&row->sid, sid)) {
            return row;
        }
        if (!row->used && free_row == NULL) {
            free_row = row;
        }
    }
    if (free_row != NULL) {
        return begin_row(free_row, sid, now_ms);
    }
    return rest->used ? rest : begin_row(rest, NULL, now_ms);
}

bool tally_denial(struct tally *tally, const struct jd_sid *sid, uint64_t now_ms)
{
    struct tally_row *row = row_of(tally, sid, now_ms);
    if (row->denials < TALLY_DENIALS_MAX) {
        row->denials++;
        return true;
    }
    row->suppressed++;
    return false;
}

void tally_read(struct tally *tally, const struct jd_sid *sid, uint64_t now_ms)
{
    row_of(tally, sid, now_ms)->reads++;
}

bool tally_take(struct tally *tally, uint64_t now_ms, bool all, struct tally_row *out)
{
    for (size_t i = 0; i <= TALLY_CALLERS_MAX; i++) {
        struct tally_row *row = &tally->rows[i];
        if (row->used && (all || now_ms - row->since_ms >= TALLY_WINDOW_MS)) {
            bool has_something = row->suppressed > 0 || row->reads > 0;
            *out = *row;
            row->used = false;
            if (has_something) {
                return true;
            }
        }
    }
    return false;
}
