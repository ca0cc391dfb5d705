/* SPDX-License-Identifier: MIT */
/* Making, setting, publishing and removing. */
#include "tests/contract/fixture.h"

#include <string.h>

static uint8_t data[JD_REPARSE_MAX];

static enum jd_code set_junction(struct os_node *node, const char *target)
{
    return os_fs_set_reparse(node, data, fixture_encode(JD_TAG_MOUNT_POINT, target, data), &fixture_err);
}

static struct os_node *make(struct os_node *parent, const char *name)
{
    struct os_node *leaf = NULL;
    check_ok(os_fs_make_directory(parent, fixture_name(name), &leaf, &fixture_err), &fixture_err);
    fixture_keep(leaf);
    return leaf;
}

static enum jd_code try_make(struct os_node *parent, const char *name)
{
    struct os_node *leaf = NULL;
    enum jd_code code = os_fs_make_directory(parent, fixture_name(name), &leaf, &fixture_err);
    os_fs_node_close(leaf);
    return code;
}

TEST(os_fs_change, a_leaf_becomes_a_junction_on_one_handle)
{
    struct os_node *root;
    struct os_node *leaf;
    struct os_facts before;
    struct os_facts after;
    uint8_t back[JD_REPARSE_MAX];
    size_t n = 0;
    fixture_begin_volume();
    fixture_need_junctions();
    fixture_mkdir("C:\\target");
    root = fixture_open_parent("C:\\link");
    leaf = make(root, "link");
    before = fixture_facts(leaf);
    check_true(before.is_directory && before.is_private && !before.is_reparse_point);
    check_ok(set_junction(leaf, "C:\\target"), &fixture_err);
    after = fixture_facts(leaf);
    check_true(after.is_directory && after.is_private && after.is_reparse_point);
    check_int(after.tag, JD_TAG_MOUNT_POINT);
    check_true(fixture_same_id(&before.id, &after.id));
    check_ok(os_fs_get_reparse(leaf, back, &n, &fixture_err), &fixture_err);
    check_bytes(back, n, data, fixture_encode(JD_TAG_MOUNT_POINT, "C:\\target", data));
    check_ok(os_fs_publish(leaf, OS_OWNER_SERVICE, NULL, &fixture_err), &fixture_err);
    after = fixture_facts(leaf);
    check_true(!after.is_private && !after.others_may_replace && after.is_reparse_point);
    check_true(fixture_same_id(&before.id, &after.id));
    fixture_check_stored_name(leaf, "link");
    fixture_check_junction("C:\\link", "C:\\target");
    check_ok(os_fs_remove(root, leaf, &fixture_err), &fixture_err);
    check_text(fixture_kind("C:\\link"), "none");
    check_text(fixture_kind("C:\\target"), "directory");
    fixture_end();
}

TEST(os_fs_change, a_new_leaf_stands_under_the_name_as_given)
{
    struct os_node *root;
    fixture_begin_volume();
    root = fixture_open_parent("C:\\x");
    fixture_check_stored_name(make(root, "CamelCase \xC3\xA4 \xF0\x9F\x8D\x8E"), "CamelCase \xC3\xA4 \xF0\x9F\x8D\x8E");
    fixture_end();
}

TEST(os_fs_change, what_stands_at_the_name_is_left_alone)
{
    static const char *const names[] = {"directory", "file", "junction", "dangling", "DIRECTORY", "Dangling"};
    struct os_node *root;
    fixture_begin_volume();
    fixture_mkdir("C:\\directory");
    fixture_mkfile("C:\\file");
    fixture_junction("C:\\junction", "C:\\directory");
    fixture_junction("C:\\dangling", "C:\\nothing");
    root = fixture_open_parent("C:\\x");
    for (size_t i = 0; i < JD_COUNT(names); i++) {
        check_case("%s", names[i]);
        check_code(try_make(root, names[i]), JD_E_FILE_EXISTS, &fixture_err);
    }
    /* A create that followed the link that leads nowhere would have made a directory there, with the service's rights.
     */
    check_text(fixture_kind("C:\\nothing"), "none");
    fixture_check_junction("C:\\dangling", "C:\\nothing");
    fixture_check_junction("C:\\junction", "C:\\directory");
    check_text(fixture_kind("C:\\file"), "file");
    fixture_end();
}

TEST(os_fs_change, what_stands_in_two_cases_is_left_alone)
{
    fixture_begin_volume();
    fixture_need_twins();
    fixture_mkdir("C:\\Twin");
    fixture_mkdir("C:\\TWIN");
    check_code(try_make(fixture_open_parent("C:\\x"), "twin"), JD_E_FILE_EXISTS, &fixture_err);
    fixture_end();
}

