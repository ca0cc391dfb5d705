/* SPDX-License-Identifier: MIT */
/* Which policy files and folders of the service's own are believed: who could have written them. */
#include "tests/contract/fixture_win.h"

#include "service/os/os_policy.h"
#include "service/os/os_state.h"
#include "service/os/win/win_nt.h"

#include <stdio.h>
#include <string.h>

static enum jd_code read_policy(const char *path)
{
    struct jd_buf out;
    enum jd_code code;
    jd_buf_init(&out, 1024);
    code = os_policy_read(path, &out, &fixture_err);
    check_true(code == JD_OK || out.len == 0);
    jd_buf_done(&out);
    return code;
}

static void make_folder(const char *name)
{
    check_true(CreateDirectoryW(win_wide_path(win_in_folder(name)), NULL));
}

/* Everybody may do everything: some systems keep that in words of their own. */
static void open_to_all(const char *name)
{
    const wchar_t *path = win_wide_path(win_in_folder(name));
    char sddl[1024];
    (void)win_set_sddl(path, "D:P(A;;FA;;;WD)");
    win_get_sddl(path, sddl, sizeof sddl);
    if (strstr(sddl, ";WD)") == NULL) {
        check_skip("the volume keeps no right of Everyone");
    }
}

TEST(os_policy_win, a_file_others_may_write_is_not_believed)
{
    const char *path;
    fixture_begin();
    path = fixture_policy_put("{}", 2);
    check_code(read_policy(path), JD_OK, &fixture_err);
    open_to_all("policy.json");
    check_code(read_policy(path), JD_E_POLICY_UNTRUSTED, &fixture_err);
    fixture_end();
}

TEST(os_policy_win, a_file_in_a_folder_others_may_empty_is_not_believed)
{
    fixture_begin();
    make_folder("a");
    make_folder("a\\b");
    win_put_file(win_in_folder("a\\b\\policy.json"), "{}", 2);
    check_code(read_policy(win_in_folder("a\\b\\policy.json")), JD_OK, &fixture_err);
    open_to_all("a");
    check_code(read_policy(win_in_folder("a\\b\\policy.json")), JD_E_POLICY_UNTRUSTED, &fixture_err);
    check_true(strstr(fixture_err.text, "folder") != NULL);
    fixture_end();
}

TEST(os_policy_win, a_file_with_two_names_is_not_believed)
{
    fixture_begin();
    fixture_policy_put("{}", 2);
    if (!CreateHardLinkW(win_wide_path(win_in_folder("other")), win_wide_path(win_in_folder("policy.json")), NULL)) {
        check_skip("the volume gives no file a second name");
    }
    check_code(read_policy(win_in_folder("policy.json")), JD_E_POLICY_UNTRUSTED, &fixture_err);
    check_true(strstr(fixture_err.text, "more than one name") != NULL);
    fixture_end();
}

TEST(os_policy_win, what_is_no_file_of_this_machine_is_told_apart)
{
    static const struct {
        const char *name;
        enum jd_code expected;
    } cases[] = {
        {"folder", JD_E_POLICY_UNTRUSTED},
        {"nothing", JD_E_POLICY_MISSING},
        {"nothing\\policy.json", JD_E_POLICY_MISSING},
        {"file\\policy.json", JD_E_POLICY_MISSING},
        {"folder\\", JD_E_POLICY_MISSING},
    };
    fixture_begin();
    make_folder("folder");
    win_put_file(win_in_folder("file"), "{}", 2);
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        check_case("%s", cases[i].name);
        check_code(read_policy(win_in_folder(cases[i].name)), cases[i].expected, &fixture_err);
    }
    check_code(read_policy("\\\\server\\share\\policy.json"), JD_E_POLICY_UNTRUSTED, &fixture_err);
    check_code(read_policy("\\\\.\\pipe\\policy"), JD_E_POLICY_UNTRUSTED, &fixture_err);
    fixture_end();
}

TEST(os_policy_win, a_policy_is_not_read_while_it_is_written)
{
    const char *path;
    HANDLE writer;
    fixture_begin();
    path = fixture_policy_put("{}", 2);
    writer = CreateFileW(win_wide_path(path), GENERIC_WRITE, 7, NULL, OPEN_EXISTING, 0, NULL);
    check_true(writer != INVALID_HANDLE_VALUE);
    check_code(read_policy(path), JD_E_POLICY_UNTRUSTED, &fixture_err);
    CloseHandle(writer);
    check_code(read_policy(path), JD_OK, &fixture_err);
    fixture_end();
}

