/* SPDX-License-Identifier: MIT */
/* create, inspect and remove through the whole core, on the fake. */
#include "tests/support/rig_core.h"
#include "tests/support/suite.h"

#include "service/core/audit.h"

#include <stdio.h>
#include <string.h>

#define LINK "C:\\jt\\links\\a"
#define TARGET "C:\\jt\\targets\\a"

static bool reply_has(const struct rig *rig, const char *text)
{
    return strstr(rig->reply, text) != NULL;
}

TEST(core, create_makes_a_junction_with_both_names)
{
    struct rig rig;
    char target[256];
    rig_init(&rig, rig_reference_policy, NULL, 0);
    rig_call(&rig, "junction.create", LINK, TARGET);
    rig_expect(&rig, NULL, NULL);
    check_true(reply_has(&rig, "\"changed\":true"));
    check_text(fake_kind(LINK), "junction");
    check_text(fake_target(LINK, target, sizeof target), "\\??\\C:\\jt\\targets\\a");
    rig_call(&rig, "junction.inspect", LINK, NULL);
    check_true(reply_has(&rig, "\"print_name\":\"C:\\\\jt\\\\targets\\\\a\""));
    check_true(reply_has(&rig, "\"kind\":\"junction\""));
    rig_done(&rig);
}

TEST(core, create_records_an_intent_before_and_an_outcome_after)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    rig_call(&rig, "junction.create", LINK, TARGET);
    check_int(fake_audit_count(0), 2);
    check_int(fake_audit_id(0), 200);
    check_int(fake_audit_id(1), 201);
    check_text(fake_audit_field(0, "rule"), "reference");
    check_text(fake_audit_field(0, "link"), LINK);
    check_text(fake_audit_field(1, "target"), TARGET);
    check_text(fake_audit_field(0, "request"), fake_audit_field(1, "request"));
    check_text(fake_audit_field(1, "outcome"), "done");
    check_int(fake_pending_count(), 0);
    rig_done(&rig);
}

TEST(core, created_link_is_the_services_own_unless_the_rule_says_caller)
{
    struct rig rig;
    struct os_facts facts;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    rig_call(&rig, "junction.create", LINK, TARGET);
    fake_get_facts(LINK, &facts);
    check_false(facts.is_private);
    check_false(facts.others_may_replace);
    rig_done(&rig);

    rig_init(&rig,
             "{\"version\":1,\"rules\":[{\"id\":\"own\",\"effect\":\"allow\",\"operations\":[\"create\"],"
             "\"principals\":[\"Everyone\"],"
             "\"link\":\"C:\\\\jt\\\\links\\\\*\",\"target\":\"C:\\\\jt\\\\targets\\\\*\",\"link_owner\":\"caller\"}]}",
             NULL, 0);
    rig_call(&rig, "junction.create", LINK, TARGET);
    fake_get_facts(LINK, &facts);
    check_true(facts.others_may_replace);
    rig_done(&rig);
}

TEST(core, names_are_told_as_they_stand_on_disk)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    rig_call(&rig, "junction.create", "c:\\JT\\LINKS\\New", "C:\\jt\\TARGETS\\A");
    rig_expect(&rig, NULL, NULL);
    check_true(reply_has(&rig, "\"link\":\"C:\\\\jt\\\\links\\\\New\""));
    check_true(reply_has(&rig, "\"target\":\"C:\\\\jt\\\\targets\\\\a\""));
    rig_done(&rig);
}

TEST(core, the_links_own_name_is_told_as_it_stands_too)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    fake_junction("C:\\jt\\links\\Current", TARGET);
    rig_call(&rig, "junction.inspect", "C:\\jt\\links\\CURRENT", NULL);
    check_true(reply_has(&rig, "\"link\":\"C:\\\\jt\\\\links\\\\Current\""));
    rig_call(&rig, "junction.remove", "C:\\jt\\links\\current", NULL);
    check_true(reply_has(&rig, "\"link\":\"C:\\\\jt\\\\links\\\\Current\""));
    check_text(fake_audit_field(0, "link"), "C:\\jt\\links\\Current");
    rig_done(&rig);
}

