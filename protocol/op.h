/* SPDX-License-Identifier: MIT */
/* The rows of op_list.h as data: method names, kinds, and how params and results look. Constant; any thread. */
#pragma once

#include "protocol/field.h"

enum jd_op_kind {
    JD_OP_READ = 1, /* looks, changes nothing */
    JD_OP_CHANGE,   /* may change the file system: never without an accepted intent record */
    JD_OP_STREAM,   /* reads, and answers with notifications before its result */
    JD_OP_CONTROL   /* about the service itself; touches no volume */
};

enum jd_op_id {
    JD_OP_NONE = 0,
#define JD_OP(name, method, kind, summary) JD_OP_ID_##name,
#include "protocol/op_list.h"
#undef JD_OP
    JD_OP_COUNT
};

struct jd_op {
    enum jd_op_id id;
    enum jd_op_kind kind;
    const char *name;   /* "create" */
    const char *method; /* "junction.create" */
    const char *summary;
    const struct jd_fields *params;
};

/* Indexed by enum jd_op_id; the row of JD_OP_NONE is empty. */
extern const struct jd_op jd_op_rows[JD_OP_COUNT];

const struct jd_op *jd_op_by_method(const char *method); /* NULL when there is none */
const struct jd_op *jd_op_get(enum jd_op_id id);         /* never NULL for a valid id */

/* protocol/msg_<name>.c defines each of these. */
#define JD_OP(name, method, kind, summary) extern const struct jd_fields jd_##name##_params_fields;
#include "protocol/op_list.h"
#undef JD_OP
