/* SPDX-License-Identifier: MIT */
#include "protocol/scan_keys.h"

#include "protocol/scan_string.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 16 };

void jd_scan_keys_init(struct jd_scan_keys *keys, size_t text_len)
{
    *keys = (struct jd_scan_keys){.text_len = text_len};
}

void jd_scan_keys_done(struct jd_scan_keys *keys)
{
    free(keys->items);
    free(keys->unescaped);
    jd_scan_keys_init(keys, 0);
}

static bool reserve_one(struct jd_scan_keys *keys)
{
    size_t cap = keys->cap == 0 ? FIRST_CAP : keys->cap * 2;
    struct jd_scan_key *items;
    if (keys->n < keys->cap) {
        return true;
    }
    items = realloc(keys->items, cap * sizeof *items);
    if (items == NULL) {
        return false;
    }
    keys->items = items;
    keys->cap = cap;
    return true;
}

/* Unescaping never lengthens, so one piece as long as the text holds all keys, and pointers into it stay good. */
static bool unescape(struct jd_scan_keys *keys, struct jd_scan_key *key)
{
    char *out;
    if (keys->unescaped == NULL) {
        keys->unescaped = malloc(keys->text_len);
    }
    if (keys->unescaped == NULL) {
        return false;
    }
    out = keys->unescaped + keys->n_unescaped;
    key->len = jd_scan_unescape(key->text, key->len, out);
    key->text = out;
    keys->n_unescaped += key->len;
    return true;
}

bool jd_scan_keys_push(struct jd_scan_keys *keys, const char *raw, size_t len, bool escaped, uint32_t line)
{
    struct jd_scan_key key = {raw, len, line};
    if (!reserve_one(keys) || (escaped && !unescape(keys, &key))) {
        return false;
    }
    keys->items[keys->n++] = key;
    return true;
}

static int compare_text(const struct jd_scan_key *a, const struct jd_scan_key *b)
{
    if (a->len != b->len) {
        return a->len < b->len ? -1 : 1;
    }
    return memcmp(a->text, b->text, a->len);
}

static bool is_before(const struct jd_scan_key *a, const struct jd_scan_key *b)
{
    int order = compare_text(a, b);
    return order != 0 ? order < 0 : a->line < b->line;
}

static void swap(struct jd_scan_key *a, struct jd_scan_key *b)
{
    struct jd_scan_key kept = *a;
    *a = *b;
    *b = kept;
}

/* Lets items[root] sink to its place in the heap of n items. */
static void sift_down(struct jd_scan_key *items, size_t root, size_t n)
{
    size_t child;
    while ((child = root * 2 + 1) < n) {
        if (child + 1 < n && is_before(&items[child], &items[child + 1])) {
            child++;
        }
        if (!is_before(&items[root], &items[child])) {
            return;
        }
        swap(&items[root], &items[child]);
        root = child;
    }
}

static void heap_sort(struct jd_scan_key *items, size_t n)
{
    for (size_t root = n / 2; root-- > 0;) {
        sift_down(items, root, n);
    }
    for (size_t end = n; end-- > 1;) {
        swap(&items[0], &items[end]);
        sift_down(items, 0, end);
    }
}

uint32_t jd_scan_keys_close(struct jd_scan_keys *keys, size_t first)
{
    size_t n = keys->n - first;
    struct jd_scan_key *items;
    uint32_t line = 0;
    if (n == 0) {
        return 0;
    }
    items = keys->items + first;
    heap_sort(items, n);
    for (size_t i = 1; i < n; i++) {
        if (compare_text(&items[i - 1], &items[i]) == 0 && (line == 0 || items[i].line < line)) {
            line = items[i].line;
        }
    }
    keys->n = first;
    return line;
}
