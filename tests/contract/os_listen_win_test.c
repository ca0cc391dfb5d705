/* SPDX-License-Identifier: MIT */
/* The pipe, on a real loop. What a system does not enforce (Wine) is asked for first, and skipped with its reason. */
#include "service/os/os_listen.h"

#include "service/os/win/os_listen_win_pipe.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include <sddl.h>

enum { CLIENTS_MAX = 300, LINE = 5, GIVE_UP_MS = 20000 };

#define CLIENT_RIGHTS (FILE_READ_DATA | FILE_WRITE_DATA | READ_CONTROL | SYNCHRONIZE | FILE_READ_ATTRIBUTES)

struct place {
    uv_loop_t loop;
    struct os_listener *listener;
    uv_pipe_t *pipes[CLIENTS_MAX]; /* accepted */
    size_t n_pipes;
    size_t n_asked; /* on_client calls */
    size_t n_closed;
    size_t n_heard; /* bytes */
    char heard[64];
    bool refuses; /* on_client takes nobody */
    char name[64];
    wchar_t wide[64];
};

static struct jd_err err;

static void free_pipe(uv_handle_t *handle)
{
    free(handle);
}

static void on_client(void *context, struct os_listener *listener)
{
    struct place *place = context;
    uv_pipe_t *pipe;
    place->n_asked++;
    if (place->refuses) {
        return;
    }
    pipe = malloc(sizeof *pipe);
    uv_pipe_init(&place->loop, pipe, 0);
    if (os_listen_accept(listener, pipe, &err) != JD_OK || place->n_pipes == CLIENTS_MAX) {
        uv_close((uv_handle_t *)pipe, free_pipe);
        return;
    }
    pipe->data = place;
    place->pipes[place->n_pipes++] = pipe;
}

static void on_closed(void *context)
{
    ((struct place *)context)->n_closed++;
}

static void begin(struct place *place)
{
    static unsigned n_places; /* a failed test leaves its name behind */
    *place = (struct place){.n_pipes = 0};
    snprintf(place->name, sizeof place->name, "\\\\.\\pipe\\junctiond-test-%lu-%u", GetCurrentProcessId(), n_places++);
    swprintf(place->wide, JD_COUNT(place->wide), L"%hs", place->name);
    check_int(uv_loop_init(&place->loop), 0);
    check_ok(os_listen_open(&place->loop, place->name, on_client, place, &place->listener, &err), &err);
}

static void drop_pipes(struct place *place)
{
    while (place->n_pipes > 0) {
        uv_close((uv_handle_t *)place->pipes[--place->n_pipes], free_pipe);
    }
}

static bool is_there(const wchar_t *name)
{
    return WaitNamedPipeW(name, 1) || GetLastError() == ERROR_SEM_TIMEOUT;
}

static void end(struct place *place)
{
    drop_pipes(place);
    os_listen_close(place->listener, on_closed, place);
    uv_run(&place->loop, UV_RUN_DEFAULT);
    check_int(place->n_closed, 1);
    check_int(uv_loop_close(&place->loop), 0);
    check_false(is_there(place->wide));
}

/* INVALID_HANDLE_VALUE with GetLastError. */
static HANDLE connect_once(const struct place *place)
{
    return CreateFileW(place->wide, CLIENT_RIGHTS, 0, NULL, OPEN_EXISTING,
                       SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, NULL);
}

/* One whose instances are all taken finds a new one soon. */
static HANDLE connect_soon(struct place *place)
{
    uint64_t deadline = GetTickCount64() + GIVE_UP_MS;
    HANDLE client = connect_once(place);
    while (client == INVALID_HANDLE_VALUE && GetLastError() == ERROR_PIPE_BUSY && GetTickCount64() < deadline) {
        uv_run(&place->loop, UV_RUN_NOWAIT);
        client = connect_once(place);
    }
    check_true(client != INVALID_HANDLE_VALUE);
    return client;
}

