/* SPDX-License-Identifier: MIT */
#include "service/os/win/os_fs_win.h"

#include "service/os/os_hook.h"

#include <stdlib.h>

/* Objects are told apart by serial number and id: two volumes with one serial (a cloned disk) would be taken for one.
 */
static enum jd_code judge_serial(const struct os_fs *fs, const struct win_volume *added, struct jd_err *err)
{
    for (size_t i = 0; i < WIN_LETTERS; i++) {
        const struct win_volume *other = &fs->volumes[i];
        if (other != added && other->root != NULL && other->serial == added->serial) {
            return jd_fail_text(err, JD_E_VOLUME_UNKNOWN, "volume", NULL,
                                "%c: has the serial number of %c:, which is served too", added->letter, other->letter);
        }
    }
    return JD_OK;
}

static enum jd_code add_volume(struct os_fs *fs, const struct os_volume_spec *spec, struct jd_err *err)
{
    struct win_volume *volume;
    enum jd_code code;
    if (spec->letter < 'A' || spec->letter > 'Z' || spec->where != NULL) {
        return jd_fail_text(err, JD_E_VOLUME_UNKNOWN, "volume", NULL, "a volume is a letter A to Z and nothing else");
    }
    volume = &fs->volumes[spec->letter - 'A'];
    if (volume->root != NULL) {
        return jd_fail_text(err, JD_E_VOLUME_UNKNOWN, "volume", NULL, "%c: is given twice", spec->letter);
    }
    code = win_volume_open(spec, volume, err);
    return code == JD_OK ? judge_serial(fs, volume, err) : code;
}

/*
 * A drive letter is a link of the object manager, so a system that heeds the flag refuses to pass one. One that takes
 * the flag for a mistake is older than this service supports: it is refused, never worked around.
 */
static enum jd_code probe_flag(struct os_fs *fs, struct jd_err *err)
{
    const struct nt_how how = {
        .name = L"\\??\\C:\\", .units = 7, .access = FILE_READ_ATTRIBUTES, .share = 7, .disposition = FILE_OPEN};
    HANDLE handle = NULL;
    NTSTATUS status = nt_open(&how, &handle);
    if (status == STATUS_INVALID_PARAMETER) {
        jd_fail_text(err, JD_E_PLATFORM, "volume", NULL, "this system is older than Windows 10 1809");
        err->domain = JD_DOMAIN_NTSTATUS;
        err->number = (uint32_t)status;
        return err->code;
    }
    if (status == STATUS_SUCCESS) {
        nt_close(handle);
    }
    fs->refuses_reparse = status == STATUS_REPARSE_POINT_ENCOUNTERED;
    return JD_OK;
}

/* What nobody named is served when it can be, and no reason not to start when it cannot. */
static void add_fixed(struct os_fs *fs)
{
    DWORD letters = GetLogicalDrives();
    for (size_t i = 0; i < WIN_LETTERS; i++) {
        const struct os_volume_spec spec = {(char)('A' + i), NULL};
        struct os_volume_facts facts;
        struct jd_err ignored;
        if ((letters >> i & 1) == 0 || add_volume(fs, &spec, &ignored) != JD_OK) {
            continue;
        }
        if (os_fs_volume(fs, spec.letter, &facts, &ignored) != JD_OK || !facts.is_fixed) {
            nt_close(fs->volumes[i].root);
            fs->volumes[i].root = NULL;
        }
    }
}

static enum jd_code open_all(struct os_fs *fs, const struct os_volume_spec *specs, size_t n, struct jd_err *err)
{
    enum jd_code code = win_own_read(&fs->own, err);
    if (code == JD_OK) {
        code = probe_flag(fs, err);
    }
    if (code == JD_OK && n == 0) {
        add_fixed(fs);
    }
    for (size_t i = 0; code == JD_OK && i < n; i++) {
        code = add_volume(fs, &specs[i], err);
    }
    return code;
}

enum jd_code os_fs_open(const struct os_volume_spec *specs, size_t n, struct os_fs **out, struct jd_err *err)
{
    struct os_fs *fs;
    enum jd_code code;
    OS_HOOK("fs_open", err);
    fs = calloc(1, sizeof *fs);
    if (fs == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "volume", NULL);
    }
    code = open_all(fs, specs, n, err);
    if (code != JD_OK) {
        os_fs_close(fs);
        return code;
    }
    *out = fs;
    return JD_OK;
}

void os_fs_close(struct os_fs *fs)
{
    if (fs == NULL) {
        return;
    }
    for (size_t i = 0; i < WIN_LETTERS; i++) {
        nt_close(fs->volumes[i].root);
    }
    free(fs);
}

struct win_volume *win_volume_of(struct os_fs *fs, char letter)
{
    struct win_volume *volume;
    if (letter < 'A' || letter > 'Z') {
        return NULL;
    }
    volume = &fs->volumes[letter - 'A'];
    return volume->root != NULL ? volume : NULL;
}

size_t os_fs_letters(const struct os_fs *fs, char out[26])
{
    size_t n = 0;
    for (size_t i = 0; i < WIN_LETTERS; i++) {
        if (fs->volumes[i].root != NULL) {
            out[n++] = fs->volumes[i].letter;
        }
    }
    return n;
}

const char *os_fs_where(const struct os_fs *fs, char letter)
{
    (void)fs;
    (void)letter;
    return ""; /* a letter is its own volume's */
}

/* Each node has a file object of its own: a thread that waits on one keeps nobody off another. */
enum jd_code os_fs_root(struct os_fs *fs, char letter, struct os_node **out, struct jd_err *err)
{
    struct win_volume *volume = win_volume_of(fs, letter);
    struct os_node *node;
    HANDLE handle = NULL;
    NTSTATUS status;
    enum jd_code code;
    OS_HOOK("fs_root", err);
    if (volume == NULL) {
        return jd_fail(err, JD_E_VOLUME_UNKNOWN, "open root", NULL);
    }
    node = win_node_new(NULL, OS_USE_PASS);
    if (node == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open root", NULL);
    }
    node->fs = fs;
    node->volume = volume;
    status = nt_open(&(struct nt_how){.root = volume->root,
                                      .name = L"",
                                      .access = FILE_TRAVERSE | FILE_READ_ATTRIBUTES | READ_CONTROL,
                                      .share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                                      .disposition = FILE_OPEN},
                     &handle);
    code = status == STATUS_SUCCESS ? win_node_adopt(node, handle, err) : win_fail_nt(err, "open root", status);
    if (code != JD_OK) {
        os_fs_node_close(node);
        return code;
    }
    *out = node;
    return JD_OK;
}
