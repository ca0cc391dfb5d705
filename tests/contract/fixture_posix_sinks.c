/* SPDX-License-Identifier: MIT */
/* State, audit, policy and callers of the POSIX fixture. */
#include "tests/contract/fixture_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int lock_fd = -1;

const char *fixture_state_folder(void)
{
    return posix_in_folder("state");
}

void fixture_state_truncate(uint64_t token, size_t len)
{
    char name[64];
    snprintf(name, sizeof name, "state/pending/%016" PRIx64, token);
    check_int(truncate(posix_in_folder(name), (off_t)len), 0);
}

void fixture_state_lock(bool value)
{
    if (!value) {
        close(lock_fd);
        return;
    }
    /* A description of its own is as good as a process of its own to flock. */
    lock_fd = open(posix_in_folder("state/lock"), O_RDWR | O_CLOEXEC);
    check_int(flock(lock_fd, LOCK_EX | LOCK_NB), 0);
}

/* The file is on a file system of 64 KiB that can really be full. */
struct os_audit_options fixture_audit_options(void)
{
    const char *dir = posix_in_folder("audit");
    if (mkdir(dir, 0700) == 0) {
        check_int(mount("none", dir, "tmpfs", 0, "size=64k,mode=700"), 0);
    }
    return (struct os_audit_options){.to_file = true, .file = posix_in_folder("audit/trail")};
}

size_t fixture_audit_count(void)
{
    FILE *file = fopen(posix_in_folder("audit/trail"), "re");
    size_t n = 0;
    int c;
    check_true(file != NULL);
    while ((c = fgetc(file)) != EOF) {
        n += c == '\n';
    }
    fclose(file);
    return n;
}

void fixture_audit_line(size_t index, char *buf, size_t cap)
{
    FILE *file = fopen(posix_in_folder("audit/trail"), "re");
    char *line = NULL;
    size_t room = 0;
    check_true(file != NULL);
    for (size_t i = 0; i <= index; i++) {
        check_true(getline(&line, &room, file) > 0);
    }
    line[strcspn(line, "\n")] = '\0';
    snprintf(buf, cap, "%s", line);
    free(line);
    fclose(file);
}

void fixture_audit_refuse(bool value)
{
    static const char bytes[65536];
    const char *filler = posix_in_folder("audit/filler");
    int fd;
    if (!value) {
        check_int(unlink(filler), 0);
        return;
    }
    /* The trail's own last page has room still: a record longer than that is cut short there. */
    fd = open(filler, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    check_true(fd >= 0);
    while (write(fd, bytes, sizeof bytes) > 0) {
    }
    close(fd);
}

const char *fixture_policy_put(const void *bytes, size_t len)
{
    const char *path = posix_in_folder("policy.json");
    if (bytes != NULL) {
        posix_write_file(path, bytes, len, 0600);
    }
    return path;
}

static int connect_to(const void *context)
{
    const char *path = context;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char byte;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        return errno;
    }
    return read(fd, &byte, 1) == 0 ? 0 : 1; /* until the other end is closed */
}

/* A process of that user connects and stays until the connection is closed. */
static int accept_from(uid_t uid, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pid_t pid;
    int fd;
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    check_int(bind(listener, (const struct sockaddr *)&address, sizeof address), 0);
    check_int(chmod(path, 0666), 0);
    check_int(listen(listener, 1), 0);
    fflush(NULL);
    pid = fork();
    check_true(pid >= 0);
    if (pid == 0) {
        close(listener);
        _exit(posix_as(uid, connect_to, path));
    }
    fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    check_true(fd >= 0);
    close(listener);
    unlink(path);
    return fd;
}

intptr_t fixture_connect(enum fixture_who who, struct jd_sid *out_user)
{
    uid_t uid = who == FIXTURE_USER ? 1000 : 0;
    *out_user = jd_sid_posix_user(uid);
    return accept_from(uid, posix_in_folder("peer.sock"));
}

void fixture_disconnect(intptr_t connection)
{
    close((int)connection);
}
