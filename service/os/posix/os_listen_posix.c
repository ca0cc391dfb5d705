/* SPDX-License-Identifier: MIT */
/*
 * The socket is bound here and handed to libuv open: uv_pipe_bind cuts a long path short in silence and leaves the mode
 * to a chmod afterwards. Who owns the endpoint is told by a lock on <endpoint>.lock, which goes with its process: a
 * socket file whose lock is free belongs to a dead instance.
 */
#include "service/os/os_listen.h"

#include "common/buf.h"
#include "service/os/os_hook.h"
#include "service/os/posix/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

enum { BACKLOG = 128, LOCK_TRIES = 100 };

struct os_listener {
    uv_pipe_t server;
    char *endpoint;
    char *lock_path;
    int lock; /* -1: not ours */
    dev_t device;
    ino_t inode; /* of our socket file; 0: none made */
    os_listen_fn on_client;
    void (*on_closed)(void *context);
    void *context;        /* on_client's */
    void *closed_context; /* on_closed's */
};

static enum jd_code refuse(struct jd_err *err, const char *path, const char *why, int number)
{
    jd_fail_text(err, JD_E_ENDPOINT_UNUSABLE, "open endpoint", NULL, "%s: %s", path, why);
    if (number != 0) {
        err->domain = JD_DOMAIN_ERRNO;
        err->number = number;
    }
    return err->code;
}

/* Whoever may rename in the folder could put a socket of his own in place of ours. */
static enum jd_code judge_folder(const char *folder, struct jd_err *err)
{
    struct stat st;
    if (stat(folder, &st) != 0) {
        return refuse(err, folder, "cannot be looked at", errno);
    }
    if (!S_ISDIR(st.st_mode) || (st.st_uid != 0 && st.st_uid != geteuid())) {
        return refuse(err, folder, "not a folder of root or of the service", 0);
    }
    if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0 && (st.st_mode & S_ISVTX) == 0) {
        return refuse(err, folder, "may be written by others", 0);
    }
    return JD_OK;
}

/* /run is empty after a boot: the last folder of the path is made, root's and 0755 whatever the umask. */
static enum jd_code prepare_folder(const char *endpoint, struct jd_err *err)
{
    const char *slash = strrchr(endpoint, '/');
    char *folder;
    enum jd_code code;
    if (slash == NULL || slash == endpoint) {
        return judge_folder(slash == NULL ? "." : "/", err);
    }
    folder = jd_strndup(endpoint, (size_t)(slash - endpoint));
    if (folder == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open endpoint", NULL);
    }
    if (mkdir(folder, 0755) == 0) {
        code = chmod(folder, 0755) == 0 ? JD_OK : refuse(err, folder, "cannot be made", errno);
    } else {
        code = errno == EEXIST ? JD_OK : refuse(err, folder, "cannot be made", errno);
    }
    if (code == JD_OK) {
        code = judge_folder(folder, err);
    }
    free(folder);
    return code;
}

/* An instance that ends takes its lock file away: a lock got on a file that is no longer there protects nothing. */
static bool still_stands(const char *path, int fd)
{
    struct stat by_fd;
    struct stat by_name;
    return fstat(fd, &by_fd) == 0 && lstat(path, &by_name) == 0 && by_fd.st_ino == by_name.st_ino &&
           by_fd.st_dev == by_name.st_dev;
}

static enum jd_code try_lock(const char *path, int fd, struct jd_err *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid()) {
        return refuse(err, path, "not a lock file of the service's own", 0);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        return JD_OK;
    }
    if (errno == EWOULDBLOCK) {
        return jd_fail_text(err, JD_E_ALREADY_RUNNING, "open endpoint", NULL, "another instance holds %s", path);
    }
    return refuse(err, path, "cannot be locked", errno);
}

static enum jd_code take_lock(struct os_listener *listener, struct jd_err *err)
{
    const char *path = listener->lock_path;
    for (int i = 0; i < LOCK_TRIES; i++) {
        enum jd_code code;
        int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
        if (fd < 0) {
            return refuse(err, path, "cannot be opened", errno);
        }
        code = try_lock(path, fd, err);
        if (code == JD_OK && still_stands(path, fd)) {
            listener->lock = fd;
            return JD_OK;
        }
        close(fd);
        if (code != JD_OK) {
            return code;
        }
    }
    return refuse(err, path, "comes and goes", 0);
}

/* What a dead instance left, and nothing else. The lock is held. */
static enum jd_code remove_stale(const char *endpoint, struct jd_err *err)
{
    struct stat st;
    if (lstat(endpoint, &st) != 0) {
        return errno == ENOENT ? JD_OK : refuse(err, endpoint, "cannot be looked at", errno);
    }
    if (!S_ISSOCK(st.st_mode) || st.st_uid != geteuid()) {
        return refuse(err, endpoint, "something that is no socket of the service stands there", 0);
    }
    return unlink(endpoint) == 0 ? JD_OK : refuse(err, endpoint, "cannot be taken over", errno);
}

/*
 * bind() gives the file 0777 less the umask. The umask belongs to the whole process, so it is changed for this one call
 * only, at start, before any worker makes a file; a chmod afterwards would leave a moment in which callers are refused.
 */
static int bind_open_to_all(int fd, const struct sockaddr_un *address)
{
    mode_t before = umask(0111);
    int number = bind(fd, (const struct sockaddr *)address, sizeof *address) == 0 ? 0 : errno;
    umask(before);
    return number;
}