TEST(core, a_link_in_the_making_is_in_use)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    fake_mkdir(LINK);
    fake_set_private(LINK, true);
    rig_call(&rig, "junction.create", LINK, TARGET);
    rig_expect(&rig, "in_use", "being_made");
    rig_done(&rig);
}

/* What stands in the way, and the word each gets. */
static void build_obstacles(void)
{
    fake_mkdir("C:\\jt\\links\\dir");
    fake_mkdir("C:\\jt\\links\\full_dir\\inner");
    fake_mkfile("C:\\jt\\links\\file");
    fake_junction("C:\\jt\\links\\same", TARGET);
    fake_junction("C:\\jt\\links\\other", "C:\\elsewhere");
    fake_symlink("C:\\jt\\links\\symlink", "C:\\elsewhere");
    fake_mount_point("C:\\jt\\links\\volume", "\\??\\Volume{01234567-89ab-cdef-0123-456789abcdef}\\", "");
    fake_junction("C:\\jt\\links\\dangling", "C:\\nowhere");
    fake_mkdir("C:\\jt\\links\\Longish Directory");
    fake_alias("C:\\jt\\links\\Longish Directory", "LONGIS~1");
    fake_mkdir("C:\\jt\\links\\casesens");
    fake_set_case_sensitive("C:\\jt\\links\\casesens", true);
    fake_mkdir("C:\\jt\\links\\noaccess");
    fake_set_access_denied("C:\\jt\\links\\noaccess", true);
    fake_mkdir("C:\\jt\\links\\deleting");
    fake_set_delete_pending("C:\\jt\\links\\deleting", true);
    fake_mkdir("C:\\jt\\links\\locked");
    fake_set_in_use("C:\\jt\\links\\locked", true);
    fake_mkfile("C:\\jt\\targets\\file.txt");
    fake_symlink("C:\\jt\\targets\\symlink", "C:\\elsewhere");
    fake_junction("C:\\jt\\targets\\chain", TARGET);
    fake_mkdir("C:\\jt\\targets\\open\\inner");
    fake_set_others_may_delete_children("C:\\jt\\targets\\open", true);
    fake_mkdir("C:\\jt\\targets\\owned");
    fake_set_others_may_replace("C:\\jt\\targets\\owned", true);
}

