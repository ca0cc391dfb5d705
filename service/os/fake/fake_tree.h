/* SPDX-License-Identifier: MIT */
/*
 * Inside the fake: the tree of objects, the handles on them, and the one lock. Every function here but fake_lock
 * wants the lock held.
 */
#pragma once

#include "service/os/fake/fake.h"

enum { FAKE_LETTERS = 26, FAKE_RECORDS_MAX = 4096, FAKE_RECORD_ROOT = 5, FAKE_RECORD_FIRST = 24 };

struct fake_volume_state;

/* A file or directory. Lives while it stands in a directory or somebody holds it. */
struct fake_object {
    size_t holds; /* one for its place in the tree, one for each handle */
    struct fake_volume_state *volume;
    struct fake_object *parent; /* NULL: a root, or unlinked */
    struct fake_object **children;
    size_t n_children;
    size_t cap_children;
    char *name;
    char *alias; /* NULL: none */
    uint8_t *reparse;
    size_t reparse_len; /* 0: none */
    uint32_t record;
    uint64_t created;
    struct jd_sid owner;
    bool is_directory;
    bool is_private;
    bool is_case_sensitive;
    bool others_may_replace;
    bool others_may_delete_children;
    bool is_delete_pending;
    bool is_in_use;
    bool is_access_denied;
};

struct fake_volume_state {
    bool exists;
    bool is_gone;
    struct os_volume_facts facts;
    int64_t space; /* negative: no end */
    struct fake_object *root;
    bool used[FAKE_RECORDS_MAX]; /* records from FAKE_RECORD_FIRST on: the lowest free one is taken, as NTFS does */
};

struct fake_world {
    struct fake_volume_state volumes[FAKE_LETTERS];
    uint64_t next_created;
};

/* One handle; all of them are linked, for fake_crash and fake_reset. */
struct os_node {
    struct os_node *next;
    struct os_node *prev;
    struct fake_object *object; /* NULL: dead, its process died */
    struct fake_object *parent; /* where it was opened; held; NULL for a root */
    char *name;                 /* under which name; NULL for a root */
    enum os_use use;
    bool is_unpublished; /* made here, os_fs_publish did not come yet */
};

void fake_lock(void);
void fake_unlock(void);
void *fake_alloc(size_t size); /* zeroed; aborts when there is none: only for the test's side */
void fake_misuse(const char *what, const char *about);

extern struct fake_world fake_world;

/* fake_tree.c */
size_t fake_index_of(char letter);                     /* FAKE_LETTERS when it is none */
struct fake_volume_state *fake_volume_of(char letter); /* NULL when there is none */
struct fake_object *fake_object_new(struct fake_volume_state *volume, bool is_directory, struct jd_name name,
                                    enum jd_code *why); /* NULL with NO_SPACE or NO_MEMORY; held once */
bool fake_object_attach(struct fake_object *parent, struct fake_object *object); /* takes the hold; false: no memory */
void fake_object_detach(struct fake_object *object);                             /* drops the hold of its place */
struct fake_object *fake_object_take(struct fake_object *object);
void fake_object_drop(struct fake_object *object); /* NULL is accepted */
void fake_object_free_tree(struct fake_object *object);
bool fake_object_is_plain_directory(const struct fake_object *object);
uint32_t fake_object_tag(const struct fake_object *object);

/* As NTFS sets them: JD_OK, NOT_EMPTY, REPARSE_POINT_EXISTS, BAD_REPARSE_DATA, NO_SPACE, NO_MEMORY, PLATFORM (a file).
 */
enum jd_code fake_object_set_reparse(struct fake_object *object, const void *data, size_t len);
void fake_object_clear_reparse(struct fake_object *object);

/* fake_find.c: what is called name in parent: JD_OK, NOT_FOUND or CASE_CONFLICT. */
enum jd_code fake_find(const struct fake_object *parent, struct jd_name name, struct fake_object **out);
struct fake_object *fake_find_exact(const struct fake_object *parent, struct jd_name name);
struct jd_name fake_name(const char *text);
struct fake_object *fake_find_path(const char *path); /* NULL when it is not there */
/* Splits "C:\\a\\b": *out_parent the directory a (made where missing and make says so), *out_leaf "b". Aborts on
 * misuse. */
void fake_find_parent(const char *path, bool make, struct fake_object **out_parent, struct jd_name *out_leaf);

/* os_fs_tree_fake.c */
struct os_node *fake_node_new(struct fake_object *object, struct fake_object *parent, struct jd_name name,
                              enum os_use use); /* NULL: no memory */
/* The handle lives and its volume is there: JD_OK, PLATFORM or IO_ERROR. */
enum jd_code fake_node_check(const struct os_node *node, const char *stage, struct jd_err *err);
bool fake_is_pinned(const struct fake_object *object); /* somebody holds it, or what is below it, to pass or change */
void fake_nodes_kill(void);                            /* all are dead; delete-on-close works */
void fake_nodes_free(void);

/* os_fs_facts_fake.c, os_fs_fake.c */
void fake_facts_of(const struct fake_object *object, struct os_facts *out);
void fake_fs_reset(void);

/* Counts up at every crash: what was opened in another life is dead. */
uint64_t fake_life(void);

/* The other contracts' share of fake_reset and fake_crash. */
void fake_audit_reset(void);
void fake_state_reset(void);
void fake_state_unlock(void);
void fake_policy_reset(void);
void fake_clock_reset(void);
void fake_peer_reset(void);
