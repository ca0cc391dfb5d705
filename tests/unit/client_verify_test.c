/* SPDX-License-Identifier: MIT */
/* Who may be at the other end, and what it looks like when nobody is: nothing is sent before the server is known. */
#include "client/os/conn.h"
#include "tests/support/suite.h"
#include "tests/unit/client_server.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534, STRANGER = 65533 };

static const struct server_step answering[] = {
    {SERVER_TAKE, NULL, 0},
    {SERVER_HEAR, NULL, 0},
    {SERVER_SAY, "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"name\":\"x\"}}\n", 0},
    {SERVER_DRAIN, NULL, 0},
    {SERVER_END, NULL, 0},
};

static const struct server_step listening[] = {{SERVER_TAKE, NULL, 0}, {SERVER_DRAIN, NULL, 0}, {SERVER_END, NULL, 0}};

static void need_root(void)
{
    if (geteuid() != 0) {
        check_skip("needs root, to be several users");
    }
}

static enum junction_code ask(const char *endpoint, uint32_t timeout_ms, struct junction_error *error)
{
    struct junction_options options = JUNCTION_OPTIONS_INIT;
    struct junction_info_result *info = NULL;
    junction_client *client = NULL;
    enum junction_code code;
    options.endpoint = endpoint;
    options.timeout_ms = timeout_ms;
    code = junction_open(&options, &client, error);
    if (code == JUNCTION_OK) {
        code = junction_info(client, &info, error);
    }
    junction_info_result_free(info);
    junction_close(client);
    return code;
}

/* Asks as another user, in a process of its own; the exit code tells. */
static int ask_as(uid_t uid, const char *endpoint)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        struct junction_error error = {.code = JUNCTION_OK};
        _exit(setuid(uid) == 0 ? junction_exit_code(ask(endpoint, 5000, &error)) : 99);
    }
    check_true(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* A listener of another user: takes one connection and one line; its exit code tells how many bytes came. */
struct other {
    pid_t pid;
    char folder[32];
    char endpoint[48];
};

static void listen_once(const char *endpoint, int ready)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    char c = '\0';
    int connection;
    int n = 0;
    memcpy(address.sun_path, endpoint, strlen(endpoint) + 1);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || chmod(endpoint, 0666) != 0 ||
        listen(listener, 1) != 0 || write(ready, "r", 1) != 1) {
        _exit(100);
    }
    connection = accept(listener, NULL, NULL);
    while (n < 99 && c != '\n' && read(connection, &c, 1) == 1) {
        n++;
    }
    _exit(n);
}

static void start_other(struct other *other, uid_t uid)
{
    int ready[2];
    char c;
    strcpy(other->folder, "/tmp/jd-other-XXXXXX");
    check_true(mkdtemp(other->folder) != NULL && chmod(other->folder, 0777) == 0);
    snprintf(other->endpoint, sizeof other->endpoint, "%s/sock", other->folder);
    check_true(pipe(ready) == 0);
    other->pid = fork();
    if (other->pid == 0) {
        if (setuid(uid) != 0) {
            _exit(101);
        }
        listen_once(other->endpoint, ready[1]);
    }
    close(ready[1]);
    check_true(other->pid > 0 && read(ready[0], &c, 1) == 1);
    close(ready[0]);
}

static int stop_other(struct other *other)
{
    int status = 0;
    check_true(waitpid(other->pid, &status, 0) == other->pid && WIFEXITED(status));
    unlink(other->endpoint);
    rmdir(other->folder);
    return WEXITSTATUS(status);
}

TEST(client_verify, a_server_of_another_user_hears_nothing)
{
    struct other other;
    struct junction_error error;
    need_root();
    start_other(&other, NOBODY);
    check_int(ask(other.endpoint, 5000, &error), JUNCTION_E_WRONG_SERVER);
    check_text(error.reason, "server_user");
    check_int(junction_exit_code(error.code), 5);
    check_int(stop_other(&other), 0);
}

