/* SPDX-License-Identifier: MIT */
/* Calls against a server that does wrong: what a caller is told, and above all whether something may have changed. */
#include "client/src/call.h"
#include "tests/support/suite.h"
#include "tests/unit/client_server.h"

#include <string.h>

#define RESULT(json) "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" json "}\n"
#define REFUSAL(id, number, data) \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"error\":{\"code\":" number ",\"message\":\"m\",\"data\":" data "}}\n"
#define CREATED "{\"link\":\"C:\\\\l\",\"target\":\"C:\\\\t\",\"changed\":true,\"newer\":{\"a\":[1]}}"
/* One connection, one request, one answer, then waits for the client to close. */
#define ANSWER(text)                                                                                    \
    {                                                                                                   \
        {SERVER_TAKE, NULL, 0}, {SERVER_HEAR, NULL, 0}, {SERVER_SAY, text, 0}, {SERVER_DRAIN, NULL, 0}, \
        {                                                                                               \
            SERVER_END, NULL, 0                                                                         \
        }                                                                                               \
    }

/* What goes wrong after the request was handed over: a read has failed, of a change nobody knows. */
static const struct broken_row {
    const char *say;
    size_t times;
    enum junction_code read_code;
    const char *reason;
    bool hangs;
} broken_rows[] = {
    {"", 1, JUNCTION_E_NOT_RUNNING, "connection_lost", false},
    {"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{", 1, JUNCTION_E_NOT_RUNNING, "connection_lost", false},
    {RESULT("{}"), 1, JUNCTION_E_BAD_REPLY, "bad_reply", false},
    {RESULT("[]"), 1, JUNCTION_E_BAD_REPLY, "bad_reply", false},
    {RESULT("{\"link\":1,\"kind\":2,\"target\":3,\"changed\":4}"), 1, JUNCTION_E_BAD_REPLY, "bad_reply", false},
    {"hello\n", 1, JUNCTION_E_BAD_REPLY, "bad_reply", false},
    {"\n", 1, JUNCTION_E_BAD_REPLY, "bad_reply", false},
    {"{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":" CREATED "}\n", 1, JUNCTION_E_BAD_REPLY, "bad_reply", false},
    {"{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":" CREATED "}\n", 1, JUNCTION_E_BAD_REPLY, "bad_reply", false},
    {"{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":" CREATED "}\n", 1, JUNCTION_E_BAD_REPLY, "bad_reply", false},
    {"{\"jsonrpc\":\"2.0\",\"result\":" CREATED "}\n", 1, JUNCTION_E_BAD_REPLY, "bad_reply", false},
    {"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1,\"result\":" CREATED "}\n", 1, JUNCTION_E_BAD_REPLY, "bad_reply",
     false},
    {"{\"jsonrpc\":\"2.0\",\"id\":1,\"\\u0072esult\":" CREATED "}\n", 1, JUNCTION_E_BAD_REPLY, "bad_reply", false},
    {"\xFF\xFE\n", 1, JUNCTION_E_BAD_REPLY, "bad_reply", false},
    {"xxxxxxxxxxxxxxxx", 16384, JUNCTION_E_BAD_REPLY, "bad_reply", false}, /* 256 KiB without a line's end */
    {"", 1, JUNCTION_E_REPLY_TIMED_OUT, "timed_out", true},
    {"{\"jsonrpc\":\"2.0\",", 1, JUNCTION_E_REPLY_TIMED_OUT, "timed_out", true},
};

static void fill_broken(const struct broken_row *row, struct server_step steps[5])
{
    steps[0] = (struct server_step){SERVER_TAKE, NULL, 0};
    steps[1] = (struct server_step){SERVER_HEAR, NULL, 0};
    steps[2] = (struct server_step){SERVER_FLOOD, row->say, row->times};
    steps[3] = (struct server_step){row->hangs ? SERVER_DRAIN : SERVER_CLOSE, NULL, 0};
    steps[4] = (struct server_step){SERVER_END, NULL, 0};
}

