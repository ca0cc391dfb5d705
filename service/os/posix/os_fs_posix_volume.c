/* SPDX-License-Identifier: MIT */
/*
 * What a mount is: /proc/self/mountinfo (proc_pid_mountinfo(5)) tells the options, ntfs-3g's attributes that it is NTFS
 * at all (statfs only says FUSE), the boot sector its serial number.
 */
#include "service/os/posix/os_fs_posix.h"

#include "service/os/os_hook.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { ROOT_RECORD = 5 /* MFT record of the root directory */, SERIAL_OFFSET = 0x48 /* in $Boot */ };

struct mount {
    bool is_mounted;
    bool is_fuse;
    bool has_default_permissions;
};

/* Whether options, joined by commas, hold word. */
static bool holds_option(const char *options, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = options; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, word, len) == 0 && strchr(",\n", at[len]) != NULL) {
            return true;
        }
    }
    return false;
}

/* One line: "<mount id> … - <type> <source> <options of the file system>". */
static bool parse_mount(const char *line, uint64_t mount_id, struct mount *out)
{
    const char *type;
    const char *options;
    char *end;
    if (strtoull(line, &end, 10) != mount_id || end == line) {
        return false;
    }
    type = strstr(line, " - ");
    options = strrchr(line, ' ');
    if (type == NULL || options == NULL || options < type + 3) {
        return false;
    }
    out->is_mounted = true;
    out->is_fuse = strncmp(type + 3, "fuse", 4) == 0;
    out->has_default_permissions = holds_option(options + 1, "default_permissions");
    return true;
}

static int read_mount(uint64_t mount_id, struct mount *out)
{
    FILE *file = fopen("/proc/self/mountinfo", "re");
    char *line = NULL;
    size_t cap = 0;
    *out = (struct mount){0};
    if (file == NULL) {
        return errno;
    }
    while (getline(&line, &cap, file) >= 0 && !parse_mount(line, mount_id, out)) {
    }
    free(line);
    fclose(file);
    return 0;
}

/* 0 when the root is one of NTFS, as ntfs-3g shows it; ENOTSUP or the like when it is not. */
static int probe_ntfs(int root, bool *out_takes_reparse_points)
{
    uint32_t attributes;
    uint8_t *data = NULL;
    size_t len;
    int number;
    if (posix_xattr_get(root, "system.ntfs_attrib", &attributes, sizeof attributes) < 0) {
        return errno;
    }
    number = posix_reparse_read(root, &data, &len);
    free(data);
    *out_takes_reparse_points = number == 0 || number == ENODATA;
    return 0;
}

/* What getxattr says of a file system that knows no such attribute. */
static bool means_other_kind(int number)
{
    return number == ENOTSUP || number == ENODATA || number == EINVAL || number == EPERM;
}

static enum jd_code fail_volume(struct jd_err *err, enum jd_code code, char letter, const char *where, int number)
{
    jd_fail_text(err, code, "volume", NULL, "%c: at %s: %s", letter, where, jd_code_text(code));
    if (number != 0) {
        err->domain = JD_DOMAIN_ERRNO;
        err->number = number;
    }
    return code;
}

static enum jd_code read_facts(const struct posix_volume *volume, struct os_volume_facts *out, struct jd_err *err)
{
    struct os_volume_facts facts = {.letter = volume->letter, .serial = volume->serial, .is_fixed = true};
    struct mount mount;
    struct statvfs fs = {0};
    int number = read_mount(volume->mount_id, &mount);
    if (number == 0 && !mount.is_mounted) {
        return fail_volume(err, JD_E_VOLUME_UNKNOWN, volume->letter, volume->where, 0);
    }
    if (number == 0) {
        number = fstatvfs(volume->root, &fs) == 0 ? 0 : errno;
    }
    if (number == 0) {
        number = probe_ntfs(volume->root, &facts.takes_reparse_points);
        facts.is_ntfs = number == 0;
    }
    if (number != 0 && !means_other_kind(number)) {
        return fail_volume(err, posix_code(number), volume->letter, volume->where, number);
    }
    facts.is_read_only = (fs.f_flag & ST_RDONLY) != 0;
    /* A file system of the kernel's own always checks; FUSE leaves it to the daemon unless told. */
    facts.is_protected = !mount.is_fuse || mount.has_default_permissions;
    *out = facts;
    return JD_OK;
}

