/* SPDX-License-Identifier: MIT */
/*
 * Each test has a folder and a volume of its own. A guardian process holds the other end of a pipe: it unmounts and
 * deletes whatever a test leaves, however the test ends.
 */
#include "tests/contract/fixture_posix.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { PATHS = 8, PATH_BYTES = 16384, TRIES = 8, MOUNTS_MAX = 16 };

static char folder[128];
static char mount_dir[160];
static int guard_pipe = -1;
static pid_t guardian;

static const char script[] = JD_TEST_DATA "/../../scripts/ntfs-volume.sh";

static void must(bool done, const char *what, const char *about)
{
    if (!done) {
        fprintf(stderr, "fixture: %s: %s: %s\n", what, about, strerror(errno));
        abort();
    }
}

static char *next_path(void)
{
    static char paths[PATHS][PATH_BYTES];
    static size_t at;
    return paths[at++ % PATHS];
}

const char *posix_folder(void)
{
    return folder;
}

const char *posix_mount(void)
{
    return mount_dir;
}

const char *posix_in_folder(const char *name)
{
    char *path = next_path();
    snprintf(path, PATH_BYTES, "%s/%s", folder, name);
    return path;
}

const char *posix_host(const char *path)
{
    char *host = next_path();
    snprintf(host, PATH_BYTES, "%s%s", mount_dir, path + 2);
    for (char *at = strchr(host, '\\'); at != NULL; at = strchr(at, '\\')) {
        *at = '/';
    }
    return host;
}

/* ---- the guardian ---- */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)st;
    (void)kind;
    (void)place;
    remove(path);
    return 0;
}

static void unmount_below_folder(void)
{
    char where[MOUNTS_MAX][256];
    char line[4096];
    size_t n = 0;
    FILE *mounts = fopen("/proc/self/mounts", "re");
    while (mounts != NULL && fgets(line, sizeof line, mounts) != NULL && n < MOUNTS_MAX) {
        if (sscanf(line, "%*s %255s", where[n]) == 1 && strncmp(where[n], folder, strlen(folder)) == 0) {
            n++;
        }
    }
    while (n > 0) {
        n--;
        if (umount2(where[n], 0) != 0) {
            umount2(where[n], MNT_DETACH);
        }
    }
    if (mounts != NULL) {
        fclose(mounts);
    }
}

static void guard(int end)
{
    char byte;
    setsid();
    if (end > 3) {
        close_range(3, (unsigned)end - 1, 0);
    }
    close_range((unsigned)end + 1, ~0U, 0);
    close_range(0, 2, 0);
    while (read(end, &byte, 1) < 0 && errno == EINTR) {
    }
    unmount_below_folder();
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    _exit(0);
}

static void start_guardian(void)
{
    int ends[2];
    must(pipe2(ends, O_CLOEXEC) == 0, "pipe", folder);
    fflush(NULL);
    guardian = fork();
    must(guardian >= 0, "fork", folder);
    if (guardian == 0) {
        close(ends[1]);
        guard(ends[0]);
    }
    close(ends[0]);
    guard_pipe = ends[1];
}

static void leave_world(void)
{
    if (guard_pipe >= 0) {
        close(guard_pipe);
        waitpid(guardian, NULL, 0);
        guard_pipe = -1;
    }
    while (waitpid(-1, NULL, WNOHANG) > 0) { /* callers of fixture_connect */
    }
}

void fixture_port_begin(void)
{
    const char *base = getenv("TMPDIR");
    if (geteuid() != 0) {
        check_skip("only root can play several users and mount volumes");
    }
    leave_world();
    umask(022);
    snprintf(folder, sizeof folder, "%s/junctiond-contract.XXXXXX", base != NULL && base[0] == '/' ? base : "/tmp");
    must(mkdtemp(folder) != NULL, "mkdtemp", folder);
    must(chmod(folder, 0755) == 0, "chmod", folder);
    snprintf(mount_dir, sizeof mount_dir, "%s/c", folder);
    start_guardian();
}

void fixture_port_end(void)
{
    leave_world();
}

static void spawn(char *const argv[], const char *output, int *out_status)
{
    pid_t pid;
    fflush(NULL);
    pid = fork();
    must(pid >= 0, "fork", argv[0]);
    if (pid == 0) {
        int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(fd, 1);
        dup2(fd, 2);
        close_range(3, ~0U, 0); /* the daemon of a mount would keep them */
        execv(argv[0], argv);
        _exit(127);
    }
    must(waitpid(pid, out_status, 0) == pid, "waitpid", argv[0]);
}

static void read_line(const char *path, char *buf, size_t cap)
{
    FILE *file = fopen(path, "re");
    buf[0] = '\0';
    if (file != NULL) {
        (void)!fgets(buf, (int)cap, file);
        fclose(file);
    }
    buf[strcspn(buf, "\n")] = '\0';
}