static enum jd_code open_state(void)
{
    struct os_state *state = NULL;
    enum jd_code code = os_state_open(fixture_state_folder(), &state, &fixture_err);
    os_state_close(state);
    return code;
}

TEST(os_state_win, a_folder_others_may_write_is_refused)
{
    fixture_begin();
    make_folder("state");
    open_to_all("state");
    check_code(open_state(), JD_E_STATE_UNAVAILABLE, &fixture_err);
    fixture_end();
}

TEST(os_state_win, what_is_no_folder_is_refused)
{
    fixture_begin();
    win_put_file(fixture_state_folder(), "x", 1);
    check_code(open_state(), JD_E_STATE_UNAVAILABLE, &fixture_err);
    fixture_end();
    fixture_begin();
    make_folder("state");
    win_put_file(win_in_folder("state\\pending"), "x", 1);
    check_code(open_state(), JD_E_STATE_UNAVAILABLE, &fixture_err);
    fixture_end();
    fixture_begin();
    make_folder("state");
    win_put_file(win_in_folder("state\\sequence"), "1234567", 7);
    check_code(open_state(), JD_E_STATE_UNAVAILABLE, &fixture_err);
    fixture_end();
}

TEST(os_state_win, a_folder_it_makes_is_closed_to_others)
{
    char sddl[1024];
    fixture_begin();
    check_code(open_state(), JD_OK, &fixture_err);
    check_code(open_state(), JD_OK, &fixture_err);
    win_get_sddl(win_wide_path(fixture_state_folder()), sddl, sizeof sddl);
    check_true(strstr(sddl, ";WD)") == NULL && strstr(sddl, ";BU)") == NULL && strstr(sddl, ";AU)") == NULL);
    win_get_sddl(win_wide_path(win_in_folder("state\\lock")), sddl, sizeof sddl);
    check_true(strstr(sddl, ";WD)") == NULL && strstr(sddl, ";BU)") == NULL);
    fixture_end();
}

TEST(os_audit_win, a_trail_others_may_write_is_refused)
{
    struct os_audit_options options;
    struct os_audit *audit = NULL;
    fixture_begin();
    options = (struct os_audit_options){.to_file = true, .file = win_in_folder("trail")};
    win_put_file(options.file, "", 0);
    open_to_all("trail");
    check_code(os_audit_open(&options, &audit, &fixture_err), JD_E_AUDIT_UNAVAILABLE, &fixture_err);
    check_true(audit == NULL);
    fixture_end();
}

TEST(os_audit_win, a_trail_is_taken_away_for_rotation_while_it_is_written)
{
    struct os_audit_options options;
    struct os_audit *audit = NULL;
    const struct os_audit_record record = {.id = 100, .level = OS_AUDIT_INFORMATION, .event = "started", .line = "{}"};
    fixture_begin();
    options = (struct os_audit_options){.to_file = true, .file = win_in_folder("trail")};
    check_ok(os_audit_open(&options, &audit, &fixture_err), &fixture_err);
    check_ok(os_audit_write(audit, &record, &fixture_err), &fixture_err);
    check_true(MoveFileW(win_wide_path(win_in_folder("trail")), win_wide_path(win_in_folder("trail.1"))));
    check_ok(os_audit_write(audit, &record, &fixture_err), &fixture_err);
    check_ok(os_audit_reopen(audit, &fixture_err), &fixture_err);
    check_ok(os_audit_write(audit, &record, &fixture_err), &fixture_err);
    os_audit_close(audit);
    check_int(fixture_audit_count(), 1);
    fixture_end();
}

TEST(os_audit_win, a_trail_that_cannot_be_made_is_refused)
{
    struct os_audit_options options;
    struct os_audit *audit = NULL;
    fixture_begin();
    make_folder("folder");
    options = (struct os_audit_options){.to_file = true, .file = win_in_folder("folder")};
    check_code(os_audit_open(&options, &audit, &fixture_err), JD_E_AUDIT_UNAVAILABLE, &fixture_err);
    options.file = win_in_folder("nothing\\trail");
    check_code(os_audit_open(&options, &audit, &fixture_err), JD_E_AUDIT_UNAVAILABLE, &fixture_err);
    options.file = "\\\\.\\pipe\\trail";
    check_code(os_audit_open(&options, &audit, &fixture_err), JD_E_AUDIT_UNAVAILABLE, &fixture_err);
    check_true(audit == NULL);
    fixture_end();
}
