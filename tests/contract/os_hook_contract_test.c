/* SPDX-License-Identifier: MIT */
/* Each call of the seam begins with its hook, once, under its own name: what faults and attackers are placed by. */
#include "tests/contract/fixture.h"

#include "service/os/os_policy.h"
#include "service/os/os_state.h"
#include "tests/support/fault.h"

#include <string.h>

static void check_calls(const char *expected)
{
    struct jd_buf seen;
    jd_buf_init(&seen, 4096);
    fault_list(&seen);
    check_text(seen.data, expected);
    jd_buf_done(&seen);
    fault_end();
}

static void change_something(void)
{
    uint8_t data[JD_REPARSE_MAX];
    size_t len = fixture_encode(JD_TAG_MOUNT_POINT, "C:\\target", data);
    struct os_node *root = NULL;
    struct os_node *leaf = NULL;
    struct os_node *again = NULL;
    check_ok(os_fs_root(fixture_fs, 'C', &root, &fixture_err), &fixture_err);
    fixture_keep(root);
    check_ok(os_fs_make_directory(root, fixture_name("leaf"), &leaf, &fixture_err), &fixture_err);
    fixture_keep(leaf);
    check_ok(os_fs_set_reparse(leaf, data, len, &fixture_err), &fixture_err);
    check_ok(os_fs_get_reparse(leaf, data, &len, &fixture_err), &fixture_err);
    check_ok(os_fs_publish(leaf, OS_OWNER_SERVICE, NULL, &fixture_err), &fixture_err);
    fixture_facts(leaf);
    fixture_check_stored_name(leaf, "leaf");
    check_ok(os_fs_child(root, fixture_name("leaf"), OS_USE_LOOK, &again, &fixture_err), &fixture_err);
    fixture_keep(again);
    check_ok(os_fs_remove(root, leaf, &fixture_err), &fixture_err);
}

TEST(os_hook, each_call_on_the_file_system_runs_its_hook_once)
{
    struct os_volume_spec spec;
    struct os_volume_facts facts;
    struct jd_winpath path = {0};
    fixture_begin_volume();
    fixture_need_junctions();
    fixture_close();
    spec = fixture_volume();
    fault_begin();
    check_ok(os_fs_open(&spec, 1, &fixture_fs, &fixture_err), &fixture_err);
    check_ok(os_fs_volume(fixture_fs, 'C', &facts, &fixture_err), &fixture_err);
    check_code(os_fs_from_host(fixture_fs, "/nowhere", &path, &fixture_err), JD_E_NOT_FOUND, &fixture_err);
    change_something();
    check_calls("fs_open fs_volume fs_from_host fs_root fs_make_directory fs_set_reparse fs_get_reparse fs_publish "
                "fs_facts fs_stored_name fs_child fs_remove");
    fixture_end();
}

TEST(os_hook, a_fault_stops_a_call_before_it_does_anything)
{
    struct os_node *root;
    struct os_node *leaf = NULL;
    fixture_begin_volume();
    root = fixture_open_parent("C:\\leaf");
    fault_begin();
    fault_fail("fs_make_directory", 1, JD_E_NO_SPACE);
    check_code(os_fs_make_directory(root, fixture_name("leaf"), &leaf, &fixture_err), JD_E_NO_SPACE, &fixture_err);
    fault_end();
    check_true(leaf == NULL);
    check_text(fixture_kind("C:\\leaf"), "none");
    fixture_end();
}

TEST(os_hook, each_call_on_the_sinks_runs_its_hook_once)
{
    const struct os_audit_record record = {.id = 200, .level = OS_AUDIT_INFORMATION, .event = "e", .line = "{}"};
    struct os_audit_options options;
    struct os_audit *audit = NULL;
    struct os_state *state = NULL;
    struct jd_buf out;
    uint64_t number = 0;
    fixture_begin();
    options = fixture_audit_options();
    jd_buf_init(&out, 1024);
    fault_begin();
    check_ok(os_audit_open(&options, &audit, &fixture_err), &fixture_err);
    check_ok(os_audit_write(audit, &record, &fixture_err), &fixture_err);
    check_ok(os_audit_reopen(audit, &fixture_err), &fixture_err);
    check_ok(os_state_open(fixture_state_folder(), &state, &fixture_err), &fixture_err);
    check_ok(os_state_next_sequence(state, &number, &fixture_err), &fixture_err);
    check_ok(os_state_pending_add(state, "x", 1, false, &number, &fixture_err), &fixture_err);
    check_ok(os_state_pending_next(state, 0, &number, &out, &fixture_err), &fixture_err);
    check_ok(os_state_pending_drop(state, number, &fixture_err), &fixture_err);
    check_ok(os_policy_read(fixture_policy_put("{}", 2), &out, &fixture_err), &fixture_err);
    check_calls("audit_open audit_write audit_reopen state_open state_next_sequence state_pending_add "
                "state_pending_next state_pending_drop policy_read");
    jd_buf_done(&out);
    os_audit_close(audit);
    os_state_close(state);
    fixture_end();
}
