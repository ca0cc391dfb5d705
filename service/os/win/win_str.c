/* SPDX-License-Identifier: MIT */
/* UTF-8 inside, UTF-16 at the system's edge. Nothing here knows an ANSI code page. */
#include "common/utf.h"
#include "service/os/win/win.h"
#include "service/os/win/win_nt.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { HOST_PATH_MAX = 32767 /* units, "Maximum Path Length Limitation" on Microsoft Learn */ };

wchar_t *win_wide(const char *text, size_t len, size_t *out_units, struct jd_err *err)
{
    size_t n = 0;
    wchar_t *units;
    if (memchr(text, '\0', len) != NULL) {
        (void)jd_fail(err, JD_E_BAD_PATH, "text", "illegal_char");
        return NULL;
    }
    units = malloc((len + 1) * sizeof *units);
    if (units == NULL) {
        (void)jd_fail(err, JD_E_NO_MEMORY, "text", NULL);
        return NULL;
    }
    if (jd_utf8_to_utf16(text, len, units, len, &n, err) != JD_OK) {
        free(units);
        return NULL;
    }
    units[n] = L'\0';
    if (out_units != NULL) {
        *out_units = n;
    }
    return units;
}

bool win_add_utf8(struct jd_buf *out, const wchar_t *units, size_t n)
{
    return jd_utf16_to_utf8(units, n, out);
}

static bool is_drive_path(const wchar_t *path)
{
    wchar_t letter = path[0] >= L'a' ? path[0] - (L'a' - L'A') : path[0];
    return letter >= L'A' && letter <= L'Z' && path[1] == L':' && path[2] == L'\\';
}

static void fail_drive(struct jd_err *err)
{
    (void)jd_fail_text(err, JD_E_BAD_PATH, "path", "not_absolute", "not on a drive of this machine");
}

/* The four units before a full path: no dot, slash or trailing blank means anything behind them. */
static wchar_t *make_verbatim(const wchar_t *relative, struct jd_err *err)
{
    wchar_t *path = malloc((HOST_PATH_MAX + 5) * sizeof *path);
    DWORD n;
    if (path == NULL) {
        (void)jd_fail(err, JD_E_NO_MEMORY, "path", NULL);
        return NULL;
    }
    memcpy(path, L"\\\\?\\", 4 * sizeof *path);
    n = GetFullPathNameW(relative, HOST_PATH_MAX, path + 4, NULL);
    if (n == 0 || n >= HOST_PATH_MAX) {
        (void)win_fail(err, "path", n == 0 ? GetLastError() : ERROR_FILENAME_EXCED_RANGE);
        free(path);
        return NULL;
    }
    if (!is_drive_path(path + 4)) {
        fail_drive(err);
        free(path);
        return NULL;
    }
    return path;
}

wchar_t *win_host_path(const char *path, struct jd_err *err)
{
    wchar_t *verbatim;
    wchar_t *wide = win_wide(path, strlen(path), NULL, err);
    if (wide == NULL) {
        return NULL;
    }
    if (wcsncmp(wide, L"\\\\?\\", 4) != 0) {
        verbatim = make_verbatim(wide, err);
    } else if (is_drive_path(wide + 4)) {
        verbatim = make_verbatim(wide + 4, err); /* taken off and put on again, so that both forms are judged alike */
    } else {
        verbatim = NULL;
        fail_drive(err);
    }
    free(wide);
    return verbatim;
}
