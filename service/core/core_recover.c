/* SPDX-License-Identifier: MIT */
/*
 * After a crash: every pending journal entry is looked at again, put right, and gets its outcome record. A create that
 * was not finished is taken back (before), one that was stays (after); never between. Before the first request, loop
 * thread.
 */
#include "service/core/core_private.h"

/* How an interrupted change turned out. */
struct recovery {
    const char *outcome; /* a literal of docs/events.md */
    struct jd_err err;   /* why it is unknown; code JD_OK otherwise */
};

/* The journal names the folder it meant; another one at the same path is none of ours. */
static enum jd_code open_place(struct os_fs *fs, const struct journal_entry *entry, struct plan *plan,
                               struct jd_err *err)
{
    enum jd_code code = plan_parent(plan, fs, &entry->link, err);
    if (code != JD_OK) {
        return code;
    }
    if (!walk_id_equal(&plan->parent.ids[plan->parent.n - 1], &entry->parent)) {
        return jd_fail(err, JD_E_CHANGED_MEANWHILE, "recover", NULL);
    }
    return plan_leaf(plan, OS_USE_CHANGE, err);
}

/* A leaf that is still private was made by us and never published, whatever it holds: empty directory or junction. */
static const char *recover_create(struct plan *plan, const struct journal_entry *entry, struct jd_err *err)
{
    struct jd_winpath stored = {0};
    const char *outcome = "not_done";
    struct jd_err other;
    if (plan->leaf == NULL) {
        return "not_done";
    }
    if (plan->leaf_facts.is_private) {
        return os_fs_remove(walk_last(&plan->parent), plan->leaf, err) == JD_OK ? "taken_back" : "left";
    }
    if (plan->reparse != NULL && jd_reparse_target(plan->reparse, &stored, &other) == JD_OK &&
        jd_winpath_equal(&stored, &entry->target)) {
        outcome = "done";
    }
    jd_winpath_done(&stored);
    return outcome;
}

static const char *recover_remove(struct plan *plan)
{
    return plan->leaf == NULL ? "done" : "not_done";
}

static void look_again(struct os_fs *fs, const struct journal_entry *entry, struct recovery *out)
{
    struct plan plan = {0};
    *out = (struct recovery){.outcome = "unknown"};
    if (open_place(fs, entry, &plan, &out->err) == JD_OK) {
        if (entry->verb == VERB_create) {
            out->outcome = recover_create(&plan, entry, &out->err);
        } else if (entry->verb == VERB_remove) {
            out->outcome = recover_remove(&plan);
        }
    }
    plan_done(&plan);
}

static enum jd_code record_recovery(struct core *core, const struct journal_entry *entry, const struct recovery *how,
                                    struct jd_err *err)
{
    struct audit_draft draft;
    char detail[JD_ERR_TEXT_MAX * 2] = "";
    enum jd_code code;
    audit_draft_init(&draft, AUDIT_CHANGE_RECOVERED);
    audit_add(&draft, "request", entry->request);
    audit_add(&draft, "operation", verb_word(entry->verb));
    audit_add(&draft, "link", entry->link.text);
    audit_add(&draft, "target", entry->target.text);
    audit_add(&draft, "sid", entry->sid);
    audit_add(&draft, "policy", entry->policy);
    audit_add(&draft, "outcome", how->outcome);
    audit_add(&draft, "detail", how->err.code == JD_OK ? "" : jd_err_render(&how->err, detail, sizeof detail));
    code = audit_send(&core->sink, &draft, err);
    audit_draft_done(&draft);
    return code;
}

static enum jd_code recover_entry(struct core *core, const struct jd_buf *text, struct jd_err *err)
{
    struct journal_entry entry;
    struct recovery how;
    enum jd_code code;
    if (!journal_read(text->data, text->len, &entry)) {
        return JD_OK; /* cut short while being written: the change was never begun */
    }
    look_again(core->parts.fs, &entry, &how);
    code = record_recovery(core, &entry, &how, err);
    journal_entry_done(&entry);
    return code;
}

enum jd_code core_recover(struct core *core, struct jd_err *err)
{
    struct jd_buf text;
    uint64_t token = 0;
    enum jd_code code = JD_OK;
    jd_buf_init(&text, JD_LINE_MAX);
    while (code == JD_OK) {
        jd_buf_reset(&text);
        code = os_state_pending_next(core->parts.state, token, &token, &text, err);
        if (code == JD_OK) {
            code = recover_entry(core, &text, err);
        }
        if (code == JD_OK) {
            code = os_state_pending_drop(core->parts.state, token, err);
        }
    }
    jd_buf_done(&text);
    return code == JD_E_NOT_FOUND ? JD_OK : code;
}
