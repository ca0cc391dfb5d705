/* SPDX-License-Identifier: MIT */
#include "client/src/error.h"

#include "client/src/codes.h"
#include "common/utf.h"
#include "protocol/json_out.h"

#include <stdio.h>
#include <string.h>

/* Cut, but never inside a character. text may be NULL. */
static void copy_cut(char *to, size_t size, const char *text)
{
    size_t len = text == NULL ? 0 : strlen(text);
    if (len >= size) {
        len = jd_utf8_valid_prefix(text, size - 1);
    }
    if (len != 0) {
        memcpy(to, text, len);
    }
    to[len] = '\0';
}

/* The list speaks of the service; these two also happen on this side. */
static const char *own_message(enum jd_code code)
{
    if (code == JD_E_NO_MEMORY) {
        return "this program is out of memory";
    }
    return code == JD_E_INTERNAL ? "this program made a mistake" : jd_code_text(code);
}

static void fill_detail(const struct jd_err *err, struct junction_error *out)
{
    char number[64] = "";
    char detail[JD_ERR_TEXT_MAX + 80];
    if (err->domain != JD_DOMAIN_NONE && err->domain != JD_DOMAIN_LINE) {
        snprintf(number, sizeof number, "%s(%s %lld)", err->text[0] == '\0' ? "" : " ", jd_domain_word(err->domain),
                 (long long)err->number);
    }
    snprintf(detail, sizeof detail, "%s%s", err->text, number);
    copy_cut(out->detail, sizeof out->detail, detail);
}

void error_from_err(const struct jd_err *err, struct junction_error *out)
{
    *out = (struct junction_error){.code = codes_public(err->code)};
    copy_cut(out->word, sizeof out->word, jd_code_word(err->code));
    copy_cut(out->reason, sizeof out->reason, err->reason);
    copy_cut(out->message, sizeof out->message, own_message(err->code));
    fill_detail(err, out);
}

void error_from_reply(const struct jd_reply *reply, struct junction_error *out)
{
    *out = (struct junction_error){.code = codes_public(reply->code)};
    copy_cut(out->word, sizeof out->word, reply->word != NULL ? reply->word : jd_code_word(reply->code));
    copy_cut(out->reason, sizeof out->reason, reply->reason);
    copy_cut(out->rule, sizeof out->rule, reply->rule);
    copy_cut(out->request, sizeof out->request, reply->request);
    copy_cut(out->message, sizeof out->message, reply->message != NULL ? reply->message : jd_code_text(reply->code));
}

enum junction_code error_give(enum jd_code code, const struct jd_err *err, struct junction_error *error)
{
    if (code != JD_OK && error != NULL) {
        error_from_err(err, error);
    }
    return codes_public(code);
}

static const char *text_or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

char *junction_error_json(const struct junction_error *error)
{
    struct jd_buf buf;
    struct jd_json_out out;
    jd_buf_init(&buf, sizeof *error * 8);
    jd_out_init(&out, &buf);
    jd_out_begin(&out, '{');
    jd_out_key(&out, "error");
    jd_out_begin(&out, '{');
    jd_out_member(&out, "word", error->word);
    jd_out_member(&out, "reason", text_or_null(error->reason));
    jd_out_member(&out, "rule", text_or_null(error->rule));
    jd_out_member(&out, "request", text_or_null(error->request));
    jd_out_member(&out, "message", error->message);
    jd_out_member(&out, "detail", text_or_null(error->detail));
    jd_out_member_integer(&out, "exit", junction_exit_code(error->code));
    jd_out_end(&out, '}');
    jd_out_end(&out, '}');
    if (buf.failed) {
        jd_buf_done(&buf);
        return NULL;
    }
    return buf.data;
}
