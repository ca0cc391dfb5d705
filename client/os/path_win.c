/* SPDX-License-Identifier: MIT */
#include "client/os/path.h"

#include "client/os/wide_win.h"

#include <stdlib.h>
#include <windows.h>

bool path_needs_volumes(void)
{
    return false;
}

/* "C:\a"; a share (\\server\share) is a current directory too. */
static bool is_drive_path(const wchar_t *path)
{
    wchar_t letter = path[0] >= L'a' ? path[0] - (L'a' - L'A') : path[0];
    return letter >= L'A' && letter <= L'Z' && path[1] == L':' && path[2] == L'\\';
}

static enum jd_code add_directory(const wchar_t *path, size_t n, struct jd_buf *out, struct jd_err *err)
{
    bool is_exact = true;
    char *text;
    if (!is_drive_path(path)) {
        return jd_fail_text(err, JD_E_BAD_PATH, "current directory", "relative_outside_volumes",
                            "a relative path needs a current directory on a drive letter");
    }
    text = wide_to(path, n, &is_exact);
    if (text == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "current directory", NULL);
    }
    if (is_exact) {
        jd_buf_add_text(out, text);
    }
    free(text);
    return is_exact ? jd_buf_check(out, err)
                    : jd_fail_text(err, JD_E_BAD_PATH, "current directory", "relative_untold",
                                   "a relative path cannot start here: the current directory has half a surrogate "
                                   "pair in a name");
}

enum jd_code path_current(const struct path_volume *volumes, size_t n_volumes, struct jd_buf *out, struct jd_err *err)
{
    DWORD cap = GetCurrentDirectoryW(0, NULL);
    wchar_t *path = calloc(cap + 1, sizeof *path);
    enum jd_code code;
    DWORD n;
    (void)volumes;
    (void)n_volumes;
    if (path == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "current directory", NULL);
    }
    n = GetCurrentDirectoryW(cap, path);
    if (n == 0 || n >= cap) { /* another thread changed it meanwhile */
        code = jd_fail_sys(err, JD_E_PLATFORM, "current directory", JD_DOMAIN_WIN32,
                           n == 0 ? GetLastError() : ERROR_MORE_DATA);
    } else {
        code = add_directory(path, n, out, err);
    }
    free(path);
    return code;
}
