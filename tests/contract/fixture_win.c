/* SPDX-License-Identifier: MIT */
/*
 * The world around the Windows port, by Win32 calls on paths. What a system cannot do is found out by trying it, and
 * skips the test with the number the system gave.
 */
#include "tests/contract/fixture_win.h"

#include "service/os/win/os_fs_win.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <winioctl.h>

enum { PATHS = 8, PATH_UNITS = 16384, FOUND_MAX = 256 };

static wchar_t folder[MAX_PATH];
static wchar_t *found[FOUND_MAX]; /* names in the drive's root that are not the tests' */
static size_t n_found;
static bool has_volume;

static void must(bool done, const char *what, const char *about)
{
    if (!done) {
        fprintf(stderr, "fixture: %s: %s: error %lu\n", what, about, GetLastError());
        abort();
    }
}

static void skip_for(const char *what, DWORD number)
{
    char reason[200];
    snprintf(reason, sizeof reason, "%s (error %lu)", what, number);
    check_skip(reason);
}

static wchar_t *next_path(void)
{
    static wchar_t paths[PATHS][PATH_UNITS];
    static size_t at;
    return paths[at++ % PATHS];
}

static char drive(void)
{
    const char *letter = getenv("JD_TEST_VOLUME");
    return letter != NULL && letter[0] >= 'A' && letter[0] <= 'Z' ? letter[0] : 'C';
}

static void put_utf16(wchar_t *out, size_t cap, const char *text)
{
    must(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, out, (int)cap) > 0, "utf-16", text);
}

const wchar_t *win_host(const char *path)
{
    wchar_t *host = next_path();
    swprintf(host, PATH_UNITS, L"\\\\?\\%c:", drive());
    put_utf16(host + 6, PATH_UNITS - 6, path + 2);
    return host;
}

const wchar_t *win_wide_path(const char *path)
{
    wchar_t *host = next_path();
    put_utf16(host, PATH_UNITS, path);
    return host;
}

const char *win_in_folder(const char *name)
{
    static char paths[PATHS][MAX_PATH * 4];
    static size_t at;
    char *path = paths[at++ % PATHS];
    snprintf(path, sizeof paths[0], "%ls\\%s", folder, name);
    return path;
}

/* ---- leaving nothing behind ---- */

static void remove_entry(const wchar_t *parent, const WIN32_FIND_DATAW *entry)
{
    wchar_t *path = malloc((wcslen(parent) + wcslen(entry->cFileName) + 2) * sizeof *path);
    must(path != NULL, "malloc", "path");
    wcscpy(path, parent);
    wcscat(path, L"\\");
    wcscat(path, entry->cFileName);
    win_remove_tree(path);
    free(path);
}

static bool is_dots(const wchar_t *name)
{
    return wcscmp(name, L".") == 0 || wcscmp(name, L"..") == 0;
}

void win_remove_tree(const wchar_t *path)
{
    DWORD attributes = GetFileAttributesW(path);
    WIN32_FIND_DATAW entry;
    HANDLE listing;
    wchar_t *pattern;
    if (attributes == INVALID_FILE_ATTRIBUTES || (attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
        DeleteFileW(path);
        return;
    }
    if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0) {
        pattern = malloc((wcslen(path) + 3) * sizeof *pattern);
        must(pattern != NULL, "malloc", "pattern");
        wcscpy(pattern, path);
        wcscat(pattern, L"\\*");
        listing = FindFirstFileW(pattern, &entry);
        free(pattern);
        while (listing != INVALID_HANDLE_VALUE) {
            if (!is_dots(entry.cFileName)) {
                remove_entry(path, &entry);
            }
            if (!FindNextFileW(listing, &entry)) {
                FindClose(listing);
                break;
            }
        }
    }
    RemoveDirectoryW(path);
}

typedef void (*visit_fn)(const wchar_t *root, const WIN32_FIND_DATAW *entry);

static void visit_root(visit_fn visit)
{
    WIN32_FIND_DATAW entry;
    wchar_t root[8];
    HANDLE listing;
    swprintf(root, JD_COUNT(root), L"\\\\?\\%c:", drive());
    listing = FindFirstFileW(win_host("C:\\*"), &entry);
    if (listing == INVALID_HANDLE_VALUE) {
        return;
    }
    do {
        if (!is_dots(entry.cFileName)) {
            visit(root, &entry);
        }
    } while (FindNextFileW(listing, &entry));
    FindClose(listing);
}

