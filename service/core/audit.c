/* SPDX-License-Identifier: MIT */
#include "service/core/audit.h"

#include "common/sha256.h"
#include "common/utf.h"
#include "protocol/json_out.h"
#include "service/os/os_clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
    uint16_t id;
    enum os_audit_level level;
    const char *word;
    const char *sentence;
} rows[AUDIT_EVENT_COUNT] = {
#define AUDIT_EVENT(NAME, id, level, event, sentence) {id, OS_AUDIT_##level, event, sentence},
#include "service/core/audit_list.h"
#undef AUDIT_EVENT
};

static const char *const level_words[] = {"", "information", "warning", "error"};

uint16_t audit_id(enum audit_event event)
{
    return rows[event].id;
}

const char *audit_word(enum audit_event event)
{
    return rows[event].word;
}

const char *audit_sentence(enum audit_event event)
{
    return rows[event].sentence;
}

void audit_draft_init(struct audit_draft *draft, enum audit_event event)
{
    *draft = (struct audit_draft){.event = event};
    jd_buf_init(&draft->values, (size_t)OS_AUDIT_FIELDS_MAX * (AUDIT_VALUE_MAX + 1));
    jd_buf_init(&draft->line, AUDIT_LINE_MAX);
}

void audit_draft_done(struct audit_draft *draft)
{
    jd_buf_done(&draft->values);
    jd_buf_done(&draft->line);
}

/* A value too long for a record keeps its beginning and is pinned by its hash. */
static void shorten(struct jd_buf *values, size_t start, const char *whole)
{
    char hash[JD_SHA256_TEXT];
    char tail[JD_SHA256_TEXT + 16];
    size_t keep;
    if (values->len - start <= AUDIT_VALUE_MAX) {
        return;
    }
    jd_sha256_text(whole, strlen(whole), hash);
    snprintf(tail, sizeof tail, "...sha256:%s", hash);
    keep = AUDIT_VALUE_MAX - strlen(tail);
    jd_buf_cut(values, start + jd_utf8_valid_prefix(values->data + start, keep));
    jd_buf_add_text(values, tail);
}

void audit_add(struct audit_draft *draft, const char *name, const char *value)
{
    size_t start = draft->values.len;
    struct jd_buf escaped;
    if (draft->n == OS_AUDIT_FIELDS_MAX) {
        draft->failed = true;
        return;
    }
    jd_buf_init(&escaped, AUDIT_LINE_MAX * 4u);
    jd_text_escape(value == NULL ? "" : value, value == NULL ? 0 : strlen(value), &escaped);
    draft->failed = draft->failed || escaped.failed;
    jd_buf_add(&draft->values, escaped.data, escaped.len);
    shorten(&draft->values, start, value == NULL ? "" : value);
    jd_buf_add_char(&draft->values, '\0');
    jd_buf_done(&escaped);
    draft->names[draft->n] = name;
    draft->starts[draft->n++] = start;
}

void audit_add_number(struct audit_draft *draft, const char *name, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    audit_add(draft, name, text);
}

void audit_add_caller(struct audit_draft *draft, const struct os_caller *caller)
{
    char sid[JD_SID_TEXT_MAX];
    audit_add(draft, "sid", jd_sid_format(&caller->user, sid));
    audit_add(draft, "account", caller->name);
    audit_add_number(draft, "session", (int64_t)caller->session);
    audit_add_number(draft, "pid", caller->pid);
}

/* Days since 1970-01-01 to year, month, day in the proleptic Gregorian calendar: C has no gmtime that threads may
 * share. */
static void civil_from_days(int64_t days, int64_t *year, int64_t *month, int64_t *day)
{
    int64_t shifted = days + 719468; /* days since 0000-03-01, so that leap days end a year */
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * of_year + 2) / 153;
    *day = of_year - (153 * from_march + 2) / 5 + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = year_of_era + era * 400 + (*month <= 2 ? 1 : 0);
}

const char *audit_time(int64_t wall_ms, char buf[AUDIT_TIME_MAX])
{
    int64_t ms = wall_ms % 86400000;
    int64_t days = wall_ms / 86400000;
    int64_t year;
    int64_t month;
    int64_t day;
    if (ms < 0) {
        ms += 86400000;
        days--;
    }
    civil_from_days(days, &year, &month, &day);
    snprintf(buf, AUDIT_TIME_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)(year % 10000), (int)month, (int)day,
             (int)(ms / 3600000), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), (int)(ms % 1000));
    return buf;
}

static enum jd_code compose_line(const struct audit_sink *sink, struct audit_draft *draft, struct jd_err *err)
{
    struct jd_json_out out;
    char time[AUDIT_TIME_MAX];
    uint64_t sequence = 0;
    enum jd_code code = sink->state == NULL ? JD_OK : os_state_next_sequence(sink->state, &sequence, err);
    if (code != JD_OK) {
        return code;
    }
    jd_out_init(&out, &draft->line);
    jd_out_begin(&out, '{');
    jd_out_member(&out, "time", audit_time(os_clock_wall_ms(), time));
    jd_out_member_integer(&out, "sequence", (int64_t)sequence);
    jd_out_member_integer(&out, "id", rows[draft->event].id);
    jd_out_member(&out, "event", rows[draft->event].word);
    jd_out_member(&out, "level", level_words[rows[draft->event].level]);
    for (size_t i = 0; i < draft->n; i++) {
        jd_out_member(&out, draft->names[i], draft->values.data + draft->starts[i]);
    }
    jd_out_end(&out, '}');
    code = jd_buf_check(&draft->line, err);
    if (code != JD_OK) {
        jd_buf_reset(&draft->line); /* half a line is none */
    }
    return code;
}

static enum jd_code write_record(const struct audit_sink *sink, struct audit_draft *draft, struct jd_err *err)
{
    struct os_audit_field fields[OS_AUDIT_FIELDS_MAX];
    struct os_audit_record record = {
        rows[draft->event].id, rows[draft->event].level, rows[draft->event].word, fields, draft->n, draft->line.data};
    for (size_t i = 0; i < draft->n; i++) {
        fields[i] = (struct os_audit_field){draft->names[i], draft->values.data + draft->starts[i]};
    }
    return os_audit_write(sink->audit, &record, err);
}

enum jd_code audit_send(const struct audit_sink *sink, struct audit_draft *draft, struct jd_err *err)
{
    enum jd_code code = JD_OK;
    if (draft->failed || draft->values.failed) {
        return jd_fail(err, JD_E_NO_MEMORY, "audit", NULL);
    }
    if (draft->line.len == 0) {
        code = compose_line(sink, draft, err);
    }
    return code == JD_OK ? write_record(sink, draft, err) : code;
}
