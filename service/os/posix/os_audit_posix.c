/* SPDX-License-Identifier: MIT */
/*
 * syslog(3) cannot fail and blocks as long as the daemon likes, so the datagrams are sent here and each answer is
 * looked at. The form is the one local daemons have always read: <priority>Mmm dd hh:mm:ss ident[pid]: text.
 */
#include "service/os/os_audit.h"

#include "common/buf.h"
#include "service/os/os_clock.h"
#include "service/os/os_hook.h"
#include "service/os/posix/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    AUTHPRIV = 10 << 3, /* the facility of RFC 5424, table 1, for what only administrators may read */
    WAIT_MS = 1000,
    ROOM_FOR_HEADER = 128
};

struct os_audit {
    bool to_file;
    char *file;
    int fd;
    bool is_torn;          /* the file ends inside a record that was refused; under mutex */
    pthread_mutex_t mutex; /* file only: fd changes at a reopen. A datagram goes as a whole, without a lock */
};

static const char *log_path = "/dev/log";

#if defined(OS_HOOKS)
void posix_audit_set_log_path(const char *path)
{
    log_path = path;
}
#endif

static enum jd_code refuse(struct jd_err *err, const char *stage, int number)
{
    return jd_fail_sys(err, JD_E_AUDIT_UNAVAILABLE, stage, JD_DOMAIN_ERRNO, number);
}

static enum jd_code open_file(const char *path, int *out, struct jd_err *err)
{
    struct stat st;
    /* O_NONBLOCK: opening a FIFO that nobody reads must not hang the start. */
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0) {
        return refuse(err, "open audit file", errno);
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 0022) != 0) {
        close(fd);
        return jd_fail_text(err, JD_E_AUDIT_UNAVAILABLE, "open audit file", NULL,
                            "%s: not a plain file that only the service writes", path);
    }
    *out = fd;
    return JD_OK;
}

/* 0, or the errno. Connecting anew on the same descriptor is how a datagram socket follows a daemon that was restarted.
 */
static int connect_log(int fd)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(log_path);
    if (len >= sizeof address.sun_path) {
        return ENAMETOOLONG;
    }
    memcpy(address.sun_path, log_path, len + 1);
    return connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
}

static enum jd_code open_log(int *out, struct jd_err *err)
{
    int number;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return refuse(err, "open system log", errno);
    }
    number = connect_log(fd);
    if (number != 0) {
        close(fd);
        return refuse(err, "connect to system log", number);
    }
    *out = fd;
    return JD_OK;
}

enum jd_code os_audit_open(const struct os_audit_options *options, struct os_audit **out, struct jd_err *err)
{
    struct os_audit *audit;
    enum jd_code code;
    OS_HOOK("audit_open", err);
    audit = calloc(1, sizeof *audit);
    if (audit == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open audit", NULL);
    }
    audit->fd = -1;
    audit->to_file = options->to_file;
    audit->file = jd_strdup(options->to_file ? options->file : "");
    pthread_mutex_init(&audit->mutex, NULL);
    if (audit->file == NULL) {
        code = jd_fail(err, JD_E_NO_MEMORY, "open audit", NULL);
    } else {
        code = audit->to_file ? open_file(audit->file, &audit->fd, err) : open_log(&audit->fd, err);
    }
    if (code != JD_OK) {
        os_audit_close(audit);
        return code;
    }
    *out = audit;
    return JD_OK;
}

void os_audit_close(struct os_audit *audit)
{
    if (audit == NULL) {
        return;
    }
    if (audit->fd >= 0) {
        close(audit->fd);
    }
    pthread_mutex_destroy(&audit->mutex);
    free(audit->file);
    free(audit);
}

/*
 * A record cut short by a full disk was refused, so it must not stay; where it cannot be taken back, the next one
 * starts on a line of its own. No file work goes beyond the end this process wrote: a rotation by copy and truncate
 * moves it.
 */
static void take_back(struct os_audit *audit, size_t written)
{
    off_t end = lseek(audit->fd, 0, SEEK_CUR);
    struct stat st;
    audit->is_torn = true;
    if (end >= (off_t)written && fstat(audit->fd, &st) == 0 && st.st_size == end &&
        ftruncate(audit->fd, end - (off_t)written) == 0) {
        audit->is_torn = false;
    }
}

