/* SPDX-License-Identifier: MIT */
/* junction.create as it is said on the wire. */
#pragma once

#include "protocol/op.h"

struct jd_create_params {
    struct jd_winpath link;   /* the junction's path */
    struct jd_winpath target; /* an existing directory */
};

struct jd_create_result {
    char *link; /* as it stands on disk */
    char *target;
    bool changed; /* true: the junction was made */
};

extern const struct jd_fields jd_create_result_fields;
