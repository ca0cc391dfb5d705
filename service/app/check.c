/* SPDX-License-Identifier: MIT */
#include "service/app/check.h"

#include "protocol/limits.h"
#include "service/app/say.h"
#include "service/core/policy.h"
#include "service/os/os_policy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The bytes as they are, whoever may write them. */
static enum jd_code read_draft(const char *file, struct jd_buf *out, struct jd_err *err)
{
    char chunk[4096];
    size_t n;
    FILE *stream = fopen(file, "rb");
    if (stream == NULL) {
        return jd_fail_sys(err, JD_E_PLATFORM, "read policy", JD_DOMAIN_ERRNO, errno);
    }
    while (!out->failed && (n = fread(chunk, 1, sizeof chunk, stream)) > 0) {
        jd_buf_add(out, chunk, n);
    }
    if (ferror(stream) != 0) {
        (void)jd_fail_sys(err, JD_E_PLATFORM, "read policy", JD_DOMAIN_ERRNO, errno);
    } else if (out->failed) {
        (void)jd_fail_text(err, JD_E_POLICY_INVALID, "read policy", NULL, "larger than %d bytes", JD_POLICY_MAX);
    }
    fclose(stream);
    return err->code;
}

/* *distrusted is filled when the service would not believe the file. */
static enum jd_code read_any(const char *file, struct jd_buf *out, struct jd_err *distrusted, struct jd_err *err)
{
    enum jd_code code = os_policy_read(file, out, err);
    if (code != JD_E_POLICY_UNTRUSTED) {
        return code;
    }
    *distrusted = *err;
    *err = (struct jd_err){0};
    jd_buf_reset(out);
    return read_draft(file, out, err);
}

static void print_warnings(const char *file, const struct policy *policy)
{
    struct jd_buf lines;
    jd_buf_init(&lines, JD_POLICY_MAX);
    if (policy_lint(policy, &lines) > 0 && !lines.failed) {
        for (char *line = lines.data; *line != '\0';) {
            size_t len = strcspn(line, "\n");
            printf("%s: warning: %.*s\n", file, (int)len, line);
            line += len + (line[len] == '\n' ? 1 : 0);
        }
    }
    jd_buf_done(&lines);
}

static void print_refusal(const char *file, const struct jd_err *err)
{
    char why[SAY_WHY_MAX];
    if (err->domain == JD_DOMAIN_LINE) {
        fprintf(stderr, "%s:%lld: %s\n", file, (long long)err->number, err->text);
    } else {
        fprintf(stderr, "%s: %s\n", file, say_why(err, why));
    }
}

static enum jd_code load(const char *file, struct policy **out, struct jd_err *distrusted, struct jd_err *err)
{
    struct jd_buf text;
    enum jd_code code;
    jd_buf_init(&text, JD_POLICY_MAX);
    code = read_any(file, &text, distrusted, err);
    if (code == JD_OK) {
        code = policy_load(text.data == NULL ? "" : text.data, text.len, out, err);
    }
    jd_buf_done(&text);
    return code;
}

int check_policy(const char *file)
{
    struct policy *policy = NULL;
    struct jd_err distrusted = {0};
    struct jd_err err = {0};
    if (load(file, &policy, &distrusted, &err) != JD_OK) {
        print_refusal(file, &err);
        return 1;
    }
    printf("%s: ok, %zu rules, sha256 %s\n", file, policy_rule_count(policy), policy_hash(policy));
    if (distrusted.code != JD_OK) {
        printf("%s: warning: the service would not believe it: %s\n", file, distrusted.text);
    }
    print_warnings(file, policy);
    policy_drop(policy);
    return 0;
}
