/* SPDX-License-Identifier: MIT */
/* The fake's own rules for everything around the objects: attackers, volumes, death, the other contracts, fault plans.
 */
#include "service/os/os_clock.h"
#include "service/os/os_policy.h"
#include "service/os/os_state.h"
#include "tests/support/fault.h"
#include "tests/unit/fake_fixture.h"

#include <pthread.h>
#include <string.h>

TEST(fake, attackers_are_bound_by_ntfs_only)
{
    char target[64];
    fx_begin();
    fake_volume('D');
    fake_mkdir("C:\\a\\b\\c");
    fake_mkdir("C:\\empty");
    check_false(fake_flip("C:\\a", "C:\\evil"));      /* not empty */
    check_false(fake_remove("C:\\a"));                /* not empty */
    check_false(fake_rename("C:\\a", "C:\\a\\b\\x")); /* into itself */
    check_false(fake_rename("C:\\a", "C:\\EMPTY"));   /* something stands there */
    check_false(fake_rename("C:\\a", "D:\\a"));       /* another volume */
    check_true(fake_flip("C:\\empty", "C:\\evil"));
    check_true(fake_flip("C:\\empty", "C:\\worse"));
    check_text(fake_target("C:\\empty", target, sizeof target), "\\??\\C:\\worse");
    check_true(fake_unflip("C:\\empty"));
    struct fx_chain chain = fx_open_root();
    check_ok(fx_step(&chain, "a", OS_USE_PASS), &fx_err);
    check_ok(fx_step(&chain, "b", OS_USE_PASS), &fx_err);
    fake_set_pins(true);
    check_false(fake_rename("C:\\a", "C:\\z")); /* an open directory below pins it */
    fake_set_pins(false);
    check_true(fake_rename("C:\\a", "C:\\z"));
    check_ok(fx_step(&chain, "c", OS_USE_LOOK), &fx_err);
    fx_close(&chain);
    fx_end();
}

TEST(fake, volumes_are_refused_for_what_they_are)
{
    static const struct os_volume_spec known = {'C', NULL};
    static const struct os_volume_spec unknown = {'Q', NULL};
    struct os_fs *other = NULL;
    struct os_volume_facts facts;
    struct os_node *root = NULL;
    char letters[26];
    fx_begin();
    check_code(os_fs_open(&unknown, 1, &other, &fx_err), JD_E_VOLUME_UNKNOWN, &fx_err);
    check_text(fx_err.text, "Q:");
    fake_set_protected('C', false);
    check_code(os_fs_open(&known, 1, &other, &fx_err), JD_E_VOLUME_UNPROTECTED, &fx_err);
    fake_set_ntfs('C', false);
    check_code(os_fs_open(&known, 1, &other, &fx_err), JD_E_VOLUME_NOT_NTFS, &fx_err);
    check_ok(os_fs_volume(fx_fs, 'C', &facts, &fx_err), &fx_err);
    check_true(!facts.is_ntfs && facts.is_fixed && facts.letter == 'C');
    check_int(os_fs_letters(fx_fs, letters), 1);
    check_code(os_fs_root(fx_fs, 'D', &root, &fx_err), JD_E_VOLUME_UNKNOWN, &fx_err);
    fx_end();
}

TEST(fake, a_dead_process_changes_nothing_any_more)
{
    struct os_audit *audit = NULL;
    struct os_state *state = NULL, *again = NULL;
    struct os_audit_record record = {.id = 200, .event = "change_intent", .line = "{}"};
    struct jd_buf before, text;
    uint64_t token = 0, sequence = 0;
    fx_begin();
    check_ok(os_audit_open(&(struct os_audit_options){0}, &audit, &fx_err), &fx_err);
    check_ok(os_state_open("", &state, &fx_err), &fx_err);
    check_code(os_state_open("", &again, &fx_err), JD_E_ALREADY_RUNNING, &fx_err);
    check_ok(os_state_pending_add(state, "entry", 5, true, &token, &fx_err), &fx_err);
    check_ok(os_state_next_sequence(state, &sequence, &fx_err), &fx_err);
    check_ok(os_audit_write(audit, &record, &fx_err), &fx_err);
    struct fx_chain chain = fx_make_leaf("x");
    fake_crash();
    fx_dump(&before);
    check_int(fake_open_nodes(), 0);
    check_code(os_fs_remove(chain.node[0], fx_last(&chain), &fx_err), JD_E_PLATFORM, &fx_err);
    check_code(os_audit_write(audit, &record, &fx_err), JD_E_AUDIT_UNAVAILABLE, &fx_err);
    check_code(os_state_pending_drop(state, token, &fx_err), JD_E_STATE_UNAVAILABLE, &fx_err);
    check_ok(os_state_open("", &again, &fx_err), &fx_err);
    os_state_close(state);
    fx_close(&chain);
    fx_check_same_dump(&before);
    jd_buf_init(&text, 100);
    check_ok(os_state_pending_next(again, 0, &token, &text, &fx_err), &fx_err);
    check_text(text.data, "entry");
    check_ok(os_state_next_sequence(again, &sequence, &fx_err), &fx_err);
    check_int(sequence, 2);
    check_int(fake_audit_count(0), 1);
    jd_buf_done(&text);
    os_state_close(again);
    os_audit_close(audit);
    fx_end();
}

