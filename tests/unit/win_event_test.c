/* SPDX-License-Identifier: MIT */
/* Records as the Event Log takes them, and the messages it shows them with, read out of the built DLL. */
#include "service/core/audit.h"
#include "service/os/win/win_event.h"
#include "service/os/win/win_nt.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONG_VALUE = 200000, PAGE_MAX = 65536 };

static const struct {
    const char *fields;
} fields_of[] = {
#define AUDIT_FIELDS(NAME, fields) [AUDIT_##NAME] = {fields},
#include "service/core/audit_fields.h"
#undef AUDIT_FIELDS
};

static struct win_event_strings compose(const struct os_audit_field *fields, size_t n)
{
    const struct os_audit_record record = {
        .id = 200, .level = OS_AUDIT_INFORMATION, .event = "e", .fields = fields, .n_fields = n, .line = "{}"};
    struct win_event_strings strings;
    struct jd_err err;
    check_ok(win_event_compose(&record, &strings, &err), &err);
    check_int(strings.n, n);
    return strings;
}

static void check_string(const wchar_t *actual, const char *expected)
{
    char *text = malloc(LONG_VALUE * 4);
    check_true(text != NULL && WideCharToMultiByte(CP_UTF8, 0, actual, -1, text, LONG_VALUE * 4, NULL, NULL) > 0);
    check_text(text, expected);
    free(text);
}

TEST(win_event, fields_are_the_strings_in_their_order)
{
    static const struct os_audit_field fields[] = {
        {"link", "C:\\a"}, {"account", ""}, {"target", "C:\\\xC3\xA4\xF0\x9F\x8D\x8E"}};
    struct win_event_strings strings = compose(fields, JD_COUNT(fields));
    check_string(strings.at[0], "C:\\a");
    check_string(strings.at[1], "");
    check_string(strings.at[2], "C:\\\xC3\xA4\xF0\x9F\x8D\x8E");
    win_event_done(&strings);
    strings = compose(NULL, 0);
    win_event_done(&strings);
}