TEST(os_fs_change, a_name_beyond_255_units_is_refused)
{
    char name[JD_NAME_UNITS_MAX + 2];
    struct os_node *root;
    fixture_begin_volume();
    root = fixture_open_parent("C:\\x");
    memset(name, 'n', sizeof name - 1);
    name[JD_NAME_UNITS_MAX + 1] = '\0';
    check_code(try_make(root, name), JD_E_PATH_TOO_LONG, &fixture_err);
    name[JD_NAME_UNITS_MAX] = '\0';
    check_ok(try_make(root, name), &fixture_err);
    fixture_end();
}

TEST(os_fs_change, a_read_only_volume_says_so_and_changes_nothing)
{
    struct os_node *root;
    struct os_node *link;
    struct os_node *empty;
    fixture_begin_volume();
    fixture_mkdir("C:\\empty");
    fixture_junction("C:\\link", "C:\\empty");
    root = fixture_open_parent("C:\\x");
    link = fixture_open("C:\\link", OS_USE_CHANGE);
    empty = fixture_open("C:\\empty", OS_USE_CHANGE);
    fixture_set_read_only(true);
    check_code(try_make(root, "new"), JD_E_READ_ONLY, &fixture_err);
    check_code(set_junction(link, "C:\\other"), JD_E_READ_ONLY, &fixture_err);
    check_code(set_junction(empty, "C:\\other"), JD_E_READ_ONLY, &fixture_err);
    check_code(os_fs_remove(root, link, &fixture_err), JD_E_READ_ONLY, &fixture_err);
    check_code(os_fs_remove(root, empty, &fixture_err), JD_E_READ_ONLY, &fixture_err);
    fixture_set_read_only(false);
    fixture_check_junction("C:\\link", "C:\\empty");
    check_text(fixture_kind("C:\\empty"), "directory");
    check_text(fixture_kind("C:\\new"), "none");
    fixture_end();
}

TEST(os_fs_change, a_full_volume_says_so_and_changes_nothing)
{
    char target[JD_PATH_UNITS_MAX + 1];
    struct os_node *root;
    struct os_node *leaf;
    fixture_begin_volume();
    root = fixture_open_parent("C:\\x");
    leaf = make(root, "leaf");
    memset(target, 't', sizeof target - 1); /* longer than what is left in the leaf's own record */
    memcpy(target, "C:\\", 3);
    target[sizeof target - 1] = '\0';
    fixture_fill();
    check_code(try_make(root, "new"), JD_E_NO_SPACE, &fixture_err);
    check_text(fixture_kind("C:\\new"), "none");
    check_code(set_junction(leaf, target), JD_E_NO_SPACE, &fixture_err);
    check_text(fixture_kind("C:\\leaf"), "directory");
    check_false(fixture_facts(leaf).is_reparse_point);
    check_ok(os_fs_remove(root, leaf, &fixture_err), &fixture_err);
    check_text(fixture_kind("C:\\leaf"), "none");
    fixture_end();
}

TEST(os_fs_change, only_an_empty_directory_or_the_same_tag_takes_reparse_data)
{
    static const struct {
        const char *path;
        enum jd_code expected;
        const char *kind;
        const char *why;
    } cases[] = {
        {"C:\\empty", JD_OK, "junction", "nothing in it"},
        {"C:\\junction", JD_OK, "junction", "replaced in place"},
        {"C:\\full", JD_E_NOT_EMPTY, "directory", "a folder in it"},
        {"C:\\holds", JD_E_NOT_EMPTY, "directory", "a file in it"},
        {"C:\\symlink", JD_E_REPARSE_POINT_EXISTS, "reparse_point", "another tag"},
        {"C:\\file", JD_E_PLATFORM, "file", "no directory"},
    };
    fixture_begin_volume();
    fixture_mkdir("C:\\empty");
    fixture_mkdir("C:\\full\\inner");
    fixture_mkfile("C:\\holds\\file");
    fixture_mkfile("C:\\file");
    fixture_junction("C:\\junction", "C:\\old");
    fixture_reparse("C:\\symlink", data, fixture_encode(JD_TAG_SYMLINK, "C:\\old", data));
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        check_case("%s: %s", cases[i].path, cases[i].why);
        check_code(set_junction(fixture_open(cases[i].path, OS_USE_CHANGE), "C:\\new"), cases[i].expected,
                   &fixture_err);
        check_text(fixture_kind(cases[i].path), cases[i].kind);
    }
    fixture_check_junction("C:\\empty", "C:\\new");
    fixture_check_junction("C:\\junction", "C:\\new");
    check_text(fixture_kind("C:\\full\\inner"), "directory");
    check_text(fixture_kind("C:\\holds\\file"), "file");
    fixture_end();
}

