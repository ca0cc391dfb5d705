/* SPDX-License-Identifier: MIT */
#include "common/utf.h"
#include "service/os/fake/fake_tree.h"
#include "service/os/os_hook.h"

static struct jd_sid system_sid(void)
{
    return jd_sid_make(5, 1, (const uint32_t[]){18});
}

static enum jd_code judge_new_leaf(const struct os_node *parent, struct jd_name name)
{
    struct fake_object *there = NULL;
    if (!fake_object_is_plain_directory(parent->object)) {
        return JD_E_PARENT_NOT_DIRECTORY;
    }
    if (parent->use == OS_USE_LOOK) {
        return JD_E_ACCESS_DENIED;
    }
    /* Unlinked while it was held: nothing made in it could be reached. */
    if (parent->object->parent == NULL && parent->parent != NULL) {
        return JD_E_CHANGED_MEANWHILE;
    }
    if (parent->object->is_delete_pending) {
        return JD_E_DELETE_PENDING;
    }
    if (jd_utf16_units(name.text, name.len) > JD_NAME_UNITS_MAX) {
        return JD_E_PATH_TOO_LONG;
    }
    if (fake_find(parent->object, name, &there) != JD_E_NOT_FOUND) {
        return JD_E_FILE_EXISTS;
    }
    return parent->object->volume->facts.is_read_only ? JD_E_READ_ONLY : JD_OK;
}

/* An object that stands in parent and is open; undone where either fails. */
static enum jd_code place_leaf(struct os_node *parent, struct jd_name name, struct os_node **out)
{
    enum jd_code why = JD_OK;
    struct fake_object *object = fake_object_new(parent->object->volume, true, name, &why);
    if (object == NULL) {
        return why;
    }
    if (!fake_object_attach(parent->object, object)) {
        fake_object_drop(object);
        return JD_E_NO_MEMORY;
    }
    struct os_node *node = fake_node_new(object, parent->object, name, OS_USE_CHANGE);
    if (node == NULL) {
        fake_object_detach(object);
        return JD_E_NO_MEMORY;
    }
    object->owner = system_sid();
    object->is_private = true;
    node->is_unpublished = true;
    *out = node;
    return JD_OK;
}

static enum jd_code make_leaf(struct os_node *parent, struct jd_name name, struct os_node **out, struct jd_err *err)
{
    enum jd_code code = fake_node_check(parent, "make leaf", err);
    if (code != JD_OK) {
        return code;
    }
    code = judge_new_leaf(parent, name);
    code = code == JD_OK ? place_leaf(parent, name, out) : code;
    return code == JD_OK ? JD_OK : jd_fail(err, code, "make leaf", NULL);
}

enum jd_code os_fs_make_directory(struct os_node *parent, struct jd_name name, struct os_node **out, struct jd_err *err)
{
    OS_HOOK("fs_make_directory", err);
    fake_lock();
    enum jd_code code = make_leaf(parent, name, out, err);
    fake_unlock();
    return code;
}

/* What every change of an opened leaf needs. */
static enum jd_code judge_change(const struct os_node *node)
{
    if (node->use != OS_USE_CHANGE) {
        return JD_E_ACCESS_DENIED;
    }
    if (node->object->parent == NULL) {
        return JD_E_CHANGED_MEANWHILE;
    }
    return node->object->volume->facts.is_read_only ? JD_E_READ_ONLY : JD_OK;
}

static enum jd_code set_data(struct os_node *node, const uint8_t *data, size_t len, struct jd_err *err)
{
    enum jd_code code = fake_node_check(node, "set reparse data", err);
    if (code != JD_OK) {
        return code;
    }
    code = judge_change(node);
    if (code == JD_OK && !node->object->volume->facts.takes_reparse_points) {
        code = JD_E_VOLUME_UNSUPPORTED;
    }
    code = code == JD_OK ? fake_object_set_reparse(node->object, data, len) : code;
    return code == JD_OK ? JD_OK : jd_fail(err, code, "set reparse data", NULL);
}

enum jd_code os_fs_set_reparse(struct os_node *node, const uint8_t *data, size_t len, struct jd_err *err)
{
    OS_HOOK("fs_set_reparse", err);
    fake_lock();
    enum jd_code code = set_data(node, data, len, err);
    fake_unlock();
    return code;
}

static enum jd_code publish_leaf(struct os_node *node, enum os_owner owner, const struct os_caller *caller,
                                 struct jd_err *err)
{
    enum jd_code code = fake_node_check(node, "publish", err);
    if (code != JD_OK) {
        return code;
    }
    if (!node->is_unpublished || (owner == OS_OWNER_CALLER && caller == NULL)) {
        return jd_fail_text(err, JD_E_INTERNAL, "publish", NULL, "not made here, or no caller");
    }
    code = judge_change(node);
    if (code != JD_OK) {
        return jd_fail(err, code, "publish", NULL);
    }
    bool to_stranger = owner == OS_OWNER_CALLER && !caller->is_administrator;
    node->is_unpublished = false;
    node->object->is_private = false;
    node->object->owner = owner == OS_OWNER_CALLER ? caller->user : system_sid();
    node->object->others_may_replace = to_stranger;
    node->object->others_may_delete_children = to_stranger;
    return JD_OK;
}

enum jd_code os_fs_publish(struct os_node *node, enum os_owner owner, const struct os_caller *caller,
                           struct jd_err *err)
{
    OS_HOOK("fs_publish", err);
    fake_lock();
    enum jd_code code = publish_leaf(node, owner, caller, err);
    fake_unlock();
    return code;
}

static enum jd_code judge_removal(const struct os_node *parent, const struct os_node *node)
{
    struct fake_object *there = NULL;
    enum jd_code code = judge_change(node);
    if (code != JD_OK) {
        return code;
    }
    if (!node->object->is_directory) {
        return JD_E_NOT_A_JUNCTION;
    }
    /* Renamed away it is removed all the same, as Windows does it by handle; but never beside a stranger at its name.
     */
    enum jd_code found = fake_find(parent->object, fake_name(node->name), &there);
    if (found != JD_E_NOT_FOUND && there != node->object) {
        return JD_E_CHANGED_MEANWHILE;
    }
    if (node->object->is_delete_pending) {
        return JD_E_DELETE_PENDING;
    }
    return node->object->n_children > 0 ? JD_E_NOT_EMPTY : JD_OK;
}

static enum jd_code remove_leaf(struct os_node *parent, struct os_node *node, struct jd_err *err)
{
    enum jd_code code = fake_node_check(parent, "remove", err);
    code = code == JD_OK ? fake_node_check(node, "remove", err) : code;
    if (code != JD_OK) {
        return code;
    }
    code = judge_removal(parent, node);
    if (code != JD_OK) {
        return jd_fail(err, code, "remove", NULL);
    }
    fake_object_detach(node->object);
    return JD_OK;
}

enum jd_code os_fs_remove(struct os_node *parent, struct os_node *node, struct jd_err *err)
{
    OS_HOOK("fs_remove", err);
    fake_lock();
    enum jd_code code = remove_leaf(parent, node, err);
    fake_unlock();
    return code;
}
