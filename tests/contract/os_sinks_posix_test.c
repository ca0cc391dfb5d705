/* SPDX-License-Identifier: MIT */
/* Callers, state folder and audit sinks as only this port has them. */
#include "tests/contract/fixture_posix.h"

#include "service/os/os_clock.h"
#include "service/os/os_state.h"
#include "service/os/posix/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- callers ---- */

static bool is_in(const struct os_caller *caller, struct jd_sid group)
{
    for (size_t i = 0; i < caller->n_groups; i++) {
        if (jd_sid_equal(&caller->groups[i], &group)) {
            return true;
        }
    }
    return false;
}

/* A pair made by a process with these ids carries them: the end that came back here has it as its peer. */
static int pair_made_by(uid_t uid, gid_t gid, const gid_t *groups, size_t n)
{
    int carrier[2];
    int status;
    int fd = -1;
    pid_t pid;
    char byte = 0;
    char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    check_int(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, carrier), 0);
    fflush(NULL);
    pid = fork();
    check_true(pid >= 0);
    if (pid == 0) {
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        int pair[2];
        bool done = setgroups(n, groups) == 0 && setgid(gid) == 0 && setuid(uid) == 0 &&
                    socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0;
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &pair[0], sizeof(int));
        _exit(done && sendmsg(carrier[1], &message, 0) == 1 ? 0 : 1);
    }
    check_int(waitpid(pid, &status, 0), pid);
    check_int(status, 0);
    check_int(recvmsg(carrier[0], &message, MSG_CMSG_CLOEXEC), 1);
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    close(carrier[0]);
    close(carrier[1]);
    return fd;
}

TEST(os_peer_posix, every_group_of_the_caller_is_told_once)
{
    enum { MANY = 1000 };
    gid_t groups[MANY];
    struct os_caller caller;
    int fd;
    fixture_begin();
    for (size_t i = 0; i < MANY; i++) {
        groups[i] = (gid_t)(5000 + i);
    }
    fd = pair_made_by(1234, 5007, groups, MANY);
    check_ok(os_peer_identify(fd, &caller, &fixture_err), &fixture_err);
    check_int(caller.n_groups, 2 + MANY);
    check_true(is_in(&caller, jd_sid_posix_group(5000)));
    check_true(is_in(&caller, jd_sid_posix_group(5000 + MANY - 1)));
    check_false(is_in(&caller, jd_sid_posix_group(0)));
    check_int(caller.n_deny_groups, 0);
    check_int(caller.session, 0);
    check_text(caller.name, ""); /* no account of that number */
    close(fd);
    os_caller_done(&caller);
    fixture_end();
}

TEST(os_peer_posix, the_primary_group_counts_without_a_list)
{
    struct os_caller caller;
    int fd;
    fixture_begin();
    fd = pair_made_by(0, 4321, NULL, 0);
    check_ok(os_peer_identify(fd, &caller, &fixture_err), &fixture_err);
    check_int(caller.n_groups, 4);
    check_true(is_in(&caller, jd_sid_posix_group(4321)));
    check_true(caller.is_administrator);
    check_text(caller.name, "root");
    close(fd);
    os_caller_done(&caller);
    fixture_end();
}

TEST(os_peer_posix, what_has_no_peer_is_nobody)
{
    struct os_caller caller = {.pid = 7};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int ends[2];
    check_code(os_peer_identify(fd, &caller, &fixture_err), JD_E_PLATFORM, &fixture_err);
    close(fd);
    check_code(os_peer_identify(-1, &caller, &fixture_err), JD_E_PLATFORM, &fixture_err);
    check_int(pipe(ends), 0);
    check_code(os_peer_identify(ends[0], &caller, &fixture_err), JD_E_PLATFORM, &fixture_err);
    close(ends[0]);
    close(ends[1]);
    check_int(caller.pid, 7);
}

/* ---- state ---- */

static enum jd_code try_state(void)
{
    struct os_state *state = NULL;
    enum jd_code code = os_state_open(posix_in_folder("state"), &state, &fixture_err);
    os_state_close(state);
    return code;
}

TEST(os_state_posix, the_folder_is_made_for_the_service_alone)
{
    struct stat st;
    fixture_begin();
    umask(0);
    check_ok(try_state(), &fixture_err);
    umask(022);
    check_int(stat(posix_in_folder("state"), &st), 0);
    check_int(st.st_mode & 07777, 0700);
    check_int(stat(posix_in_folder("state/lock"), &st), 0);
    check_int(st.st_mode & 077, 0);
    fixture_end();
}

