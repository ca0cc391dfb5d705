/* SPDX-License-Identifier: MIT */
#include "service/os/win/os_host_win_service.h"

#include "service/os/win/win_names.h"

#include <wchar.h>
#include <windows.h>

#include <tlhelp32.h>

enum {
    START_HINT_MS = 30000, /* recovery looks at volumes that may be slow to answer */
    STOP_HINT_MS = 15000,  /* running operations get 5 s */
    CONTROLS = SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PRESHUTDOWN | SERVICE_ACCEPT_PARAMCHANGE
};

static struct {
    SRWLOCK lock;
    SERVICE_STATUS_HANDLE handle; /* NULL: no service */
    SERVICE_STATUS status;
    service_wish_fn on_wish;
    void *context;
    int argc;
    const char *const *argv;
    service_run_fn run;
    int exit_code;
} service = {.lock = SRWLOCK_INIT, .exit_code = 1};

static const struct {
    DWORD control;
    enum service_wish wish;
} wishes[] = {
    {SERVICE_CONTROL_STOP, SERVICE_WISH_STOP},
    {SERVICE_CONTROL_PRESHUTDOWN, SERVICE_WISH_STOP},
    {SERVICE_CONTROL_PARAMCHANGE, SERVICE_WISH_RELOAD},
};

/* A pending state counts on with each report: that is how the SCM knows that it is alive. Once STOPPED is told nothing
 * more may be. */
static void report(DWORD state, DWORD hint_ms)
{
    SERVICE_STATUS *status = &service.status;
    bool is_settled = state == SERVICE_RUNNING || state == SERVICE_STOPPED;
    AcquireSRWLockExclusive(&service.lock);
    if (service.handle != NULL && status->dwCurrentState != SERVICE_STOPPED) {
        status->dwCurrentState = state;
        status->dwControlsAccepted = state == SERVICE_RUNNING ? CONTROLS : 0;
        status->dwCheckPoint = is_settled ? 0 : status->dwCheckPoint + 1;
        status->dwWaitHint = hint_ms;
        (void)SetServiceStatus(service.handle, status);
    }
    ReleaseSRWLockExclusive(&service.lock);
}

void service_is_running(void)
{
    report(SERVICE_RUNNING, 0);
}

void service_is_stopping(void)
{
    report(SERVICE_STOP_PENDING, STOP_HINT_MS);
}

void service_goes_on(void)
{
    DWORD state;
    AcquireSRWLockShared(&service.lock);
    state = service.status.dwCurrentState;
    ReleaseSRWLockShared(&service.lock);
    if (state == SERVICE_START_PENDING) {
        report(SERVICE_START_PENDING, START_HINT_MS);
    } else if (state == SERVICE_STOP_PENDING) {
        report(SERVICE_STOP_PENDING, STOP_HINT_MS);
    }
}

/* The dispatcher returns, and main with it, as soon as the SCM heard of this. */
void service_has_ended(int exit_code)
{
    service.exit_code = exit_code;
    service.status.dwWin32ExitCode = exit_code == 0 ? NO_ERROR : ERROR_SERVICE_SPECIFIC_ERROR;
    service.status.dwServiceSpecificExitCode = (DWORD)exit_code;
    report(SERVICE_STOPPED, 0);
}

void service_hear(service_wish_fn on_wish, void *context)
{
    AcquireSRWLockExclusive(&service.lock);
    service.on_wish = on_wish;
    service.context = context;
    ReleaseSRWLockExclusive(&service.lock);
}

static void pass_on(enum service_wish wish)
{
    AcquireSRWLockShared(&service.lock);
    if (service.on_wish != NULL) {
        service.on_wish(service.context, wish);
    }
    ReleaseSRWLockShared(&service.lock);
}

static DWORD WINAPI on_control(DWORD control, DWORD type, void *data, void *context)
{
    (void)type;
    (void)data;
    (void)context;
    for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
        if (wishes[i].control == control) {
            if (wishes[i].wish == SERVICE_WISH_STOP) {
                service_is_stopping();
            }
            pass_on(wishes[i].wish);
            return NO_ERROR;
        }
    }
    return control == SERVICE_CONTROL_INTERROGATE ? NO_ERROR : ERROR_CALL_NOT_IMPLEMENTED;
}

/* The arguments of a start (sc start junctiond …) are nobody's business: the image path says what holds. */
static void WINAPI service_main(DWORD argc, wchar_t **argv)
{
    (void)argc;
    (void)argv;
    service.handle = RegisterServiceCtrlHandlerExW(WIN_SERVICE_NAME, on_control, NULL);
    if (service.handle == NULL) {
        return;
    }
    service.status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
    report(SERVICE_START_PENDING, START_HINT_MS);
    service_has_ended(service.run(service.argc, service.argv));
}

static bool find_process(HANDLE snapshot, DWORD pid, PROCESSENTRY32W *out)
{
    BOOL is_one;
    out->dwSize = sizeof *out;
    is_one = Process32FirstW(snapshot, out);
    while (is_one && out->th32ProcessID != pid) {
        is_one = Process32NextW(snapshot, out);
    }
    return is_one != 0;
}

/*
 * False when another program than the SCM certainly started this one. Asking the dispatcher would be enough on Windows;
 * Wine's waits for ever when the SCM is not the one that started the process.
 */
static bool may_be_served(void)
{
    PROCESSENTRY32W entry;
    bool may_be = true;
    HANDLE snapshot = CreateToolhelp32Snapshot(TH32CS_SNAPPROCESS, 0);
    if (snapshot == INVALID_HANDLE_VALUE) {
        return may_be;
    }
    if (find_process(snapshot, GetCurrentProcessId(), &entry)) { /* the SCM outlives its services: it is there, then */
        may_be = find_process(snapshot, entry.th32ParentProcessID, &entry) &&
                 _wcsicmp(entry.szExeFile, L"services.exe") == 0;
    }
    CloseHandle(snapshot);
    return may_be;
}

bool service_serve(int argc, const char *const *argv, service_run_fn run, int *out_exit_code)
{
    wchar_t name[] = WIN_SERVICE_NAME;
    const SERVICE_TABLE_ENTRYW table[] = {{name, service_main}, {NULL, NULL}};
    service.argc = argc;
    service.argv = argv;
    service.run = run;
    /* ERROR_FAILED_SERVICE_CONTROLLER_CONNECT: somebody typed it. */
    if (!may_be_served() || !StartServiceCtrlDispatcherW(table)) {
        return false;
    }
    *out_exit_code = service.exit_code;
    return true;
}

bool service_is_served(void)
{
    return service.handle != NULL;
}
