/* SPDX-License-Identifier: MIT */
#include "client/os/path.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool path_needs_volumes(void)
{
    return true;
}

/* What is left of cwd below mount ("" or "/a/b"), compared by components; NULL when it is not below. */
static const char *below(const char *cwd, const char *mount)
{
    size_t len = strlen(mount);
    while (len > 0 && mount[len - 1] == '/') {
        len--;
    }
    if (strncmp(cwd, mount, len) != 0 || (cwd[len] != '/' && cwd[len] != '\0')) {
        return NULL;
    }
    return cwd + len;
}

/* cwd never holds a symbolic link, so what the service was told as a mount must be told the same way. */
static const char *below_real(const char *cwd, const char *mount)
{
    char *real = realpath(mount, NULL);
    const char *rest = below(cwd, real != NULL ? real : mount);
    free(real);
    return rest;
}

/* Of mounts inside one another the innermost counts: the one that leaves least. */
static const struct path_volume *find_volume(const char *cwd, const struct path_volume *volumes, size_t n,
                                             const char **out_rest)
{
    const struct path_volume *found = NULL;
    for (size_t i = 0; i < n; i++) {
        const char *rest = volumes[i].mount == NULL ? NULL : below_real(cwd, volumes[i].mount);
        if (rest != NULL && (found == NULL || strlen(rest) < strlen(*out_rest))) {
            found = &volumes[i];
            *out_rest = rest;
        }
    }
    return found;
}

/* A name with a backslash would come out as two names. */
static enum jd_code add_names(const char *rest, struct jd_buf *out, struct jd_err *err)
{
    if (strchr(rest, '\\') != NULL) {
        return jd_fail_text(err, JD_E_BAD_PATH, "current directory", "relative_untold",
                            "a relative path cannot start here: the current directory has a backslash in a name");
    }
    for (; *rest != '\0'; rest++) {
        jd_buf_add_char(out, *rest == '/' ? '\\' : *rest);
    }
    return jd_buf_check(out, err);
}

enum jd_code path_map(const char *cwd, const struct path_volume *volumes, size_t n_volumes, struct jd_buf *out,
                      struct jd_err *err)
{
    const char *rest = "";
    const struct path_volume *volume = find_volume(cwd, volumes, n_volumes, &rest);
    if (volume == NULL) {
        return jd_fail_text(err, JD_E_BAD_PATH, "current directory", "relative_outside_volumes",
                            "a relative path needs a current directory on a volume that the service serves");
    }
    jd_buf_add_text(out, volume->letter);
    jd_buf_add_char(out, ':');
    return add_names(rest[0] == '\0' ? "/" : rest, out, err);
}

enum jd_code path_current(const struct path_volume *volumes, size_t n_volumes, struct jd_buf *out, struct jd_err *err)
{
    enum jd_code code;
    char *cwd = getcwd(NULL, 0);
    if (cwd == NULL) {
        return errno == ENOMEM ? jd_fail(err, JD_E_NO_MEMORY, "current directory", NULL)
                               : jd_fail_sys(err, JD_E_PLATFORM, "current directory", JD_DOMAIN_ERRNO, errno);
    }
    code = path_map(cwd, volumes, n_volumes, out, err);
    free(cwd);
    return code;
}
