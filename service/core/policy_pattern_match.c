/* SPDX-License-Identifier: MIT */
#include "service/core/policy_pattern.h"

#include "common/fold.h"
#include "common/utf.h"

#include <string.h>

static bool match_literal(const struct policy_part *part, struct jd_name name, struct policy_binding *binding)
{
    (void)binding;
    return jd_name_equal((struct jd_name){part->text, part->len}, name);
}

/* One code point of each side, if they match. */
static bool step_both(const struct policy_part *part, size_t *at, struct jd_name name, size_t *pos)
{
    size_t next_at = *at;
    size_t next_pos = *pos;
    uint32_t want;
    uint32_t have;
    if (*at == part->len) {
        return false;
    }
    want = jd_utf8_next(part->text, part->len, &next_at);
    have = jd_utf8_next(name.text, name.len, &next_pos);
    if (want != have && want != '?' && jd_fold_code(want) != jd_fold_code(have)) {
        return false;
    }
    *at = next_at;
    *pos = next_pos;
    return true;
}

/* Only the last star is ever tried again: giving an earlier one more could not help, and it keeps the work bounded. */
static bool match_glob(const struct policy_part *part, struct jd_name name, struct policy_binding *binding)
{
    size_t at = 0;
    size_t pos = 0;
    size_t after_star = SIZE_MAX;
    size_t retry = 0;
    (void)binding;
    while (pos < name.len) {
        if (at < part->len && part->text[at] == '*') {
            after_star = ++at;
            retry = pos;
        } else if (!step_both(part, &at, name, &pos)) {
            if (after_star == SIZE_MAX) {
                return false;
            }
            jd_utf8_next(name.text, name.len, &retry);
            at = after_star;
            pos = retry;
        }
    }
    while (at < part->len && part->text[at] == '*') {
        at++;
    }
    return at == part->len;
}

static bool match_any(const struct policy_part *part, struct jd_name name, struct policy_binding *binding)
{
    (void)part;
    (void)name;
    (void)binding;
    return true;
}

static bool match_capture(const struct policy_part *part, struct jd_name name, struct policy_binding *binding)
{
    struct jd_name *bound = &binding->captures[part->slot];
    if (bound->text != NULL) {
        return jd_name_equal(*bound, name);
    }
    *bound = name;
    return true;
}

static bool match_sid(const struct policy_part *part, struct jd_name name, struct policy_binding *binding)
{
    (void)part;
    return jd_name_equal((struct jd_name){binding->sid, strlen(binding->sid)}, name);
}

static bool match_user(const struct policy_part *part, struct jd_name name, struct policy_binding *binding)
{
    (void)part;
    if (binding->user[0] == '\0') {
        return binding->unknown_user_matches;
    }
    return jd_name_equal((struct jd_name){binding->user, strlen(binding->user)}, name);
}

typedef bool (*match_fn)(const struct policy_part *part, struct jd_name name, struct policy_binding *binding);

static const match_fn matchers[POLICY_PART_KINDS] = {
    [POLICY_PART_LITERAL] = match_literal, [POLICY_PART_GLOB] = match_glob,       [POLICY_PART_ANY] = match_any,
    [POLICY_PART_DEEP] = match_any,        [POLICY_PART_CAPTURE] = match_capture, [POLICY_PART_SID] = match_sid,
    [POLICY_PART_USER] = match_user,
};

/* parts[0..n) against the n names of path from index on; none of them is DEEP. */
static bool match_run(const struct policy_part *parts, size_t n, const struct jd_winpath *path, size_t index,
                      struct policy_binding *binding)
{
    for (size_t i = 0; i < n; i++) {
        if (!matchers[parts[i].kind](&parts[i], jd_winpath_part(path, index + i), binding)) {
            return false;
        }
    }
    return true;
}

/* How many parts stand before the next DEEP, or before the end. */
static size_t run_length(const struct policy_part *parts, size_t n)
{
    size_t len = 0;
    while (len < n && parts[len].kind != POLICY_PART_DEEP) {
        len++;
    }
    return len;
}

static size_t tail_length(const struct policy_pattern *pattern)
{
    size_t len = 0;
    while (pattern->parts[pattern->n_parts - 1 - len].kind != POLICY_PART_DEEP) {
        len++;
    }
    return len;
}

/*
 * The runs between the first and the last DEEP, each at the leftmost place left in path's names [from, to). There are
 * no captures here: they are refused together with a second `**`.
 */
static bool match_middle(const struct policy_part *parts, size_t n, const struct jd_winpath *path, size_t from,
                         size_t to, struct policy_binding *binding)
{
    while (n > 0) {
        size_t len = run_length(parts, n);
        while (from + len <= to && !match_run(parts, len, path, from, binding)) {
            from++;
        }
        if (from + len > to) {
            return false;
        }
        from += len;
        parts += len < n ? len + 1 : len;
        n -= len < n ? len + 1 : len;
    }
    return true;
}

bool policy_pattern_match(const struct policy_pattern *pattern, const struct jd_winpath *path,
                          struct policy_binding *binding)
{
    const struct policy_part *parts = pattern->parts;
    size_t n = pattern->n_parts;
    size_t head = run_length(parts, n);
    size_t tail;
    if (pattern->letter != '*' && pattern->letter != jd_winpath_letter(path)) {
        return false;
    }
    if (head == n) {
        return n == path->n_parts && match_run(parts, n, path, 0, binding);
    }
    tail = tail_length(pattern);
    if (head + tail > path->n_parts) {
        return false;
    }
    return match_run(parts, head, path, 0, binding) &&
           match_run(parts + n - tail, tail, path, path->n_parts - tail, binding) &&
           match_middle(parts + head + 1, n - tail - head - 1, path, head, path->n_parts - tail, binding);
}

static bool is_fixed_text(enum policy_part_kind kind)
{
    return kind != POLICY_PART_ANY && kind != POLICY_PART_DEEP && kind != POLICY_PART_CAPTURE;
}

bool policy_pattern_is_volume_wide(const struct policy_pattern *pattern)
{
    for (size_t i = 0; i < pattern->n_parts; i++) {
        if (is_fixed_text(pattern->parts[i].kind)) {
            return false;
        }
    }
    return policy_pattern_uses(pattern, POLICY_PART_DEEP);
}

/* False only when no name can match both. */
static bool parts_may_meet(const struct policy_part *a, const struct policy_part *b)
{
    if (a->kind == POLICY_PART_LITERAL && (b->kind == POLICY_PART_LITERAL || b->kind == POLICY_PART_GLOB)) {
        return matchers[b->kind](b, (struct jd_name){a->text, a->len}, NULL);
    }
    if (a->kind == POLICY_PART_GLOB && b->kind == POLICY_PART_LITERAL) {
        return parts_may_meet(b, a);
    }
    return true;
}

bool policy_pattern_may_overlap(const struct policy_pattern *a, const struct policy_pattern *b)
{
    if (a->letter != '*' && b->letter != '*' && a->letter != b->letter) {
        return false;
    }
    for (size_t i = 0; i < a->n_parts && i < b->n_parts; i++) {
        if (a->parts[i].kind == POLICY_PART_DEEP || b->parts[i].kind == POLICY_PART_DEEP) {
            return true;
        }
        if (!parts_may_meet(&a->parts[i], &b->parts[i])) {
            return false;
        }
    }
    return true; /* one ends: the other's paths may lie in its tree */
}
