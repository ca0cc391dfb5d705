/* SPDX-License-Identifier: MIT */
#include "service/os/fake/fake_tree.h"

#include "common/utf.h"

#include <stdio.h>
#include <string.h>

bool fake_exists(const char *path)
{
    fake_lock();
    bool exists = fake_find_path(path) != NULL;
    fake_unlock();
    return exists;
}

static const char *kind_of(const struct fake_object *object)
{
    if (object == NULL) {
        return "none";
    }
    if (object->reparse_len > 0) {
        return fake_object_tag(object) == JD_TAG_MOUNT_POINT ? "junction" : "reparse_point";
    }
    return object->is_directory ? "directory" : "file";
}

const char *fake_kind(const char *path)
{
    fake_lock();
    const char *kind = kind_of(fake_find_path(path));
    fake_unlock();
    return kind;
}

size_t fake_get_reparse(const char *path, uint8_t out[JD_REPARSE_MAX])
{
    fake_lock();
    const struct fake_object *object = fake_find_path(path);
    size_t len = object == NULL ? 0 : object->reparse_len;
    if (len > 0) {
        memcpy(out, object->reparse, len);
    }
    fake_unlock();
    return len;
}

/* The name at offset and length told at data[at]; by hand, as in fake_build.c. */
static void tell_name(const uint8_t *data, size_t len, size_t at, size_t names, struct jd_buf *out)
{
    uint16_t units[JD_REPARSE_NAME_MAX];
    size_t from = names + (size_t)(data[at] | data[at + 1] << 8);
    size_t n = (size_t)(data[at + 2] | data[at + 3] << 8) / 2;
    if (from + n * 2 > len) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        units[i] = (uint16_t)(data[from + i * 2] | data[from + i * 2 + 1] << 8);
    }
    jd_utf16_to_utf8(units, n, out);
}

const char *fake_target(const char *path, char *buf, size_t cap)
{
    uint8_t data[JD_REPARSE_MAX];
    struct jd_buf text;
    size_t len = fake_get_reparse(path, data);
    jd_buf_init(&text, JD_REPARSE_MAX * 2);
    if (len >= 16 && strcmp(fake_kind(path), "junction") == 0) {
        tell_name(data, len, 8, 16, &text);
    }
    snprintf(buf, cap, "%s", text.len == 0 ? "" : text.data);
    jd_buf_done(&text);
    return buf;
}

void fake_get_facts(const char *path, struct os_facts *out)
{
    fake_lock();
    const struct fake_object *object = fake_find_path(path);
    if (object == NULL) {
        fake_misuse("nothing stands there", path);
    }
    fake_facts_of(object, out);
    fake_unlock();
}

struct jd_sid fake_owner(const char *path)
{
    fake_lock();
    const struct fake_object *object = fake_find_path(path);
    if (object == NULL) {
        fake_misuse("nothing stands there", path);
    }
    struct jd_sid owner = object->owner;
    fake_unlock();
    return owner;
}

static void dump_marks(const struct fake_object *object, struct jd_buf *out)
{
    const struct {
        bool is_set;
        const char *word;
    } marks[] = {
        {object->is_private, " private"},
        {object->is_case_sensitive, " case_sensitive"},
        {object->others_may_replace, " others_may_replace"},
        {object->others_may_delete_children, " others_may_delete_children"},
        {object->is_delete_pending, " delete_pending"},
        {object->is_in_use, " in_use"},
        {object->is_access_denied, " access_denied"},
    };
    for (size_t i = 0; i < JD_COUNT(marks); i++) {
        jd_buf_add_text(out, marks[i].is_set ? marks[i].word : "");
    }
}

static void dump_object(const struct fake_object *object, struct jd_buf *out)
{
    char owner[JD_SID_TEXT_MAX];
    jd_buf_add_format(out, " %s #%u.%llu %s", kind_of(object), (unsigned)object->record,
                      (unsigned long long)object->created, jd_sid_format(&object->owner, owner));
    if (object->alias != NULL) {
        jd_buf_add_format(out, " alias=%s", object->alias);
    }
    dump_marks(object, out);
    for (size_t i = 0; i < object->reparse_len; i++) {
        jd_buf_add_format(out, i == 0 ? " %02x" : "%02x", object->reparse[i]);
    }
    jd_buf_add_char(out, '\n');
}

/* path: its own, without a backslash at the end. Grows by each name and is cut back again. */
static void dump_tree(const struct fake_object *object, struct jd_buf *path, struct jd_buf *out)
{
    jd_buf_add(out, path->data, path->len);
    dump_object(object, out);
    for (size_t i = 0; i < object->n_children; i++) {
        size_t len = path->len;
        jd_buf_add_char(path, '\\');
        jd_buf_add_text(path, object->children[i]->name);
        dump_tree(object->children[i], path, out);
        jd_buf_cut(path, len);
    }
}

static void dump_volume(const struct fake_volume_state *volume, struct jd_buf *out)
{
    struct jd_buf path;
    const struct os_volume_facts *facts = &volume->facts;
    jd_buf_add_format(out, "%c: serial=%llx free=%lld ntfs=%d reparse=%d fixed=%d read_only=%d protected=%d gone=%d\n",
                      facts->letter, (unsigned long long)facts->serial, (long long)volume->space, facts->is_ntfs,
                      facts->takes_reparse_points, facts->is_fixed, facts->is_read_only, facts->is_protected,
                      volume->is_gone);
    jd_buf_init(&path, (size_t)1 << 20);
    jd_buf_add_format(&path, "%c:", facts->letter);
    dump_tree(volume->root, &path, out);
    jd_buf_done(&path);
}

void fake_dump(struct jd_buf *out)
{
    fake_lock();
    for (size_t i = 0; i < FAKE_LETTERS; i++) {
        if (fake_world.volumes[i].exists) {
            dump_volume(&fake_world.volumes[i], out);
        }
    }
    fake_unlock();
    if (out->failed) {
        fake_misuse("the dump is over the ceiling of its buffer", "fake_dump");
    }
}
