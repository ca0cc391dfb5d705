/* SPDX-License-Identifier: MIT */
/* What a drive letter leads to, and what the volume there can do: asked of the volume, not of the system's version. */
#include "service/os/win/os_fs_win.h"

#include "service/os/os_hook.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <winioctl.h>

enum {
    TYPE_DISK = 0x07,              /* FILE_DEVICE_DISK */
    TYPE_DISK_FILE_SYSTEM = 0x08,  /* MS-FSCC, FileFsDeviceInformation */
    NOT_FIXED = 0x01 | 0x04 | 0x10 /* FILE_REMOVABLE_MEDIA, FILE_FLOPPY_DISKETTE, FILE_REMOTE_DEVICE */
};

static enum jd_code refuse(struct jd_err *err, enum jd_code code, char letter, const char *why)
{
    return jd_fail_text(err, code, "volume", NULL, "%c: %s", letter, why == NULL ? jd_code_text(code) : why);
}

static enum jd_code refuse_nt(struct jd_err *err, enum jd_code code, char letter, NTSTATUS status)
{
    (void)refuse(err, code, letter, NULL);
    err->domain = JD_DOMAIN_NTSTATUS;
    err->number = (uint32_t)status;
    return code;
}

#if defined(OS_HOOKS)
static char drives[WIN_LETTERS];

void win_volume_set_drive(char letter, char drive)
{
    drives[letter - 'A'] = drive;
}
#endif

static char drive_of(char letter)
{
#if defined(OS_HOOKS)
    if (drives[letter - 'A'] != 0) {
        return drives[letter - 'A'];
    }
#endif
    return letter;
}

/* "\Device\X" and nothing behind it: a share has more, a folder under another letter begins with "\??\". */
static bool is_plain_device(const wchar_t *device)
{
    static const wchar_t prefix[] = L"\\Device\\";
    const size_t len = JD_COUNT(prefix) - 1;
    return wcsncmp(device, prefix, len) == 0 && device[len] != L'\0' && wcspbrk(device + len, L"\\;:") == NULL;
}

/* The device a drive letter leads to: "\Device\HarddiskVolume3". */
static enum jd_code find_device(char letter, wchar_t out[WIN_DEVICE_MAX], struct jd_err *err)
{
    const wchar_t name[] = {(wchar_t)drive_of(letter), L':', L'\0'};
    wchar_t device[1024];
    DWORD n = QueryDosDeviceW(name, device, JD_COUNT(device));
    if (n == 0) {
        (void)refuse(err, JD_E_VOLUME_UNKNOWN, letter, "there is no such drive");
        err->domain = JD_DOMAIN_WIN32;
        err->number = GetLastError();
        return err->code;
    }
    if (!is_plain_device(device)) {
        return refuse(err, JD_E_VOLUME_UNKNOWN, letter, "is no volume of its own: a network drive, or made by subst");
    }
    if (wcslen(device) >= WIN_DEVICE_MAX) {
        return refuse(err, JD_E_VOLUME_UNKNOWN, letter, NULL);
    }
    wcscpy(out, device);
    return JD_OK;
}

static NTSTATUS open_directory(const wchar_t *name, ACCESS_MASK access, HANDLE *out)
{
    return nt_open(&(struct nt_how){.name = name,
                                    .units = wcslen(name),
                                    .access = access,
                                    .share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                    .disposition = FILE_OPEN,
                                    .options = FILE_DIRECTORY_FILE},
                   out);
}

/*
 * On a system whose devices have no file system behind them by that name (Wine), what is opened so is no directory and
 * tells nothing of itself; there the letter is the only name of the root. Windows would never follow the second way: a
 * letter is a link, and nt_open passes none.
 */
