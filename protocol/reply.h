/* SPDX-License-Identifier: MIT */
/*
 * The envelope of an answer (JSON-RPC 2.0 Specification, section 5) and of the notifications a stream sends before it.
 * Each writer appends one whole line with its LF to a buffer whose ceiling is JD_REPLY_MAX; look at buf->failed
 * afterwards.
 */
#pragma once

#include "protocol/request.h"

/* {"jsonrpc":"2.0","id":…,"result":<result>}  result is one JSON value as text. */
void jd_reply_result(const struct jd_id *id, const char *result, size_t len, struct jd_buf *out);

/*
 * {"jsonrpc":"2.0","id":…,"error":{"code":…,"message":"…",
 *     "data":{"word":"…","reason":"…","rule":"…","request":"…"}}}
 *
 * The one function that decides what of an error a caller may learn: word, sentence and reason, never stage or system
 * number; err->text only for the SAID_WRONG family, where it repeats what the caller sent. rule and request may be
 * NULL.
 */
void jd_reply_error(const struct jd_id *id, const struct jd_err *err, const char *rule, const char *request,
                    struct jd_buf *out);

/* {"jsonrpc":"2.0","method":"<op->method>.<what>","params":{"id":…,"<what>":<value>}} */
void jd_reply_notification(const struct jd_id *id, const struct jd_op *op, const char *what, const char *value,
                           size_t len, struct jd_buf *out);

/* What a client reads. Strings are borrowed from root. */
struct jd_reply {
    struct jd_json *root; /* owned */
    struct jd_id id;
    const struct jd_json *result; /* NULL in an error */
    enum jd_code code;            /* JD_OK for a result; JD_E_INTERNAL for a word this version does not know */
    const char *message, *word, *reason, *rule, *request; /* NULL where absent */
};

/* Fails with BAD_REPLY or NO_MEMORY. */
JD_MUST_CHECK enum jd_code jd_reply_decode(const char *line, size_t len, struct jd_reply *out, struct jd_err *err);
void jd_reply_done(struct jd_reply *reply);
