/* SPDX-License-Identifier: MIT */
/*
 * What a verdict may rest on: facts of opened objects, gathered by core/plan.c. Never the client's strings.
 * Everything is borrowed from the plan.
 */
#pragma once

#include "common/winpath.h"
#include "service/os/os_peer.h"

enum verb {
    VERB_NONE = 0,
#define VERB(name, looks, needs) VERB_##name,
#include "service/core/verb_list.h"
#undef VERB
    VERB_COUNT
};

const char *verb_word(enum verb verb);
enum verb verb_from_word(const char *word); /* VERB_NONE when it is none */
bool verb_looks_at_target(enum verb verb);
bool verb_needs_target_pattern(enum verb verb);

enum tri { TRI_UNKNOWN, TRI_NO, TRI_YES };

enum { FACTS_TARGETS_MAX = 2 };

struct facts {
    enum verb verb;
    const struct os_caller *caller;
    const struct jd_winpath *link; /* final path of the opened parent + leaf */

    /* What `target` patterns are matched against: create: the final path of the opened target; remove, repair: the
     * stored target as canonical text; retarget, replace: both. Every one must match. */
    const struct jd_winpath *targets[FACTS_TARGETS_MAX];
    size_t n_targets;
    bool target_is_untold; /* a stored target that is no canonical path: matches no allow and every deny that names a
                              target */

    enum tri target_exists;     /* it was opened, and is a directory */
    enum tri target_is_guarded; /* nobody but administrators could replace it or an ancestor of it */
};