static const struct {
    const char *link, *target, *word, *reason, *why;
} refused_creates[] = {
    {"C:\\jt\\links\\same", TARGET, "link_exists", "same_target", "already done"},
    {"C:\\jt\\links\\other", TARGET, "link_exists", "other_target", "points elsewhere"},
    {"C:\\jt\\links\\dangling", TARGET, "link_exists", "other_target", "no directory is made at its target"},
    {"C:\\jt\\links\\dir", TARGET, "directory_exists", NULL, "an empty directory is not ours to turn"},
    {"C:\\jt\\links\\full_dir", TARGET, "directory_exists", NULL, "nor a full one"},
    {"C:\\jt\\links\\file", TARGET, "file_exists", NULL, "a file"},
    {"C:\\jt\\links\\symlink", TARGET, "reparse_point_exists", "symbolic_link", "a symbolic link"},
    {"C:\\jt\\links\\volume", TARGET, "reparse_point_exists", "volume_mount_point", "a mounted volume"},
    {"C:\\jt\\links\\missing\\x", TARGET, "parent_not_found", NULL, "parents are not made"},
    {"C:\\jt\\links\\file\\x", TARGET, "parent_not_directory", NULL, "a file on the way"},
    {"C:\\jt\\links\\other\\x", TARGET, "reparse_point_in_path", NULL, "a junction on the way"},
    {"C:\\jt\\links\\symlink\\x", TARGET, "reparse_point_in_path", NULL, "a symbolic link on the way"},
    {"C:\\jt\\links\\LONGIS~1\\x", TARGET, "name_mismatch", NULL, "an 8.3 alias is not the name"},
    {"C:\\jt\\links\\LONGIS~1", TARGET, "name_mismatch", NULL, "an 8.3 alias at the leaf"},
    {"C:\\jt\\links\\casesens\\Foo", TARGET, "case_conflict", "case_sensitive_directory", "Foo and foo are two"},
    {"C:\\jt\\links\\noaccess\\x", TARGET, "access_denied", NULL, "the volume refuses the service"},
    {"C:\\jt\\links\\deleting\\x", TARGET, "delete_pending", NULL, "an ancestor is going away"},
    {"C:\\jt\\links\\locked\\x", TARGET, "in_use", NULL, "another program holds it"},
    {"C:\\jt\\links\\new", "C:\\jt\\targets\\missing", "target_not_found", NULL, "no target"},
    {"C:\\jt\\links\\new", "C:\\jt\\targets\\missing\\deeper", "target_not_found", NULL, "no target, further up"},
    {"C:\\jt\\links\\new", "C:\\jt\\targets\\file.txt", "target_not_directory", NULL, "a file as target"},
    {"C:\\jt\\links\\new", "C:\\jt\\targets\\file.txt\\x", "target_not_directory", NULL, "a file on the target's way"},
    {"C:\\jt\\links\\new", "C:\\jt\\targets\\symlink", "target_is_reparse_point", NULL, "a symbolic link as target"},
    {"C:\\jt\\links\\new", "C:\\jt\\targets\\chain", "target_is_reparse_point", NULL, "no chains"},
    {"C:\\jt\\links\\new", "C:\\jt\\targets\\chain\\x", "target_is_reparse_point", NULL, "nor through one"},
    {"C:\\jt\\links\\new", "C:\\jt\\targets\\open\\inner", "denied", "no_rule", "others could swap the target"},
    {"C:\\jt\\links\\new", "C:\\jt\\targets\\owned", "denied", "no_rule", "its owner could re-permission the target"},
    {"C:\\jt\\links\\new", "C:\\elsewhere", "denied", "no_rule", "a target outside"},
    {"C:\\jt\\links2\\new", TARGET, "denied", "no_rule", "a sibling with the same beginning"},
    {"C:\\jt\\links", TARGET, "denied", "no_rule", "the root of the pattern itself"},
    {"C:\\jt\\links\\x", "C:\\jt\\links\\x", "denied", NULL, "a loop"},
    {"C:\\jt\\links\\x", "C:\\jt\\links", "denied", NULL, "the target contains the link"},
    {"E:\\x", TARGET, "denied", "no_rule", "a volume nobody allows"},
};

TEST(core, create_refuses_each_obstacle_with_its_own_word_and_leaves_no_trace)
{
    struct rig rig;
    struct jd_buf before, after;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    build_obstacles();
    jd_buf_init(&before, 1u << 20);
    jd_buf_init(&after, 1u << 20);
    fake_dump(&before);
    for (size_t i = 0; i < JD_COUNT(refused_creates); i++) {
        check_case("%s -> %s: %s", refused_creates[i].link, refused_creates[i].target, refused_creates[i].why);
        rig_call(&rig, "junction.create", refused_creates[i].link, refused_creates[i].target);
        rig_expect(&rig, refused_creates[i].word, refused_creates[i].reason);
        jd_buf_reset(&after);
        fake_dump(&after);
        check_text(after.data, before.data);
        check_int(fake_pending_count(), 0);
    }
    check_int(fake_audit_count(200), 0); /* nothing was even begun */
    jd_buf_done(&before);
    jd_buf_done(&after);
    rig_done(&rig);
}

static const struct {
    void (*set)(char letter, bool value);
    bool value;
    const char *word;
} volumes[] = {
    {fake_set_ntfs, false, "volume_not_ntfs"},
    {fake_set_protected, false, "volume_unprotected"},
    {fake_set_takes_reparse_points, false, "volume_unsupported"},
    {fake_set_read_only, true, "read_only"},
    {fake_set_gone, true, "io_error"},
};