TEST(os_state_posix, a_folder_that_is_not_ours_is_refused_and_left_alone)
{
    static const struct {
        mode_t mode;
        uid_t owner;
        enum jd_code expected;
    } cases[] = {
        {0700, 0, JD_OK},
        {0700, 1000, JD_E_STATE_UNAVAILABLE},
        {0755, 0, JD_E_STATE_UNAVAILABLE},
        {0710, 0, JD_E_STATE_UNAVAILABLE},
        {01700, 0, JD_E_STATE_UNAVAILABLE},
    };
    struct stat st;
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        check_case("%o of %u", (unsigned)cases[i].mode, (unsigned)cases[i].owner);
        fixture_begin();
        check_int(mkdir(posix_in_folder("state"), 0700), 0);
        check_int(chown(posix_in_folder("state"), cases[i].owner, 0), 0);
        check_int(chmod(posix_in_folder("state"), cases[i].mode), 0);
        check_code(try_state(), cases[i].expected, &fixture_err);
        check_int(stat(posix_in_folder("state"), &st), 0);
        check_int(st.st_mode & 07777, cases[i].mode);
        fixture_end();
    }
}

TEST(os_state_posix, what_is_no_folder_is_refused)
{
    fixture_begin();
    check_int(mkdir(posix_in_folder("real"), 0700), 0);
    check_int(symlink("real", posix_in_folder("state")), 0);
    check_code(try_state(), JD_E_STATE_UNAVAILABLE, &fixture_err);
    check_int(unlink(posix_in_folder("state")), 0);
    posix_write_file(posix_in_folder("state"), "", 0, 0600);
    check_code(try_state(), JD_E_STATE_UNAVAILABLE, &fixture_err);
    check_int(unlink(posix_in_folder("state")), 0);
    check_ok(try_state(), &fixture_err);
    posix_write_file(posix_in_folder("state/sequence"), "abc", 3, 0600);
    check_code(try_state(), JD_E_STATE_UNAVAILABLE, &fixture_err);
    fixture_end();
}

TEST(os_state_posix, a_full_disk_is_told_and_leaves_no_entry)
{
    static char text[40000];
    struct os_state *state = NULL;
    struct jd_buf out;
    uint64_t token = 0;
    fixture_begin();
    check_int(mkdir(posix_in_folder("state"), 0700), 0);
    check_int(mount("none", posix_in_folder("state"), "tmpfs", 0, "size=64k,mode=700"), 0);
    check_ok(os_state_open(posix_in_folder("state"), &state, &fixture_err), &fixture_err);
    memset(text, 'x', sizeof text);
    check_ok(os_state_pending_add(state, text, sizeof text, true, &token, &fixture_err), &fixture_err);
    check_code(os_state_pending_add(state, text, sizeof text, true, &token, &fixture_err), JD_E_NO_SPACE, &fixture_err);
    check_ok(os_state_pending_drop(state, token, &fixture_err), &fixture_err);
    jd_buf_init(&out, sizeof text);
    check_code(os_state_pending_next(state, 0, &token, &out, &fixture_err), JD_E_NOT_FOUND, &fixture_err);
    jd_buf_done(&out);
    os_state_close(state);
    fixture_end();
}

/* A process that is killed holds nothing any more: its lock goes, its entries stay. */
static int hold_until_killed(const void *context)
{
    struct os_state *state = NULL;
    struct jd_err err;
    uint64_t token;
    const int *ready = context;
    if (os_state_open(posix_in_folder("state"), &state, &err) != JD_OK ||
        os_state_pending_add(state, "left", 4, false, &token, &err) != JD_OK || write(*ready, "x", 1) != 1) {
        _exit(1);
    }
    for (;;) {
        pause();
    }
}

TEST(os_state_posix, a_killed_instance_leaves_its_entries_and_no_lock)
{
    struct os_state *state = NULL;
    struct jd_buf out;
    uint64_t token = 0;
    int ready[2];
    char byte;
    pid_t pid;
    fixture_begin();
    check_int(pipe2(ready, O_CLOEXEC), 0);
    fflush(NULL);
    pid = fork();
    check_true(pid >= 0);
    if (pid == 0) {
        hold_until_killed(&ready[1]);
    }
    check_int(read(ready[0], &byte, 1), 1);
    check_code(try_state(), JD_E_ALREADY_RUNNING, &fixture_err);
    check_int(kill(pid, SIGKILL), 0);
    check_int(waitpid(pid, NULL, 0), pid);
    check_ok(os_state_open(posix_in_folder("state"), &state, &fixture_err), &fixture_err);
    jd_buf_init(&out, 64);
    check_ok(os_state_pending_next(state, 0, &token, &out, &fixture_err), &fixture_err);
    check_text(out.data, "left");
    jd_buf_done(&out);
    os_state_close(state);
    close(ready[0]);
    close(ready[1]);
    fixture_end();
}

