/* SPDX-License-Identifier: MIT */
#include "service/os/fake/fake_tree.h"

#include <stdlib.h>
#include <string.h>

struct fake_snapshot {
    struct fake_world world;
};

static uint64_t life;

uint64_t fake_life(void)
{
    return life;
}

void fake_volume(char letter)
{
    enum jd_code why;
    fake_lock();
    if (letter < 'A' || letter > 'Z' || fake_volume_of(letter) != NULL) {
        fake_misuse("no letter, or made already", (const char[]){letter, '\0'});
    }
    struct fake_volume_state *volume = &fake_world.volumes[letter - 'A'];
    *volume = (struct fake_volume_state){
        .exists = true,
        .space = -1,
        .facts = {.letter = letter,
                  .is_ntfs = true,
                  .takes_reparse_points = true,
                  .is_fixed = true,
                  .is_protected = true,
                  .serial = UINT64_C(0x5eed0000) + (uint64_t)letter},
    };
    volume->root = fake_object_new(volume, true, fake_name(""), &why);
    if (volume->root == NULL) {
        fake_misuse("out of memory", "fake_volume");
    }
    fake_unlock();
}

enum jd_code fake_open_fs(struct os_fs **out, struct jd_err *err)
{
    struct os_volume_spec specs[FAKE_LETTERS] = {{'\0', NULL}};
    size_t n = 0;
    fake_lock();
    for (size_t i = 0; i < FAKE_LETTERS; i++) {
        if (fake_world.volumes[i].exists) {
            specs[n++].letter = fake_world.volumes[i].facts.letter;
        }
    }
    fake_unlock();
    return os_fs_open(specs, n, out, err);
}

static void free_world(struct fake_world *world)
{
    for (size_t i = 0; i < FAKE_LETTERS; i++) {
        fake_object_free_tree(world->volumes[i].root);
    }
    memset(world, 0, sizeof *world);
}

static char *copy_text(const char *text)
{
    char *copy = text == NULL ? NULL : jd_strdup(text);
    if (text != NULL && copy == NULL) {
        fake_misuse("out of memory", text);
    }
    return copy;
}

static struct fake_object *copy_tree(const struct fake_object *from, struct fake_volume_state *volume)
{
    struct fake_object *to = fake_alloc(sizeof *to);
    *to = *from;
    to->holds = 1;
    to->volume = volume;
    to->parent = NULL;
    to->children = NULL;
    to->n_children = to->cap_children = 0;
    to->name = copy_text(from->name);
    to->alias = copy_text(from->alias);
    to->reparse = NULL;
    if (from->reparse_len > 0) {
        to->reparse = fake_alloc(from->reparse_len);
        memcpy(to->reparse, from->reparse, from->reparse_len);
    }
    for (size_t i = 0; i < from->n_children; i++) {
        if (!fake_object_attach(to, copy_tree(from->children[i], volume))) {
            fake_misuse("out of memory", "fake_snapshot");
        }
    }
    return to;
}

static void copy_world(const struct fake_world *from, struct fake_world *to)
{
    *to = *from;
    for (size_t i = 0; i < FAKE_LETTERS; i++) {
        const struct fake_object *root = from->volumes[i].root;
        to->volumes[i].root = root == NULL ? NULL : copy_tree(root, &to->volumes[i]);
    }
}

struct fake_snapshot *fake_snapshot(void)
{
    struct fake_snapshot *snapshot = fake_alloc(sizeof *snapshot);
    fake_lock();
    copy_world(&fake_world, &snapshot->world);
    fake_unlock();
    return snapshot;
}

void fake_restore(const struct fake_snapshot *snapshot)
{
    fake_lock();
    fake_nodes_kill();
    free_world(&fake_world);
    copy_world(&snapshot->world, &fake_world);
    fake_unlock();
}

void fake_snapshot_free(struct fake_snapshot *snapshot)
{
    if (snapshot != NULL) {
        free_world(&snapshot->world);
        free(snapshot);
    }
}

void fake_crash(void)
{
    fake_lock();
    life++;
    fake_nodes_kill();
    fake_state_unlock();
    fake_unlock();
}

void fake_reset(void)
{
    fake_set_pins(false);
    fake_lock();
    life++;
    fake_nodes_free();
    free_world(&fake_world);
    fake_fs_reset();
    fake_audit_reset();
    fake_state_reset();
    fake_policy_reset();
    fake_clock_reset();
    fake_peer_reset();
    fake_unlock();
}