TEST(core, a_volume_that_cannot_take_a_junction_is_told_before_anything_is_made)
{
    for (size_t i = 0; i < JD_COUNT(volumes); i++) {
        struct rig rig;
        check_case("%s", volumes[i].word);
        rig_init(&rig, rig_reference_policy, NULL, 0);
        volumes[i].set('C', volumes[i].value);
        rig_call(&rig, "junction.create", LINK, TARGET);
        rig_expect(&rig, volumes[i].word, NULL);
        check_int(fake_audit_count(202), volumes[i].set == fake_set_takes_reparse_points ? 1 : 0);
        volumes[i].set('C', !volumes[i].value);
        check_false(fake_exists(LINK));
        rig_done(&rig);
    }
}

TEST(core, a_full_volume_leaves_nothing_whether_the_leaf_or_its_data_does_not_fit)
{
    for (int64_t space = 0; space < 2; space++) {
        struct rig rig;
        check_case("%d objects of space", (int)space);
        rig_init(&rig, rig_reference_policy, NULL, 0);
        fake_set_space('C', space);
        rig_call(&rig, "junction.create", LINK, TARGET);
        rig_expect(&rig, "no_space", NULL);
        check_false(fake_exists(LINK));
        check_int(fake_audit_count(200), 1);
        check_int(fake_audit_count(202), 1);
        check_int(fake_pending_count(), 0);
        rig_done(&rig);
    }
}

TEST(core, a_missing_target_is_allowed_where_a_rule_says_any)
{
    struct rig rig;
    rig_init(&rig,
             "{\"version\":1,\"rules\":[{\"id\":\"any\",\"effect\":\"allow\",\"operations\":[\"create\"],"
             "\"principals\":[\"Everyone\"],"
             "\"link\":\"C:\\\\jt\\\\links\\\\*\",\"target\":\"C:\\\\jt\\\\targets\\\\*\",\"target_state\":\"any\","
             "\"target_writers\":\"anyone\"}]}",
             NULL, 0);
    fake_mkfile("C:\\jt\\targets\\file");
    rig_call(&rig, "junction.create", LINK, "C:\\jt\\targets\\later");
    rig_expect(&rig, NULL, NULL);
    check_text(fake_kind(LINK), "junction");
    rig_call(&rig, "junction.create", "C:\\jt\\links\\b", "C:\\jt\\targets\\file");
    rig_expect(&rig, "target_not_directory", NULL);
    rig_done(&rig);
}

TEST(core, who_is_denied_is_not_told_what_exists)
{
    struct rig rig;
    char absent[512];
    char present[512];
    rig_init(&rig, rig_reference_policy, NULL, 0);
    fake_mkdir("C:\\secret\\there");
    snprintf(absent, sizeof absent, "%s", rig_call(&rig, "junction.inspect", "C:\\secret\\gone", NULL));
    snprintf(present, sizeof present, "%s", rig_call(&rig, "junction.inspect", "C:\\secret\\there", NULL));
    *strstr(absent, "\"request\"") = '\0';
    *strstr(present, "\"request\"") = '\0';
    check_text(absent, present);
    rig_done(&rig);
}

TEST(core, remove_takes_the_junction_and_nothing_else)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    fake_mkfile("C:\\jt\\targets\\a\\precious");
    fake_junction(LINK, TARGET);
    rig_call(&rig, "junction.remove", LINK, NULL);
    rig_expect(&rig, NULL, NULL);
    check_false(fake_exists(LINK));
    check_true(fake_exists("C:\\jt\\targets\\a\\precious"));
    check_int(fake_audit_count(201), 1);
    check_text(fake_audit_field(1, "target"), TARGET);
    rig_call(&rig, "junction.remove", LINK, NULL);
    rig_expect(&rig, "not_found", NULL);
    rig_done(&rig);
}

