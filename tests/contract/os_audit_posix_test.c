/* SPDX-License-Identifier: MIT */
/* The file and the system's log as only this port has them. */
#include "tests/contract/fixture_posix.h"

#include "service/os/os_clock.h"
#include "service/os/posix/posix.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

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
