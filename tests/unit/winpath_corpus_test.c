/* SPDX-License-Identifier: MIT */
/* The path grammar against tests/data/paths.txt, and against a second grammar over mutations of it. */
#include "common/winpath.h"

#include "common/buf.h"
#include "common/utf.h"
#include "tests/support/corpus.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

static void check_accepted(const struct corpus_line *line)
{
    struct jd_winpath path;
    struct jd_winpath again;
    struct jd_err err;
    check_ok(jd_winpath_parse(line->text, line->len, &path, &err), &err);
    check_int(path.len, line->len);
    check_true(path.text[0] >= 'A' && path.text[0] <= 'Z');
    check_int(path.text[0] | 0x20, line->text[0] | 0x20);
    check_text(path.text + 1, line->text + 1);
    check_ok(jd_winpath_parse(path.text, path.len, &again, &err), &err);
    check_text(again.text, path.text);
    check_true(jd_winpath_equal(&path, &again));
    jd_winpath_done(&path);
    jd_winpath_done(&again);
}

static void check_refused(const struct corpus_line *line)
{
    struct jd_winpath path;
    struct jd_err err;
    check_code(jd_winpath_parse(line->text, line->len, &path, &err), JD_E_BAD_PATH, &err);
    check_text(err.reason, line->word);
}

static bool has_nul(const struct corpus_line *line)
{
    return memchr(line->text, '\0', line->len) != NULL;
}

TEST(winpath_corpus, every_line_gets_its_verdict_and_reason)
{
    static const size_t least[] = {
        [CORPUS_ACCEPT] = 64,      [CORPUS_DENY_POLICY] = 25, [CORPUS_REJECT_LEX] = 130,
        [CORPUS_REJECT_PARSE] = 5, [CORPUS_REJECT_FS] = 22,
    };
    size_t n[JD_COUNT(least)] = {0};
    struct corpus corpus = corpus_load();
    for (size_t i = 0; i < corpus.n; i++) {
        const struct corpus_line *line = &corpus.lines[i];
        check_case("line %zu: %.60s %s", line->number, line->json, line->note);
        n[line->verdict]++;
        if (line->verdict == CORPUS_REJECT_LEX) {
            check_refused(line);
        } else if (line->verdict == CORPUS_REJECT_PARSE) {
            check_true(!line->is_text || has_nul(line)); /* refused by the scanner, not here */
        } else {
            check_true(line->is_text);
            check_accepted(line);
        }
    }
    for (size_t i = 0; i < JD_COUNT(least); i++) {
        check_case("verdict %zu", i);
        check_true(n[i] >= least[i]);
    }
    corpus_free(&corpus);
}

/* The same grammar said once more, over UTF-16, by lists and backwards. */

static bool is_device_word(const uint16_t *units, size_t n)
{
    static const char *const words[] = {
        "con",  "prn",  "aux",  "nul",  "clock$", "conin$", "conout$", "com0",    "com1",    "com2",    "com3",
        "com4", "com5", "com6", "com7", "com8",   "com9",   "com\xB9", "com\xB2", "com\xB3", "lpt0",    "lpt1",
        "lpt2", "lpt3", "lpt4", "lpt5", "lpt6",   "lpt7",   "lpt8",    "lpt9",    "lpt\xB9", "lpt\xB2", "lpt\xB3",
    };
    for (size_t i = 0; i < JD_COUNT(words); i++) {
        size_t k = 0;
        while (k < n && words[i][k] != '\0') {
            uint16_t unit = units[k] >= 'A' && units[k] <= 'Z' ? units[k] + 32 : units[k];
            if (unit != (unsigned char)words[i][k]) {
                break;
            }
            k++;
        }
        if (k == n && words[i][k] == '\0') {
            return true;
        }
    }
    return false;
}

static bool reference_takes_name(const uint16_t *units, size_t n)
{
    size_t base = 0;
    if (n == 0 || n > 255 || units[n - 1] == '.' || units[n - 1] == ' ') {
        return false;
    }
    for (size_t i = n; i-- > 0;) {
        if (units[i] < ' ' || units[i] == 127 || (units[i] < 127 && strchr("*?<>|:/\"", units[i]) != NULL)) {
            return false;
        }
    }
    while (base < n && units[base] != '.') {
        base++;
    }
    while (base > 0 && units[base - 1] == ' ') {
        base--;
    }
    return !is_device_word(units, base);
}

static bool reference_takes(const uint16_t *units, size_t n)
{
    size_t end = n;
    size_t n_names = 0;
    if (n < 4 || n > 4089 || units[1] != ':' || units[2] != '\\' ||
        !((units[0] >= 'a' && units[0] <= 'z') || (units[0] >= 'A' && units[0] <= 'Z'))) {
        return false;
    }
    for (size_t i = n; i-- > 2;) {
        if (units[i] == '\\') {
            if (++n_names > 64 || !reference_takes_name(units + i + 1, end - i - 1)) {
                return false;
            }
            end = i;
        }
    }
    return true;
}

enum { MUTATIONS = 200000, CODES_MAX = 40000 };

/* A path under mutation, one code point per place. */
struct draft {
    uint32_t codes[CODES_MAX];
    size_t n;
};

static uint32_t seed;

/* xorshift32: the same mutations on every machine. */
static size_t below(size_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % n;
}

static void insert_code(struct draft *draft, size_t at, uint32_t code)
{
    if (draft->n < CODES_MAX) {
        memmove(draft->codes + at + 1, draft->codes + at, (draft->n - at) * sizeof draft->codes[0]);
        draft->codes[at] = code;
        draft->n++;
    }
}

