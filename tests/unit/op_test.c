/* SPDX-License-Identifier: MIT */
#include "protocol/op.h"

#include "tests/support/suite.h"

#include <string.h>

TEST(op, every_operation_is_found_by_its_method_and_id)
{
    for (int id = JD_OP_NONE + 1; id < JD_OP_COUNT; id++) {
        const struct jd_op *op = jd_op_get((enum jd_op_id)id);
        check_case("operation %d", id);
        check_true(op != NULL);
        check_int(op->id, id);
        check_true(op == jd_op_by_method(op->method));
        check_true(op->kind >= JD_OP_READ && op->kind <= JD_OP_CONTROL);
        check_true(op->params != NULL);
        check_true(op->summary[0] != '\0');
    }
}

TEST(op, a_method_ends_with_the_operations_name)
{
    for (int id = JD_OP_NONE + 1; id < JD_OP_COUNT; id++) {
        const struct jd_op *op = jd_op_get((enum jd_op_id)id);
        const char *dot = strchr(op->method, '.');
        check_case("%s", op->method);
        check_true(dot != NULL);
        check_text(dot + 1, op->name);
    }
}

TEST(op, what_changes_the_volume_is_a_change)
{
    static const struct {
        const char *method;
        enum jd_op_kind kind;
    } cases[] = {
        {"service.info", JD_OP_CONTROL},  {"service.status", JD_OP_CONTROL}, {"junction.create", JD_OP_CHANGE},
        {"junction.inspect", JD_OP_READ}, {"junction.remove", JD_OP_CHANGE},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        check_case("%s", cases[i].method);
        check_int(jd_op_by_method(cases[i].method)->kind, cases[i].kind);
    }
}

TEST(op, other_methods_do_not_exist)
{
    static const char *const methods[] = {"",          "create",     "Junction.create", "junction.create ",
                                          "junction.", "junction.*", "__proto__",       "junction.creat"};
    for (size_t i = 0; i < JD_COUNT(methods); i++) {
        check_case("%s", methods[i]);
        check_true(jd_op_by_method(methods[i]) == NULL);
    }
    check_true(jd_op_get(JD_OP_NONE) == NULL);
    check_true(jd_op_get(JD_OP_COUNT) == NULL);
}
