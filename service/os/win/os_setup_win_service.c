/* SPDX-License-Identifier: MIT */
#include "service/os/win/os_setup_win.h"
#include "service/os/win/win_names.h"

#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

#include <sddl.h>

enum {
    POLL_MS = 50,
    PATIENCE_MS = 60000, /* without a sign of life */
    PRESHUTDOWN_MS = 15000,
    RESET_S = 86400,
    SERVICE_RIGHTS = SERVICE_CHANGE_CONFIG | SERVICE_START | READ_CONTROL | WRITE_DAC
};

static wchar_t display_name[] = L"junctiond";
static wchar_t description[] =
    L"Makes, inspects and removes NTFS junctions for callers whom its policy allows that, and records every change.";

/*
 * As Windows gives it to services, and Authenticated Users query the status (LC): a client compares the pipe's server
 * with the process the SCM names, and one that comes by ssh or WinRM is no INTERACTIVE user.
 */
static const wchar_t service_sddl[] = L"D:(A;;CCLCSWRPWPDTLOCRRC;;;SY)(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)"
                                      L"(A;;CCLCSWLOCRRC;;;IU)(A;;CCLCSWLOCRRC;;;SU)(A;;LC;;;AU)";

struct scm {
    SC_HANDLE manager;
    SC_HANDLE service; /* NULL: not there */
};

static void close_scm(struct scm *scm)
{
    if (scm->service != NULL) {
        CloseServiceHandle(scm->service);
    }
    if (scm->manager != NULL) {
        CloseServiceHandle(scm->manager);
    }
    *scm = (struct scm){NULL, NULL};
}

static enum jd_code open_manager(DWORD rights, struct scm *out, const char *stage, struct jd_err *err)
{
    *out = (struct scm){OpenSCManagerW(NULL, NULL, rights), NULL};
    return out->manager != NULL ? JD_OK : setup_fail(err, stage, "the service manager", GetLastError());
}

/* The caller closes *out, also after a failure. */
static enum jd_code open_service(DWORD rights, struct scm *out, const char *stage, struct jd_err *err)
{
    enum jd_code code = open_manager(SC_MANAGER_CONNECT, out, stage, err);
    if (code != JD_OK) {
        return code;
    }
    out->service = OpenServiceW(out->manager, WIN_SERVICE_NAME, rights);
    if (out->service != NULL) {
        return JD_OK;
    }
    return GetLastError() == ERROR_SERVICE_DOES_NOT_EXIST
               ? jd_fail_text(err, JD_E_NOT_INSTALLED, stage, NULL, "the service is not installed")
               : setup_fail(err, stage, "the service", GetLastError());
}

/* Quoted: C:\Program.exe must never be taken for it. To be freed. */
static wchar_t *command_line(const wchar_t *exe)
{
    size_t cap = wcslen(exe) + sizeof "\"\" run";
    wchar_t *line = malloc(cap * sizeof *line);
    if (line != NULL) {
        swprintf(line, cap, L"\"%ls\" run", exe);
    }
    return line;
}

/* Makes the service, or gives the one that is there what a new one would have. */
static DWORD put_service(struct scm *scm, const wchar_t *line)
{
    DWORD number;
    scm->service =
        CreateServiceW(scm->manager, WIN_SERVICE_NAME, display_name, SERVICE_RIGHTS, SERVICE_WIN32_OWN_PROCESS,
                       SERVICE_AUTO_START, SERVICE_ERROR_NORMAL, line, NULL, NULL, NULL, NULL, NULL);
    number = scm->service != NULL ? ERROR_SUCCESS : GetLastError();
    if (number != ERROR_SERVICE_EXISTS) {
        return number;
    }
    scm->service = OpenServiceW(scm->manager, WIN_SERVICE_NAME, SERVICE_RIGHTS);
    if (scm->service == NULL ||
        !ChangeServiceConfigW(scm->service, SERVICE_WIN32_OWN_PROCESS, SERVICE_AUTO_START, SERVICE_ERROR_NORMAL, line,
                              NULL, NULL, NULL, L"LocalSystem", NULL, display_name)) {
        return GetLastError();
    }
    return ERROR_SUCCESS;
}

