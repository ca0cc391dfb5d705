/* SPDX-License-Identifier: MIT */
#include "service/core/plan.h"

#include <stdlib.h>
#include <string.h>

void plan_done(struct plan *plan)
{
    os_fs_node_close(plan->leaf);
    walk_done(&plan->parent);
    walk_done(&plan->target_walk);
    jd_winpath_done(&plan->link);
    jd_winpath_done(&plan->target);
    free(plan->reparse);
    free(plan->data);
    memset(plan, 0, sizeof *plan);
}

void plan_refuse(struct plan *plan, enum jd_code code, const char *reason)
{
    if (plan->refusal.code == JD_OK) {
        jd_fail(&plan->refusal, code, "plan", reason);
    }
}

enum jd_code plan_volume(struct os_fs *fs, char letter, struct jd_err *err)
{
    struct os_volume_facts volume;
    enum jd_code code = os_fs_volume(fs, letter, &volume, err);
    if (code != JD_OK) {
        return code;
    }
    if (!volume.is_ntfs) {
        return jd_fail(err, JD_E_VOLUME_NOT_NTFS, "volume", NULL);
    }
    if (!volume.is_protected) {
        return jd_fail(err, JD_E_VOLUME_UNPROTECTED, "volume", NULL);
    }
    return volume.is_read_only ? jd_fail(err, JD_E_READ_ONLY, "volume", NULL) : JD_OK;
}

enum jd_code plan_takes_junctions(struct os_fs *fs, char letter, struct jd_err *err)
{
    struct os_volume_facts volume;
    enum jd_code code = os_fs_volume(fs, letter, &volume, err);
    if (code != JD_OK) {
        return code;
    }
    return volume.takes_reparse_points ? JD_OK : jd_fail(err, JD_E_VOLUME_UNSUPPORTED, "volume", NULL);
}

/* The final path of a walk, with names below it that were not walked, as a path of its own. */
static enum jd_code final_path(const struct walk *walk, const struct jd_winpath *asked, struct jd_winpath *out,
                               struct jd_err *err)
{
    struct jd_buf text;
    enum jd_code code;
    jd_buf_init(&text, JD_PATH_BYTES_MAX);
    jd_buf_add(&text, walk->path.data, walk->path.len);
    for (size_t i = walk->n - 1; i < asked->n_parts; i++) {
        struct jd_name name = jd_winpath_part(asked, i);
        jd_buf_add_char(&text, '\\');
        jd_buf_add(&text, name.text, name.len);
    }
    code = jd_buf_check(&text, err);
    if (code == JD_OK) {
        code = jd_winpath_parse(text.data, text.len, out, err);
    }
    jd_buf_done(&text);
    return code;
}

/* A name in the last folder of a walk. */
static enum jd_code join_name(const struct walk *walk, struct jd_name name, struct jd_winpath *out, struct jd_err *err)
{
    struct jd_buf text;
    enum jd_code code;
    jd_buf_init(&text, JD_PATH_BYTES_MAX);
    jd_buf_add(&text, walk->path.data, walk->path.len);
    jd_buf_add_char(&text, '\\');
    jd_buf_add(&text, name.text, name.len);
    code = jd_buf_check(&text, err);
    if (code == JD_OK) {
        code = jd_winpath_parse(text.data, text.len, out, err);
    }
    jd_buf_done(&text);
    return code;
}

enum jd_code plan_parent(struct plan *plan, struct os_fs *fs, const struct jd_winpath *link, struct jd_err *err)
{
    enum jd_code code = walk_open(fs, link, link->n_parts - 1, WALK_LINK, &plan->parent, err);
    if (code == JD_OK) {
        code = join_name(&plan->parent, jd_winpath_leaf(link), &plan->link, err);
    }
    if (code == JD_OK) {
        plan->facts.link = &plan->link;
    }
    return code;
}

/* Reads and decodes. Malformed data is a fact to be told, not a failure. */
static enum jd_code read_reparse(struct plan *plan, struct jd_err *err)
{
    struct jd_err malformed;
    enum jd_code code;
    free(plan->data); /* a create that meets something late has planned data of its own */
    plan->data = malloc(JD_REPARSE_MAX);
    plan->reparse = malloc(sizeof *plan->reparse);
    if (plan->data == NULL || plan->reparse == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "plan", NULL);
    }
    code = os_fs_get_reparse(plan->leaf, plan->data, &plan->data_len, err);
    if (code != JD_OK) {
        return code;
    }
    code = jd_reparse_decode(plan->data, plan->data_len, plan->reparse, &malformed);
    return code == JD_OK || code == JD_E_BAD_REPARSE_DATA ? JD_OK : jd_fail(err, code, "plan", NULL);
}

/* The leaf's name as stored; an alias of another name is refused. */
static enum jd_code read_leaf_name(struct plan *plan, struct jd_buf *name, struct jd_err *err)
{
    enum jd_code code = os_fs_stored_name(plan->leaf, name, err);
    if (code == JD_OK) {
        code = jd_buf_check(name, err);
    }
    if (code == JD_OK && !jd_name_equal((struct jd_name){name->data, name->len}, jd_winpath_leaf(&plan->link))) {
        code = jd_fail(err, JD_E_NAME_MISMATCH, "leaf", NULL);
    }
    return code;
}