TEST(fake, pending_entries_come_in_order_and_may_be_cut_short)
{
    struct os_state *state = NULL;
    struct jd_buf text;
    uint64_t first = 0, second = 0, token = 0;
    fx_begin();
    jd_buf_init(&text, 100);
    check_ok(os_state_open("", &state, &fx_err), &fx_err);
    check_ok(os_state_pending_add(state, "one", 3, false, &first, &fx_err), &fx_err);
    check_ok(os_state_pending_add(state, "two", 3, false, &second, &fx_err), &fx_err);
    check_true(first > 0 && second > first);
    fake_pending_truncate(second, 1);
    check_ok(os_state_pending_next(state, first, &token, &text, &fx_err), &fx_err);
    check_text(text.data, "t");
    check_int(token, (int64_t)second);
    check_ok(os_state_pending_drop(state, second, &fx_err), &fx_err);
    check_code(os_state_pending_drop(state, second, &fx_err), JD_E_NOT_FOUND, &fx_err);
    check_code(os_state_pending_next(state, first, &token, &text, &fx_err), JD_E_NOT_FOUND, &fx_err);
    check_int(fake_pending_count(), 1);
    check_true(fake_pending_add("raw", 3) > second); /* never reused */
    jd_buf_done(&text);
    os_state_close(state);
    fx_end();
}

static enum jd_code write_record(struct os_audit *audit, uint16_t id)
{
    struct os_audit_field fields[] = {{"link", "C:\\x"}};
    struct os_audit_record record = {
        .id = id, .level = OS_AUDIT_WARNING, .event = "denied", .fields = fields, .n_fields = 1, .line = "{\"a\":1}"};
    return os_audit_write(audit, &record, &fx_err);
}

TEST(fake, the_audit_sink_keeps_what_it_accepts_and_refuses_as_told)
{
    struct os_audit *audit = NULL;
    fx_begin();
    check_ok(os_audit_open(&(struct os_audit_options){0}, &audit, &fx_err), &fx_err);
    check_ok(write_record(audit, 300), &fx_err);
    fake_audit_refuse_from(2);
    check_ok(write_record(audit, 200), &fx_err);
    check_code(write_record(audit, 201), JD_E_AUDIT_UNAVAILABLE, &fx_err);
    check_code(write_record(audit, 202), JD_E_AUDIT_UNAVAILABLE, &fx_err);
    fake_audit_refuse_from(0);
    fake_audit_refuse_id(201);
    check_code(write_record(audit, 201), JD_E_AUDIT_UNAVAILABLE, &fx_err);
    check_ok(write_record(audit, 202), &fx_err);
    check_int(fake_audit_count(0), 3);
    check_int(fake_audit_count(202), 1);
    check_int(fake_audit_id(1), 200);
    check_text(fake_audit_line(0), "{\"a\":1}");
    check_text(fake_audit_field(0, "link"), "C:\\x");
    check_true(fake_audit_field(0, "target") == NULL);
    os_audit_close(audit);
    fx_end();
}

TEST(fake, policy_caller_and_clock_are_what_the_test_says)
{
    struct os_caller caller = {0};
    struct jd_buf text;
    fx_begin();
    jd_buf_init(&text, 5);
    check_code(os_policy_read("p", &text, &fx_err), JD_E_POLICY_MISSING, &fx_err);
    fake_policy_set("12345");
    check_ok(os_policy_read("p", &text, &fx_err), &fx_err);
    check_text(text.data, "12345");
    check_code(os_policy_read("p", &text, &fx_err), JD_E_POLICY_INVALID, &fx_err); /* over the ceiling */
    fake_policy_fail(JD_E_POLICY_UNTRUSTED);
    check_code(os_policy_read("p", &text, &fx_err), JD_E_POLICY_UNTRUSTED, &fx_err);
    jd_buf_done(&text);
    check_ok(os_peer_identify(0, &caller, &fx_err), &fx_err);
    check_text(caller.name, "alice");
    check_int(caller.n_groups, 2);
    os_caller_done(&caller);
    struct os_caller admin = fake_caller_administrator();
    fake_peer_set(&admin);
    os_caller_done(&admin);
    check_ok(os_peer_identify(0, &caller, &fx_err), &fx_err);
    check_true(caller.is_administrator && caller.n_groups == 3);
    os_caller_done(&caller);
    fake_clock_set(1000, 5);
    fake_clock_advance(20);
    check_int(os_clock_monotonic_ms(), 1020);
    check_int(os_clock_wall_ms(), 25);
    fx_end();
}

