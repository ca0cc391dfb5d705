/* SPDX-License-Identifier: MIT */
#include "protocol/op.h"

#include <string.h>

const struct jd_op jd_op_rows[JD_OP_COUNT] = {
#define JD_OP(name, method, kind, summary) \
    [JD_OP_ID_##name] = {JD_OP_ID_##name, JD_OP_##kind, #name, method, summary, &jd_##name##_params_fields},
#include "protocol/op_list.h"
#undef JD_OP
};

const struct jd_op *jd_op_by_method(const char *method)
{
    for (size_t i = JD_OP_NONE + 1; i < JD_OP_COUNT; i++) {
        if (strcmp(jd_op_rows[i].method, method) == 0) {
            return &jd_op_rows[i];
        }
    }
    return NULL;
}

const struct jd_op *jd_op_get(enum jd_op_id id)
{
    return id > JD_OP_NONE && id < JD_OP_COUNT ? &jd_op_rows[id] : NULL;
}
