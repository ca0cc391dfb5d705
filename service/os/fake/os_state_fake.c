/* SPDX-License-Identifier: MIT */
#include "service/os/os_state.h"

#include "service/os/fake/fake_tree.h"
#include "service/os/os_hook.h"

#include <stdlib.h>
#include <string.h>

struct os_state {
    uint64_t life;
};

struct entry {
    struct entry *next;
    uint64_t token;
    char *text;
    size_t len;
};

static struct entry *entries; /* ascending tokens */
static uint64_t last_token;
static uint64_t last_sequence;
static bool is_locked;

enum jd_code os_state_open(const char *folder, struct os_state **out, struct jd_err *err)
{
    OS_HOOK("state_open", err);
    struct os_state *state = calloc(1, sizeof *state);
    (void)folder;
    if (state == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open state", NULL);
    }
    fake_lock();
    bool refused = is_locked;
    is_locked = true;
    state->life = fake_life();
    fake_unlock();
    if (refused) {
        free(state);
        return jd_fail(err, JD_E_ALREADY_RUNNING, "open state", NULL);
    }
    *out = state;
    return JD_OK;
}

void os_state_close(struct os_state *state)
{
    if (state == NULL) {
        return;
    }
    fake_lock();
    if (state->life == fake_life()) {
        is_locked = false;
    }
    fake_unlock();
    free(state);
}

static enum jd_code judge_life(const struct os_state *state, struct jd_err *err)
{
    return state->life == fake_life()
               ? JD_OK
               : jd_fail_text(err, JD_E_STATE_UNAVAILABLE, "use state", NULL, "the process died");
}

/* The place of the first entry with a token above after. */
static struct entry **entry_above(uint64_t after)
{
    struct entry **place = &entries;
    while (*place != NULL && (*place)->token <= after) {
        place = &(*place)->next;
    }
    return place;
}

static struct entry *entry_of(uint64_t token)
{
    struct entry *entry = token == 0 ? NULL : *entry_above(token - 1);
    return entry != NULL && entry->token == token ? entry : NULL;
}

static bool add(const void *text, size_t len)
{
    struct entry *entry = calloc(1, sizeof *entry);
    char *copy = jd_strndup(text, len);
    if (entry == NULL || copy == NULL) {
        free(entry);
        free(copy);
        return false;
    }
    *entry = (struct entry){.token = ++last_token, .text = copy, .len = len};
    *entry_above(UINT64_MAX) = entry;
    return true;
}

enum jd_code os_state_pending_add(struct os_state *state, const char *text, size_t len, bool flush, uint64_t *out_token,
                                  struct jd_err *err)
{
    OS_HOOK("state_pending_add", err);
    (void)flush;
    fake_lock();
    enum jd_code code = judge_life(state, err);
    if (code == JD_OK && !add(text, len)) {
        code = jd_fail(err, JD_E_NO_MEMORY, "keep pending entry", NULL);
    }
    if (code == JD_OK) {
        *out_token = last_token;
    }
    fake_unlock();
    return code;
}

static enum jd_code drop(uint64_t token, struct jd_err *err)
{
    struct entry *entry = entry_of(token);
    if (entry == NULL) {
        return jd_fail(err, JD_E_NOT_FOUND, "drop pending entry", NULL);
    }
    *entry_above(token - 1) = entry->next;
    free(entry->text);
    free(entry);
    return JD_OK;
}

enum jd_code os_state_pending_drop(struct os_state *state, uint64_t token, struct jd_err *err)
{
    OS_HOOK("state_pending_drop", err);
    fake_lock();
    enum jd_code code = judge_life(state, err);
    code = code == JD_OK ? drop(token, err) : code;
    fake_unlock();
    return code;
}

static enum jd_code read_next(uint64_t after, uint64_t *out_token, struct jd_buf *out, struct jd_err *err)
{
    const struct entry *entry = *entry_above(after);
    if (entry == NULL) {
        return jd_fail(err, JD_E_NOT_FOUND, "read pending entry", NULL);
    }
    jd_buf_add(out, entry->text, entry->len);
    enum jd_code code = jd_buf_check(out, err);
    if (code == JD_OK) {
        *out_token = entry->token;
    }
    return code;
}

enum jd_code os_state_pending_next(struct os_state *state, uint64_t after, uint64_t *out_token, struct jd_buf *out,
                                   struct jd_err *err)
{
    OS_HOOK("state_pending_next", err);
    fake_lock();
    enum jd_code code = judge_life(state, err);
    code = code == JD_OK ? read_next(after, out_token, out, err) : code;
    fake_unlock();
    return code;
}

enum jd_code os_state_next_sequence(struct os_state *state, uint64_t *out, struct jd_err *err)
{
    OS_HOOK("state_next_sequence", err);
    fake_lock();
    enum jd_code code = judge_life(state, err);
    if (code == JD_OK) {
        *out = ++last_sequence;
    }
    fake_unlock();
    return code;
}

size_t fake_pending_count(void)
{
    size_t n = 0;
    fake_lock();
    for (const struct entry *entry = entries; entry != NULL; entry = entry->next) {
        n++;
    }
    fake_unlock();
    return n;
}

uint64_t fake_pending_add(const void *text, size_t len)
{
    fake_lock();
    if (!add(text, len)) {
        fake_misuse("out of memory", "fake_pending_add");
    }
    uint64_t token = last_token;
    fake_unlock();
    return token;
}

void fake_pending_truncate(uint64_t token, size_t len)
{
    fake_lock();
    struct entry *entry = entry_of(token);
    if (entry == NULL || len > entry->len) {
        fake_misuse("no such entry, or shorter already", "fake_pending_truncate");
    }
    entry->len = len;
    fake_unlock();
}

void fake_state_lock(bool value)
{
    fake_lock();
    is_locked = value;
    fake_unlock();
}

void fake_state_unlock(void)
{
    is_locked = false;
}

void fake_state_reset(void)
{
    while (entries != NULL) {
        struct entry *entry = entries;
        entries = entry->next;
        free(entry->text);
        free(entry);
    }
    last_token = 0;
    last_sequence = 0;
    is_locked = false;
}
