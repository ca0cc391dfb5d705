/* SPDX-License-Identifier: MIT */
#include "tests/support/corpus.h"

#include "common/buf.h"
#include "common/utf.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CORPUS_BYTES_MAX = 1 << 20 };

static const char path[] = JD_TEST_DATA "/paths.txt";

#define refuse(number, what) check_fail(path, (int)(number), "%s", (what))

static char *read_whole(void)
{
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, CORPUS_BYTES_MAX + 1);
    size_t len;
    if (file == NULL || text == NULL) {
        refuse(0, "the corpus does not open");
    }
    len = fread(text, 1, CORPUS_BYTES_MAX, file);
    fclose(file);
    if (len == 0 || len == CORPUS_BYTES_MAX) {
        refuse(0, "the corpus is empty or too long");
    }
    return text;
}

static uint16_t hex_unit(const char *digits, size_t number)
{
    char text[5] = {0};
    char *end;
    unsigned long value;
    memcpy(text, digits, strlen(digits) < 4 ? strlen(digits) : 4);
    value = strtoul(text, &end, 16);
    if (end != text + 4) {
        refuse(number, "bad \\u escape");
    }
    return (uint16_t)value;
}

/* The unit that the escape after a backslash stands for; *at stands on the letter and moves past the escape. */
static uint16_t unescape(const char **at, size_t number)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    const char *letter;
    if (**at == 'u') {
        *at += 5;
        return hex_unit(*at - 4, number);
    }
    letter = **at == '\0' ? NULL : strchr(letters, **at);
    if (letter == NULL) {
        refuse(number, "bad escape");
    }
    *at += 1;
    return (uint16_t)values[letter - letters];
}

/* Decodes from the opening quote; returns the place after the closing one. */
static const char *decode(const char *at, struct corpus_line *line)
{
    line->units = calloc(strlen(at), sizeof *line->units);
    if (line->units == NULL || *at != '"') {
        refuse(line->number, "no string");
    }
    for (at++; *at != '"';) {
        if (*at == '\\') {
            at++;
            line->units[line->n_units++] = unescape(&at, line->number);
        } else if ((unsigned char)*at >= 0x20 && (unsigned char)*at < 0x7F) {
            line->units[line->n_units++] = (unsigned char)*at++;
        } else {
            refuse(line->number, "the corpus is ASCII");
        }
    }
    return at + 1;
}

static void read_verdict(const char *at, struct corpus_line *line)
{
    static const char *const words[] = {"ACCEPT", "DENY/POLICY", "REJECT/LEX", "REJECT/PARSE", "REJECT/FS"};
    size_t len = strcspn(at, " ");
    for (size_t i = 0; i < JD_COUNT(words); i++) {
        if (strlen(words[i]) == len && memcmp(words[i], at, len) == 0) {
            line->verdict = (enum corpus_verdict)i;
            line->note = at + len + (at[len] == ' ');
            line->word = jd_strndup(line->note, strcspn(line->note, " ;"));
            return;
        }
    }
    refuse(line->number, "unknown verdict");
}

/* text: one line, NUL-terminated, which stays where it is. */
static struct corpus_line read_line(char *text, size_t number)
{
    struct corpus_line line = {.number = number, .json = text};
    struct jd_buf utf8;
    char *tab = strchr(text, '\t');
    if (tab == NULL || decode(text, &line) != tab) {
        refuse(number, "no TAB after the string");
    }
    *tab = '\0';
    read_verdict(tab + 1, &line);
    jd_buf_init(&utf8, CORPUS_BYTES_MAX);
    line.is_text = jd_utf16_to_utf8(line.units, line.n_units, &utf8);
    line.len = utf8.len;
    line.text = utf8.len == 0 ? jd_strdup("") : utf8.data; /* the line owns the buffer's bytes */
    if (line.text == NULL || line.word == NULL) {
        refuse(number, "no memory");
    }
    return line;
}

static size_t count_lines(const char *text)
{
    size_t n = 0;
    for (; (text = strchr(text, '\n')) != NULL; text++) {
        n++;
    }
    return n;
}

struct corpus corpus_load(void)
{
    struct corpus corpus = {0};
    char *whole = read_whole();
    char *at = whole;
    corpus.storage = whole;
    corpus.lines = calloc(count_lines(whole) + 1, sizeof *corpus.lines);
    if (corpus.lines == NULL) {
        refuse(0, "no memory");
    }
    for (size_t number = 1; *at != '\0'; number++) {
        char *next = at + strcspn(at, "\n");
        if (*next != '\0') {
            *next++ = '\0';
        }
        if (*at != '#' && *at != '\0') {
            corpus.lines[corpus.n++] = read_line(at, number);
        }
        at = next;
    }
    return corpus;
}

void corpus_free(struct corpus *corpus)
{
    for (size_t i = 0; i < corpus->n; i++) {
        free(corpus->lines[i].units);
        free(corpus->lines[i].text);
        free(corpus->lines[i].word);
    }
    free(corpus->lines);
    free(corpus->storage);
    *corpus = (struct corpus){0};
}
