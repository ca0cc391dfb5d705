/* SPDX-License-Identifier: MIT */
/*
 * An operation, seen from inside: what its params ask to be done, step by step, and how its result is written. A step
 * is one thing to be done to one link, and the unit that is screened, planned, judged, recorded and acted upon; create
 * has one, apply many. What a kind of step does is three functions (core/op_create.c shows them all); core.c alone
 * calls them, in its order, so that none can skip policy or audit.
 */
#pragma once

#include "protocol/json_out.h"
#include "protocol/request.h"
#include "service/core/core.h"
#include "service/core/plan.h"

/* What planning and acting may use. Read-only, shared by the steps of one request. */
struct op_env {
    struct os_fs *fs;
    const struct policy *policy; /* the snapshot this request began with */
    const struct policy_builtin *builtin;
    const struct os_caller *caller;
    const struct jd_request *request; /* the id a stream's notifications carry */
    const struct op_io *io;
};

struct step;

struct step_kind {
    enum verb verb;
    bool changes;
    /* Opens objects and gathers facts into step->plan. What stands in the way but should only be told to an allowed
     * caller goes to plan.refusal; what fails here fails the request before it is judged. */
    enum jd_code (*plan)(struct step *step, const struct op_env *env, struct jd_err *err);
    /* Does it, by the handles of the plan. When it fails, nothing is left of it, or err->code is UNDO_INCOMPLETE. */
    enum jd_code (*act)(struct step *step, const struct op_env *env, struct jd_err *err);
    /* Takes a done step back, because a later one failed. NULL where changes is false. */
    enum jd_code (*undo)(struct step *step, const struct op_env *env, struct jd_err *err);
};

enum step_state { STEP_WAITING, STEP_BEGUN, STEP_DONE, STEP_FAILED, STEP_UNDONE, STEP_UNDO_FAILED };

struct step {
    const struct step_kind *kind;
    const struct jd_winpath *link;   /* as asked; borrowed from the params */
    const struct jd_winpath *target; /* as asked; NULL when the operation names none */
    struct plan plan;
    struct verdict verdict;
    enum step_state state;
    uint64_t journal;  /* token of its pending entry; 0: none */
    struct jd_err err; /* why it failed, or could not be undone */
};

struct step_list {
    struct step *items; /* owned */
    size_t n;
};

JD_MUST_CHECK enum jd_code step_list_add(struct step_list *list, const struct step_kind *kind,
                                         const struct jd_winpath *link, const struct jd_winpath *target,
                                         struct jd_err *err);
void step_list_done(struct step_list *list); /* closes every plan */

struct op {
    const struct jd_op *row;
    /* READ, CHANGE, STREAM: the steps its params ask for, in order. */
    enum jd_code (*steps)(const void *params, struct step_list *out, struct jd_err *err);
    /* The result's members, once every step is done. */
    void (*result)(const struct step_list *steps, struct jd_json_out *out);
    /* CONTROL: the whole result's members, on the loop thread. */
    void (*answer)(const struct core *core, const struct os_caller *caller, struct jd_json_out *out);
};

/* The shipped operations, expanded from protocol/op_list.h. */
extern const struct op *const op_table[];
extern const size_t op_count;

#define JD_OP(name, method, kind, summary) extern const struct op op_##name;
#include "protocol/op_list.h"
#undef JD_OP

extern const struct step_kind step_create;
extern const struct step_kind step_inspect;
extern const struct step_kind step_remove;

/* True when the request should not begin anything more: cancelled, or past its deadline (err is filled). */
bool op_env_is_over(const struct op_env *env, struct jd_err *err);
