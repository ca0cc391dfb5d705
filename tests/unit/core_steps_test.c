/* SPDX-License-Identifier: MIT */
/*
 * What core promises to operations that do not exist yet: several steps, undone in reverse when one fails; and streams,
 * bounded and cancellable. Proven by two operations that live in this test only.
 */
#include "tests/support/fault.h"
#include "tests/support/rig_core.h"
#include "tests/support/suite.h"

#include "protocol/msg_create.h"

#include <stdlib.h>
#include <string.h>

#define TARGET "C:\\jt\\targets\\a"

/* ---- two links at once ---- */

struct pair_params {
    struct jd_winpath first, second, target;
};

static const struct jd_field pair_rows[] = {
    JD_FIELD(struct pair_params, first, JD_FIELD_PATH, true),
    JD_FIELD(struct pair_params, second, JD_FIELD_PATH, true),
    JD_FIELD(struct pair_params, target, JD_FIELD_PATH, true),
};
static const struct jd_fields pair_fields = {pair_rows, JD_COUNT(pair_rows), sizeof(struct pair_params)};
static const struct jd_op pair_row = {JD_OP_NONE, JD_OP_CHANGE, "pair", "test.pair", "two links", &pair_fields};

static enum jd_code pair_steps(const void *params, struct step_list *out, struct jd_err *err)
{
    const struct pair_params *pair = params;
    enum jd_code code = step_list_add(out, &step_create, &pair->first, &pair->target, err);
    return code == JD_OK ? step_list_add(out, &step_create, &pair->second, &pair->target, err) : code;
}

static void pair_result(const struct step_list *steps, struct jd_json_out *out)
{
    jd_out_member_integer(out, "steps", (int64_t)steps->n);
}

static const struct op op_pair = {.row = &pair_row, .steps = pair_steps, .result = pair_result};

/* ---- a stream of numbers ---- */

static const struct jd_field count_rows[] = {JD_FIELD(struct jd_create_params, link, JD_FIELD_PATH, true)};
static const struct jd_fields count_fields = {count_rows, 1, sizeof(struct jd_create_params)};
static const struct jd_op count_row = {JD_OP_NONE, JD_OP_STREAM, "count", "test.count", "a stream", &count_fields};

enum { COUNT_LINES = 5 };

static enum jd_code plan_count(struct step *step, const struct op_env *env, struct jd_err *err)
{
    return plan_parent(&step->plan, env->fs, step->link, err);
}

static enum jd_code act_count(struct step *step, const struct op_env *env, struct jd_err *err)
{
    (void)step;
    for (int i = 0; i < COUNT_LINES; i++) {
        if (op_env_is_over(env, err)) {
            return err->code;
        }
        if (!env->io->emit(env->io->context, "x\n", 2)) {
            return jd_fail(err, JD_E_CANCELLED, "count", NULL);
        }
    }
    return JD_OK;
}

static const struct step_kind step_count = {VERB_inspect, false, plan_count, act_count, NULL};

static enum jd_code count_steps(const void *params, struct step_list *out, struct jd_err *err)
{
    const struct jd_create_params *count = params;
    return step_list_add(out, &step_count, &count->link, NULL, err);
}

static void count_result(const struct step_list *steps, struct jd_json_out *out)
{
    jd_out_member_bool(out, "complete", steps->n == 1);
}

static const struct op op_counting = {.row = &count_row, .steps = count_steps, .result = count_result};

static const struct op *const test_ops[] = {&op_pair, &op_counting};

static struct jd_winpath path_of(const char *text)
{
    struct jd_winpath path;
    struct jd_err err;
    check_ok(jd_winpath_parse(text, strlen(text), &path, &err), &err);
    return path;
}

static const char *ask_pair(struct rig *rig, const char *first, const char *second)
{
    struct jd_request decoded = {.id = {.kind = JD_ID_INTEGER, .integer = 1}, .op = &pair_row};
    struct pair_params *params = calloc(1, sizeof *params);
    params->first = path_of(first);
    params->second = path_of(second);
    params->target = path_of(TARGET);
    decoded.params = params;
    return rig_run(rig, NULL, &decoded, NULL);
}

TEST(core_steps, both_steps_are_done_each_with_intent_and_outcome)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, test_ops, JD_COUNT(test_ops));
    ask_pair(&rig, "C:\\jt\\links\\a", "C:\\jt\\links\\b");
    rig_expect(&rig, NULL, NULL);
    check_text(fake_kind("C:\\jt\\links\\a"), "junction");
    check_text(fake_kind("C:\\jt\\links\\b"), "junction");
    check_int(fake_audit_count(200), 2);
    check_int(fake_audit_count(201), 2);
    rig_done(&rig);
}

TEST(core_steps, nothing_is_begun_when_the_second_step_is_denied)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, test_ops, JD_COUNT(test_ops));
    ask_pair(&rig, "C:\\jt\\links\\a", "C:\\elsewhere\\b");
    rig_expect(&rig, "denied", NULL);
    check_false(fake_exists("C:\\jt\\links\\a"));
    check_int(fake_audit_count(200), 0);
    check_int(fake_audit_count(300), 1);
    check_text(fake_audit_field(0, "link"), "C:\\elsewhere\\b");
    rig_done(&rig);
}

