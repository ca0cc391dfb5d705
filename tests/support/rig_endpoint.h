/* SPDX-License-Identifier: MIT */
/* Where a server of a test listens: a place of its own that nobody else knows, once per operating system. */
#pragma once

#include <stddef.h>

enum { RIG_ENDPOINT_MAX = 128 };

/* Writes an endpoint that is free; what else a server needs of the process is set. Fails the test when it cannot. */
void rig_endpoint_make(char out[RIG_ENDPOINT_MAX]);

/* Takes away what make made, and fails the test when the server left anything of its endpoint. */
void rig_endpoint_done(const char *endpoint);