static const struct {
    const char *link, *word, *reason, *why;
} refused_removes[] = {
    {"C:\\jt\\links\\dir", "not_a_junction", "directory", "an empty directory stays"},
    {"C:\\jt\\links\\full_dir", "not_a_junction", "directory", "nothing is enumerated"},
    {"C:\\jt\\links\\file", "not_a_junction", "file", "a file stays"},
    {"C:\\jt\\links\\symlink", "not_a_junction", "symbolic_link", "a symbolic link is not ours"},
    {"C:\\jt\\links\\volume", "not_a_junction", "volume_mount_point", "a mounted volume is never removed"},
    {"C:\\jt\\links\\other", "denied", "no_rule", "its stored target lies outside every rule"},
    {"C:\\jt\\links\\odd", "denied", "no_rule", "a stored target that is no path matches no rule"},
    {"C:\\jt\\links\\nothing", "not_found", NULL, "nothing there"},
    {"C:\\jt\\links\\other\\x", "reparse_point_in_path", NULL, "never through a junction"},
};

TEST(core, remove_refuses_what_is_not_an_allowed_junction)
{
    struct rig rig;
    struct jd_buf before, after;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    build_obstacles();
    fake_mount_point("C:\\jt\\links\\odd", "\\??\\UNC\\server\\share", "\\\\server\\share");
    jd_buf_init(&before, 1u << 20);
    jd_buf_init(&after, 1u << 20);
    fake_dump(&before);
    for (size_t i = 0; i < JD_COUNT(refused_removes); i++) {
        check_case("%s: %s", refused_removes[i].link, refused_removes[i].why);
        rig_call(&rig, "junction.remove", refused_removes[i].link, NULL);
        rig_expect(&rig, refused_removes[i].word, refused_removes[i].reason);
    }
    fake_dump(&after);
    check_text(after.data, before.data);
    jd_buf_done(&before);
    jd_buf_done(&after);
    rig_done(&rig);
}

static const struct {
    const char *link, *kind, *state, *why;
} inspected[] = {
    {"C:\\jt\\links\\nothing", "nothing", NULL, "an absence is an answer"},
    {"C:\\jt\\links\\file", "file", NULL, "a file"},
    {"C:\\jt\\links\\dir", "directory", NULL, "a directory"},
    {"C:\\jt\\links\\symlink", "symbolic_link", NULL, "a symbolic link"},
    {"C:\\jt\\links\\volume", "volume_mount_point", NULL, "a mounted volume"},
    {"C:\\jt\\links\\inside", "junction", "ok", "its target may be looked at"},
    {"C:\\jt\\links\\gone", "junction", "missing", "its target may be looked at, and is not there"},
    {"C:\\jt\\links\\to_file", "junction", "not_a_directory", "leads to a file"},
    {"C:\\jt\\links\\self", "junction", "loop", "leads to itself"},
    {"C:\\jt\\links\\same", "junction", "unknown", "no rule lets this caller read at its target"},
};

TEST(core, inspect_tells_what_stands_there)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    build_obstacles();
    fake_mkdir("C:\\jt\\links\\target");
    fake_junction("C:\\jt\\links\\inside", "C:\\jt\\links\\target");
    fake_junction("C:\\jt\\links\\gone", "C:\\jt\\links\\nowhere");
    fake_junction("C:\\jt\\links\\to_file", "C:\\jt\\links\\file");
    fake_junction("C:\\jt\\links\\self", "C:\\jt\\links\\self");
    for (size_t i = 0; i < JD_COUNT(inspected); i++) {
        char part[96];
        check_case("%s: %s", inspected[i].link, inspected[i].why);
        rig_call(&rig, "junction.inspect", inspected[i].link, NULL);
        rig_expect(&rig, NULL, NULL);
        snprintf(part, sizeof part, "\"kind\":\"%s\"", inspected[i].kind);
        check_true(reply_has(&rig, part));
        snprintf(part, sizeof part, "\"target_state\":\"%s\"", inspected[i].state ? inspected[i].state : "");
        check_int(reply_has(&rig, part), inspected[i].state != NULL);
    }
    check_int(fake_audit_count(0), 0); /* allowed reads are summarised, not recorded one by one */
    rig_done(&rig);
}

