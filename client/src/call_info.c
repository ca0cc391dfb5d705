/* SPDX-License-Identifier: MIT */
#include "client/src/call.h"

#include "client/src/pick.h"
#include "client/src/volumes.h"

#include <stdlib.h>

static enum jd_code copy_volume(const struct path_volume *from, struct junction_volume *to)
{
    to->letter = jd_strdup(from->letter);
    to->mount = from->mount != NULL ? jd_strdup(from->mount) : NULL;
    return to->letter == NULL || (from->mount != NULL && to->mount == NULL) ? JD_E_NO_MEMORY : JD_OK;
}

static enum jd_code fill_volumes(const struct jd_json *said, struct junction_info_result *result, struct jd_err *err)
{
    struct volumes volumes = {0};
    enum jd_code code = volumes_read(said, &volumes, err);
    if (code == JD_OK && volumes.n != 0) {
        result->volumes = calloc(volumes.n, sizeof *result->volumes);
        code = result->volumes != NULL ? JD_OK : JD_E_NO_MEMORY;
        for (size_t i = 0; code == JD_OK && i < volumes.n; i++) {
            result->n_volumes++;
            code = copy_volume(&volumes.rows[i], &result->volumes[i]);
        }
        if (code != JD_OK) {
            jd_fail(err, code, "receive", NULL);
        }
    }
    volumes_done(&volumes);
    return code;
}

static bool fill_groups(const struct jd_json *groups, struct junction_info_result *result)
{
    const struct jd_json *row = groups != NULL ? jd_json_first(groups) : NULL;
    if (row == NULL) {
        return true;
    }
    result->caller_groups = calloc(jd_json_size(groups), sizeof *result->caller_groups);
    for (; row != NULL && result->caller_groups != NULL; row = jd_json_next(row)) {
        const char *sid = jd_json_string(row);
        char *copy = sid != NULL ? jd_strdup(sid) : NULL;
        if (sid != NULL && copy == NULL) {
            return false;
        }
        if (copy != NULL) {
            result->caller_groups[result->n_caller_groups++] = copy;
        }
    }
    return result->caller_groups != NULL;
}

static bool fill_caller(const struct call *call, struct junction_info_result *result)
{
    const struct jd_json *caller = pick_member(call->reply.result, "caller");
    struct slice text = {"{}", 2};
    bool no_memory = false;
    if (caller != NULL && !slice_member(call->result, "caller", &text)) {
        text = (struct slice){"{}", 2}; /* its key is written with escapes: then it is told in the whole answer only */
    }
    result->caller_sid = pick_text(caller, "sid", &no_memory);
    result->caller_name = pick_text(caller, "name", &no_memory);
    result->caller_refused = pick_text(caller, "refused", &no_memory);
    result->caller_is_administrator = pick_bool(caller, "administrator");
    result->caller_json = jd_strndup(text.text, text.len);
    return !no_memory && result->caller_json != NULL && fill_groups(pick_member(caller, "groups"), result);
}

static bool fill_service(const struct jd_json *said, struct junction_info_result *result)
{
    bool no_memory = false;
    result->name = pick_text(said, "name", &no_memory);
    result->version = pick_text(said, "version", &no_memory);
    result->protocol = pick_integer(said, "protocol", 0);
    return !no_memory;
}

static enum jd_code fill(const struct call *call, struct junction_info_result *result, struct jd_err *err)
{
    enum jd_code code;
    if (jd_json_kind(call->reply.result) != JD_JSON_OBJECT) {
        return jd_fail_text(err, JD_E_BAD_REPLY, "receive", NULL, "the result is no object");
    }
    if (!fill_service(call->reply.result, result) || !fill_caller(call, result)) {
        return jd_fail(err, JD_E_NO_MEMORY, "receive", NULL);
    }
    code = fill_volumes(call->reply.result, result, err);
    return code != JD_OK ? code : call_take_text(call, &result->json, err);
}

static enum jd_code take(const struct call *call, struct junction_info_result **out, struct jd_err *err)
{
    struct junction_info_result *result = calloc(1, sizeof *result);
    enum jd_code code;
    if (result == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "receive", NULL);
    }
    code = fill(call, result, err);
    if (code != JD_OK) {
        junction_info_result_free(result);
        return code;
    }
    *out = result;
    return JD_OK;
}

enum junction_code junction_info(const junction_client *client, struct junction_info_result **out,
                                 struct junction_error *error)
{
    struct call call;
    struct jd_err err;
    enum jd_code code;
    call_begin(&call, client);
    code = call_ask(&call, JD_OP_ID_info, NULL, &err);
    if (code == JD_OK) {
        code = take(&call, out, &err);
    }
    return call_end(&call, code, &err, error);
}

void junction_info_result_free(struct junction_info_result *result)
{
    if (result == NULL) {
        return;
    }
    for (size_t i = 0; i < result->n_volumes; i++) {
        free(result->volumes[i].letter);
        free(result->volumes[i].mount);
    }
    free(result->volumes);
    free(result->name);
    free(result->version);
    free(result->caller_sid);
    for (size_t i = 0; i < result->n_caller_groups; i++) {
        free(result->caller_groups[i]);
    }
    free(result->caller_groups);
    free(result->caller_name);
    free(result->caller_refused);
    free(result->caller_json);
    free(result->json);
    free(result);
}
