/* SPDX-License-Identifier: MIT */
/* The pending journal: what a crash leaves, cut short at every byte; and the small things records are made of. */
#include "tests/support/fault.h"
#include "tests/support/rig_core.h"
#include "tests/support/suite.h"

#include "service/core/audit.h"
#include "service/core/journal.h"
#include "service/core/tally.h"

#include <stdio.h>
#include <string.h>

#define LINK "C:\\jt\\links\\a"
#define TARGET "C:\\jt\\targets\\a"

static void die(void *context)
{
    (void)context;
    fake_crash();
}

/* Dies right before call; returns what the journal holds then. */
static void crash_create_at(struct rig *rig, const char *call, struct jd_buf *entry)
{
    uint64_t token;
    struct jd_err err;
    struct os_state *state;
    rig_init(rig, rig_reference_policy, NULL, 0);
    fault_begin();
    fault_do(call, 1, die, NULL);
    rig_call(rig, "junction.create", LINK, TARGET);
    fault_end();
    check_ok(os_state_open("state", &state, &err), &err);
    check_ok(os_state_pending_next(state, 0, &token, entry, &err), &err);
    os_state_close(state);
}

TEST(core_journal, an_entry_says_who_wanted_what_and_reads_back)
{
    struct rig rig;
    struct jd_buf text;
    struct journal_entry entry;
    jd_buf_init(&text, 65536);
    crash_create_at(&rig, "fs_make_directory", &text);
    check_true(journal_read(text.data, text.len, &entry));
    check_int(entry.verb, VERB_create);
    check_text(entry.link.text, LINK);
    check_text(entry.target.text, TARGET);
    check_text(entry.sid, "S-1-5-21-1-2-3-1001");
    journal_entry_done(&entry);
    rig_done(&rig);
    jd_buf_done(&text);
}

TEST(core_journal, an_entry_cut_short_at_any_byte_is_none)
{
    struct rig rig;
    struct jd_buf text;
    struct journal_entry entry;
    jd_buf_init(&text, 65536);
    crash_create_at(&rig, "fs_make_directory", &text);
    for (size_t len = 0; len < text.len; len++) {
        check_case("%zu of %zu bytes", len, text.len);
        check_false(journal_read(text.data, len, &entry));
    }
    rig_done(&rig);
    jd_buf_done(&text);
}

TEST(core_journal, a_start_with_an_entry_cut_short_drops_it_and_goes_on)
{
    struct rig rig;
    struct jd_err err;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    (void)fake_pending_add("{\"version\":1,\"ver", 16);
    check_ok(core_recover(rig.core, &err), &err);
    check_int(fake_pending_count(), 0);
    check_int(fake_audit_count(205), 0);
    rig_done(&rig);
}

static const struct {
    const char *call, *outcome, *kind, *why;
} deaths[] = {
    {"fs_make_directory", "not_done", "none", "before the leaf was made"},
    {"fs_set_reparse", "taken_back", "none", "an empty private directory is ours, and goes"},
    {"fs_publish", "taken_back", "none", "an unpublished junction is not done"},
};

TEST(core_journal, a_half_made_link_is_taken_back_at_the_next_start)
{
    for (size_t i = 0; i < JD_COUNT(deaths); i++) {
        struct rig rig;
        struct jd_buf text;
        struct jd_err err;
        size_t last;
        check_case("death before %s: %s", deaths[i].call, deaths[i].why);
        jd_buf_init(&text, 65536);
        crash_create_at(&rig, deaths[i].call, &text);
        check_ok(rig_restart(&rig, rig_reference_policy, &err), &err);
        check_text(fake_kind(LINK), deaths[i].kind);
        last = fake_audit_count(0) - 1;
        check_int(fake_audit_id(last), 205);
        check_text(fake_audit_field(last, "outcome"), deaths[i].outcome);
        check_int(fake_pending_count(), 0);
        rig_done(&rig);
        jd_buf_done(&text);
    }
}

TEST(core_journal, a_finished_link_stays_when_only_its_record_was_lost)
{
    struct rig rig;
    struct jd_err err;
    rig_init(&rig, rig_reference_policy, NULL, 0);
    fault_begin();
    fault_do("audit_write", 2, die, NULL);
    rig_call(&rig, "junction.create", LINK, TARGET);
    fault_end();
    check_ok(rig_restart(&rig, rig_reference_policy, &err), &err);
    check_text(fake_kind(LINK), "junction");
    check_text(fake_audit_field(fake_audit_count(0) - 1, "outcome"), "done");
    rig_done(&rig);
}

