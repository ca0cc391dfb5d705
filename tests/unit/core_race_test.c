/* SPDX-License-Identifier: MIT */
/*
 * Deterministic interleavings: every attacker action before every seam call of every operation. Whatever the attacker
 * does, nothing is made or removed outside the folder the policy names, and what the service reports is what stands
 * there. A control that works by path must be caught by the same storm, or the storm proves nothing.
 */
#include "tests/support/fault.h"
#include "tests/support/rig_core.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

#define LINK "C:\\jt\\links\\sub\\a"
#define TARGET "C:\\jt\\targets\\a"

static bool acted;

/* What the service must notice: an action before its last check of the place (create), or of the data (remove). */
static struct {
    const char *call;
    size_t nth;
    bool in_time;
} last_check;

static void note_time(void)
{
    last_check.in_time = acted && fault_count(last_check.call) < last_check.nth;
}

static void swap_parent_for_junction(void *context)
{
    (void)context;
    acted = fake_rename("C:\\jt\\links\\sub", "C:\\jt\\links\\moved");
    if (acted) {
        fake_junction("C:\\jt\\links\\sub", "C:\\victim");
    }
}

static void move_parent_away(void *context)
{
    (void)context;
    acted = fake_rename("C:\\jt\\links\\sub", "C:\\victim\\sub");
}

static void flip_parent(void *context)
{
    (void)context;
    acted = fake_flip("C:\\jt\\links\\sub", "C:\\victim");
}

static void plant_dangling_leaf(void *context)
{
    (void)context;
    acted = !fake_exists(LINK);
    if (acted) {
        fake_junction(LINK, "C:\\victim\\planted");
    }
}

static void plant_directory_leaf(void *context)
{
    (void)context;
    acted = !fake_exists(LINK);
    if (acted) {
        fake_mkdir(LINK);
    }
}

static void swap_leaf_for_directory(void *context)
{
    (void)context;
    acted = fake_exists(LINK) && fake_rename(LINK, "C:\\jt\\links\\sub\\b");
    if (acted) {
        fake_mkdir("C:\\jt\\links\\sub\\a\\full");
    }
}

static void remove_leaf(void *context)
{
    (void)context;
    acted = fake_exists(LINK) && fake_remove(LINK);
}

static void retarget_leaf(void *context)
{
    (void)context;
    acted = strcmp(fake_kind(LINK), "junction") == 0 && fake_flip(LINK, "C:\\victim");
}

static void swap_target_for_junction(void *context)
{
    (void)context;
    acted = fake_rename("C:\\jt\\targets\\a", "C:\\jt\\targets\\moved");
    if (acted) {
        fake_junction("C:\\jt\\targets\\a", "C:\\victim");
    }
}

static void remove_target(void *context)
{
    (void)context;
    acted = fake_remove("C:\\jt\\targets\\a");
}

static const struct {
    const char *name;
    fault_action action;
    bool hits_leaf;
} actions[] = {
    {"swap the parent for a junction", swap_parent_for_junction, false},
    {"move the parent away", move_parent_away, false},
    {"turn the empty parent into a junction", flip_parent, false},
    {"plant a dangling junction at the leaf", plant_dangling_leaf, true},
    {"plant a directory at the leaf", plant_directory_leaf, true},
    {"swap the leaf for a full directory", swap_leaf_for_directory, true},
    {"remove the leaf", remove_leaf, true},
    {"retarget the leaf", retarget_leaf, true},
    {"swap the target for a junction", swap_target_for_junction, false},
    {"remove the target", remove_target, false},
};

static const struct scene {
    const char *method, *target;
    bool link_stands;
    const char *last_call; /* the attacker is in time before the last_nth of these */
    size_t last_nth;
} scenes[] = {
    {"junction.create", TARGET, false, "fs_publish", 1},
    {"junction.remove", NULL, true, "fs_get_reparse", 2},
    {"junction.inspect", NULL, true, "fs_get_reparse", 1},
};

static void set_scene(struct rig *rig, const struct scene *scene)
{
    rig_init(rig, rig_reference_policy, NULL, 0);
    fake_mkdir("C:\\jt\\links\\sub");
    fake_mkdir("C:\\victim");
    if (scene->link_stands) {
        fake_junction(LINK, TARGET);
    }
}

/* The victim holds nothing but what the attacker himself moved there. */
static void check_victim(void)
{
    check_false(fake_exists("C:\\victim\\a"));
    check_false(fake_exists("C:\\victim\\planted"));
}

