/* SPDX-License-Identifier: MIT */
/* junctionctl itself, against a scripted server: what it prints where, and what it exits with. */
#include "tests/support/suite.h"
#include "tests/unit/client_run.h"
#include "tests/unit/client_server.h"

#include <stdio.h>
#include <string.h>

#define RESULT(json) "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" json "}\n"
#define REFUSAL(number, data) \
    "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":" number ",\"message\":\"the message\",\"data\":" data "}}\n"

static const struct row {
    const char *arguments;
    const char *answer;
    int exit_code;
    const char *out;
    const char *errors;
} rows[] = {
    {"create 'C:\\l' 'C:\\t'", RESULT("{\"link\":\"C:\\\\l\",\"target\":\"C:\\\\t\",\"changed\":true}"), 0,
     "created   C:\\l\ntarget    C:\\t\n", ""},
    {"remove 'C:\\l'", RESULT("{\"link\":\"C:\\\\l\",\"target\":\"C:\\\\t\",\"changed\":true}"), 0,
     "removed   C:\\l\ntarget    C:\\t\n", ""},
    {"inspect 'C:\\l'",
     RESULT("{\"link\":\"C:\\\\l\",\"kind\":\"junction\",\"tag\":2684354563,\"tag_name\":\"x\",\"target\":\"C:\\\\t\","
            "\"target_state\":\"ok\"}"),
     0, "link      C:\\l\nkind      junction\ntarget    C:\\t\nstate     ok\n", ""},
    {"inspect 'C:\\l'",
     RESULT("{\"link\":\"C:\\\\l\",\"kind\":\"other\",\"tag\":2147483671,\"tag_name\":\"IO_REPARSE_TAG_WOF\"}"), 0,
     "link      C:\\l\nkind      other\ntag       0x80000017 IO_REPARSE_TAG_WOF\n", ""},
    {"inspect 'C:\\l'", RESULT("{\"link\":\"C:\\\\l\\u202e\\u001b\",\"kind\":\"nothing\"}"), 0,
     "link      C:\\l<U+202E><U+001B>\nkind      nothing\n", ""},
    {"inspect 'C:\\l' --json", RESULT("{\"link\":\"C:\\\\l\",\"kind\":\"nothing\"}"), 0,
     "{\"link\":\"C:\\\\l\",\"kind\":\"nothing\"}\n", ""},
    {"ping",
     RESULT("{\"name\":\"junctiond\",\"version\":\"1.2\",\"protocol\":1,\"volumes\":[{\"letter\":\"C\","
            "\"mount\":\"/m\"},{\"letter\":\"D\"}]}"),
     0, "service   junctiond 1.2, protocol 1\nvolumes   C: /m\n          D\n", ""},
    {"whoami", RESULT("{\"caller\":{\"sid\":\"S-1\",\"name\":\"n\",\"administrator\":false,\"groups\":[\"a\",\"b\"]}}"),
     0, "sid       S-1\nname      n\nadmin     no\ngroups    a\n          b\n", ""},
    {"whoami --json", RESULT("{\"name\":1,\"caller\":{\"sid\":\"S-1\"}}"), 0, "{\"sid\":\"S-1\"}\n", ""},
    {"status",
     RESULT("{\"state\":\"running\",\"version\":\"1\",\"uptime_s\":93784,\"policy\":null,\"connections\":{"
            "\"now\":2},\"running\":1,\"operations\":{\"junction.create\":{\"done\":1,\"denied\":2,"
            "\"failed\":3}},\"audit\":{\"state\":\"ok\"}}"),
     0,
     "state     running\nversion   1\nuptime    1d 02:03:04\npolicy    none that is valid\naudit     ok\n"
     "running   2 connections, 1 operations\ncreate    1 done, 2 denied, 3 failed\n",
     ""},
    {"create 'C:\\l' 'C:\\t'", REFUSAL("-32001", "{\"word\":\"denied\",\"reason\":\"no_rule\",\"request\":\"q1\"}"), 3,
     "",
     "junctionctl: the message: no rule matched [request q1]\nnext: an administrator can allow it in the policy, and "
     "finds this refusal in the audit trail\n"},
    {"create 'C:\\l' 'C:\\t' --json",
     REFUSAL("-32001", "{\"word\":\"denied\",\"reason\":\"deny_rule\",\"rule\":\"r\",\"request\":\"q1\"}"), 3,
     "{\"error\":{\"word\":\"denied\",\"reason\":\"deny_rule\",\"rule\":\"r\",\"request\":\"q1\",\"message\":\"the "
     "message\","
     "\"exit\":3}}\n",
     ""},
    {"remove 'C:\\l'", REFUSAL("-32006", "{\"word\":\"not_a_junction\"}"), 1, "",
     "junctionctl: the message\nnext: junctionctl inspect shows what it is; only junctions are removed\n"},
    {"remove 'C:\\l'", REFUSAL("-32007", "{\"word\":\"no_space\",\"request\":\"q1\"}"), 7, "",
     "junctionctl: the message [request q1]\n"},
    {"remove 'C:\\l'", REFUSAL("-32002", "{\"word\":\"busy\"}"), 6, "",
     "junctionctl: the message\nnext: try again in a moment\n"},
    {"remove 'C:\\l'", "", 8, "",
     "junctionctl: the connection was lost after a change was sent; inspect the link: the service closed the "
     "connection "
     "[connection_lost]\nnext: run junctionctl inspect on the link to see what happened\n"},
    {"inspect 'C:\\l'", "nonsense\n", 7, "", "junctionctl: the service's answer cannot be understood: parse_error\n"},
};