TEST(os_fs_change, a_retarget_keeps_the_object_and_the_handle)
{
    struct os_node *node;
    struct os_facts before;
    struct os_facts after;
    fixture_begin_volume();
    fixture_junction("C:\\link", "C:\\old");
    node = fixture_open("C:\\link", OS_USE_CHANGE);
    before = fixture_facts(node);
    for (int i = 0; i < 20; i++) {
        check_ok(set_junction(node, i % 2 == 0 ? "C:\\new" : "C:\\a much longer target\\than before"), &fixture_err);
        after = fixture_facts(node);
        check_true(fixture_same_id(&before.id, &after.id));
    }
    fixture_check_junction("C:\\link", "C:\\a much longer target\\than before");
    fixture_end();
}

TEST(os_fs_change, a_dishonest_header_is_refused)
{
    struct os_node *node;
    size_t len;
    fixture_begin_volume();
    fixture_mkdir("C:\\empty");
    node = fixture_open("C:\\empty", OS_USE_CHANGE);
    len = fixture_encode(JD_TAG_MOUNT_POINT, "C:\\new", data);
    check_code(os_fs_set_reparse(node, data, len - 1, &fixture_err), JD_E_BAD_REPARSE_DATA, &fixture_err);
    check_code(os_fs_set_reparse(node, data, len + 1, &fixture_err), JD_E_BAD_REPARSE_DATA, &fixture_err);
    check_code(os_fs_set_reparse(node, data, 7, &fixture_err), JD_E_BAD_REPARSE_DATA, &fixture_err);
    check_code(os_fs_set_reparse(node, data, 0, &fixture_err), JD_E_BAD_REPARSE_DATA, &fixture_err);
    check_text(fixture_kind("C:\\empty"), "directory");
    fixture_end();
}

TEST(os_fs_change, a_handle_does_no_more_than_it_was_opened_for)
{
    struct os_node *root;
    struct os_node *look;
    struct os_node *pass;
    struct os_node *child = NULL;
    fixture_begin_volume();
    fixture_junction("C:\\link", "C:\\old");
    fixture_mkdir("C:\\folder\\inner");
    root = fixture_open_parent("C:\\link");
    look = fixture_open("C:\\link", OS_USE_LOOK);
    pass = fixture_open("C:\\link", OS_USE_PASS);
    check_code(set_junction(look, "C:\\new"), JD_E_ACCESS_DENIED, &fixture_err);
    check_code(set_junction(pass, "C:\\new"), JD_E_ACCESS_DENIED, &fixture_err);
    check_code(os_fs_remove(root, look, &fixture_err), JD_E_ACCESS_DENIED, &fixture_err);
    check_code(os_fs_remove(root, pass, &fixture_err), JD_E_ACCESS_DENIED, &fixture_err);
    check_code(os_fs_publish(pass, OS_OWNER_SERVICE, NULL, &fixture_err), JD_E_INTERNAL, &fixture_err);
    look = fixture_open("C:\\folder", OS_USE_LOOK);
    check_code(os_fs_child(look, fixture_name("inner"), OS_USE_LOOK, &child, &fixture_err), JD_E_ACCESS_DENIED,
               &fixture_err);
    check_true(child == NULL);
    fixture_check_junction("C:\\link", "C:\\old");
    fixture_end();
}

TEST(os_fs_change, a_leaf_is_published_once)
{
    struct os_node *leaf;
    fixture_begin_volume();
    fixture_need_junctions();
    leaf = make(fixture_open_parent("C:\\x"), "leaf");
    check_ok(set_junction(leaf, "C:\\target"), &fixture_err);
    check_code(os_fs_publish(leaf, OS_OWNER_CALLER, NULL, &fixture_err), JD_E_INTERNAL, &fixture_err);
    check_true(fixture_facts(leaf).is_private);
    check_ok(os_fs_publish(leaf, OS_OWNER_SERVICE, NULL, &fixture_err), &fixture_err);
    check_code(os_fs_publish(leaf, OS_OWNER_SERVICE, NULL, &fixture_err), JD_E_INTERNAL, &fixture_err);
    fixture_end();
}