enum jd_code plan_check_leaf(struct plan *plan, struct jd_err *err)
{
    struct jd_buf name;
    enum jd_code code;
    jd_buf_init(&name, JD_NAME_BYTES_MAX);
    code = read_leaf_name(plan, &name, err);
    jd_buf_done(&name);
    return code;
}

/* The link is told, judged and recorded under the name that stands on disk, not under the case it was asked for in. */
static enum jd_code take_leaf_name(struct plan *plan, struct jd_err *err)
{
    struct jd_winpath stored;
    struct jd_buf text;
    enum jd_code code;
    jd_buf_init(&text, JD_NAME_BYTES_MAX);
    code = read_leaf_name(plan, &text, err);
    if (code == JD_OK) {
        code = join_name(&plan->parent, (struct jd_name){text.data, text.len}, &stored, err);
    }
    jd_buf_done(&text);
    if (code == JD_OK) {
        jd_winpath_done(&plan->link);
        plan->link = stored;
    }
    return code;
}

enum jd_code plan_leaf(struct plan *plan, enum os_use use, struct jd_err *err)
{
    enum jd_code code = os_fs_child(walk_last(&plan->parent), jd_winpath_leaf(&plan->link), use, &plan->leaf, err);
    if (code == JD_E_NOT_FOUND) {
        plan->leaf = NULL;
        return JD_OK;
    }
    if (code != JD_OK) {
        return code;
    }
    code = take_leaf_name(plan, err);
    if (code == JD_OK) {
        code = os_fs_facts(plan->leaf, &plan->leaf_facts, err);
    }
    return code == JD_OK && plan->leaf_facts.is_reparse_point ? read_reparse(plan, err) : code;
}

/* A missing target is a matter for the verdict first: a rule may allow it, and who is not allowed is not told. A target
 * that is no directory can never be one of a junction. */
static void note_bad_target(struct plan *plan, enum jd_code code)
{
    plan->facts.target_exists = TRI_NO;
    plan->facts.target_is_guarded = TRI_UNKNOWN; /* who could make it there later is not known */
    jd_fail(&plan->target_refusal, code, "plan", NULL);
    if (code == JD_E_TARGET_NOT_DIRECTORY) {
        plan_refuse(plan, code, NULL);
    }
}

enum jd_code plan_target(struct plan *plan, struct os_fs *fs, const struct jd_winpath *target, struct jd_err *err)
{
    enum jd_code code = walk_open(fs, target, target->n_parts, WALK_TARGET, &plan->target_walk, err);
    if (code == JD_OK) {
        plan->facts.target_exists = TRI_YES;
        plan->facts.target_is_guarded = plan->target_walk.ancestors_guarded ? TRI_YES : TRI_NO;
    } else if (code == JD_E_TARGET_NOT_FOUND || code == JD_E_TARGET_NOT_DIRECTORY) {
        note_bad_target(plan, code);
        code = JD_OK;
    }
    if (code == JD_OK) {
        code = final_path(&plan->target_walk, target, &plan->target, err);
    }
    if (code == JD_OK) {
        plan->facts.targets[0] = &plan->target;
        plan->facts.n_targets = 1;
    }
    return code;
}

enum jd_code plan_stored_target(struct plan *plan, struct jd_err *err)
{
    struct jd_err other;
    enum jd_code code = jd_reparse_target(plan->reparse, &plan->target, &other);
    if (code == JD_OK) {
        plan->facts.targets[0] = &plan->target;
        plan->facts.n_targets = 1;
        return JD_OK;
    }
    if (code == JD_E_NO_MEMORY) {
        return jd_fail(err, code, "plan", NULL);
    }
    plan->facts.target_is_untold = true;
    return JD_OK;
}

enum jd_code plan_check_data(struct plan *plan, struct jd_err *err)
{
    uint8_t *back = malloc(JD_REPARSE_MAX);
    size_t len = 0;
    enum jd_code code =
        back == NULL ? jd_fail(err, JD_E_NO_MEMORY, "read back", NULL) : os_fs_get_reparse(plan->leaf, back, &len, err);
    if (code == JD_OK && (len != plan->data_len || memcmp(back, plan->data, len) != 0)) {
        code = jd_fail(err, JD_E_CHANGED_MEANWHILE, "read back", NULL);
    }
    free(back);
    return code;
}

enum jd_code plan_fill_leaf(struct plan *plan, enum os_owner owner, const struct os_caller *caller, struct jd_err *err)
{
    enum jd_code code = os_fs_set_reparse(plan->leaf, plan->data, plan->data_len, err);
    if (code == JD_OK) {
        code = plan_check_data(plan, err);
    }
    return code == JD_OK ? os_fs_publish(plan->leaf, owner, caller, err) : code;
}

const char *plan_leaf_kind(const struct plan *plan)
{
    if (plan->leaf == NULL) {
        return "nothing";
    }
    if (plan->reparse != NULL) {
        return jd_link_kind_word(plan->reparse->kind);
    }
    return plan->leaf_facts.is_directory ? "directory" : "file";
}