static void delete_code(struct draft *draft, size_t at)
{
    draft->n--;
    memmove(draft->codes + at, draft->codes + at + 1, (draft->n - at) * sizeof draft->codes[0]);
}

static uint32_t spicy_code(void)
{
    static const uint32_t codes[] = {
        '\\', '\\', '\\', '.', '.',    ' ',    ':',    '/',    '?',    '*',     '<',      '>', '|', '"',  0,    1,
        31,   127,  'C',  'o', 'N',    'm',    '1',    '0',    '$',    'u',     'L',      'p', 't', 0xB9, 0xB2, 0xB3,
        0x85, 0xA0, 0xE9, '~', 0x200E, 0x3000, 0xFF3C, 0xFF1A, 0xFFFF, 0x1F600, 0x10FFFF, '[', '`', '{',  '@',  'z',
    };
    return codes[below(JD_COUNT(codes))];
}

static void insert_word(struct draft *draft, size_t at)
{
    static const char *const words[] = {"\\..\\", "\\.\\",  "CON",     "\\nul", "com1",
                                        "lpt9.",  "clock$", "\\\\?\\", "C:\\",  ". "};
    const char *word = words[below(JD_COUNT(words))];
    for (size_t i = strlen(word); i-- > 0;) {
        insert_code(draft, at, (unsigned char)word[i]);
    }
}

static void mutate(struct draft *draft)
{
    size_t at = below(draft->n + 1);
    switch (below(5)) {
    case 0:
        insert_code(draft, at, spicy_code());
        break;
    case 1:
        insert_word(draft, at);
        break;
    case 2:
        draft->n = at; /* cut */
        break;
    default:
        if (at < draft->n && below(3) == 0) {
            delete_code(draft, at);
        } else if (at < draft->n) {
            draft->codes[at] = spicy_code();
        }
    }
}

static void start_from(struct draft *draft, const struct corpus_line *line)
{
    size_t pos = 0;
    draft->n = 0;
    while (pos < line->len && draft->n < CODES_MAX) {
        draft->codes[draft->n++] = jd_utf8_next(line->text, line->len, &pos);
    }
}

/* Lines of thousands of units would take nearly all the time. */
static const struct corpus_line *pick(const struct corpus *corpus)
{
    const struct corpus_line *line = &corpus->lines[below(corpus->n)];
    while (line->n_units > 1000 && below(16) != 0) {
        line = &corpus->lines[below(corpus->n)];
    }
    return line;
}

static void write_out(const struct draft *draft, struct jd_buf *text)
{
    jd_buf_reset(text);
    for (size_t i = 0; i < draft->n; i++) {
        char bytes[4];
        jd_buf_add(text, bytes, jd_utf8_put(draft->codes[i], bytes));
    }
}

/* Returns whether the path was taken. Both grammars must agree. */
static bool judge_twice(const struct jd_buf *text, uint16_t *units, size_t number)
{
    struct jd_winpath path = {0};
    struct jd_err err = {0};
    size_t n_units = 0;
    const char *bytes = text->len == 0 ? "" : text->data;
    bool is_taken = jd_winpath_parse(bytes, text->len, &path, &err) == JD_OK;
    check_case("mutation %zu: %.80s (%s)", number, bytes, is_taken ? "taken" : err.reason);
    check_ok(jd_utf8_to_utf16(bytes, text->len, units, CODES_MAX * 2, &n_units, &err), &err);
    check_int(is_taken, reference_takes(units, n_units));
    if (is_taken) {
        check_bytes(path.text + 1, path.len - 1, text->data + 1, text->len - 1);
        check_int(path.start[0], 3);
    }
    jd_winpath_done(&path);
    return is_taken;
}

TEST(winpath_corpus, no_mutation_is_taken_that_a_second_grammar_refuses)
{
    struct corpus corpus = corpus_load();
    struct draft *draft = malloc(sizeof *draft);
    uint16_t *units = malloc(CODES_MAX * 2 * sizeof *units);
    struct jd_buf text;
    size_t n_taken = 0;
    check_true(draft != NULL && units != NULL);
    jd_buf_init(&text, CODES_MAX * 4);
    seed = 20250211;
    for (size_t i = 0; i < MUTATIONS; i++) {
        start_from(draft, pick(&corpus));
        for (size_t k = below(4) + 1; k > 0; k--) {
            mutate(draft);
        }
        write_out(draft, &text);
        n_taken += judge_twice(&text, units, i);
    }
    check_true(n_taken > MUTATIONS / 50 && n_taken < MUTATIONS); /* both sides were visited */
    jd_buf_done(&text);
    free(units);
    free(draft);
    corpus_free(&corpus);
}

TEST(winpath_corpus, no_broken_byte_is_taken)
{
    struct corpus corpus = corpus_load();
    seed = 7;
    for (size_t i = 0; i < 20000; i++) {
        const struct corpus_line *line = &corpus.lines[below(corpus.n)];
        char *copy = jd_strndup(line->text, line->len);
        size_t at = below(line->len + 1);
        struct jd_winpath path = {0};
        struct jd_err err;
        enum jd_code code;
        check_case("line %zu, byte %zu", line->number, at);
        check_true(copy != NULL);
        copy[at] = (char)(0x80 + below(0x80)); /* the NUL at the end is a place too */
        code = jd_winpath_parse(copy, line->len + 1, &path, &err);
        if (jd_utf8_valid_prefix(copy, line->len + 1) != line->len + 1) {
            check_code(code, JD_E_INVALID_UTF8, &err);
        }
        jd_winpath_done(&path);
        free(copy);
    }
    corpus_free(&corpus);
}