TEST(core, inspect_gives_a_name_with_a_lone_surrogate_exactly)
{
    /* \??\C:\<D800> with an empty print name (MS-FSCC 2.1.2.5). */
    static const uint8_t data[] = {0x03, 0x00, 0x00, 0xA0, 0x1A, 0, 0,    0,    0,   0, 0x0E + 2, 0,
                                   0x12, 0,    0,    0,    '\\', 0, '?',  0,    '?', 0, '\\',     0,
                                   'C',  0,    ':',  0,    '\\', 0, 0x00, 0xD8, 0,   0, 0,        0};
    struct rig rig;
    uint8_t sized[sizeof data];
    memcpy(sized, data, sizeof data);
    sized[4] = (uint8_t)(sizeof data - 8);
    rig_init(&rig, rig_reference_policy, NULL, 0);
    fake_reparse(LINK, sized, sizeof sized);
    rig_call(&rig, "junction.inspect", LINK, NULL);
    check_true(reply_has(&rig, "\"target_utf16\":\"5c003f003f005c0043003a005c0000d8\""));
    check_true(reply_has(&rig, "\"target_state\":\"unknown\""));
    rig_done(&rig);
}

TEST(core, a_refusing_sink_means_no_change)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    fake_audit_refuse_from(1);
    rig_call(&rig, "junction.create", LINK, TARGET);
    rig_expect(&rig, "audit_unavailable", NULL);
    check_false(fake_exists(LINK));
    check_int(fake_pending_count(), 0);
    rig_done(&rig);
}

TEST(core, a_refused_outcome_is_kept_and_stops_further_changes_until_it_is_taken)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    fake_audit_refuse_id(201);
    rig_call(&rig, "junction.create", LINK, TARGET);
    rig_expect(&rig, NULL, NULL); /* it was done, and says so */
    check_int(fake_pending_count(), 1);
    rig_call(&rig, "junction.create", "C:\\jt\\links\\b", TARGET);
    rig_expect(&rig, "audit_unavailable", "degraded");
    rig_call(&rig, "junction.inspect", LINK, NULL);
    rig_expect(&rig, NULL, NULL);
    fake_audit_refuse_id(0);
    core_tick(rig.core);
    check_int(fake_audit_count(201), 1);
    check_int(fake_pending_count(), 0);
    rig_call(&rig, "junction.create", "C:\\jt\\links\\b", TARGET);
    rig_expect(&rig, NULL, NULL);
    rig_done(&rig);
}

TEST(core, a_change_without_an_id_is_not_carried_out_but_recorded)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    fake_junction(LINK, TARGET);
    rig_ask(&rig,
            "{\"jsonrpc\":\"2.0\",\"method\":\"junction.remove\",\"params\":{\"link\":\"C:\\\\jt\\\\links\\\\a\"}}");
    check_text(rig.reply, "");
    check_true(fake_exists(LINK));
    check_int(fake_audit_count(501), 1);
    rig_done(&rig);
}

TEST(core, denials_of_one_caller_are_recorded_up_to_a_rate_then_counted)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    fake_clock_set(1000, 1790000000000);
    for (int i = 0; i < 25; i++) {
        rig_call(&rig, "junction.remove", "C:\\elsewhere\\x", NULL);
        rig_expect(&rig, "denied", NULL);
    }
    check_int(fake_audit_count(300), 10);
    core_tick(rig.core);
    check_int(fake_audit_count(301), 0);
    fake_clock_advance(60000);
    core_tick(rig.core);
    check_int(fake_audit_count(301), 1);
    check_text(fake_audit_field(10, "count"), "15");
    rig_done(&rig);
}

TEST(core, changes_are_never_left_out_of_the_trail)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    for (int i = 0; i < 50; i++) {
        rig_call(&rig, "junction.create", LINK, TARGET);
        rig_call(&rig, "junction.remove", LINK, NULL);
    }
    check_int(fake_audit_count(200), 100);
    check_int(fake_audit_count(201), 100);
    rig_done(&rig);
}