static void remember(const wchar_t *root, const WIN32_FIND_DATAW *entry)
{
    (void)root;
    must(n_found < FOUND_MAX, "too many names", "in the root of the volume");
    found[n_found] = _wcsdup(entry->cFileName);
    must(found[n_found++] != NULL, "malloc", "name");
}

static void remove_if_new(const wchar_t *root, const WIN32_FIND_DATAW *entry)
{
    for (size_t i = 0; i < n_found; i++) {
        if (wcscmp(found[i], entry->cFileName) == 0) {
            return;
        }
    }
    remove_entry(root, entry);
}

static void leave_world(void)
{
    if (has_volume) {
        visit_root(remove_if_new);
    }
    while (n_found > 0) {
        free(found[--n_found]);
    }
    if (folder[0] != L'\0') {
        win_remove_tree(folder);
    }
    folder[0] = L'\0';
    has_volume = false;
    for (char letter = 'A'; letter <= 'Z'; letter++) {
        win_volume_set_drive(letter, 0);
    }
}

/* A test that was skipped or failed leaves its world to the next one; the last has none. */
static void end_world(void)
{
    fixture_close();
    leave_world();
}

/* What an administrator holds but has not enabled. */
static void enable_privileges(void)
{
    static const wchar_t *const names[] = {L"SeRestorePrivilege", L"SeCreateSymbolicLinkPrivilege"};
    HANDLE token;
    must(OpenProcessToken(GetCurrentProcess(), TOKEN_ADJUST_PRIVILEGES, &token), "OpenProcessToken", "own");
    for (size_t i = 0; i < JD_COUNT(names); i++) {
        TOKEN_PRIVILEGES wanted = {.PrivilegeCount = 1, .Privileges = {{.Attributes = SE_PRIVILEGE_ENABLED}}};
        if (LookupPrivilegeValueW(NULL, names[i], &wanted.Privileges[0].Luid)) {
            (void)AdjustTokenPrivileges(token, FALSE, &wanted, 0, NULL, NULL);
        }
    }
    CloseHandle(token);
}

void fixture_port_begin(void)
{
    static unsigned count;
    wchar_t base[MAX_PATH];
    must(count != 0 || atexit(end_world) == 0, "atexit", "");
    leave_world();
    enable_privileges();
    must(GetTempPathW(JD_COUNT(base), base) > 0, "GetTempPathW", "");
    swprintf(folder, JD_COUNT(folder), L"%lsjunctiond-contract-%lu-%u", base, GetCurrentProcessId(), count++);
    must(CreateDirectoryW(folder, NULL), "CreateDirectoryW", "scratch folder");
}

void fixture_port_begin_volume(void)
{
    fixture_port_begin();
    visit_root(remember);
    has_volume = true;
    win_volume_set_drive('C', drive());
}

void fixture_port_end(void)
{
    leave_world();
}

bool fixture_port_pins(void)
{
    return true;
}

/* Handles of this process that lead to files: the system opens others of its own whenever it likes. */
size_t fixture_port_handles(void)
{
    DWORD most = 0;
    size_t n = 0;
    must(GetProcessHandleCount(GetCurrentProcess(), &most), "GetProcessHandleCount", "");
    for (uintptr_t value = 4; value < ((uintptr_t)most + 256) * 4; value += 4) {
        SetLastError(ERROR_SUCCESS);
        n += GetFileType((HANDLE)value) == FILE_TYPE_DISK;
    }
    return n;
}

struct os_volume_spec fixture_volume(void)
{
    return (struct os_volume_spec){'C', NULL};
}

static char free_drive(void)
{
    DWORD drives = GetLogicalDrives();
    for (char letter = 'Z'; letter >= 'A'; letter--) {
        if ((drives & 1u << (letter - 'A')) == 0) {
            return letter;
        }
    }
    check_skip("every drive letter is in use");
}

