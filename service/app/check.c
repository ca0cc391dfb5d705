/* SPDX-License-Identifier: MIT */
#include "service/app/check.h"

#include "protocol/limits.h"
#include "service/app/say.h"
#include "service/core/policy.h"
#include "service/os/os_policy.h"

#include <stdio.h>
#include <string.h>
#include <uv.h>

static enum jd_code read_all(uv_file fd, struct jd_buf *out, struct jd_err *err)
{
    char chunk[4096];
    uv_buf_t room = uv_buf_init(chunk, sizeof chunk);
    ssize_t n = 1;
    while (n > 0 && !out->failed) {
        uv_fs_t req;
        n = uv_fs_read(NULL, &req, fd, &room, 1, -1, NULL);
        uv_fs_req_cleanup(&req);
        jd_buf_add(out, chunk, n > 0 ? (size_t)n : 0);
    }
    if (n < 0) {
        return jd_fail_sys(err, JD_E_PLATFORM, "read policy", JD_DOMAIN_UV, n);
    }
    return out->failed
               ? jd_fail_text(err, JD_E_POLICY_INVALID, "read policy", NULL, "larger than %d bytes", JD_POLICY_MAX)
               : JD_OK;
}

/* The bytes as they are, whoever may write them. By libuv, whose paths are UTF-8 everywhere. */
static enum jd_code read_draft(const char *file, struct jd_buf *out, struct jd_err *err)
{
    uv_fs_t req;
    enum jd_code code;
    uv_file fd = uv_fs_open(NULL, &req, file, UV_FS_O_RDONLY, 0, NULL);
    uv_fs_req_cleanup(&req);
    if (fd < 0) {
        return jd_fail_sys(err, JD_E_PLATFORM, "read policy", JD_DOMAIN_UV, fd);
    }
    code = read_all(fd, out, err);
    uv_fs_close(NULL, &req, fd, NULL);
    uv_fs_req_cleanup(&req);
    return code;
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
