/* SPDX-License-Identifier: MIT */
#include "client/src/call.h"

#include "protocol/msg_create.h"

#include <stdlib.h>

static enum jd_code take(const struct call *call, struct junction_create_result **out, struct jd_err *err)
{
    struct jd_create_result said = {0};
    struct junction_create_result *result = calloc(1, sizeof *result);
    enum jd_code code;
    if (result == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "receive", NULL);
    }
    code = call_take(call, &jd_create_result_fields, &said, err);
    if (code == JD_OK) {
        result->link = said.link;
        result->target = said.target;
        result->changed = said.changed;
        code = call_take_text(call, &result->json, err);
    }
    if (code != JD_OK) {
        junction_create_result_free(result);
        return code;
    }
    *out = result;
    return JD_OK;
}

enum junction_code junction_create(const junction_client *client, const char *link, const char *target,
                                   struct junction_create_result **out, struct junction_error *error)
{
    struct jd_create_params params = {0};
    struct call call;
    struct jd_err err;
    enum jd_code code;
    call_begin(&call, client);
    code = call_resolve(&call, link, &params.link, &err);
    if (code == JD_OK) {
        code = call_resolve(&call, target, &params.target, &err);
    }
    if (code == JD_OK) {
        code = call_ask(&call, JD_OP_ID_create, &params, &err);
    }
    if (code == JD_OK) {
        code = take(&call, out, &err);
    }
    jd_fields_free(&jd_create_params_fields, &params);
    return call_end(&call, code, &err, error);
}

void junction_create_result_free(struct junction_create_result *result)
{
    if (result != NULL) {
        free(result->link);
        free(result->target);
        free(result->json);
        free(result);
    }
}
