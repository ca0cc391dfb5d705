/* SPDX-License-Identifier: MIT */
#include "common/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 128 };

void jd_buf_init(struct jd_buf *buf, size_t ceiling)
{
    *buf = (struct jd_buf){.ceiling = ceiling};
}

void jd_buf_done(struct jd_buf *buf)
{
    free(buf->data);
    *buf = (struct jd_buf){.ceiling = buf->ceiling};
}

void jd_buf_reset(struct jd_buf *buf)
{
    buf->len = 0;
    buf->failed = false;
    buf->no_memory = false;
    if (buf->data != NULL) {
        buf->data[0] = '\0';
    }
}

/* Makes room for len more bytes and a NUL. */
static bool reserve(struct jd_buf *buf, size_t len)
{
    size_t cap = buf->cap == 0 ? FIRST_CAP : buf->cap;
    char *data;
    if (buf->failed || len > buf->ceiling - buf->len) {
        buf->failed = true;
        return false;
    }
    while (cap <= SIZE_MAX / 2 && cap - buf->len <= len) {
        cap *= 2;
    }
    if (cap == buf->cap) {
        return true;
    }
    data = cap - buf->len <= len ? NULL : realloc(buf->data, cap);
    if (data == NULL) {
        buf->failed = true;
        buf->no_memory = true;
        return false;
    }
    buf->data = data;
    buf->cap = cap;
    return true;
}

void jd_buf_add(struct jd_buf *buf, const void *bytes, size_t len)
{
    if (!reserve(buf, len)) {
        return;
    }
    if (len != 0) {
        memcpy(buf->data + buf->len, bytes, len);
    }
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void jd_buf_add_text(struct jd_buf *buf, const char *text)
{
    jd_buf_add(buf, text, strlen(text));
}

void jd_buf_add_char(struct jd_buf *buf, char c)
{
    jd_buf_add(buf, &c, 1);
}

void jd_buf_add_format(struct jd_buf *buf, const char *format, ...)
{
    va_list args;
    int len;
    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0 || !reserve(buf, (size_t)len)) {
        buf->failed = true;
        return;
    }
    va_start(args, format);
    vsnprintf(buf->data + buf->len, (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len;
}

void jd_buf_cut(struct jd_buf *buf, size_t len)
{
    buf->len = len;
    if (buf->data != NULL) {
        buf->data[len] = '\0';
    }
}

enum jd_code jd_buf_check(const struct jd_buf *buf, struct jd_err *err)
{
    if (!buf->failed) {
        return JD_OK;
    }
    return jd_fail(err, buf->no_memory ? JD_E_NO_MEMORY : JD_E_MESSAGE_TOO_LARGE, "buffer", NULL);
}

char *jd_strndup(const char *text, size_t len)
{
    char *copy = malloc(len + 1);
    if (copy != NULL) {
        memcpy(copy, text, len);
        copy[len] = '\0';
    }
    return copy;
}

char *jd_strdup(const char *text)
{
    return jd_strndup(text, strlen(text));
}
