/* SPDX-License-Identifier: MIT */
/*
 * The plan of one step: the objects it opened, what they told, and the facts a verdict rests on. Everything is kept
 * open until the step is over; acting uses these handles and no others.
 */
#pragma once

#include "service/core/policy.h"
#include "service/core/walk.h"

struct plan {
    struct walk parent;     /* root to the folder that holds, or shall hold, the link */
    struct jd_winpath link; /* final path of that folder + leaf */
    struct os_node *leaf;   /* what stands at the link's name; NULL when nothing does */
    struct os_facts leaf_facts;
    struct jd_reparse *reparse; /* the leaf's decoded reparse data; NULL when it has none */
    uint8_t *data;              /* raw reparse data: read from the leaf (remove), or to be set (create) */
    size_t data_len;

    struct walk target_walk;  /* root to the target, as far as it exists (create) */
    struct jd_winpath target; /* its final path; or the leaf's stored target as canonical text */

    const char *target_state; /* inspect: a literal of docs/protocol.md; NULL when there is no target */
    struct facts facts;

    /* Why the target is no existing directory; JD_OK when it is one. A rule may allow a missing one (target_state:
     * any). */
    struct jd_err target_refusal;

    /* What stands in the way of an allowed caller: told after the verdict, so that a denied one learns nothing. JD_OK:
     * nothing. */
    struct jd_err refusal;
};

void plan_done(struct plan *plan); /* zeroed is accepted */

/* The volume's own word on whether anything can be made or removed there: VOLUME_UNKNOWN, VOLUME_NOT_NTFS,
 * VOLUME_UNPROTECTED, READ_ONLY. Asked before anything is opened. */
JD_MUST_CHECK enum jd_code plan_volume(struct os_fs *fs, char letter, struct jd_err *err);

/* Whether it takes junctions: VOLUME_UNSUPPORTED. Asked when the change is announced and nothing is made yet, so that
 * the trail tells who wanted one there, and that it failed. */
JD_MUST_CHECK enum jd_code plan_takes_junctions(struct os_fs *fs, char letter, struct jd_err *err);

/* Walks to the folder of link; fills parent, link and facts.link. */
JD_MUST_CHECK enum jd_code plan_parent(struct plan *plan, struct os_fs *fs, const struct jd_winpath *link,
                                       struct jd_err *err);

/* Opens what stands at the leaf and reads its reparse data, if it has any; nothing there is no failure: leaf stays
 * NULL. */
JD_MUST_CHECK enum jd_code plan_leaf(struct plan *plan, enum os_use use, struct jd_err *err);

/* Proves that the open leaf stands under the link's very name: NAME_MISMATCH for an alias of another name,
 * CHANGED_MEANWHILE. */
JD_MUST_CHECK enum jd_code plan_check_leaf(struct plan *plan, struct jd_err *err);

/* Reads the leaf's reparse data again and compares it with plan->data. CHANGED_MEANWHILE. */
JD_MUST_CHECK enum jd_code plan_check_data(struct plan *plan, struct jd_err *err);

/* Makes the new, empty, private leaf the junction plan->data describes: sets, reads back, publishes. */
JD_MUST_CHECK enum jd_code plan_fill_leaf(struct plan *plan, enum os_owner owner, const struct os_caller *caller,
                                          struct jd_err *err);

/* Walks to target; fills target, the facts about it, and the refusal when it is missing or no directory. */
JD_MUST_CHECK enum jd_code plan_target(struct plan *plan, struct os_fs *fs, const struct jd_winpath *target,
                                       struct jd_err *err);

/* Puts the stored target of a junction leaf into target and facts; a name that is no canonical path is told as such. */
JD_MUST_CHECK enum jd_code plan_stored_target(struct plan *plan, struct jd_err *err);

/* Notes what stands in the way; the first note stays. */
void plan_refuse(struct plan *plan, enum jd_code code, const char *reason);

/* The kind of what stands at the leaf, in the words of inspect: "nothing", "file", "directory", "junction" … A literal.
 */
const char *plan_leaf_kind(const struct plan *plan);
