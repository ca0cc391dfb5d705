/* SPDX-License-Identifier: MIT */
#include "protocol/msg_inspect.h"

static const struct jd_field params_rows[] = {
    JD_FIELD(struct jd_inspect_params, link, JD_FIELD_PATH, true),
};

const struct jd_fields jd_inspect_params_fields = {params_rows, JD_COUNT(params_rows),
                                                   sizeof(struct jd_inspect_params)};

static const struct jd_field result_rows[] = {
    JD_FIELD(struct jd_inspect_result, link, JD_FIELD_STRING, true),
    JD_FIELD(struct jd_inspect_result, kind, JD_FIELD_STRING, true),
    JD_FIELD(struct jd_inspect_result, tag, JD_FIELD_INTEGER, false),
    JD_FIELD(struct jd_inspect_result, tag_name, JD_FIELD_STRING, false),
    JD_FIELD(struct jd_inspect_result, substitute_name, JD_FIELD_STRING, false),
    JD_FIELD(struct jd_inspect_result, print_name, JD_FIELD_STRING, false),
    JD_FIELD(struct jd_inspect_result, target, JD_FIELD_STRING, false),
    JD_FIELD(struct jd_inspect_result, target_state, JD_FIELD_STRING, false),
    JD_FIELD(struct jd_inspect_result, target_utf16, JD_FIELD_STRING, false),
};

const struct jd_fields jd_inspect_result_fields = {result_rows, JD_COUNT(result_rows),
                                                   sizeof(struct jd_inspect_result)};
