/* SPDX-License-Identifier: MIT */
#include "tests/support/rig_endpoint.h"

#include "tests/support/check.h"

#include <stdio.h>
#include <wchar.h>
#include <windows.h>

enum { GONE_MS = 10000 };

void rig_endpoint_make(char out[RIG_ENDPOINT_MAX])
{
    static unsigned n;
    snprintf(out, RIG_ENDPOINT_MAX, "\\\\.\\pipe\\jd-session-%lu-%u", GetCurrentProcessId(), n++);
}

static bool is_there(const char *endpoint)
{
    wchar_t wide[RIG_ENDPOINT_MAX];
    check_true(MultiByteToWideChar(CP_UTF8, 0, endpoint, -1, wide, RIG_ENDPOINT_MAX) > 0);
    return WaitNamedPipeW(wide, 1) || GetLastError() != ERROR_FILE_NOT_FOUND;
}

/* An instance is gone only when both of its ends are closed, which the system does in its own time. */
void rig_endpoint_done(const char *endpoint)
{
    ULONGLONG deadline = GetTickCount64() + GONE_MS;
    while (is_there(endpoint)) {
        check_true(GetTickCount64() < deadline);
        SwitchToThread();
    }
}
