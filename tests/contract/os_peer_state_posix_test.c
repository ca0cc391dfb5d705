/* SPDX-License-Identifier: MIT */
/* Callers and the state folder as only this port has them; the clocks. */
#include "tests/contract/fixture_posix.h"

#include "service/os/os_clock.h"
#include "service/os/os_state.h"

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
