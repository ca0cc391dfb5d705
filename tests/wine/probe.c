/* SPDX-License-Identifier: MIT */
/*
 * What the Windows end-to-end tests ask the system itself, without a word of ours in it:
 *
 *   probe takes-junctions DIR       0 when a folder made in DIR can become a junction, else 1; nothing is left
 *   probe junction PATH             prints the substitute name of the junction at PATH; 1 when none stands there
 *   probe enforces-pipes            0 when a pipe that is closed to everybody cannot be opened, else 1
 *   probe squat NAME SDDL N         serves the pipe NAME until N clients came and went, and prints the bytes each sent
 *   probe hold NAME N               connects to the pipe NAME, says so, and stays for N seconds or until it is let go
 *   probe service NAME              prints what the SCM knows: state, pid, image path, start, account, DACL
 *   probe control NAME NUMBER       sends the service a control
 *   probe register NAME IMAGE       makes a service, or deletes it where IMAGE is -
 *   probe dawdle N                  is a service that starts for N seconds and then gives up
 *   probe sddl PATH                 prints owner and DACL of a file or folder
 *   probe events LOG                prints the records of a classic event log: id, then the strings
 *
 * 2: asked wrong, 3: the system refused, with its number on standard error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#include <aclapi.h>
#include <sddl.h>
#include <shellapi.h>
#include <winioctl.h>

enum { WAIT_MS = 60000, REPARSE_BYTES = 16384, RECORD_BYTES = 65536, TAG_JUNCTION_NAME = 8, TAG_JUNCTION_PATHS = 16 };

static int refuse(const char *what)
{
    fprintf(stderr, "probe: %s: Windows error %lu\n", what, GetLastError());
    return 3;
}

static void put(const wchar_t *text, int n)
{
    char utf8[4096];
    int len = WideCharToMultiByte(CP_UTF8, 0, text, n, utf8, sizeof utf8, NULL, NULL);
    fwrite(utf8, 1, (size_t)(n < 0 && len > 0 ? len - 1 : len), stdout);
}

static void put_row(const char *key, const wchar_t *value)
{
    printf("%s ", key);
    put(value, -1);
    putchar('\n');
}

static HANDLE open_path(const wchar_t *path, DWORD access)
{
    return CreateFileW(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                       FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
}

/* MS-FSCC 2.1.2.5, a mount point to C:\ with no print name. */
static const BYTE junction_to_c[] = {3, 0,   0, 0xA0, 26, 0,    0, 0,   0, 0,   14, 0,    16, 0, 0, 0, '\\',
                                     0, '?', 0, '?',  0,  '\\', 0, 'C', 0, ':', 0,  '\\', 0,  0, 0, 0, 0};

static int takes_junctions(wchar_t **arguments)
{
    wchar_t path[MAX_PATH];
    HANDLE folder;
    DWORD n = 0;
    BOOL done;
    swprintf(path, MAX_PATH, L"%ls\\probe-%lu", arguments[0], GetCurrentProcessId());
    if (!CreateDirectoryW(path, NULL)) {
        return refuse("make a folder");
    }
    folder = open_path(path, GENERIC_WRITE);
    done = DeviceIoControl(folder, FSCTL_SET_REPARSE_POINT, (void *)(ULONG_PTR)junction_to_c, sizeof junction_to_c,
                           NULL, 0, &n, NULL);
    CloseHandle(folder);
    RemoveDirectoryW(path);
    return done ? 0 : 1;
}

static int junction(wchar_t **arguments)
{
    static BYTE data[REPARSE_BYTES];
    HANDLE link = open_path(arguments[0], FILE_READ_ATTRIBUTES);
    DWORD n = 0;
    DWORD tag = 0;
    WORD offset;
    WORD len;
    BOOL done = DeviceIoControl(link, FSCTL_GET_REPARSE_POINT, NULL, 0, data, sizeof data, &n, NULL);
    if (link != INVALID_HANDLE_VALUE) {
        CloseHandle(link);
    }
    memcpy(&tag, data, sizeof tag);
    if (!done || n < TAG_JUNCTION_PATHS || tag != IO_REPARSE_TAG_MOUNT_POINT) {
        return 1;
    }
    memcpy(&offset, data + TAG_JUNCTION_NAME, sizeof offset);
    memcpy(&len, data + TAG_JUNCTION_NAME + 2, sizeof len);
    if ((DWORD)TAG_JUNCTION_PATHS + offset + len > n) {
        return 1;
    }
    put((const wchar_t *)(void *)(data + TAG_JUNCTION_PATHS + offset), len / 2);
    putchar('\n');
    return 0;
}

