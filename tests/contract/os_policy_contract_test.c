/* SPDX-License-Identifier: MIT */
#include "tests/contract/fixture.h"

#include "service/os/os_policy.h"

#include <stdlib.h>
#include <string.h>

TEST(os_policy, the_very_bytes_are_appended)
{
    static const char bytes[] = "{\"a\":1}\n\0\xFF tail";
    struct jd_buf out;
    fixture_begin();
    jd_buf_init(&out, 1024);
    jd_buf_add_text(&out, "before:");
    check_ok(os_policy_read(fixture_policy_put(bytes, sizeof bytes), &out, &fixture_err), &fixture_err);
    check_int(out.len, 7 + sizeof bytes);
    check_bytes(out.data + 7, out.len - 7, bytes, sizeof bytes);
    jd_buf_done(&out);
    fixture_end();
}

TEST(os_policy, a_policy_that_is_not_there_is_missing)
{
    struct jd_buf out;
    fixture_begin();
    jd_buf_init(&out, 1024);
    check_code(os_policy_read(fixture_policy_put(NULL, 0), &out, &fixture_err), JD_E_POLICY_MISSING, &fixture_err);
    check_int(out.len, 0);
    jd_buf_done(&out);
    fixture_end();
}

TEST(os_policy, the_ceiling_is_kept_to_the_byte)
{
    enum { CEILING = 20000 };
    char *bytes = malloc(CEILING + 1);
    struct jd_buf out;
    fixture_begin();
    check_true(bytes != NULL);
    memset(bytes, 'p', CEILING + 1);
    jd_buf_init(&out, CEILING);
    check_ok(os_policy_read(fixture_policy_put(bytes, CEILING), &out, &fixture_err), &fixture_err);
    check_bytes(out.data, out.len, bytes, CEILING);
    jd_buf_done(&out);
    jd_buf_init(&out, CEILING);
    check_code(os_policy_read(fixture_policy_put(bytes, CEILING + 1), &out, &fixture_err), JD_E_POLICY_INVALID,
               &fixture_err);
    jd_buf_done(&out);
    free(bytes);
    fixture_end();
}
