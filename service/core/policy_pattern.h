/* SPDX-License-Identifier: MIT */
/*
 * Path patterns of policy rules: compiled once at load, matched component by component, never as a string prefix.
 *
 *   X:\   *:\   ?:\   one drive, any drive, any drive
 *   name              a literal, compared as NTFS compares names (jd_fold)
 *   rel-*   v?        a glob inside one component: `*` any run of characters, also none; `?` one character (code point)
 *   **                one or more components at the end, zero or more elsewhere
 *   {name}            captures one component: the same name means the same text (folded), in link and target together
 *   {sid}   {user}    the caller's SID text; the caller's account name without its domain
 *   {{   }}           literal braces
 *
 * A pattern with a capture holds at most one `**`, so that what it captures is never a matter of search order. A
 * pattern without may hold many: each stretch between two of them takes the leftmost place that fits, so the work stays
 * below (length of the pattern × length of the path), whatever a caller sends.
 *
 * What can never match a canonical path (a forward slash, a trailing dot, `..`, a reserved name …) is refused when
 * compiled. Compiled patterns are immutable; matching is pure and runs on any thread.
 */
#pragma once

#include "common/winpath.h"

enum {
    POLICY_CAPTURE_NAME_MAX = 32, /* bytes */
    POLICY_CAPTURES_MAX = JD_PATH_PARTS_MAX
};

enum policy_part_kind {
    POLICY_PART_LITERAL,
    POLICY_PART_GLOB,
    POLICY_PART_ANY,  /* exactly one component, whatever it is */
    POLICY_PART_DEEP, /* zero or more components; a `**` at the end is compiled to ANY, DEEP */
    POLICY_PART_CAPTURE,
    POLICY_PART_SID,
    POLICY_PART_USER,
    POLICY_PART_KINDS
};

struct policy_part {
    enum policy_part_kind kind;
    char *text; /* literal and glob: without brace escapes; capture: its name; else NULL. Owned */
    size_t len;
    size_t slot; /* of a capture: its place in policy_binding, the same for link and target of one rule */
};

/* Zeroed means none. */
struct policy_pattern {
    char *text;  /* as written; owned */
    char letter; /* upper case; '*' for any drive */
    struct policy_part *parts;
    size_t n_parts;
};

/* What placeholders stand for while one rule is matched. Names are borrowed from the paths matched. */
struct policy_binding {
    const char *sid;
    const char *user;          /* "" when the account's name is not known */
    bool unknown_user_matches; /* what {user} does then: true for deny rules, which must not be escaped by having no
                                  name */
    struct jd_name captures[POLICY_CAPTURES_MAX]; /* text NULL: not bound yet */
};

/*
 * Compiles text. link is the compiled link pattern of the same rule when this is the target (its captures may be used
 * and no others), NULL when this is the link; a rule without link passes a zeroed one. Fails with POLICY_INVALID,
 * err->text the reason without rule and line, or NO_MEMORY.
 */
JD_MUST_CHECK enum jd_code policy_pattern_compile(const char *text, const struct policy_pattern *link,
                                                  struct policy_pattern *out, struct jd_err *err);
void policy_pattern_done(struct policy_pattern *pattern); /* zeroed is accepted */

bool policy_pattern_is_set(const struct policy_pattern *pattern);
bool policy_pattern_uses(const struct policy_pattern *pattern, enum policy_part_kind kind);

/* Binds captures that are not bound yet; after false the binding is spoilt and must be begun anew. */
bool policy_pattern_match(const struct policy_pattern *pattern, const struct jd_winpath *path,
                          struct policy_binding *binding);

/* For lint. Names no fixed text at all and goes to any depth: `X:\**`, `*:\{a}\**`. */
bool policy_pattern_is_volume_wide(const struct policy_pattern *pattern);
/* For lint. False only when no path of one pattern can equal, contain or lie in a path of the other. */
bool policy_pattern_may_overlap(const struct policy_pattern *a, const struct policy_pattern *b);