static void run_until_some(struct place *place)
{
    uint64_t deadline = GetTickCount64() + GIVE_UP_MS;
    while (place->n_pipes == 0 && GetTickCount64() < deadline) {
        uv_run(&place->loop, UV_RUN_NOWAIT);
    }
    check_true(place->n_pipes > 0);
}

static void run_until_pipes(struct place *place, size_t n)
{
    uint64_t deadline = GetTickCount64() + GIVE_UP_MS;
    while (place->n_pipes < n && GetTickCount64() < deadline) {
        uv_run(&place->loop, UV_RUN_NOWAIT);
    }
    check_int(place->n_pipes, n);
}

/* ---- the descriptor ---- */

static PSECURITY_DESCRIPTOR parse(const char *sddl)
{
    wchar_t wide[PIPE_SDDL_MAX];
    PSECURITY_DESCRIPTOR descriptor = NULL;
    swprintf(wide, JD_COUNT(wide), L"%hs", sddl);
    check_true(ConvertStringSecurityDescriptorToSecurityDescriptorW(wide, SDDL_REVISION_1, &descriptor, NULL));
    return descriptor;
}

static bool is_sid(PSID sid, const wchar_t *text)
{
    wchar_t *told = NULL;
    bool is_so;
    check_true(ConvertSidToStringSidW(sid, &told));
    is_so = wcscmp(told, text) == 0;
    LocalFree(told);
    return is_so;
}

/* One entry as it must be; entries come in this order. */
struct entry {
    BYTE type;
    ACCESS_MASK mask;
    const wchar_t *sid;
};

static void check_entries(PSECURITY_DESCRIPTOR descriptor, const wchar_t *owner, const struct entry *entries, DWORD n)
{
    SECURITY_DESCRIPTOR_CONTROL control = 0;
    BOOL present = FALSE;
    BOOL defaulted = FALSE;
    PSID told = NULL;
    PACL dacl = NULL;
    DWORD revision;
    check_true(GetSecurityDescriptorOwner(descriptor, &told, &defaulted));
    check_true(is_sid(told, owner));
    check_true(GetSecurityDescriptorControl(descriptor, &control, &revision));
    check_true((control & SE_DACL_PROTECTED) != 0);
    check_true(GetSecurityDescriptorDacl(descriptor, &present, &dacl, &defaulted) && present && dacl != NULL);
    check_int(dacl->AceCount, n);
    for (DWORD i = 0; i < n; i++) {
        ACCESS_ALLOWED_ACE *ace = NULL; /* a denying one has the same layout */
        check_case("entry %lu", i);
        check_true(GetAce(dacl, i, (void **)&ace));
        check_int(ace->Header.AceType, entries[i].type);
        check_int(ace->Header.AceFlags, 0);
        check_int(ace->Mask, entries[i].mask);
        check_true(is_sid((PSID)&ace->SidStart, entries[i].sid));
    }
}

TEST(os_listen_win, the_service_s_descriptor_says_who_may_do_what)
{
    static const struct entry entries[] = {
        {ACCESS_DENIED_ACE_TYPE, FILE_ALL_ACCESS, L"S-1-5-7"},   /* ANONYMOUS */
        {ACCESS_ALLOWED_ACE_TYPE, FILE_ALL_ACCESS, L"S-1-5-18"}, /* SYSTEM */
        {ACCESS_ALLOWED_ACE_TYPE, 0x12019B, L"S-1-5-11"},        /* Authenticated Users */
    };
    char sddl[PIPE_SDDL_MAX];
    PSECURITY_DESCRIPTOR descriptor;
    pipe_sddl(NULL, sddl);
    descriptor = parse(sddl);
    check_entries(descriptor, L"S-1-5-18", entries, JD_COUNT(entries));
    LocalFree(descriptor);
}

