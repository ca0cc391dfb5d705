/* SPDX-License-Identifier: MIT */
/* The client's end of a pipe, against servers made here. What a system does not do (Wine) is asked for first. */
#include "client/os/conn.h"
#include "client/os/path.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include <sddl.h>

enum { QUOTA = 4096, SOON_MS = 300, BUDGET_MS = 20000, LARGE = 1 << 20 };

static struct jd_err err;

/* A pipe of one instance that this process serves, unless said otherwise. */
struct server {
    char name[64];
    wchar_t wide[64];
    HANDLE pipe;
};

static bool server_try(struct server *server, const wchar_t *sddl, DWORD instances)
{
    static unsigned n_servers;
    SECURITY_ATTRIBUTES attributes = {sizeof attributes, NULL, FALSE};
    snprintf(server->name, sizeof server->name, "\\\\.\\pipe\\junctiond-unit-%lu-%u", GetCurrentProcessId(),
             n_servers++);
    swprintf(server->wide, JD_COUNT(server->wide), L"%hs", server->name);
    if (sddl != NULL) {
        check_true(ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl, SDDL_REVISION_1,
                                                                        &attributes.lpSecurityDescriptor, NULL));
    }
    server->pipe = CreateNamedPipeW(server->wide, PIPE_ACCESS_DUPLEX, 0, instances, QUOTA, QUOTA, 0,
                                    sddl == NULL ? NULL : &attributes);
    LocalFree(attributes.lpSecurityDescriptor);
    return server->pipe != INVALID_HANDLE_VALUE;
}

