/* SPDX-License-Identifier: MIT */
/* What a junction_client is made of. Never changed once it is open, so that threads may share it. */
#pragma once

#include "client/include/junction.h"

#include <stdbool.h>

struct junction_client {
    char *endpoint;            /* owned */
    bool endpoint_is_explicit; /* named by options or environment */
    uint32_t timeout_ms;
};
