/* SPDX-License-Identifier: MIT */
/* What users who are not root can do to what the port made: on real NTFS, under ntfs-3g's permission checks. */
#include "tests/contract/fixture_posix.h"

#include "service/os/posix/os_fs_posix.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static struct os_node *publish_junction(const char *path, const char *target, enum os_owner owner, uid_t uid)
{
    uint8_t data[JD_REPARSE_MAX];
    struct os_caller caller = {.user = jd_sid_posix_user(uid)};
    struct os_node *leaf = NULL;
    check_ok(
        os_fs_make_directory(fixture_open_parent(path), fixture_name(strrchr(path, '\\') + 1), &leaf, &fixture_err),
        &fixture_err);
    fixture_keep(leaf);
    check_ok(os_fs_set_reparse(leaf, data, fixture_encode(JD_TAG_MOUNT_POINT, target, data), &fixture_err),
             &fixture_err);
    check_ok(os_fs_publish(leaf, owner, &caller, &fixture_err), &fixture_err);
    return leaf;
}

static int retarget(const void *context)
{
    uint8_t data[JD_REPARSE_MAX];
    size_t len = fixture_encode(JD_TAG_MOUNT_POINT, "C:\\stolen", data);
    return lsetxattr(context, "system.ntfs_reparse_data", data, len, 0) == 0 ? 0 : errno;
}

static int clear(const void *context)
{
    return lremovexattr(context, "system.ntfs_reparse_data") == 0 ? 0 : errno;
}

static int set_acl(const void *context)
{
    uint8_t descriptor[POSIX_ACL_MAX];
    size_t len = posix_acl_published(descriptor);
    return lsetxattr(context, "system.ntfs_acl", descriptor, len, 0) == 0 ? 0 : errno;
}

static int set_attributes(const void *context)
{
    static const uint32_t plain = POSIX_ATTRIBUTE_DIRECTORY;
    return lsetxattr(context, "system.ntfs_attrib", &plain, sizeof plain, 0) == 0 ? 0 : errno;
}

static int set_creation_time(const void *context)
{
    static const uint64_t any = 1;
    return lsetxattr(context, "system.ntfs_crtime", &any, sizeof any, 0) == 0 ? 0 : errno;
}

static int unlink_it(const void *context)
{
    return unlink(context) == 0 ? 0 : errno;
}

static int remove_directory(const void *context)
{
    return rmdir(context) == 0 ? 0 : errno;
}

static int rename_it(const void *context)
{
    char to[512];
    snprintf(to, sizeof to, "%s-moved", (const char *)context);
    return rename(context, to) == 0 ? 0 : errno;
}

static int own_it(const void *context)
{
    return lchown(context, 1000, 1000) == 0 ? 0 : errno;
}

static int open_to_all(const void *context)
{
    return chmod(context, 0777) == 0 ? 0 : errno;
}

static int make_inside(const void *context)
{
    char inside[512];
    snprintf(inside, sizeof inside, "%s/inside", (const char *)context);
    return mkdir(inside, 0777) == 0 ? 0 : errno;
}

static int read_through(const void *context)
{
    char inside[512];
    struct stat st;
    snprintf(inside, sizeof inside, "%s/sentinel", (const char *)context);
    return stat(inside, &st) == 0 ? 0 : errno;
}

static const struct {
    int (*attack)(const void *path);
    const char *what;
} attacks[] = {
    {retarget, "retarget"},
    {clear, "clear"},
    {set_acl, "set descriptor"},
    {set_attributes, "set attributes"},
    {set_creation_time, "set creation time"},
    {unlink_it, "unlink"},
    {remove_directory, "rmdir"},
    {rename_it, "rename"},
    {own_it, "chown"},
    {open_to_all, "chmod what it leads to"},
    {make_inside, "make something inside"},
};

TEST(os_fs_posix_users, nobody_but_root_touches_a_published_junction)
{
    fixture_begin_volume();
    fixture_mkfile("C:\\target\\sentinel");
    publish_junction("C:\\link", "C:\\target", OS_OWNER_SERVICE, 0);
    for (size_t i = 0; i < JD_COUNT(attacks); i++) {
        check_case("%s", attacks[i].what);
        check_true(posix_as(1000, attacks[i].attack, posix_host("C:\\link")) != 0);
        fixture_check_junction("C:\\link", "C:\\target");
    }
    check_int(posix_as(1000, read_through, posix_host("C:\\link")), 0);
    fixture_end();
}

TEST(os_fs_posix_users, an_unpublished_leaf_is_closed_to_others)
{
    struct os_node *leaf = NULL;
    fixture_begin_volume();
    check_ok(os_fs_make_directory(fixture_open_parent("C:\\leaf"), fixture_name("leaf"), &leaf, &fixture_err),
             &fixture_err);
    fixture_keep(leaf);
    for (size_t i = 0; i < JD_COUNT(attacks); i++) {
        check_case("%s", attacks[i].what);
        check_true(posix_as(1000, attacks[i].attack, posix_host("C:\\leaf")) != 0);
        check_true(fixture_facts(leaf).is_private);
    }
    check_int(posix_as(1000, read_through, posix_host("C:\\leaf")), EACCES);
    fixture_end();
}

