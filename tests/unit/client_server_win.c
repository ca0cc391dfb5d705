/* SPDX-License-Identifier: MIT */
#include "tests/unit/client_server_port.h"

#include "tests/support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

enum { QUOTA_BYTES = 65536 };

struct token_user {
    TOKEN_USER user;
    BYTE sid[SECURITY_MAX_SID_SIZE];
};

struct server_port {
    wchar_t name[SERVER_ENDPOINT_MAX];
    struct token_user own;
    SECURITY_DESCRIPTOR descriptor;
    HANDLE next; /* the instance that waits for a client */
    HANDLE connection;
    HANDLE io;     /* event of what is under way */
    HANDLE wake;   /* event: no wait for a client any more */
    HANDLE thread; /* of the system's own kind: winpthreads would allocate on it */
    void (*run)(void *context);
    void *context;
};

/* Belongs to whoever runs the test, which a client of the same user believes; open to everybody. */
static void describe(struct server_port *port)
{
    HANDLE token;
    DWORD n;
    check_true(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
    check_true(GetTokenInformation(token, TokenUser, &port->own, sizeof port->own, &n));
    CloseHandle(token);
    check_true(InitializeSecurityDescriptor(&port->descriptor, SECURITY_DESCRIPTOR_REVISION));
    check_true(SetSecurityDescriptorOwner(&port->descriptor, port->own.user.User.Sid, FALSE));
    check_true(SetSecurityDescriptorDacl(&port->descriptor, TRUE, NULL, FALSE));
}

static HANDLE make_instance(struct server_port *port)
{
    SECURITY_ATTRIBUTES attributes = {sizeof attributes, &port->descriptor, FALSE};
    return CreateNamedPipeW(port->name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                            PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
                            PIPE_UNLIMITED_INSTANCES, QUOTA_BYTES, QUOTA_BYTES, 0, &attributes);
}

struct server_port *server_port_open(int backlog, char endpoint[SERVER_ENDPOINT_MAX])
{
    static unsigned n;
    struct server_port *port = calloc(1, sizeof *port);
    (void)backlog;
    check_true(port != NULL);
    snprintf(endpoint, SERVER_ENDPOINT_MAX, "\\\\.\\pipe\\jd-client-%lu-%u", GetCurrentProcessId(), n++);
    check_true(MultiByteToWideChar(CP_UTF8, 0, endpoint, -1, port->name, SERVER_ENDPOINT_MAX) > 0);
    describe(port);
    port->connection = INVALID_HANDLE_VALUE;
    port->next = make_instance(port);
    port->io = CreateEventW(NULL, TRUE, FALSE, NULL);
    port->wake = CreateEventW(NULL, TRUE, FALSE, NULL);
    check_true(port->next != INVALID_HANDLE_VALUE && port->io != NULL && port->wake != NULL);
    return port;
}

static void close_handle(HANDLE *handle)
{
    if (*handle != INVALID_HANDLE_VALUE) {
        CloseHandle(*handle);
    }
    *handle = INVALID_HANDLE_VALUE;
}

/* A client that is there already counts, also when nobody is waited for any more. */
static bool wait_for_client(struct server_port *port)
{
    OVERLAPPED overlapped = {.hEvent = port->io};
    HANDLE events[] = {port->io, port->wake};
    DWORD n;
    if (ConnectNamedPipe(port->next, &overlapped) || GetLastError() == ERROR_PIPE_CONNECTED) {
        return true;
    }
    if (GetLastError() != ERROR_IO_PENDING) {
        return false;
    }
    if (WaitForMultipleObjects(2, events, FALSE, INFINITE) != WAIT_OBJECT_0) {
        CancelIoEx(port->next, &overlapped);
    }
    return GetOverlappedResult(port->next, &overlapped, &n, TRUE) != 0;
}

void server_port_take(struct server_port *port)
{
    bool is_there = wait_for_client(port);
    server_port_drop(port);
    if (is_there) {
        port->connection = port->next;
        port->next = make_instance(port);
    }
}

/* What was begun, to its end. */
static bool finish(struct server_port *port, OVERLAPPED *overlapped, BOOL is_done, size_t len)
{
    DWORD n = 0;
    return (is_done || GetLastError() == ERROR_IO_PENDING) &&
           GetOverlappedResult(port->connection, overlapped, &n, TRUE) && n == len;
}

bool server_port_read(struct server_port *port, char *byte)
{
    OVERLAPPED overlapped = {.hEvent = port->io};
    return finish(port, &overlapped, ReadFile(port->connection, byte, 1, NULL, &overlapped), 1);
}

bool server_port_write(struct server_port *port, const char *text, size_t len)
{
    OVERLAPPED overlapped = {.hEvent = port->io};
    return len == 0 || finish(port, &overlapped, WriteFile(port->connection, text, (DWORD)len, NULL, &overlapped), len);
}

/* Without DisconnectNamedPipe, which would take away what the client has not read yet. */
void server_port_drop(struct server_port *port)
{
    close_handle(&port->connection);
}

static DWORD WINAPI begin(void *context)
{
    struct server_port *port = context;
    port->run(port->context);
    return 0;
}

void server_port_begin(struct server_port *port, void (*run)(void *context), void *context)
{
    port->run = run;
    port->context = context;
    port->thread = CreateThread(NULL, 0, begin, port, 0, NULL);
    check_true(port->thread != NULL);
}

void server_port_end(struct server_port *port)
{
    SetEvent(port->wake);
    check_true(WaitForSingleObject(port->thread, INFINITE) == WAIT_OBJECT_0);
    CloseHandle(port->thread);
    close_handle(&port->next);
}

void server_port_close(struct server_port *port)
{
    server_port_drop(port);
    close_handle(&port->next);
    close_handle(&port->io);
    close_handle(&port->wake);
    free(port);
}

const char *server_port_folder(const struct server_port *port)
{
    (void)port;
    return "";
}
