/* SPDX-License-Identifier: MIT */
#include "client/os/conn.h"

#include "common/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

struct conn {
    int fd;
};

enum conn_kind conn_kind(void)
{
    return CONN_SOCKET;
}

uint64_t conn_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

enum jd_code conn_endpoint_from_environment(char **out, struct jd_err *err)
{
    /* secure_: a setuid program must not be led to a server its caller chose. */
    const char *value = secure_getenv("JUNCTIOND_ENDPOINT");
    char *copy = NULL;
    if (value != NULL && value[0] != '\0') {
        copy = jd_strdup(value);
        if (copy == NULL) {
            return jd_fail(err, JD_E_NO_MEMORY, "endpoint", NULL);
        }
    }
    *out = copy;
    return JD_OK;
}

/* Milliseconds left, at most what poll takes. */
static int left_until(uint64_t deadline_ms)
{
    uint64_t now = conn_now_ms();
    uint64_t left = deadline_ms > now ? deadline_ms - now : 0;
    return left > INT_MAX ? INT_MAX : (int)left;
}

static enum jd_code fail_at(struct jd_err *err, enum jd_code code, const char *stage, const char *what,
                            const char *endpoint, int number)
{
    jd_fail_text(err, code, stage, NULL, "%s %s", what, endpoint);
    err->domain = number == 0 ? JD_DOMAIN_NONE : JD_DOMAIN_ERRNO;
    err->number = number;
    return code;
}

/* A missing socket in a folder that exists was taken away by a service that stopped. */
static enum jd_code fail_missing(const char *endpoint, struct jd_err *err)
{
    char folder[PATH_MAX];
    struct stat st;
    size_t len = strlen(endpoint);
    memcpy(folder, endpoint, len + 1); /* shorter than sun_path, see fill_address */
    if (stat(dirname(folder), &st) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
        return fail_at(err, JD_E_NOT_INSTALLED, "connect", "there is no folder for", endpoint, ENOENT);
    }
    return fail_at(err, JD_E_NOT_RUNNING, "connect", "there is no", endpoint, ENOENT);
}

/* What connect(2) and unix(7) may answer, and what that says about the service. */
static const struct meaning {
    int number;
    enum jd_code code;
    const char *what;
} meanings[] = {
    {ECONNREFUSED, JD_E_NOT_RUNNING, "nobody listens at"},
    {EACCES, JD_E_CONNECT_DENIED, "this account may not connect to"},
    {EPERM, JD_E_CONNECT_DENIED, "this account may not connect to"},
    {EAGAIN, JD_E_CONNECT_TIMED_OUT, "nobody took the connection at"},
    {ETIMEDOUT, JD_E_CONNECT_TIMED_OUT, "nobody took the connection at"},
    {EPROTOTYPE, JD_E_WRONG_SERVER, "this socket is of another kind:"},
    {ENOMEM, JD_E_NO_MEMORY, "no memory to connect to"},
    {ENOBUFS, JD_E_NO_MEMORY, "no memory to connect to"},
};

static enum jd_code fail_connect(const char *endpoint, int number, struct jd_err *err)
{
    if (number == ENOENT || number == ENOTDIR) {
        return fail_missing(endpoint, err);
    }
    for (size_t i = 0; i < JD_COUNT(meanings); i++) {
        if (meanings[i].number == number) {
            return fail_at(err, meanings[i].code, "connect", meanings[i].what, endpoint, number);
        }
    }
    return fail_at(err, JD_E_PLATFORM, "connect", "cannot connect to", endpoint, number);
}

static enum jd_code fill_address(const char *endpoint, struct sockaddr_un *address, struct jd_err *err)
{
    size_t len = strlen(endpoint);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (len == 0 || len >= sizeof address->sun_path) {
        return jd_fail_text(err, JD_E_USAGE, "connect", "endpoint_length", "an endpoint is a path of 1 to %zu bytes",
                            sizeof address->sun_path - 1);
    }
    memcpy(address->sun_path, endpoint, len + 1);
    return JD_OK;
}

static bool is_trusted(uid_t uid)
{
    return uid == 0 || uid == geteuid();
}

/*
 * The file is looked at and not what a link in its place leads to: whoever may plant a link here could lead us to
 * another root program's socket, whose listener looks right.
 */
static enum jd_code check_file(const char *endpoint, struct jd_err *err)
{
    struct stat st;
    if (lstat(endpoint, &st) != 0) {
        return fail_connect(endpoint, errno, err);
    }
    if (!S_ISSOCK(st.st_mode)) {
        return fail_at(err, JD_E_WRONG_SERVER, "verify", "this is not a socket:", endpoint, 0);
    }
    if (!is_trusted(st.st_uid)) {
        return jd_fail_text(err, JD_E_WRONG_SERVER, "verify", "socket_owner", "uid %lu owns %s",
                            (unsigned long)st.st_uid, endpoint);
    }
    return JD_OK;
}

