/* SPDX-License-Identifier: MIT */
#include "service/os/fake/fake_tree.h"

#include "common/utf.h"

#include <string.h>

static struct fake_object *build(const char *path, bool is_directory)
{
    struct fake_object *parent;
    struct jd_name leaf;
    enum jd_code why;
    fake_find_parent(path, true, &parent, &leaf);
    struct fake_object *object = fake_find_exact(parent, leaf);
    if (object != NULL && object->is_directory == is_directory) {
        return object;
    }
    if (object != NULL) {
        fake_misuse("another kind stands there", path);
    }
    object = fake_object_new(parent->volume, is_directory, leaf, &why);
    if (object == NULL || !fake_object_attach(parent, object)) {
        fake_misuse("no space or memory to build", path);
    }
    return object;
}

void fake_mkdir(const char *path)
{
    fake_lock();
    build(path, true);
    fake_unlock();
}

void fake_mkfile(const char *path)
{
    fake_lock();
    build(path, false);
    fake_unlock();
}

void fake_reparse(const char *path, const void *data, size_t len)
{
    fake_lock();
    struct fake_object *object = build(path, true);
    if (fake_object_set_reparse(object, data, len) != JD_OK) {
        fake_misuse("cannot become a reparse point", path);
    }
    fake_unlock();
}

static void put16(uint8_t *at, size_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

/* Appends text and a NUL as UTF-16LE; returns the bytes without the NUL. */
static size_t put_name(uint8_t *data, size_t *len, const char *text)
{
    static const size_t room = JD_REPARSE_MAX - 2;
    uint16_t units[JD_REPARSE_NAME_MAX];
    size_t n = 0;
    struct jd_err err;
    if (jd_utf8_to_utf16(text, strlen(text), units, JD_REPARSE_NAME_MAX, &n, &err) != JD_OK || *len + n * 2 > room) {
        fake_misuse("no name for reparse data", text);
    }
    for (size_t i = 0; i < n; i++) {
        put16(data + *len + i * 2, units[i]);
    }
    put16(data + *len + n * 2, 0);
    *len += n * 2 + 2;
    return n * 2;
}

/*
 * MS-FSCC 2.1.2.4 and 2.1.2.5. Put together by hand and not by jd_reparse_encode: what stands on a test's volume must
 * not depend on the code under test. names: where the names begin, 16 for a mount point, 20 for a symbolic link.
 */
static size_t encode(uint32_t tag, size_t names, const char *substitute, const char *print,
                     uint8_t data[JD_REPARSE_MAX])
{
    size_t len = names;
    memset(data, 0, names);
    put16(data, tag & 0xffff);
    put16(data + 2, tag >> 16);
    put16(data + 10, put_name(data, &len, substitute));
    put16(data + 12, len - names);
    put16(data + 14, put_name(data, &len, print));
    put16(data + 4, len - JD_REPARSE_MIN);
    return len;
}

void fake_mount_point(const char *path, const char *substitute, const char *print)
{
    uint8_t data[JD_REPARSE_MAX];
    fake_reparse(path, data, encode(JD_TAG_MOUNT_POINT, 16, substitute, print, data));
}

static size_t encode_junction(const char *target, uint8_t data[JD_REPARSE_MAX])
{
    char substitute[JD_PATH_BYTES_MAX + 8] = "\\??\\";
    if (strlen(target) > JD_PATH_BYTES_MAX) {
        fake_misuse("target too long", target);
    }
    strcat(substitute, target);
    return encode(JD_TAG_MOUNT_POINT, 16, substitute, target, data);
}

void fake_junction(const char *path, const char *target)
{
    uint8_t data[JD_REPARSE_MAX];
    fake_reparse(path, data, encode_junction(target, data));
}

void fake_symlink(const char *path, const char *target)
{
    uint8_t data[JD_REPARSE_MAX];
    fake_reparse(path, data, encode(JD_TAG_SYMLINK, 20, target, target, data));
}

bool fake_flip(const char *path, const char *target)
{
    uint8_t data[JD_REPARSE_MAX];
    size_t len = encode_junction(target, data);
    fake_lock();
    struct fake_object *object = fake_find_path(path);
    bool flipped = object != NULL && fake_object_set_reparse(object, data, len) == JD_OK;
    fake_unlock();
    return flipped;
}

bool fake_unflip(const char *path)
{
    fake_lock();
    struct fake_object *object = fake_find_path(path);
    bool flipped = object != NULL && object->reparse_len > 0;
    if (flipped) {
        fake_object_clear_reparse(object);
    }
    fake_unlock();
    return flipped;
}
