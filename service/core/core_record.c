/* SPDX-License-Identifier: MIT */
/* The records of requests. docs/events.md lists the fields; their order is that of the Event Log's insertion strings.
 */
#include "service/core/core_private.h"

#include "service/os/os_clock.h"

#include <stdlib.h>

static enum audit_event outcome_event(enum step_state state)
{
    switch (state) {
    case STEP_DONE:
        return AUDIT_CHANGE_DONE;
    case STEP_UNDONE:
        return AUDIT_CHANGE_UNDONE;
    case STEP_UNDO_FAILED:
        return AUDIT_CHANGE_UNDO_FAILED;
    case STEP_WAITING:
    case STEP_BEGUN:
    case STEP_FAILED:
        break;
    }
    return AUDIT_CHANGE_FAILED;
}

/* The fields every record of a step has: who asked for what, on which objects, and by which rule. */
static void add_step(struct audit_draft *draft, const struct request *request, const struct step *step)
{
    const struct plan *plan = &step->plan;
    const char *link = plan->link.text != NULL ? plan->link.text : step->link->text;
    const char *asked_target = step->target == NULL ? NULL : step->target->text;
    audit_add(draft, "request", request->id);
    audit_add(draft, "operation", verb_word(step->kind->verb));
    audit_add(draft, "link", link);
    audit_add(draft, "target", plan->target.text != NULL ? plan->target.text : asked_target);
    audit_add_caller(draft, &request->caller);
    audit_add(draft, "verdict", step->verdict.allowed ? "allowed" : "denied");
    audit_add(draft, "rule", step->verdict.rule);
    audit_add(draft, "policy", policy_hash(request->policy));
}

enum jd_code record_intent(struct request *request, const struct step *step, struct jd_err *err)
{
    struct audit_draft draft;
    enum jd_code code;
    audit_draft_init(&draft, AUDIT_CHANGE_INTENT);
    add_step(&draft, request, step);
    code = audit_send(&request->core->sink, &draft, err);
    audit_draft_done(&draft);
    return code;
}

static void drop_journal(struct os_state *state, uint64_t token)
{
    struct jd_err err;
    if (token != 0 && os_state_pending_drop(state, token, &err) != JD_OK) {
        return; /* it is looked at again at the next start: one record more, nothing lost */
    }
}

/* Hands a refused outcome over, to be tried again. Without memory for it the journal entry alone remembers. */
static void keep(struct request *request, struct audit_draft *draft, uint64_t journal)
{
    struct kept_record *kept = malloc(sizeof *kept);
    if (kept == NULL) {
        audit_draft_done(draft);
        return;
    }
    *kept = (struct kept_record){request->kept, *draft, journal};
    request->kept = kept;
}

void record_outcome(struct request *request, struct step *step)
{
    struct audit_draft draft;
    struct jd_err err;
    char detail[JD_ERR_TEXT_MAX * 2] = "";
    /* What could not be taken back stays in the journal for the next start. */
    bool is_left = step->state == STEP_UNDO_FAILED || step->err.code == JD_E_UNDO_INCOMPLETE;
    uint64_t token = is_left ? 0 : step->journal;
    audit_draft_init(&draft, is_left ? AUDIT_CHANGE_UNDO_FAILED : outcome_event(step->state));
    add_step(&draft, request, step);
    audit_add(&draft, "outcome", step->err.code == JD_OK ? "done" : jd_code_word(step->err.code));
    audit_add(&draft, "detail", step->err.code == JD_OK ? "" : jd_err_render(&step->err, detail, sizeof detail));
    if (audit_send(&request->core->sink, &draft, &err) == JD_OK) {
        audit_draft_done(&draft);
        drop_journal(request->core->parts.state, token);
    } else {
        keep(request, &draft, token);
    }
}

void record_kept(struct core *core)
{
    struct jd_err err;
    while (core->kept != NULL && audit_send(&core->sink, &core->kept->draft, &err) == JD_OK) {
        struct kept_record *sent = core->kept;
        core->kept = sent->next;
        drop_journal(core->parts.state, sent->journal);
        audit_draft_done(&sent->draft);
        free(sent);
    }
}

static void send_and_forget(struct core *core, struct audit_draft *draft)
{
    struct jd_err err;
    if (audit_send(&core->sink, draft, &err) != JD_OK) {
        core->audit_failures++;
    }
    audit_draft_done(draft);
}

void record_denied(struct core *core, const struct request *request)
{
    struct audit_draft draft;
    const struct step *step = request->denied != NULL ? request->denied : &request->steps.items[0];
    audit_draft_init(&draft, AUDIT_DENIED);
    add_step(&draft, request, step);
    audit_add(&draft, "reason", request->err.reason);
    send_and_forget(core, &draft);
}

void record_read(struct core *core, const struct request *request)
{
    struct audit_draft draft;
    enum policy_reads reads = policy_get_audit(request->policy)->reads;
    if (request->op->row->kind != JD_OP_READ || reads == POLICY_READS_NONE) {
        return;
    }
    if (reads == POLICY_READS_SUMMARY) {
        tally_read(&core->tally, &request->caller.user, os_clock_monotonic_ms());
        return;
    }
    audit_draft_init(&draft, AUDIT_READ);
    add_step(&draft, request, &request->steps.items[0]);
    send_and_forget(core, &draft);
}

void record_silent_change(struct core *core, const struct request *request)
{
    struct audit_draft draft;
    if (!tally_denial(&core->tally, &request->caller.user, os_clock_monotonic_ms())) {
        return;
    }
    audit_draft_init(&draft, AUDIT_NOTIFICATION_REFUSED);
    audit_add(&draft, "request", request->id);
    audit_add(&draft, "method", request->op->row->method);
    audit_add_caller(&draft, &request->caller);
    send_and_forget(core, &draft);
}

static void record_row(struct core *core, const struct tally_row *row, enum audit_event event, uint64_t count)
{
    struct audit_draft draft;
    char sid[JD_SID_TEXT_MAX];
    if (count == 0) {
        return;
    }
    audit_draft_init(&draft, event);
    audit_add(&draft, "sid", row->sid.n_subs == 0 ? "others" : jd_sid_format(&row->sid, sid));
    audit_add_number(&draft, "count", (int64_t)count);
    send_and_forget(core, &draft);
}

void record_rows(struct core *core, bool all)
{
    struct tally_row row;
    while (tally_take(&core->tally, os_clock_monotonic_ms(), all, &row)) {
        record_row(core, &row, AUDIT_DENIALS_SUPPRESSED, row.suppressed);
        record_row(core, &row, AUDIT_READS, row.reads);
    }
}
