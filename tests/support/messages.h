/* SPDX-License-Identifier: MIT */
/*
 * tests/data/messages.txt, read and expanded: what to do on a connection, and what must come back. The file's header
 * explains its escapes and macros. Used by the unit tests (lines and decoding alone) and by the session tests (a real
 * server).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum message_do {
    MESSAGE_SEND, /* two in a row are two writes: a {{SPLIT}} */
    MESSAGE_WAIT,
    MESSAGE_CLOSE
};

struct message_action {
    enum message_do what;
    unsigned wait_ms;
    char *bytes; /* owned; of a send */
    size_t len;
};

enum message_outcome {
    MESSAGE_OK,    /* a result */
    MESSAGE_ERR,   /* an error */
    MESSAGE_NONE,  /* no answer */
    MESSAGE_CLOSED /* the server closes, without more answers: after a deadline or a budget */
};

/* One expected answer. */
struct message_answer {
    enum message_outcome outcome;
    int number;    /* of an error */
    char word[32]; /* of an error; "" where the file does not say */
    char id[64];   /* as JSON text: 1, "abc", null; "" where the file does not say */
};

enum message_after { MESSAGE_UNSAID, MESSAGE_KEEPS, MESSAGE_CLOSES };

enum { MESSAGE_ANSWERS_MAX = 4 };

struct message {
    int line;                       /* of the file, from 1 */
    char *raw;                      /* owned; for check_case */
    char *expected;                 /* owned; likewise */
    struct message_action *actions; /* owned */
    size_t n_actions;
    struct message_answer answers[MESSAGE_ANSWERS_MAX];
    size_t n_answers;
    bool is_every;            /* every answer is one of these, in any number; otherwise exactly these, in order */
    enum message_after after; /* the connection, once all is answered */
};

struct messages {
    struct message *items; /* owned */
    size_t n;
};

/* Reads the whole file; a line that is not understood fails the running test. */
void messages_load(struct messages *out);
void messages_done(struct messages *messages);