TEST(fake, a_snapshot_comes_back_as_often_as_wanted)
{
    struct jd_buf before, after;
    fx_begin();
    fake_set_space('C', 100);
    fake_mkdir("C:\\a\\b");
    fake_junction("C:\\j", "C:\\a");
    fake_alias("C:\\j", "J~1");
    struct fake_snapshot *snapshot = fake_snapshot();
    fx_dump(&before);
    for (int i = 0; i < 2; i++) {
        check_true(fake_remove("C:\\j"));
        fake_mkdir("C:\\a\\c");
        fx_dump(&after);
        check_true(strcmp(before.data, after.data) != 0);
        jd_buf_done(&after);
        fake_restore(snapshot);
        fx_dump(&after);
        check_text(after.data, before.data);
        jd_buf_done(&after);
    }
    jd_buf_done(&before);
    fake_snapshot_free(snapshot);
    fx_end();
}

static void remove_target(void *context)
{
    (void)context;
    check_true(fake_remove("C:\\a\\target"));
}

TEST(fake, a_plan_fails_counts_and_attacks_where_it_says)
{
    struct jd_buf seen;
    fx_begin();
    fake_mkdir("C:\\a\\target");
    fault_begin();
    fault_do("fs_child", 2, remove_target, NULL);
    check_code(fx_open_once("a", "target", OS_USE_LOOK), JD_E_NOT_FOUND, &fx_err);
    check_true(fault_fired());
    check_int(fault_count("fs_child"), 2);
    jd_buf_init(&seen, 1000);
    fault_list(&seen);
    check_text(seen.data, "fs_root fs_child fs_child");
    jd_buf_done(&seen);
    fault_begin();
    fault_fail("fs_child", 1, JD_OK);
    fault_fail_from("fs_child", 3, JD_E_ACCESS_DENIED);
    check_code(fx_open_once(NULL, "a", OS_USE_LOOK), JD_E_IO_ERROR, &fx_err);
    check_ok(fx_open_once(NULL, "a", OS_USE_LOOK), &fx_err);
    check_code(fx_open_once(NULL, "a", OS_USE_LOOK), JD_E_ACCESS_DENIED, &fx_err);
    check_code(fx_open_once(NULL, "a", OS_USE_LOOK), JD_E_ACCESS_DENIED, &fx_err);
    fault_begin();
    fault_fail(NULL, 100, JD_OK);
    check_ok(fx_open_once(NULL, "a", OS_USE_LOOK), &fx_err);
    check_false(fault_fired());
    fault_end();
    check_int(fault_count(NULL), 0);
    fx_end();
}

/* Returns how often a call did not go as it must. */
static void *make_and_remove(void *context)
{
    static const char *const names[] = {"w0", "w1", "w2", "w3"};
    size_t *failures = context;
    const char *name = names[*failures];
    struct jd_err own;
    *failures = 0;
    for (int i = 0; i < 200; i++) {
        struct os_node *root = NULL, *leaf = NULL;
        *failures += os_fs_root(fx_fs, 'C', &root, &own) != JD_OK;
        *failures += os_fs_make_directory(root, fx_name(name), &leaf, &own) != JD_OK;
        *failures += os_fs_publish(leaf, OS_OWNER_SERVICE, NULL, &own) != JD_OK;
        *failures += os_fs_remove(root, leaf, &own) != JD_OK;
        os_fs_node_close(leaf);
        os_fs_node_close(root);
    }
    return NULL;
}

TEST(fake, workers_do_not_disturb_each_other)
{
    pthread_t threads[4];
    size_t failures[4] = {0, 1, 2, 3};
    struct jd_buf before;
    fx_begin();
    fault_begin();
    fake_mkdir("C:\\first"); /* its time of making stays below those of the workers */
    fx_dump(&before);
    for (size_t i = 0; i < 4; i++) {
        check_int(pthread_create(&threads[i], NULL, make_and_remove, &failures[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        check_int(failures[i], 0);
    }
    fx_check_same_dump(&before);
    check_int(fault_count("fs_publish"), 800);
    fault_end();
    fx_end();
}