TEST(os_fs_posix_users, a_junction_of_the_caller_is_his_and_nobody_elses)
{
    struct os_facts facts;
    fixture_begin_volume();
    fixture_mkfile("C:\\target\\sentinel");
    facts = fixture_facts(publish_junction("C:\\link", "C:\\target", OS_OWNER_CALLER, 1000));
    check_true(facts.others_may_replace && !facts.is_private);
    for (size_t i = 0; i < JD_COUNT(attacks); i++) {
        check_case("%s", attacks[i].what);
        check_true(posix_as(1001, attacks[i].attack, posix_host("C:\\link")) != 0);
    }
    fixture_check_junction("C:\\link", "C:\\target");
    check_int(posix_as(1001, read_through, posix_host("C:\\link")), 0);
    check_int(posix_as(1000, retarget, posix_host("C:\\link")), 0);
    fixture_check_junction("C:\\link", "C:\\stolen");
    fixture_end();
}

TEST(os_fs_posix_users, a_caller_who_is_no_user_of_this_machine_gets_no_leaf)
{
    static const struct jd_sid strangers[] = {
        {.authority = 5, .n_subs = 2, .subs = {32, 544}},
        {.authority = 22, .n_subs = 2, .subs = {2, 1000}},
        {.authority = 22, .n_subs = 2, .subs = {1, UINT32_MAX}},
        {.authority = 22, .n_subs = 1, .subs = {1}},
        {0},
    };
    struct os_node *leaf = NULL;
    fixture_begin_volume();
    check_ok(os_fs_make_directory(fixture_open_parent("C:\\leaf"), fixture_name("leaf"), &leaf, &fixture_err),
             &fixture_err);
    fixture_keep(leaf);
    for (size_t i = 0; i < JD_COUNT(strangers); i++) {
        const struct os_caller caller = {.user = strangers[i]};
        check_case("row %zu", i);
        check_code(os_fs_publish(leaf, OS_OWNER_CALLER, &caller, &fixture_err), JD_E_PLATFORM, &fixture_err);
        check_true(fixture_facts(leaf).is_private);
    }
    fixture_end();
}

/* Whoever owns an object may give it root's descriptor and any creation time: neither makes him anything. */
TEST(os_fs_posix_users, facts_follow_the_owner_on_disk)
{
    struct os_node *node;
    fixture_begin_volume();
    fixture_mkdir("C:\\given");
    fixture_give_to_stranger("C:\\given");
    node = fixture_open("C:\\given", OS_USE_PASS);
    check_true(fixture_facts(node).others_may_replace);
    check_int(posix_as(1000, set_acl, posix_host("C:\\given")), 0);
    check_false(fixture_facts(node).others_may_replace);
    check_true(posix_as(1000, retarget, posix_host("C:\\given")) != 0);
    fixture_end();
}

TEST(os_fs_posix_users, a_sticky_directory_keeps_what_root_put_there)
{
    fixture_begin_volume();
    fixture_mkdir("C:\\sticky");
    check_int(chmod(posix_host("C:\\sticky"), 01777), 0);
    check_false(fixture_facts(fixture_open("C:\\sticky", OS_USE_PASS)).others_may_delete_children);
    publish_junction("C:\\sticky\\link", "C:\\target", OS_OWNER_SERVICE, 0);
    for (size_t i = 0; i < JD_COUNT(attacks); i++) {
        check_case("%s", attacks[i].what);
        check_true(posix_as(1000, attacks[i].attack, posix_host("C:\\sticky\\link")) != 0);
    }
    fixture_check_junction("C:\\sticky\\link", "C:\\target");
    fixture_end();
}

TEST(os_fs_posix_users, a_leaf_is_private_whatever_the_umask)
{
    static const mode_t masks[] = {0, 022, 077};
    fixture_begin_volume();
    for (size_t i = 0; i < JD_COUNT(masks); i++) {
        struct os_node *root = fixture_open_parent("C:\\leaf");
        struct os_node *leaf = NULL;
        check_case("umask %03o", (unsigned)masks[i]);
        umask(masks[i]);
        check_ok(os_fs_make_directory(root, fixture_name("leaf"), &leaf, &fixture_err), &fixture_err);
        fixture_keep(leaf);
        check_true(fixture_facts(leaf).is_private);
        check_ok(os_fs_remove(root, leaf, &fixture_err), &fixture_err);
    }
    umask(022);
    fixture_end();
}

TEST(os_fs_posix_users, a_setgid_parent_does_not_spoil_the_leaf)
{
    fixture_begin_volume();
    fixture_mkdir("C:\\group");
    check_int(lchown(posix_host("C:\\group"), 0, 1000), 0);
    check_int(chmod(posix_host("C:\\group"), 02775), 0);
    publish_junction("C:\\group\\link", "C:\\target", OS_OWNER_SERVICE, 0);
    fixture_check_junction("C:\\group\\link", "C:\\target");
    fixture_end();
}
