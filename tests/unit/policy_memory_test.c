/* SPDX-License-Identifier: MIT */
/*
 * Out of memory at every single allocation of loading a policy, good or bad: NO_MEMORY or the same refusal as ever,
 * nothing lost, nothing half loaded. Linked with --wrap for malloc, calloc, realloc and free.
 */
#include "tests/support/suite.h"
#include "tests/unit/policy_fixture.h"

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

static size_t n_asked;
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

/* Fails allocation 1, 2, … of loading json until none is left to fail; the last outcome must be expected. */
static void sweep(const char *json, enum jd_code expected)
{
    size_t at = 0;
    for (;;) {
        struct policy *policy = NULL;
        struct jd_err err = {0};
        ptrdiff_t live = n_live;
        enum jd_code code;
        bool was_failed;
        n_asked = 0;
        fail_at = ++at;
        code = policy_load(json, strlen(json), &policy, &err);
        was_failed = n_asked >= at;
        fail_at = 0;
        check_case("allocation %zu of %s", at, json);
        check_code(code, was_failed ? JD_E_NO_MEMORY : expected, &err);
        check_int(policy != NULL, code == JD_OK);
        policy_drop(policy);
        check_int(n_live, live);
        if (!was_failed) {
            check_true(at > 3);
            return;
        }
    }
}

TEST(policy_memory, loading_fails_cleanly_at_every_allocation)
{
    static const struct {
        const char *text;
        enum jd_code code;
    } rows[] = {
        {"{'version':1,'groups':{'g':['BA'],'h':['BU','AU']},'rules':[{'id':'r','effect':'allow','operations':['create'"
         "],"
         "'principals':['@g','BU'],'link':'C:\\{a}\\x*\\**','target':'C:\\t\\{a}\\{{x}}','link_owner':'caller'},"
         "{'id':'s','effect':'deny','operations':['create'],'principals':['@h']}]}",
         JD_OK},
        {"{'version':1,'rules':[{'id':'r','effect':'deny','operations':['create'],'principals':['BA'],'link':'C:\\a.'}]"
         "}",
         JD_E_POLICY_INVALID},
        {"{'version':1,'rules':[{'id':'r','effect':'deny','operations':['create'],'principals':['bob']}]}", JD_OK},
        {"{'version':1,'rules':[{'id':'r','effect':'deny','operations':['create'],'principals':['b*b']}]}",
         JD_E_POLICY_INVALID},
        {"{'version':2,'rules':7}", JD_E_POLICY_NEWER},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        char *json = fixture_json(rows[i].text);
        sweep(json, rows[i].code);
        free(json);
    }
}
