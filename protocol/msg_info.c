/* SPDX-License-Identifier: MIT */
#include "protocol/msg_info.h"

const struct jd_fields jd_info_params_fields = {NULL, 0, 0};
