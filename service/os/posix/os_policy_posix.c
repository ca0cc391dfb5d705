/* SPDX-License-Identifier: MIT */
/*
 * The path is walked from / (or from the working directory) with one descriptor a folder, and every folder is judged by
 * the descriptor the next name is opened from: what was judged is what is read, however often somebody renames in
 * between. Symbolic links are refused wherever they stand, else whoever may write the folder of the link chooses the
 * policy.
 */
#include "service/os/os_policy.h"

#include "service/os/os_hook.h"
#include "service/os/posix/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 8192, FOLDER_FLAGS = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static enum jd_code distrust(const char *path, const char *why, struct jd_err *err)
{
    return jd_fail_text(err, JD_E_POLICY_UNTRUSTED, "policy", NULL, "%s: %s", path, why);
}

static enum jd_code fail_open(const char *path, int number, bool is_folder, struct jd_err *err)
{
    bool is_missing = number == ENOENT || (number == ENOTDIR && is_folder);
    if (number == ELOOP) {
        return distrust(path, "a symbolic link stands on the path", err);
    }
    jd_fail_text(err, is_missing ? JD_E_POLICY_MISSING : JD_E_POLICY_UNTRUSTED, "policy", NULL, "%s: %s", path,
                 is_missing ? "does not exist" : "cannot be opened");
    err->domain = JD_DOMAIN_ERRNO;
    err->number = number;
    return err->code;
}

/*
 * With a POSIX ACL the group bits are its mask, which bounds every named user and group (acl(5)): the mode bits alone
 * tell whether anybody else may write.
 */
static const char *why_not_guarded(const struct stat *st, bool is_folder)
{
    if (st->st_uid != 0) {
        return is_folder ? "a folder on the path is not owned by root" : "not owned by root";
    }
    if ((st->st_mode & (S_IWGRP | S_IWOTH)) == 0) {
        return NULL;
    }
    /* In a sticky folder others may add names, but cannot take root's away. */
    if (is_folder && (st->st_mode & S_ISVTX) != 0) {
        return NULL;
    }
    return is_folder ? "a folder on the path may be written by others" : "may be written by others";
}

static enum jd_code judge_folder(const char *path, int fd, struct jd_err *err)
{
    struct stat st;
    const char *why;
    if (fstat(fd, &st) != 0) {
        return fail_open(path, errno, true, err);
    }
    /* O_NOFOLLOW with O_PATH opens a link itself where O_DIRECTORY does not stop it: ask. */
    if (!S_ISDIR(st.st_mode)) {
        return distrust(path, "a symbolic link stands on the path", err);
    }
    why = why_not_guarded(&st, true);
    return why == NULL ? JD_OK : distrust(path, why, err);
}

static bool is_symlink_at(int folder, const char *name)
{
    struct stat st;
    return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

/* Replaces *folder by what is called name in it. */
static enum jd_code enter(const char *path, int *folder, const char *name, struct jd_err *err)
{
    int next = openat(*folder, name, FOLDER_FLAGS);
    int number = errno;
    if (next < 0 && number == ENOTDIR && is_symlink_at(*folder, name)) {
        number = ELOOP; /* O_DIRECTORY speaks before O_NOFOLLOW does */
    }
    close(*folder);
    *folder = next;
    return next < 0 ? fail_open(path, number, true, err) : judge_folder(path, next, err);
}

/* Opens the folder that holds the file; leaf is copied out. On failure *folder is closed or -1. */
static enum jd_code walk(const char *path, int *folder, char leaf[NAME_MAX + 1], struct jd_err *err)
{
    const char *at = path;
    enum jd_code code;
    *folder = open(path[0] == '/' ? "/" : ".", FOLDER_FLAGS);
    code = *folder < 0 ? fail_open(path, errno, true, err) : judge_folder(path, *folder, err);
    while (code == JD_OK) {
        size_t len;
        at += strspn(at, "/");
        len = strcspn(at, "/");
        if (len == 0 || len > NAME_MAX) {
            return fail_open(path, ENOENT, false, err);
        }
        memcpy(leaf, at, len);
        leaf[len] = '\0';
        at += len;
        if (*at == '\0') {
            return JD_OK;
        }
        code = enter(path, folder, leaf, err);
    }
    return code;
}

static enum jd_code judge_file(const char *path, int fd, struct jd_err *err)
{
    struct stat st;
    const char *why;
    if (fstat(fd, &st) != 0) {
        return fail_open(path, errno, false, err);
    }
    if (!S_ISREG(st.st_mode)) {
        return distrust(path, "not a plain file", err);
    }
    if (st.st_nlink != 1) {
        return distrust(path, "has more than one name", err);
    }
    why = why_not_guarded(&st, false);
    return why == NULL ? JD_OK : distrust(path, why, err);
}

static enum jd_code read_all(const char *path, int fd, struct jd_buf *out, struct jd_err *err)
{
    char chunk[CHUNK_BYTES];
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return posix_fail(err, "read policy", errno);
        }
        if (n == 0) {
            return JD_OK;
        }
        jd_buf_add(out, chunk, (size_t)n);
        if (out->failed) {
            return out->no_memory ? jd_fail(err, JD_E_NO_MEMORY, "read policy", NULL)
                                  : jd_fail_text(err, JD_E_POLICY_INVALID, "policy", NULL, "%s: longer than %zu bytes",
                                                 path, out->ceiling);
        }
    }
}

static enum jd_code judge_and_read(const char *path, int fd, struct jd_buf *out, struct jd_err *err)
{
    size_t before = out->len;
    enum jd_code code = judge_file(path, fd, err);
    if (code == JD_OK) {
        code = read_all(path, fd, out, err);
    }
    if (code != JD_OK) {
        jd_buf_cut(out, before);
    }
    return code;
}

enum jd_code os_policy_read(const char *path, struct jd_buf *out, struct jd_err *err)
{
    int folder = -1;
    int fd = -1;
    char leaf[NAME_MAX + 1];
    enum jd_code code;
    OS_HOOK("policy_read", err);
    code = walk(path, &folder, leaf, err);
    if (code == JD_OK) {
        /* O_NONBLOCK: a FIFO in its place must not hold the loop. */
        fd = openat(folder, leaf, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        code = fd < 0 ? fail_open(path, errno, false, err) : judge_and_read(path, fd, out, err);
    }
    if (fd >= 0) {
        close(fd);
    }
    if (folder >= 0) {
        close(folder);
    }
    return code;
}
