/* SPDX-License-Identifier: MIT */
/*
 * The folder holds: lock (flock; goes with the process, however it dies), sequence (8 bytes, least significant first)
 * and pending/, one file an entry, named by its token in 16 hex digits.
 */
#include "service/os/os_state.h"

#include "service/os/os_hook.h"
#include "service/os/posix/posix.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOKEN_DIGITS = 16, SEQUENCE_BYTES = 8, CHUNK_BYTES = 4096 };

struct os_state {
    int folder;
    int lock;
    int pending;
    int sequence;
    uint64_t last_token;    /* under mutex */
    uint64_t last_sequence; /* under mutex */
    pthread_mutex_t mutex;
};

static enum jd_code fail_state(struct jd_err *err, const char *stage, int number)
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
        return fail_state(err, "make state folder", errno);
    }
    fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return fail_state(err, "open state folder", errno);
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
        return fail_state(err, "open state lock", errno);
    }
    if (flock(state->lock, LOCK_EX | LOCK_NB) == 0) {
        return JD_OK;
    }
    if (errno == EWOULDBLOCK) {
        return jd_fail_text(err, JD_E_ALREADY_RUNNING, "lock state", NULL, "another instance holds the state folder");
    }
    return fail_state(err, "lock state", errno);
}

static bool parse_token(const char *name, uint64_t *out)
{
    uint64_t token = 0;
    if (strlen(name) != TOKEN_DIGITS) {
        return false;
    }
    for (size_t i = 0; i < TOKEN_DIGITS; i++) {
        const char *digits = "0123456789abcdef";
        const char *digit = strchr(digits, name[i]);
        if (digit == NULL) {
            return false;
        }
        token = token << 4 | (uint64_t)(digit - digits);
    }
    *out = token;
    return token != 0;
}

static void name_token(uint64_t token, char name[TOKEN_DIGITS + 1])
{
    snprintf(name, TOKEN_DIGITS + 1, "%016" PRIx64, token);
}

/* A stream of its own a call: two threads never share a directory position. */
static DIR *open_listing(const struct os_state *state)
{
    DIR *listing;
    int fd = openat(state->pending, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return NULL;
    }
    listing = fdopendir(fd);
    if (listing == NULL) {
        close(fd);
    }
    return listing;
}

struct tokens {
    uint64_t next; /* smallest above what was asked; 0: none */
    uint64_t largest;
};

static enum jd_code list_tokens(const struct os_state *state, uint64_t after, struct tokens *out, struct jd_err *err)
{
    struct tokens found = {0, 0};
    DIR *listing = open_listing(state);
    if (listing == NULL) {
        return fail_state(err, "list pending", errno);
    }
    errno = 0;
    for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
        uint64_t token;
        if (!parse_token(entry->d_name, &token)) {
            continue;
        }
        if (token > found.largest) {
            found.largest = token;
        }
        if (token > after && (found.next == 0 || token < found.next)) {
            found.next = token;
        }
    }
    if (errno != 0) {
        fail_state(err, "list pending", errno);
        closedir(listing);
        return err->code;
    }
    closedir(listing);
    *out = found;
    return JD_OK;
}

static enum jd_code read_sequence(struct os_state *state, struct jd_err *err)
{
    uint8_t bytes[SEQUENCE_BYTES];
    ssize_t n;
    state->sequence = openat(state->folder, "sequence", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (state->sequence < 0) {
        return fail_state(err, "open sequence", errno);
    }
    n = pread(state->sequence, bytes, sizeof bytes, 0);
    if (n != 0 && n != SEQUENCE_BYTES) {
        return n < 0 ? fail_state(err, "read sequence", errno) : refuse_folder(err, "sequence", "not 8 bytes");
    }
    for (size_t i = (size_t)n; i > 0; i--) {
        state->last_sequence = state->last_sequence << 8 | bytes[i - 1];
    }
    return JD_OK;
}

static enum jd_code open_parts(struct os_state *state, const char *folder, struct jd_err *err)
{
    struct tokens tokens;
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
        code = list_tokens(state, 0, &tokens, err);
    }
    if (code == JD_OK) {
        state->last_token = tokens.largest;
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

static int write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, text, len);
        if (n < 0 && errno != EINTR) {
            return errno;
        }
        if (n > 0) {
            text += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

/* The errno that stood in the way, or 0. */
static int write_entry(const struct os_state *state, int fd, const char *text, size_t len, bool flush)
{
    int number = write_all(fd, text, len);
    if (number == 0 && flush && (fsync(fd) != 0 || fsync(state->pending) != 0)) {
        number = errno;
    }
    return number;
}

static uint64_t take_token(struct os_state *state)
{
    uint64_t token;
    pthread_mutex_lock(&state->mutex);
    token = ++state->last_token;
    pthread_mutex_unlock(&state->mutex);
    return token;
}

enum jd_code os_state_pending_add(struct os_state *state, const char *text, size_t len, bool flush, uint64_t *out_token,
                                  struct jd_err *err)
{
    char name[TOKEN_DIGITS + 1];
    uint64_t token;
    int fd;
    int number;
    OS_HOOK("state_pending_add", err);
    token = take_token(state);
    name_token(token, name);
    fd = openat(state->pending, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        return fail_state(err, "add pending", errno);
    }
    number = write_entry(state, fd, text, len, flush);
    close(fd);
    if (number != 0) {
        unlinkat(state->pending, name, 0);
        return fail_state(err, "add pending", number);
    }
    *out_token = token;
    return JD_OK;
}

enum jd_code os_state_pending_drop(struct os_state *state, uint64_t token, struct jd_err *err)
{
    char name[TOKEN_DIGITS + 1];
    OS_HOOK("state_pending_drop", err);
    name_token(token, name);
    if (unlinkat(state->pending, name, 0) != 0) {
        return errno == ENOENT ? jd_fail(err, JD_E_NOT_FOUND, "drop pending", NULL)
                               : fail_state(err, "drop pending", errno);
    }
    return JD_OK;
}

static enum jd_code read_entry(int fd, struct jd_buf *out, struct jd_err *err)
{
    char chunk[CHUNK_BYTES];
    ssize_t n;
    do {
        n = read(fd, chunk, sizeof chunk);
        if (n > 0) {
            jd_buf_add(out, chunk, (size_t)n);
        }
    } while ((n > 0 && !out->failed) || (n < 0 && errno == EINTR));
    return n < 0 ? fail_state(err, "read pending", errno) : jd_buf_check(out, err);
}

enum jd_code os_state_pending_next(struct os_state *state, uint64_t after, uint64_t *out_token, struct jd_buf *out,
                                   struct jd_err *err)
{
    char name[TOKEN_DIGITS + 1];
    struct tokens tokens;
    size_t before = out->len;
    enum jd_code code;
    int fd;
    OS_HOOK("state_pending_next", err);
    do { /* an entry dropped since the listing is passed over */
        code = list_tokens(state, after, &tokens, err);
        if (code != JD_OK) {
            return code;
        }
        if (tokens.next == 0) {
            return jd_fail(err, JD_E_NOT_FOUND, "next pending", NULL);
        }
        after = tokens.next;
        name_token(tokens.next, name);
        fd = openat(state->pending, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    } while (fd < 0 && errno == ENOENT);
    code = fd < 0 ? fail_state(err, "open pending", errno) : read_entry(fd, out, err);
    if (fd >= 0) {
        close(fd);
    }
    if (code != JD_OK) {
        jd_buf_cut(out, before);
        return code;
    }
    *out_token = tokens.next;
    return JD_OK;
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
