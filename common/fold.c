/* SPDX-License-Identifier: MIT */
#include "common/fold.h"

#include "common/base.h"
#include "common/utf.h"

struct run {
    uint16_t first;
    uint16_t last;
    uint16_t step;
    int32_t delta;
};

#include "common/upcase_table.h"

/* The last run that begins at or before unit; NULL when all begin after it. */
static const struct run *run_before(uint16_t unit)
{
    size_t low = 0;
    size_t high = JD_COUNT(runs);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (runs[middle].first <= unit) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? NULL : &runs[low - 1];
}

uint16_t jd_fold_unit(uint16_t unit)
{
    const struct run *run = run_before(unit);
    if (run == NULL || unit > run->last || (unit - run->first) % run->step != 0) {
        return unit;
    }
    return (uint16_t)(unit + run->delta);
}

uint32_t jd_fold_code(uint32_t code)
{
    /* NTFS folds surrogates one by one, and each to itself. */
    return code <= UINT16_MAX ? jd_fold_unit((uint16_t)code) : code;
}

bool jd_fold_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t at_a = 0;
    size_t at_b = 0;
    while (at_a < a_len && at_b < b_len) {
        uint32_t code_a = jd_utf8_next(a, a_len, &at_a);
        uint32_t code_b = jd_utf8_next(b, b_len, &at_b);
        if (code_a != code_b && jd_fold_code(code_a) != jd_fold_code(code_b)) {
            return false;
        }
    }
    return at_a == a_len && at_b == b_len;
}