/* ---- audit ---- */

static enum jd_code open_audit(const char *file, struct os_audit **out)
{
    const struct os_audit_options options = {.to_file = file != NULL, .file = file};
    return os_audit_open(&options, out, &fixture_err);
}

static enum jd_code write_line(struct os_audit *audit, const char *line, enum os_audit_level level)
{
    const struct os_audit_record record = {.id = 200, .level = level, .event = "change_intent", .line = line};
    return os_audit_write(audit, &record, &fixture_err);
}

TEST(os_audit_posix, only_a_plain_file_of_the_service_is_a_trail)
{
    struct os_audit *audit = NULL;
    struct stat st;
    fixture_begin();
    umask(0);
    check_ok(open_audit(posix_in_folder("trail"), &audit), &fixture_err);
    umask(022);
    os_audit_close(audit);
    audit = NULL;
    check_int(stat(posix_in_folder("trail"), &st), 0);
    check_int(st.st_mode & 07777, 0600);
    check_int(chmod(posix_in_folder("trail"), 0620), 0);
    check_code(open_audit(posix_in_folder("trail"), &audit), JD_E_AUDIT_UNAVAILABLE, &fixture_err);
    check_int(chmod(posix_in_folder("trail"), 0600), 0);
    check_int(chown(posix_in_folder("trail"), 1000, 0), 0);
    check_code(open_audit(posix_in_folder("trail"), &audit), JD_E_AUDIT_UNAVAILABLE, &fixture_err);
    check_int(symlink("/etc/passwd", posix_in_folder("link")), 0);
    check_code(open_audit(posix_in_folder("link"), &audit), JD_E_AUDIT_UNAVAILABLE, &fixture_err);
    check_int(mkfifo(posix_in_folder("fifo"), 0600), 0);
    check_code(open_audit(posix_in_folder("fifo"), &audit), JD_E_AUDIT_UNAVAILABLE, &fixture_err);
    check_code(open_audit(posix_in_folder("no/such/folder"), &audit), JD_E_AUDIT_UNAVAILABLE, &fixture_err);
    check_code(open_audit(posix_folder(), &audit), JD_E_AUDIT_UNAVAILABLE, &fixture_err);
    check_true(audit == NULL);
    fixture_end();
}

TEST(os_audit_posix, a_rotated_trail_goes_on_in_a_new_file)
{
    struct os_audit *audit = NULL;
    struct stat st;
    fixture_begin();
    check_ok(open_audit(posix_in_folder("trail"), &audit), &fixture_err);
    check_ok(write_line(audit, "one", OS_AUDIT_INFORMATION), &fixture_err);
    check_int(rename(posix_in_folder("trail"), posix_in_folder("trail.1")), 0);
    check_ok(write_line(audit, "two", OS_AUDIT_INFORMATION), &fixture_err);
    check_ok(os_audit_reopen(audit, &fixture_err), &fixture_err);
    check_ok(write_line(audit, "three", OS_AUDIT_INFORMATION), &fixture_err);
    check_int(stat(posix_in_folder("trail.1"), &st), 0);
    check_int(st.st_size, 8);
    check_int(stat(posix_in_folder("trail"), &st), 0);
    check_int(st.st_size, 6);
    /* One that cannot be opened anew: the old one stays in use. */
    check_int(rename(posix_in_folder("trail"), posix_in_folder("trail.2")), 0);
    check_int(mkdir(posix_in_folder("trail"), 0700), 0);
    check_code(os_audit_reopen(audit, &fixture_err), JD_E_AUDIT_UNAVAILABLE, &fixture_err);
    check_ok(write_line(audit, "four", OS_AUDIT_INFORMATION), &fixture_err);
    check_int(stat(posix_in_folder("trail.2"), &st), 0);
    check_int(st.st_size, 11);
    os_audit_close(audit);
    fixture_end();
}

