/* SPDX-License-Identifier: MIT */
/*
 * inspect: the truth about whatever stands at a path. It looks at the object itself, never through it; only where a
 * rule lets this caller read at the target too is it told how that one is.
 */
#include "common/utf.h"
#include "protocol/msg_inspect.h"
#include "service/core/op.h"

#include <string.h>

/* The words of target_state, by how the walk to the target ended. Anything else is "unknown". */
static const struct {
    enum jd_code code;
    const char *word;
} states[] = {
    {JD_OK, "ok"},
    {JD_E_TARGET_NOT_FOUND, "missing"},
    {JD_E_TARGET_NOT_DIRECTORY, "not_a_directory"},
    {JD_E_VOLUME_UNKNOWN, "missing_volume"},
    {JD_E_ACCESS_DENIED, "denied"},
};

static const char *state_word(enum jd_code code)
{
    for (size_t i = 0; i < JD_COUNT(states); i++) {
        if (states[i].code == code) {
            return states[i].word;
        }
    }
    return "unknown";
}

static bool may_look_at(const struct op_env *env, const struct jd_winpath *path)
{
    struct facts facts = {.verb = VERB_inspect, .caller = env->caller, .link = path};
    struct verdict verdict;
    policy_judge(env->policy, env->builtin, &facts, &verdict);
    return verdict.allowed;
}

static const char *look_at_target(struct plan *plan, const struct op_env *env)
{
    struct jd_err err;
    enum jd_code code;
    if (plan->facts.target_is_untold || !may_look_at(env, &plan->target)) {
        return "unknown";
    }
    if (jd_winpath_equal(&plan->target, &plan->link) || jd_winpath_is_under(&plan->target, &plan->link)) {
        return "loop";
    }
    code = walk_open(env->fs, &plan->target, plan->target.n_parts, WALK_TARGET, &plan->target_walk, &err);
    walk_done(&plan->target_walk);
    return state_word(code);
}

static enum jd_code plan_inspect(struct step *step, const struct op_env *env, struct jd_err *err)
{
    struct plan *plan = &step->plan;
    enum jd_code code = plan_parent(plan, env->fs, step->link, err);
    if (code == JD_OK) {
        code = plan_leaf(plan, OS_USE_LOOK, err);
    }
    return code;
}

static enum jd_code act_inspect(struct step *step, const struct op_env *env, struct jd_err *err)
{
    struct plan *plan = &step->plan;
    enum jd_code code = JD_OK;
    if (plan->reparse != NULL && plan->reparse->kind == JD_LINK_JUNCTION) {
        code = plan_stored_target(plan, err);
        plan->target_state = look_at_target(plan, env);
    }
    return code;
}

const struct step_kind step_inspect = {VERB_inspect, false, plan_inspect, act_inspect, NULL};

static enum jd_code steps(const void *params, struct step_list *out, struct jd_err *err)
{
    const struct jd_inspect_params *inspect = params;
    return step_list_add(out, &step_inspect, &inspect->link, NULL, err);
}

static bool has_names(const struct jd_reparse *reparse)
{
    return reparse->kind == JD_LINK_JUNCTION || reparse->kind == JD_LINK_VOLUME_MOUNT_POINT ||
           reparse->kind == JD_LINK_SYMBOLIC_LINK;
}

/* UTF-16LE in hex: the exact name where UTF-8 cannot say it. */
static void add_utf16_hex(const uint16_t *units, size_t n, struct jd_buf *out)
{
    for (size_t i = 0; i < n; i++) {
        jd_buf_add_format(out, "%02x%02x", units[i] & 0xFFu, (unsigned)units[i] >> 8);
    }
}

/* The three names of a link as text. */
struct names {
    struct jd_buf substitute, print, target, utf16;
};

static void read_names(const struct jd_reparse *reparse, struct names *names)
{
    jd_utf16_to_utf8(reparse->substitute, reparse->substitute_units, &names->substitute);
    jd_buf_add_text(&names->print, ""); /* an empty print name is told as empty, not left out */
    jd_utf16_to_utf8(reparse->print, reparse->print_units, &names->print);
    if (!jd_reparse_win32_name(reparse->substitute, reparse->substitute_units, &names->target)) {
        add_utf16_hex(reparse->substitute, reparse->substitute_units, &names->utf16);
    }
}

/* Field tables hold char *, but nothing is written through them when encoding. */
static char *borrow(const char *text)
{
    union {
        const char *in;
        char *out;
    } cast = {text};
    return cast.out;
}

static void result(const struct step_list *done, struct jd_json_out *out)
{
    const struct plan *plan = &done->items[0].plan;
    const struct jd_reparse *reparse = plan->reparse;
    struct jd_inspect_result told = {.link = plan->link.text, .kind = borrow(plan_leaf_kind(plan))};
    struct names names;
    jd_buf_init(&names.substitute, JD_REPLY_MAX);
    jd_buf_init(&names.print, JD_REPLY_MAX);
    jd_buf_init(&names.target, JD_REPLY_MAX);
    jd_buf_init(&names.utf16, JD_REPLY_MAX);
    if (reparse != NULL) {
        told.tag = (int64_t)reparse->tag;
        told.tag_name = borrow(jd_tag_name(reparse->tag));
    }
    if (reparse != NULL && has_names(reparse)) {
        read_names(reparse, &names);
        told.substitute_name = names.substitute.data;
        told.print_name = names.print.data;
        told.target = names.target.data;
        told.target_utf16 = names.utf16.data;
        told.target_state = borrow(plan->target_state);
    }
    jd_fields_encode(&jd_inspect_result_fields, &told, out);
    jd_buf_done(&names.substitute);
    jd_buf_done(&names.print);
    jd_buf_done(&names.target);
    jd_buf_done(&names.utf16);
}

const struct op op_inspect = {.row = &jd_op_rows[JD_OP_ID_inspect], .steps = steps, .result = result};