TEST(client_broken, a_read_that_is_not_answered_well_has_failed)
{
    for (size_t i = 0; i < JD_COUNT(broken_rows); i++) {
        const struct broken_row *row = &broken_rows[i];
        struct server_step steps[5];
        struct server *server;
        junction_client *client;
        struct junction_inspect_result *result = NULL;
        struct junction_error error;
        fill_broken(row, steps);
        server = server_start(steps);
        client = server_client(server, row->hangs ? 60 : 0);
        check_case("row %zu: %.60s", i, row->say);
        check_int(junction_inspect(client, "C:\\l", &result, &error), row->read_code);
        check_true(result == NULL);
        check_int(error.code, row->read_code);
        junction_close(client);
        server_stop(server);
    }
}

TEST(client_broken, a_change_that_is_not_answered_well_has_an_unknown_outcome)
{
    for (size_t i = 0; i < JD_COUNT(broken_rows); i++) {
        const struct broken_row *row = &broken_rows[i];
        struct server_step steps[5];
        struct server *server;
        junction_client *client;
        struct junction_create_result *result = NULL;
        struct junction_error error;
        fill_broken(row, steps);
        server = server_start(steps);
        client = server_client(server, row->hangs ? 60 : 0);
        check_case("row %zu: %.60s", i, row->say);
        check_int(junction_create(client, "C:\\l", "C:\\t", &result, &error), JUNCTION_E_OUTCOME_UNKNOWN);
        check_true(result == NULL);
        check_text(error.word, "outcome_unknown");
        check_text(error.reason, row->reason);
        check_int(junction_exit_code(error.code), 8);
        junction_close(client);
        server_stop(server);
    }
}

TEST(client_broken, a_lost_call_of_an_unknown_method_counts_as_a_change_and_of_a_known_read_does_not)
{
    static const struct server_step steps[] = {{SERVER_TAKE, NULL, 0},
                                               {SERVER_HEAR, NULL, 0},
                                               {SERVER_TAKE, NULL, 0},
                                               {SERVER_HEAR, NULL, 0},
                                               {SERVER_END, NULL, 0}};
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct junction_error error;
    char *json = NULL;
    /* The first connection is closed only when the second one comes: the first call must give up by itself. */
    junction_client *hasty = server_client(server, 60);
    check_int(junction_call(hasty, "junction.newer", NULL, &json, &error), JUNCTION_E_OUTCOME_UNKNOWN);
    check_text(error.reason, "timed_out");
    check_int(junction_call(client, "junction.inspect", "{}", &json, &error), JUNCTION_E_NOT_RUNNING);
    check_text(error.reason, "connection_lost");
    junction_close(hasty);
    junction_close(client);
    server_stop(server);
}

