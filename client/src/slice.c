/* SPDX-License-Identifier: MIT */
#include "client/src/slice.h"

#include <string.h>

/* One token after another; the scanner has seen that they are in order, so only ends are looked for. */
struct walk {
    const char *text;
    size_t len;
    size_t pos;
};

static char peek(const struct walk *walk)
{
    return walk->pos < walk->len ? walk->text[walk->pos] : '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct walk *walk)
{
    while (is_blank(peek(walk))) {
        walk->pos++;
    }
}

static void skip_string(struct walk *walk)
{
    walk->pos++;
    while (walk->pos < walk->len && peek(walk) != '"') {
        walk->pos += peek(walk) == '\\' ? 2 : 1;
    }
    walk->pos++;
}

static void skip_container(struct walk *walk)
{
    size_t depth = 0;
    do {
        char c = peek(walk);
        if (c == '"') {
            skip_string(walk);
            continue;
        }
        depth += c == '{' || c == '[';
        depth -= c == '}' || c == ']';
        walk->pos++;
    } while (depth > 0 && walk->pos < walk->len);
}

static void skip_value(struct walk *walk)
{
    char c = peek(walk);
    if (c == '"') {
        skip_string(walk);
    } else if (c == '{' || c == '[') {
        skip_container(walk);
    } else {
        while (walk->pos < walk->len && !is_blank(peek(walk)) && strchr(",}]", peek(walk)) == NULL) {
            walk->pos++;
        }
    }
}

/* Leaves the walk behind what it skipped, which may lie beyond the end only where the text was no JSON. */
static struct slice take(struct walk *walk)
{
    size_t from = walk->pos;
    skip_value(walk);
    if (walk->pos > walk->len) {
        walk->pos = walk->len;
    }
    return (struct slice){walk->text + from, walk->pos - from};
}

static void skip_to_next(struct walk *walk)
{
    skip_blanks(walk);
    while (peek(walk) == ',' || peek(walk) == ':') {
        walk->pos++;
        skip_blanks(walk);
    }
}

static bool is_key(struct slice name, const char *key)
{
    size_t len = strlen(key);
    return name.len == len + 2 && memcmp(name.text + 1, key, len) == 0;
}

bool slice_member(struct slice object, const char *key, struct slice *out)
{
    struct walk walk = {object.text, object.len, 0};
    skip_blanks(&walk);
    walk.pos++; /* the brace */
    skip_to_next(&walk);
    while (peek(&walk) == '"') {
        struct slice name = take(&walk);
        struct slice value;
        skip_to_next(&walk);
        value = take(&walk);
        if (is_key(name, key)) {
            *out = value;
            return true;
        }
        skip_to_next(&walk);
    }
    return false;
}
