/* SPDX-License-Identifier: MIT */
#include "service/os/posix/posix.h"

#include <errno.h>

struct row {
    int number;
    enum jd_code code;
};

/* ENOTCONN, ESTALE, ENODEV and ENXIO are what a volume says whose ntfs-3g has died or which was unmounted. */
static const struct row rows[] = {
    {EACCES, JD_E_ACCESS_DENIED},
    {EPERM, JD_E_ACCESS_DENIED},
    {ENOENT, JD_E_NOT_FOUND},
    {ENOTDIR, JD_E_PARENT_NOT_DIRECTORY},
    {EEXIST, JD_E_FILE_EXISTS},
    {ENOTEMPTY, JD_E_NOT_EMPTY},
    {EROFS, JD_E_READ_ONLY},
    {ENOSPC, JD_E_NO_SPACE},
    {EDQUOT, JD_E_NO_SPACE},
    {EFBIG, JD_E_NO_SPACE},
    {ENAMETOOLONG, JD_E_PATH_TOO_LONG},
    {EOPNOTSUPP, JD_E_VOLUME_UNSUPPORTED},
    {EBUSY, JD_E_IN_USE},
    {ETXTBSY, JD_E_IN_USE},
    {EIO, JD_E_IO_ERROR},
    {ENOTCONN, JD_E_IO_ERROR},
    {ESTALE, JD_E_IO_ERROR},
    {ENODEV, JD_E_IO_ERROR},
    {ENXIO, JD_E_IO_ERROR},
    {ETIMEDOUT, JD_E_IO_ERROR},
    {ENOMEM, JD_E_NO_MEMORY},
};

enum jd_code posix_code(int number)
{
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        if (rows[i].number == number) {
            return rows[i].code;
        }
    }
    return JD_E_PLATFORM;
}

enum jd_code posix_fail(struct jd_err *err, const char *stage, int number)
{
    return jd_fail_sys(err, posix_code(number), stage, JD_DOMAIN_ERRNO, number);
}
