/* SPDX-License-Identifier: MIT */
#include "service/os/fake/fake_tree.h"

#include <stdlib.h>

static bool pins;

void fake_set_pins(bool value)
{
    fake_lock();
    pins = value;
    fake_unlock();
}

static bool is_within(const struct fake_object *inner, const struct fake_object *outer)
{
    while (inner != NULL && inner != outer) {
        inner = inner->parent;
    }
    return inner != NULL;
}

static bool move(struct fake_object *object, struct fake_object *parent, struct jd_name name)
{
    struct fake_object *there = NULL;
    bool refused = object == NULL || object->parent == NULL || parent->volume != object->volume ||
                   is_within(parent, object) || (pins && fake_is_pinned(object));
    if (refused || (fake_find(parent, name, &there) != JD_E_NOT_FOUND && there != object)) {
        return false;
    }
    char *copy = jd_strndup(name.text, name.len);
    if (copy == NULL) {
        fake_misuse("out of memory", name.text);
    }
    fake_object_take(object);
    fake_object_detach(object);
    free(object->name);
    free(object->alias);
    object->name = copy;
    object->alias = NULL;
    if (!fake_object_attach(parent, object)) {
        fake_misuse("out of memory", name.text);
    }
    return true;
}

bool fake_rename(const char *from, const char *to)
{
    struct fake_object *parent;
    struct jd_name leaf;
    fake_lock();
    fake_find_parent(to, false, &parent, &leaf);
    bool moved = move(fake_find_path(from), parent, leaf);
    fake_unlock();
    return moved;
}

bool fake_remove(const char *path)
{
    fake_lock();
    struct fake_object *object = fake_find_path(path);
    bool removed =
        object != NULL && object->parent != NULL && object->n_children == 0 && !(pins && fake_is_pinned(object));
    if (removed) {
        fake_object_detach(object);
    }
    fake_unlock();
    return removed;
}

/* Locks; the caller unlocks. */
static struct fake_object *lock_object(const char *path)
{
    fake_lock();
    struct fake_object *object = fake_find_path(path);
    if (object == NULL) {
        fake_misuse("nothing stands there", path);
    }
    return object;
}

#define SETTER(name, member)                \
    void name(const char *path, bool value) \
    {                                       \
        lock_object(path)->member = value;  \
        fake_unlock();                      \
    }
SETTER(fake_set_private, is_private)
SETTER(fake_set_others_may_replace, others_may_replace)
SETTER(fake_set_others_may_delete_children, others_may_delete_children)
SETTER(fake_set_case_sensitive, is_case_sensitive)
SETTER(fake_set_delete_pending, is_delete_pending)
SETTER(fake_set_in_use, is_in_use)
SETTER(fake_set_access_denied, is_access_denied)
#undef SETTER

void fake_set_owner(const char *path, const struct jd_sid *owner)
{
    lock_object(path)->owner = *owner;
    fake_unlock();
}

void fake_alias(const char *path, const char *alias)
{
    struct fake_object *object = lock_object(path);
    free(object->alias);
    object->alias = jd_strdup(alias);
    if (object->alias == NULL) {
        fake_misuse("out of memory", alias);
    }
    fake_unlock();
}

/* Locks; the caller unlocks. */
static struct fake_volume_state *lock_volume(char letter)
{
    fake_lock();
    struct fake_volume_state *volume = fake_volume_of(letter);
    if (volume == NULL) {
        fake_misuse("no such volume", (const char[]){letter, '\0'});
    }
    return volume;
}

#define SETTER(name, type, member)           \
    void name(char letter, type value)       \
    {                                        \
        lock_volume(letter)->member = value; \
        fake_unlock();                       \
    }
SETTER(fake_set_ntfs, bool, facts.is_ntfs)
SETTER(fake_set_takes_reparse_points, bool, facts.takes_reparse_points)
SETTER(fake_set_fixed, bool, facts.is_fixed)
SETTER(fake_set_read_only, bool, facts.is_read_only)
SETTER(fake_set_protected, bool, facts.is_protected)
SETTER(fake_set_gone, bool, is_gone)
SETTER(fake_set_space, int64_t, space)
#undef SETTER