/* The serial number of the boot sector: the same after every mount. 0: not readable. */
static uint64_t read_serial(int root)
{
    uint64_t serial = 0;
    int fd = openat(root, "$Boot", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    if (pread(fd, &serial, sizeof serial, SERIAL_OFFSET) != (ssize_t)sizeof serial) {
        serial = 0;
    }
    close(fd);
    return serial;
}

static enum jd_code identify(struct posix_volume *volume, struct jd_err *err)
{
    struct statx st;
    struct stat ignored;
    bool is_root;
    if (statx(volume->root, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_MNT_ID, &st) != 0) {
        return fail_volume(err, posix_code(errno), volume->letter, volume->where, errno);
    }
    is_root = (st.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
    if (!is_root || (st.stx_mask & STATX_MNT_ID) == 0) {
        return fail_volume(err, JD_E_VOLUME_UNKNOWN, volume->letter, volume->where, 0);
    }
    volume->mount_id = st.stx_mnt_id;
    volume->inode = (ino_t)st.stx_ino;
    volume->serial = read_serial(volume->root);
    if (volume->serial == 0) {
        volume->serial = (uint64_t)st.stx_dev_major << 32 | st.stx_dev_minor;
    }
    /* The name on disk is $MFT: only a mount that ignores case finds it otherwise. */
    volume->folds = fstatat(volume->root, "$mft", &ignored, AT_SYMLINK_NOFOLLOW) == 0;
    return JD_OK;
}

static enum jd_code judge(struct posix_volume *volume, struct jd_err *err)
{
    struct os_volume_facts facts;
    struct posix_look look;
    int number;
    enum jd_code code = read_facts(volume, &facts, err);
    if (code != JD_OK) {
        return code;
    }
    if (!facts.is_ntfs) {
        return fail_volume(err, JD_E_VOLUME_NOT_NTFS, volume->letter, volume->where, 0);
    }
    if (!facts.is_protected) {
        return fail_volume(err, JD_E_VOLUME_UNPROTECTED, volume->letter, volume->where, 0);
    }
    /* A directory of the volume mounted alone (mount --bind) is no volume root: X:\a would mean something else. */
    if (volume->inode != ROOT_RECORD) {
        return fail_volume(err, JD_E_VOLUME_UNKNOWN, volume->letter, volume->where, 0);
    }
    number = posix_look(volume->root, &look);
    if (number != 0) {
        return fail_volume(err, posix_code(number), volume->letter, volume->where, number);
    }
    volume->created = look.created;
    return JD_OK;
}

enum jd_code posix_volume_open(const struct os_volume_spec *spec, struct posix_volume *out, struct jd_err *err)
{
    struct posix_volume volume = {.letter = spec->letter, .root = -1};
    enum jd_code code;
    volume.where = realpath(spec->where, NULL);
    if (volume.where == NULL) {
        return errno == ENOMEM ? jd_fail(err, JD_E_NO_MEMORY, "volume", NULL)
                               : fail_volume(err, JD_E_VOLUME_UNKNOWN, spec->letter, spec->where, errno);
    }
    volume.root = open(volume.where, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    code = volume.root < 0 ? fail_volume(err, JD_E_VOLUME_UNKNOWN, spec->letter, spec->where, errno) : JD_OK;
    if (code == JD_OK) {
        code = identify(&volume, err);
    }
    if (code == JD_OK) {
        code = judge(&volume, err);
    }
    if (code != JD_OK) {
        if (volume.root >= 0) {
            close(volume.root);
        }
        free(volume.where);
        return code;
    }
    *out = volume;
    return JD_OK;
}

enum jd_code os_fs_volume(struct os_fs *fs, char letter, struct os_volume_facts *out, struct jd_err *err)
{
    const struct posix_volume *volume = posix_volume_of(fs, letter);
    OS_HOOK("fs_volume", err);
    if (volume == NULL) {
        return jd_fail(err, JD_E_VOLUME_UNKNOWN, "volume", NULL);
    }
    return read_facts(volume, out, err);
}

/* What follows where in path; NULL when path is not below it. */
static const char *below(const char *path, const char *where)
{
    size_t len = strlen(where);
    return strncmp(path, where, len) == 0 && path[len] == '/' ? path + len : NULL;
}

/* The mount decides, not the text: another volume may be mounted below a served one. */
static const struct posix_volume *volume_of_file(const struct os_fs *fs, const char *path)
{
    struct statx st;
    if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, &st) != 0) {
        return NULL;
    }
    for (size_t i = 0; i < POSIX_LETTERS; i++) {
        const struct posix_volume *volume = &fs->volumes[i];
        if (volume->root >= 0 && volume->mount_id == st.stx_mnt_id && below(path, volume->where) != NULL) {
            return volume;
        }
    }
    return NULL;
}

enum jd_code os_fs_from_host(struct os_fs *fs, const char *host_path, struct jd_winpath *out, struct jd_err *err)
{
    char path[PATH_MAX];
    char text[PATH_MAX + 2];
    const struct posix_volume *volume;
    struct jd_err refused;
    enum jd_code code;
    OS_HOOK("fs_from_host", err);
    if (realpath(host_path, path) == NULL) {
        return jd_fail_sys(err, JD_E_NOT_FOUND, "map host path", JD_DOMAIN_ERRNO, errno);
    }
    volume = volume_of_file(fs, path);
    if (volume == NULL || strchr(path, '\\') != NULL) {
        return jd_fail(err, JD_E_NOT_FOUND, "map host path", NULL);
    }
    snprintf(text, sizeof text, "%c:%s", volume->letter, below(path, volume->where));
    for (char *at = strchr(text, '/'); at != NULL; at = strchr(at, '/')) {
        *at = '\\';
    }
    code = jd_winpath_parse(text, strlen(text), out, &refused);
    if (code == JD_E_NO_MEMORY) {
        return jd_fail(err, code, "map host path", NULL);
    }
    /* A name no path may hold (a trailing dot …) cannot be asked for either. */
    return code == JD_OK ? JD_OK : jd_fail(err, JD_E_NOT_FOUND, "map host path", refused.reason);
}
