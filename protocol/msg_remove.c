/* SPDX-License-Identifier: MIT */
#include "protocol/msg_remove.h"

static const struct jd_field params_rows[] = {
    JD_FIELD(struct jd_remove_params, link, JD_FIELD_PATH, true),
};

const struct jd_fields jd_remove_params_fields = {params_rows, JD_COUNT(params_rows), sizeof(struct jd_remove_params)};

static const struct jd_field result_rows[] = {
    JD_FIELD(struct jd_remove_result, link, JD_FIELD_STRING, true),
    JD_FIELD(struct jd_remove_result, target, JD_FIELD_STRING, true),
    JD_FIELD(struct jd_remove_result, changed, JD_FIELD_BOOL, true),
};

const struct jd_fields jd_remove_result_fields = {result_rows, JD_COUNT(result_rows), sizeof(struct jd_remove_result)};