TEST(core_steps, nothing_is_begun_when_the_second_step_meets_an_obstacle)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, test_ops, JD_COUNT(test_ops));
    fake_mkfile("C:\\jt\\links\\b");
    ask_pair(&rig, "C:\\jt\\links\\a", "C:\\jt\\links\\b");
    rig_expect(&rig, "file_exists", NULL);
    check_false(fake_exists("C:\\jt\\links\\a"));
    rig_done(&rig);
}

TEST(core_steps, the_first_is_undone_when_the_second_fails)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, test_ops, JD_COUNT(test_ops));
    fault_begin();
    fault_fail("fs_make_directory", 2, JD_E_NO_SPACE);
    ask_pair(&rig, "C:\\jt\\links\\a", "C:\\jt\\links\\b");
    fault_end();
    rig_expect(&rig, "no_space", NULL);
    check_false(fake_exists("C:\\jt\\links\\a"));
    check_false(fake_exists("C:\\jt\\links\\b"));
    check_int(fake_audit_count(203), 1);
    check_int(fake_audit_count(202), 1);
    check_int(fake_pending_count(), 0);
    rig_done(&rig);
}

static void retarget_first(void *context)
{
    (void)context;
    check_true(fake_flip("C:\\jt\\links\\a", "C:\\elsewhere"));
}

TEST(core_steps, undo_leaves_alone_what_others_changed_and_says_so)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, test_ops, JD_COUNT(test_ops));
    fault_begin();
    fault_do("fs_make_directory", 2, retarget_first, NULL);
    fault_fail("fs_make_directory", 2, JD_E_NO_SPACE);
    ask_pair(&rig, "C:\\jt\\links\\a", "C:\\jt\\links\\b");
    fault_end();
    rig_expect(&rig, "undo_incomplete", "no_space");
    check_text(fake_kind("C:\\jt\\links\\a"), "junction");
    check_int(fake_audit_count(204), 1);
    check_int(fake_pending_count(), 1);
    rig_done(&rig);
}

struct reader {
    int lines;
    int gives_up_after;
    atomic_bool cancelled;
};

static bool take_line(void *context, const char *line, size_t len)
{
    struct reader *reader = context;
    check_int(len, 2);
    check_text(line, "x\n");
    return ++reader->lines < reader->gives_up_after;
}

static void ask_count(struct rig *rig, struct reader *reader, bool cancelled)
{
    struct jd_request decoded = {.id = {.kind = JD_ID_INTEGER, .integer = 1}, .op = &count_row};
    struct jd_create_params *params = calloc(1, sizeof *params);
    struct op_io io = {.cancelled = &reader->cancelled, .emit = take_line, .context = reader};
    params->link = path_of("C:\\jt\\links\\a");
    decoded.params = params;
    atomic_store(&reader->cancelled, cancelled);
    rig_run(rig, NULL, &decoded, &io);
}

TEST(core_steps, a_stream_emits_before_its_result)
{
    struct rig rig;
    struct reader reader = {.gives_up_after = 100};
    rig_init(&rig, rig_reference_policy, test_ops, JD_COUNT(test_ops));
    ask_count(&rig, &reader, false);
    rig_expect(&rig, NULL, NULL);
    check_int(reader.lines, COUNT_LINES);
    rig_done(&rig);
}

TEST(core_steps, a_stream_ends_when_nobody_reads_any_more)
{
    struct rig rig;
    struct reader reader = {.gives_up_after = 2};
    rig_init(&rig, rig_reference_policy, test_ops, JD_COUNT(test_ops));
    ask_count(&rig, &reader, false);
    rig_expect(&rig, "cancelled", NULL);
    check_int(reader.lines, 2);
    rig_done(&rig);
}

TEST(core_steps, a_cancelled_change_is_not_begun)
{
    struct rig rig;
    struct jd_request decoded = {.id = {.kind = JD_ID_INTEGER, .integer = 1}, .op = &pair_row};
    struct pair_params *params = calloc(1, sizeof *params);
    atomic_bool cancelled = true;
    struct op_io io = {.cancelled = &cancelled};
    rig_init(&rig, rig_reference_policy, test_ops, JD_COUNT(test_ops));
    params->first = path_of("C:\\jt\\links\\a");
    params->second = path_of("C:\\jt\\links\\b");
    params->target = path_of(TARGET);
    decoded.params = params;
    rig_run(&rig, NULL, &decoded, &io);
    rig_expect(&rig, "cancelled", NULL);
    check_int(fake_audit_count(200), 0);
    check_false(fake_exists("C:\\jt\\links\\a"));
    rig_done(&rig);
}

TEST(core_steps, a_request_past_its_deadline_changes_nothing)
{
    struct rig rig;
    struct jd_request decoded = {.id = {.kind = JD_ID_INTEGER, .integer = 1}, .op = &pair_row};
    struct pair_params *params = calloc(1, sizeof *params);
    struct op_io io = {.deadline_ms = 500};
    rig_init(&rig, rig_reference_policy, test_ops, JD_COUNT(test_ops));
    fake_clock_set(1000, 1790000000000);
    params->first = path_of("C:\\jt\\links\\a");
    params->second = path_of("C:\\jt\\links\\b");
    params->target = path_of(TARGET);
    decoded.params = params;
    rig_run(&rig, NULL, &decoded, &io);
    rig_expect(&rig, "timed_out", NULL);
    check_false(fake_exists("C:\\jt\\links\\a"));
    rig_done(&rig);
}