TEST(os_listen_win, callers_can_do_what_a_client_does_and_make_no_instance)
{
    /* "Named Pipe Security and Access Rights" on Microsoft Learn: FILE_CREATE_PIPE_INSTANCE is FILE_APPEND_DATA's bit.
     */
    check_int(0x12019B & FILE_CREATE_PIPE_INSTANCE, 0);
    check_int(FILE_CREATE_PIPE_INSTANCE, 4);
    check_int(0x12019B & (WRITE_DAC | WRITE_OWNER | DELETE), 0);
    check_int(0x12019B & CLIENT_RIGHTS, CLIENT_RIGHTS);
    check_int(0x12019B | FILE_CREATE_PIPE_INSTANCE, FILE_GENERIC_READ | FILE_GENERIC_WRITE);
}

TEST(os_listen_win, in_the_foreground_the_pipe_is_its_starter_s)
{
    static const struct entry entries[] = {
        {ACCESS_DENIED_ACE_TYPE, FILE_ALL_ACCESS, L"S-1-5-7"},
        {ACCESS_ALLOWED_ACE_TYPE, FILE_ALL_ACCESS, L"S-1-5-18"},
        {ACCESS_ALLOWED_ACE_TYPE, FILE_ALL_ACCESS, L"S-1-5-21-1-2-3-1001"},
        {ACCESS_ALLOWED_ACE_TYPE, 0x12019B, L"S-1-5-11"},
    };
    const uint32_t subs[] = {21, 1, 2, 3, 1001};
    const struct jd_sid owner = jd_sid_make(5, JD_COUNT(subs), subs);
    char sddl[PIPE_SDDL_MAX];
    PSECURITY_DESCRIPTOR descriptor;
    pipe_sddl(&owner, sddl);
    descriptor = parse(sddl);
    check_entries(descriptor, L"S-1-5-21-1-2-3-1001", entries, JD_COUNT(entries));
    LocalFree(descriptor);
}

TEST(os_listen_win, a_client_can_read_who_owns_the_pipe)
{
    struct place place;
    BYTE descriptor[512];
    BOOL defaulted;
    PSID owner = NULL;
    DWORD n = 0;
    struct win_own own;
    HANDLE client;
    begin(&place);
    client = connect_once(&place);
    check_true(client != INVALID_HANDLE_VALUE);
    check_true(GetKernelObjectSecurity(client, OWNER_SECURITY_INFORMATION, descriptor, sizeof descriptor, &n));
    check_true(GetSecurityDescriptorOwner(descriptor, &owner, &defaulted));
    check_ok(win_own_read(&own, &err), &err);
    if (!IsWellKnownSid(owner, WinBuiltinAdministratorsSid)) {
        char text[JD_SID_TEXT_MAX];
        wchar_t wide[JD_SID_TEXT_MAX];
        swprintf(wide, JD_COUNT(wide), L"%hs", jd_sid_format(&own.user, text));
        check_true(is_sid(owner, wide));
    }
    CloseHandle(client);
    end(&place);
}

/* A pipe nobody may open that opens all the same: such a system cannot show what a descriptor does. */
static void skip_unless_enforced(void)
{
    SECURITY_ATTRIBUTES closed = {sizeof closed, parse("D:P"), FALSE};
    static const wchar_t name[] = L"\\\\.\\pipe\\junctiond-test-closed";
    HANDLE pipe = CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX, 0, 1, 0, 0, 0, &closed);
    HANDLE client = CreateFileW(name, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    bool is_enforced = client == INVALID_HANDLE_VALUE && GetLastError() == ERROR_ACCESS_DENIED;
    if (client != INVALID_HANDLE_VALUE) {
        CloseHandle(client);
    }
    CloseHandle(pipe);
    LocalFree(closed.lpSecurityDescriptor);
    if (!is_enforced) {
        check_skip("this system does not enforce the descriptors of pipes");
    }
}

