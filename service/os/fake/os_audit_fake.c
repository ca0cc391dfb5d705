/* SPDX-License-Identifier: MIT */
#include "service/os/os_audit.h"

#include "service/os/fake/fake_tree.h"
#include "service/os/os_hook.h"

#include <stdlib.h>
#include <string.h>

struct os_audit {
    uint64_t life;
};

struct field {
    char *name;
    char *value;
};

struct record {
    struct record *next;
    uint16_t id;
    enum os_audit_level level;
    char *event;
    char *line;
    struct field fields[OS_AUDIT_FIELDS_MAX];
    size_t n_fields;
};

static struct record *first;
static struct record **last = &first;
static size_t refuse_from; /* writes until the refusal begins, counted down to 1; 0: none */
static uint16_t refuse_id;

static void free_record(struct record *record)
{
    for (size_t i = 0; i < record->n_fields; i++) {
        free(record->fields[i].name);
        free(record->fields[i].value);
    }
    free(record->event);
    free(record->line);
    free(record);
}

static struct record *copy_record(const struct os_audit_record *from)
{
    struct record *record = fake_alloc(sizeof *record);
    record->id = from->id;
    record->level = from->level;
    record->event = jd_strdup(from->event);
    record->line = jd_strdup(from->line);
    record->n_fields = from->n_fields;
    for (size_t i = 0; i < from->n_fields; i++) {
        record->fields[i].name = jd_strdup(from->fields[i].name);
        record->fields[i].value = jd_strdup(from->fields[i].value);
    }
    return record;
}

static bool is_refused(uint16_t id)
{
    if (refuse_from == 1 || (refuse_id != 0 && refuse_id == id)) {
        return true;
    }
    refuse_from -= refuse_from > 1;
    return false;
}

enum jd_code os_audit_open(const struct os_audit_options *options, struct os_audit **out, struct jd_err *err)
{
    OS_HOOK("audit_open", err);
    struct os_audit *audit = calloc(1, sizeof *audit);
    (void)options;
    if (audit == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open audit", NULL);
    }
    fake_lock();
    audit->life = fake_life();
    fake_unlock();
    *out = audit;
    return JD_OK;
}

static enum jd_code judge_life(const struct os_audit *audit, struct jd_err *err)
{
    return audit->life == fake_life()
               ? JD_OK
               : jd_fail_text(err, JD_E_AUDIT_UNAVAILABLE, "use audit", NULL, "the process died");
}

static enum jd_code keep(const struct os_audit *audit, const struct os_audit_record *record, struct jd_err *err)
{
    enum jd_code code = judge_life(audit, err);
    if (code != JD_OK) {
        return code;
    }
    if (record->n_fields > OS_AUDIT_FIELDS_MAX || is_refused(record->id)) {
        return jd_fail_text(err, JD_E_AUDIT_UNAVAILABLE, "write audit", NULL, "refused");
    }
    *last = copy_record(record);
    last = &(*last)->next;
    return JD_OK;
}

enum jd_code os_audit_write(struct os_audit *audit, const struct os_audit_record *record, struct jd_err *err)
{
    OS_HOOK("audit_write", err);
    fake_lock();
    enum jd_code code = keep(audit, record, err);
    fake_unlock();
    return code;
}

enum jd_code os_audit_reopen(struct os_audit *audit, struct jd_err *err)
{
    OS_HOOK("audit_reopen", err);
    fake_lock();
    enum jd_code code = judge_life(audit, err);
    fake_unlock();
    return code;
}

void os_audit_close(struct os_audit *audit)
{
    free(audit);
}

static void clear(void)
{
    while (first != NULL) {
        struct record *record = first;
        first = record->next;
        free_record(record);
    }
    last = &first;
}

void fake_audit_reset(void)
{
    clear();
    refuse_from = 0;
    refuse_id = 0;
}

void fake_audit_clear(void)
{
    fake_lock();
    clear();
    fake_unlock();
}

void fake_audit_refuse_from(size_t nth)
{
    fake_lock();
    refuse_from = nth;
    fake_unlock();
}

void fake_audit_refuse_id(uint16_t id)
{
    fake_lock();
    refuse_id = id;
    fake_unlock();
}

size_t fake_audit_count(uint16_t id)
{
    size_t n = 0;
    fake_lock();
    for (const struct record *record = first; record != NULL; record = record->next) {
        n += id == 0 || record->id == id;
    }
    fake_unlock();
    return n;
}

/* What is kept is never changed: it may be read without the lock. */
static const struct record *record_at(size_t index)
{
    fake_lock();
    const struct record *record = first;
    while (record != NULL && index > 0) {
        record = record->next;
        index--;
    }
    fake_unlock();
    if (record == NULL) {
        fake_misuse("no audit record of this index", "");
    }
    return record;
}

uint16_t fake_audit_id(size_t index)
{
    return record_at(index)->id;
}

enum os_audit_level fake_audit_level(size_t index)
{
    return record_at(index)->level;
}

const char *fake_audit_event(size_t index)
{
    return record_at(index)->event;
}

const char *fake_audit_line(size_t index)
{
    return record_at(index)->line;
}

const char *fake_audit_field(size_t index, const char *name)
{
    const struct record *record = record_at(index);
    for (size_t i = 0; i < record->n_fields; i++) {
        if (strcmp(record->fields[i].name, name) == 0) {
            return record->fields[i].value;
        }
    }
    return NULL;
}
