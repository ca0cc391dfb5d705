/* SPDX-License-Identifier: MIT */
/* The pending journal: one file an entry. */
#include "service/os/posix/os_state_posix.h"

#include "service/os/os_hook.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TOKEN_DIGITS = 16, CHUNK_BYTES = 4096 };

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
        return posix_state_fail(err, "list pending", errno);
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
        posix_state_fail(err, "list pending", errno);
        closedir(listing);
        return err->code;
    }
    closedir(listing);
    *out = found;
    return JD_OK;
}

enum jd_code posix_state_last_token(const struct os_state *state, uint64_t *out, struct jd_err *err)
{
    struct tokens tokens;
    enum jd_code code = list_tokens(state, 0, &tokens, err);
    if (code == JD_OK) {
        *out = tokens.largest;
    }
    return code;
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
        return posix_state_fail(err, "add pending", errno);
    }
    number = write_entry(state, fd, text, len, flush);
    close(fd);
    if (number != 0) {
        unlinkat(state->pending, name, 0);
        return posix_state_fail(err, "add pending", number);
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
                               : posix_state_fail(err, "drop pending", errno);
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
    return n < 0 ? posix_state_fail(err, "read pending", errno) : jd_buf_check(out, err);
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
    code = fd < 0 ? posix_state_fail(err, "open pending", errno) : read_entry(fd, out, err);
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