TEST(client_verify, that_the_file_belongs_to_root_does_not_make_its_listener_right)
{
    struct other other;
    struct junction_error error;
    need_root();
    start_other(&other, NOBODY);
    check_true(chown(other.endpoint, 0, 0) == 0);
    check_int(ask(other.endpoint, 5000, &error), JUNCTION_E_WRONG_SERVER);
    check_int(stop_other(&other), 0);
}

TEST(client_verify, an_unprivileged_caller_trusts_root_and_itself_and_no_third)
{
    struct other other;
    struct server *server;
    need_root();
    server = server_start(answering);
    check_int(ask_as(NOBODY, server_endpoint(server)), 0);
    server_stop(server);
    start_other(&other, STRANGER);
    check_int(ask_as(NOBODY, other.endpoint), 5);
    check_int(stop_other(&other), 0);
    start_other(&other, NOBODY);
    check_int(ask_as(NOBODY, other.endpoint), 4); /* it is trusted and asked, and closes */
    check_true(stop_other(&other) > 0);
}

TEST(client_verify, a_socket_file_of_another_user_is_not_believed)
{
    struct server *server;
    struct junction_error error;
    need_root();
    server = server_start(listening);
    check_true(chown(server_endpoint(server), NOBODY, NOBODY) == 0);
    check_int(ask(server_endpoint(server), 5000, &error), JUNCTION_E_WRONG_SERVER);
    check_text(error.reason, "socket_owner");
    check_int(server_heard_bytes(server), 0);
    server_stop(server);
}

TEST(client_verify, a_link_in_the_place_of_the_socket_is_not_followed_into_another_service)
{
    struct server *server = server_start(listening);
    struct junction_error error;
    char link[128];
    snprintf(link, sizeof link, "%s/link", server_folder(server));
    check_true(symlink("sock", link) == 0);
    check_int(ask(link, 5000, &error), JUNCTION_E_WRONG_SERVER);
    check_int(server_heard_bytes(server), 0);
    unlink(link);
    server_stop(server);
}

static const struct missing_row {
    const char *name; /* in the server's folder */
    enum junction_code code;
} missing_rows[] = {
    {"other", JUNCTION_E_NOT_RUNNING},
    {"no/other", JUNCTION_E_NOT_INSTALLED},
    {"no/no/other", JUNCTION_E_NOT_INSTALLED},
    {"sock/other", JUNCTION_E_NOT_RUNNING},
};

TEST(client_verify, a_missing_socket_and_a_missing_folder_are_told_apart)
{
    struct server *server = server_listen(1);
    for (size_t i = 0; i < JD_COUNT(missing_rows); i++) {
        struct junction_error error;
        char endpoint[128];
        snprintf(endpoint, sizeof endpoint, "%s/%s", server_folder(server), missing_rows[i].name);
        check_case("%s", endpoint);
        check_int(ask(endpoint, 5000, &error), missing_rows[i].code);
        check_true(strstr(error.detail, endpoint) != NULL);
        check_int(junction_exit_code(error.code), 4);
    }
    server_stop(server);
}

TEST(client_verify, a_socket_that_nobody_listens_at_is_a_service_that_does_not_run)
{
    static const struct server_step nothing[] = {{SERVER_END, NULL, 0}};
    struct server *server = server_start(nothing);
    struct junction_error error;
    server_heard(server); /* shuts the listener; the file stays */
    check_int(ask(server_endpoint(server), 5000, &error), JUNCTION_E_NOT_RUNNING);
    server_stop(server);
}

TEST(client_verify, an_endpoint_that_may_not_be_connected_to_says_so)
{
    struct server *server;
    need_root();
    server = server_listen(1);
    check_true(chmod(server_endpoint(server), 0600) == 0);
    check_int(ask_as(NOBODY, server_endpoint(server)), 4);
    check_true(chmod(server_endpoint(server), 0666) == 0 && chmod(server_folder(server), 0700) == 0);
    check_int(ask_as(NOBODY, server_endpoint(server)), 4);
    server_stop(server);
}

