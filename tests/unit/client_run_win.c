/* SPDX-License-Identifier: MIT */
#include "tests/unit/client_run.h"

#include "tests/support/check.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

enum { COMMAND_MAX = 2048, RUN_MS = 60000 };

/* CommandLineToArgvW takes double quotes; none of the arguments holds one, or ends with a backslash where quoted. */
static void write_command(const char *arguments, wchar_t out[COMMAND_MAX])
{
    char command[COMMAND_MAX];
    snprintf(command, sizeof command, "junctionctl %s", arguments);
    for (char *at = strchr(command, '\''); at != NULL; at = strchr(at, '\'')) {
        *at = '"';
    }
    check_true(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, command, -1, out, COMMAND_MAX) > 0);
}

static HANDLE open_null(void)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    HANDLE null = CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, &inherited,
                              OPEN_EXISTING, 0, NULL);
    check_true(null != INVALID_HANDLE_VALUE);
    return null;
}

/* Returns the process; its end of the pipe is not ours any more. */
static HANDLE start(wchar_t *command, HANDLE output, HANDLE errors, HANDLE input)
{
    STARTUPINFOW startup = {.cb = sizeof startup,
                            .dwFlags = STARTF_USESTDHANDLES,
                            .hStdInput = input,
                            .hStdOutput = output,
                            .hStdError = errors};
    PROCESS_INFORMATION process;
    wchar_t program[MAX_PATH];
    check_true(MultiByteToWideChar(CP_UTF8, 0, JD_TEST_CTL, -1, program, MAX_PATH) > 0);
    check_true(CreateProcessW(program, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process));
    CloseHandle(process.hThread);
    return process.hProcess;
}

static void read_all(HANDLE from, struct client_said *said)
{
    size_t n = 0;
    DWORD got = 0;
    while (n < sizeof said->text - 1 &&
           ReadFile(from, said->text + n, (DWORD)(sizeof said->text - 1 - n), &got, NULL)) {
        n += got;
    }
    said->text[n] = '\0';
}

void client_run(const char *arguments, enum client_stream stream, struct client_said *said)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, NULL, TRUE};
    wchar_t command[COMMAND_MAX];
    HANDLE null = open_null();
    HANDLE ends[2];
    HANDLE process;
    DWORD exit_code = 0;
    write_command(arguments, command);
    SetEnvironmentVariableW(L"JUNCTIOND_ENDPOINT", NULL);
    check_true(CreatePipe(&ends[0], &ends[1], &inherited, 0));
    SetHandleInformation(ends[0], HANDLE_FLAG_INHERIT, 0);
    process = start(command, stream == CLIENT_ERRORS ? null : ends[1], stream == CLIENT_OUTPUT ? null : ends[1], null);
    CloseHandle(ends[1]);
    CloseHandle(null);
    read_all(ends[0], said);
    CloseHandle(ends[0]);
    check_true(WaitForSingleObject(process, RUN_MS) == WAIT_OBJECT_0);
    check_true(GetExitCodeProcess(process, &exit_code));
    CloseHandle(process);
    said->exit_code = (int)exit_code;
}