TEST(win_event, no_value_can_insert_another)
{
    static const struct {
        const char *value;
        const char *expected;
    } cases[] = {
        {"C:\\%1", "C:\\<U+0025>1"},
        {"%%4096", "<U+0025><U+0025>4096"},
        {"100%", "100<U+0025>"},
        {"%n%t%0", "<U+0025>n<U+0025>t<U+0025>0"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        const struct os_audit_field field = {"link", cases[i].value};
        struct win_event_strings strings = compose(&field, 1);
        check_string(strings.at[0], cases[i].expected);
        win_event_done(&strings);
    }
}

static char *repeat(const char *piece, size_t times)
{
    size_t len = strlen(piece);
    char *text = malloc(len * times + 1);
    check_true(text != NULL);
    for (size_t i = 0; i < times; i++) {
        memcpy(text + len * i, piece, len);
    }
    text[len * times] = '\0';
    return text;
}

/* However much there is to say, the log takes it; what is cut names the whole by its hash. */
TEST(win_event, a_record_stays_within_what_the_log_takes)
{
    static const struct {
        const char *piece;
        size_t times;
        size_t n;
        bool is_cut;
    } cases[] = {
        {"a", WIN_EVENT_STRING_MAX, 1, false},
        {"a", WIN_EVENT_STRING_MAX + 1, 1, true},
        {"%", WIN_EVENT_STRING_MAX / 8, 1, false},
        {"%", 8192, 1, true},
        {"\xF0\x9F\x8D\x8E", WIN_EVENT_STRING_MAX, 1, true},
        {"a", 8192, 3, false},
        {"a", 8193, 4, true},
        {"%", 8192, OS_AUDIT_FIELDS_MAX, true},
        {"\xE2\x82\xAC", LONG_VALUE / 3, OS_AUDIT_FIELDS_MAX, true},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct os_audit_field fields[OS_AUDIT_FIELDS_MAX];
        char *value = repeat(cases[i].piece, cases[i].times);
        struct win_event_strings strings;
        size_t total = 0;
        check_case("%zu times %s in %zu fields", cases[i].times, cases[i].piece, cases[i].n);
        for (size_t j = 0; j < cases[i].n; j++) {
            fields[j] = (struct os_audit_field){"link", value};
        }
        strings = compose(fields, cases[i].n);
        for (size_t j = 0; j < cases[i].n; j++) {
            total += wcslen(strings.at[j]);
            check_true(wcslen(strings.at[j]) <= WIN_EVENT_STRING_MAX);
            check_int(wcsstr(strings.at[j], L"...sha256:") != NULL, cases[i].is_cut);
        }
        check_true(total <= WIN_EVENT_TOTAL_MAX);
        win_event_done(&strings);
        free(value);
    }
}

TEST(win_event, a_value_that_is_no_text_is_refused)
{
    static const struct os_audit_field field = {"link", "\xFF"};
    const struct os_audit_record record = {.fields = &field, .n_fields = 1};
    struct win_event_strings strings;
    struct jd_err err;
    check_code(win_event_compose(&record, &strings, &err), JD_E_INVALID_UTF8, &err);
}

TEST(win_event, the_log_accepts_a_record_of_any_event)
{
    static const struct os_audit_field fields[] = {{"sid", "S-1-5-21-1-2-3-1001"}, {"link", "C:\\a%1"}};
    void *source = NULL;
    struct jd_err err;
    check_ok(win_event_open(&source, &err), &err);
    for (enum audit_event event = 0; event < AUDIT_EVENT_COUNT; event++) {
        const struct os_audit_record record = {.id = audit_id(event),
                                               .level = OS_AUDIT_WARNING,
                                               .event = audit_word(event),
                                               .fields = fields,
                                               .n_fields = JD_COUNT(fields),
                                               .line = "{}"};
        check_ok(win_event_write(source, &record, &err), &err);
    }
    win_event_close(source);
}

/* ---- the messages ---- */

static HMODULE open_messages(void)
{
    HMODULE dll = LoadLibraryExA(JD_TEST_MESSAGES, NULL, LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_IMAGE_RESOURCE);
    if (dll == NULL) {
        check_fail(__FILE__, __LINE__, "%s: error %lu", JD_TEST_MESSAGES, GetLastError());
    }
    return dll;
}

/* What a viewer shows for an id when each string is its own number in brackets. */
static void render(HMODULE dll, DWORD id, char *buf, size_t cap)
{
    wchar_t values[OS_AUDIT_FIELDS_MAX][8];
    wchar_t *pointers[OS_AUDIT_FIELDS_MAX];
    wchar_t *text = NULL;
    for (size_t i = 0; i < OS_AUDIT_FIELDS_MAX; i++) {
        swprintf(values[i], JD_COUNT(values[i]), L"[%u]", (unsigned)i + 1);
        pointers[i] = values[i];
    }
    if (FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_ARGUMENT_ARRAY | FORMAT_MESSAGE_ALLOCATE_BUFFER,
                       dll, id, 0, (wchar_t *)(void *)&text, 0, (va_list *)(void *)pointers) == 0) {
        check_fail(__FILE__, __LINE__, "message %lu: error %lu", id, GetLastError());
    }
    snprintf(buf, cap, "%ls", text);
    LocalFree(text);
}

/* The sentence, a blank line, and each field with its string. */
static void expect(enum audit_event event, char *buf, size_t cap)
{
    char names[256];
    size_t len = (size_t)snprintf(buf, cap, "%s\r\n\r\n", audit_sentence(event));
    unsigned number = 0;
    snprintf(names, sizeof names, "%s", fields_of[event].fields);
    for (const char *name = strtok(names, " "); name != NULL; name = strtok(NULL, " ")) {
        len += (size_t)snprintf(buf + len, cap - len, "%s: [%u]\r\n", name, ++number);
    }
}