TEST(client_broken, a_longest_answer_is_taken_and_one_byte_more_is_not)
{
    static char line[262143 + 2];
    static const char head[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"";
    for (size_t extra = 0; extra < 2; extra++) {
        size_t len = 262143 + extra; /* with the LF */
        struct server_step steps[] = ANSWER(line);
        struct server *server;
        junction_client *client;
        char *json = NULL;
        memset(line, 'a', len);
        memcpy(line, head, sizeof head - 1);
        memcpy(line + len - 3, "\"}\n", 4);
        server = server_start(steps);
        client = server_client(server, 0);
        check_case("%zu bytes", len);
        check_int(junction_call(client, "service.info", NULL, &json, NULL),
                  extra == 0 ? JUNCTION_OK : JUNCTION_E_BAD_REPLY);
        junction_free(json);
        junction_close(client);
        server_stop(server);
    }
}

/* A full service says so and closes without reading; whether our request was still taken makes no difference. */
TEST(client_broken, a_refusal_without_an_id_is_believed_also_when_the_line_is_cut)
{
    static const struct server_step steps[] = {
        {SERVER_TAKE, NULL, 0},
        {SERVER_SAY, REFUSAL("null", "-32002", "{\"word\":\"busy\"}"), 0},
        {SERVER_CLOSE, NULL, 0},
        {SERVER_END, NULL, 0},
    };
    for (size_t i = 0; i < 50; i++) {
        struct server *server = server_start(steps);
        junction_client *client = server_client(server, 0);
        struct junction_create_result *result = NULL;
        struct junction_error error;
        check_int(junction_create(client, "C:\\l", "C:\\t", &result, &error), JUNCTION_E_BUSY);
        check_int(junction_exit_code(error.code), 6);
        junction_close(client);
        server_stop(server);
    }
}

/* A call whose connection stands while its server has finished already: what follows is no race. */
static void begin_after_server(struct call *call, const junction_client *client, struct server *server)
{
    struct jd_err err = {0};
    call_begin(call, client);
    check_ok(conn_open(server_endpoint(server), true, call->deadline_ms, &call->conn, &err), &err);
    server_heard(server);
}

TEST(client_broken, a_refusal_is_read_also_when_the_request_could_not_be_sent)
{
    static const struct server_step steps[] = {
        {SERVER_TAKE, NULL, 0},
        {SERVER_SAY, REFUSAL("null", "-32002", "{\"word\":\"busy\"}"), 0},
        {SERVER_END, NULL, 0},
    };
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct call call;
    struct jd_err err = {0};
    struct junction_error error;
    begin_after_server(&call, client, server);
    check_code(call_ask(&call, JD_OP_ID_info, NULL, &err), JD_E_BUSY, &err);
    check_int(call_end(&call, err.code, &err, &error), JUNCTION_E_BUSY);
    check_text(error.word, "busy");
    junction_close(client);
    server_stop(server);
}

TEST(client_broken, a_change_that_could_not_be_sent_has_no_unknown_outcome)
{
    static const struct server_step steps[] = {{SERVER_TAKE, NULL, 0}, {SERVER_END, NULL, 0}};
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct jd_buf line;
    struct call call;
    struct jd_err err = {0};
    struct junction_error error;
    jd_buf_init(&line, 100);
    jd_buf_add_text(&line, "{}\n");
    begin_after_server(&call, client, server);
    check_code(call_ask_line(&call, &line, true, &err), JD_E_NOT_RUNNING, &err);
    check_int(call_end(&call, err.code, &err, &error), JUNCTION_E_NOT_RUNNING);
    check_text(error.reason, "connection_lost");
    jd_buf_done(&line);
    junction_close(client);
    server_stop(server);
}

TEST(client_broken, notifications_do_not_carry_a_call_over_its_deadline)
{
    static const struct server_step steps[] = {
        {SERVER_TAKE, NULL, 0},
        {SERVER_SAY, "{\"jsonrpc\":\"2.0\",\"method\":\"m\"}\n" RESULT(CREATED), 0},
        {SERVER_END, NULL, 0},
    };
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct receiver receiver;
    struct jd_reply reply = {0};
    struct slice line;
    struct call call;
    struct jd_err err = {0};
    begin_after_server(&call, client, server);
    receive_init(&receiver);
    check_code(receive_reply(call.conn, 1, conn_now_ms(), &receiver, &reply, &line, &err), JD_E_REPLY_TIMED_OUT, &err);
    receive_done(&receiver);
    call_end(&call, JD_OK, &err, NULL);
    junction_close(client);
    server_stop(server);
}

TEST(client_broken, a_server_that_closes_at_once_ends_no_process_and_leaves_no_doubt_that_is_not_there)
{
    static const struct server_step steps[] = {{SERVER_TAKE, NULL, 0}, {SERVER_END, NULL, 0}};
    for (size_t i = 0; i < 50; i++) {
        struct server *server = server_start(steps);
        junction_client *client = server_client(server, 0);
        struct junction_remove_result *result = NULL;
        struct junction_inspect_result *seen = NULL;
        struct junction_error error;
        enum junction_code code = junction_remove(client, "C:\\l", &result, &error);
        check_true(code == JUNCTION_E_NOT_RUNNING || code == JUNCTION_E_OUTCOME_UNKNOWN);
        check_text(error.reason, "connection_lost");
        server_heard(server); /* the listener is shut: nobody listens any more */
        check_int(junction_inspect(client, "C:\\l", &seen, &error), JUNCTION_E_NOT_RUNNING);
        junction_close(client);
        server_stop(server);
    }
}
