/* SPDX-License-Identifier: MIT */
/*
 * Each test has a folder and a volume of its own. A guardian process holds the other end of a pipe: it unmounts and
 * deletes whatever a test leaves, however the test ends.
 */
#include "tests/contract/fixture_posix.h"

#include "service/os/posix/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATHS = 8, MOUNTS_MAX = 16 };

static char folder[128];
static char mount_dir[160];
static int guard_pipe = -1;
static pid_t guardian;

static const char script[] = JD_TEST_DATA "/../../scripts/ntfs-volume.sh";

void posix_must(bool done, const char *what, const char *about)
{
    if (!done) {
        fprintf(stderr, "fixture: %s: %s: %s\n", what, about, strerror(errno));
        abort();
    }
}

static char *next_path(void)
{
    static char paths[PATHS][POSIX_PATH_BYTES];
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
    snprintf(path, POSIX_PATH_BYTES, "%s/%s", folder, name);
    return path;
}

const char *posix_host(const char *path)
{
    char *host = next_path();
    snprintf(host, POSIX_PATH_BYTES, "%s%s", mount_dir, path + 2);
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
    posix_must(pipe2(ends, O_CLOEXEC) == 0, "pipe", folder);
    fflush(NULL);
    guardian = fork();
    posix_must(guardian >= 0, "fork", folder);
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
    posix_fs_set_after_make(NULL); /* a test before may have failed half way */
    posix_audit_set_log_path("/dev/log");
    umask(022);
    snprintf(folder, sizeof folder, "%s/junctiond-contract.XXXXXX", base != NULL && base[0] == '/' ? base : "/tmp");
    posix_must(mkdtemp(folder) != NULL, "mkdtemp", folder);
    posix_must(chmod(folder, 0755) == 0, "chmod", folder);
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
    posix_must(pid >= 0, "fork", argv[0]);
    if (pid == 0) {
        int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(fd, 1);
        dup2(fd, 2);
        close_range(3, ~0U, 0); /* the daemon of a mount would keep them */
        execv(argv[0], argv);
        _exit(127);
    }
    posix_must(waitpid(pid, out_status, 0) == pid, "waitpid", argv[0]);
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
    posix_must(chmod(mount_dir, 0755) == 0, "chmod", mount_dir);
}