TEST(core_journal, another_folder_at_the_same_path_is_left_alone)
{
    struct rig rig;
    struct jd_buf text;
    struct jd_err err;
    jd_buf_init(&text, 65536);
    crash_create_at(&rig, "fs_set_reparse", &text);
    check_true(fake_rename("C:\\jt\\links", "C:\\jt\\old"));
    fake_mkdir(LINK);
    fake_set_private(LINK, true);
    check_ok(rig_restart(&rig, rig_reference_policy, &err), &err);
    check_text(fake_kind(LINK), "directory");
    check_text(fake_audit_field(fake_audit_count(0) - 1, "outcome"), "unknown");
    rig_done(&rig);
    jd_buf_done(&text);
}

TEST(core_journal, a_directory_somebody_else_made_meanwhile_is_left_alone)
{
    struct rig rig;
    struct jd_buf text;
    struct jd_err err;
    jd_buf_init(&text, 65536);
    crash_create_at(&rig, "fs_make_directory", &text);
    fake_mkdir(LINK);
    check_ok(rig_restart(&rig, rig_reference_policy, &err), &err);
    check_text(fake_kind(LINK), "directory");
    check_text(fake_audit_field(fake_audit_count(0) - 1, "outcome"), "not_done");
    rig_done(&rig);
    jd_buf_done(&text);
}

TEST(core_journal, recovery_that_cannot_be_recorded_keeps_the_entry)
{
    struct rig rig;
    struct jd_buf text;
    struct jd_err err;
    jd_buf_init(&text, 65536);
    crash_create_at(&rig, "fs_set_reparse", &text);
    fake_audit_refuse_from(1);
    check_code(rig_restart(&rig, rig_reference_policy, &err), JD_E_AUDIT_UNAVAILABLE, &err);
    check_int(fake_pending_count(), 1);
    fake_audit_refuse_from(0);
    check_ok(rig_restart(&rig, rig_reference_policy, &err), &err);
    check_int(fake_pending_count(), 0);
    rig_done(&rig);
    jd_buf_done(&text);
}

TEST(audit, times_are_utc_and_right_around_leap_days)
{
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {951782399999, "2000-02-28T23:59:59.999Z"},
        {951782400000, "2000-02-29T00:00:00.000Z"},
        {1709164800000, "2024-02-29T00:00:00.000Z"},
        {4107542400000, "2100-03-01T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        char buf[AUDIT_TIME_MAX];
        check_text(audit_time(cases[i].ms, buf), cases[i].text);
    }
}

TEST(audit, event_ids_are_unique_and_keep_to_their_ranges)
{
    for (int a = 0; a < AUDIT_EVENT_COUNT; a++) {
        check_true(audit_id((enum audit_event)a) >= 100 && audit_id((enum audit_event)a) < 1000);
        for (int b = 0; b < a; b++) {
            check_true(audit_id((enum audit_event)a) != audit_id((enum audit_event)b));
            check_true(strcmp(audit_word((enum audit_event)a), audit_word((enum audit_event)b)) != 0);
        }
    }
}

TEST(audit, a_long_value_ends_in_the_hash_of_the_whole)
{
    static char value[20000];
    struct audit_draft draft;
    memset(value, 'x', sizeof value - 1);
    audit_draft_init(&draft, AUDIT_STARTED);
    audit_add(&draft, "a", value);
    audit_add(&draft, "b", "short");
    check_int(strlen(draft.values.data), AUDIT_VALUE_MAX);
    check_true(strstr(draft.values.data, "...sha256:") != NULL);
    check_text(draft.values.data + draft.starts[1], "short");
    audit_draft_done(&draft);
}

TEST(tally, callers_beyond_the_table_share_a_row_and_memory_stays_bounded)
{
    static struct tally tally;
    struct tally_row row;
    size_t suppressed = 0;
    size_t rows = 0;
    memset(&tally, 0, sizeof tally);
    for (uint32_t uid = 0; uid < 1000; uid++) {
        struct jd_sid sid = jd_sid_posix_user(uid);
        for (int i = 0; i < 12; i++) {
            (void)tally_denial(&tally, &sid, 0);
        }
    }
    check_false(tally_take(&tally, TALLY_WINDOW_MS - 1, false, &row));
    while (tally_take(&tally, TALLY_WINDOW_MS, false, &row)) {
        suppressed += row.suppressed;
        rows++;
    }
    check_int(rows, TALLY_CALLERS_MAX + 1);
    check_int(suppressed, 1000 * 12 - (TALLY_CALLERS_MAX + 1) * TALLY_DENIALS_MAX);
}