TEST(os_listen_win, anonymous_does_not_get_in)
{
    struct place place;
    HANDLE client;
    DWORD number;
    skip_unless_enforced();
    begin(&place);
    check_true(ImpersonateAnonymousToken(GetCurrentThread()));
    client = connect_once(&place);
    number = GetLastError();
    check_true(RevertToSelf());
    check_true(client == INVALID_HANDLE_VALUE);
    check_int(number, ERROR_ACCESS_DENIED);
    end(&place);
}

/* A caller as callers are: this process without its administrators' power. */
static HANDLE plain_caller(void)
{
    HANDLE own = NULL;
    HANDLE plain = NULL;
    HANDLE token = NULL;
    check_true(OpenProcessToken(GetCurrentProcess(), TOKEN_DUPLICATE | TOKEN_QUERY, &own));
    check_true(CreateRestrictedToken(own, LUA_TOKEN, 0, NULL, 0, NULL, 0, NULL, &plain));
    check_true(DuplicateToken(plain, SecurityImpersonation, &token));
    CloseHandle(own);
    CloseHandle(plain);
    return token;
}

TEST(os_listen_win, a_caller_adds_no_instance)
{
    struct place place;
    HANDLE token;
    HANDLE pipe;
    DWORD number;
    skip_unless_enforced();
    begin(&place);
    token = plain_caller();
    check_true(ImpersonateLoggedOnUser(token));
    pipe = CreateNamedPipeW(place.wide, PIPE_ACCESS_DUPLEX, 0, PIPE_INSTANCES, 0, 0, 0, NULL);
    number = GetLastError();
    check_true(RevertToSelf());
    CloseHandle(token);
    if (pipe != INVALID_HANDLE_VALUE) {
        CloseHandle(pipe);
        end(&place);
        check_skip("whoever runs this test owns the pipe: run it elevated");
    }
    check_int(number, ERROR_ACCESS_DENIED);
    end(&place);
}

/* ---- connecting ---- */

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct place *place = handle->data;
    (void)suggested;
    *buf = uv_buf_init(place->heard + place->n_heard, (unsigned)(sizeof place->heard - place->n_heard));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct place *place = stream->data;
    (void)buf;
    if (n > 0) {
        place->n_heard += (size_t)n;
    } else {
        uv_read_stop(stream);
    }
}

static void on_written(uv_write_t *write, int status)
{
    *(int *)write->data = status;
}

TEST(os_listen_win, bytes_go_both_ways)
{
    struct place place;
    uv_write_t write;
    int status = 1;
    uv_buf_t answer;
    char said[LINE] = "world";
    char heard[LINE] = "";
    HANDLE client;
    DWORD n = 0;
    begin(&place);
    client = connect_once(&place);
    run_until_pipes(&place, 1);
    check_int(uv_read_start((uv_stream_t *)place.pipes[0], give_room, on_read), 0);
    check_true(WriteFile(client, "hello", LINE, &n, NULL));
    while (place.n_heard < LINE) {
        uv_run(&place.loop, UV_RUN_ONCE);
    }
    check_bytes(place.heard, place.n_heard, "hello", LINE);
    answer = uv_buf_init(said, sizeof said);
    write.data = &status;
    check_int(uv_write(&write, (uv_stream_t *)place.pipes[0], &answer, 1, on_written), 0);
    while (status == 1) {
        uv_run(&place.loop, UV_RUN_ONCE);
    }
    check_int(status, 0);
    drop_pipes(&place); /* what was written is still read, and then the end is seen */
    uv_run(&place.loop, UV_RUN_NOWAIT);
    check_true(ReadFile(client, heard, sizeof heard, &n, NULL));
    check_bytes(heard, n, "world", LINE);
    check_false(ReadFile(client, heard, sizeof heard, &n, NULL));
    check_int(GetLastError(), ERROR_BROKEN_PIPE);
    CloseHandle(client);
    end(&place);
}

