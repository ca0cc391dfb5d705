/* SPDX-License-Identifier: MIT */
/*
 * tests/data/messages.txt through a real server: every line gets its verdict, and the connection afterwards is as the
 * line says. Deadlines are scaled down, and the corpus's waits with them.
 */
#include "tests/support/messages.h"
#include "tests/support/rig_server.h"
#include "tests/support/suite.h"

#include "protocol/reply.h"

#include <stdio.h>
#include <string.h>

enum { CORPUS_MESSAGE_MS = 5000, MESSAGE_MS = 1500 };

static const struct server_limits limits = {
    .first_byte_ms = 1000,
    .message_ms = MESSAGE_MS,
    .idle_ms = 60000,
    .write_stall_ms = 60000,
    .stream_stall_ms = 60000,
    .wait_place_ms = 60000,
    .stop_ms = 5000,
    .linger_ms = 100,
};

/* What the corpus stands on; a line may have removed some of it. */
static void build_world(void)
{
    fake_junction("C:\\jt\\links\\a", "C:\\jt\\targets\\a");
    fake_junction("C:\\jt\\links\\b", "C:\\jt\\targets\\a");
    fake_junction("C:\\jt\\links\\\xE6\x97\xA5\xE6\x9C\xAC", "C:\\jt\\targets\\a");
    fake_junction("C:\\jt\\links\\\xF0\x9F\x98\x80", "C:\\jt\\targets\\a");
}

/* One action. False: the server closed, or the client did; nothing more can be said. */
static bool act(struct raw_peer *peer, const struct message_action *action)
{
    if (action->what == MESSAGE_SEND) {
        return raw_send(peer, action->bytes, action->len);
    }
    if (action->what == MESSAGE_WAIT) {
        return raw_is_silent(peer, (int)(action->wait_ms * MESSAGE_MS / CORPUS_MESSAGE_MS));
    }
    raw_close(peer);
    return false;
}

static void id_as_json(const struct jd_id *id, char *out, size_t cap)
{
    if (id->kind == JD_ID_INTEGER) {
        snprintf(out, cap, "%lld", (long long)id->integer);
    } else {
        snprintf(out, cap, id->kind == JD_ID_STRING ? "\"%s\"" : "null", id->text);
    }
}

static bool is_as_expected(const struct message_answer *expected, const struct jd_reply *reply)
{
    char id[JD_ID_CHARS_MAX * 4 + 3];
    id_as_json(&reply->id, id, sizeof id);
    if (expected->id[0] != '\0' && strcmp(expected->id, id) != 0) {
        return false;
    }
    if (expected->outcome == MESSAGE_OK) {
        return reply->code == JD_OK;
    }
    return expected->outcome == MESSAGE_ERR && reply->code != JD_OK &&
           jd_code_number(reply->code) == expected->number &&
           (expected->word[0] == '\0' || strcmp(expected->word, reply->word) == 0);
}

static void check_answer(const struct message_answer *expected, const char *line)
{
    struct jd_reply reply;
    struct jd_err err;
    if (line == NULL) {
        check_fail(__FILE__, __LINE__, "closed before the answer");
    }
    check_ok(jd_reply_decode(line, strlen(line), &reply, &err), &err);
    if (!is_as_expected(expected, &reply)) {
        check_fail(__FILE__, __LINE__, "came: %s", line);
    }
    jd_reply_done(&reply);
}

/* How many answers a message that may get any number of them must get: one a line. */
static size_t lines_sent(const struct message *message)
{
    size_t n = 0;
    for (size_t i = 0; i < message->n_actions; i++) {
        for (size_t k = 0; k < message->actions[i].len; k++) {
            n += message->actions[i].bytes[k] == '\n';
        }
    }
    return n;
}

static void check_every(struct raw_peer *peer, const struct message *message)
{
    for (size_t n = lines_sent(message); n > 0; n--) {
        const char *line = raw_line(peer);
        struct jd_reply reply;
        struct jd_err err;
        bool fits = false;
        check_true(line != NULL);
        check_ok(jd_reply_decode(line, strlen(line), &reply, &err), &err);
        for (size_t i = 0; i < message->n_answers; i++) {
            fits = fits || is_as_expected(&message->answers[i], &reply);
        }
        jd_reply_done(&reply);
        if (!fits) {
            check_fail(__FILE__, __LINE__, "came: %s", line);
        }
    }
}

/* An early error is allowed where the file says that the connection just closes. */
static void check_closes(struct raw_peer *peer)
{
    struct jd_reply reply;
    struct jd_err err;
    const char *line;
    while ((line = raw_line(peer)) != NULL) {
        check_ok(jd_reply_decode(line, strlen(line), &reply, &err), &err);
        check_int(jd_code_number(reply.code), -32700);
        jd_reply_done(&reply);
    }
}

static void check_answers(struct raw_peer *peer, const struct message *message)
{
    for (size_t i = 0; i < message->n_answers; i++) {
        const struct message_answer *expected = &message->answers[i];
        if (expected->outcome == MESSAGE_CLOSED) {
            check_closes(peer);
        } else if (expected->outcome != MESSAGE_NONE) {
            check_answer(expected, raw_line(peer));
        }
    }
}

static void check_after(struct raw_peer *peer, const struct message *message)
{
    if (message->n_answers > 0 && message->answers[message->n_answers - 1].outcome == MESSAGE_CLOSED) {
        return; /* closed it is, and was seen to be */
    }
    if (message->after == MESSAGE_CLOSES) {
        check_true(raw_is_closed(peer));
    } else if (message->after == MESSAGE_KEEPS) {
        rig_expect_result(raw_ask(peer, rig_info(4711)), 4711); /* and nothing came before it */
    }
}

static void run_message(const struct message *message)
{
    struct raw_peer peer;
    bool goes_on = true;
    build_world();
    raw_connect(&peer, rig_server_endpoint());
    for (size_t i = 0; goes_on && i < message->n_actions; i++) {
        goes_on = act(&peer, &message->actions[i]);
    }
    if (peer.fd >= 0) {
        if (message->is_every) {
            check_every(&peer, message);
        } else {
            check_answers(&peer, message);
        }
        check_after(&peer, message);
        raw_close(&peer);
    }
    rig_server_until(rig_has_connections, 0); /* its slot is free again */
}

TEST(session_corpus, every_line_gets_its_verdict)
{
    static const struct rig_server_options options = {.limits = &limits};
    struct messages messages;
    messages_load(&messages);
    check_true(messages.n > 100);
    rig_server_start(&options);
    for (size_t i = 0; i < messages.n; i++) {
        check_case("messages.txt:%d %.80s => %.120s", messages.items[i].line, messages.items[i].raw,
                   messages.items[i].expected);
        run_message(&messages.items[i]);
    }
    check_case("%s", "");
    rig_server_end();
    messages_done(&messages);
}
