/* SPDX-License-Identifier: MIT */
#include "protocol/msg_status.h"

const struct jd_fields jd_status_params_fields = {NULL, 0, 0};
