/* SPDX-License-Identifier: MIT */
#include "service/os/win/os_setup_win.h"
#include "service/os/win/win_acl.h"
#include "service/os/win/win_names.h"
#include "service/os/win/win_nt.h"

#include <sddl.h>
#include <stdlib.h>
#include <wchar.h>

#include <shlobj.h>

enum { PATH_UNITS_MAX = 32768, SHARE_ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };

/* Inherited by what is made inside; others get nothing. */
static const wchar_t guarded_sddl[] = L"O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)";

/* As text for people. */
static enum jd_code refuse(struct jd_err *err, const wchar_t *path, const char *why)
{
    struct jd_buf text;
    jd_buf_init(&text, JD_ERR_TEXT_MAX * 4);
    (void)win_add_utf8(&text, path, wcslen(path));
    jd_fail_text(err, JD_E_ACCESS_DENIED, "install", NULL, "%s: %s", text.failed ? "a path" : text.data, why);
    jd_buf_done(&text);
    return err->code;
}

static wchar_t *join(const wchar_t *folder, const wchar_t *name)
{
    size_t cap = wcslen(folder) + wcslen(name) + 2;
    wchar_t *path = malloc(cap * sizeof *path);
    if (path != NULL) {
        swprintf(path, cap, L"%ls\\%ls", folder, name);
    }
    return path;
}

wchar_t *setup_home(void)
{
    /* FOLDERID_ProgramFiles of knownfolders.h, written out: the header only declares it. */
    static const GUID program_files = {0x905e63b6, 0xc1bf, 0x494e, {0xb2, 0x9c, 0x65, 0xb7, 0x32, 0xd3, 0xd2, 0x1a}};
    wchar_t *folder = NULL;
    wchar_t *home = NULL;
    if (SHGetKnownFolderPath(&program_files, 0, NULL, &folder) == S_OK) {
        home = join(folder, WIN_FOLDER_NAME);
    }
    CoTaskMemFree(folder);
    return home;
}

/* What a handle needs to be judged, and to be given another descriptor with more. */
static HANDLE open_plain(const wchar_t *path, ACCESS_MASK more)
{
    return CreateFileW(path, FILE_READ_ATTRIBUTES | READ_CONTROL | more, SHARE_ALL, NULL, OPEN_EXISTING,
                       FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
}

static enum jd_code judge(HANDLE handle, const wchar_t *path, uint32_t rights, struct jd_err *err)
{
    struct nt_attribute_tag kind;
    struct win_own own;
    uint8_t *descriptor = NULL;
    size_t len = 0;
    bool is_ours;
    NTSTATUS status = nt_query(handle, NT_FILE_ATTRIBUTE_TAG, &kind, sizeof kind);
    if (status == STATUS_SUCCESS) {
        status = nt_get_security(handle, &descriptor, &len);
    }
    if (status != STATUS_SUCCESS) {
        return win_fail_nt(err, "install", status);
    }
    if (win_own_read(&own, err) != JD_OK) {
        free(descriptor);
        return err->code;
    }
    is_ours = !win_acl_others_hold(descriptor, len, rights, &own);
    free(descriptor);
    if ((kind.attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
        return refuse(err, path, "is a link");
    }
    return is_ours ? JD_OK : refuse(err, path, "somebody who is no administrator owns it or may write to it");
}

/* One name: a folder with its protection, or the executable's. */
static enum jd_code judge_path(const wchar_t *path, uint32_t rights, struct jd_err *err)
{
    enum jd_code code;
    HANDLE handle = open_plain(path, 0);
    if (handle == INVALID_HANDLE_VALUE) {
        return setup_fail(err, "install", "a file of the service cannot be opened", GetLastError());
    }
    code = judge(handle, path, rights, err);
    CloseHandle(handle);
    return code;
}

static enum jd_code judge_folder_of(const wchar_t *file, struct jd_err *err)
{
    enum jd_code code;
    wchar_t *folder = _wcsdup(file);
    if (folder == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "install", NULL);
    }
    *wcsrchr(folder, L'\\') = L'\0';
    code = judge_path(folder, WIN_RIGHTS_WRITE, err);
    free(folder);
    return code;
}

static enum jd_code find_paths(struct setup_image *image, struct jd_err *err)
{
    wchar_t *slash;
    DWORD n;
    image->exe = malloc(PATH_UNITS_MAX * sizeof *image->exe);
    if (image->exe == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "install", NULL);
    }
    n = GetModuleFileNameW(NULL, image->exe, PATH_UNITS_MAX);
    slash = n == 0 || n >= PATH_UNITS_MAX ? NULL : wcsrchr(image->exe, L'\\');
    if (slash == NULL) {
        return setup_fail(err, "install", "where the service's program stands", GetLastError());
    }
    *slash = L'\0';
    image->messages = join(image->exe, WIN_MESSAGES_NAME);
    *slash = L'\\';
    return image->messages == NULL ? jd_fail(err, JD_E_NO_MEMORY, "install", NULL) : JD_OK;
}

