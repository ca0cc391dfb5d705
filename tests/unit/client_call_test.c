/* SPDX-License-Identifier: MIT */
/* Calls against a scripted server: what is asked, answers that are right, refusals. */
#include "tests/support/suite.h"
#include "tests/unit/client_server.h"

#include <pthread.h>
#include <string.h>

#define RESULT(json) "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" json "}\n"
#define REFUSAL(id, number, data) \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"error\":{\"code\":" number ",\"message\":\"m\",\"data\":" data "}}\n"
#define CREATED "{\"link\":\"C:\\\\l\",\"target\":\"C:\\\\t\",\"changed\":true,\"newer\":{\"a\":[1]}}"
#define INSPECTED \
    "{\"link\":\"C:\\\\l\",\"kind\":\"junction\",\"tag\":2684354563,\"target\":\"C:\\\\t\",\"target_state\":\"ok\"}"

/* One connection, one request, one answer, then waits for the client to close. */
#define ANSWER(text)                                                                                    \
    {                                                                                                   \
        {SERVER_TAKE, NULL, 0}, {SERVER_HEAR, NULL, 0}, {SERVER_SAY, text, 0}, {SERVER_DRAIN, NULL, 0}, \
        {                                                                                               \
            SERVER_END, NULL, 0                                                                         \
        }                                                                                               \
    }

TEST(client_call, create_asks_and_takes_the_answer)
{
    static const struct server_step steps[] = ANSWER(RESULT(CREATED));
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct junction_create_result *result = NULL;
    check_int(junction_create(client, "C:/l/", "C:\\x\\..\\t", &result, NULL), JUNCTION_OK);
    check_text(result->link, "C:\\l");
    check_text(result->target, "C:\\t");
    check_int(result->changed, 1);
    check_text(result->json, CREATED);
    check_text(server_heard(server), "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"junction.create\",\"params\":"
                                     "{\"link\":\"C:\\\\l\",\"target\":\"C:\\\\t\"}}\n");
    junction_create_result_free(result);
    junction_close(client);
    server_stop(server);
}

TEST(client_call, inspect_gives_absent_members_as_null)
{
    static const struct server_step steps[] = ANSWER(RESULT(INSPECTED));
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct junction_inspect_result *result = NULL;
    check_int(junction_inspect(client, "\\\\?\\C:\\l", &result, NULL), JUNCTION_OK);
    check_text(result->kind, "junction");
    check_int(result->tag, 0xA0000003);
    check_text(result->target_state, "ok");
    check_true(result->target_utf16 == NULL && result->print_name == NULL);
    check_text(result->json, INSPECTED);
    check_true(strstr(server_heard(server), "\"params\":{\"link\":\"C:\\\\l\"}") != NULL);
    junction_inspect_result_free(result);
    junction_close(client);
    server_stop(server);
}

TEST(client_call, remove_asks_and_takes_the_answer)
{
    static const struct server_step steps[] = ANSWER(RESULT(CREATED));
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct junction_remove_result *result = NULL;
    check_int(junction_remove(client, "C:\\l", &result, NULL), JUNCTION_OK);
    check_text(result->target, "C:\\t");
    check_int(result->changed, 1);
    check_true(strstr(server_heard(server), "\"method\":\"junction.remove\"") != NULL);
    junction_remove_result_free(result);
    junction_close(client);
    server_stop(server);
}

TEST(client_call, info_tells_service_volumes_and_caller)
{
    static const struct server_step steps[] = ANSWER(
        RESULT("{\"name\":\"junctiond\",\"version\":\"0.1.0\",\"protocol\":1,\"volumes\":[{\"letter\":\"C\",\"mount\":"
               "\"/m\"},{\"letter\":\"D\"},{\"odd\":1},7],\"caller\":{\"sid\":\"S-1-22-1-7\",\"name\":\"n\","
               "\"administrator\":true,\"groups\":[\"S-1-1-0\",3,\"S-1-5-11\"]}}"));
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct junction_info_result *info = NULL;
    check_int(junction_info(client, &info, NULL), JUNCTION_OK);
    check_text(info->version, "0.1.0");
    check_int(info->protocol, 1);
    check_int(info->n_volumes, 2);
    check_text(info->volumes[0].mount, "/m");
    check_text(info->volumes[1].letter, "D");
    check_true(info->volumes[1].mount == NULL);
    check_text(info->caller_sid, "S-1-22-1-7");
    check_int(info->caller_is_administrator, 1);
    check_int(info->n_caller_groups, 2);
    check_text(info->caller_groups[1], "S-1-5-11");
    check_true(strncmp(info->caller_json, "{\"sid\":", 7) == 0);
    check_text(server_heard(server), "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"service.info\"}\n");
    junction_info_result_free(info);
    junction_close(client);
    server_stop(server);
}