/* The credentials are of the process that called listen, taken by the kernel then: unix(7), SO_PEERCRED. */
static enum jd_code check_peer(int fd, const char *endpoint, struct jd_err *err)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 || len != sizeof peer) {
        return fail_at(err, JD_E_WRONG_SERVER, "verify", "nothing is known of who listens at", endpoint, errno);
    }
    if (!is_trusted(peer.uid)) {
        return jd_fail_text(err, JD_E_WRONG_SERVER, "verify", "server_user", "uid %lu listens at %s",
                            (unsigned long)peer.uid, endpoint);
    }
    return JD_OK;
}

/*
 * A blocking connect with SO_SNDTIMEO: on a full backlog a non-blocking one fails at once and poll cannot wait for room
 * (unix(7)). The time is set again on each round, for a signal may have eaten some of it.
 */
static int connect_until(int fd, const struct sockaddr_un *address, uint64_t deadline_ms)
{
    do {
        int left = left_until(deadline_ms);
        struct timeval time = {.tv_sec = left / 1000, .tv_usec = (left % 1000) * 1000};
        if (left == 0) {
            return ETIMEDOUT;
        }
        if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time) != 0) {
            return errno;
        }
        if (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0) {
            return 0;
        }
    } while (errno == EINTR);
    return errno;
}

static enum jd_code connect_and_verify(int fd, const char *endpoint, uint64_t deadline_ms, struct jd_err *err)
{
    struct sockaddr_un address;
    enum jd_code code = fill_address(endpoint, &address, err);
    int number;
    if (code != JD_OK) {
        return code;
    }
    number = connect_until(fd, &address, deadline_ms);
    if (number != 0) {
        return fail_connect(endpoint, number, err);
    }
    code = check_peer(fd, endpoint, err);
    return code != JD_OK ? code : check_file(endpoint, err);
}

enum jd_code conn_open(const char *endpoint, bool endpoint_is_explicit, uint64_t deadline_ms, struct conn **out,
                       struct jd_err *err)
{
    enum jd_code code;
    struct conn *conn = malloc(sizeof *conn);
    (void)endpoint_is_explicit; /* owners are asked for in either case */
    if (conn == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "connect", NULL);
    }
    conn->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    code = conn->fd < 0 ? jd_fail_sys(err, JD_E_PLATFORM, "connect", JD_DOMAIN_ERRNO, errno)
                        : connect_and_verify(conn->fd, endpoint, deadline_ms, err);
    if (code != JD_OK) {
        conn_close(conn);
        return code;
    }
    *out = conn;
    return JD_OK;
}

void conn_close(struct conn *conn)
{
    if (conn == NULL) {
        return;
    }
    if (conn->fd >= 0) {
        close(conn->fd);
    }
    free(conn);
}

static enum jd_code fail_io(const char *stage, int number, struct jd_err *err)
{
    if (number != EPIPE && number != ECONNRESET) {
        return jd_fail_sys(err, JD_E_PLATFORM, stage, JD_DOMAIN_ERRNO, number);
    }
    jd_fail_sys(err, JD_E_NOT_RUNNING, stage, JD_DOMAIN_ERRNO, number);
    err->reason = "connection_lost";
    return JD_E_NOT_RUNNING;
}

/* Waits for events. OK also means: try again and see. */
static enum jd_code wait_for(const struct conn *conn, short events, const char *stage, uint64_t deadline_ms,
                             struct jd_err *err)
{
    struct pollfd p = {.fd = conn->fd, .events = events};
    int left = left_until(deadline_ms);
    if (left == 0) {
        return jd_fail(err, JD_E_REPLY_TIMED_OUT, stage, NULL);
    }
    if (poll(&p, 1, left) < 0 && errno != EINTR) {
        return jd_fail_sys(err, JD_E_PLATFORM, stage, JD_DOMAIN_ERRNO, errno);
    }
    return JD_OK;
}

enum jd_code conn_write(struct conn *conn, const void *bytes, size_t len, uint64_t deadline_ms, struct jd_err *err)
{
    const char *next = bytes;
    while (len > 0) {
        ssize_t n = send(conn->fd, next, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n >= 0) {
            next += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN) {
            enum jd_code code = wait_for(conn, POLLOUT, "send", deadline_ms, err);
            if (code != JD_OK) {
                return code;
            }
        } else if (errno != EINTR) {
            return fail_io("send", errno, err);
        }
    }
    return JD_OK;
}

enum jd_code conn_read(struct conn *conn, void *buf, size_t cap, uint64_t deadline_ms, size_t *out_n,
                       struct jd_err *err)
{
    for (;;) {
        ssize_t n = recv(conn->fd, buf, cap, MSG_DONTWAIT);
        if (n >= 0) {
            *out_n = (size_t)n;
            return JD_OK;
        }
        if (errno == EAGAIN) {
            enum jd_code code = wait_for(conn, POLLIN, "receive", deadline_ms, err);
            if (code != JD_OK) {
                return code;
            }
        } else if (errno != EINTR) {
            return fail_io("receive", errno, err);
        }
    }
}