enum jd_code win_open_root(char letter, ACCESS_MASK access, HANDLE *out, struct jd_err *err)
{
    const wchar_t by_letter[] = {L'\\', L'?', L'?', L'\\', (wchar_t)drive_of(letter), L':', L'\\', L'\0'};
    wchar_t name[WIN_DEVICE_MAX + 1];
    struct win_look ignored;
    HANDLE root = NULL;
    NTSTATUS status;
    enum jd_code code = find_device(letter, name, err);
    if (code != JD_OK) {
        return code;
    }
    wcscat(name, L"\\");
    status = open_directory(name, access, &root);
    if (status == STATUS_SUCCESS && nt_is_unknown(win_look(root, &ignored))) {
        nt_close(root);
        status = open_directory(by_letter, access, &root);
    }
    if (status != STATUS_SUCCESS) {
        return refuse_nt(err, JD_E_VOLUME_UNKNOWN, letter, status);
    }
    *out = root;
    return JD_OK;
}

/* MS-FSCC, FileFsAttributeInformation */
struct attributes {
    ULONG flags;
    LONG name_max;
    ULONG name_bytes;
    wchar_t name[64];
};

static bool is_named_ntfs(const struct attributes *attributes)
{
    return attributes->name_bytes == 8 && memcmp(attributes->name, L"NTFS", 8) == 0;
}

/*
 * A volume that does not claim to take reparse points may do so all the same: setting none at all is refused by one
 * that does for what is missing, and by one that does not because it knows no such request. Either way nothing is set.
 */
static bool knows_reparse_points(HANDLE root)
{
    NTSTATUS status = nt_control(root, FSCTL_SET_REPARSE_POINT, NULL, 0, NULL, 0, NULL);
    return status != STATUS_NOT_SUPPORTED && status != STATUS_NOT_IMPLEMENTED &&
           status != STATUS_INVALID_DEVICE_REQUEST && status != STATUS_VOLUME_NOT_UPGRADED;
}

static enum jd_code read_facts(const struct win_volume *volume, struct os_volume_facts *out, struct jd_err *err)
{
    struct attributes attributes;
    struct nt_fs_device device;
    NTSTATUS status = nt_query_volume(volume->root, NT_FS_ATTRIBUTE, &attributes, sizeof attributes);
    if (status == STATUS_SUCCESS || status == STATUS_BUFFER_OVERFLOW) { /* a longer name is another's */
        status = nt_query_volume(volume->root, NT_FS_DEVICE, &device, sizeof device);
    }
    if (status != STATUS_SUCCESS) {
        return refuse_nt(err, win_code_nt(status), volume->letter, status);
    }
    *out = (struct os_volume_facts){
        .letter = volume->letter,
        .is_ntfs = is_named_ntfs(&attributes),
        .takes_reparse_points =
            (attributes.flags & FILE_SUPPORTS_REPARSE_POINTS) != 0 || knows_reparse_points(volume->root),
        .is_fixed = (device.type == TYPE_DISK || device.type == TYPE_DISK_FILE_SYSTEM) &&
                    (device.characteristics & NOT_FIXED) == 0,
        .is_read_only = (attributes.flags & FILE_READ_ONLY_VOLUME) != 0,
        .is_protected = (attributes.flags & FILE_PERSISTENT_ACLS) != 0,
        .serial = volume->serial,
    };
    return JD_OK;
}

static enum jd_code judge(const struct win_volume *volume, struct jd_err *err)
{
    struct os_volume_facts facts;
    enum jd_code code = read_facts(volume, &facts, err);
    if (code != JD_OK) {
        return code;
    }
    if (!facts.is_ntfs) {
        return refuse(err, JD_E_VOLUME_NOT_NTFS, volume->letter, NULL);
    }
    return facts.is_protected ? JD_OK : refuse(err, JD_E_VOLUME_UNPROTECTED, volume->letter, NULL);
}

