/* SPDX-License-Identifier: MIT */
/* The endpoint, on a real loop. */
#include "tests/contract/fixture_posix.h"

#include "service/os/os_listen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

struct place {
    uv_loop_t loop;
    struct os_listener *listener;
    uv_pipe_t client;
    size_t n_clients;
    size_t n_closed;
    enum jd_code accepted;
    char path[200];
};

static void on_client(void *context, struct os_listener *listener)
{
    struct place *place = context;
    place->n_clients++;
    uv_pipe_init(&place->loop, &place->client, 0);
    place->accepted = os_listen_accept(listener, &place->client, &fixture_err);
    uv_close((uv_handle_t *)&place->client, NULL);
}

static void on_closed(void *context)
{
    struct place *place = context;
    place->n_closed++;
}

static void begin(struct place *place, const char *name)
{
    /* libuv opens its signal pipe with the first loop and keeps it: before the handles are counted. */
    check_int(uv_loop_init(&place->loop), 0);
    check_int(uv_loop_close(&place->loop), 0);
    fixture_begin();
    *place = (struct place){.accepted = JD_E_INTERNAL};
    snprintf(place->path, sizeof place->path, "%s", posix_in_folder(name));
    check_int(uv_loop_init(&place->loop), 0);
}

static enum jd_code open_endpoint(struct place *place)
{
    return os_listen_open(&place->loop, place->path, on_client, place, &place->listener, &fixture_err);
}

static void close_endpoint(struct place *place)
{
    size_t before = place->n_closed;
    os_listen_close(place->listener, on_closed, place);
    uv_run(&place->loop, UV_RUN_DEFAULT);
    check_int(place->n_closed, before + 1);
}

static void end(struct place *place)
{
    uv_run(&place->loop, UV_RUN_DEFAULT);
    check_int(uv_loop_close(&place->loop), 0);
    fixture_end();
}

static int connect_once(const void *context)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int number;
    snprintf(address.sun_path, sizeof address.sun_path, "%s", (const char *)context);
    number = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
    close(fd);
    return number;
}

TEST(os_listen_posix, every_local_user_gets_in)
{
    struct place place;
    struct stat st;
    begin(&place, "endpoint");
    umask(077);
    check_ok(open_endpoint(&place), &fixture_err);
    check_int(umask(022), 077); /* given back */
    check_int(lstat(place.path, &st), 0);
    check_true(S_ISSOCK(st.st_mode));
    check_int(st.st_mode & 0777, 0666);
    check_int(posix_as(1000, connect_once, place.path), 0);
    while (place.n_clients == 0) {
        uv_run(&place.loop, UV_RUN_ONCE);
    }
    check_int(place.accepted, JD_OK);
    close_endpoint(&place);
    check_true(lstat(place.path, &st) != 0 && errno == ENOENT);
    end(&place);
}

TEST(os_listen_posix, a_missing_folder_is_made_for_all_to_pass)
{
    struct place place;
    struct stat st;
    begin(&place, "run/endpoint");
    umask(077);
    check_ok(open_endpoint(&place), &fixture_err);
    umask(022);
    check_int(stat(posix_in_folder("run"), &st), 0);
    check_int(st.st_mode & 07777, 0755);
    check_int(posix_as(1000, connect_once, place.path), 0);
    close_endpoint(&place);
    end(&place);
}

/* Without a listener libuv must still be given its handles back: each refusal is followed by a run of the loop. */
static void check_refused(struct place *place, enum jd_code expected)
{
    check_code(open_endpoint(place), expected, &fixture_err);
    check_true(place->listener == NULL);
    uv_run(&place->loop, UV_RUN_DEFAULT);
}

TEST(os_listen_posix, a_second_instance_is_refused_and_the_first_goes_on)
{
    struct place place;
    struct place second;
    begin(&place, "endpoint");
    check_ok(open_endpoint(&place), &fixture_err);
    second = (struct place){0};
    snprintf(second.path, sizeof second.path, "%s", place.path);
    check_int(uv_loop_init(&second.loop), 0);
    check_refused(&second, JD_E_ALREADY_RUNNING);
    check_int(uv_loop_close(&second.loop), 0);
    check_int(posix_as(1000, connect_once, place.path), 0);
    close_endpoint(&place);
    check_ok(open_endpoint(&place), &fixture_err);
    close_endpoint(&place);
    end(&place);
}

static void leave_stale_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    check_int(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    close(fd);
}