enum jd_code setup_image_find(struct setup_image *out, struct jd_err *err)
{
    struct setup_image image = {0};
    enum jd_code code = find_paths(&image, err);
    if (code == JD_OK && GetFileAttributesW(image.messages) == INVALID_FILE_ATTRIBUTES) {
        code = setup_fail(err, "install", "junctiond-messages.dll does not stand beside junctiond.exe", GetLastError());
    }
    if (code == JD_OK) {
        code = judge_path(image.exe, WIN_RIGHTS_WRITE, err);
    }
    if (code == JD_OK) {
        code = judge_path(image.messages, WIN_RIGHTS_WRITE, err);
    }
    if (code == JD_OK) {
        code = judge_folder_of(image.exe, err);
    }
    if (code == JD_OK) {
        *out = image;
    } else {
        setup_image_done(&image);
    }
    return code;
}

void setup_image_done(struct setup_image *image)
{
    free(image->exe);
    free(image->messages);
    *image = (struct setup_image){0};
}

/* By handle: what was judged is what is protected. */
static enum jd_code adopt(const wchar_t *path, PSECURITY_DESCRIPTOR descriptor, struct jd_err *err)
{
    enum jd_code code;
    HANDLE handle = open_plain(path, WRITE_DAC | WRITE_OWNER);
    if (handle == INVALID_HANDLE_VALUE) {
        return setup_fail(err, "install", "a folder of the service cannot be opened", GetLastError());
    }
    code = judge(handle, path, WIN_RIGHTS_WRITE, err);
    if (code == JD_OK && !SetKernelObjectSecurity(handle,
                                                  OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION |
                                                      PROTECTED_DACL_SECURITY_INFORMATION,
                                                  descriptor)) {
        code = setup_fail(err, "install", "a folder of the service cannot be protected", GetLastError());
    }
    CloseHandle(handle);
    return code;
}

static enum jd_code make_guarded(const wchar_t *path, struct jd_err *err)
{
    SECURITY_ATTRIBUTES guarded = {sizeof guarded, NULL, FALSE};
    enum jd_code code = JD_OK;
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(guarded_sddl, SDDL_REVISION_1,
                                                              &guarded.lpSecurityDescriptor, NULL)) {
        return setup_fail(err, "install", "no descriptor for the service's folders", GetLastError());
    }
    if (!CreateDirectoryW(path, &guarded)) {
        code = GetLastError() == ERROR_ALREADY_EXISTS
                   ? adopt(path, guarded.lpSecurityDescriptor, err)
                   : setup_fail(err, "install", "a folder of the service cannot be made", GetLastError());
    }
    LocalFree(guarded.lpSecurityDescriptor);
    return code;
}

static enum jd_code make_inside(const wchar_t *home, const wchar_t *name, struct jd_err *err)
{
    enum jd_code code;
    wchar_t *path = join(home, name);
    if (path == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "install", NULL);
    }
    code = make_guarded(path, err);
    free(path);
    return code;
}

enum jd_code setup_make_folders(struct jd_err *err)
{
    enum jd_code code = JD_OK;
    wchar_t *home = setup_home();
    if (home == NULL) {
        return jd_fail_text(err, JD_E_PLATFORM, "install", NULL, "the system does not tell where programs are kept");
    }
    if (!CreateDirectoryW(home, NULL) && GetLastError() != ERROR_ALREADY_EXISTS) {
        code = setup_fail(err, "install", "the service's folder cannot be made", GetLastError());
    }
    if (code == JD_OK) {
        code = judge_path(home, WIN_RIGHTS_WRITE, err);
    }
    if (code == JD_OK) {
        code = make_inside(home, L"policy", err);
    }
    if (code == JD_OK) {
        code = make_inside(home, L"state", err);
    }
    free(home);
    return code;
}