static enum jd_code make_socket(struct os_listener *listener, int *out, struct jd_err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat st;
    size_t len = strlen(listener->endpoint);
    int number;
    int fd;
    if (len == 0 || len >= sizeof address.sun_path) {
        return refuse(err, listener->endpoint, "a socket's path has 1 to 107 bytes", 0);
    }
    memcpy(address.sun_path, listener->endpoint, len + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return refuse(err, listener->endpoint, "no socket", errno);
    }
    number = bind_open_to_all(fd, &address);
    if (number != 0) {
        close(fd);
        return refuse(err, listener->endpoint, "cannot be bound", number);
    }
    if (lstat(listener->endpoint, &st) == 0) {
        listener->device = st.st_dev;
        listener->inode = st.st_ino;
    }
    *out = fd;
    return JD_OK;
}

/* Takes the socket file away when it is ours still, then the lock. */
static void give_up_endpoint(struct os_listener *listener)
{
    struct stat st;
    if (listener->inode != 0 && lstat(listener->endpoint, &st) == 0 && st.st_ino == listener->inode &&
        st.st_dev == listener->device) {
        unlink(listener->endpoint);
    }
    if (listener->lock >= 0) {
        unlink(listener->lock_path);
        close(listener->lock);
    }
}

static void free_listener(struct os_listener *listener)
{
    free(listener->endpoint);
    free(listener->lock_path);
    free(listener);
}

static struct os_listener *new_listener(const char *endpoint)
{
    struct jd_buf lock_path;
    struct os_listener *listener = calloc(1, sizeof *listener);
    if (listener == NULL) {
        return NULL;
    }
    jd_buf_init(&lock_path, strlen(endpoint) + sizeof ".lock");
    jd_buf_add_format(&lock_path, "%s.lock", endpoint);
    listener->lock = -1;
    listener->endpoint = jd_strdup(endpoint);
    listener->lock_path = lock_path.data;
    if (lock_path.failed || listener->endpoint == NULL) {
        free_listener(listener);
        return NULL;
    }
    return listener;
}

size_t os_listen_capacity(void)
{
    return SIZE_MAX;
}

/* A failed accept (too many descriptors) is libuv's to try again: nobody waits here then. */
static void on_connection(uv_stream_t *server, int status)
{
    struct os_listener *listener = server->data;
    if (status == 0) {
        listener->on_client(listener->context, listener);
    }
}

static void on_server_closed(uv_handle_t *handle)
{
    struct os_listener *listener = handle->data;
    void (*on_closed)(void *context) = listener->on_closed;
    void *context = listener->closed_context;
    free_listener(listener);
    if (on_closed != NULL) {
        on_closed(context);
    }
}

/* Takes over fd. From here on the listener is freed by the loop. */
static enum jd_code serve(struct os_listener *listener, uv_loop_t *loop, int fd, struct jd_err *err)
{
    int number = uv_pipe_init(loop, &listener->server, 0); /* cannot fail on Unix */
    listener->server.data = listener;
    if (number == 0) {
        number = uv_pipe_open(&listener->server, fd);
    }
    if (number != 0) {
        close(fd);
    } else {
        number = uv_listen((uv_stream_t *)&listener->server, BACKLOG, on_connection);
    }
    if (number == 0) {
        return JD_OK;
    }
    give_up_endpoint(listener);
    uv_close((uv_handle_t *)&listener->server, on_server_closed);
    return jd_fail_sys(err, JD_E_ENDPOINT_UNUSABLE, "listen", JD_DOMAIN_UV, number);
}

static enum jd_code claim_endpoint(struct os_listener *listener, int *out, struct jd_err *err)
{
    enum jd_code code = prepare_folder(listener->endpoint, err);
    if (code == JD_OK) {
        code = take_lock(listener, err);
    }
    if (code == JD_OK) {
        code = remove_stale(listener->endpoint, err);
    }
    if (code == JD_OK) {
        code = make_socket(listener, out, err);
    }
    return code;
}

enum jd_code os_listen_open(struct uv_loop_s *loop, const char *endpoint, os_listen_fn on_client, void *context,
                            struct os_listener **out, struct jd_err *err)
{
    struct os_listener *listener;
    enum jd_code code;
    int fd = -1;
    OS_HOOK("listen_open", err);
    listener = new_listener(endpoint);
    if (listener == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open endpoint", NULL);
    }
    listener->on_client = on_client;
    listener->context = context;
    code = claim_endpoint(listener, &fd, err);
    if (code != JD_OK) {
        give_up_endpoint(listener);
        free_listener(listener);
        return code;
    }
    code = serve(listener, loop, fd, err);
    if (code == JD_OK) {
        *out = listener;
    }
    return code;
}

enum jd_code os_listen_accept(struct os_listener *listener, struct uv_pipe_s *pipe, struct jd_err *err)
{
    int number;
    OS_HOOK("listen_accept", err);
    number = uv_accept((uv_stream_t *)&listener->server, (uv_stream_t *)pipe);
    return number == 0 ? JD_OK : jd_fail_sys(err, JD_E_PLATFORM, "accept", JD_DOMAIN_UV, number);
}

void os_listen_close(struct os_listener *listener, void (*on_closed)(void *context), void *context)
{
    listener->on_closed = on_closed;
    listener->closed_context = context;
    give_up_endpoint(listener);
    uv_close((uv_handle_t *)&listener->server, on_server_closed);
}
