/* SPDX-License-Identifier: MIT */
#include "client/os/conn.h"

#include "client/os/conn_win_verify.h"
#include "client/os/wide_win.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { NAME_MAX_UNITS = 256, BREATH_MS = 10, READ_MAX = 1 << 20 };

struct conn {
    HANDLE pipe;
    HANDLE event; /* of the one operation under way */
};

enum conn_kind conn_kind(void)
{
    return CONN_PIPE;
}

uint64_t conn_now_ms(void)
{
    return GetTickCount64();
}

/* No program gets more rights than its caller on Windows by just being started; whoever runs one elevated is told by
 * the owner of the pipe. */
enum jd_code conn_endpoint_from_environment(char **out, struct jd_err *err)
{
    wchar_t value[NAME_MAX_UNITS * 2];
    DWORD n = GetEnvironmentVariableW(L"JUNCTIOND_ENDPOINT", value, JD_COUNT(value));
    char *text = NULL;
    if (n >= JD_COUNT(value)) {
        n = JD_COUNT(value) - 1; /* longer than any name: is refused as one */
        wmemset(value, L'?', n);
    }
    if (n != 0) {
        text = wide_to(value, n, NULL);
        if (text == NULL) {
            return jd_fail(err, JD_E_NO_MEMORY, "endpoint", NULL);
        }
    }
    *out = text;
    return JD_OK;
}

/* Milliseconds left; never INFINITE. */
static DWORD left_until(uint64_t deadline_ms)
{
    uint64_t now = conn_now_ms();
    uint64_t left = deadline_ms > now ? deadline_ms - now : 0;
    return left > INT32_MAX ? INT32_MAX : (DWORD)left;
}

/* What CreateFile may answer, and what that says about the service. */
static const struct meaning {
    DWORD number;
    enum jd_code code;
    const char *what;
} meanings[] = {
    {ERROR_ACCESS_DENIED, JD_E_CONNECT_DENIED, "this account may not connect to"},
    {ERROR_PIPE_BUSY, JD_E_CONNECT_TIMED_OUT, "nobody took the connection at"},
    {ERROR_INVALID_NAME, JD_E_USAGE, "this is no name of a pipe:"},
    {ERROR_NOT_ENOUGH_MEMORY, JD_E_NO_MEMORY, "no memory to connect to"},
    {ERROR_NO_SYSTEM_RESOURCES, JD_E_NO_MEMORY, "no memory to connect to"},
};

static enum jd_code fail_connect(const char *endpoint, bool endpoint_is_explicit, DWORD number, struct jd_err *err)
{
    enum jd_code code = JD_E_PLATFORM;
    const char *what = "cannot connect to";
    if (number == ERROR_FILE_NOT_FOUND || number == ERROR_PATH_NOT_FOUND || number == ERROR_BAD_PATHNAME) {
        return verify_absence(endpoint, endpoint_is_explicit, err);
    }
    for (size_t i = 0; i < JD_COUNT(meanings); i++) {
        if (meanings[i].number == number) {
            code = meanings[i].code;
            what = meanings[i].what;
        }
    }
    jd_fail_text(err, code, "connect", NULL, "%s %s", what, endpoint);
    err->domain = JD_DOMAIN_WIN32;
    err->number = number;
    return code;
}

/* A pipe of this machine: \\server\pipe would carry the caller's credentials to another one. */
static bool is_pipe_name(const wchar_t *name)
{
    static const wchar_t prefix[] = L"\\\\.\\pipe\\";
    size_t len = JD_COUNT(prefix) - 1;
    return _wcsnicmp(name, prefix, len) == 0 && name[len] != L'\0' && wcslen(name) <= NAME_MAX_UNITS;
}

/*
 * The server may learn who the caller is, and can do nothing in his name. Rights are asked for one by one:
 * GENERIC_WRITE holds one that no caller has.
 */
static HANDLE open_pipe(const wchar_t *name)
{
    return CreateFileW(name, FILE_READ_DATA | FILE_WRITE_DATA | READ_CONTROL | SYNCHRONIZE, 0, NULL, OPEN_EXISTING,
                       FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION | SECURITY_EFFECTIVE_ONLY,
                       NULL);
}

/* Returns GetLastError's number, 0 for success. */
static DWORD open_until(const wchar_t *name, uint64_t deadline_ms, HANDLE *out)
{
    for (;;) {
        HANDLE pipe = open_pipe(name);
        DWORD number = GetLastError();
        DWORD left;
        if (pipe != INVALID_HANDLE_VALUE) {
            *out = pipe;
            return 0;
        }
        left = left_until(deadline_ms);
        if (number != ERROR_PIPE_BUSY || left == 0) {
            return number;
        }
        if (!WaitNamedPipeW(name, left) && GetLastError() != ERROR_SEM_TIMEOUT) {
            Sleep(left < BREATH_MS ? left : BREATH_MS); /* what it did not wait for, the next open says */
        }
    }
}