/* What a system does not know of (Wine), it cannot be asked for. */
static DWORD forgive(BOOL ok)
{
    DWORD number = ok ? ERROR_SUCCESS : GetLastError();
    return number == ERROR_CALL_NOT_IMPLEMENTED || number == ERROR_INVALID_LEVEL ? ERROR_SUCCESS : number;
}

static DWORD describe(SC_HANDLE service)
{
    SC_ACTION actions[] = {{SC_ACTION_RESTART, 1000}, {SC_ACTION_RESTART, 5000}, {SC_ACTION_RESTART, 60000}};
    SERVICE_DESCRIPTIONW text = {description};
    SERVICE_FAILURE_ACTIONSW failure = {RESET_S, NULL, NULL, JD_COUNT(actions), actions};
    SERVICE_PRESHUTDOWN_INFO preshutdown = {PRESHUTDOWN_MS};
    DWORD number = forgive(ChangeServiceConfig2W(service, SERVICE_CONFIG_DESCRIPTION, &text));
    if (number == ERROR_SUCCESS) {
        number = forgive(ChangeServiceConfig2W(service, SERVICE_CONFIG_FAILURE_ACTIONS, &failure));
    }
    if (number == ERROR_SUCCESS) {
        number = forgive(ChangeServiceConfig2W(service, SERVICE_CONFIG_PRESHUTDOWN_INFO, &preshutdown));
    }
    return number;
}

static DWORD let_be_asked(SC_HANDLE service)
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    DWORD number;
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(service_sddl, SDDL_REVISION_1, &descriptor, NULL)) {
        return GetLastError();
    }
    number = forgive(SetServiceObjectSecurity(service, DACL_SECURITY_INFORMATION, descriptor));
    LocalFree(descriptor);
    return number;
}

enum jd_code setup_register_service(const wchar_t *exe, struct jd_err *err)
{
    struct scm scm;
    DWORD number;
    wchar_t *line;
    enum jd_code code = open_manager(SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE, &scm, "install", err);
    if (code != JD_OK) {
        return code;
    }
    line = command_line(exe);
    number = line == NULL ? ERROR_NOT_ENOUGH_MEMORY : put_service(&scm, line);
    free(line);
    if (number == ERROR_SUCCESS) {
        number = describe(scm.service);
    }
    if (number == ERROR_SUCCESS) {
        number = let_be_asked(scm.service);
    }
    close_scm(&scm);
    if (number == ERROR_SERVICE_MARKED_FOR_DELETE) {
        return jd_fail_text(err, JD_E_PLATFORM, "install", NULL,
                            "the old service is not gone yet: close what shows services, then try again");
    }
    return number == ERROR_SUCCESS ? JD_OK : setup_fail(err, "install", "the service cannot be registered", number);
}

enum jd_code setup_unregister_service(struct jd_err *err)
{
    struct scm scm;
    enum jd_code code = open_service(DELETE, &scm, "uninstall", err);
    if (code == JD_OK && !DeleteService(scm.service) && GetLastError() != ERROR_SERVICE_MARKED_FOR_DELETE) {
        code = setup_fail(err, "uninstall", "the service cannot be taken away", GetLastError());
    }
    close_scm(&scm);
    return code;
}

static DWORD read_status(SC_HANDLE service, SERVICE_STATUS_PROCESS *out)
{
    DWORD n = 0;
    return QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)out, sizeof *out, &n) ? ERROR_SUCCESS
                                                                                               : GetLastError();
}