static HANDLE make_pipe(const wchar_t *name, const wchar_t *sddl)
{
    SECURITY_ATTRIBUTES attributes = {sizeof attributes, NULL, FALSE};
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl, SDDL_REVISION_1, &attributes.lpSecurityDescriptor,
                                                              NULL)) {
        return INVALID_HANDLE_VALUE;
    }
    return CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, 0, 1, 4096, 4096, 0, &attributes);
}

static int enforces_pipes(wchar_t **arguments)
{
    static const wchar_t name[] = L"\\\\.\\pipe\\junctiond-probe";
    HANDLE pipe = make_pipe(name, L"D:P");
    HANDLE client = CreateFileW(name, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    (void)arguments;
    CloseHandle(pipe);
    return client == INVALID_HANDLE_VALUE ? 0 : 1;
}

/* Bytes of one client, from its coming to its going. */
static DWORD count_bytes(HANDLE pipe, HANDLE event)
{
    OVERLAPPED overlapped = {.hEvent = event};
    char bytes[4096];
    DWORD total = 0;
    DWORD n = 0;
    if (!ConnectNamedPipe(pipe, &overlapped) && GetLastError() == ERROR_IO_PENDING &&
        WaitForSingleObject(event, WAIT_MS) != WAIT_OBJECT_0) {
        exit(refuse("wait for a client"));
    }
    for (;;) {
        overlapped = (OVERLAPPED){.hEvent = event};
        if ((!ReadFile(pipe, bytes, sizeof bytes, NULL, &overlapped) && GetLastError() != ERROR_IO_PENDING) ||
            !GetOverlappedResult(pipe, &overlapped, &n, TRUE)) {
            break;
        }
        total += n;
    }
    DisconnectNamedPipe(pipe);
    return total;
}

static int squat(wchar_t **arguments)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    HANDLE pipe = make_pipe(arguments[0], arguments[1]);
    if (pipe == INVALID_HANDLE_VALUE) {
        return refuse("make the pipe");
    }
    puts("squatting");
    for (int i = _wtoi(arguments[2]); i > 0; i--) {
        fflush(stdout);
        printf("%lu bytes\n", count_bytes(pipe, event));
    }
    return 0;
}

static int hold(wchar_t **arguments)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED overlapped = {.hEvent = event};
    HANDLE pipe = CreateFileW(arguments[0], GENERIC_READ | FILE_WRITE_DATA, 0, NULL, OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, NULL);
    char byte;
    if (pipe == INVALID_HANDLE_VALUE) {
        return refuse("connect");
    }
    puts("connected");
    fflush(stdout);
    if (!ReadFile(pipe, &byte, 1, NULL, &overlapped) && GetLastError() == ERROR_IO_PENDING) {
        WaitForSingleObject(event, (DWORD)_wtoi(arguments[1]) * 1000);
    }
    return 0;
}

static SC_HANDLE open_service(const wchar_t *name, DWORD rights)
{
    SC_HANDLE scm = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    return OpenServiceW(scm, name, rights);
}

static int service(wchar_t **arguments)
{
    SC_HANDLE handle = open_service(arguments[0], SERVICE_QUERY_STATUS | SERVICE_QUERY_CONFIG | READ_CONTROL);
    union {
        QUERY_SERVICE_CONFIGW config;
        BYTE bytes[8192];
    } told;
    SERVICE_STATUS_PROCESS status;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    wchar_t *sddl = NULL;
    DWORD n = 0;
    if (handle == NULL || !QueryServiceStatusEx(handle, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof status, &n) ||
        !QueryServiceConfigW(handle, &told.config, sizeof told, &n)) {
        return refuse("ask the SCM");
    }
    printf("state %lu\npid %lu\ncheckpoint %lu\ncontrols %lu\nexit %lu %lu\nstart %lu\n", status.dwCurrentState,
           status.dwProcessId, status.dwCheckPoint, status.dwControlsAccepted, status.dwWin32ExitCode,
           status.dwServiceSpecificExitCode, told.config.dwStartType);
    put_row("image", told.config.lpBinaryPathName);
    put_row("account", told.config.lpServiceStartName);
    if (GetSecurityInfo(handle, SE_SERVICE, DACL_SECURITY_INFORMATION, NULL, NULL, NULL, NULL, &descriptor) == 0 &&
        ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1, DACL_SECURITY_INFORMATION,
                                                             &sddl, NULL)) {
        put_row("dacl", sddl);
    }
    return 0;
}

static int control(wchar_t **arguments)
{
    SC_HANDLE handle = open_service(arguments[0], SERVICE_ALL_ACCESS);
    SERVICE_STATUS status;
    return ControlService(handle, (DWORD)_wtoi(arguments[1]), &status) ? 0 : refuse("control the service");
}

