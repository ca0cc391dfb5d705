/* SPDX-License-Identifier: MIT */
/*
 * create: one new junction, made on one handle and taken back by it when anything fails.
 */
#include "protocol/msg_create.h"
#include "service/core/op.h"

#include <stdlib.h>
#include <string.h>

/* What already stands at the link's name, each kind with its own word. */
static void refuse_existing(struct plan *plan, const struct jd_winpath *target)
{
    struct jd_winpath stored = {0};
    struct jd_err ignored;
    bool same;
    if (plan->leaf == NULL) {
        return;
    }
    if (plan->leaf_facts.is_private) {
        plan_refuse(plan, JD_E_IN_USE, "being_made"); /* somebody else's create, half way */
        return;
    }
    if (plan->reparse == NULL) {
        plan_refuse(plan, plan->leaf_facts.is_directory ? JD_E_DIRECTORY_EXISTS : JD_E_FILE_EXISTS, NULL);
        return;
    }
    if (plan->reparse->kind != JD_LINK_JUNCTION) {
        plan_refuse(plan, JD_E_REPARSE_POINT_EXISTS, jd_link_kind_word(plan->reparse->kind));
        return;
    }
    same = jd_reparse_target(plan->reparse, &stored, &ignored) == JD_OK && jd_winpath_equal(&stored, target);
    plan_refuse(plan, JD_E_LINK_EXISTS, same ? "same_target" : "other_target");
    jd_winpath_done(&stored);
}

/* Sizes the reparse data before anything is made (MS-FSCC 2.1.2.5). */
static enum jd_code encode_data(struct plan *plan, struct jd_err *err)
{
    free(plan->data);
    plan->data = malloc(JD_REPARSE_MAX);
    if (plan->data == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "plan", NULL);
    }
    return jd_reparse_encode(&plan->target, plan->data, &plan->data_len, err);
}

static enum jd_code plan_create(struct step *step, const struct op_env *env, struct jd_err *err)
{
    struct plan *plan = &step->plan;
    enum jd_code code = plan_volume(env->fs, jd_winpath_letter(step->link), err);
    if (code == JD_OK) {
        code = plan_parent(plan, env->fs, step->link, err);
    }
    if (code == JD_OK) {
        code = plan_leaf(plan, OS_USE_LOOK, err);
    }
    if (code == JD_OK) {
        code = plan_target(plan, env->fs, step->target, err);
    }
    if (code == JD_OK) {
        refuse_existing(plan, &plan->target);
        code = encode_data(plan, err);
    }
    return code;
}

/* Something came to stand at the name since it was planned: say what. */
static enum jd_code classify_late(struct plan *plan, struct jd_err *err)
{
    struct jd_err look;
    if (plan_leaf(plan, OS_USE_LOOK, &look) == JD_OK && plan->leaf != NULL) {
        memset(&plan->refusal, 0, sizeof plan->refusal);
        refuse_existing(plan, &plan->target);
        *err = plan->refusal;
        return err->code;
    }
    return jd_fail(err, JD_E_CHANGED_MEANWHILE, "make leaf", NULL);
}

/* Proves that the new leaf and everything it rests on still stand where they were judged. */
static enum jd_code recheck_places(struct plan *plan, struct jd_err *err)
{
    enum jd_code code = walk_recheck(&plan->parent, err);
    if (code == JD_OK) {
        code = walk_recheck(&plan->target_walk, err);
    }
    return code == JD_OK ? plan_check_leaf(plan, err) : code;
}

/* Takes the leaf back after code; what cannot be taken back is said, and left to recovery. */
static enum jd_code take_back(struct plan *plan, enum jd_code code, struct jd_err *err)
{
    struct jd_err undo;
    if (os_fs_remove(walk_last(&plan->parent), plan->leaf, &undo) == JD_OK) {
        return code;
    }
    *err = undo;
    return jd_fail_text(err, JD_E_UNDO_INCOMPLETE, "undo create", jd_code_word(code), "%s", jd_code_word(undo.code));
}

static enum jd_code act_create(struct step *step, const struct op_env *env, struct jd_err *err)
{
    struct plan *plan = &step->plan;
    enum jd_code code = plan_takes_junctions(env->fs, jd_winpath_letter(&plan->link), err);
    if (code == JD_OK) {
        code = os_fs_make_directory(walk_last(&plan->parent), jd_winpath_leaf(&plan->link), &plan->leaf, err);
    }
    if (code == JD_E_FILE_EXISTS) {
        return classify_late(plan, err);
    }
    if (code != JD_OK) {
        return code;
    }
    /* Once the leaf is made its parent is no longer empty, so it cannot be turned into a reparse point any more; only
     * checks from here on prove anything (tests/unit/core_race_test.c). */
    code = recheck_places(plan, err);
    if (code == JD_OK) {
        code = plan_fill_leaf(plan, step->verdict.link_owner, env->caller, err);
    }
    if (code == JD_OK) {
        code = recheck_places(plan, err); /* what is reported as made stood, at one moment, where it was judged */
    }
    return code == JD_OK ? JD_OK : take_back(plan, code, err);
}

/* Only the very junction this step made, still with the data it was given, is taken away again. */
static enum jd_code undo_create(struct step *step, const struct op_env *env, struct jd_err *err)
{
    enum jd_code code = plan_check_data(&step->plan, err);
    (void)env;
    return code == JD_OK ? os_fs_remove(walk_last(&step->plan.parent), step->plan.leaf, err) : code;
}

const struct step_kind step_create = {VERB_create, true, plan_create, act_create, undo_create};

static enum jd_code steps(const void *params, struct step_list *out, struct jd_err *err)
{
    const struct jd_create_params *create = params;
    return step_list_add(out, &step_create, &create->link, &create->target, err);
}

static void result(const struct step_list *done, struct jd_json_out *out)
{
    const struct plan *plan = &done->items[0].plan;
    struct jd_create_result create = {plan->link.text, plan->target.text, true};
    jd_fields_encode(&jd_create_result_fields, &create, out);
}

const struct op op_create = {.row = &jd_op_rows[JD_OP_ID_create], .steps = steps, .result = result};