static int run_script(const char *command, const char *a, const char *b, const char *c, char *said, size_t cap)
{
    const char *argv[] = {script, command, a, b, c, NULL};
    const char *output = posix_in_folder("script-output");
    char *copy[6] = {NULL};
    int status = -1;
    for (size_t i = 0; argv[i] != NULL; i++) {
        copy[i] = strdup(argv[i]);
    }
    spawn(copy, output, &status);
    for (size_t i = 0; copy[i] != NULL; i++) {
        free(copy[i]);
    }
    read_line(output, said, cap);
    unlink(output);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void posix_script(const char *command, const char *a, const char *b, const char *c)
{
    char said[300];
    int status = run_script(command, a, b, c, said, sizeof said);
    if (status != 0) {
        check_fail(__FILE__, __LINE__, "ntfs-volume.sh %s ended with %d: %s", command, status, said);
    }
}

void fixture_port_begin_volume(void)
{
    char said[300];
    fixture_port_begin();
    if (run_script("check", NULL, NULL, NULL, said, sizeof said) != 0) {
        leave_world();
        check_skip(said);
    }
    posix_script("make", posix_in_folder("image"), "8", NULL);
    posix_script("mount", posix_in_folder("image"), mount_dir, NULL);
    must(chmod(mount_dir, 0755) == 0, "chmod", mount_dir);
}

size_t fixture_port_handles(void)
{
    size_t n = 0;
    DIR *listing = opendir("/proc/self/fd");
    must(listing != NULL, "opendir", "/proc/self/fd");
    while (readdir(listing) != NULL) {
        n++;
    }
    closedir(listing);
    return n;
}

struct os_volume_spec fixture_volume(void)
{
    return (struct os_volume_spec){'C', mount_dir};
}

struct os_volume_spec fixture_bad_volume(enum fixture_bad_volume kind)
{
    const char *dir = posix_in_folder("d");
    if (kind == FIXTURE_NOT_NTFS) {
        return (struct os_volume_spec){'D', "/proc"}; /* the one mount every machine has */
    }
    must(mkdir(dir, 0755) == 0, "mkdir", dir);
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
    char host[PATH_BYTES];
    snprintf(host, sizeof host, "%s", posix_host(path));
    for (char *at = strchr(host + strlen(mount_dir) + 1, '/'); at != NULL; at = strchr(at + 1, '/')) {
        *at = '\0';
        must(mkdir(host, 0755) == 0 || errno == EEXIST, "mkdir", host);
        *at = '/';
    }
    must(mkdir(host, 0755) == 0 || errno == EEXIST, "mkdir", host);
}

static void make_ancestors(const char *path)
{
    char parent[PATH_BYTES];
    snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(path, '\\') - path), path);
    if (strlen(parent) > 2) {
        fixture_mkdir(parent);
    }
}

void posix_write_file(const char *path, const void *bytes, size_t len, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    must(fd >= 0 && (len == 0 || write(fd, bytes, len) == (ssize_t)len) && fchmod(fd, mode) == 0, "write", path);
    close(fd);
}

void fixture_mkfile(const char *path)
{
    make_ancestors(path);
    posix_write_file(posix_host(path), "", 0, 0644);
}

void posix_set_reparse(const char *host_path, const void *data, size_t len)
{
    must(lsetxattr(host_path, "system.ntfs_reparse_data", data, len, 0) == 0, "set reparse data", host_path);
}

void fixture_reparse(const char *path, const void *data, size_t len)
{
    fixture_mkdir(path);
    posix_set_reparse(posix_host(path), data, len);
}

void fixture_alias(const char *path, const char *alias)
{
    must(lsetxattr(posix_host(path), "system.ntfs_dos_name", alias, strlen(alias), 0) == 0, "set short name", path);
}

void fixture_give_to_stranger(const char *path)
{
    struct stat st;
    must(stands(posix_host(path), &st) && lchown(posix_host(path), 1000, 1000) == 0, "chown", path);
}

void fixture_let_others_delete_children(const char *path)
{
    must(chmod(posix_host(path), 0777) == 0, "chmod", path);
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
    must(mount(NULL, mount_dir, NULL, MS_REMOUNT | (value ? MS_RDONLY : 0), NULL) == 0, "remount", mount_dir);
}

static void fill_clusters(void)
{
    static const char bytes[65536];
    int fd = open(posix_host("C:\\filler"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ssize_t n;
    must(fd >= 0, "open", "filler");
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
    int fd = open(mount_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (mkdirat(fd, "deeper", 0755) == 0) {
        int next = openat(fd, "deeper", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        must(next >= 0, "openat", "deeper");
        close(fd);
        fd = next;
    }
    must(errno == ENOSPC, "mkdirat", "deeper");
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
    must(n <= JD_REPARSE_MAX, "reparse data too long", path);
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
    must(pid >= 0, "fork", "posix_as");
    if (pid == 0) {
        if (setgroups(0, NULL) != 0 || setgid(uid) != 0 || setuid(uid) != 0) {
            _exit(255);
        }
        _exit(fn(context));
    }
    must(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) != 255, "child", "posix_as");
    return WEXITSTATUS(status);
}
