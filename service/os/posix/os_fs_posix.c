/* SPDX-License-Identifier: MIT */
#include "service/os/posix/os_fs_posix.h"

#include "service/os/os_hook.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static struct os_fs *new_fs(void)
{
    struct os_fs *fs = calloc(1, sizeof *fs);
    for (size_t i = 0; fs != NULL && i < POSIX_LETTERS; i++) {
        fs->volumes[i].root = -1;
    }
    return fs;
}

static enum jd_code add_volume(struct os_fs *fs, const struct os_volume_spec *spec, struct jd_err *err)
{
    struct posix_volume *volume;
    if (spec->letter < 'A' || spec->letter > 'Z' || spec->where == NULL) {
        return jd_fail_text(err, JD_E_VOLUME_UNKNOWN, "volume", NULL, "a volume is a letter A to Z and a directory");
    }
    volume = &fs->volumes[spec->letter - 'A'];
    if (volume->root >= 0) {
        return jd_fail_text(err, JD_E_VOLUME_UNKNOWN, "volume", NULL, "%c: is given twice", spec->letter);
    }
    return posix_volume_open(spec, volume, err);
}

enum jd_code os_fs_open(const struct os_volume_spec *specs, size_t n, struct os_fs **out, struct jd_err *err)
{
    struct os_fs *fs;
    OS_HOOK("fs_open", err);
    fs = new_fs();
    if (fs == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "volume", NULL);
    }
    for (size_t i = 0; i < n; i++) {
        enum jd_code code = add_volume(fs, &specs[i], err);
        if (code != JD_OK) {
            os_fs_close(fs);
            return code;
        }
    }
    *out = fs;
    return JD_OK;
}

void os_fs_close(struct os_fs *fs)
{
    if (fs == NULL) {
        return;
    }
    for (size_t i = 0; i < POSIX_LETTERS; i++) {
        if (fs->volumes[i].root >= 0) {
            close(fs->volumes[i].root);
            free(fs->volumes[i].where);
        }
    }
    free(fs);
}

struct posix_volume *posix_volume_of(struct os_fs *fs, char letter)
{
    struct posix_volume *volume;
    if (letter < 'A' || letter > 'Z') {
        return NULL;
    }
    volume = &fs->volumes[letter - 'A'];
    return volume->root >= 0 ? volume : NULL;
}

size_t os_fs_letters(const struct os_fs *fs, char out[26])
{
    size_t n = 0;
    for (size_t i = 0; i < POSIX_LETTERS; i++) {
        if (fs->volumes[i].root >= 0) {
            out[n++] = fs->volumes[i].letter;
        }
    }
    return n;
}

const char *os_fs_where(const struct os_fs *fs, char letter)
{
    return letter >= 'A' && letter <= 'Z' && fs->volumes[letter - 'A'].root >= 0 ? fs->volumes[letter - 'A'].where : "";
}

enum jd_code os_fs_root(struct os_fs *fs, char letter, struct os_node **out, struct jd_err *err)
{
    struct posix_volume *volume = posix_volume_of(fs, letter);
    struct os_node *node;
    int fd;
    OS_HOOK("fs_root", err);
    if (volume == NULL) {
        return jd_fail(err, JD_E_VOLUME_UNKNOWN, "open root", NULL);
    }
    node = posix_node_new(volume, NULL, "", 0, OS_USE_PASS);
    if (node == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open root", NULL);
    }
    fd = fcntl(volume->root, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) {
        os_fs_node_close(node);
        return posix_fail(err, "open root", errno);
    }
    posix_node_adopt(node, fd, &(struct posix_look){.inode = volume->inode, .created = volume->created});
    *out = node;
    return JD_OK;
}
