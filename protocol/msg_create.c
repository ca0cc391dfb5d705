/* SPDX-License-Identifier: MIT */
#include "protocol/msg_create.h"

static const struct jd_field params_rows[] = {
    JD_FIELD(struct jd_create_params, link, JD_FIELD_PATH, true),
    JD_FIELD(struct jd_create_params, target, JD_FIELD_PATH, true),
};

const struct jd_fields jd_create_params_fields = {params_rows, JD_COUNT(params_rows), sizeof(struct jd_create_params)};

static const struct jd_field result_rows[] = {
    JD_FIELD(struct jd_create_result, link, JD_FIELD_STRING, true),
    JD_FIELD(struct jd_create_result, target, JD_FIELD_STRING, true),
    JD_FIELD(struct jd_create_result, changed, JD_FIELD_BOOL, true),
};

const struct jd_fields jd_create_result_fields = {result_rows, JD_COUNT(result_rows), sizeof(struct jd_create_result)};
