/* SPDX-License-Identifier: MIT */
#include "service/os/win/win_event.h"

#include "common/sha256.h"
#include "common/utf.h"
#include "service/os/win/win_acl.h"
#include "service/os/win/win_names.h"
#include "service/os/win/win_nt.h"

#include <stdlib.h>
#include <string.h>

enum { TAIL_BYTES = 10 + JD_SHA256_TEXT /* "...sha256:" and the digits */ };

static const char percent[] = "<U+0025>";

/* What a value may be long, when all of them together would be too much. */
static const size_t caps[] = {WIN_EVENT_STRING_MAX, 8192, 4096, 2048, 1024};

static size_t neutral_units(const char *value)
{
    size_t units = jd_utf16_units(value, strlen(value));
    for (const char *at = strchr(value, '%'); at != NULL; at = strchr(at + 1, '%')) {
        units += sizeof percent - 2;
    }
    return units;
}

/* The largest cap under which all fit; the smallest one fits as many fields as there can be. */
static size_t choose_cap(const struct os_audit_record *record)
{
    _Static_assert(OS_AUDIT_FIELDS_MAX * 1024 <= WIN_EVENT_TOTAL_MAX, "the smallest cap must always do");
    for (size_t i = 0; i < JD_COUNT(caps); i++) {
        size_t total = 0;
        for (size_t j = 0; j < record->n_fields; j++) {
            size_t units = neutral_units(record->fields[j].value);
            total += units < caps[i] ? units : caps[i];
        }
        if (total <= WIN_EVENT_TOTAL_MAX) {
            return caps[i];
        }
    }
    return caps[JD_COUNT(caps) - 1];
}

/* Appends value to out, code point by code point, while it keeps within so many units. */
static void add_neutral(struct jd_buf *out, const char *value, size_t units_max)
{
    size_t len = strlen(value);
    size_t units = 0;
    size_t at = 0;
    while (at < len) {
        size_t start = at;
        uint32_t code = jd_utf8_next(value, len, &at);
        units += code == '%' ? sizeof percent - 1 : code > 0xFFFF ? 2 : 1;
        if (units > units_max) {
            return;
        }
        if (code == '%') {
            jd_buf_add_text(out, percent);
        } else {
            jd_buf_add(out, value + start, at - start);
        }
    }
}

static void add_value(struct jd_buf *out, const char *value, size_t cap)
{
    char hash[JD_SHA256_TEXT];
    if (neutral_units(value) <= cap) {
        add_neutral(out, value, cap);
        return;
    }
    jd_sha256_text(value, strlen(value), hash);
    add_neutral(out, value, cap - TAIL_BYTES);
    jd_buf_add_text(out, "...sha256:");
    jd_buf_add_text(out, hash);
}

/* All values one after another, each with its NUL; UTF-16 takes no more units than UTF-8 takes bytes. */
static enum jd_code widen(const struct jd_buf *text, struct win_event_strings *strings, struct jd_err *err)
{
    size_t units = 0;
    size_t at = 0;
    wchar_t *memory = malloc((text->len + 1) * sizeof *memory);
    enum jd_code code;
    if (memory == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "compose event", NULL);
    }
    code = jd_utf8_to_utf16(text->data == NULL ? "" : text->data, text->len, memory, text->len, &units, err);
    if (code != JD_OK) {
        free(memory);
        return code;
    }
    strings->memory = memory;
    for (size_t i = 0; i < strings->n; i++) {
        strings->at[i] = memory + at;
        at += wcslen(memory + at) + 1;
    }
    return JD_OK;
}

enum jd_code win_event_compose(const struct os_audit_record *record, struct win_event_strings *out, struct jd_err *err)
{
    struct win_event_strings strings = {.n = record->n_fields};
    size_t cap = choose_cap(record);
    struct jd_buf text;
    enum jd_code code;
    jd_buf_init(&text, (size_t)WIN_EVENT_TOTAL_MAX * 3 + OS_AUDIT_FIELDS_MAX);
    for (size_t i = 0; i < record->n_fields; i++) {
        add_value(&text, record->fields[i].value, cap);
        jd_buf_add_char(&text, '\0');
    }
    code = jd_buf_check(&text, err);
    if (code == JD_OK) {
        code = widen(&text, &strings, err);
    }
    jd_buf_done(&text);
    if (code == JD_OK) {
        *out = strings;
    }
    return code;
}

void win_event_done(struct win_event_strings *strings)
{
    free(strings->memory);
    *strings = (struct win_event_strings){.n = 0};
}

static enum jd_code refuse(struct jd_err *err, const char *stage, DWORD number)
{
    return jd_fail_sys(err, JD_E_AUDIT_UNAVAILABLE, stage, JD_DOMAIN_WIN32, number);
}

enum jd_code win_event_open(void **out, struct jd_err *err)
{
    HANDLE source = RegisterEventSourceW(NULL, WIN_LOG_NAME);
    if (source == NULL) {
        return refuse(err, "open event log", GetLastError());
    }
    *out = source;
    return JD_OK;
}

static WORD type_of(enum os_audit_level level)
{
    static const WORD types[] = {[OS_AUDIT_INFORMATION] = EVENTLOG_INFORMATION_TYPE,
                                 [OS_AUDIT_WARNING] = EVENTLOG_WARNING_TYPE,
                                 [OS_AUDIT_ERROR] = EVENTLOG_ERROR_TYPE};
    return types[level];
}

/* The log has a place of its own for the user an event is about. */
static PSID find_user(const struct os_audit_record *record, uint8_t bytes[WIN_SID_BYTES_MAX])
{
    for (size_t i = 0; i < record->n_fields; i++) {
        const struct os_audit_field *field = &record->fields[i];
        struct jd_sid sid;
        if (strcmp(field->name, "sid") == 0 && jd_sid_parse(field->value, strlen(field->value), &sid)) {
            (void)win_sid_write(&sid, bytes);
            return bytes;
        }
    }
    return NULL;
}

enum jd_code win_event_write(void *source, const struct os_audit_record *record, struct jd_err *err)
{
    _Alignas(4) uint8_t user[WIN_SID_BYTES_MAX];
    struct win_event_strings strings;
    BOOL is_accepted;
    DWORD number;
    enum jd_code code = win_event_compose(record, &strings, err);
    if (code != JD_OK) {
        err->code = JD_E_AUDIT_UNAVAILABLE; /* whatever stood in the way, the record was not taken */
        return err->code;
    }
    is_accepted = ReportEventW(source, type_of(record->level), 0, record->id, find_user(record, user), (WORD)strings.n,
                               0, (const wchar_t **)(void *)strings.at, NULL);
    number = GetLastError();
    win_event_done(&strings);
    return is_accepted ? JD_OK : refuse(err, "write event", number);
}

void win_event_close(void *source)
{
    if (source != NULL) {
        DeregisterEventSource(source);
    }
}
