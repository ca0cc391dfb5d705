/* SPDX-License-Identifier: MIT */
/* junction.inspect as it is said on the wire. */
#pragma once

#include "protocol/op.h"

struct jd_inspect_params {
    struct jd_winpath link;
};

/* Strings are absent (NULL) where they do not apply. *_utf16: UTF-16LE in hex, only where the name held a lone
 * surrogate. */
struct jd_inspect_result {
    char *link;
    char *kind; /* nothing, file, directory, junction, volume_mount_point, symbolic_link, other, malformed */
    int64_t tag;
    char *tag_name;
    char *substitute_name;
    char *print_name;
    char *target;       /* substitute name in Win32 form */
    char *target_state; /* ok, missing, not_a_directory, loop, denied, missing_volume, unknown */
    char *target_utf16;
};

extern const struct jd_fields jd_inspect_result_fields;
