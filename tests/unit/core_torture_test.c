/* SPDX-License-Identifier: MIT */
/*
 * The torture loop: fail seam call 1, then 2, … of every operation. After each: no open object, no half-made junction,
 * before or after but never between, one outcome record per intent.
 */
#include "tests/support/fault.h"
#include "tests/support/rig_core.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

#define LINK "C:\\jt\\links\\a"
#define TARGET "C:\\jt\\targets\\a"

static const struct scene {
    const char *method, *target, *before, *after;
} scenes[] = {
    {"junction.create", TARGET, "none", "junction"},
    {"junction.remove", NULL, "junction", "none"},
    {"junction.inspect", NULL, "junction", "junction"},
};

/* What each failing call may answer with; JD_OK: what it would honestly give. */
static const enum jd_code faults[] = {JD_OK,          JD_E_IO_ERROR, JD_E_ACCESS_DENIED,    JD_E_IN_USE,
                                      JD_E_NO_MEMORY, JD_E_PLATFORM, JD_E_CHANGED_MEANWHILE};

static void set_scene(struct rig *rig, const struct scene *scene)
{
    rig_init(rig, rig_reference_policy, NULL, 0);
    if (strcmp(scene->before, "junction") == 0) {
        fake_junction(LINK, TARGET);
    }
}

static bool ended_well(const struct rig *rig)
{
    return strstr(rig->reply, "\"result\"") != NULL;
}

static void check_world(const struct rig *rig, const struct scene *scene)
{
    const char *kind = fake_kind(LINK);
    size_t intents = fake_audit_count(200);
    size_t outcomes = fake_audit_count(201) + fake_audit_count(202) + fake_audit_count(204);
    if (ended_well(rig)) {
        check_text(kind, scene->after);
    } else if (strstr(rig->reply, "undo_incomplete") == NULL) {
        check_text(kind, scene->before);
    }
    /* A record the sink refused, or a half that could not be taken back, is remembered by the journal. */
    check_true(intents <= outcomes + fake_pending_count());
    check_true(outcomes <= intents);
    check_int(fake_open_nodes(), 0);
}

static bool torture_once(const struct scene *scene, size_t nth, enum jd_code code)
{
    struct rig rig;
    bool fired;
    set_scene(&rig, scene);
    fault_begin();
    fault_fail(NULL, nth, code);
    rig_call(&rig, scene->method, LINK, scene->target);
    fired = fault_fired();
    fault_end();
    check_world(&rig, scene);
    rig_done(&rig);
    return fired;
}

TEST(core_torture, one_fault_at_every_seam_call_leaves_before_or_after)
{
    size_t runs = 0;
    for (size_t s = 0; s < JD_COUNT(scenes); s++) {
        for (size_t f = 0; f < JD_COUNT(faults); f++) {
            for (size_t nth = 1;; nth++) {
                check_case("%s, call %zu gives %s", scenes[s].method, nth, jd_code_name(faults[f]));
                if (!torture_once(&scenes[s], nth, faults[f])) {
                    break;
                }
                runs++;
            }
        }
    }
    printf("core_torture: %zu faults placed\n", runs);
    check_true(runs > 200);
}

/* Two faults: the operation's, and one in the cleaning up after it. */
static bool torture_twice(const struct scene *scene, size_t first, size_t second)
{
    struct rig rig;
    bool reached;
    set_scene(&rig, scene);
    fault_begin();
    fault_fail(NULL, first, JD_E_IO_ERROR);
    fault_fail(NULL, first + second, JD_E_IO_ERROR);
    rig_call(&rig, scene->method, LINK, scene->target);
    reached = fault_count(NULL) >= first + second;
    fault_end();
    check_world(&rig, scene);
    rig_done(&rig);
    return reached;
}

TEST(core_torture, a_second_fault_while_taking_back_is_told_and_kept_in_the_journal)
{
    for (size_t s = 0; s < JD_COUNT(scenes); s++) {
        for (size_t first = 1; first < 60; first++) {
            for (size_t second = 1;; second++) {
                check_case("%s, calls %zu and %zu", scenes[s].method, first, first + second);
                if (!torture_twice(&scenes[s], first, second)) {
                    break;
                }
            }
        }
    }
}

/* Death at every seam call, then a new start. */
static void die(void *context)
{
    (void)context;
    fake_crash();
}

static bool kill_once(const struct scene *scene, size_t nth, bool delete_on_close)
{
    struct rig rig;
    struct jd_err err;
    bool fired;
    const char *kind;
    size_t outcomes;
    set_scene(&rig, scene);
    fake_set_delete_on_close(delete_on_close);
    fault_begin();
    fault_do(NULL, nth, die, NULL);
    rig_call(&rig, scene->method, LINK, scene->target);
    fired = fault_fired();
    fault_end();
    check_ok(rig_restart(&rig, rig_reference_policy, &err), &err);
    kind = fake_kind(LINK);
    check_true(strcmp(kind, scene->before) == 0 || strcmp(kind, scene->after) == 0);
    outcomes = fake_audit_count(201) + fake_audit_count(202) + fake_audit_count(205);
    check_true(fake_audit_count(200) <= outcomes);
    check_int(fake_pending_count(), 0);
    rig_done(&rig);
    return fired;
}

TEST(core_torture, death_at_every_seam_call_is_recovered_to_before_or_after)
{
    size_t kills = 0;
    for (size_t s = 0; s < JD_COUNT(scenes); s++) {
        for (int close = 0; close < 2; close++) {
            for (size_t nth = 1;; nth++) {
                check_case("%s, death before call %zu, delete-on-close %d", scenes[s].method, nth, close);
                if (!kill_once(&scenes[s], nth, close != 0)) {
                    break;
                }
                kills++;
            }
        }
    }
    printf("core_torture: %zu deaths recovered\n", kills);
    check_true(kills > 50);
}