TEST(os_listen_posix, the_endpoint_of_a_dead_instance_is_taken_over)
{
    struct place place;
    char lock[256];
    begin(&place, "endpoint");
    leave_stale_socket(place.path);
    snprintf(lock, sizeof lock, "%s.lock", place.path);
    posix_write_file(lock, "", 0, 0600);
    check_ok(open_endpoint(&place), &fixture_err);
    check_int(posix_as(1000, connect_once, place.path), 0);
    close_endpoint(&place);
    end(&place);
}

static void put_file(const char *path)
{
    posix_write_file(path, "x", 1, 0644);
}

static void put_folder(const char *path)
{
    check_int(mkdir(path, 0755), 0);
}

static void put_link(const char *path)
{
    put_file(posix_in_folder("elsewhere"));
    check_int(symlink(posix_in_folder("elsewhere"), path), 0);
}

static void put_strangers_socket(const char *path)
{
    leave_stale_socket(path);
    check_int(chown(path, 1000, 1000), 0);
}

TEST(os_listen_posix, what_is_no_socket_of_ours_is_not_taken_away)
{
    static const struct {
        void (*put)(const char *path);
        const char *what;
    } cases[] = {{put_file, "a file"},
                 {put_folder, "a folder"},
                 {put_link, "a link"},
                 {put_strangers_socket, "another's socket"}};
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct place place;
        struct stat before;
        struct stat after;
        check_case("%s", cases[i].what);
        begin(&place, "endpoint");
        cases[i].put(place.path);
        check_int(lstat(place.path, &before), 0);
        check_refused(&place, JD_E_ENDPOINT_UNUSABLE);
        check_int(lstat(place.path, &after), 0);
        check_int(after.st_ino, before.st_ino);
        end(&place);
    }
}

TEST(os_listen_posix, a_lock_that_another_user_put_there_is_refused)
{
    struct place place;
    char lock[256];
    begin(&place, "endpoint");
    snprintf(lock, sizeof lock, "%s.lock", place.path);
    posix_write_file(lock, "", 0, 0666);
    check_int(chown(lock, 1000, 1000), 0);
    check_refused(&place, JD_E_ENDPOINT_UNUSABLE);
    check_int(unlink(lock), 0);
    check_int(symlink("/etc/passwd", lock), 0);
    check_refused(&place, JD_E_ENDPOINT_UNUSABLE);
    end(&place);
}

TEST(os_listen_posix, a_folder_that_others_rule_is_refused)
{
    static const struct {
        mode_t mode;
        uid_t owner;
        enum jd_code expected;
    } cases[] = {
        {0755, 0, JD_OK},
        {01777, 0, JD_OK},
        {0777, 0, JD_E_ENDPOINT_UNUSABLE},
        {0775, 0, JD_E_ENDPOINT_UNUSABLE},
        {0755, 1000, JD_E_ENDPOINT_UNUSABLE},
        {01777, 1000, JD_E_ENDPOINT_UNUSABLE},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct place place;
        check_case("%o of %u", (unsigned)cases[i].mode, (unsigned)cases[i].owner);
        begin(&place, "run/endpoint");
        check_int(mkdir(posix_in_folder("run"), 0755), 0);
        check_int(chown(posix_in_folder("run"), cases[i].owner, 0), 0);
        check_int(chmod(posix_in_folder("run"), cases[i].mode), 0);
        if (cases[i].expected == JD_OK) {
            check_ok(open_endpoint(&place), &fixture_err);
            close_endpoint(&place);
        } else {
            check_refused(&place, cases[i].expected);
        }
        end(&place);
    }
}

TEST(os_listen_posix, a_path_too_long_for_a_socket_is_not_cut_short)
{
    struct place place;
    size_t len;
    begin(&place, "");
    len = strlen(place.path);
    memset(place.path + len, 'x', 108 - len);
    place.path[108] = '\0';
    check_refused(&place, JD_E_ENDPOINT_UNUSABLE);
    place.path[107] = '\0';
    check_ok(open_endpoint(&place), &fixture_err);
    check_int(posix_as(1000, connect_once, place.path), 0);
    close_endpoint(&place);
    end(&place);
}

TEST(os_listen_posix, a_socket_put_in_our_place_outlives_us)
{
    struct place place;
    struct stat st;
    begin(&place, "endpoint");
    check_ok(open_endpoint(&place), &fixture_err);
    check_int(rename(place.path, posix_in_folder("old")), 0);
    put_file(place.path);
    close_endpoint(&place);
    check_int(lstat(place.path, &st), 0);
    end(&place);
}
