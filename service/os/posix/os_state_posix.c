/* SPDX-License-Identifier: MIT */
#include "service/os/posix/os_state_posix.h"

#include "service/os/os_hook.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SEQUENCE_BYTES = 8 };

enum jd_code posix_state_fail(struct jd_err *err, const char *stage, int number)
{
    enum jd_code code = posix_code(number);
    if (code != JD_E_NO_SPACE && code != JD_E_NO_MEMORY) {
        code = JD_E_STATE_UNAVAILABLE;
    }
    return jd_fail_sys(err, code, stage, JD_DOMAIN_ERRNO, number);
}

static enum jd_code refuse_folder(struct jd_err *err, const char *name, const char *why)
{
    return jd_fail_text(err, JD_E_STATE_UNAVAILABLE, "open state", NULL, "%s: %s", name, why);
}

/*
 * Makes name where it is missing and opens it when it is a folder of the service's own, with the mode the service
 * gives. One that somebody else made, or opened to others, may hold anything: it is refused, never put right.
 */
static enum jd_code open_own_folder(int at, const char *name, int *out, struct jd_err *err)
{
    struct stat st;
    int fd;
    bool is_made = mkdirat(at, name, 0700) == 0;
    if (!is_made && errno != EEXIST) {
        return posix_state_fail(err, "make state folder", errno);
    }
    fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return posix_state_fail(err, "open state folder", errno);
    }
    if (is_made) {
        (void)!fchmod(fd, 0700); /* whatever the umask took away; the check below judges */
    }
    if (fstat(fd, &st) != 0 || st.st_uid != geteuid() || (st.st_mode & 07777) != 0700) {
        close(fd);
        return refuse_folder(err, name, "not a folder of the service's own with mode 0700");
    }
    *out = fd;
    return JD_OK;
}

static enum jd_code take_lock(struct os_state *state, struct jd_err *err)
{
    state->lock = openat(state->folder, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (state->lock < 0) {
        return posix_state_fail(err, "open state lock", errno);
    }
    if (flock(state->lock, LOCK_EX | LOCK_NB) == 0) {
        return JD_OK;
    }
    if (errno == EWOULDBLOCK) {
        return jd_fail_text(err, JD_E_ALREADY_RUNNING, "lock state", NULL, "another instance holds the state folder");
    }
    return posix_state_fail(err, "lock state", errno);
}

static enum jd_code read_sequence(struct os_state *state, struct jd_err *err)
{
    uint8_t bytes[SEQUENCE_BYTES];
    ssize_t n;
    state->sequence = openat(state->folder, "sequence", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (state->sequence < 0) {
        return posix_state_fail(err, "open sequence", errno);
    }
    n = pread(state->sequence, bytes, sizeof bytes, 0);
    if (n != 0 && n != SEQUENCE_BYTES) {
        return n < 0 ? posix_state_fail(err, "read sequence", errno) : refuse_folder(err, "sequence", "not 8 bytes");
    }
    for (size_t i = (size_t)n; i > 0; i--) {
        state->last_sequence = state->last_sequence << 8 | bytes[i - 1];
    }
    return JD_OK;
}

static enum jd_code open_parts(struct os_state *state, const char *folder, struct jd_err *err)
{
    enum jd_code code = open_own_folder(AT_FDCWD, folder, &state->folder, err);
    if (code == JD_OK) {
        code = take_lock(state, err);
    }
    if (code == JD_OK) {
        code = open_own_folder(state->folder, "pending", &state->pending, err);
    }
    if (code == JD_OK) {
        code = read_sequence(state, err);
    }
    if (code == JD_OK) {
        code = posix_state_last_token(state, &state->last_token, err);
    }
    return code;
}

enum jd_code os_state_open(const char *folder, struct os_state **out, struct jd_err *err)
{
    struct os_state *state;
    enum jd_code code;
    OS_HOOK("state_open", err);
    state = calloc(1, sizeof *state);
    if (state == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open state", NULL);
    }
    state->folder = state->lock = state->pending = state->sequence = -1;
    pthread_mutex_init(&state->mutex, NULL);
    code = open_parts(state, folder, err);
    if (code != JD_OK) {
        os_state_close(state);
        return code;
    }
    *out = state;
    return JD_OK;
}

void os_state_close(struct os_state *state)
{
    if (state == NULL) {
        return;
    }
    const int fds[] = {state->sequence, state->pending, state->lock, state->folder};
    for (size_t i = 0; i < JD_COUNT(fds); i++) {
        if (fds[i] >= 0) {
            close(fds[i]);
        }
    }
    pthread_mutex_destroy(&state->mutex);
    free(state);
}

/* In place, in one write below a page: a death of the process leaves the old number or the new one. */
static int write_sequence(const struct os_state *state, uint64_t value)
{
    uint8_t bytes[SEQUENCE_BYTES];
    ssize_t n;
    for (size_t i = 0; i < SEQUENCE_BYTES; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
    n = pwrite(state->sequence, bytes, sizeof bytes, 0);
    return n == SEQUENCE_BYTES ? 0 : n < 0 ? errno : ENOSPC;
}

enum jd_code os_state_next_sequence(struct os_state *state, uint64_t *out, struct jd_err *err)
{
    uint64_t value;
    int number;
    OS_HOOK("state_next_sequence", err);
    pthread_mutex_lock(&state->mutex);
    value = state->last_sequence + 1;
    number = write_sequence(state, value);
    if (number == 0) {
        state->last_sequence = value;
    }
    pthread_mutex_unlock(&state->mutex);
    if (number != 0) {
        return jd_fail_sys(err, JD_E_STATE_UNAVAILABLE, "next sequence", JD_DOMAIN_ERRNO, number);
    }
    *out = value;
    return JD_OK;
}
