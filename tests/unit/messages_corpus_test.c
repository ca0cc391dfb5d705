/* SPDX-License-Identifier: MIT */
/*
 * Every line of tests/data/messages.txt that needs no running server, through lines and decoding: what would be
 * answered, and whether the connection would go on. An operation stands in for its result: a request that decodes is
 * answered with {}.
 */
#include "protocol/line.h"
#include "protocol/reply.h"
#include "tests/support/messages.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

enum { TRANSCRIPT_MAX = 1 << 22 };

struct connection {
    struct jd_line_reader reader;
    struct jd_buf transcript; /* one reply per line */
    bool is_closed;
};

static void answer_error(struct connection *connection, const struct jd_id *id, const struct jd_err *err)
{
    jd_reply_error(id, err, NULL, NULL, &connection->transcript);
}

static void take_line(struct connection *connection, const char *line, size_t len)
{
    struct jd_request request;
    struct jd_err err;
    enum jd_code code;
    if (len == 0) {
        return;
    }
    code = jd_request_decode(line, len, &request, &connection->is_closed, &err);
    if (code != JD_OK && !request.is_notification) {
        answer_error(connection, &request.id, &err);
    } else if (code == JD_OK && !request.is_notification) {
        jd_reply_result(&request.id, "{}", 2, &connection->transcript);
    }
    jd_request_done(&request);
}

static void take_lines(struct connection *connection)
{
    static const struct jd_id no_id;
    const char *line;
    size_t len;
    struct jd_err err;
    while (!connection->is_closed) {
        if (jd_line_next(&connection->reader, &line, &len, &err) != JD_OK) {
            answer_error(connection, &no_id, &err);
            connection->is_closed = true;
        } else if (line == NULL) {
            return;
        } else {
            take_line(connection, line, len);
        }
    }
}

static void send_bytes(struct connection *connection, const char *bytes, size_t len)
{
    for (size_t pos = 0; pos < len && !connection->is_closed;) {
        size_t room;
        char *at = jd_line_room(&connection->reader, &room);
        size_t n = len - pos < room ? len - pos : room;
        check_true(room > 0);
        memcpy(at, bytes + pos, n);
        jd_line_added(&connection->reader, n);
        pos += n;
        take_lines(connection);
    }
}

/* The server has to answer before it can be told whether what it says is right. */
static bool is_about_world(const struct message_answer *answer)
{
    return answer->number == -32001 || answer->number == -32002 || answer->number == -32005;
}

static void check_answer(const char *line, const struct message_answer *answer)
{
    char expected[200];
    bool is_ok = answer->outcome == MESSAGE_OK || is_about_world(answer);
    snprintf(expected, sizeof expected, "\"id\":%s,", answer->id);
    check_true(answer->id[0] == '\0' || strstr(line, expected) != NULL);
    check_int(strstr(line, "\"result\":{}") != NULL, is_ok);
    if (!is_ok) {
        snprintf(expected, sizeof expected, "\"error\":{\"code\":%d,", answer->number);
        check_true(strstr(line, expected) != NULL);
        snprintf(expected, sizeof expected, "\"word\":\"%s\"", answer->word);
        check_true(answer->word[0] == '\0' || strstr(line, expected) != NULL);
    }
}

/* Cuts the first line off *rest. */
static char *cut_line(char **rest)
{
    char *line = *rest;
    char *lf = strchr(line, '\n');
    if (lf == NULL) {
        return NULL;
    }
    *lf = '\0';
    *rest = lf + 1;
    return line;
}

static void check_answers(const struct message *message, char *transcript)
{
    char *line;
    for (size_t i = 0; i < message->n_answers; i++) {
        const struct message_answer *answer = &message->answers[i];
        if (answer->outcome == MESSAGE_CLOSED) {
            return; /* by a budget of the session */
        }
        if (answer->outcome != MESSAGE_NONE) {
            line = cut_line(&transcript);
            check_true(line != NULL);
            check_answer(line, answer);
        }
    }
    check_text(transcript, "");
}

static void check_every(const struct message *message, char *transcript)
{
    const char *line;
    size_t n = 0;
    for (; (line = cut_line(&transcript)) != NULL; n++) {
        check_answer(line, &message->answers[0]);
    }
    check_int(n, 5000);
}

/* Deadlines, budgets and hanging up belong to the session. */
static bool needs_server(const struct message *message)
{
    for (size_t i = 0; i < message->n_actions; i++) {
        if (message->actions[i].what != MESSAGE_SEND) {
            return true;
        }
    }
    return message->answers[0].outcome == MESSAGE_CLOSED;
}

static void run_message(const struct message *message)
{
    static struct connection connection; /* the reader is too large for the stack */
    char nothing[1] = "";
    char *transcript;
    jd_line_init(&connection.reader);
    jd_buf_init(&connection.transcript, TRANSCRIPT_MAX);
    connection.is_closed = false;
    for (size_t i = 0; i < message->n_actions; i++) {
        send_bytes(&connection, message->actions[i].bytes, message->actions[i].len);
    }
    check_false(connection.transcript.failed);
    transcript = connection.transcript.len > 0 ? connection.transcript.data : nothing;
    check_case("messages.txt line %d: %.150s => %.60s; got %.150s", message->line, message->raw, message->expected,
               transcript);
    (message->is_every ? check_every : check_answers)(message, transcript);
    check_true(message->after == MESSAGE_UNSAID || (message->after == MESSAGE_CLOSES) == connection.is_closed);
    jd_buf_done(&connection.transcript);
}

TEST(messages, every_line_gets_its_answer)
{
    struct messages messages;
    size_t n_left = 0;
    messages_load(&messages);
    for (size_t i = 0; i < messages.n; i++) {
        if (needs_server(&messages.items[i])) {
            n_left++;
        } else {
            run_message(&messages.items[i]);
        }
    }
    check_case("%s", "all of them");
    check_int(messages.n, 104);
    check_int(n_left, 5);
    messages_done(&messages);
}

TEST(messages, the_reader_understands_macros_and_expectations)
{
    struct messages messages;
    size_t n_sends = 0;
    size_t n_waits = 0;
    size_t n_words = 0;
    messages_load(&messages);
    for (size_t i = 0; i < messages.n; i++) {
        const struct message *message = &messages.items[i];
        for (size_t a = 0; a < message->n_actions; a++) {
            n_sends += message->actions[a].what == MESSAGE_SEND;
            n_waits += message->actions[a].what == MESSAGE_WAIT;
            check_true(message->actions[a].what != MESSAGE_SEND || message->actions[a].len > 0);
        }
        for (size_t a = 0; a < message->n_answers; a++) {
            const struct message_answer *answer = &message->answers[a];
            check_case("line %d", message->line);
            check_int(answer->outcome == MESSAGE_ERR, answer->number < 0);
            check_true(answer->word[0] == '\0' || jd_code_from_word(answer->word, answer->number) != JD_E_INTERNAL);
            n_words += answer->word[0] != '\0';
        }
    }
    check_case("%s", "");
    check_int(n_waits, 201);
    check_int(n_sends, messages.n - 2 + 1 + 199);
    check_true(n_words > 70);
    messages_done(&messages);
}