static enum jd_code append(struct os_audit *audit, const struct jd_buf *record, struct jd_err *err)
{
    size_t skip = audit->is_torn ? 0 : 1; /* the record begins with a newline for the torn case */
    size_t len = record->len - skip;
    ssize_t n;
    do {
        n = write(audit->fd, record->data + skip, len);
    } while (n < 0 && errno == EINTR);
    if (n == (ssize_t)len) {
        audit->is_torn = false;
        return JD_OK;
    }
    if (n < 0) {
        return refuse(err, "write audit record", errno);
    }
    if (n > 0) {
        take_back(audit, (size_t)n);
    }
    return refuse(err, "write audit record", ENOSPC);
}

static enum jd_code write_file(struct os_audit *audit, const struct os_audit_record *record, struct jd_err *err)
{
    struct jd_buf line;
    enum jd_code code;
    jd_buf_init(&line, strlen(record->line) + 2);
    jd_buf_add_char(&line, '\n');
    jd_buf_add_text(&line, record->line);
    jd_buf_add_char(&line, '\n');
    if (line.failed) {
        code = refuse(err, "write audit record", ENOMEM);
    } else {
        pthread_mutex_lock(&audit->mutex);
        code = append(audit, &line, err);
        pthread_mutex_unlock(&audit->mutex);
    }
    jd_buf_done(&line);
    return code;
}

static bool daemon_is_gone(int number)
{
    return number == ECONNREFUSED || number == ECONNRESET || number == ENOTCONN || number == EDESTADDRREQ ||
           number == ENOENT;
}

static void wait_writable(int fd, uint64_t deadline)
{
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    uint64_t now = os_clock_monotonic_ms();
    if (now < deadline) {
        poll(&wait, 1, (int)(deadline - now));
    }
}

static enum jd_code send_log(int fd, const struct jd_buf *datagram, struct jd_err *err)
{
    uint64_t deadline = os_clock_monotonic_ms() + WAIT_MS;
    bool is_reconnected = false;
    for (;;) {
        int number;
        if (send(fd, datagram->data, datagram->len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
            return JD_OK;
        }
        number = errno;
        if (daemon_is_gone(number) && !is_reconnected) {
            is_reconnected = true;
            number = connect_log(fd);
            if (number != 0) {
                return refuse(err, "connect to system log", number);
            }
        } else if (number == EAGAIN && os_clock_monotonic_ms() < deadline) {
            wait_writable(fd, deadline);
        } else if (number != EINTR) {
            return refuse(err, "write audit record", number);
        }
    }
}

static int priority(enum os_audit_level level)
{
    static const int severity[] = {
        [OS_AUDIT_INFORMATION] = 6, [OS_AUDIT_WARNING] = 4, [OS_AUDIT_ERROR] = 3}; /* RFC 5424, table 2 */
    return AUTHPRIV | severity[level];
}

static enum jd_code write_log(struct os_audit *audit, const struct os_audit_record *record, struct jd_err *err)
{
    struct jd_buf datagram;
    char stamp[32] = "";
    time_t now = (time_t)(os_clock_wall_ms() / 1000);
    struct tm local;
    enum jd_code code;
    if (localtime_r(&now, &local) != NULL) {
        strftime(stamp, sizeof stamp, "%b %e %H:%M:%S", &local); /* the service never leaves the C locale */
    }
    jd_buf_init(&datagram, strlen(record->line) + ROOM_FOR_HEADER);
    jd_buf_add_format(&datagram, "<%d>%s junctiond[%ld]: ", priority(record->level), stamp, (long)getpid());
    jd_buf_add_text(&datagram, record->line);
    code = datagram.failed ? refuse(err, "write audit record", ENOMEM) : send_log(audit->fd, &datagram, err);
    jd_buf_done(&datagram);
    return code;
}

enum jd_code os_audit_write(struct os_audit *audit, const struct os_audit_record *record, struct jd_err *err)
{
    OS_HOOK("audit_write", err);
    return audit->to_file ? write_file(audit, record, err) : write_log(audit, record, err);
}

enum jd_code os_audit_reopen(struct os_audit *audit, struct jd_err *err)
{
    enum jd_code code;
    int fd = -1;
    int old;
    OS_HOOK("audit_reopen", err);
    if (!audit->to_file) {
        return JD_OK;
    }
    code = open_file(audit->file, &fd, err);
    if (code != JD_OK) {
        return code;
    }
    pthread_mutex_lock(&audit->mutex);
    old = audit->fd;
    audit->fd = fd;
    audit->is_torn = false;
    pthread_mutex_unlock(&audit->mutex);
    close(old);
    return JD_OK;
}
