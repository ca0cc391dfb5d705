/* SPDX-License-Identifier: MIT */
/* junction.remove as it is said on the wire. */
#pragma once

#include "protocol/op.h"

struct jd_remove_params {
    struct jd_winpath link;
};

struct jd_remove_result {
    char *link;
    char *target; /* where it pointed, in Win32 form */
    bool changed;
};

extern const struct jd_fields jd_remove_result_fields;
