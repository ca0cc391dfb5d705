/* SPDX-License-Identifier: MIT */
#include "service/os/fake/fake_tree.h"
#include "service/os/os_hook.h"

#include <string.h>

void fake_facts_of(const struct fake_object *object, struct os_facts *out)
{
    *out = (struct os_facts){
        .id = {.volume = object->volume->facts.serial, .created = object->created},
        .is_directory = object->is_directory,
        .is_reparse_point = object->reparse_len > 0,
        .tag = fake_object_tag(object),
        .is_private = object->is_private,
        .is_case_sensitive = object->is_case_sensitive,
        .others_may_replace = object->others_may_replace,
        .others_may_delete_children = object->others_may_delete_children,
    };
    for (size_t i = 0; i < sizeof object->record; i++) {
        out->id.record[i] = (uint8_t)(object->record >> (8 * i));
    }
}

enum jd_code os_fs_facts(struct os_node *node, struct os_facts *out, struct jd_err *err)
{
    OS_HOOK("fs_facts", err);
    fake_lock();
    enum jd_code code = fake_node_check(node, "read facts", err);
    if (code == JD_OK) {
        fake_facts_of(node->object, out);
    }
    fake_unlock();
    return code;
}

/*
 * By the name it was opened under, as a port without names by handle must do it: renamed within its directory it
 * no longer stands there either.
 */
static enum jd_code tell_name(const struct os_node *node, struct jd_buf *out, struct jd_err *err)
{
    enum jd_code code = fake_node_check(node, "read name", err);
    if (code != JD_OK) {
        return code;
    }
    if (node->parent == NULL) {
        return jd_fail_text(err, JD_E_INTERNAL, "read name", NULL, "a root has none");
    }
    struct fake_object *found = NULL;
    if (fake_find(node->parent, fake_name(node->name), &found) != JD_OK || found != node->object) {
        return jd_fail(err, JD_E_CHANGED_MEANWHILE, "read name", NULL);
    }
    jd_buf_add_text(out, found->name);
    return JD_OK;
}

enum jd_code os_fs_stored_name(struct os_node *node, struct jd_buf *out, struct jd_err *err)
{
    OS_HOOK("fs_stored_name", err);
    fake_lock();
    enum jd_code code = tell_name(node, out, err);
    fake_unlock();
    return code == JD_OK ? jd_buf_check(out, err) : code;
}

static enum jd_code copy_reparse(const struct os_node *node, uint8_t *out, size_t *out_len, struct jd_err *err)
{
    enum jd_code code = fake_node_check(node, "read reparse data", err);
    if (code != JD_OK) {
        return code;
    }
    if (node->object->reparse_len == 0) {
        return jd_fail(err, JD_E_NOT_A_JUNCTION, "read reparse data", NULL);
    }
    memcpy(out, node->object->reparse, node->object->reparse_len);
    *out_len = node->object->reparse_len;
    return JD_OK;
}

enum jd_code os_fs_get_reparse(struct os_node *node, uint8_t *out, size_t *out_len, struct jd_err *err)
{
    OS_HOOK("fs_get_reparse", err);
    fake_lock();
    enum jd_code code = copy_reparse(node, out, out_len, err);
    fake_unlock();
    return code;
}
