/* SPDX-License-Identifier: MIT */
#include "client/src/call.h"

#include "protocol/msg_inspect.h"

#include <stdlib.h>

/* Moves what was decoded; said is of no more use. */
static void fill(const struct jd_inspect_result *said, struct junction_inspect_result *result)
{
    result->link = said->link;
    result->kind = said->kind;
    result->tag = said->tag >= 0 && said->tag <= UINT32_MAX ? (uint32_t)said->tag : 0;
    result->tag_name = said->tag_name;
    result->substitute_name = said->substitute_name;
    result->print_name = said->print_name;
    result->target = said->target;
    result->target_state = said->target_state;
    result->target_utf16 = said->target_utf16;
}

static enum jd_code take(const struct call *call, struct junction_inspect_result **out, struct jd_err *err)
{
    struct jd_inspect_result said = {0};
    struct junction_inspect_result *result = calloc(1, sizeof *result);
    enum jd_code code;
    if (result == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "receive", NULL);
    }
    code = call_take(call, &jd_inspect_result_fields, &said, err);
    if (code == JD_OK) {
        fill(&said, result);
        code = call_take_text(call, &result->json, err);
    }
    if (code != JD_OK) {
        junction_inspect_result_free(result);
        return code;
    }
    *out = result;
    return JD_OK;
}

enum junction_code junction_inspect(const junction_client *client, const char *link,
                                    struct junction_inspect_result **out, struct junction_error *error)
{
    struct jd_inspect_params params = {0};
    struct call call;
    struct jd_err err;
    enum jd_code code;
    call_begin(&call, client);
    code = call_resolve(&call, link, &params.link, &err);
    if (code == JD_OK) {
        code = call_ask(&call, JD_OP_ID_inspect, &params, &err);
    }
    if (code == JD_OK) {
        code = take(&call, out, &err);
    }
    jd_fields_free(&jd_inspect_params_fields, &params);
    return call_end(&call, code, &err, error);
}

void junction_inspect_result_free(struct junction_inspect_result *result)
{
    if (result != NULL) {
        free(result->link);
        free(result->kind);
        free(result->tag_name);
        free(result->substitute_name);
        free(result->print_name);
        free(result->target);
        free(result->target_state);
        free(result->target_utf16);
        free(result->json);
        free(result);
    }
}