static int register_service(wchar_t **arguments)
{
    SC_HANDLE scm;
    if (wcscmp(arguments[1], L"-") == 0) {
        return DeleteService(open_service(arguments[0], DELETE)) ? 0 : refuse("delete the service");
    }
    scm = OpenSCManagerW(NULL, NULL, SC_MANAGER_CREATE_SERVICE);
    return CreateServiceW(scm, arguments[0], arguments[0], SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS,
                          SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, arguments[1], NULL, NULL, NULL, NULL, NULL)
               ? 0
               : refuse("make the service");
}

static int dawdle_seconds;

static DWORD WINAPI on_control(DWORD number, DWORD type, void *data, void *context)
{
    (void)number;
    (void)type;
    (void)data;
    (void)context;
    return NO_ERROR;
}

static void WINAPI service_main(DWORD n, wchar_t **arguments)
{
    SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS, .dwCurrentState = SERVICE_START_PENDING};
    SERVICE_STATUS_HANDLE handle = RegisterServiceCtrlHandlerExW(arguments[0], on_control, NULL);
    (void)n;
    for (int i = 0; i < dawdle_seconds * 10; i++) {
        status.dwCheckPoint++;
        status.dwWaitHint = 5000;
        SetServiceStatus(handle, &status);
        Sleep(100);
    }
    status.dwCurrentState = SERVICE_STOPPED;
    status.dwWin32ExitCode = ERROR_SERVICE_SPECIFIC_ERROR;
    status.dwServiceSpecificExitCode = 42;
    SetServiceStatus(handle, &status);
}

static int dawdle(wchar_t **arguments)
{
    wchar_t name[] = L"";
    const SERVICE_TABLE_ENTRYW table[] = {{name, service_main}, {NULL, NULL}};
    dawdle_seconds = _wtoi(arguments[0]);
    return StartServiceCtrlDispatcherW(table) ? 0 : refuse("be a service");
}

static int show_sddl(wchar_t **arguments)
{
    const SECURITY_INFORMATION what = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    PSECURITY_DESCRIPTOR descriptor = NULL;
    wchar_t *sddl = NULL;
    HANDLE handle = open_path(arguments[0], READ_CONTROL);
    if (GetSecurityInfo(handle, SE_FILE_OBJECT, what, NULL, NULL, NULL, NULL, &descriptor) != 0 ||
        !ConvertSecurityDescriptorToStringSecurityDescriptorW(descriptor, SDDL_REVISION_1, what, &sddl, NULL)) {
        return refuse("read the descriptor");
    }
    put_row("sddl", sddl);
    return 0;
}

static void put_record(const EVENTLOGRECORD *record)
{
    const wchar_t *text = (const wchar_t *)(const void *)((const BYTE *)record + record->StringOffset);
    printf("%lu", record->EventID & 0xFFFF);
    for (WORD i = 0; i < record->NumStrings; i++) {
        putchar('\t');
        put(text, -1);
        text += wcslen(text) + 1;
    }
    putchar('\n');
}

static int events(wchar_t **arguments)
{
    static union {
        EVENTLOGRECORD first;
        BYTE bytes[RECORD_BYTES];
    } read;
    HANDLE log = OpenEventLogW(NULL, arguments[0]);
    DWORD n = 0;
    DWORD needed = 0;
    if (log == NULL) {
        return refuse("open the event log");
    }
    while (ReadEventLogW(log, EVENTLOG_SEQUENTIAL_READ | EVENTLOG_FORWARDS_READ, 0, &read, sizeof read, &n, &needed) &&
           n > 0) {
        for (DWORD at = 0; at < n;) {
            const EVENTLOGRECORD *record = (const EVENTLOGRECORD *)(const void *)(read.bytes + at);
            put_record(record);
            at += record->Length;
        }
    }
    return 0;
}

static const struct {
    const wchar_t *name;
    int n_arguments;
    int (*run)(wchar_t **arguments);
} verbs[] = {
    {L"takes-junctions", 1, takes_junctions},
    {L"junction", 1, junction},
    {L"enforces-pipes", 0, enforces_pipes},
    {L"squat", 3, squat},
    {L"hold", 2, hold},
    {L"register", 2, register_service},
    {L"dawdle", 1, dawdle},
    {L"service", 1, service},
    {L"control", 2, control},
    {L"sddl", 1, show_sddl},
    {L"events", 1, events},
};

int main(void)
{
    int n = 0;
    wchar_t **arguments = CommandLineToArgvW(GetCommandLineW(), &n);
    for (size_t i = 0; n > 1 && i < sizeof verbs / sizeof verbs[0]; i++) {
        if (wcscmp(arguments[1], verbs[i].name) == 0 && n == verbs[i].n_arguments + 2) {
            return verbs[i].run(arguments + 2);
        }
    }
    fputs("probe: see the head of tests/wine/probe.c\n", stderr);
    return 2;
}
