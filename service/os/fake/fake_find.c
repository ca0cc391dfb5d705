/* SPDX-License-Identifier: MIT */
#include "service/os/fake/fake_tree.h"

#include "common/fold.h"

#include <string.h>

static bool is_exactly(const char *stored, struct jd_name name)
{
    return strlen(stored) == name.len && memcmp(stored, name.text, name.len) == 0;
}

static bool is_folded(const char *stored, struct jd_name name)
{
    return stored != NULL && jd_fold_equal(stored, strlen(stored), name.text, name.len);
}

struct jd_name fake_name(const char *text)
{
    return (struct jd_name){text, strlen(text)};
}

struct fake_object *fake_find_exact(const struct fake_object *parent, struct jd_name name)
{
    for (size_t i = 0; i < parent->n_children; i++) {
        if (is_exactly(parent->children[i]->name, name)) {
            return parent->children[i];
        }
    }
    return NULL;
}

static size_t find_folded(const struct fake_object *parent, struct jd_name name, struct fake_object **out)
{
    size_t n = 0;
    for (size_t i = 0; i < parent->n_children; i++) {
        if (is_folded(parent->children[i]->name, name)) {
            *out = parent->children[i];
            n++;
        }
    }
    return n;
}

static enum jd_code find_alias(const struct fake_object *parent, struct jd_name name, struct fake_object **out)
{
    for (size_t i = 0; i < parent->n_children; i++) {
        if (is_folded(parent->children[i]->alias, name)) {
            *out = parent->children[i];
            return JD_OK;
        }
    }
    return JD_E_NOT_FOUND;
}

enum jd_code fake_find(const struct fake_object *parent, struct jd_name name, struct fake_object **out)
{
    struct fake_object *exact = fake_find_exact(parent, name);
    if (exact != NULL) {
        *out = exact;
        return JD_OK;
    }
    struct fake_object *folded = NULL;
    size_t n = parent->is_case_sensitive ? 0 : find_folded(parent, name, &folded);
    if (n == 1) {
        *out = folded;
        return JD_OK;
    }
    return n > 1 ? JD_E_CASE_CONFLICT : find_alias(parent, name, out);
}

/* The volume, and *rest behind "X:\". */
static struct fake_volume_state *volume_of_path(const char *path, const char **rest)
{
    if (path[0] == '\0' || path[1] != ':' || path[2] != '\\') {
        fake_misuse("not a path", path);
    }
    *rest = path + 3;
    return fake_volume_of(path[0]);
}

/* The next name of *rest, which moves behind it; false at the end. */
static bool next_name(const char **rest, struct jd_name *out)
{
    out->text = *rest;
    out->len = strcspn(*rest, "\\");
    *rest += out->len + ((*rest)[out->len] == '\\');
    return out->len > 0;
}

/* A test means one object by its path: the first that answers, where the service would be told of a conflict. */
static struct fake_object *find_first(const struct fake_object *parent, struct jd_name name)
{
    struct fake_object *found = NULL;
    enum jd_code code = fake_find(parent, name, &found);
    if (code == JD_E_CASE_CONFLICT) {
        find_folded(parent, name, &found);
    }
    return found;
}

struct fake_object *fake_find_path(const char *path)
{
    const char *rest;
    struct fake_volume_state *volume = volume_of_path(path, &rest);
    struct fake_object *object = volume == NULL ? NULL : volume->root;
    struct jd_name name;
    while (object != NULL && next_name(&rest, &name)) {
        object = find_first(object, name);
    }
    if (object != NULL && *rest != '\0') {
        fake_misuse("an empty name", path);
    }
    return object;
}

static struct fake_object *make_ancestor(struct fake_object *parent, struct jd_name name, const char *path)
{
    enum jd_code why;
    struct fake_object *object = fake_object_new(parent->volume, true, name, &why);
    if (object == NULL || !fake_object_attach(parent, object)) {
        fake_misuse("no space or memory to build", path);
    }
    return object;
}

void fake_find_parent(const char *path, bool make, struct fake_object **out_parent, struct jd_name *out_leaf)
{
    const char *rest;
    struct fake_volume_state *volume = volume_of_path(path, &rest);
    struct jd_name name;
    if (volume == NULL || !next_name(&rest, &name)) {
        fake_misuse("no such volume, or a root", path);
    }
    struct fake_object *parent = volume->root;
    while (*rest != '\0') {
        struct fake_object *child = find_first(parent, name);
        if (child == NULL && make) {
            child = make_ancestor(parent, name, path);
        }
        if (child == NULL || !fake_object_is_plain_directory(child) || !next_name(&rest, out_leaf)) {
            fake_misuse("an ancestor is no plain directory", path);
        }
        parent = child;
        name = *out_leaf;
    }
    *out_parent = parent;
    *out_leaf = name;
}
