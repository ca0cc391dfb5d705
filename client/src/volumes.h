/* SPDX-License-Identifier: MIT */
/* The volumes of a service.info result. Any thread. */
#pragma once

#include "client/os/path.h"
#include "protocol/json.h"

struct volumes {
    struct path_volume *rows; /* owned; their texts are borrowed from the result's tree */
    size_t n;
};

/* A result without volumes has none. Fails with NO_MEMORY; out is zeroed by the caller. */
JD_MUST_CHECK enum jd_code volumes_read(const struct jd_json *result, struct volumes *out, struct jd_err *err);
void volumes_done(struct volumes *volumes); /* zeroed is accepted */
