/* SPDX-License-Identifier: MIT */
#include "tests/contract/fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 50, LONG_LINE = 20000 };

static struct os_audit *audit;

static void begin(void)
{
    struct os_audit_options options;
    fixture_begin();
    options = fixture_audit_options();
    check_ok(os_audit_open(&options, &audit, &fixture_err), &fixture_err);
}

static void end(void)
{
    os_audit_close(audit);
    audit = NULL;
    fixture_end();
}

static enum jd_code write_line(const char *line)
{
    static const struct os_audit_field fields[] = {{"link", "C:\\a"}, {"target", "C:\\b"}};
    const struct os_audit_record record = {.id = 200,
                                           .level = OS_AUDIT_WARNING,
                                           .event = "change_intent",
                                           .fields = fields,
                                           .n_fields = JD_COUNT(fields),
                                           .line = line};
    struct jd_err err;
    return os_audit_write(audit, &record, &err);
}

static void check_line(size_t index, const char *expected)
{
    char line[LONG_LINE * 2];
    fixture_audit_line(index, line, sizeof line);
    check_text(line, expected);
}

TEST(os_audit, each_accepted_record_is_one_line_in_order)
{
    char line[64];
    begin();
    for (int i = 0; i < 20; i++) {
        snprintf(line, sizeof line, "{\"n\":%d}", i);
        check_int(write_line(line), JD_OK);
    }
    check_int(fixture_audit_count(), 20);
    check_line(0, "{\"n\":0}");
    check_line(19, "{\"n\":19}");
    end();
}

TEST(os_audit, a_trail_is_continued)
{
    struct os_audit_options options;
    begin();
    check_int(write_line("{\"n\":1}"), JD_OK);
    os_audit_close(audit);
    options = fixture_audit_options();
    check_ok(os_audit_open(&options, &audit, &fixture_err), &fixture_err);
    check_int(write_line("{\"n\":2}"), JD_OK);
    check_ok(os_audit_reopen(audit, &fixture_err), &fixture_err);
    check_int(write_line("{\"n\":3}"), JD_OK);
    check_int(fixture_audit_count(), 3);
    check_line(0, "{\"n\":1}");
    check_line(2, "{\"n\":3}");
    end();
}

TEST(os_audit, a_record_that_is_not_taken_is_refused_and_leaves_no_trace)
{
    static char line[LONG_LINE];
    begin();
    memset(line, 'x', sizeof line - 1);
    check_int(write_line("{\"n\":1}"), JD_OK);
    fixture_audit_refuse(true);
    for (int i = 0; i < 3; i++) {
        check_int(write_line(line), JD_E_AUDIT_UNAVAILABLE);
    }
    fixture_audit_refuse(false);
    check_int(write_line("{\"n\":2}"), JD_OK);
    check_int(fixture_audit_count(), 2);
    check_line(0, "{\"n\":1}");
    check_line(1, "{\"n\":2}");
    end();
}

static void *write_many(void *context)
{
    int *failed = context;
    for (int i = 0; i < ROUNDS; i++) {
        *failed += write_line("{\"some\":\"record\"}") != JD_OK;
    }
    return NULL;
}

static void *reopen_many(void *context)
{
    int *failed = context;
    for (int i = 0; i < ROUNDS; i++) {
        struct jd_err err;
        *failed += os_audit_reopen(audit, &err) != JD_OK;
    }
    return NULL;
}

TEST(os_audit, any_thread_may_write_while_another_reopens)
{
    pthread_t threads[THREADS];
    int failed[THREADS] = {0};
    begin();
    for (size_t i = 0; i < THREADS; i++) {
        check_int(pthread_create(&threads[i], NULL, i == 0 ? reopen_many : write_many, &failed[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        check_int(failed[i], 0);
    }
    check_int(fixture_audit_count(), (THREADS - 1) * ROUNDS);
    for (size_t i = 0; i < (THREADS - 1) * ROUNDS; i++) {
        check_line(i, "{\"some\":\"record\"}");
    }
    end();
}
