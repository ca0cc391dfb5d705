/* SPDX-License-Identifier: MIT */
#include "service/os/os_policy.h"

#include "service/os/fake/fake_tree.h"
#include "service/os/os_hook.h"

#include <stdlib.h>
#include <string.h>

static char *bytes; /* NULL: there is no policy */
static size_t n_bytes;
static enum jd_code failure = JD_OK;

enum jd_code os_policy_read(const char *path, struct jd_buf *out, struct jd_err *err)
{
    OS_HOOK("policy_read", err);
    enum jd_code code = JD_OK;
    fake_lock();
    if (failure != JD_OK || bytes == NULL) {
        code = failure != JD_OK ? failure : JD_E_POLICY_MISSING;
        jd_fail_text(err, code, "read policy", NULL, "%s", path);
    } else {
        jd_buf_add(out, bytes, n_bytes);
    }
    fake_unlock();
    if (code != JD_OK) {
        return code;
    }
    return out->failed && !out->no_memory ? jd_fail_text(err, JD_E_POLICY_INVALID, "read policy", NULL, "too large")
                                          : jd_buf_check(out, err);
}

void fake_policy_set_bytes(const void *text, size_t len)
{
    char *copy = fake_alloc(len + 1);
    memcpy(copy, text, len);
    fake_lock();
    free(bytes);
    bytes = copy;
    n_bytes = len;
    failure = JD_OK;
    fake_unlock();
}

void fake_policy_set(const char *text)
{
    fake_policy_set_bytes(text, strlen(text));
}

void fake_policy_fail(enum jd_code code)
{
    fake_lock();
    failure = code;
    fake_unlock();
}

void fake_policy_reset(void)
{
    free(bytes);
    bytes = NULL;
    n_bytes = 0;
    failure = JD_OK;
}
