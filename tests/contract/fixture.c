/* SPDX-License-Identifier: MIT */
#include "tests/contract/fixture.h"

#include <stdlib.h>
#include <string.h>

enum { NODES_MAX = 256 };

struct jd_err fixture_err;
struct os_fs *fixture_fs;

static struct os_node *nodes[NODES_MAX];
static size_t n_nodes;
static size_t handles_before;

void fixture_close(void)
{
    while (n_nodes > 0) {
        os_fs_node_close(nodes[--n_nodes]);
    }
    os_fs_close(fixture_fs);
    fixture_fs = NULL;
}

void fixture_begin(void)
{
    fixture_close();
    fixture_port_begin();
    handles_before = fixture_port_handles();
}

void fixture_begin_volume(void)
{
    struct os_volume_spec spec;
    fixture_close();
    fixture_port_begin_volume();
    handles_before = fixture_port_handles();
    spec = fixture_volume();
    check_ok(os_fs_open(&spec, 1, &fixture_fs, &fixture_err), &fixture_err);
}

void fixture_end(void)
{
    fixture_close();
    check_int(fixture_port_handles(), handles_before);
    fixture_port_end();
}

bool fixture_came_about(bool done)
{
    check_true(done || fixture_port_pins());
    return done;
}

struct jd_name fixture_name(const char *text)
{
    return (struct jd_name){text, strlen(text)};
}

void fixture_keep(struct os_node *node)
{
    if (n_nodes == NODES_MAX) {
        abort();
    }
    nodes[n_nodes++] = node;
}

/* Opens the first n names of path. */
static struct os_node *open_parts(const struct jd_winpath *path, size_t n, enum os_use use)
{
    struct os_node *node = NULL;
    check_ok(os_fs_root(fixture_fs, jd_winpath_letter(path), &node, &fixture_err), &fixture_err);
    fixture_keep(node);
    for (size_t i = 0; i < n; i++) {
        struct os_node *child = NULL;
        check_ok(os_fs_child(node, jd_winpath_part(path, i), i + 1 == n ? use : OS_USE_PASS, &child, &fixture_err),
                 &fixture_err);
        fixture_keep(child);
        node = child;
    }
    return node;
}

static void parse(const char *path, struct jd_winpath *out)
{
    check_ok(jd_winpath_parse(path, strlen(path), out, &fixture_err), &fixture_err);
}

struct os_node *fixture_open(const char *path, enum os_use use)
{
    struct jd_winpath parsed;
    struct os_node *node;
    parse(path, &parsed);
    node = open_parts(&parsed, parsed.n_parts, use);
    jd_winpath_done(&parsed);
    return node;
}

struct os_node *fixture_open_parent(const char *path)
{
    struct jd_winpath parsed;
    struct os_node *node;
    parse(path, &parsed);
    node = open_parts(&parsed, parsed.n_parts - 1, OS_USE_PASS);
    jd_winpath_done(&parsed);
    return node;
}

enum jd_code fixture_try_open(const char *path, enum os_use use)
{
    const char *leaf = strrchr(path, '\\') + 1;
    struct os_node *node = NULL;
    enum jd_code code = os_fs_child(fixture_open_parent(path), fixture_name(leaf), use, &node, &fixture_err);
    if (code == JD_OK) {
        os_fs_node_close(node);
    } else {
        check_true(node == NULL);
    }
    return code;
}

struct os_facts fixture_facts(struct os_node *node)
{
    struct os_facts facts;
    check_ok(os_fs_facts(node, &facts, &fixture_err), &fixture_err);
    return facts;
}

void fixture_check_stored_name(struct os_node *node, const char *expected)
{
    struct jd_buf name;
    jd_buf_init(&name, 1024);
    check_ok(os_fs_stored_name(node, &name, &fixture_err), &fixture_err);
    check_text(name.data, expected);
    jd_buf_done(&name);
}

bool fixture_same_id(const struct os_file_id *a, const struct os_file_id *b)
{
    return a->volume == b->volume && a->created == b->created && memcmp(a->record, b->record, sizeof a->record) == 0;
}

static void put16(uint8_t *at, size_t value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

/* ASCII as UTF-16LE with a NUL; returns the bytes without the NUL. */
static size_t put_text(uint8_t *data, size_t *len, const char *prefix, const char *text)
{
    size_t first = *len;
    for (const char *at = prefix; *at != '\0'; at++) {
        put16(data + *len, (unsigned char)*at);
        *len += 2;
    }
    for (const char *at = text; *at != '\0'; at++) {
        put16(data + *len, (unsigned char)*at);
        *len += 2;
    }
    put16(data + *len, 0);
    *len += 2;
    return *len - first - 2;
}

/* MS-FSCC 2.1.2.4 and 2.1.2.5: a symbolic link has four bytes of flags before its names. */
size_t fixture_encode(uint32_t tag, const char *target, uint8_t out[JD_REPARSE_MAX])
{
    size_t names = tag == JD_TAG_SYMLINK ? 20 : 16;
    size_t len = names;
    memset(out, 0, names);
    put16(out, tag & 0xffff);
    put16(out + 2, tag >> 16);
    put16(out + 10, put_text(out, &len, "\\??\\", target));
    put16(out + 12, len - names);
    put16(out + 14, put_text(out, &len, "", target));
    put16(out + 4, len - JD_REPARSE_MIN);
    return len;
}

void fixture_junction(const char *path, const char *target)
{
    uint8_t data[JD_REPARSE_MAX];
    fixture_reparse(path, data, fixture_encode(JD_TAG_MOUNT_POINT, target, data));
}

void fixture_check_junction(const char *path, const char *target)
{
    uint8_t expected[JD_REPARSE_MAX];
    uint8_t actual[JD_REPARSE_MAX];
    size_t n = fixture_get_reparse(path, actual);
    check_text(fixture_kind(path), "junction");
    check_bytes(actual, n, expected, fixture_encode(JD_TAG_MOUNT_POINT, target, expected));
}