/* Owned by this user, whatever the default owner of his things is. */
static void server_start(struct server *server)
{
    struct {
        TOKEN_USER user;
        BYTE sid[SECURITY_MAX_SID_SIZE];
    } told;
    wchar_t sddl[256];
    wchar_t *sid = NULL;
    HANDLE token;
    DWORD n;
    check_true(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
    check_true(GetTokenInformation(token, TokenUser, &told, sizeof told, &n));
    check_true(ConvertSidToStringSidW(told.user.User.Sid, &sid));
    swprintf(sddl, JD_COUNT(sddl), L"O:%lsD:(A;;FA;;;WD)", sid);
    check_true(server_try(server, sddl, 1));
    LocalFree(sid);
    CloseHandle(token);
}

static void server_stop(struct server *server)
{
    CloseHandle(server->pipe);
}

static enum jd_code open_explicit(const struct server *server, uint64_t budget_ms, struct conn **out)
{
    return conn_open(server->name, true, conn_now_ms() + budget_ms, out, &err);
}

/* Nothing came from the client, and it is gone. */
static void check_nothing_sent(const struct server *server)
{
    char byte;
    DWORD n = 0;
    DWORD waiting = 0;
    (void)ConnectNamedPipe(server->pipe, NULL); /* it came and went: says so */
    check_true(!PeekNamedPipe(server->pipe, NULL, 0, NULL, &waiting, NULL) || waiting == 0);
    check_false(ReadFile(server->pipe, &byte, 1, &n, NULL));
    check_int(n, 0);
}

TEST(client_conn_win, the_caller_s_own_server_is_believed_when_it_is_named)
{
    struct server server;
    struct conn *conn = NULL;
    server_start(&server);
    check_ok(open_explicit(&server, BUDGET_MS, &conn), &err);
    conn_close(conn);
    server_stop(&server);
}

TEST(client_conn_win, a_server_that_is_not_the_service_s_process_gets_nothing)
{
    struct server server;
    struct conn *conn = NULL;
    if (!server_try(&server, L"O:SYD:(A;;FA;;;WD)", 1)) {
        check_skip("this user cannot make a pipe that SYSTEM owns");
    }
    check_code(conn_open(server.name, false, conn_now_ms() + BUDGET_MS, &conn, &err), JD_E_WRONG_SERVER, &err);
    check_text(err.reason, "server_process");
    check_true(conn == NULL);
    check_nothing_sent(&server);
    server_stop(&server);
}

TEST(client_conn_win, the_caller_s_own_server_is_not_believed_when_the_service_is_meant)
{
    struct server server;
    struct conn *conn = NULL;
    server_start(&server);
    check_code(conn_open(server.name, false, conn_now_ms() + BUDGET_MS, &conn, &err), JD_E_WRONG_SERVER, &err);
    check_text(err.reason, "pipe_owner");
    check_nothing_sent(&server);
    server_stop(&server);
}

TEST(client_conn_win, a_stranger_s_server_gets_nothing_even_when_it_is_named)
{
    struct server server;
    struct conn *conn = NULL;
    if (!server_try(&server, L"O:S-1-5-21-1-2-3-1001D:(A;;FA;;;WD)", 1)) {
        check_skip("this user cannot make a pipe that another one owns");
    }
    check_code(open_explicit(&server, BUDGET_MS, &conn), JD_E_WRONG_SERVER, &err);
    check_text(err.reason, "pipe_owner");
    check_nothing_sent(&server);
    server_stop(&server);
}

TEST(client_conn_win, a_missing_pipe_is_told_by_what_the_scm_knows)
{
    SC_HANDLE scm = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    SC_HANDLE service = OpenServiceW(scm, L"junctiond", SERVICE_QUERY_STATUS);
    struct conn *conn = NULL;
    check_code(conn_open("\\\\.\\pipe\\junctiond-none", true, conn_now_ms() + BUDGET_MS, &conn, &err), JD_E_NOT_RUNNING,
               &err);
    if (service == NULL) {
        check_code(conn_open("\\\\.\\pipe\\junctiond-none", false, conn_now_ms() + BUDGET_MS, &conn, &err),
                   JD_E_NOT_INSTALLED, &err);
    } else {
        CloseServiceHandle(service);
    }
    CloseServiceHandle(scm);
}

TEST(client_conn_win, what_cannot_be_an_endpoint_is_said_wrong)
{
    static const char *const names[] = {"",
                                        "junctiond",
                                        "C:\\x",
                                        "\\\\.\\pipe\\",
                                        "\\\\.\\pipe",
                                        "\\\\server\\pipe\\junctiond",
                                        "\\\\?\\pipe\\junctiond",
                                        "/run/junctiond.sock",
                                        "\\\\.\\pipe\\\xC3\x28"};
    for (size_t i = 0; i < JD_COUNT(names); i++) {
        struct conn *conn = NULL;
        check_case("%s", names[i]);
        check_code(conn_open(names[i], true, conn_now_ms() + BUDGET_MS, &conn, &err), JD_E_USAGE, &err);
        check_text(err.reason, "endpoint_form");
    }
}

TEST(client_conn_win, a_busy_server_is_waited_for_as_long_as_there_is_time)
{
    struct server server;
    struct conn *first = NULL;
    struct conn *second = NULL;
    uint64_t before;
    server_start(&server);
    check_ok(open_explicit(&server, BUDGET_MS, &first), &err);
    before = conn_now_ms();
    check_code(open_explicit(&server, SOON_MS, &second), JD_E_CONNECT_TIMED_OUT, &err);
    check_true(conn_now_ms() - before >= SOON_MS - 50); /* the clock counts in steps of 16 ms */
    conn_close(first);
    server_stop(&server);
}

struct freed {
    HANDLE pipe;
    HANDLE waited;
};

static DWORD WINAPI free_instance(void *context)
{
    const struct freed *freed = context;
    WaitForSingleObject(freed->waited, SOON_MS);
    DisconnectNamedPipe(freed->pipe);
    (void)ConnectNamedPipe(freed->pipe, NULL);
    return 0;
}

TEST(client_conn_win, a_server_that_gets_free_is_reached)
{
    struct server server;
    struct conn *first = NULL;
    struct conn *second = NULL;
    struct freed freed = {.waited = CreateEventW(NULL, TRUE, FALSE, NULL)};
    HANDLE thread;
    server_start(&server);
    check_ok(open_explicit(&server, BUDGET_MS, &first), &err);
    freed.pipe = server.pipe;
    thread = CreateThread(NULL, 0, free_instance, &freed, 0, NULL);
    check_ok(open_explicit(&server, BUDGET_MS, &second), &err);
    conn_close(first);
    conn_close(second);
    check_int(WaitForSingleObject(thread, BUDGET_MS), WAIT_OBJECT_0);
    CloseHandle(thread);
    CloseHandle(freed.waited);
    server_stop(&server);
}

TEST(client_conn_win, a_mute_server_costs_no_more_than_the_time_given)
{
    struct server server;
    struct conn *conn = NULL;
    static char bytes[LARGE];
    size_t n = 77;
    server_start(&server);
    check_ok(open_explicit(&server, BUDGET_MS, &conn), &err);
    check_code(conn_read(conn, bytes, sizeof bytes, conn_now_ms() + SOON_MS, &n, &err), JD_E_REPLY_TIMED_OUT, &err);
    check_int(n, 77);
    check_code(conn_read(conn, bytes, sizeof bytes, conn_now_ms(), &n, &err), JD_E_REPLY_TIMED_OUT, &err);
    check_code(conn_write(conn, bytes, sizeof bytes, conn_now_ms() + SOON_MS, &err), JD_E_REPLY_TIMED_OUT, &err);
    conn_close(conn);
    server_stop(&server);
}

TEST(client_conn_win, what_is_there_already_is_read_even_when_time_is_over)
{
    struct server server;
    struct conn *conn = NULL;
    char bytes[8];
    size_t n = 0;
    DWORD written = 0;
    server_start(&server);
    check_ok(open_explicit(&server, BUDGET_MS, &conn), &err);
    check_true(WriteFile(server.pipe, "late", 4, &written, NULL));
    check_ok(conn_read(conn, bytes, sizeof bytes, conn_now_ms(), &n, &err), &err);
    check_bytes(bytes, n, "late", 4);
    conn_close(conn);
    server_stop(&server);
}

TEST(client_conn_win, a_server_that_leaves_is_an_end_and_not_a_failure)
{
    struct server server;
    struct conn *conn = NULL;
    char bytes[8];
    size_t n = 77;
    DWORD written = 0;
    server_start(&server);
    check_ok(open_explicit(&server, BUDGET_MS, &conn), &err);
    check_true(WriteFile(server.pipe, "last", 4, &written, NULL));
    server_stop(&server);
    check_ok(conn_read(conn, bytes, sizeof bytes, conn_now_ms() + BUDGET_MS, &n, &err), &err);
    check_bytes(bytes, n, "last", 4);
    check_ok(conn_read(conn, bytes, sizeof bytes, conn_now_ms() + BUDGET_MS, &n, &err), &err);
    check_int(n, 0);
    check_code(conn_write(conn, "x", 1, conn_now_ms() + BUDGET_MS, &err), JD_E_NOT_RUNNING, &err);
    check_text(err.reason, "connection_lost");
    conn_close(conn);
}

/* Sends back what it gets. */
static DWORD WINAPI echo(void *context)
{
    HANDLE pipe = context;
    static char bytes[LARGE];
    DWORD got = 0;
    DWORD n = 0;
    (void)ConnectNamedPipe(pipe, NULL);
    while (got < LARGE && ReadFile(pipe, bytes + got, LARGE - got, &n, NULL)) {
        got += n;
    }
    return WriteFile(pipe, bytes, got, &n, NULL) ? got : 0;
}

TEST(client_conn_win, more_than_the_pipe_holds_goes_through_whole)
{
    static char sent[LARGE];
    static char back[LARGE];
    struct server server;
    struct conn *conn = NULL;
    size_t got = 0;
    HANDLE thread;
    for (size_t i = 0; i < LARGE; i++) {
        sent[i] = (char)(i * 31 >> 3);
    }
    server_start(&server);
    thread = CreateThread(NULL, 0, echo, server.pipe, 0, NULL);
    check_ok(open_explicit(&server, BUDGET_MS, &conn), &err);
    check_ok(conn_write(conn, sent, LARGE, conn_now_ms() + BUDGET_MS, &err), &err);
    while (got < LARGE) {
        size_t n = 0;
        check_ok(conn_read(conn, back + got, LARGE - got, conn_now_ms() + BUDGET_MS, &n, &err), &err);
        check_true(n > 0);
        got += n;
    }
    check_true(memcmp(sent, back, LARGE) == 0);
    conn_close(conn);
    check_int(WaitForSingleObject(thread, BUDGET_MS), WAIT_OBJECT_0);
    CloseHandle(thread);
    server_stop(&server);
}

/* The level at which the server sees a client that opened with these flags. */
static DWORD level_seen(HANDLE pipe)
{
    DWORD level = 99;
    DWORD n;
    char byte;
    HANDLE token = NULL;
    check_true(ReadFile(pipe, &byte, 1, &n, NULL));
    check_true(ImpersonateNamedPipeClient(pipe));
    if (OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) {
        check_true(GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof level, &n));
        CloseHandle(token);
    }
    check_true(RevertToSelf());
    return level;
}

