/* SPDX-License-Identifier: MIT */
/*
 * remove: a junction and nothing else. What it leads to is never opened, what is not a junction never touched.
 */
#include "protocol/msg_remove.h"
#include "service/core/op.h"

#include <stdlib.h>
#include <string.h>

static enum jd_code plan_remove(struct step *step, const struct op_env *env, struct jd_err *err)
{
    struct plan *plan = &step->plan;
    enum jd_code code = plan_volume(env->fs, jd_winpath_letter(step->link), err);
    if (code == JD_OK) {
        code = plan_parent(plan, env->fs, step->link, err);
    }
    if (code == JD_OK) {
        code = plan_leaf(plan, OS_USE_CHANGE, err);
    }
    if (code != JD_OK) {
        return code;
    }
    if (plan->leaf == NULL) {
        plan_refuse(plan, JD_E_NOT_FOUND, NULL);
        return JD_OK;
    }
    if (plan->reparse == NULL || plan->reparse->kind != JD_LINK_JUNCTION) {
        plan_refuse(plan, JD_E_NOT_A_JUNCTION, plan_leaf_kind(plan));
        return JD_OK;
    }
    return plan_stored_target(plan, err);
}

/* Removes only what was judged: the same object, still with the same reparse data. */
static enum jd_code act_remove(struct step *step, const struct op_env *env, struct jd_err *err)
{
    struct plan *plan = &step->plan;
    enum jd_code code = walk_recheck(&plan->parent, err);
    (void)env;
    if (code == JD_OK) {
        code = plan_check_leaf(plan, err);
    }
    if (code == JD_OK) {
        code = plan_check_data(plan, err);
    }
    return code == JD_OK ? os_fs_remove(walk_last(&plan->parent), plan->leaf, err) : code;
}

/* Makes the junction again, with the very data it had. */
static enum jd_code undo_remove(struct step *step, const struct op_env *env, struct jd_err *err)
{
    struct plan *plan = &step->plan;
    enum jd_code code;
    os_fs_node_close(plan->leaf);
    plan->leaf = NULL;
    code = walk_recheck(&plan->parent, err);
    if (code == JD_OK) {
        code = os_fs_make_directory(walk_last(&plan->parent), jd_winpath_leaf(&plan->link), &plan->leaf, err);
    }
    return code == JD_OK ? plan_fill_leaf(plan, step->verdict.link_owner, env->caller, err) : code;
}

const struct step_kind step_remove = {VERB_remove, true, plan_remove, act_remove, undo_remove};

static enum jd_code steps(const void *params, struct step_list *out, struct jd_err *err)
{
    const struct jd_remove_params *remove = params;
    return step_list_add(out, &step_remove, &remove->link, NULL, err);
}

static void result(const struct step_list *done, struct jd_json_out *out)
{
    const struct plan *plan = &done->items[0].plan;
    struct jd_buf target;
    struct jd_remove_result removed;
    jd_buf_init(&target, JD_REPLY_MAX);
    jd_reparse_win32_name(plan->reparse->substitute, plan->reparse->substitute_units, &target);
    removed = (struct jd_remove_result){plan->link.text, target.data, true};
    jd_fields_encode(&jd_remove_result_fields, &removed, out);
    jd_buf_done(&target);
}

const struct op op_remove = {.row = &jd_op_rows[JD_OP_ID_remove], .steps = steps, .result = result};