static char other_file_system(void)
{
    DWORD drives = GetLogicalDrives();
    for (char letter = 'C'; letter <= 'Z'; letter++) {
        const wchar_t root[] = {(wchar_t)letter, L':', L'\\', L'\0'};
        wchar_t name[64];
        if ((drives & 1u << (letter - 'A')) != 0 &&
            GetVolumeInformationW(root, NULL, 0, NULL, NULL, NULL, name, JD_COUNT(name)) &&
            wcscmp(name, L"NTFS") != 0) {
            return letter;
        }
    }
    check_skip("every volume of this machine is NTFS");
}

struct os_volume_spec fixture_bad_volume(enum fixture_bad_volume kind)
{
    if (kind == FIXTURE_UNPROTECTED) {
        check_skip("NTFS always checks permissions on Windows");
    }
    win_volume_set_drive('D', kind == FIXTURE_NOT_MOUNTED ? free_drive() : other_file_system());
    return (struct os_volume_spec){'D', NULL};
}

/* ---- what this machine can do ---- */

static HANDLE open_itself(const wchar_t *path, DWORD access)
{
    return CreateFileW(path, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                       FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
}

/* 0, or a GetLastError number. */
static DWORD control(const wchar_t *path, DWORD code, const void *data, size_t len)
{
    HANDLE handle = open_itself(path, FILE_WRITE_ATTRIBUTES);
    DWORD ignored;
    DWORD number = GetLastError();
    if (handle == INVALID_HANDLE_VALUE) {
        return number;
    }
    number = DeviceIoControl(handle, code, (void *)(uintptr_t)data, (DWORD)len, NULL, 0, &ignored, NULL)
                 ? ERROR_SUCCESS
                 : GetLastError();
    CloseHandle(handle);
    return number;
}

void fixture_need_junctions(void)
{
    static bool was_asked;
    static DWORD number;
    if (!was_asked) {
        uint8_t data[JD_REPARSE_MAX];
        size_t len = fixture_encode(JD_TAG_MOUNT_POINT, "C:\\nothing", data);
        const wchar_t *path = win_host("C:\\junctiond-asks");
        must(CreateDirectoryW(path, NULL), "CreateDirectoryW", "junctiond-asks");
        number = control(path, FSCTL_SET_REPARSE_POINT, data, len);
        RemoveDirectoryW(path);
        was_asked = true;
    }
    if (number != ERROR_SUCCESS) {
        skip_for("the volume takes no reparse data", number);
    }
}

void fixture_need_twins(void)
{
    const wchar_t *paths[] = {win_host("C:\\junctiond-asks"), win_host("C:\\JUNCTIOND-ASKS")};
    bool is_second = false;
    for (size_t i = 0; i < JD_COUNT(paths); i++) {
        HANDLE handle =
            CreateFileW(paths[i], DELETE, 7, NULL, CREATE_NEW,
                        FILE_ATTRIBUTE_NORMAL | FILE_FLAG_POSIX_SEMANTICS | FILE_FLAG_DELETE_ON_CLOSE, NULL);
        is_second = i == 1 && handle != INVALID_HANDLE_VALUE;
        if (handle != INVALID_HANDLE_VALUE) {
            CloseHandle(handle);
        }
        if (i == 0) {
            fixture_mkfile("C:\\junctiond-asks");
        }
    }
    DeleteFileW(paths[0]);
    if (!is_second) {
        check_skip("the system keeps names that differ in case only out of one folder");
    }
}

/* ---- building ---- */

static void make_folder(const wchar_t *path, const char *about)
{
    must(CreateDirectoryW(path, NULL) || GetLastError() == ERROR_ALREADY_EXISTS, "CreateDirectoryW", about);
}

void fixture_mkdir(const char *path)
{
    wchar_t host[PATH_UNITS];
    wcscpy(host, win_host(path));
    for (wchar_t *at = wcschr(host + 7, L'\\'); at != NULL; at = wcschr(at + 1, L'\\')) {
        *at = L'\0';
        make_folder(host, path);
        *at = L'\\';
    }
    make_folder(host, path);
}

void win_put_file(const char *path, const void *bytes, size_t len)
{
    HANDLE file = CreateFileW(win_wide_path(path), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    DWORD n = 0;
    must(file != INVALID_HANDLE_VALUE && WriteFile(file, bytes, (DWORD)len, &n, NULL) && n == len, "write", path);
    CloseHandle(file);
}

void fixture_mkfile(const char *path)
{
    char parent[4096];
    HANDLE file;
    snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(path, '\\') - path), path);
    if (strlen(parent) > 2) {
        fixture_mkdir(parent);
    }
    file = CreateFileW(win_host(path), GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    must(file != INVALID_HANDLE_VALUE, "CreateFileW", path);
    CloseHandle(file);
}

void fixture_reparse(const char *path, const void *data, size_t len)
{
    DWORD number;
    fixture_need_junctions();
    fixture_mkdir(path);
    number = control(win_host(path), FSCTL_SET_REPARSE_POINT, data, len);
    if (number != ERROR_SUCCESS) {
        skip_for("the volume does not take this tag", number);
    }
}

/* By the native call: not every system has a function for it. */
void fixture_alias(const char *path, const char *alias)
{
    enum { SHORT_NAME = 40 /* FileShortNameInformation */ };
    struct {
        ULONG bytes;
        wchar_t text[16];
    } name;
    HANDLE handle = open_itself(win_host(path), GENERIC_WRITE | DELETE);
    NTSTATUS status;
    must(handle != INVALID_HANDLE_VALUE, "CreateFileW", path);
    put_utf16(name.text, JD_COUNT(name.text), alias);
    name.bytes = (ULONG)(wcslen(name.text) * 2);
    status = nt_set(handle, SHORT_NAME, &name, sizeof name);
    CloseHandle(handle);
    if (status != STATUS_SUCCESS) {
        skip_for("the volume takes no short names", RtlNtStatusToDosError(status));
    }
}

void fixture_give_to_stranger(const char *path)
{
    if (!win_set_sddl(win_host(path), "O:S-1-5-21-1-2-3-1001")) {
        check_skip("the volume keeps every file its user's");
    }
}

void fixture_let_others_delete_children(const char *path)
{
    if (!win_set_sddl(win_host(path), "D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200e9;;;WD)")) {
        check_skip("the volume keeps another DACL than it is given");
    }
}

/* ---- what happens meanwhile ---- */

bool fixture_rename(const char *from, const char *to)
{
    return MoveFileW(win_host(from), win_host(to));
}

bool fixture_remove(const char *path)
{
    DWORD attributes = GetFileAttributesW(win_host(path));
    return (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? RemoveDirectoryW(win_host(path))
                                                        : DeleteFileW(win_host(path));
}

bool fixture_flip(const char *path, const char *target)
{
    uint8_t data[JD_REPARSE_MAX];
    size_t len = fixture_encode(JD_TAG_MOUNT_POINT, target, data);
    fixture_need_junctions();
    return control(win_host(path), FSCTL_SET_REPARSE_POINT, data, len) == ERROR_SUCCESS;
}

bool fixture_unflip(const char *path)
{
    static const uint8_t mount_point[8] = {3, 0, 0, 0xA0};
    return control(win_host(path), FSCTL_DELETE_REPARSE_POINT, mount_point, sizeof mount_point) == ERROR_SUCCESS;
}

void fixture_set_read_only(bool value)
{
    (void)value;
    check_skip("the drive is not the test's to make read-only");
}

void fixture_fill(void)
{
    check_skip("the drive is not the test's to fill");
}

/* ---- reading back ---- */

size_t fixture_get_reparse(const char *path, uint8_t out[JD_REPARSE_MAX])
{
    HANDLE handle = open_itself(win_host(path), FILE_READ_ATTRIBUTES);
    DWORD n = 0;
    if (handle == INVALID_HANDLE_VALUE) {
        return 0;
    }
    if (!DeviceIoControl(handle, FSCTL_GET_REPARSE_POINT, NULL, 0, out, JD_REPARSE_MAX, &n, NULL)) {
        n = 0;
    }
    CloseHandle(handle);
    return n;
}

const char *fixture_kind(const char *path)
{
    DWORD attributes = GetFileAttributesW(win_host(path));
    uint8_t data[JD_REPARSE_MAX];
    uint32_t tag;
    if (attributes == INVALID_FILE_ATTRIBUTES) {
        return "none";
    }
    if ((attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 && fixture_get_reparse(path, data) > 0) {
        memcpy(&tag, data, sizeof tag);
        return tag == JD_TAG_MOUNT_POINT ? "junction" : "reparse_point";
    }
    return (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? "directory" : "file";
}
