/* SPDX-License-Identifier: MIT */
/*
 * The envelope of a request: JSON-RPC 2.0 (JSON-RPC 2.0 Specification, section 4), stricter: no batch, named params
 * only, no unknown or duplicate member, an id of JD_ID_CHARS_MAX characters or an integer within 2^53-1.
 */
#pragma once

#include "protocol/limits.h"
#include "protocol/op.h"

enum jd_id_kind {
    JD_ID_NULL, /* none given, or not usable: answered with null */
    JD_ID_INTEGER,
    JD_ID_STRING
};

struct jd_id {
    enum jd_id_kind kind;
    int64_t integer;
    char text[JD_ID_CHARS_MAX * 4 + 1]; /* UTF-8 */
};

/* False when value is no usable id; *out is then untouched. */
bool jd_id_read(const struct jd_json *value, struct jd_id *out);

struct jd_request {
    struct jd_id id;
    bool is_notification;   /* a sound envelope without id: gets no answer, not even an error, and is never a change */
    const struct jd_op *op; /* never NULL in a decoded request */
    void *params;           /* owned; the op's params struct (op->params->size bytes); NULL where that is 0 */
};

/*
 * One line to one request. On failure out->id and out->is_notification are set as far as they could be understood (so
 * that the error can be answered), everything else is empty, and *out_must_close says whether the connection is of no
 * more use (the -32700 family and MESSAGE_TOO_LARGE) or may go on. Fails with any code of the SAID_WRONG family or
 * NO_MEMORY.
 */
JD_MUST_CHECK enum jd_code jd_request_decode(const char *line, size_t len, struct jd_request *out, bool *out_must_close,
                                             struct jd_err *err);
void jd_request_done(struct jd_request *request); /* zeroed is accepted */

/* The client's side: appends one whole request line with its LF. */
void jd_request_encode(int64_t id, const struct jd_op *op, const void *params, struct jd_buf *out);