TEST(core, allowed_reads_are_summarised_each_minute)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    fake_clock_set(1000, 1790000000000);
    for (int i = 0; i < 7; i++) {
        rig_call(&rig, "junction.inspect", LINK, NULL);
    }
    fake_clock_advance(60000);
    core_tick(rig.core);
    check_int(fake_audit_count(311), 1);
    check_text(fake_audit_field(0, "count"), "7");
    rig_done(&rig);
}

TEST(core, without_a_policy_every_junction_operation_says_so)
{
    struct rig rig;
    rig_init(&rig, NULL, NULL, 0);
    rig_call(&rig, "junction.inspect", LINK, NULL);
    rig_expect(&rig, "policy_unavailable", NULL);
    rig_ask(&rig, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"service.status\"}");
    check_true(reply_has(&rig, "\"state\":\"policy_unavailable\""));
    rig_done(&rig);
}

TEST(core, status_tells_why_a_policy_was_refused)
{
    static const char status[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"service.status\"}";
    struct rig rig;
    struct jd_err err;
    struct jd_err why;
    struct os_caller admin = fake_caller_user(500);
    admin.is_administrator = true;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    check_false(rig_ask(&rig, status) == NULL || reply_has(&rig, "policy_refused"));
    (void)jd_fail_text(&why, JD_E_POLICY_INVALID, "load policy", NULL, "rule secret");
    check_ok(core_record_policy(rig.core, "/p", &why, &err), &err);
    rig_ask(&rig, status);
    check_true(reply_has(&rig, "\"policy_refused\":{\"word\":\"policy_invalid\"}"));
    rig_ask_as(&rig, &admin, status);
    check_true(reply_has(&rig, "rule secret"));
    check_ok(core_record_policy(rig.core, "/p", NULL, &err), &err);
    rig_ask(&rig, status);
    check_false(reply_has(&rig, "policy_refused"));
    os_caller_done(&admin);
    rig_done(&rig);
}

TEST(core, a_start_that_fails_leaves_a_record_with_or_without_state)
{
    struct rig rig;
    struct jd_err err;
    struct jd_err why;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    (void)jd_fail_text(&why, JD_E_ENDPOINT_UNUSABLE, "open endpoint", NULL, "taken");
    check_ok(core_record_start_failed(rig.audit, rig.state, "endpoint", "/e", &why, &err), &err);
    check_ok(core_record_start_failed(rig.audit, NULL, "state", NULL, &why, &err), &err);
    check_int(fake_audit_count(102), 2);
    rig_done(&rig);
}

TEST(core, a_refused_kind_of_caller_is_denied_whatever_the_rules_say)
{
    struct rig rig;
    struct os_caller sandboxed = fake_caller_user(1001);
    rig_init(&rig, rig_reference_policy, NULL, 0);
    sandboxed.refused = "app_container";
    rig_ask_as(&rig, &sandboxed,
               "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"junction.inspect\",\"params\":{\"link\":\"C:"
               "\\\\jt\\\\links\\\\a\"}}");
    rig_expect(&rig, "denied", "caller_refused");
    os_caller_done(&sandboxed);
    rig_done(&rig);
}

TEST(core, info_tells_the_caller_who_he_is)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    rig_ask(&rig, "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"service.info\"}");
    check_true(reply_has(&rig, "\"sid\":\"S-1-5-21-1-2-3-1001\""));
    check_true(reply_has(&rig, "\"junction.create\""));
    check_true(reply_has(&rig, "\"id\":\"x\""));
    rig_done(&rig);
}

TEST(core, hostile_names_cannot_forge_a_record)
{
    struct rig rig;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    rig_call(&rig, "junction.create",
             "C:\\jt\\links\\a\xE2\x80\xAE"
             "b\xE2\x80\xA8"
             "c",
             TARGET);
    rig_expect(&rig, NULL, NULL);
    check_text(fake_audit_field(0, "link"), "C:\\jt\\links\\a<U+202E>b<U+2028>c");
    check_true(strchr(fake_audit_line(0), '\n') == NULL);
    rig_done(&rig);
}