/* Until the service is in a state that lasts. A checkpoint is a sign of life. */
static DWORD await_rest(SC_HANDLE service, SERVICE_STATUS_PROCESS *status)
{
    ULONGLONG last_sign = GetTickCount64();
    DWORD checkpoint = 0;
    for (;;) {
        DWORD number = read_status(service, status);
        if (number != ERROR_SUCCESS || status->dwCurrentState == SERVICE_RUNNING ||
            status->dwCurrentState == SERVICE_STOPPED) {
            return number;
        }
        if (status->dwCheckPoint != checkpoint) {
            checkpoint = status->dwCheckPoint;
            last_sign = GetTickCount64();
        }
        if (GetTickCount64() - last_sign > PATIENCE_MS) {
            return ERROR_SERVICE_REQUEST_TIMEOUT;
        }
        Sleep(POLL_MS);
    }
}

static enum jd_code tell_ended(const SERVICE_STATUS_PROCESS *status, struct jd_err *err)
{
    DWORD number = status->dwWin32ExitCode;
    jd_fail_text(err, JD_E_PLATFORM, "start", NULL,
                 "the service ended at once, with code %lu; the event log junctiond says why",
                 number == ERROR_SERVICE_SPECIFIC_ERROR ? status->dwServiceSpecificExitCode : number);
    err->domain = JD_DOMAIN_WIN32;
    err->number = number == ERROR_SERVICE_SPECIFIC_ERROR ? status->dwServiceSpecificExitCode : number;
    return err->code;
}

enum jd_code setup_start_service(struct jd_err *err)
{
    SERVICE_STATUS_PROCESS status = {0};
    struct scm scm;
    enum jd_code code = open_service(SERVICE_START | SERVICE_QUERY_STATUS, &scm, "start", err);
    DWORD number = ERROR_SUCCESS;
    if (code == JD_OK && !StartServiceW(scm.service, 0, NULL) && GetLastError() != ERROR_SERVICE_ALREADY_RUNNING) {
        number = GetLastError();
    }
    if (code == JD_OK && number == ERROR_SUCCESS) {
        number = await_rest(scm.service, &status);
    }
    if (code == JD_OK && number != ERROR_SUCCESS) {
        code = setup_fail(err, "start", "the service does not start", number);
    } else if (code == JD_OK && status.dwCurrentState != SERVICE_RUNNING) {
        code = tell_ended(&status, err);
    }
    close_scm(&scm);
    return code;
}

/* STOPPED is told before the process is gone, and its files stay in use until then. */
static void await_process(DWORD pid)
{
    HANDLE process = pid == 0 ? NULL : OpenProcess(SYNCHRONIZE, FALSE, pid);
    if (process != NULL) {
        (void)WaitForSingleObject(process, PATIENCE_MS);
        CloseHandle(process);
    }
}

static DWORD stop_and_wait(SC_HANDLE service)
{
    SERVICE_STATUS_PROCESS status = {0};
    SERVICE_STATUS told;
    DWORD number = await_rest(service, &status); /* one that is starting takes no order yet */
    DWORD pid = status.dwProcessId;
    if (number != ERROR_SUCCESS || status.dwCurrentState == SERVICE_STOPPED) {
        return number;
    }
    if (!ControlService(service, SERVICE_CONTROL_STOP, &told)) {
        number = GetLastError();
        return number == ERROR_SERVICE_NOT_ACTIVE ? ERROR_SUCCESS : number;
    }
    number = await_rest(service, &status);
    if (number == ERROR_SUCCESS) {
        await_process(pid);
    }
    return number;
}

enum jd_code setup_stop_service(struct jd_err *err)
{
    struct scm scm;
    enum jd_code code = open_service(SERVICE_STOP | SERVICE_QUERY_STATUS, &scm, "stop", err);
    DWORD number = code == JD_OK ? stop_and_wait(scm.service) : ERROR_SUCCESS;
    if (number != ERROR_SUCCESS) {
        code = setup_fail(err, "stop", "the service does not stop", number);
    }
    close_scm(&scm);
    return code;
}