enum jd_code win_volume_open(const struct os_volume_spec *spec, struct win_volume *out, struct jd_err *err)
{
    struct win_volume volume = {.letter = spec->letter};
    struct win_look look;
    NTSTATUS status;
    enum jd_code code =
        win_open_root(spec->letter, FILE_TRAVERSE | FILE_READ_ATTRIBUTES | READ_CONTROL, &volume.root, err);
    if (code != JD_OK) {
        return code;
    }
    status = win_look(volume.root, &look);
    code = status == STATUS_SUCCESS ? JD_OK : refuse_nt(err, win_code_nt(status), spec->letter, status);
    if (code == JD_OK) {
        volume.serial = look.volume;
        code = judge(&volume, err);
    }
    if (code != JD_OK) {
        nt_close(volume.root);
        return code;
    }
    *out = volume;
    return JD_OK;
}

enum jd_code os_fs_volume(struct os_fs *fs, char letter, struct os_volume_facts *out, struct jd_err *err)
{
    const struct win_volume *volume = win_volume_of(fs, letter);
    OS_HOOK("fs_volume", err);
    if (volume == NULL) {
        return jd_fail(err, JD_E_VOLUME_UNKNOWN, "volume", NULL);
    }
    return read_facts(volume, out, err);
}

static enum jd_code fail_map(struct jd_err *err, DWORD number)
{
    return jd_fail_sys(err, number == ERROR_NOT_ENOUGH_MEMORY ? JD_E_NO_MEMORY : JD_E_NOT_FOUND, "map host path",
                       JD_DOMAIN_WIN32, number);
}

/* The volume an open file lies on, by the serial number both tell: NULL when it is not served. */
static const struct win_volume *volume_of_file(const struct os_fs *fs, HANDLE file)
{
    struct win_look look;
    if (win_look(file, &look) != STATUS_SUCCESS) {
        return NULL;
    }
    for (size_t i = 0; i < WIN_LETTERS; i++) {
        if (fs->volumes[i].root != NULL && fs->volumes[i].serial == look.volume) {
            return &fs->volumes[i];
        }
    }
    return NULL;
}

static enum jd_code map_file(const struct os_fs *fs, HANDLE file, struct jd_winpath *out, struct jd_err *err)
{
    const struct win_volume *volume = volume_of_file(fs, file);
    wchar_t *path = malloc(WIN_NAME_BYTES_MAX);
    struct jd_buf text;
    struct jd_err refused = {.reason = NULL};
    size_t units = 0;
    enum jd_code code = JD_E_NOT_FOUND;
    jd_buf_init(&text, JD_PATH_BYTES_MAX);
    if (path == NULL) {
        code = JD_E_NO_MEMORY;
    } else if (volume != NULL && win_path_on_volume(file, path, &units) == STATUS_SUCCESS) {
        jd_buf_add_char(&text, volume->letter);
        jd_buf_add_char(&text, ':');
        if (win_add_utf8(&text, path, units) && !text.failed) {
            code = jd_winpath_parse(text.data, text.len, out, &refused);
        }
        code = text.no_memory ? JD_E_NO_MEMORY : code;
    }
    free(path);
    jd_buf_done(&text);
    if (code == JD_OK || code == JD_E_NO_MEMORY) {
        return code == JD_OK ? JD_OK : jd_fail(err, code, "map host path", NULL);
    }
    /* A name no path may hold (a trailing dot …) cannot be asked for either. */
    return jd_fail(err, JD_E_NOT_FOUND, "map host path", refused.reason);
}

/* Follows what stands on the way, as the system does when it opens the service's own files. */
enum jd_code os_fs_from_host(struct os_fs *fs, const char *host_path, struct jd_winpath *out, struct jd_err *err)
{
    wchar_t *path;
    HANDLE file;
    enum jd_code code;
    OS_HOOK("fs_from_host", err);
    path = win_host_path(host_path, err);
    if (path == NULL) {
        return err->code == JD_E_NO_MEMORY ? err->code : fail_map(err, ERROR_BAD_PATHNAME);
    }
    file = CreateFileW(path, FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                       OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    code = file == INVALID_HANDLE_VALUE ? fail_map(err, GetLastError()) : map_file(fs, file, out, err);
    free(path);
    if (file != INVALID_HANDLE_VALUE) {
        CloseHandle(file);
    }
    return code;
}
