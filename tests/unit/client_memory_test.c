/* SPDX-License-Identifier: MIT */
/*
 * Out of memory at every single allocation of a call: a typed error, nothing lost, and never a change of which it is
 * said that nothing happened. Linked with --wrap for malloc, calloc, realloc and free: what our own floors call (and
 * what cJSON asks for, through json.c) comes by here. The scripted server allocates nothing while it runs.
 */
#include "tests/support/suite.h"
#include "tests/unit/client_server.h"

#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

static size_t n_asked; /* allocations since arm() */
static size_t fail_at; /* counted from 1; 0: none */
static ptrdiff_t n_live;

static bool may_allocate(void)
{
    return ++n_asked != fail_at;
}

static void *count_live(void *memory)
{
    n_live += memory != NULL;
    return memory;
}

void *__wrap_malloc(size_t size)
{
    return may_allocate() ? count_live(__real_malloc(size)) : NULL;
}

void *__wrap_calloc(size_t n, size_t size)
{
    return may_allocate() ? count_live(__real_calloc(n, size)) : NULL;
}

void *__wrap_realloc(void *memory, size_t size)
{
    bool is_new = memory == NULL;
    void *moved = may_allocate() ? __real_realloc(memory, size) : NULL;
    return is_new ? count_live(moved) : moved;
}

void __wrap_free(void *memory)
{
    n_live -= memory != NULL;
    __real_free(memory);
}

static void arm(size_t at)
{
    n_asked = 0;
    fail_at = at;
}

/* One call, its result given back at once. */
typedef enum junction_code (*work_fn)(const junction_client *client, struct junction_error *error);

static enum junction_code create(const junction_client *client, struct junction_error *error)
{
    struct junction_create_result *result = NULL;
    enum junction_code code = junction_create(client, "C:\\l", "C:/t", &result, error);
    check_int(result != NULL, code == JUNCTION_OK);
    junction_create_result_free(result);
    return code;
}

static enum junction_code inspect(const junction_client *client, struct junction_error *error)
{
    struct junction_inspect_result *result = NULL;
    enum junction_code code = junction_inspect(client, "C:\\l", &result, error);
    check_int(result != NULL, code == JUNCTION_OK);
    junction_inspect_result_free(result);
    return code;
}

static enum junction_code remove_link(const junction_client *client, struct junction_error *error)
{
    struct junction_remove_result *result = NULL;
    enum junction_code code = junction_remove(client, "C:\\l", &result, error);
    check_int(result != NULL, code == JUNCTION_OK);
    junction_remove_result_free(result);
    return code;
}

static enum junction_code info(const junction_client *client, struct junction_error *error)
{
    struct junction_info_result *result = NULL;
    enum junction_code code = junction_info(client, &result, error);
    check_int(result != NULL, code == JUNCTION_OK);
    junction_info_result_free(result);
    return code;
}

static enum junction_code status(const junction_client *client, struct junction_error *error)
{
    struct junction_status_result *result = NULL;
    enum junction_code code = junction_status(client, &result, error);
    check_int(result != NULL, code == JUNCTION_OK);
    junction_status_result_free(result);
    return code;
}

static enum junction_code call(const junction_client *client, struct junction_error *error)
{
    char *result = NULL;
    enum junction_code code = junction_call(client, "service.info", "{\"a\":[1,2]}", &result, error);
    check_int(result != NULL, code == JUNCTION_OK);
    junction_free(result);
    return code;
}

static const struct row {
    const char *name;
    work_fn work;
    bool is_change;
    const char *result;
} rows[] = {
    {"create", create, true, "{\"link\":\"C:\\\\l\",\"target\":\"C:\\\\t\",\"changed\":true}"},
    {"inspect", inspect, false, "{\"link\":\"C:\\\\l\",\"kind\":\"junction\",\"tag\":3,\"tag_name\":\"n\"}"},
    {"remove", remove_link, true, "{\"link\":\"C:\\\\l\",\"target\":\"C:\\\\t\",\"changed\":true}"},
    {"info", info, false,
     "{\"name\":\"n\",\"version\":\"v\",\"volumes\":[{\"letter\":\"C\",\"mount\":\"/m\"},"
     "{\"letter\":\"D\"}],\"caller\":{\"sid\":\"s\",\"name\":\"n\",\"groups\":[\"a\",\"b\"]}}"},
    {"status", status, false,
     "{\"state\":\"s\",\"version\":\"v\",\"started\":\"t\",\"policy\":{\"hash\":\"h\","
     "\"loaded\":\"l\"},\"operations\":{\"a\":{},\"b\":{}},\"audit\":{\"state\":\"ok\"}}"},
    {"call", call, false, "[{}]"},
};

/* JUNCTION_OK once `at` is beyond the call's last allocation. */
static enum junction_code fail_one(const struct row *row, size_t at, const char *line)
{
    const struct server_step steps[] = {
        {SERVER_TAKE, NULL, 0},
        {SERVER_HEAR, NULL, 0},
        {SERVER_SAY, "{\"jsonrpc\":\"2.0\",\"method\":\"skipped\",\"params\":{}}\n", 0},
        {SERVER_SAY, line, 0},
        {SERVER_DRAIN, NULL, 0},
        {SERVER_END, NULL, 0},
    };
    struct server *server = server_start(steps);
    junction_client *client = server_client(server, 0);
    struct junction_error error = {.code = JUNCTION_OK};
    ptrdiff_t live = n_live;
    enum junction_code code;
    size_t n_needed;
    bool was_sent;
    check_case("%s, allocation %zu", row->name, at);
    arm(at);
    code = row->work(client, &error);
    n_needed = n_asked;
    arm(0);
    check_int(n_live, live);
    check_int(error.code, code);
    was_sent = server_heard_bytes(server) != 0;
    if (code == JUNCTION_OK) {
        check_true(n_needed < at); /* an answer with a hole in it is none */
    } else {
        check_int(code, was_sent && row->is_change ? JUNCTION_E_OUTCOME_UNKNOWN : JUNCTION_E_NO_MEMORY);
        check_true(error.message[0] != '\0');
    }
    junction_close(client);
    server_stop(server);
    return code;
}

TEST(client_memory, a_call_without_memory_fails_as_what_it_is)
{
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        char line[512] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":";
        size_t at = 1;
        strcat(line, rows[i].result);
        strcat(line, "}\n");
        while (fail_one(&rows[i], at, line) != JUNCTION_OK) {
            at++;
            check_true(at < 1000);
        }
        check_true(at > 8); /* the sweep really went through a call */
    }
}

TEST(client_memory, opening_and_showing_without_memory_fail_quietly)
{
    struct junction_error error = {.code = JUNCTION_E_DENIED};
    junction_client *client = NULL;
    enum junction_code code = JUNCTION_E_NO_MEMORY;
    for (size_t at = 1; code != JUNCTION_OK; at++) {
        ptrdiff_t live = n_live;
        arm(at);
        code = junction_open(NULL, &client, &error);
        arm(0);
        check_true(code == JUNCTION_OK || (code == JUNCTION_E_NO_MEMORY && n_live == live && client == NULL));
    }
    junction_close(client);
    arm(1);
    check_true(junction_escape("a") == NULL);
    arm(1);
    check_true(junction_error_json(&error) == NULL);
    arm(0);
}
