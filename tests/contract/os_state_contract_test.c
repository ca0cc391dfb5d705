/* SPDX-License-Identifier: MIT */
#include "tests/contract/fixture.h"

#include "service/os/os_state.h"

#include <pthread.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 50 };

static struct os_state *state;

static void begin(void)
{
    fixture_begin();
    check_ok(os_state_open(fixture_state_folder(), &state, &fixture_err), &fixture_err);
}

static void restart(void)
{
    os_state_close(state);
    state = NULL;
    check_ok(os_state_open(fixture_state_folder(), &state, &fixture_err), &fixture_err);
}

static void end(void)
{
    os_state_close(state);
    state = NULL;
    fixture_end();
}

static uint64_t add(const char *text)
{
    uint64_t token = 0;
    check_ok(os_state_pending_add(state, text, strlen(text), true, &token, &fixture_err), &fixture_err);
    check_true(token != 0);
    return token;
}

/* The entry after `after` is this one. */
static void check_next(uint64_t after, uint64_t token, const char *text)
{
    struct jd_buf found;
    uint64_t next = 0;
    jd_buf_init(&found, 65536);
    check_ok(os_state_pending_next(state, after, &next, &found, &fixture_err), &fixture_err);
    check_int(next, token);
    check_bytes(found.data == NULL ? "" : found.data, found.len, text, strlen(text));
    jd_buf_done(&found);
}

static void check_none(uint64_t after)
{
    struct jd_buf found;
    uint64_t next = 7;
    jd_buf_init(&found, 65536);
    check_code(os_state_pending_next(state, after, &next, &found, &fixture_err), JD_E_NOT_FOUND, &fixture_err);
    check_int(next, 7);
    check_int(found.len, 0);
    jd_buf_done(&found);
}

TEST(os_state, entries_come_back_in_the_order_of_their_tokens)
{
    uint64_t tokens[3];
    begin();
    check_none(0);
    tokens[0] = add("first");
    tokens[1] = add("");
    tokens[2] = add("third\nwith a second line");
    check_true(tokens[0] < tokens[1] && tokens[1] < tokens[2]);
    check_next(0, tokens[0], "first");
    check_next(tokens[0], tokens[1], "");
    check_next(tokens[1], tokens[2], "third\nwith a second line");
    check_none(tokens[2]);
    check_ok(os_state_pending_drop(state, tokens[1], &fixture_err), &fixture_err);
    check_next(tokens[0], tokens[2], "third\nwith a second line");
    end();
}

TEST(os_state, entries_outlive_the_process_and_keep_their_tokens)
{
    uint64_t first;
    uint64_t second;
    begin();
    first = add("kept");
    restart();
    check_next(0, first, "kept");
    second = add("later");
    check_true(second > first);
    check_next(first, second, "later");
    end();
}

TEST(os_state, an_entry_is_dropped_once)
{
    uint64_t token;
    begin();
    token = add("entry");
    check_ok(os_state_pending_drop(state, token, &fixture_err), &fixture_err);
    check_code(os_state_pending_drop(state, token, &fixture_err), JD_E_NOT_FOUND, &fixture_err);
    check_code(os_state_pending_drop(state, 0, &fixture_err), JD_E_NOT_FOUND, &fixture_err);
    end();
}

TEST(os_state, an_entry_cut_short_is_given_as_it_is)
{
    static const char text[] = "{\"op\":\"create\"}";
    begin();
    for (size_t len = 0; len < sizeof text; len++) {
        char cut[sizeof text] = {0};
        uint64_t token = add(text);
        check_case("%zu bytes", len);
        memcpy(cut, text, len);
        fixture_state_truncate(token, len);
        check_next(token - 1, token, cut);
    }
    end();
}

TEST(os_state, an_entry_longer_than_the_reader_takes_leaves_the_buffer_as_it_was)
{
    struct jd_buf found;
    uint64_t next = 0;
    begin();
    add("longer than eight bytes");
    jd_buf_init(&found, 8);
    check_true(os_state_pending_next(state, 0, &next, &found, &fixture_err) != JD_OK);
    check_int(next, 0);
    jd_buf_done(&found);
    end();
}

TEST(os_state, the_sequence_counts_across_restarts)
{
    uint64_t value = 0;
    begin();
    for (uint64_t i = 1; i <= 5; i++) {
        check_ok(os_state_next_sequence(state, &value, &fixture_err), &fixture_err);
        check_int(value, i);
    }
    restart();
    check_ok(os_state_next_sequence(state, &value, &fixture_err), &fixture_err);
    check_int(value, 6);
    end();
}

TEST(os_state, a_second_instance_is_refused)
{
    struct os_state *second = NULL;
    begin();
    check_code(os_state_open(fixture_state_folder(), &second, &fixture_err), JD_E_ALREADY_RUNNING, &fixture_err);
    check_true(second == NULL);
    os_state_close(state);
    fixture_state_lock(true);
    check_code(os_state_open(fixture_state_folder(), &state, &fixture_err), JD_E_ALREADY_RUNNING, &fixture_err);
    fixture_state_lock(false);
    check_ok(os_state_open(fixture_state_folder(), &state, &fixture_err), &fixture_err);
    end();
}

struct worker {
    uint64_t largest;
    bool failed;
};

static void *work(void *context)
{
    struct worker *worker = context;
    struct jd_err err;
    for (int i = 0; i < ROUNDS && !worker->failed; i++) {
        uint64_t token = 0;
        uint64_t value = 0;
        worker->failed = os_state_pending_add(state, "entry", 5, false, &token, &err) != JD_OK ||
                         os_state_next_sequence(state, &value, &err) != JD_OK || value <= worker->largest ||
                         os_state_pending_drop(state, token, &err) != JD_OK;
        worker->largest = value;
    }
    return NULL;
}

TEST(os_state, any_thread_may_use_it)
{
    pthread_t threads[THREADS];
    struct worker workers[THREADS] = {{0}};
    uint64_t value = 0;
    begin();
    for (size_t i = 0; i < THREADS; i++) {
        check_int(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        check_false(workers[i].failed);
    }
    check_ok(os_state_next_sequence(state, &value, &fixture_err), &fixture_err);
    check_int(value, THREADS * ROUNDS + 1);
    check_none(0);
    end();
}
