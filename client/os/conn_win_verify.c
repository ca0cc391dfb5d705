/* SPDX-License-Identifier: MIT */
#include "client/os/conn_win_verify.h"

#include <windows.h>

#define SERVICE_NAME L"junctiond"

/* What the SCM says. number is GetLastError's where it says nothing, else 0. */
struct answer {
    DWORD number;
    DWORD state;
    DWORD pid;
};

static DWORD read_status(SC_HANDLE service, struct answer *out)
{
    SERVICE_STATUS_PROCESS status;
    DWORD n = 0;
    if (!QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof status, &n)) {
        return GetLastError();
    }
    out->state = status.dwCurrentState;
    out->pid = status.dwProcessId;
    return 0;
}

/* Anybody may ask this much: the SCM lets authenticated users connect, and install lets them query the service. */
static struct answer ask_scm(void)
{
    struct answer answer = {0};
    SC_HANDLE scm = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    SC_HANDLE service;
    if (scm == NULL) {
        answer.number = GetLastError();
        return answer;
    }
    service = OpenServiceW(scm, SERVICE_NAME, SERVICE_QUERY_STATUS);
    if (service == NULL) {
        answer.number = GetLastError();
    } else {
        answer.number = read_status(service, &answer);
        CloseServiceHandle(service);
    }
    CloseServiceHandle(scm);
    return answer;
}

static enum jd_code fail_numbered(struct jd_err *err, enum jd_code code, const char *stage, const char *what,
                                  const char *endpoint, DWORD number)
{
    jd_fail_text(err, code, stage, NULL, "%s %s", what, endpoint);
    err->domain = number == 0 ? JD_DOMAIN_NONE : JD_DOMAIN_WIN32;
    err->number = number;
    return code;
}

enum jd_code verify_absence(const char *endpoint, bool endpoint_is_explicit, struct jd_err *err)
{
    struct answer scm;
    if (endpoint_is_explicit) {
        return fail_numbered(err, JD_E_NOT_RUNNING, "connect", "there is no", endpoint, ERROR_FILE_NOT_FOUND);
    }
    scm = ask_scm();
    if (scm.number == ERROR_SERVICE_DOES_NOT_EXIST) {
        return fail_numbered(err, JD_E_NOT_INSTALLED, "connect", "the system knows no service for", endpoint,
                             scm.number);
    }
    if (scm.number == 0 && scm.state == SERVICE_START_PENDING) {
        return fail_numbered(err, JD_E_STARTING, "connect", "there is not yet a", endpoint, 0);
    }
    return fail_numbered(err, JD_E_NOT_RUNNING, "connect", "there is no", endpoint,
                         scm.number != 0 ? scm.number : ERROR_FILE_NOT_FOUND);
}

struct owner {
    SECURITY_DESCRIPTOR descriptor;
    BYTE sid[SECURITY_MAX_SID_SIZE];
};

/* NULL: nobody can say. */
static PSID read_owner(HANDLE pipe, struct owner *room)
{
    PSID owner = NULL;
    BOOL defaulted;
    DWORD n = 0;
    if (!GetKernelObjectSecurity(pipe, OWNER_SECURITY_INFORMATION, &room->descriptor, sizeof *room, &n) ||
        !GetSecurityDescriptorOwner(&room->descriptor, &owner, &defaulted)) {
        return NULL;
    }
    return owner;
}

/* Whoever this thread acts as. */
static bool is_own(PSID sid)
{
    struct {
        TOKEN_USER user;
        BYTE sid[SECURITY_MAX_SID_SIZE];
    } told;
    DWORD n = 0;
    bool is_so;
    HANDLE token = NULL;
    if (!OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token) &&
        (GetLastError() != ERROR_NO_TOKEN || !OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))) {
        return false;
    }
    is_so = GetTokenInformation(token, TokenUser, &told, sizeof told, &n) && EqualSid(told.user.User.Sid, sid);
    CloseHandle(token);
    return is_so;
}

static bool is_trusted(PSID owner, bool endpoint_is_explicit)
{
    return IsWellKnownSid(owner, WinLocalSystemSid) || IsWellKnownSid(owner, WinBuiltinAdministratorsSid) ||
           (endpoint_is_explicit && is_own(owner));
}

static enum jd_code check_owner(HANDLE pipe, const char *endpoint, bool endpoint_is_explicit, struct jd_err *err)
{
    struct owner room;
    PSID owner = read_owner(pipe, &room);
    if (owner == NULL) {
        return fail_numbered(err, JD_E_WRONG_SERVER, "verify", "nothing is known of who owns", endpoint,
                             GetLastError());
    }
    return is_trusted(owner, endpoint_is_explicit)
               ? JD_OK
               : jd_fail_text(err, JD_E_WRONG_SERVER, "verify", "pipe_owner",
                              "neither SYSTEM nor an administrator owns %s", endpoint);
}

static enum jd_code check_process(HANDLE pipe, const char *endpoint, struct jd_err *err)
{
    struct answer scm = ask_scm();
    ULONG pid = 0;
    if (!GetNamedPipeServerProcessId(pipe, &pid) || pid == 0) {
        return fail_numbered(err, JD_E_WRONG_SERVER, "verify", "nothing is known of who serves", endpoint,
                             GetLastError());
    }
    if (scm.number != 0 || scm.pid == 0) {
        jd_fail_text(err, JD_E_WRONG_SERVER, "verify", "server_process",
                     "process %lu serves %s, and the system runs no such service", pid, endpoint);
        err->domain = scm.number == 0 ? JD_DOMAIN_NONE : JD_DOMAIN_WIN32;
        err->number = scm.number;
        return err->code;
    }
    return pid == scm.pid
               ? JD_OK
               : jd_fail_text(err, JD_E_WRONG_SERVER, "verify", "server_process",
                              "process %lu serves %s, but the service is process %lu", pid, endpoint, scm.pid);
}

enum jd_code verify_server(void *pipe, const char *endpoint, bool endpoint_is_explicit, struct jd_err *err)
{
    enum jd_code code = check_owner(pipe, endpoint, endpoint_is_explicit, err);
    return code == JD_OK && !endpoint_is_explicit ? check_process(pipe, endpoint, err) : code;
}
