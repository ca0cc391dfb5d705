/* SPDX-License-Identifier: MIT */
#include "service/os/os_clock.h"

#include "service/os/win/win_nt.h"

/* FILETIME counts 100 ns since 1601-01-01 UTC. */
#define TICKS_FROM_1601_TO_1970 INT64_C(116444736000000000)

uint64_t os_clock_monotonic_ms(void)
{
    return GetTickCount64();
}

int64_t os_clock_wall_ms(void)
{
    FILETIME now;
    GetSystemTimePreciseAsFileTime(&now);
    return ((int64_t)((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime) - TICKS_FROM_1601_TO_1970) / 10000;
}
