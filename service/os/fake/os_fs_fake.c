/* SPDX-License-Identifier: MIT */
#include "service/os/os_fs.h"

#include "service/os/fake/fake_tree.h"
#include "service/os/os_hook.h"

#include <stdlib.h>
#include <string.h>

struct os_fs {
    uint64_t life;
    bool serves[FAKE_LETTERS];
};

static char *mapped_host;
static struct jd_winpath mapped_path;

static enum jd_code judge_volume(char letter, struct jd_err *err)
{
    const struct fake_volume_state *volume = fake_volume_of(letter);
    enum jd_code code = JD_OK;
    if (volume == NULL) {
        code = JD_E_VOLUME_UNKNOWN;
    } else if (volume->is_gone) {
        code = JD_E_IO_ERROR;
    } else if (!volume->facts.is_ntfs) {
        code = JD_E_VOLUME_NOT_NTFS;
    } else if (!volume->facts.is_protected) {
        code = JD_E_VOLUME_UNPROTECTED;
    }
    return code == JD_OK ? JD_OK : jd_fail_text(err, code, "open volume", NULL, "%c:", letter);
}

static enum jd_code open_volumes(const struct os_volume_spec *specs, size_t n, struct os_fs *fs, struct jd_err *err)
{
    fs->life = fake_life();
    for (size_t i = 0; i < n; i++) {
        enum jd_code code = judge_volume(specs[i].letter, err);
        if (code != JD_OK) {
            return code;
        }
        fs->serves[fake_index_of(specs[i].letter)] = true;
    }
    return JD_OK;
}

enum jd_code os_fs_open(const struct os_volume_spec *specs, size_t n, struct os_fs **out, struct jd_err *err)
{
    OS_HOOK("fs_open", err);
    struct os_fs *fs = calloc(1, sizeof *fs);
    if (fs == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open volumes", NULL);
    }
    fake_lock();
    enum jd_code code = open_volumes(specs, n, fs, err);
    fake_unlock();
    if (code != JD_OK) {
        free(fs);
        return code;
    }
    *out = fs;
    return JD_OK;
}

void os_fs_close(struct os_fs *fs)
{
    free(fs);
}

size_t os_fs_letters(const struct os_fs *fs, char out[26])
{
    size_t n = 0;
    for (size_t i = 0; i < FAKE_LETTERS; i++) {
        if (fs->serves[i]) {
            out[n++] = (char)('A' + (int)i);
        }
    }
    return n;
}

const char *os_fs_where(const struct os_fs *fs, char letter)
{
    (void)fs;
    (void)letter;
    return "";
}

static enum jd_code find_volume(const struct os_fs *fs, char letter, struct fake_volume_state **out, struct jd_err *err)
{
    size_t index = fake_index_of(letter);
    if (fs->life != fake_life()) {
        return jd_fail_text(err, JD_E_PLATFORM, "open volume", NULL, "the process died");
    }
    if (index == FAKE_LETTERS || !fs->serves[index] || !fake_world.volumes[index].exists) {
        return jd_fail(err, JD_E_VOLUME_UNKNOWN, "open volume", NULL);
    }
    if (fake_world.volumes[index].is_gone) {
        return jd_fail_text(err, JD_E_IO_ERROR, "open volume", NULL, "%c: is gone", letter);
    }
    *out = &fake_world.volumes[index];
    return JD_OK;
}

enum jd_code os_fs_volume(struct os_fs *fs, char letter, struct os_volume_facts *out, struct jd_err *err)
{
    OS_HOOK("fs_volume", err);
    struct fake_volume_state *volume = NULL;
    fake_lock();
    enum jd_code code = find_volume(fs, letter, &volume, err);
    if (code == JD_OK) {
        *out = volume->facts;
    }
    fake_unlock();
    return code;
}

void fake_map_host(const char *host_path, const char *path)
{
    struct jd_err err;
    fake_lock();
    free(mapped_host);
    jd_winpath_done(&mapped_path);
    mapped_host = jd_strdup(host_path);
    if (mapped_host == NULL || jd_winpath_parse(path, strlen(path), &mapped_path, &err) != JD_OK) {
        fake_misuse("not a canonical path", path);
    }
    fake_unlock();
}

enum jd_code os_fs_from_host(struct os_fs *fs, const char *host_path, struct jd_winpath *out, struct jd_err *err)
{
    OS_HOOK("fs_from_host", err);
    enum jd_code code;
    (void)fs;
    fake_lock();
    if (mapped_host == NULL || strcmp(mapped_host, host_path) != 0) {
        code = jd_fail(err, JD_E_NOT_FOUND, "map host path", NULL);
    } else {
        code = jd_winpath_copy(&mapped_path, out, err);
    }
    fake_unlock();
    return code;
}

static enum jd_code open_root(struct os_fs *fs, char letter, struct os_node **out, struct jd_err *err)
{
    struct fake_volume_state *volume = NULL;
    enum jd_code code = find_volume(fs, letter, &volume, err);
    if (code != JD_OK) {
        return code;
    }
    struct os_node *node = fake_node_new(volume->root, NULL, (struct jd_name){NULL, 0}, OS_USE_PASS);
    if (node == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "open root", NULL);
    }
    *out = node;
    return JD_OK;
}

enum jd_code os_fs_root(struct os_fs *fs, char letter, struct os_node **out, struct jd_err *err)
{
    OS_HOOK("fs_root", err);
    fake_lock();
    enum jd_code code = open_root(fs, letter, out, err);
    fake_unlock();
    return code;
}

void fake_fs_reset(void)
{
    free(mapped_host);
    mapped_host = NULL;
    jd_winpath_done(&mapped_path);
    mapped_path = (struct jd_winpath){0};
}