TEST(win_event, each_event_has_its_message)
{
    HMODULE dll = open_messages();
    for (enum audit_event event = 0; event < AUDIT_EVENT_COUNT; event++) {
        char actual[2048];
        char expected[2048];
        check_case("%s", audit_word(event));
        render(dll, audit_id(event), actual, sizeof actual);
        expect(event, expected, sizeof expected);
        check_text(actual, expected);
    }
    FreeLibrary(dll);
}

TEST(win_event, no_other_id_has_one)
{
    HMODULE dll = open_messages();
    for (DWORD id = 0; id < 1000; id++) {
        wchar_t text[64];
        bool is_known = false;
        for (enum audit_event event = 0; event < AUDIT_EVENT_COUNT; event++) {
            is_known = is_known || audit_id(event) == id;
        }
        check_case("%lu", id);
        check_true(is_known || FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_IGNORE_INSERTS, dll, id, 0,
                                              text, JD_COUNT(text), NULL) == 0);
    }
    FreeLibrary(dll);
}

/* ---- the page ---- */

static char *read_page(void)
{
    FILE *file = fopen(JD_TEST_DATA "/../../docs/events.md", "rb");
    char *page = malloc(PAGE_MAX);
    size_t n;
    check_true(file != NULL && page != NULL);
    n = fread(page, 1, PAGE_MAX - 1, file);
    fclose(file);
    page[n] = '\0';
    return page;
}

/* "100", "200–204" (with a dash of three bytes), several joined by commas. */
static bool names_id(const char *cell, unsigned id)
{
    const char *at = cell;
    while (*at != '|') {
        unsigned first;
        unsigned last;
        char *end;
        if (*at < '0' || *at > '9') {
            at++;
            continue;
        }
        first = last = (unsigned)strtoul(at, &end, 10);
        at = end;
        if (strncmp(at, "\xE2\x80\x93", 3) == 0) {
            last = (unsigned)strtoul(at + 3, &end, 10);
            at = end;
        }
        if (id >= first && id <= last) {
            return true;
        }
    }
    return false;
}

/* Appends the names in backticks, but not those in parentheses, which tell about the one before. */
static void add_names(const char *cell, struct jd_buf *out)
{
    bool is_aside = false;
    for (const char *at = cell; *at != '|'; at++) {
        is_aside = *at == '(' || (is_aside && *at != ')');
        if (*at == '`' && !is_aside) {
            const char *end = strchr(at + 1, '`');
            if (out->len > 0) {
                jd_buf_add_char(out, ' ');
            }
            jd_buf_add(out, at + 1, (size_t)(end - at - 1));
            at = end;
        }
    }
}

TEST(win_event, the_page_tells_the_fields_of_each_event)
{
    char *page = read_page();
    const char *table = strstr(page, "| events | fields |");
    check_true(table != NULL);
    for (enum audit_event event = 0; event < AUDIT_EVENT_COUNT; event++) {
        struct jd_buf told;
        jd_buf_init(&told, 1024);
        check_case("%s", audit_word(event));
        for (const char *row = strchr(table, '\n') + 1; *row == '|'; row = strchr(row, '\n') + 1) {
            if (names_id(row + 1, audit_id(event))) {
                add_names(strchr(row + 1, '|') + 1, &told);
            }
        }
        check_text(told.data == NULL ? "" : told.data, fields_of[event].fields);
        jd_buf_done(&told);
    }
    free(page);
}

TEST(win_event, the_page_lists_each_event)
{
    static const char *const levels[] = {"", "information", "warning", "error"};
    char *page = read_page();
    for (enum audit_event event = 0; event < AUDIT_EVENT_COUNT; event++) {
        char row[64];
        static const enum os_audit_level level_of[] = {
#define AUDIT_EVENT(NAME, id, level, event, sentence) OS_AUDIT_##level,
#include "service/core/audit_list.h"
#undef AUDIT_EVENT
        };
        snprintf(row, sizeof row, "| %u | `%s` | %s |", audit_id(event), audit_word(event), levels[level_of[event]]);
        check_case("%s", row);
        check_true(strstr(page, row) != NULL);
    }
    free(page);
}