TEST(client_conn_win, the_server_learns_who_it_is_and_cannot_act_for_him)
{
    struct server server;
    struct conn *conn = NULL;
    HANDLE plain;
    DWORD n;
    server_start(&server);
    plain = CreateFileW(server.wide, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                        SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, NULL);
    check_true(WriteFile(plain, "x", 1, &n, NULL));
    if (level_seen(server.pipe) != SecurityIdentification) {
        CloseHandle(plain);
        server_stop(&server);
        check_skip("this system does not keep to the level a pipe is opened with");
    }
    CloseHandle(plain);
    DisconnectNamedPipe(server.pipe);
    server_stop(&server);
    server_start(&server);
    check_ok(open_explicit(&server, BUDGET_MS, &conn), &err);
    check_ok(conn_write(conn, "x", 1, conn_now_ms() + BUDGET_MS, &err), &err);
    check_int(level_seen(server.pipe), SecurityIdentification);
    conn_close(conn);
    server_stop(&server);
}

TEST(client_conn_win, the_environment_names_an_endpoint)
{
    static wchar_t long_one[1000];
    char *endpoint = NULL;
    SetEnvironmentVariableW(L"JUNCTIOND_ENDPOINT", NULL);
    check_ok(conn_endpoint_from_environment(&endpoint, &err), &err);
    check_true(endpoint == NULL);
    SetEnvironmentVariableW(L"JUNCTIOND_ENDPOINT", L"\\\\.\\pipe\\\x263A");
    check_ok(conn_endpoint_from_environment(&endpoint, &err), &err);
    check_text(endpoint, "\\\\.\\pipe\\\xE2\x98\xBA");
    free(endpoint);
    wmemset(long_one, L'x', JD_COUNT(long_one) - 1);
    SetEnvironmentVariableW(L"JUNCTIOND_ENDPOINT", long_one);
    check_ok(conn_endpoint_from_environment(&endpoint, &err), &err);
    check_true(endpoint != NULL && strlen(endpoint) > 256); /* not cut to something that could be one */
    free(endpoint);
    SetEnvironmentVariableW(L"JUNCTIOND_ENDPOINT", NULL);
}

TEST(client_conn_win, the_current_directory_is_a_windows_path)
{
    struct jd_buf out;
    check_false(path_needs_volumes());
    check_true(SetCurrentDirectoryW(L"C:\\windows"));
    jd_buf_init(&out, 4096);
    check_ok(path_current(NULL, 0, &out, &err), &err);
    check_true(_stricmp(out.data, "C:\\windows") == 0);
    jd_buf_reset(&out);
    check_true(SetCurrentDirectoryW(L"C:\\"));
    check_ok(path_current(NULL, 0, &out, &err), &err);
    check_text(out.data, "C:\\");
    jd_buf_done(&out);
}
