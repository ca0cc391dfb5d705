/* SPDX-License-Identifier: MIT */
/* Time. Any thread. */
#pragma once

#include <stdint.h>

uint64_t os_clock_monotonic_ms(void); /* never goes back; for deadlines */
int64_t os_clock_wall_ms(void);       /* milliseconds since 1970-01-01 UTC; for records */