/* A syslog daemon: a socket to read from. room: bytes its queue takes, 0 for the usual. */
static int start_daemon(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    unlink(path);
    check_int(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void check_datagram(int daemon, const char *priority, const char *line)
{
    char text[4096] = "";
    char tail[512];
    ssize_t n = recv(daemon, text, sizeof text - 1, 0);
    check_true(n > 0);
    check_int(strncmp(text, priority, strlen(priority)), 0);
    snprintf(tail, sizeof tail, " junctiond[%ld]: %s", (long)getpid(), line);
    check_true((size_t)n > strlen(tail));
    check_text(text + n - strlen(tail), tail);
    check_int((size_t)n - strlen(tail) - strlen(priority), 15); /* Mmm dd hh:mm:ss */
}

static void begin_log(int *daemon, struct os_audit **audit)
{
    static char path[256];
    fixture_begin();
    snprintf(path, sizeof path, "%s", posix_in_folder("log"));
    posix_audit_set_log_path(path);
    *daemon = start_daemon(path);
    *audit = NULL;
    check_ok(open_audit(NULL, audit), &fixture_err);
}

static void end_log(int daemon, struct os_audit *audit)
{
    os_audit_close(audit);
    close(daemon);
    posix_audit_set_log_path("/dev/log");
    fixture_end();
}

TEST(os_audit_posix, the_systems_log_gets_each_record_with_its_level)
{
    struct os_audit *audit;
    int daemon;
    begin_log(&daemon, &audit);
    check_ok(write_line(audit, "{\"a\":1}", OS_AUDIT_INFORMATION), &fixture_err);
    check_datagram(daemon, "<86>", "{\"a\":1}"); /* authpriv 10 * 8 + info 6 */
    check_ok(write_line(audit, "w", OS_AUDIT_WARNING), &fixture_err);
    check_datagram(daemon, "<84>", "w");
    check_ok(write_line(audit, "e", OS_AUDIT_ERROR), &fixture_err);
    check_datagram(daemon, "<83>", "e");
    check_ok(os_audit_reopen(audit, &fixture_err), &fixture_err);
    end_log(daemon, audit);
}

TEST(os_audit_posix, without_a_log_there_is_no_start)
{
    struct os_audit *audit = NULL;
    fixture_begin();
    posix_audit_set_log_path(posix_in_folder("nothing"));
    check_code(open_audit(NULL, &audit), JD_E_AUDIT_UNAVAILABLE, &fixture_err);
    check_true(audit == NULL);
    posix_audit_set_log_path("/dev/log");
    fixture_end();
}

TEST(os_audit_posix, a_daemon_that_was_restarted_is_found_again)
{
    struct os_audit *audit;
    int daemon;
    begin_log(&daemon, &audit);
    check_ok(write_line(audit, "before", OS_AUDIT_INFORMATION), &fixture_err);
    close(daemon);
    check_code(write_line(audit, "lost", OS_AUDIT_INFORMATION), JD_E_AUDIT_UNAVAILABLE, &fixture_err);
    daemon = start_daemon(posix_in_folder("log"));
    check_ok(write_line(audit, "after", OS_AUDIT_INFORMATION), &fixture_err);
    check_datagram(daemon, "<86>", "after");
    end_log(daemon, audit);
}

TEST(os_audit_posix, a_daemon_that_does_not_read_costs_a_second_and_a_refusal)
{
    struct os_audit *audit;
    int daemon;
    uint64_t start;
    size_t taken = 0;
    enum jd_code code;
    begin_log(&daemon, &audit);
    do {
        start = os_clock_monotonic_ms();
        code = write_line(audit, "{\"n\":1}", OS_AUDIT_INFORMATION);
        taken += code == JD_OK;
    } while (code == JD_OK && taken < 100000);
    check_code(code, JD_E_AUDIT_UNAVAILABLE, &fixture_err);
    check_true(os_clock_monotonic_ms() - start < 3000);
    while (taken > 0) { /* nothing of what was accepted is missing, and nothing else came */
        check_datagram(daemon, "<86>", "{\"n\":1}");
        taken--;
    }
    check_true(recv(daemon, &code, sizeof code, 0) < 0);
    check_ok(write_line(audit, "again", OS_AUDIT_INFORMATION), &fixture_err);
    end_log(daemon, audit);
}

/* ---- time ---- */

TEST(os_clock_posix, the_two_clocks_go_on)
{
    uint64_t before = os_clock_monotonic_ms();
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    check_true(before > 0 && os_clock_monotonic_ms() >= before);
    check_true(os_clock_wall_ms() >= (int64_t)now.tv_sec * 1000 &&
               os_clock_wall_ms() < (int64_t)now.tv_sec * 1000 + 60000);
}