TEST(client_call, info_of_a_service_that_says_little_is_still_an_answer)
{
    static const struct server_step steps[] = ANSWER(RESULT("{\"volumes\":{\"a\":1},\"caller\":[]}"));
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct junction_info_result *info = NULL;
    check_int(junction_info(client, &info, NULL), JUNCTION_OK);
    check_true(info->name == NULL && info->caller_sid == NULL);
    check_int(info->n_volumes, 0);
    junction_info_result_free(info);
    junction_close(client);
    server_stop(server);
}

TEST(client_call, status_tells_numbers_and_what_was_not_told)
{
    static const struct server_step steps[] =
        ANSWER(RESULT("{\"state\":\"running\",\"uptime_s\":90061,\"policy\":{\"hash\":\"ab\",\"rules\":3},"
                      "\"connections\":{\"now\":1,\"total\":5},\"operations\":{\"junction.create\":{\"done\":2,"
                      "\"denied\":1,\"failed\":0}},\"audit\":{\"state\":\"ok\"},\"policy_refused\":{\"word\":"
                      "\"policy_invalid\"}}"));
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct junction_status_result *status = NULL;
    check_int(junction_status(client, &status, NULL), JUNCTION_OK);
    check_text(status->state, "running");
    check_int(status->uptime_s, 90061);
    check_int(status->policy_rules, 3);
    check_int(status->connections_total, 5);
    check_int(status->running, -1);
    check_true(status->policy_loaded == NULL);
    check_text(status->policy_refused, "policy_invalid");
    check_true(status->policy_refused_detail == NULL);
    check_int(status->n_operations, 1);
    check_text(status->operations[0].method, "junction.create");
    check_int(status->operations[0].denied, 1);
    junction_status_result_free(status);
    junction_close(client);
    server_stop(server);
}

TEST(client_call, any_method_can_be_called_with_params_on_one_line)
{
    static const struct server_step steps[] = ANSWER(RESULT("[1,\"a\"]"));
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    char *json = NULL;
    check_int(junction_call(client, "junction.\"new\"", "{\n \"a\":\r\n\"b\\n\" }", &json, NULL), JUNCTION_OK);
    check_text(json, "[1,\"a\"]");
    check_text(server_heard(server), "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"junction.\\\"new\\\"\",\"params\":"
                                     "{  \"a\":  \"b\\n\" }}\n");
    junction_free(json);
    junction_close(client);
    server_stop(server);
}

TEST(client_call, params_that_are_no_object_are_refused_before_anything_is_sent)
{
    static const char *const bad[] = {"", "[]", "1", "{", "{}{}", "{\"a\":\"\\ud800\"}", "{\"a\":\xFF}"};
    static const struct server_step steps[] = {{SERVER_END, NULL, 0}};
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    char *json = NULL;
    for (size_t i = 0; i < JD_COUNT(bad); i++) {
        struct junction_error error;
        check_case("%s", bad[i]);
        check_int(junction_exit_code(junction_call(client, "m", bad[i], &json, &error)), 2);
        check_true(json == NULL && error.message[0] != '\0');
    }
    check_int(junction_call(client, "", NULL, &json, NULL), JUNCTION_E_INVALID_PARAMS);
    check_int(junction_call(client, NULL, NULL, &json, NULL), JUNCTION_E_INVALID_PARAMS);
    check_int(server_heard_bytes(server), 0);
    junction_close(client);
    server_stop(server);
}

TEST(client_call, a_request_longer_than_a_line_is_refused_before_anything_is_sent)
{
    static const struct server_step steps[] = {{SERVER_END, NULL, 0}};
    static char path[70000];
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct junction_inspect_result *result = NULL;
    memset(path, 'a', sizeof path - 1);
    memcpy(path, "C:\\", 3);
    check_int(junction_inspect(client, path, &result, NULL), JUNCTION_E_MESSAGE_TOO_LARGE);
    path[65500] = '\0'; /* fits a line, but not with the request around it */
    check_int(junction_inspect(client, path, &result, NULL), JUNCTION_E_MESSAGE_TOO_LARGE);
    check_int(junction_inspect(client, NULL, &result, NULL), JUNCTION_E_INVALID_PARAMS);
    check_true(result == NULL);
    check_int(server_heard_bytes(server), 0);
    junction_close(client);
    server_stop(server);
}

TEST(client_call, a_refusal_carries_word_reason_rule_and_request)
{
    static const struct server_step steps[] = ANSWER(
        REFUSAL("1", "-32001", "{\"word\":\"denied\",\"reason\":\"deny_rule\",\"rule\":\"r\",\"request\":\"q7\"}"));
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct junction_create_result *result = NULL;
    struct junction_error error;
    check_int(junction_create(client, "C:\\l", "C:\\t", &result, &error), JUNCTION_E_DENIED);
    check_true(result == NULL);
    check_int(error.code, JUNCTION_E_DENIED);
    check_text(error.word, "denied");
    check_text(error.reason, "deny_rule");
    check_text(error.rule, "r");
    check_text(error.request, "q7");
    check_text(error.message, "m");
    junction_close(client);
    server_stop(server);
}

