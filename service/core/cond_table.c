/* SPDX-License-Identifier: MIT */
#include "service/core/cond.h"

const struct cond *const cond_table[] = {
#define COND(name) &cond_##name,
#include "service/core/cond_list.h"
#undef COND
};

const size_t cond_count = JD_COUNT(cond_table);

/* struct policy_rule keeps one bit for each. */
_Static_assert(JD_COUNT(cond_table) <= 32, "more conditions than bits in policy_rule.judged");
