/* SPDX-License-Identifier: MIT */
/*
 * A core on the fake port, with a policy given as text: one request in, one reply line out, without sockets or threads.
 * After each request the rig proves that no handle stayed open.
 */
#pragma once

#include "service/core/core.h"
#include "service/core/op.h"
#include "service/os/fake/fake.h"

struct rig {
    struct core *core;
    struct os_fs *fs;
    struct os_audit *audit;
    struct os_state *state;
    char reply[16384]; /* the last reply line, without its LF */
};

/* The reference policy of the corpora: links C:\jt\links\**, targets C:\jt\targets\** and D:\data\**, for everyone. */
extern const char *const rig_reference_policy;

/* Resets the fake, makes volumes C and D with C:\jt\links and C:\jt\targets\a, and builds the core. ops NULL: the
 * shipped ones. */
void rig_init(struct rig *rig, const char *policy_text, const struct op *const *ops, size_t n_ops);
void rig_done(struct rig *rig);

/* What rig_init does to the world, without the core: for tests that build it twice. */
void rig_world(void);
void rig_open(struct rig *rig, const char *policy_text, const struct op *const *ops, size_t n_ops);

/* A crash and a new start: every handle is gone, tree, trail and journal stay; core_recover runs. */
enum jd_code rig_restart(struct rig *rig, const char *policy_text, struct jd_err *err);

/* Runs one request line as alice; returns the reply line (in rig->reply; "" for none). */
const char *rig_ask(struct rig *rig, const char *line);
const char *rig_ask_as(struct rig *rig, const struct os_caller *caller, const char *line);

/* Runs a decoded request of any operation; takes over decoded. */
const char *rig_run(struct rig *rig, const struct os_caller *caller, struct jd_request *decoded,
                    const struct op_io *io);

/* method with link and target (NULL: none), both as Windows paths. */
const char *rig_call(struct rig *rig, const char *method, const char *link, const char *target);

/* Checks that the last reply is an error of this word ("link_exists") and reason (NULL: not looked at), or a result
 * (word NULL). */
void rig_expect(const struct rig *rig, const char *word, const char *reason);