TEST(os_listen_win, several_clients_get_in_before_the_loop_turns)
{
    struct place place;
    HANDLE clients[4];
    begin(&place);
    for (size_t i = 0; i < JD_COUNT(clients); i++) {
        check_case("client %zu", i);
        clients[i] = connect_once(&place);
        check_true(clients[i] != INVALID_HANDLE_VALUE);
    }
    check_true(connect_once(&place) == INVALID_HANDLE_VALUE);
    check_int(GetLastError(), ERROR_PIPE_BUSY);
    run_until_pipes(&place, JD_COUNT(clients));
    for (size_t i = 0; i < JD_COUNT(clients); i++) {
        CloseHandle(clients[i]);
    }
    end(&place);
}

TEST(os_listen_win, clients_that_come_and_go_do_no_harm)
{
    struct place place;
    HANDLE client;
    begin(&place);
    for (int i = 0; i < 2000; i++) {
        client = connect_soon(&place);
        CloseHandle(client);
        uv_run(&place.loop, UV_RUN_NOWAIT);
        check_true(is_there(place.wide)); /* the name never lapses */
        if (place.n_pipes > CLIENTS_MAX / 2) {
            drop_pipes(&place);
        }
    }
    drop_pipes(&place);
    client = connect_soon(&place);
    run_until_some(&place); /* those who went last may come along with it */
    CloseHandle(client);
    end(&place);
}

static DWORD WINAPI come_and_go(void *context)
{
    const struct place *place = context;
    DWORD n = 0;
    for (int i = 0; i < 3000; i++) {
        HANDLE client = connect_once(place);
        if (client != INVALID_HANDLE_VALUE) {
            CloseHandle(client);
            n++;
        }
    }
    return n;
}

TEST(os_listen_win, callers_in_a_hurry_keep_nobody_out)
{
    struct place place;
    HANDLE threads[3];
    HANDLE client;
    begin(&place);
    for (size_t i = 0; i < JD_COUNT(threads); i++) {
        threads[i] = CreateThread(NULL, 0, come_and_go, &place, 0, NULL);
    }
    while (WaitForMultipleObjects(JD_COUNT(threads), threads, TRUE, 0) == WAIT_TIMEOUT) {
        uv_run(&place.loop, UV_RUN_NOWAIT);
        drop_pipes(&place);
    }
    for (size_t i = 0; i < JD_COUNT(threads); i++) {
        DWORD n = 0;
        check_true(GetExitCodeThread(threads[i], &n) && n > 0);
        CloseHandle(threads[i]);
    }
    uv_run(&place.loop, UV_RUN_NOWAIT);
    drop_pipes(&place);
    client = connect_soon(&place);
    run_until_some(&place);
    CloseHandle(client);
    end(&place);
}

TEST(os_listen_win, as_many_connect_as_it_says_and_one_more_can_be_told)
{
    struct place place;
    HANDLE clients[CLIENTS_MAX];
    size_t n = 0;
    begin(&place);
    while (n <= os_listen_capacity()) {
        clients[n++] = connect_soon(&place);
        run_until_pipes(&place, n);
    }
    check_true(n < CLIENTS_MAX);
    drop_pipes(&place);
    for (size_t i = 0; i < n; i++) {
        CloseHandle(clients[i]);
    }
    uv_run(&place.loop, UV_RUN_NOWAIT);
    clients[0] = connect_soon(&place);
    run_until_pipes(&place, 1);
    CloseHandle(clients[0]);
    end(&place);
}

TEST(os_listen_win, when_all_instances_are_used_up_it_goes_on_afterwards)
{
    struct place place;
    HANDLE clients[CLIENTS_MAX];
    size_t n = 0;
    uint64_t deadline;
    begin(&place);
    for (;;) { /* until there is no instance left to be put up */
        clients[n] = connect_once(&place);
        if (clients[n] == INVALID_HANDLE_VALUE) {
            break;
        }
        n++;
        run_until_pipes(&place, n);
    }
    check_int(GetLastError(), ERROR_PIPE_BUSY);
    check_int(n, PIPE_INSTANCES - 1);
    check_true(is_there(place.wide));
    while (n > 0) {
        CloseHandle(clients[--n]);
    }
    drop_pipes(&place);
    deadline = GetTickCount64() + GIVE_UP_MS;
    while (!WaitNamedPipeW(place.wide, 1) && GetTickCount64() < deadline) {
        uv_run(&place.loop, UV_RUN_ONCE); /* the timer's next try */
    }
    clients[0] = connect_once(&place);
    check_true(clients[0] != INVALID_HANDLE_VALUE);
    run_until_pipes(&place, 1);
    CloseHandle(clients[0]);
    end(&place);
}

