/* SPDX-License-Identifier: MIT */
#include "service/os/fake/fake_tree.h"
#include "service/os/os_hook.h"

#include <stdlib.h>

static struct os_node *nodes;
static bool vanishes_on_close;

struct os_node *fake_node_new(struct fake_object *object, struct fake_object *parent, struct jd_name name,
                              enum os_use use)
{
    struct os_node *node = calloc(1, sizeof *node);
    char *copy = parent == NULL ? NULL : jd_strndup(name.text, name.len);
    if (node == NULL || (parent != NULL && copy == NULL)) {
        free(node);
        free(copy);
        return NULL;
    }
    node->object = fake_object_take(object);
    node->parent = parent == NULL ? NULL : fake_object_take(parent);
    node->name = copy;
    node->use = use;
    node->next = nodes;
    if (nodes != NULL) {
        nodes->prev = node;
    }
    nodes = node;
    return node;
}

enum jd_code fake_node_check(const struct os_node *node, const char *stage, struct jd_err *err)
{
    if (node->object == NULL) {
        return jd_fail_text(err, JD_E_PLATFORM, stage, NULL, "the process died");
    }
    if (node->object->volume->is_gone) {
        return jd_fail_text(err, JD_E_IO_ERROR, stage, NULL, "the volume is gone");
    }
    return JD_OK;
}

/* Whether the system would give a handle on object for use. */
static enum jd_code judge_open(const struct fake_object *object, enum os_use use)
{
    if (object->is_delete_pending) {
        return JD_E_DELETE_PENDING;
    }
    if (object->is_access_denied) {
        return JD_E_ACCESS_DENIED;
    }
    return object->is_in_use && use != OS_USE_LOOK ? JD_E_IN_USE : JD_OK;
}

static enum jd_code open_child(struct os_node *parent, struct jd_name name, enum os_use use, struct os_node **out,
                               struct jd_err *err)
{
    struct fake_object *object = NULL;
    enum jd_code code = fake_node_check(parent, "open child", err);
    if (code != JD_OK) {
        return code;
    }
    if (!fake_object_is_plain_directory(parent->object)) {
        return jd_fail(err, JD_E_PARENT_NOT_DIRECTORY, "open child", NULL);
    }
    if (parent->use == OS_USE_LOOK) {
        return jd_fail_text(err, JD_E_ACCESS_DENIED, "open child", NULL, "the parent was opened to look only");
    }
    code = fake_find(parent->object, name, &object);
    code = code == JD_OK ? judge_open(object, use) : code;
    if (code != JD_OK) {
        return jd_fail(err, code, "open child", NULL);
    }
    struct os_node *node = fake_node_new(object, parent->object, name, use);
    if (node == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open child", NULL);
    }
    *out = node;
    return JD_OK;
}

enum jd_code os_fs_child(struct os_node *parent, struct jd_name name, enum os_use use, struct os_node **out,
                         struct jd_err *err)
{
    OS_HOOK("fs_child", err);
    fake_lock();
    enum jd_code code = open_child(parent, name, use, out, err);
    fake_unlock();
    return code;
}

static void unlink_node(struct os_node *node)
{
    if (node->prev != NULL) {
        node->prev->next = node->next;
    } else {
        nodes = node->next;
    }
    if (node->next != NULL) {
        node->next->prev = node->prev;
    }
}

/* A handle that nobody published goes away: with it the leaf, where the system does that. */
static void let_go(struct os_node *node)
{
    struct fake_object *object = node->object;
    if (object == NULL) {
        return;
    }
    bool vanishes = node->is_unpublished && vanishes_on_close && object->parent != NULL && object->n_children == 0 &&
                    !object->volume->is_gone && !object->volume->facts.is_read_only;
    if (vanishes) {
        fake_object_detach(object);
    }
    fake_object_drop(object);
    fake_object_drop(node->parent);
    node->object = NULL;
    node->parent = NULL;
}

static void free_node(struct os_node *node)
{
    unlink_node(node);
    free(node->name);
    free(node);
}

void os_fs_node_close(struct os_node *node)
{
    if (node == NULL) {
        return;
    }
    fake_lock();
    let_go(node);
    free_node(node);
    fake_unlock();
}

bool fake_is_pinned(const struct fake_object *object)
{
    for (const struct os_node *node = nodes; node != NULL; node = node->next) {
        const struct fake_object *held = node->use == OS_USE_LOOK ? NULL : node->object;
        while (held != NULL && held != object) {
            held = held->parent;
        }
        if (held != NULL) {
            return true;
        }
    }
    return false;
}

void fake_nodes_kill(void)
{
    for (struct os_node *node = nodes; node != NULL; node = node->next) {
        let_go(node);
    }
}

void fake_nodes_free(void)
{
    vanishes_on_close = false;
    fake_nodes_kill();
    while (nodes != NULL) {
        free_node(nodes);
    }
}

size_t fake_open_nodes(void)
{
    size_t n = 0;
    fake_lock();
    for (const struct os_node *node = nodes; node != NULL; node = node->next) {
        n += node->object != NULL;
    }
    fake_unlock();
    return n;
}

void fake_set_delete_on_close(bool value)
{
    fake_lock();
    vanishes_on_close = value;
    fake_unlock();
}
