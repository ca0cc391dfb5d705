/* SPDX-License-Identifier: MIT */
/*
 * Out of memory at every single allocation of reading, writing and answering a message: the typed error, nothing lost,
 * nothing half done. Linked with --wrap for malloc, calloc, realloc and free: what our own floors call (and what cJSON
 * asks for, through json.c) comes by here.
 */
#include "protocol/reply.h"
#include "tests/support/suite.h"

#include <cjson/cJSON.h>

#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

static size_t n_asked;     /* allocations since arm() */
static size_t bytes_asked; /* likewise */
static size_t fail_at;     /* counted from 1; 0: none */
static bool fail_after;    /* and every later one */
static ptrdiff_t n_live;

static bool may_allocate(size_t size)
{
    n_asked++;
    bytes_asked += size;
    return fail_at == 0 || (fail_after ? n_asked < fail_at : n_asked != fail_at);
}

static void *count_live(void *memory)
{
    n_live += memory != NULL;
    return memory;
}

void *__wrap_malloc(size_t size)
{
    return may_allocate(size) ? count_live(__real_malloc(size)) : NULL;
}

void *__wrap_calloc(size_t n, size_t size)
{
    return may_allocate(n * size) ? count_live(__real_calloc(n, size)) : NULL;
}

void *__wrap_realloc(void *memory, size_t size)
{
    bool is_new = memory == NULL;
    void *moved = may_allocate(size) ? __real_realloc(memory, size) : NULL;
    return is_new ? count_live(moved) : moved;
}

void __wrap_free(void *memory)
{
    n_live -= memory != NULL;
    __real_free(memory);
}

static void arm(size_t at, bool after)
{
    cJSON_Hooks hooks = {__wrap_malloc, __wrap_free};
    cJSON_InitHooks(&hooks);
    n_asked = 0;
    bytes_asked = 0;
    fail_at = at;
    fail_after = after;
}

typedef enum jd_code (*work_fn)(const char *text, size_t len, struct jd_err *err);

/* Fails allocation 1, 2, … until the work gets through; returns how many there were. */
static size_t sweep(work_fn work, const char *text, size_t len, bool after)
{
    struct jd_err err;
    enum jd_code code = JD_E_NO_MEMORY;
    size_t at = 0;
    while (code != JD_OK) {
        ptrdiff_t live = n_live;
        arm(++at, after);
        code = work(text, len, &err);
        arm(0, false);
        check_case("allocation %zu of: %.80s", at, text);
        check_int(n_live, live);
        check_true(code == JD_OK || code == JD_E_NO_MEMORY);
        check_true(code == JD_OK || err.code == JD_E_NO_MEMORY);
        check_true(at < 10000);
    }
    return at - 1;
}

static void check_sweep(work_fn work, const char *text, size_t least)
{
    check_true(sweep(work, text, strlen(text), false) >= least);
    check_true(sweep(work, text, strlen(text), true) >= least);
}

static enum jd_code decode_request(const char *text, size_t len, struct jd_err *err)
{
    struct jd_request request;
    bool must_close = true;
    enum jd_code code = jd_request_decode(text, len, &request, &must_close, err);
    check_false(must_close);
    check_true(code == JD_OK || (request.op == NULL && request.params == NULL));
    jd_request_done(&request);
    return code;
}

static enum jd_code decode_reply(const char *text, size_t len, struct jd_err *err)
{
    struct jd_reply reply = {0};
    enum jd_code code = jd_reply_decode(text, len, &reply, err);
    check_true(code == JD_OK || reply.root == NULL);
    jd_reply_done(&reply);
    return code;
}

/* Decodes, then says it all again. */
static enum jd_code encode_request(const char *text, size_t len, struct jd_err *err)
{
    struct jd_request request;
    struct jd_buf buf;
    bool must_close;
    enum jd_code code = jd_request_decode(text, len, &request, &must_close, err);
    if (code == JD_OK) {
        jd_buf_init(&buf, JD_REPLY_MAX);
        jd_request_encode(1, request.op, request.params, &buf);
        jd_reply_result(&request.id, text, len, &buf);
        code = jd_buf_check(&buf, err);
        jd_buf_done(&buf);
    }
    jd_request_done(&request);
    return code;
}

#define CREATE                                                          \
    "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"junction.create\"," \
    "\"par\\u0061ms\":{\"link\":\"C:\\\\a\\\\b\",\"t\\u0061rget\":\"D:\\\\t\"}}"

TEST(protocol_memory, decoding_a_request_survives_every_failure)
{
    check_sweep(decode_request, CREATE, 15);
}

TEST(protocol_memory, decoding_an_answer_survives_every_failure)
{
    check_sweep(
        decode_reply,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[1,2,{\"a\":null},11111111111111111111111111111111111111111111"
        "1111111111111111111111111111111111111111111]}",
        12);
}

TEST(protocol_memory, encoding_survives_every_failure)
{
    check_sweep(encode_request, CREATE, 18);
}

/* Many keys and many values: what grows is grown more than once. */
TEST(protocol_memory, growing_survives_every_failure)
{
    struct jd_buf text;
    jd_buf_init(&text, JD_LINE_MAX);
    jd_buf_add_text(&text, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{");
    for (int i = 0; i < 200; i++) {
        jd_buf_add_format(&text, "\"k%d\":%d,", i, i);
    }
    jd_buf_add_text(&text, "\"z\":0}}");
    check_false(text.failed);
    check_sweep(decode_reply, text.data, 400);
    jd_buf_done(&text);
}

/* A flat array costs cJSON some 33 bytes for each of its own: it must never get that far. */
TEST(protocol_memory, a_batch_costs_next_to_nothing)
{
    enum { N = 20000 };
    struct jd_request request;
    struct jd_buf text;
    struct jd_err err;
    bool must_close;
    jd_buf_init(&text, JD_LINE_MAX);
    jd_buf_add_char(&text, '[');
    for (int i = 0; i < N; i++) {
        jd_buf_add_text(&text, "0,");
    }
    jd_buf_add_text(&text, "0]");
    arm(0, false);
    check_code(jd_request_decode(text.data, text.len, &request, &must_close, &err), JD_E_BATCH_NOT_SUPPORTED, &err);
    check_int(bytes_asked, 0);
    jd_buf_done(&text);
}

/* Per line of any kind, whatever it holds: bounded by its length (docs/protocol.md). */
TEST(protocol_memory, the_worst_line_stays_below_four_mebibytes)
{
    static const char *const units[] = {"0,", "[],", "\"\","};
    for (size_t i = 0; i < JD_COUNT(units); i++) {
        struct jd_request request;
        struct jd_buf text;
        struct jd_err err;
        bool must_close;
        check_case("%s", units[i]);
        jd_buf_init(&text, JD_LINE_MAX);
        jd_buf_add_text(&text, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"service.info\",\"params\":[");
        while (text.len + 8 < JD_LINE_MAX) {
            jd_buf_add_text(&text, units[i]);
        }
        jd_buf_add_text(&text, "0]}");
        arm(0, false);
        check_code(jd_request_decode(text.data, text.len, &request, &must_close, &err), JD_E_INVALID_PARAMS, &err);
        check_true(bytes_asked > 0 && bytes_asked < 4u << 20);
        jd_buf_done(&text);
    }
}
