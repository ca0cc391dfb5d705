/* SPDX-License-Identifier: MIT */
#include "tests/support/rig_talk.h"

#include "protocol/reply.h"
#include "service/os/fake/fake.h"
#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>

enum { LINE_MAX_BYTES = 1024 };

const char *rig_inspect(int64_t id, const char *leaf)
{
    static char line[LINE_MAX_BYTES];
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":%lld,\"method\":\"junction.inspect\",\"params\":{\"link\":"
             "\"C:\\\\jt\\\\links\\\\%s\"}}\n",
             (long long)id, leaf);
    return line;
}

const char *rig_create(int64_t id, const char *leaf)
{
    static char line[LINE_MAX_BYTES];
    snprintf(line, sizeof line,
             "{\"jsonrpc\":\"2.0\",\"id\":%lld,\"method\":\"junction.create\",\"params\":{\"link\":"
             "\"C:\\\\jt\\\\links\\\\%s\",\"target\":\"C:\\\\jt\\\\targets\\\\a\"}}\n",
             (long long)id, leaf);
    return line;
}

const char *rig_info(int64_t id)
{
    static char line[128];
    snprintf(line, sizeof line, "{\"jsonrpc\":\"2.0\",\"id\":%lld,\"method\":\"service.info\"}\n", (long long)id);
    return line;
}

static void decode(const char *file, int line, const char *text, int64_t id, struct jd_reply *out)
{
    struct jd_err err;
    if (text == NULL) {
        check_fail(file, line, "closed instead of an answer");
    }
    if (jd_reply_decode(text, strlen(text), out, &err) != JD_OK) {
        check_fail(file, line, "not an answer: %s", text);
    }
    if (out->id.kind != (id == 0 ? JD_ID_NULL : JD_ID_INTEGER) || out->id.integer != id) {
        check_fail(file, line, "not the answer to %lld: %s", (long long)id, text);
    }
}

void rig_expect_result_at(const char *file, int line, const char *reply, int64_t id)
{
    struct jd_reply decoded;
    decode(file, line, reply, id, &decoded);
    if (decoded.code != JD_OK) {
        check_fail(file, line, "not a result: %s", reply);
    }
    jd_reply_done(&decoded);
}

void rig_expect_error_at(const char *file, int line, const char *reply, int64_t id, const char *word,
                         const char *reason)
{
    struct jd_reply decoded;
    decode(file, line, reply, id, &decoded);
    if (decoded.word == NULL || strcmp(decoded.word, word) != 0 ||
        (reason != NULL && (decoded.reason == NULL || strcmp(decoded.reason, reason) != 0))) {
        check_fail(file, line, "not the error %s %s: %s", word, reason == NULL ? "" : reason, reply);
    }
    jd_reply_done(&decoded);
}

static void be(struct os_caller caller)
{
    fake_peer_set(&caller);
    os_caller_done(&caller);
}

void rig_be_user(uint32_t rid)
{
    be(fake_caller_user(rid));
}

void rig_be_administrator(void)
{
    be(fake_caller_administrator());
}