TEST(client_verify, a_full_queue_ends_with_the_deadline)
{
    struct server *server = server_listen(0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct junction_error error;
    int waiting[8];
    size_t n = 0;
    memcpy(address.sun_path, server_endpoint(server), strlen(server_endpoint(server)) + 1);
    do {
        check_true(n < JD_COUNT(waiting));
        waiting[n] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    } while (connect(waiting[n++], (struct sockaddr *)&address, sizeof address) == 0);
    check_int(ask(server_endpoint(server), 80, &error), JUNCTION_E_CONNECT_TIMED_OUT);
    check_int(junction_exit_code(error.code), 4);
    while (n > 0) {
        close(waiting[--n]);
    }
    server_stop(server);
}

TEST(client_verify, an_endpoint_longer_than_an_address_is_said_wrong)
{
    char endpoint[200];
    struct junction_error error;
    memset(endpoint, 'a', sizeof endpoint - 1);
    endpoint[sizeof endpoint - 1] = '\0';
    endpoint[0] = '/';
    check_int(ask(endpoint, 5000, &error), JUNCTION_E_USAGE);
    check_text(error.reason, "endpoint_length");
    endpoint[107] = '\0';
    check_int(ask(endpoint, 5000, &error), JUNCTION_E_NOT_RUNNING); /* "/aaa…": its folder is / */
}

TEST(client_verify, the_environment_names_the_endpoint_and_options_come_first)
{
    struct server *server = server_start(answering);
    struct junction_error error;
    check_true(setenv("JUNCTIOND_ENDPOINT", "/nowhere/at/all", 1) == 0);
    check_int(ask(server_endpoint(server), 5000, &error), JUNCTION_OK);
    check_int(ask(NULL, 5000, &error), JUNCTION_E_NOT_INSTALLED);
    check_true(strstr(error.detail, "/nowhere/at/all") != NULL);
    check_true(unsetenv("JUNCTIOND_ENDPOINT") == 0);
    server_stop(server);
}

TEST(client_verify, a_write_that_nobody_reads_ends_with_the_deadline)
{
    static char much[8 << 20];
    struct server *server = server_listen(1);
    struct conn *conn = NULL;
    struct jd_err err = {0};
    check_ok(conn_open(server_endpoint(server), true, conn_now_ms() + 5000, &conn, &err), &err);
    check_code(conn_write(conn, much, sizeof much, conn_now_ms() + 50, &err), JD_E_REPLY_TIMED_OUT, &err);
    conn_close(conn);
    server_stop(server);
}

TEST(client_verify, a_write_to_nobody_fails_and_raises_no_signal)
{
    static const struct server_step closing[] = {{SERVER_TAKE, NULL, 0}, {SERVER_END, NULL, 0}};
    struct server *server = server_start(closing);
    struct conn *conn = NULL;
    struct jd_err err = {0};
    size_t n = 1;
    char c;
    check_ok(conn_open(server_endpoint(server), true, conn_now_ms() + 5000, &conn, &err), &err);
    check_ok(conn_read(conn, &c, 1, conn_now_ms() + 5000, &n, &err), &err);
    check_int(n, 0);
    check_code(conn_write(conn, "x", 1, conn_now_ms() + 5000, &err), JD_E_NOT_RUNNING, &err);
    check_text(err.reason, "connection_lost");
    conn_close(conn);
    server_stop(server);
}

TEST(client_verify, a_deadline_that_has_passed_connects_nothing)
{
    struct server *server = server_listen(1);
    struct conn *conn = NULL;
    struct jd_err err = {0};
    check_code(conn_open(server_endpoint(server), true, conn_now_ms(), &conn, &err), JD_E_CONNECT_TIMED_OUT, &err);
    check_true(conn == NULL);
    server_stop(server);
}
