/* SPDX-License-Identifier: MIT */
/* The volume of the POSIX fixture: built, attacked and read back past the port. */
#include "tests/contract/fixture_posix.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { TRIES = 8 };

bool fixture_port_pins(void)
{
    return false;
}

void fixture_need_junctions(void)
{
    /* begin_volume has told of a machine that cannot mount NTFS. */
}

void fixture_need_twins(void)
{
}

size_t fixture_port_handles(void)
{
    size_t n = 0;
    DIR *listing = opendir("/proc/self/fd");
    posix_must(listing != NULL, "opendir", "/proc/self/fd");
    while (readdir(listing) != NULL) {
        n++;
    }
    closedir(listing);
    return n;
}

struct os_volume_spec fixture_volume(void)
{
    return (struct os_volume_spec){'C', posix_mount()};
}

struct os_volume_spec fixture_bad_volume(enum fixture_bad_volume kind)
{
    const char *dir = posix_in_folder("d");
    if (kind == FIXTURE_NOT_NTFS) {
        return (struct os_volume_spec){'D', "/proc"}; /* the one mount every machine has */
    }
    posix_must(mkdir(dir, 0755) == 0, "mkdir", dir);
    if (kind == FIXTURE_UNPROTECTED) {
        posix_script("make", posix_in_folder("image-d"), "2", NULL);
        posix_script("mount", posix_in_folder("image-d"), dir, "allow_other");
    }
    return (struct os_volume_spec){'D', dir};
}

/* ---- building ---- */

/* The kernel may hold a stale view of what stands there: it notices, and the next look is right. */
static bool stands(const char *host, struct stat *st)
{
    for (int i = 0; i < TRIES; i++) {
        if (lstat(host, st) == 0) {
            return true;
        }
        if (errno != EIO) {
            return false;
        }
    }
    return false;
}

void fixture_mkdir(const char *path)
{
    char host[POSIX_PATH_BYTES];
    snprintf(host, sizeof host, "%s", posix_host(path));
    for (char *at = strchr(host + strlen(posix_mount()) + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        posix_must(mkdir(host, 0755) == 0 || errno == EEXIST, "mkdir", host);
        *at = '/';
    }
    posix_must(mkdir(host, 0755) == 0 || errno == EEXIST, "mkdir", host);
}

static void make_ancestors(const char *path)
{
    char parent[POSIX_PATH_BYTES];
    snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(path, '\\') - path), path);
    if (strlen(parent) > 2) {
        fixture_mkdir(parent);
    }
}

void posix_write_file(const char *path, const void *bytes, size_t len, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    posix_must(fd >= 0 && (len == 0 || write(fd, bytes, len) == (ssize_t)len) && fchmod(fd, mode) == 0, "write", path);
    close(fd);
}

void fixture_mkfile(const char *path)
{
    make_ancestors(path);
    posix_write_file(posix_host(path), "", 0, 0644);
}

void posix_set_reparse(const char *host_path, const void *data, size_t len)
{
    posix_must(lsetxattr(host_path, "system.ntfs_reparse_data", data, len, 0) == 0, "set reparse data", host_path);
}

void fixture_reparse(const char *path, const void *data, size_t len)
{
    fixture_mkdir(path);
    posix_set_reparse(posix_host(path), data, len);
}

void fixture_alias(const char *path, const char *alias)
{
    posix_must(lsetxattr(posix_host(path), "system.ntfs_dos_name", alias, strlen(alias), 0) == 0, "set short name",
               path);
}

void fixture_give_to_stranger(const char *path)
{
    struct stat st;
    posix_must(stands(posix_host(path), &st) && lchown(posix_host(path), 1000, 1000) == 0, "chown", path);
}

void fixture_let_others_delete_children(const char *path)
{
    posix_must(chmod(posix_host(path), 0777) == 0, "chmod", path);
}

/* ---- what happens meanwhile ---- */

bool fixture_rename(const char *from, const char *to)
{
    struct stat st;
    return stands(posix_host(from), &st) && !stands(posix_host(to), &st) &&
           rename(posix_host(from), posix_host(to)) == 0;
}

bool fixture_remove(const char *path)
{
    struct stat st;
    const char *host = posix_host(path);
    if (!stands(host, &st)) {
        return false;
    }
    return (S_ISDIR(st.st_mode) ? rmdir(host) : unlink(host)) == 0;
}

bool fixture_flip(const char *path, const char *target)
{
    uint8_t data[JD_REPARSE_MAX];
    size_t len = fixture_encode(JD_TAG_MOUNT_POINT, target, data);
    return lsetxattr(posix_host(path), "system.ntfs_reparse_data", data, len, 0) == 0;
}

bool fixture_unflip(const char *path)
{
    return lremovexattr(posix_host(path), "system.ntfs_reparse_data") == 0;
}

void fixture_set_read_only(bool value)
{
    posix_must(mount(NULL, posix_mount(), NULL, MS_REMOUNT | (value ? MS_RDONLY : 0), NULL) == 0, "remount",
               posix_mount());
}

static void fill_clusters(void)
{
    static const char bytes[65536];
    int fd = open(posix_host("C:\\filler"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ssize_t n;
    posix_must(fd >= 0, "open", "filler");
    for (size_t chunk = sizeof bytes; chunk > 0; chunk /= 2) {
        do {
            n = write(fd, bytes, chunk);
        } while (n > 0);
    }
    close(fd);
}

/* One directory in another: each takes one of the records that are left, and no cluster. */
static void fill_records(void)
{
    int fd = open(posix_mount(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (mkdirat(fd, "deeper", 0755) == 0) {
        int next = openat(fd, "deeper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        posix_must(next >= 0, "openat", "deeper");
        close(fd);
        fd = next;
    }
    posix_must(errno == ENOSPC, "mkdirat", "deeper");
    close(fd);
}

void fixture_fill(void)
{
    fill_clusters();
    fill_records();
}

/* ---- reading back ---- */

size_t fixture_get_reparse(const char *path, uint8_t out[JD_REPARSE_MAX])
{
    static uint8_t bytes[65536];
    struct stat st;
    ssize_t n = -1;
    if (stands(posix_host(path), &st)) {
        n = lgetxattr(posix_host(path), "system.ntfs_reparse_data", bytes, sizeof bytes);
    }
    if (n <= 0) {
        return 0;
    }
    posix_must(n <= JD_REPARSE_MAX, "reparse data too long", path);
    memcpy(out, bytes, (size_t)n);
    return (size_t)n;
}

const char *fixture_kind(const char *path)
{
    uint8_t data[JD_REPARSE_MAX];
    uint32_t tag;
    struct stat st;
    if (!stands(posix_host(path), &st)) {
        return "none";
    }
    if (fixture_get_reparse(path, data) > 0) {
        memcpy(&tag, data, sizeof tag);
        return tag == JD_TAG_MOUNT_POINT ? "junction" : "reparse_point";
    }
    return S_ISDIR(st.st_mode) ? "directory" : "file";
}

int posix_as(uid_t uid, int (*fn)(const void *context), const void *context)
{
    int status = -1;
    pid_t pid;
    fflush(NULL);
    pid = fork();
    posix_must(pid >= 0, "fork", "posix_as");
    if (pid == 0) {
        if (setgroups(0, NULL) != 0 || setgid(uid) != 0 || setuid(uid) != 0) {
            _exit(255);
        }
        _exit(fn(context));
    }
    posix_must(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) != 255, "child", "posix_as");
    return WEXITSTATUS(status);
}
