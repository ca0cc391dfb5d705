/* SPDX-License-Identifier: MIT */
#include "client/os/wide_win.h"

#include "common/utf.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(wchar_t) == sizeof(uint16_t), "wchar_t is UTF-16 on Windows");

wchar_t *wide_from(const char *text, struct jd_err *err)
{
    size_t len = strlen(text);
    size_t n = 0;
    wchar_t *units = malloc((len + 1) * sizeof *units); /* no character takes more units than bytes */
    if (units == NULL) {
        (void)jd_fail(err, JD_E_NO_MEMORY, "text", NULL);
        return NULL;
    }
    if (jd_utf8_to_utf16(text, len, units, len, &n, err) != JD_OK) {
        free(units);
        return NULL;
    }
    units[n] = L'\0';
    return units;
}

char *wide_to(const wchar_t *units, size_t n, bool *out_is_exact)
{
    struct jd_buf text;
    bool is_exact;
    jd_buf_init(&text, SIZE_MAX / 2);
    jd_buf_add(&text, "", 0); /* so that there is a text even for an empty one */
    is_exact = jd_utf16_to_utf8(units, n, &text);
    if (text.failed) {
        jd_buf_done(&text);
        return NULL;
    }
    if (out_is_exact != NULL) {
        *out_is_exact = is_exact;
    }
    return text.data;
}