static fault_action current_action;
static bool hits_leaf;

static void act_and_note(void *context)
{
    current_action(context);
    note_time();
}

/* Success that is reported must be true unless the attacker came after the last check, when he may as well have come
 * after the answer. */
static void check_report(const struct rig *rig, const struct scene *scene)
{
    bool ok = strstr(rig->reply, "\"result\"") != NULL;
    if (!ok || !last_check.in_time) {
        return;
    }
    if (strcmp(scene->method, "junction.create") == 0) {
        check_text(fake_kind(LINK), "junction");
    }
    /* A junction that was carried away with its folder is still the one that was judged; another one at its name is
     * not. */
    if (strcmp(scene->method, "junction.remove") == 0 && hits_leaf) {
        check_fail(__FILE__, __LINE__, "removed what had changed before the last check");
    }
}

static bool storm_once(const struct scene *scene, size_t action, size_t nth)
{
    struct rig rig;
    bool fired;
    set_scene(&rig, scene);
    acted = false;
    last_check.call = scene->last_call;
    last_check.nth = scene->last_nth;
    last_check.in_time = false;
    current_action = actions[action].action;
    hits_leaf = actions[action].hits_leaf;
    fault_begin();
    fault_do(NULL, nth, act_and_note, NULL);
    rig_call(&rig, scene->method, LINK, scene->target);
    fired = fault_fired();
    fault_end();
    check_victim();
    check_report(&rig, scene);
    check_int(fake_open_nodes(), 0);
    if (!acted && strcmp(scene->method, "junction.create") == 0) {
        check_text(fake_kind(LINK), "junction");
    }
    rig_done(&rig);
    return fired;
}

TEST(core_race, no_attacker_action_before_any_seam_call_escapes)
{
    size_t runs = 0;
    for (size_t s = 0; s < JD_COUNT(scenes); s++) {
        for (size_t a = 0; a < JD_COUNT(actions); a++) {
            for (size_t nth = 1;; nth++) {
                check_case("%s, %s before call %zu", scenes[s].method, actions[a].name, nth);
                if (!storm_once(&scenes[s], a, nth)) {
                    break;
                }
                runs++;
            }
        }
    }
    printf("core_race: %zu interleavings, 0 escapes\n", runs);
    check_true(runs > 300);
}

/* The control: makes the same junction by path, looking each name up again and following what stands there, as naive
 * tools do. */
static void naive_create(const char *parent, const char *leaf_target)
{
    char seen[256];
    char where[600];
    const char *kind = fake_kind(parent);
    struct os_fs *fs;
    struct jd_err err;
    check_ok(fake_open_fs(&fs, &err), &err);
    if (strcmp(kind, "directory") != 0) {
        os_fs_close(fs);
        return; /* the check … */
    }
    (void)os_fs_letters(fs, where); /* a seam call between check and use, so that the storm can act here */
    {
        struct os_node *root;
        if (os_fs_root(fs, 'C', &root, &err) == JD_OK) {
            os_fs_node_close(root);
        }
    }
    if (strcmp(fake_kind(parent), "junction") == 0) { /* … and the use, which follows */
        fake_target(parent, seen, sizeof seen);
        snprintf(where, sizeof where, "%s\\a", seen + 4);
    } else {
        snprintf(where, sizeof where, "%s\\a", parent);
    }
    fake_junction(where, leaf_target);
    os_fs_close(fs);
}

TEST(core_race, a_control_that_checks_by_path_is_caught_escaping)
{
    size_t escapes = 0;
    for (size_t nth = 1; nth < 8; nth++) {
        struct rig rig;
        set_scene(&rig, &scenes[0]);
        fault_begin();
        fault_do(NULL, nth, swap_parent_for_junction, NULL);
        naive_create("C:\\jt\\links\\sub", TARGET);
        fault_end();
        escapes += fake_exists("C:\\victim\\a") ? 1 : 0;
        rig_done(&rig);
    }
    check_true(escapes > 0);
}

TEST(core_race, screen_opens_nothing_for_who_no_rule_could_allow)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    fake_mkdir("C:\\secret\\there");
    fault_begin();
    rig_call(&rig, "junction.inspect", "C:\\secret\\there", NULL);
    rig_expect(&rig, "denied", NULL);
    check_int(fault_count("fs_root"), 0);
    check_int(fault_count("fs_child"), 0);
    check_int(fault_count("fs_volume"), 0);
    fault_end();
    rig_done(&rig);
}
