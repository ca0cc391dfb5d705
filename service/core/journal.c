/* SPDX-License-Identifier: MIT */
#include "service/core/journal.h"

#include "protocol/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRY_VERSION = 1, ID_TEXT_MAX = 80 };

/* How an entry is said: the same field tables as the wire, so that one strict reader serves both. */
struct entry_text {
    int64_t version;
    char *verb, *request, *sid, *policy, *parent;
    struct jd_winpath link, target;
};

static const struct jd_field entry_rows[] = {
    JD_FIELD(struct entry_text, version, JD_FIELD_INTEGER, true),
    JD_FIELD(struct entry_text, verb, JD_FIELD_STRING, true),
    JD_FIELD(struct entry_text, request, JD_FIELD_STRING, true),
    JD_FIELD(struct entry_text, sid, JD_FIELD_STRING, true),
    JD_FIELD(struct entry_text, policy, JD_FIELD_STRING, true),
    JD_FIELD(struct entry_text, parent, JD_FIELD_STRING, true),
    JD_FIELD(struct entry_text, link, JD_FIELD_PATH, true),
    JD_FIELD(struct entry_text, target, JD_FIELD_PATH, false),
};

static const struct jd_fields entry_fields = {entry_rows, JD_COUNT(entry_rows), sizeof(struct entry_text)};

static void format_id(const struct os_file_id *id, char out[ID_TEXT_MAX])
{
    size_t at = (size_t)snprintf(out, ID_TEXT_MAX, "%016" PRIx64 "-", id->volume);
    for (size_t i = 0; i < sizeof id->record; i++) {
        at += (size_t)snprintf(out + at, ID_TEXT_MAX - at, "%02x", id->record[i]);
    }
    snprintf(out + at, ID_TEXT_MAX - at, "-%016" PRIx64, id->created);
}

static bool parse_id(const char *text, struct os_file_id *out)
{
    char again[ID_TEXT_MAX];
    unsigned byte;
    if (strlen(text) != 16 + 1 + 32 + 1 + 16 || sscanf(text, "%16" SCNx64, &out->volume) != 1 ||
        sscanf(text + 50, "%16" SCNx64, &out->created) != 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof out->record; i++) {
        if (sscanf(text + 17 + 2 * i, "%2x", &byte) != 1) {
            return false;
        }
        out->record[i] = (uint8_t)byte;
    }
    format_id(out, again);
    return strcmp(text, again) == 0;
}

static void write_entry(const struct step *step, const char *request_id, const struct op_env *env, struct jd_buf *out)
{
    struct jd_json_out json;
    char sid[JD_SID_TEXT_MAX];
    char parent[ID_TEXT_MAX];
    const struct walk *walk = &step->plan.parent;
    format_id(&walk->ids[walk->n - 1], parent);
    jd_out_init(&json, out);
    jd_out_begin(&json, '{');
    jd_out_member_integer(&json, "version", ENTRY_VERSION);
    jd_out_member(&json, "verb", verb_word(step->kind->verb));
    jd_out_member(&json, "request", request_id);
    jd_out_member(&json, "sid", jd_sid_format(&env->caller->user, sid));
    jd_out_member(&json, "policy", policy_hash(env->policy));
    jd_out_member(&json, "parent", parent);
    jd_out_member(&json, "link", step->plan.link.text);
    jd_out_member(&json, "target", step->plan.target.text);
    jd_out_end(&json, '}');
}

enum jd_code journal_begin(struct os_state *state, const struct step *step, const char *request_id,
                           const struct op_env *env, uint64_t *out_token, struct jd_err *err)
{
    struct jd_buf text;
    enum jd_code code;
    jd_buf_init(&text, JD_LINE_MAX);
    write_entry(step, request_id, env, &text);
    code = jd_buf_check(&text, err);
    if (code == JD_OK) {
        code = os_state_pending_add(state, text.data, text.len, policy_get_audit(env->policy)->flush, out_token, err);
    }
    jd_buf_done(&text);
    return code;
}

/* Moves what was read into the entry; the version, verb and ids must make sense. */
static bool take_entry(struct entry_text *text, struct journal_entry *out)
{
    struct journal_entry entry = {.verb = verb_from_word(text->verb)};
    if (text->version != ENTRY_VERSION || entry.verb == VERB_NONE || !parse_id(text->parent, &entry.parent)) {
        return false;
    }
    entry.request = text->request;
    entry.sid = text->sid;
    entry.policy = text->policy;
    entry.link = text->link;
    entry.target = text->target;
    text->request = text->sid = text->policy = NULL;
    text->link = text->target = (struct jd_winpath){0};
    *out = entry;
    return true;
}

bool journal_read(const char *text, size_t len, struct journal_entry *out)
{
    struct jd_json *root = NULL;
    struct entry_text fields = {0};
    struct jd_err err;
    size_t duplicates = 0;
    bool whole = false;
    if (jd_json_parse(text, len, JD_JSON_DEPTH_MAX, &root, &duplicates, NULL, &err) == JD_OK && duplicates == 0 &&
        jd_fields_decode(&entry_fields, root, &fields, &err) == JD_OK) {
        whole = take_entry(&fields, out);
    }
    jd_fields_free(&entry_fields, &fields);
    jd_json_free(root);
    return whole;
}

void journal_entry_done(struct journal_entry *entry)
{
    free(entry->request);
    free(entry->sid);
    free(entry->policy);
    jd_winpath_done(&entry->link);
    jd_winpath_done(&entry->target);
    memset(entry, 0, sizeof *entry);
}
