/* SPDX-License-Identifier: MIT */
/*
 * tests/data/paths.txt, read and decoded: hostile paths with the verdict each must get (its first lines say how). The
 * decoder is a small one of its own, so that a test of ours does not lean on the scanner it tests. A file that does not
 * read ends the test as failed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum corpus_verdict {
    CORPUS_ACCEPT,
    CORPUS_DENY_POLICY,
    CORPUS_REJECT_LEX,   /* the path grammar refuses; word is its reason */
    CORPUS_REJECT_PARSE, /* the scanner refuses: a NUL or a lone surrogate */
    CORPUS_REJECT_FS     /* grammatical; refused once the fixture named in note stands */
};

struct corpus_line {
    size_t number; /* in the file, from 1 */
    enum corpus_verdict verdict;
    const char *json; /* the string as it stands in the file, with its quotes */
    const char *note; /* all that follows the verdict: "link;escape-when-shown nbsp" */
    char *word;       /* the first word of it: "unc_path", "link", "target" … (up to a space or semicolon) */
    uint16_t *units;  /* decoded, lone surrogates and NUL included */
    size_t n_units;
    bool is_text; /* no lone surrogate */
    char *text;   /* the same as UTF-8, NUL-terminated; a lone surrogate stands as U+FFFD */
    size_t len;
};

struct corpus {
    struct corpus_line *lines; /* owned, with all they point to */
    size_t n;
    char *storage;
};

struct corpus corpus_load(void);
void corpus_free(struct corpus *corpus);
