/* SPDX-License-Identifier: MIT */
#include "tests/support/messages.h"

#include "common/buf.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGES_FILE JD_TEST_DATA "/messages.txt"

enum { FILE_MAX = 1 << 20, SEND_MAX = 1 << 24 };

#define need(condition) need_at(__LINE__, (condition), #condition)

static void need_at(int line, bool holds, const char *what)
{
    if (!holds) {
        check_fail(__FILE__, line, "%s: %s", MESSAGES_FILE, what);
    }
}

static void *grow(void *items, size_t n, size_t size)
{
    void *grown = realloc(items, (n + 1) * size);
    need(grown != NULL);
    return grown;
}

static struct message_action *add_action(struct message *message, enum message_do what)
{
    message->actions = grow(message->actions, message->n_actions, sizeof *message->actions);
    message->actions[message->n_actions] = (struct message_action){.what = what};
    return &message->actions[message->n_actions++];
}

/* Turns the bytes gathered so far into one send. */
static void flush_bytes(struct message *message, struct jd_buf *bytes)
{
    if (bytes->len != 0) {
        struct message_action *action = add_action(message, MESSAGE_SEND);
        action->bytes = jd_strndup(bytes->data, bytes->len);
        action->len = bytes->len;
        need(action->bytes != NULL);
    }
    jd_buf_reset(bytes);
}

static void expand(struct message *message, const char *text, size_t len, struct jd_buf *bytes);

/* The text between the braces of {{REP n|text|}}. */
static void expand_repeat(struct message *message, const char *text, size_t len, struct jd_buf *bytes)
{
    char *bar;
    unsigned long n = strtoul(text, &bar, 10);
    need(*bar == '|' && len > 0 && text[len - 1] == '|');
    for (unsigned long i = 0; i < n; i++) {
        expand(message, bar + 1, (size_t)(text + len - 1 - (bar + 1)), bytes);
    }
}

static bool begins_with(const char *text, size_t len, const char *prefix)
{
    return len >= strlen(prefix) && memcmp(text, prefix, strlen(prefix)) == 0;
}

/* text is what stands between the braces. */
static void expand_macro(struct message *message, const char *text, size_t len, struct jd_buf *bytes)
{
    if (begins_with(text, len, "REP ")) {
        expand_repeat(message, text + 4, len - 4, bytes);
        return;
    }
    flush_bytes(message, bytes);
    if (begins_with(text, len, "WAIT ")) {
        add_action(message, MESSAGE_WAIT)->wait_ms = (unsigned)strtoul(text + 5, NULL, 10);
    } else if (begins_with(text, len, "CLOSE")) {
        add_action(message, MESSAGE_CLOSE);
    } else {
        need(begins_with(text, len, "SPLIT"));
    }
}

/* A repeat ends at "|}}", as it may hold another macro; the others end at "}}". Returns how long the macro is. */
static size_t macro_length(const char *text, size_t len)
{
    const char *end = begins_with(text, len, "{{REP ") ? "|}}" : "}}";
    for (size_t i = 0; i + strlen(end) <= len; i++) {
        if (memcmp(text + i, end, strlen(end)) == 0) {
            return i + strlen(end);
        }
    }
    need(!"a macro without its end");
    return 0;
}

static bool is_macro(const char *text, size_t len)
{
    static const char *const macros[] = {"{{REP ", "{{WAIT ", "{{SPLIT}}", "{{CLOSE}}"};
    for (size_t i = 0; i < JD_COUNT(macros); i++) {
        if (begins_with(text, len, macros[i])) {
            return true;
        }
    }
    return false;
}

/* One of \\ \n \r \t \xHH; returns how many characters it takes. */
static size_t expand_escape(const char *text, size_t len, struct jd_buf *bytes)
{
    static const char letters[] = "\\nrt";
    static const char meanings[] = "\\\n\r\t";
    const char *letter;
    need(len >= 2);
    if (text[1] == 'x') {
        char digits[3] = {0};
        need(len >= 4);
        memcpy(digits, text + 2, 2);
        jd_buf_add_char(bytes, (char)strtoul(digits, NULL, 16));
        return 4;
    }
    letter = memchr(letters, text[1], sizeof letters - 1);
    need(letter != NULL);
    jd_buf_add_char(bytes, meanings[letter - letters]);
    return 2;
}

static void expand(struct message *message, const char *text, size_t len, struct jd_buf *bytes)
{
    size_t pos = 0;
    while (pos < len) {
        if (is_macro(text + pos, len - pos)) {
            size_t n = macro_length(text + pos, len - pos);
            expand_macro(message, text + pos + 2, n - 4, bytes);
            pos += n;
        } else if (text[pos] == '\\') {
            pos += expand_escape(text + pos, len - pos, bytes);
        } else {
            jd_buf_add_char(bytes, text[pos++]);
        }
    }
}