TEST(client_call, a_word_of_a_newer_service_is_handed_on)
{
    static const struct server_step steps[] = ANSWER(REFUSAL("1", "-32006", "{\"word\":\"moon_phase\"}"));
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct junction_remove_result *result = NULL;
    struct junction_error error;
    check_int(junction_remove(client, "C:\\l", &result, &error), JUNCTION_E_INTERNAL);
    check_text(error.word, "moon_phase");
    junction_close(client);
    server_stop(server);
}

TEST(client_call, notifications_in_front_of_the_answer_are_skipped)
{
    static const struct server_step steps[] = {
        {SERVER_TAKE, NULL, 0},
        {SERVER_HEAR, NULL, 0},
        {SERVER_SAY, "{\"jsonrpc\":\"2.0\",\"method\":\"junction.inspect.progress\",\"params\":{\"id\":1}}\n", 0},
        {SERVER_FLOOD, "{\"jsonrpc\":\"2.0\",\"method\":\"m\"}\n", 5000},
        {SERVER_SAY, RESULT(INSPECTED), 0},
        {SERVER_DRAIN, NULL, 0},
        {SERVER_END, NULL, 0},
    };
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct junction_inspect_result *result = NULL;
    check_int(junction_inspect(client, "C:\\l", &result, NULL), JUNCTION_OK);
    check_text(result->kind, "junction");
    junction_inspect_result_free(result);
    junction_close(client);
    server_stop(server);
}

TEST(client_call, notifications_without_end_do_not_outlive_the_deadline)
{
    static const struct server_step steps[] = {
        {SERVER_TAKE, NULL, 0},
        {SERVER_HEAR, NULL, 0},
        {SERVER_FLOOD, "{\"jsonrpc\":\"2.0\",\"method\":\"m\"}\n", SIZE_MAX},
        {SERVER_END, NULL, 0},
    };
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 100);
    struct junction_inspect_result *result = NULL;
    check_int(junction_inspect(client, "C:\\l", &result, NULL), JUNCTION_E_REPLY_TIMED_OUT);
    junction_close(client);
    server_stop(server);
}

TEST(client_call, an_answer_in_many_small_portions_is_put_together)
{
    static const struct server_step steps[] = {
        {SERVER_TAKE, NULL, 0},
        {SERVER_HEAR, NULL, 0},
        {SERVER_SAY, "{\"jsonrpc\":", 0},
        {SERVER_SAY, "\"2.0\",\"id\":1,\"result\":{\"link\":\"", 0},
        {SERVER_FLOOD, "a", 300},
        {SERVER_SAY, "\",\"kind\":\"file\"}}", 0},
        {SERVER_SAY, "\n", 0},
        {SERVER_DRAIN, NULL, 0},
        {SERVER_END, NULL, 0},
    };
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct junction_inspect_result *result = NULL;
    check_int(junction_inspect(client, "C:\\l", &result, NULL), JUNCTION_OK);
    check_int(strlen(result->link), 300);
    junction_inspect_result_free(result);
    junction_close(client);
    server_stop(server);
}

enum { N_THREADS = 4, N_CALLS = 25 };

static void *call_often(void *context)
{
    const junction_client *client = context;
    for (size_t i = 0; i < N_CALLS; i++) {
        struct junction_inspect_result *result = NULL;
        if (junction_inspect(client, "C:\\l", &result, NULL) != JUNCTION_OK) {
            return context;
        }
        junction_inspect_result_free(result);
    }
    return NULL;
}

TEST(client_call, threads_may_share_a_client)
{
    static struct server_step steps[N_THREADS * N_CALLS * 4 + 1];
    pthread_t threads[N_THREADS];
    struct server *server;
    junction_client *client;
    for (size_t i = 0; i < JD_COUNT(steps) - 1; i += 4) {
        steps[i] = (struct server_step){SERVER_TAKE, NULL, 0};
        steps[i + 1] = (struct server_step){SERVER_HEAR, NULL, 0};
        steps[i + 2] = (struct server_step){SERVER_SAY, RESULT(INSPECTED), 0};
        steps[i + 3] = (struct server_step){SERVER_DRAIN, NULL, 0};
    }
    server = server_start(steps);
    client = server_client(server, 20000);
    for (size_t i = 0; i < N_THREADS; i++) {
        check_true(pthread_create(&threads[i], NULL, call_often, client) == 0);
    }
    for (size_t i = 0; i < N_THREADS; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        check_true(failed == NULL);
    }
    junction_close(client);
    server_stop(server);
}