static enum jd_code connect_and_verify(struct conn *conn, const char *endpoint, bool endpoint_is_explicit,
                                       uint64_t deadline_ms, struct jd_err *err)
{
    DWORD number;
    wchar_t *name = wide_from(endpoint, err);
    if (name == NULL && err->code == JD_E_NO_MEMORY) {
        return err->code;
    }
    if (name == NULL || !is_pipe_name(name)) {
        free(name);
        return jd_fail_text(err, JD_E_USAGE, "connect", "endpoint_form",
                            "an endpoint is \\\\.\\pipe\\ and a name, %d characters at most", NAME_MAX_UNITS);
    }
    number = open_until(name, deadline_ms, &conn->pipe);
    free(name);
    return number == 0 ? verify_server(conn->pipe, endpoint, endpoint_is_explicit, err)
                       : fail_connect(endpoint, endpoint_is_explicit, number, err);
}

enum jd_code conn_open(const char *endpoint, bool endpoint_is_explicit, uint64_t deadline_ms, struct conn **out,
                       struct jd_err *err)
{
    enum jd_code code;
    struct conn *conn = malloc(sizeof *conn);
    if (conn == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "connect", NULL);
    }
    conn->pipe = INVALID_HANDLE_VALUE;
    conn->event = CreateEventW(NULL, TRUE, FALSE, NULL);
    code = conn->event == NULL ? jd_fail_sys(err, JD_E_PLATFORM, "connect", JD_DOMAIN_WIN32, GetLastError())
                               : connect_and_verify(conn, endpoint, endpoint_is_explicit, deadline_ms, err);
    if (code != JD_OK) {
        conn_close(conn);
        return code;
    }
    *out = conn;
    return JD_OK;
}

void conn_close(struct conn *conn)
{
    if (conn == NULL) {
        return;
    }
    if (conn->pipe != INVALID_HANDLE_VALUE) {
        CloseHandle(conn->pipe);
    }
    if (conn->event != NULL) {
        CloseHandle(conn->event);
    }
    free(conn);
}

static enum jd_code fail_io(const char *stage, DWORD number, struct jd_err *err)
{
    if (number == ERROR_OPERATION_ABORTED) {
        return jd_fail(err, JD_E_REPLY_TIMED_OUT, stage, NULL);
    }
    if (number != ERROR_BROKEN_PIPE && number != ERROR_NO_DATA && number != ERROR_PIPE_NOT_CONNECTED) {
        return jd_fail_sys(err, JD_E_PLATFORM, stage, JD_DOMAIN_WIN32, number);
    }
    jd_fail_sys(err, JD_E_NOT_RUNNING, stage, JD_DOMAIN_WIN32, number);
    err->reason = "connection_lost";
    return JD_E_NOT_RUNNING;
}

/*
 * Ends what was begun: by itself, or when the time is over. Whatever was moved before it could be cancelled counts: the
 * system's word on that is awaited in any case, for it writes to our memory until then. Returns 0, or the number.
 */
static DWORD finish(struct conn *conn, OVERLAPPED *overlapped, uint64_t deadline_ms, DWORD *out_n)
{
    if (WaitForSingleObject(conn->event, left_until(deadline_ms)) != WAIT_OBJECT_0) {
        (void)CancelIoEx(conn->pipe, overlapped);
    }
    return GetOverlappedResult(conn->pipe, overlapped, out_n, TRUE) ? 0 : GetLastError();
}

enum jd_code conn_write(struct conn *conn, const void *bytes, size_t len, uint64_t deadline_ms, struct jd_err *err)
{
    const char *next = bytes;
    while (len > 0) {
        OVERLAPPED overlapped = {.hEvent = conn->event};
        DWORD n = 0;
        DWORD number = 0;
        if (!WriteFile(conn->pipe, next, len > READ_MAX ? READ_MAX : (DWORD)len, NULL, &overlapped) &&
            GetLastError() != ERROR_IO_PENDING) {
            number = GetLastError();
        } else {
            number = finish(conn, &overlapped, deadline_ms, &n);
        }
        if (number != 0) {
            return fail_io("send", number, err);
        }
        next += n;
        len -= n;
    }
    return JD_OK;
}

enum jd_code conn_read(struct conn *conn, void *buf, size_t cap, uint64_t deadline_ms, size_t *out_n,
                       struct jd_err *err)
{
    OVERLAPPED overlapped = {.hEvent = conn->event};
    DWORD n = 0;
    DWORD number;
    if (!ReadFile(conn->pipe, buf, cap > READ_MAX ? READ_MAX : (DWORD)cap, NULL, &overlapped) &&
        GetLastError() != ERROR_IO_PENDING) {
        number = GetLastError();
    } else {
        number = finish(conn, &overlapped, deadline_ms, &n);
    }
    if (number != 0 && number != ERROR_BROKEN_PIPE) {
        return fail_io("receive", number, err);
    }
    *out_n = n;
    return JD_OK;
}
