/* SPDX-License-Identifier: MIT */
#include "tests/support/rig_core.h"

#include "protocol/reply.h"
#include "service/core/audit.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

const char *const rig_reference_policy =
    "{\"version\":1,\"rules\":[{\"id\":\"reference\",\"effect\":\"allow\",\"operations\":[\"create\",\"inspect\","
    "\"remove\"],"
    "\"principals\":[\"Everyone\"],\"link\":\"C:\\\\jt\\\\links\\\\**\",\"target\":\"C:\\\\jt\\\\targets\\\\**\"},"
    "{\"id\":\"data\",\"effect\":\"allow\",\"operations\":[\"create\",\"remove\"],\"principals\":[\"Everyone\"],"
    "\"link\":\"C:\\\\jt\\\\links\\\\**\",\"target\":\"D:\\\\data\\\\**\"}]}";

void rig_world(void)
{
    fake_reset();
    fake_volume('C');
    fake_volume('D');
    fake_mkdir("C:\\jt\\links");
    fake_mkdir("C:\\jt\\targets\\a");
    fake_mkdir("D:\\data");
}

void rig_open(struct rig *rig, const char *policy_text, const struct op *const *ops, size_t n_ops)
{
    static const struct os_audit_options options = {false, NULL};
    struct core_parts parts = {.ops = ops, .n_ops = n_ops};
    struct policy *policy;
    struct jd_err err;
    memset(rig, 0, sizeof *rig);
    check_ok(fake_open_fs(&rig->fs, &err), &err);
    check_ok(os_audit_open(&options, &rig->audit, &err), &err);
    check_ok(os_state_open("state", &rig->state, &err), &err);
    parts.fs = rig->fs;
    parts.audit = rig->audit;
    parts.state = rig->state;
    check_ok(core_new(&parts, &rig->core, &err), &err);
    if (policy_text != NULL) {
        check_ok(policy_load(policy_text, strlen(policy_text), &policy, &err), &err);
        core_set_policy(rig->core, policy);
    }
}

void rig_init(struct rig *rig, const char *policy_text, const struct op *const *ops, size_t n_ops)
{
    rig_world();
    rig_open(rig, policy_text, ops, n_ops);
}

/* The names of a record's own fields, from its line: what follows "level". Each value is a string. */
static void list_fields(const char *line, struct jd_buf *out)
{
    const char *at = strstr(line, "\"level\":\"");
    size_t n = 0; /* strings since: the level itself, then names and values in turn */
    for (at += strlen("\"level\":"); *at != '\0'; at++) {
        const char *start = at;
        if (*at != '"') {
            continue;
        }
        for (at++; *at != '"'; at++) {
            at += *at == '\\';
        }
        if (n++ % 2 == 1) {
            jd_buf_add_text(out, out->len == 0 ? "" : " ");
            jd_buf_add(out, start + 1, (size_t)(at - start - 1));
        }
    }
}

/* Whatever was recorded has the fields that its event is said to have, in that order (service/core/audit_fields.h). */
static void check_records(void)
{
    static const struct {
        enum audit_event event;
        const char *fields;
    } rows[] = {
#define AUDIT_FIELDS(NAME, fields) {AUDIT_##NAME, fields},
#include "service/core/audit_fields.h"
#undef AUDIT_FIELDS
    };
    for (size_t i = 0; i < fake_audit_count(0); i++) {
        struct jd_buf names;
        jd_buf_init(&names, 1024);
        list_fields(fake_audit_line(i), &names);
        for (size_t j = 0; j < JD_COUNT(rows); j++) {
            if (audit_id(rows[j].event) == fake_audit_id(i)) {
                check_case("record %u", (unsigned)fake_audit_id(i));
                check_text(names.data == NULL ? "" : names.data, rows[j].fields);
            }
        }
        jd_buf_done(&names);
    }
}

void rig_done(struct rig *rig)
{
    check_records();
    core_free(rig->core);
    os_state_close(rig->state);
    os_audit_close(rig->audit);
    os_fs_close(rig->fs);
    memset(rig, 0, sizeof *rig);
}

enum jd_code rig_restart(struct rig *rig, const char *policy_text, struct jd_err *err)
{
    fake_crash();
    rig_done(rig);
    rig_open(rig, policy_text, NULL, 0);
    return core_recover(rig->core, err);
}

const char *rig_run(struct rig *rig, const struct os_caller *caller, struct jd_request *decoded, const struct op_io *io)
{
    static const struct op_io quiet;
    struct os_caller mine = caller == NULL ? fake_caller_user(1001) : fake_caller_copy(caller);
    struct request *request;
    enum core_next next;
    struct jd_err err;
    check_ok(core_begin(rig->core, &mine, decoded, &request, &next, &err), &err);
    if (next == CORE_RUN) {
        core_run(request, io == NULL ? &quiet : io);
        check_int(fake_open_nodes(), 0);
        core_end(rig->core, request);
    }
    snprintf(rig->reply, sizeof rig->reply, "%s", next == CORE_SILENT ? "" : request_reply(request)->data);
    rig->reply[strcspn(rig->reply, "\n")] = '\0';
    request_free(request);
    return rig->reply;
}

const char *rig_ask_as(struct rig *rig, const struct os_caller *caller, const char *line)
{
    struct jd_request decoded;
    struct jd_err err;
    bool must_close;
    check_ok(jd_request_decode(line, strlen(line), &decoded, &must_close, &err), &err);
    return rig_run(rig, caller, &decoded, NULL);
}

const char *rig_ask(struct rig *rig, const char *line)
{
    return rig_ask_as(rig, NULL, line);
}

const char *rig_call(struct rig *rig, const char *method, const char *link, const char *target)
{
    struct jd_buf line;
    struct jd_json_out out;
    jd_buf_init(&line, 65536);
    jd_out_init(&out, &line);
    jd_out_begin(&out, '{');
    jd_out_member(&out, "jsonrpc", "2.0");
    jd_out_member_integer(&out, "id", 1);
    jd_out_member(&out, "method", method);
    jd_out_key(&out, "params");
    jd_out_begin(&out, '{');
    jd_out_member(&out, "link", link);
    jd_out_member(&out, "target", target);
    jd_out_end(&out, '}');
    jd_out_end(&out, '}');
    rig_ask(rig, line.data);
    jd_buf_done(&line);
    return rig->reply;
}

void rig_expect(const struct rig *rig, const char *word, const char *reason)
{
    struct jd_reply reply;
    struct jd_err err;
    check_ok(jd_reply_decode(rig->reply, strlen(rig->reply), &reply, &err), &err);
    check_text(reply.word, word);
    if (reason != NULL) {
        check_text(reply.reason, reason);
    }
    jd_reply_done(&reply);
}
