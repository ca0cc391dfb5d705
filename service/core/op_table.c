/* SPDX-License-Identifier: MIT */
#include "service/core/op.h"

const struct op *const op_table[] = {
#define JD_OP(name, method, kind, summary) &op_##name,
#include "protocol/op_list.h"
#undef JD_OP
};

const size_t op_count = JD_COUNT(op_table);