TEST(os_listen_win, a_client_that_is_not_taken_waits)
{
    struct place place;
    uv_pipe_t unused;
    HANDLE client;
    begin(&place);
    check_int(uv_pipe_init(&place.loop, &unused, 0), 0);
    check_code(os_listen_accept(place.listener, &unused, &err), JD_E_PLATFORM, &err);
    check_int(err.number, UV_EAGAIN);
    uv_close((uv_handle_t *)&unused, NULL);
    place.refuses = true;
    client = connect_once(&place);
    while (place.n_asked == 0) {
        uv_run(&place.loop, UV_RUN_ONCE);
    }
    check_int(place.n_asked, 1);
    place.refuses = false;
    on_client(&place, place.listener); /* as the server's tick does */
    check_int(place.n_pipes, 1);
    CloseHandle(client);
    end(&place);
}

TEST(os_listen_win, it_closes_with_a_client_at_the_door)
{
    struct place place;
    HANDLE client;
    DWORD n;
    char byte;
    begin(&place);
    place.refuses = true;
    client = connect_once(&place);
    while (place.n_asked == 0) {
        uv_run(&place.loop, UV_RUN_ONCE);
    }
    end(&place);
    check_false(ReadFile(client, &byte, 1, &n, NULL));
    CloseHandle(client);
}

/* ---- names ---- */

static void check_refused(const char *name, enum jd_code expected)
{
    struct os_listener *listener = NULL;
    uv_loop_t loop;
    check_int(uv_loop_init(&loop), 0);
    check_code(os_listen_open(&loop, name, on_client, NULL, &listener, &err), expected, &err);
    check_true(listener == NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(uv_loop_close(&loop), 0);
}

TEST(os_listen_win, a_second_server_is_refused_and_the_first_goes_on)
{
    struct place place;
    HANDLE client;
    begin(&place);
    check_refused(place.name, JD_E_ALREADY_RUNNING);
    check_true(strstr(err.text, "process ") != NULL); /* and which */
    client = connect_soon(&place);
    while (place.n_pipes == 0) {
        uv_run(&place.loop, UV_RUN_ONCE);
    }
    CloseHandle(client);
    end(&place);
}

TEST(os_listen_win, a_name_that_somebody_squats_on_is_refused)
{
    static const wchar_t name[] = L"\\\\.\\pipe\\junctiond-test-squatted";
    HANDLE squatter = CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX, 0, PIPE_UNLIMITED_INSTANCES, 0, 0, 0, NULL);
    check_true(squatter != INVALID_HANDLE_VALUE);
    check_refused("\\\\.\\pipe\\junctiond-test-squatted", JD_E_ALREADY_RUNNING);
    CloseHandle(squatter);
}

TEST(os_listen_win, what_is_no_pipe_s_name_is_refused)
{
    static const char *const names[] = {
        "",
        "junctiond",
        "C:\\junctiond",
        "\\\\.\\pipe\\",
        "\\\\.\\pipe",
        "\\\\server\\pipe\\junctiond",
        "/run/junctiond",
        "\\\\.\\pipe\\\xFF",
        "\\\\."
        "\\pipe\\0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        "01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
        "01"
        "2345678901234567890123456789012345678901234567"};
    for (size_t i = 0; i < JD_COUNT(names); i++) {
        check_case("%s", names[i]);
        check_refused(names[i], JD_E_ENDPOINT_UNUSABLE);
    }
}
