/* SPDX-License-Identifier: MIT */
#include "protocol/json.h"

#include "common/buf.h"

#include <cjson/cJSON.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/*
 * A struct jd_json is a cJSON item in disguise; the type is never defined. What the scanner noted lives in valueint,
 * which cJSON fills but which nothing here reads (a plain integer is exact in valuedouble): the line, negative for
 * whatever is not a plain integer.
 */

enum { CJSON_NUMBER_MAX = 63 /* bytes of a number; cJSON refuses longer ones before its fix for CVE-2023-26819 */ };

/* cJSON_ParseWithLengthOpts writes a static pointer to where it failed, on every call. */
static atomic_flag parsing = ATOMIC_FLAG_INIT;

static cJSON *parse_guarded(const char *text, size_t len)
{
    cJSON *root;
    while (atomic_flag_test_and_set_explicit(&parsing, memory_order_acquire)) {
    }
    root = cJSON_ParseWithLengthOpts(text, len, NULL, 0);
    atomic_flag_clear_explicit(&parsing, memory_order_release);
    return root;
}

static size_t number_length(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && text[n] != '\0' && strchr("+-.0123456789eE", text[n]) != NULL) {
        n++;
    }
    return n;
}

static size_t string_length(const char *text, size_t len)
{
    size_t n = 1;
    while (n < len && text[n] != '"') {
        n += text[n] == '\\' ? 2 : 1;
    }
    return n + 1;
}

/* text is well-formed. Writes 0 and blanks over numbers that not every cJSON takes; none of them is a plain integer. */
static void blank_long_numbers(char *text, size_t len)
{
    size_t pos = 0;
    while (pos < len) {
        size_t n = number_length(text + pos, len - pos);
        if (text[pos] == '"') {
            n = string_length(text + pos, len - pos);
        } else if (n > CJSON_NUMBER_MAX) {
            memset(text + pos, ' ', n);
            text[pos] = '0';
        }
        pos += n > 0 ? n : 1;
    }
}

/* NULL means no memory: the scanner has accepted the text. */
static cJSON *parse_scanned(const char *text, size_t len, const struct jd_scan *scan)
{
    cJSON *root;
    char *copy;
    if (scan->longest_number <= CJSON_NUMBER_MAX) {
        return parse_guarded(text, len);
    }
    copy = jd_strndup(text, len);
    if (copy == NULL) {
        return NULL;
    }
    blank_long_numbers(copy, len);
    root = parse_guarded(copy, len);
    free(copy);
    return root;
}

static void keep_note(cJSON *item, const struct jd_scan_note *note)
{
    int line = (int)note->line; /* JD_SCAN_BYTES_MAX */
    item->valueint = note->plain_integer ? line : -line;
}

/* Notes come in document order, and so does this walk. */
static void keep_notes(cJSON *root, const struct jd_scan_note *note)
{
    cJSON *open[JD_SCAN_DEPTH_CEILING];
    size_t depth = 0;
    cJSON *item = root;
    while (item != NULL) {
        keep_note(item, note++);
        if (item->child != NULL) {
            open[depth++] = item;
            item = item->child;
            continue;
        }
        while (item->next == NULL && depth > 0) {
            item = open[--depth];
        }
        item = item->next;
    }
}

enum jd_code jd_json_parse(const char *text, size_t len, size_t depth_max, struct jd_json **out,
                           size_t *out_duplicate_depth, uint32_t *out_duplicate_line, struct jd_err *err)
{
    struct jd_scan scan;
    cJSON *root;
    enum jd_code code = jd_scan_text(text, len, depth_max, true, &scan, err);
    if (code != JD_OK) {
        return code;
    }
    root = parse_scanned(text, len, &scan);
    if (root == NULL) {
        jd_scan_done(&scan);
        return jd_fail(err, JD_E_NO_MEMORY, "parse json", NULL);
    }
    keep_notes(root, scan.notes);
    *out = (struct jd_json *)root;
    *out_duplicate_depth = scan.duplicate_depth;
    if (out_duplicate_line != NULL) {
        *out_duplicate_line = scan.duplicate_line;
    }
    jd_scan_done(&scan);
    return JD_OK;
}

void jd_json_free(struct jd_json *root)
{
    cJSON_Delete((cJSON *)root);
}

static const cJSON *item_of(const struct jd_json *value)
{
    return (const cJSON *)value;
}

static const struct jd_json *value_of(const cJSON *item)
{
    return (const struct jd_json *)item;
}

enum jd_json_kind jd_json_kind(const struct jd_json *value)
{
    static const struct {
        int type;
        enum jd_json_kind kind;
    } kinds[] = {
        {cJSON_True, JD_JSON_BOOL},     {cJSON_False, JD_JSON_BOOL},  {cJSON_Number, JD_JSON_NUMBER},
        {cJSON_String, JD_JSON_STRING}, {cJSON_Array, JD_JSON_ARRAY}, {cJSON_Object, JD_JSON_OBJECT},
    };
    for (size_t i = 0; i < JD_COUNT(kinds); i++) {
        if ((item_of(value)->type & 0xff) == kinds[i].type) {
            return kinds[i].kind;
        }
    }
    return JD_JSON_NULL;
}

const char *jd_json_kind_word(enum jd_json_kind kind)
{
    static const char *const words[] = {"null", "true or false", "a number", "a string", "an array", "an object"};
    return (unsigned)kind < JD_COUNT(words) ? words[kind] : words[JD_JSON_NULL];
}

uint32_t jd_json_line(const struct jd_json *value)
{
    int line = item_of(value)->valueint;
    return (uint32_t)(line < 0 ? -line : line);
}

const char *jd_json_string(const struct jd_json *value)
{
    return cJSON_GetStringValue(item_of(value));
}

bool jd_json_bool(const struct jd_json *value, bool *out)
{
    if (!cJSON_IsBool(item_of(value))) {
        return false;
    }
    *out = cJSON_IsTrue(item_of(value)) != 0;
    return true;
}

bool jd_json_integer(const struct jd_json *value, int64_t *out)
{
    const cJSON *item = item_of(value);
    if (!cJSON_IsNumber(item) || item->valueint < 0) {
        return false;
    }
    *out = (int64_t)item->valuedouble;
    return true;
}

size_t jd_json_size(const struct jd_json *container)
{
    size_t n = 0;
    for (const cJSON *item = item_of(container)->child; item != NULL; item = item->next) {
        n++;
    }
    return n;
}

const struct jd_json *jd_json_first(const struct jd_json *container)
{
    return value_of(item_of(container)->child);
}

const struct jd_json *jd_json_next(const struct jd_json *value)
{
    return value_of(item_of(value)->next);
}

const char *jd_json_key(const struct jd_json *member)
{
    return item_of(member)->string;
}

const struct jd_json *jd_json_member(const struct jd_json *object, const char *key)
{
    if (!cJSON_IsObject(item_of(object))) {
        return NULL;
    }
    return value_of(cJSON_GetObjectItemCaseSensitive(item_of(object), key));
}
