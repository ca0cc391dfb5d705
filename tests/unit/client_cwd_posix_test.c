/* SPDX-License-Identifier: MIT */
/* Where the system has no drive letters: the current directory as the service's volumes tell it. */
#include "client/os/path.h"
#include "tests/support/suite.h"
#include "tests/unit/client_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CREATED "{\"link\":\"C:\\\\l\",\"target\":\"C:\\\\t\",\"changed\":true}"
#define INFO_HEAD "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"volumes\":[{\"letter\":\"Q\",\"mount\":\""

TEST(client_cwd, relative_paths_ask_once_for_the_volumes_and_go_out_absolute)
{
    static char info[400];
    static const struct server_step steps[] = {
        {SERVER_TAKE, NULL, 0},
        {SERVER_HEAR, NULL, 0},
        {SERVER_SAY, info, 0},
        {SERVER_HEAR, NULL, 0},
        {SERVER_SAY, "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":" CREATED "}\n", 0},
        {SERVER_DRAIN, NULL, 0},
        {SERVER_END, NULL, 0},
    };
    char *before = getcwd(NULL, 0);
    char folder[] = "/tmp/jd-cwd-XXXXXX";
    char sub[64];
    struct server *server;
    junction_client *client;
    struct junction_create_result *result = NULL;
    struct junction_error error;
    check_true(mkdtemp(folder) != NULL && chdir(folder) == 0 && mkdir("sub", 0700) == 0 && chdir("sub") == 0);
    snprintf(info, sizeof info, INFO_HEAD "%s\"}]}}\n", folder);
    server = server_start(steps);
    client = server_client(server, 0);
    check_int(junction_create(client, "l", "..\\t", &result, &error), JUNCTION_OK);
    check_true(chdir(before) == 0);
    check_true(strstr(server_heard(server),
                      "\"id\":2,\"method\":\"junction.create\",\"params\":{\"link\":\"Q:\\\\sub\\\\l\","
                      "\"target\":\"Q:\\\\t\"}}\n") != NULL);
    junction_create_result_free(result);
    junction_close(client);
    server_stop(server);
    free(before);
    snprintf(sub, sizeof sub, "%s/sub", folder);
    check_true(rmdir(sub) == 0 && rmdir(folder) == 0);
}

TEST(client_cwd, a_relative_path_outside_the_volumes_is_refused_before_the_change_is_sent)
{
    static const struct server_step steps[] = {
        {SERVER_TAKE, NULL, 0},  {SERVER_HEAR, NULL, 0}, {SERVER_SAY, INFO_HEAD "/nowhere\"}]}}\n", 0},
        {SERVER_DRAIN, NULL, 0}, {SERVER_END, NULL, 0},
    };
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct junction_create_result *result = NULL;
    struct junction_error error;
    check_int(junction_create(client, "l", "C:\\t", &result, &error), JUNCTION_E_BAD_PATH);
    check_text(error.reason, "relative_outside_volumes");
    check_true(strstr(error.detail, "current directory") != NULL);
    check_true(strstr(server_heard(server), "junction.create") == NULL);
    junction_close(client);
    server_stop(server);
}

/* /tmp/…: the mount of C; /tmp/…/in: the mount of D, inside it. */
static const struct map_row {
    const char *below; /* of the folder */
    const char *expected;
} map_rows[] = {
    {"", "C:\\"},     {"/a", "C:\\a"},    {"/a/b c", "C:\\a\\b c"},
    {"/in", "D:\\"},  {"/in/x", "D:\\x"}, {"/inner/x", "C:\\inner\\x"},
    {"beside", NULL}, {"/a\\b", NULL},    {"/in/a\\..\\..\\b", NULL},
};

TEST(client_cwd, the_current_directory_is_told_by_the_innermost_volume)
{
    char folder[] = "/tmp/jd-map-XXXXXX";
    char inner[64];
    char linked[64];
    check_true(mkdtemp(folder) != NULL);
    snprintf(inner, sizeof inner, "%s/in", folder);
    snprintf(linked, sizeof linked, "%s/in-link", folder);
    check_true(mkdir(inner, 0700) == 0 && symlink("in", linked) == 0);
    for (size_t i = 0; i < JD_COUNT(map_rows); i++) {
        /* D is told through a link, C with a slash behind: both as an admin may have written them. */
        char with_slash[64];
        char cwd[128];
        struct path_volume volumes[] = {{"C", with_slash}, {"D", linked}, {"E", NULL}, {"F", "/nowhere"}};
        struct jd_buf out;
        struct jd_err err = {0};
        snprintf(with_slash, sizeof with_slash, "%s/", folder);
        snprintf(cwd, sizeof cwd, "%s%s", folder, map_rows[i].below);
        check_case("%s", cwd);
        jd_buf_init(&out, 1000);
        if (map_rows[i].expected != NULL) {
            check_ok(path_map(cwd, volumes, JD_COUNT(volumes), &out, &err), &err);
            check_text(out.data, map_rows[i].expected);
        } else {
            check_code(path_map(cwd, volumes, JD_COUNT(volumes), &out, &err), JD_E_BAD_PATH, &err);
        }
        jd_buf_done(&out);
    }
    unlink(linked);
    rmdir(inner);
    rmdir(folder);
}

TEST(client_cwd, a_volume_mounted_at_the_root_holds_everything)
{
    static const struct path_volume volumes[] = {{"C", "/"}};
    struct jd_buf out;
    struct jd_err err;
    jd_buf_init(&out, 1000);
    check_ok(path_map("/home/a", volumes, 1, &out, &err), &err);
    check_text(out.data, "C:\\home\\a");
    jd_buf_done(&out);
}

TEST(client_cwd, without_volumes_a_relative_path_says_what_it_needs)
{
    struct jd_buf out;
    struct jd_err err;
    jd_buf_init(&out, 1000);
    check_code(path_current(NULL, 0, &out, &err), JD_E_BAD_PATH, &err);
    check_text(err.reason, "relative_outside_volumes");
    check_true(strstr(err.text, "current directory") != NULL);
    jd_buf_done(&out);
}