/* Blanks what stands in parentheses: remarks. */
static void drop_remarks(char *text)
{
    int depth = 0;
    for (; *text != '\0'; text++) {
        depth += *text == '(';
        if (*text == ')') {
            depth--;
            *text = ' ';
        }
        *text = depth > 0 ? ' ' : *text;
    }
}

static bool is_one_of(const char *token, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(token, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* "OK", "ERR", … begin an expected answer. */
static struct message_answer *begin_answer(struct message *message, const char *token)
{
    static const char *const names[] = {"OK", "ERR", "NONE", "CLOSE"};
    for (size_t i = 0; i < JD_COUNT(names); i++) {
        if (strcmp(token, names[i]) == 0) {
            struct message_answer *answer = &message->answers[message->n_answers++];
            need(message->n_answers <= MESSAGE_ANSWERS_MAX);
            *answer = (struct message_answer){.outcome = (enum message_outcome)i};
            return answer;
        }
    }
    return NULL;
}

static void read_token(struct message *message, const char *token, const char *previous)
{
    static const char *const no_words[] = {"close", "keep", "for"};
    struct message_answer *answer = message->n_answers > 0 ? &message->answers[message->n_answers - 1] : NULL;
    if (begin_answer(message, token) != NULL) {
        return;
    }
    if (strcmp(token, "keep") == 0) {
        message->after = MESSAGE_KEEPS;
    } else if (strcmp(token, "close") == 0) {
        message->after = MESSAGE_CLOSES;
    } else if (strcmp(token, "every") == 0) {
        message->is_every = true;
    } else if (answer != NULL && strncmp(token, "id=", 3) == 0) {
        snprintf(answer->id, sizeof answer->id, "%s", token + 3);
    } else if (answer != NULL && strcmp(previous, "ERR") == 0) {
        answer->number = atoi(token);
    } else if (answer != NULL && previous[0] == '-' && !is_one_of(token, no_words, JD_COUNT(no_words))) {
        snprintf(answer->word, sizeof answer->word, "%s", token);
    }
}

static void read_expected(struct message *message)
{
    char *copy = jd_strdup(message->expected);
    char *rest = copy;
    const char *previous = "";
    need(copy != NULL);
    drop_remarks(copy);
    while (*rest != '\0') {
        char *token = rest;
        rest += strcspn(rest, " ,;");
        if (*rest != '\0') {
            *rest++ = '\0';
        }
        if (token[0] != '\0') {
            read_token(message, token, previous);
            previous = token;
        }
    }
    free(copy);
    need(message->n_answers > 0);
}

static void read_message(struct message *out, int line, const char *text, size_t len)
{
    const char *tab = memchr(text, '\t', len);
    const char *end = tab != NULL ? memchr(tab + 1, '\t', len - (size_t)(tab + 1 - text)) : NULL;
    struct jd_buf bytes;
    need(tab != NULL);
    end = end != NULL ? end : text + len;
    *out = (struct message){.line = line};
    out->raw = jd_strndup(text, (size_t)(tab - text));
    out->expected = jd_strndup(tab + 1, (size_t)(end - (tab + 1)));
    need(out->raw != NULL && out->expected != NULL);
    jd_buf_init(&bytes, SEND_MAX);
    expand(out, text, (size_t)(tab - text), &bytes);
    need(!bytes.failed);
    flush_bytes(out, &bytes);
    jd_buf_done(&bytes);
    read_expected(out);
}

static char *read_file(size_t *out_len)
{
    char *text = malloc(FILE_MAX);
    FILE *file = fopen(MESSAGES_FILE, "rb");
    need(text != NULL && file != NULL);
    *out_len = fread(text, 1, FILE_MAX, file);
    fclose(file);
    need(*out_len < FILE_MAX);
    return text;
}

void messages_load(struct messages *out)
{
    size_t len;
    char *text = read_file(&len);
    int line = 1;
    *out = (struct messages){0};
    for (size_t pos = 0; pos < len; line++) {
        const char *lf = memchr(text + pos, '\n', len - pos);
        size_t n = lf != NULL ? (size_t)(lf - (text + pos)) : len - pos;
        if (n > 0 && text[pos] != '#') {
            out->items = grow(out->items, out->n, sizeof *out->items);
            read_message(&out->items[out->n++], line, text + pos, n);
        }
        pos += n + 1;
    }
    free(text);
}

void messages_done(struct messages *messages)
{
    for (size_t i = 0; i < messages->n; i++) {
        struct message *message = &messages->items[i];
        for (size_t a = 0; a < message->n_actions; a++) {
            free(message->actions[a].bytes);
        }
        free(message->actions);
        free(message->raw);
        free(message->expected);
    }
    free(messages->items);
    *messages = (struct messages){0};
}
