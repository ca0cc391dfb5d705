/* SPDX-License-Identifier: MIT */
#include "service/os/posix/os_fs_posix.h"

#include <errno.h>
#include <stdio.h>
#include <sys/xattr.h>

/* fgetxattr refuses O_PATH descriptors; their names in /proc lead to the same object without resolving anything else.
 */
struct fd_path {
    char text[32];
};

static struct fd_path path_of(int fd)
{
    struct fd_path path;
    snprintf(path.text, sizeof path.text, "/proc/self/fd/%d", fd);
    return path;
}

ssize_t posix_xattr_get(int fd, const char *name, void *out, size_t cap)
{
    struct fd_path path = path_of(fd);
    return getxattr(path.text, name, out, cap);
}

int posix_xattr_set(int fd, const char *name, const void *value, size_t len, int flags)
{
    struct fd_path path = path_of(fd);
    return setxattr(path.text, name, value, len, flags) == 0 ? 0 : errno;
}

int posix_xattr_drop(int fd, const char *name)
{
    struct fd_path path = path_of(fd);
    return removexattr(path.text, name) == 0 ? 0 : errno;
}
