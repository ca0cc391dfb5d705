/* SPDX-License-Identifier: MIT */
#include "service/core/walk.h"

#include <string.h>

static enum jd_code fail_here(struct jd_err *err, enum walk_role role, enum jd_code for_link, enum jd_code for_target)
{
    return jd_fail(err, role == WALK_LINK ? for_link : for_target, "walk", NULL);
}

/* What os_fs_child says of one name, in the words of the path's role. */
static enum jd_code say_by_role(enum jd_code code, enum walk_role role, struct jd_err *err)
{
    if (code == JD_E_NOT_FOUND) {
        return fail_here(err, role, JD_E_PARENT_NOT_FOUND, JD_E_TARGET_NOT_FOUND);
    }
    if (code == JD_E_PARENT_NOT_DIRECTORY) {
        return fail_here(err, role, JD_E_PARENT_NOT_DIRECTORY, JD_E_TARGET_NOT_DIRECTORY);
    }
    return code;
}

static enum jd_code judge_node(const struct os_facts *facts, enum walk_role role, struct jd_err *err)
{
    if (facts->is_reparse_point) {
        return fail_here(err, role, JD_E_REPARSE_POINT_IN_PATH, JD_E_TARGET_IS_REPARSE_POINT);
    }
    if (!facts->is_directory) {
        return fail_here(err, role, JD_E_PARENT_NOT_DIRECTORY, JD_E_TARGET_NOT_DIRECTORY);
    }
    if (facts->is_case_sensitive) {
        return jd_fail(err, JD_E_CASE_CONFLICT, "walk", "case_sensitive_directory");
    }
    return JD_OK;
}

/* Appends the stored name of a node and compares it with the one asked for: an 8.3 alias opens, but is not the name. */
static enum jd_code add_stored_name(struct os_node *node, struct jd_name asked, struct jd_buf *path, struct jd_err *err)
{
    size_t start = path->len + 1;
    enum jd_code code;
    jd_buf_add_char(path, '\\');
    code = os_fs_stored_name(node, path, err);
    if (code != JD_OK) {
        return code;
    }
    code = jd_buf_check(path, err);
    if (code != JD_OK) {
        return code;
    }
    if (!jd_name_equal((struct jd_name){path->data + start, path->len - start}, asked)) {
        return jd_fail(err, JD_E_NAME_MISMATCH, "walk", NULL);
    }
    return JD_OK;
}

/* Takes node into the walk: whatever happens next, walk_done closes it. */
static enum jd_code add_node(struct walk *walk, struct os_node *node, struct jd_err *err)
{
    enum jd_code code;
    /* Whoever may delete children of the last node may replace this one. */
    if (walk->n > 0 && walk->last.others_may_delete_children) {
        walk->ancestors_guarded = false;
    }
    walk->nodes[walk->n++] = node;
    code = os_fs_facts(node, &walk->last, err);
    if (code != JD_OK) {
        return code;
    }
    walk->ids[walk->n - 1] = walk->last.id;
    if (walk->last.others_may_replace) {
        walk->ancestors_guarded = false;
    }
    return JD_OK;
}

static enum jd_code open_root(struct os_fs *fs, const struct jd_winpath *path, struct walk *walk, struct jd_err *err)
{
    struct os_node *root;
    enum jd_code code = os_fs_root(fs, jd_winpath_letter(path), &root, err);
    if (code != JD_OK) {
        return code;
    }
    jd_buf_add_char(&walk->path, jd_winpath_letter(path));
    jd_buf_add_char(&walk->path, ':');
    code = add_node(walk, root, err);
    return code != JD_OK ? code : jd_buf_check(&walk->path, err);
}

static enum jd_code open_next(struct walk *walk, struct jd_name name, enum walk_role role, struct jd_err *err)
{
    struct os_node *node;
    enum jd_code code = os_fs_child(walk_last(walk), name, OS_USE_PASS, &node, err);
    if (code != JD_OK) {
        return say_by_role(code, role, err);
    }
    code = add_node(walk, node, err);
    if (code == JD_OK) {
        code = add_stored_name(node, name, &walk->path, err);
    }
    return code != JD_OK ? code : judge_node(&walk->last, role, err);
}

enum jd_code walk_open(struct os_fs *fs, const struct jd_winpath *path, size_t n_parts, enum walk_role role,
                       struct walk *out, struct jd_err *err)
{
    enum jd_code code;
    memset(out, 0, sizeof *out);
    out->ancestors_guarded = true;
    jd_buf_init(&out->path, JD_PATH_BYTES_MAX);
    code = open_root(fs, path, out, err);
    for (size_t i = 0; code == JD_OK && i < n_parts; i++) {
        code = open_next(out, jd_winpath_part(path, i), role, err);
    }
    return code;
}

void walk_done(struct walk *walk)
{
    /* Children first: a parent outlives its child (os_fs.h). */
    while (walk->n > 0) {
        os_fs_node_close(walk->nodes[--walk->n]);
    }
    jd_buf_done(&walk->path);
}

static enum jd_code recheck_node(struct walk *walk, size_t index, struct jd_buf *name, struct jd_err *err)
{
    struct os_facts facts;
    enum jd_code code = os_fs_facts(walk->nodes[index], &facts, err);
    if (code != JD_OK) {
        return code;
    }
    if (!walk_id_equal(&facts.id, &walk->ids[index]) || facts.is_reparse_point || !facts.is_directory) {
        return jd_fail(err, JD_E_CHANGED_MEANWHILE, "recheck", NULL);
    }
    if (index == 0) {
        return JD_OK;
    }
    jd_buf_reset(name);
    return os_fs_stored_name(walk->nodes[index], name, err);
}

enum jd_code walk_recheck(struct walk *walk, struct jd_err *err)
{
    struct jd_buf name;
    enum jd_code code = JD_OK;
    jd_buf_init(&name, JD_NAME_BYTES_MAX);
    for (size_t i = 0; code == JD_OK && i < walk->n; i++) {
        code = recheck_node(walk, i, &name, err);
    }
    jd_buf_done(&name);
    return code;
}

struct os_node *walk_last(const struct walk *walk)
{
    return walk->n == 0 ? NULL : walk->nodes[walk->n - 1];
}

bool walk_id_equal(const struct os_file_id *a, const struct os_file_id *b)
{
    return a->volume == b->volume && a->created == b->created && memcmp(a->record, b->record, sizeof a->record) == 0;
}
