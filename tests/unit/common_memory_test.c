/* SPDX-License-Identifier: MIT */
/*
 * Out of memory at each allocation of the ground floor: the typed error, outputs untouched, nothing lost. Linked with
 * --wrap for malloc, realloc and free, which is all this floor calls.
 */
#include "common/buf.h"
#include "common/reparse.h"
#include "common/utf.h"
#include "tests/support/suite.h"

#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

static size_t n_asked; /* allocations since arm() */
static size_t fail_at; /* counted from 1; 0: none */
static ptrdiff_t n_live;

void *__wrap_malloc(size_t size)
{
    void *memory = ++n_asked == fail_at ? NULL : __real_malloc(size);
    n_live += memory != NULL;
    return memory;
}

void *__wrap_realloc(void *memory, size_t size)
{
    void *moved = ++n_asked == fail_at ? NULL : __real_realloc(memory, size);
    n_live += memory == NULL && moved != NULL;
    return moved;
}

void __wrap_free(void *memory)
{
    n_live -= memory != NULL;
    __real_free(memory);
}

typedef enum jd_code (*work_fn)(struct jd_err *err);

/* Fails allocation 1, 2, … until the work gets through; there must be at least one. */
static void sweep(work_fn work)
{
    enum jd_code code;
    size_t at = 0;
    do {
        struct jd_err err;
        ptrdiff_t n_before = n_live;
        n_asked = 0;
        fail_at = ++at;
        code = work(&err);
        fail_at = 0;
        check_case("allocation %zu", at);
        check_code(code, n_asked < at ? JD_OK : JD_E_NO_MEMORY, &err);
        check_int(n_live, n_before);
    } while (code != JD_OK);
    check_true(at > 1);
}

static enum jd_code parse(struct jd_err *err)
{
    struct jd_winpath path = {0};
    enum jd_code code = jd_winpath_parse("C:\\a\\b", 6, &path, err);
    check_int(path.text != NULL, code == JD_OK);
    jd_winpath_done(&path);
    return code;
}

static enum jd_code copy(struct jd_err *err)
{
    static char text[] = "C:\\a";
    struct jd_winpath from = {.text = text, .len = 4, .n_parts = 1, .start = {3}};
    struct jd_winpath path = {0};
    enum jd_code code = jd_winpath_copy(&from, &path, err);
    check_int(path.text != NULL, code == JD_OK);
    jd_winpath_done(&path);
    return code;
}

static enum jd_code read_target(struct jd_err *err)
{
    static const uint16_t name[] = {'\\', '?', '?', '\\', 'C', ':', '\\', 'a'};
    static struct jd_reparse reparse;
    struct jd_winpath path = {0};
    enum jd_code code;
    memcpy(reparse.substitute, name, sizeof name);
    reparse.substitute_units = JD_COUNT(name);
    code = jd_reparse_target(&reparse, &path, err);
    check_int(path.text != NULL, code == JD_OK);
    jd_winpath_done(&path);
    return code;
}

static enum jd_code escape(struct jd_err *err)
{
    char text[500];
    struct jd_buf buf;
    enum jd_code code;
    memset(text, '\n', sizeof text); /* eight times as long when shown: grows several times */
    jd_buf_init(&buf, 1 << 16);
    jd_text_escape(text, sizeof text, &buf);
    code = jd_buf_check(&buf, err);
    jd_buf_done(&buf);
    return code;
}

TEST(common_memory, every_allocation_may_fail)
{
    sweep(parse);
    sweep(copy);
    sweep(read_target);
    sweep(escape);
}

TEST(common_memory, a_text_that_cannot_be_copied_is_null)
{
    n_asked = 0;
    fail_at = 1;
    check_true(jd_strdup("abc") == NULL);
    fail_at = 0;
}