TEST(os_fs_change, removal_takes_the_link_and_never_what_is_behind_it)
{
    static const struct {
        const char *path;
        enum jd_code expected;
        const char *kind;
    } cases[] = {
        {"C:\\link", JD_OK, "none"},  {"C:\\dangling", JD_OK, "none"},
        {"C:\\empty", JD_OK, "none"}, {"C:\\target", JD_E_NOT_EMPTY, "directory"},
        {"C:\\chain", JD_OK, "none"}, {"C:\\file", JD_E_NOT_A_JUNCTION, "file"},
    };
    fixture_begin_volume();
    fixture_mkfile("C:\\target\\sentinel");
    fixture_mkdir("C:\\empty");
    fixture_mkfile("C:\\file");
    fixture_junction("C:\\link", "C:\\target");
    fixture_junction("C:\\chain", "C:\\link");
    fixture_junction("C:\\dangling", "C:\\nothing");
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct os_node *node = fixture_open(cases[i].path, OS_USE_CHANGE);
        check_case("%s", cases[i].path);
        check_code(os_fs_remove(fixture_open_parent(cases[i].path), node, &fixture_err), cases[i].expected,
                   &fixture_err);
        check_text(fixture_kind(cases[i].path), cases[i].kind);
    }
    check_text(fixture_kind("C:\\target\\sentinel"), "file");
    fixture_end();
}

static void put_link(const char *kind)
{
    if (strcmp(kind, "junction") == 0) {
        fixture_junction("C:\\link", "C:\\target");
    } else if (strcmp(kind, "directory") == 0) {
        fixture_mkdir("C:\\link");
    } else {
        fixture_mkfile("C:\\link");
    }
}

TEST(os_fs_change, removal_spares_whatever_took_the_place)
{
    static const char *const kinds[] = {"junction", "directory", "file"};
    for (size_t i = 0; i < JD_COUNT(kinds); i++) {
        struct os_node *root;
        struct os_node *node;
        check_case("%s", kinds[i]);
        fixture_begin_volume();
        fixture_junction("C:\\link", "C:\\target");
        root = fixture_open_parent("C:\\link");
        node = fixture_open("C:\\link", OS_USE_CHANGE);
        if (fixture_came_about(fixture_rename("C:\\link", "C:\\away"))) {
            put_link(kinds[i]);
            check_code(os_fs_remove(root, node, &fixture_err), JD_E_CHANGED_MEANWHILE, &fixture_err);
            check_text(fixture_kind("C:\\link"), kinds[i]);
            check_text(fixture_kind("C:\\away"), "junction");
        }
        fixture_end();
    }
}

TEST(os_fs_change, what_is_gone_is_not_worked_on)
{
    struct os_node *root;
    struct os_node *node;
    fixture_begin_volume();
    fixture_junction("C:\\link", "C:\\target");
    root = fixture_open_parent("C:\\link");
    node = fixture_open("C:\\link", OS_USE_CHANGE);
    if (fixture_came_about(fixture_remove("C:\\link"))) {
        check_code(set_junction(node, "C:\\new"), JD_E_CHANGED_MEANWHILE, &fixture_err);
        check_code(os_fs_remove(root, node, &fixture_err), JD_E_CHANGED_MEANWHILE, &fixture_err);
        check_text(fixture_kind("C:\\link"), "none");
    }
    fixture_end();
}

/* Another leaf at the name takes nothing over: neither data nor protection. */
TEST(os_fs_change, a_leaf_swapped_before_it_is_a_junction_is_spared)
{
    struct os_node *root;
    struct os_node *leaf;
    fixture_begin_volume();
    root = fixture_open_parent("C:\\leaf");
    leaf = make(root, "leaf");
    if (fixture_came_about(fixture_rename("C:\\leaf", "C:\\away"))) {
        fixture_mkdir("C:\\leaf");
        (void)!set_junction(leaf, "C:\\target");
        check_text(fixture_kind("C:\\leaf"), "directory");
        check_code(os_fs_remove(root, leaf, &fixture_err), JD_E_CHANGED_MEANWHILE, &fixture_err);
        check_text(fixture_kind("C:\\leaf"), "directory");
    }
    fixture_end();
}

TEST(os_fs_change, a_parent_that_became_a_junction_takes_no_leaf)
{
    struct os_node *parent;
    struct os_node *leaf = NULL;
    fixture_begin_volume();
    fixture_mkdir("C:\\parent");
    fixture_mkdir("C:\\elsewhere");
    parent = fixture_open("C:\\parent", OS_USE_PASS);
    check_true(fixture_flip("C:\\parent", "C:\\elsewhere"));
    check_code(os_fs_make_directory(parent, fixture_name("leaf"), &leaf, &fixture_err), JD_E_PARENT_NOT_DIRECTORY,
               &fixture_err);
    check_true(leaf == NULL);
    check_text(fixture_kind("C:\\elsewhere\\leaf"), "none");
    fixture_end();
}