static void check_row(const struct row *row, enum client_stream stream, const char *expected)
{
    struct server_step steps[] = {{SERVER_TAKE, NULL, 0},
                                  {SERVER_HEAR, NULL, 0},
                                  {SERVER_SAY, row->answer, 0},
                                  {SERVER_CLOSE, NULL, 0},
                                  {SERVER_END, NULL, 0}};
    struct server *server = server_start(steps);
    char tail[512];
    struct client_said said;
    snprintf(tail, sizeof tail, "%s --endpoint %s --timeout 5", row->arguments, server_endpoint(server));
    client_run(tail, stream, &said);
    check_text(said.text, expected);
    check_int(said.exit_code, row->exit_code);
    server_stop(server);
}

TEST(client_ctl, answers_go_to_output_errors_to_error_and_the_exit_code_tells)
{
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        check_case("row %zu: %s", i, rows[i].arguments);
        check_row(&rows[i], CLIENT_OUTPUT, rows[i].out);
        check_row(&rows[i], CLIENT_ERRORS, rows[i].errors);
    }
}

static const struct alone_row {
    const char *arguments;
    int exit_code;
    const char *holds;
} alone_rows[] = {
    {"", 2, "junctionctl: a command is missing\nnext: junctionctl help lists the commands\n"},
    {"creat", 2, "junctionctl: there is no command creat\nnext: did you mean create?\n"},
    {"frobnicate --json", 2,
     "{\"error\":{\"word\":\"usage\",\"message\":\"there is no command frobnicate\",\"detail\":"
     "\"junctionctl help lists the commands\",\"exit\":2}}\n"},
    {"create 'C:\\l'", 2, "junctionctl: create needs LINK TARGET\nnext: junctionctl help create\n"},
    {"remove 'C:\\l' 'C:\\t'", 2, "junctionctl: remove takes LINK\nnext: junctionctl help remove\n"},
    {"ping now", 2, "junctionctl: ping takes no arguments\n"},
    {"help", 0, "create LINK TARGET"},
    {"--help", 0, "Exit codes:"},
    {"help remove", 0, "Usage: junctionctl remove LINK [OPTION]"},
    {"remove --help", 0, "Usage: junctionctl remove LINK [OPTION]"},
    {"help help", 0, "Commands:"},
    {"help creat", 2, "did you mean create?"},
    {"--version", 0, "junctionctl 0."},
    {"create --version", 0, "junctionctl 0."},
};

TEST(client_ctl, what_needs_no_service_is_answered_without_one)
{
    for (size_t i = 0; i < JD_COUNT(alone_rows); i++) {
        struct client_said said;
        check_case("%s", alone_rows[i].arguments);
        client_run(alone_rows[i].arguments, CLIENT_BOTH, &said);
        if (strstr(said.text, alone_rows[i].holds) == NULL) {
            check_text(said.text, alone_rows[i].holds);
        }
        check_int(said.exit_code, alone_rows[i].exit_code);
    }
}
