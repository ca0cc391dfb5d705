/* SPDX-License-Identifier: MIT */
/* Whom a policy file may belong to, and where it may lie. */
#include "tests/contract/fixture_posix.h"

#include "service/os/os_policy.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static enum jd_code read_it(const char *path)
{
    struct jd_buf out;
    enum jd_code code;
    jd_buf_init(&out, 1024);
    code = os_policy_read(path, &out, &fixture_err);
    check_int(out.len, code == JD_OK ? 2 : 0);
    jd_buf_done(&out);
    return code;
}

static const char *put(const char *name, mode_t mode, uid_t owner, gid_t group)
{
    const char *path = posix_in_folder(name);
    posix_write_file(path, "{}", 2, 0600);
    check_int(chown(path, owner, group), 0);
    check_int(chmod(path, mode), 0);
    return path;
}

TEST(os_policy_posix, only_a_file_that_nobody_else_could_write_is_believed)
{
    static const struct {
        mode_t mode;
        uid_t owner;
        enum jd_code expected;
    } cases[] = {
        {0600, 0, JD_OK},
        {0644, 0, JD_OK},
        {0400, 0, JD_OK},
        {0620, 0, JD_E_POLICY_UNTRUSTED},
        {0602, 0, JD_E_POLICY_UNTRUSTED},
        {0666, 0, JD_E_POLICY_UNTRUSTED},
        {0600, 1000, JD_E_POLICY_UNTRUSTED},
    };
    fixture_begin();
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        check_case("%o of %u", (unsigned)cases[i].mode, (unsigned)cases[i].owner);
        check_code(read_it(put("policy", cases[i].mode, cases[i].owner, 0)), cases[i].expected, &fixture_err);
        check_true(cases[i].expected == JD_OK || strstr(fixture_err.text, posix_in_folder("policy")) != NULL);
    }
    fixture_end();
}

TEST(os_policy_posix, an_acl_that_lets_somebody_write_counts)
{
    /* acl(5) as linux/posix_acl_xattr.h lays it out: version 2, then tag, permissions, id. User 1000 may write. */
    static const uint8_t acl[] = {2, 0,   0,   0,   1,   0,   6,  0, 255, 255, 255, 255, 2,   0,  6,
                                  0, 232, 3,   0,   0,   4,   0,  0, 0,   255, 255, 255, 255, 16, 0,
                                  6, 0,   255, 255, 255, 255, 32, 0, 0,   0,   255, 255, 255, 255};
    const char *path;
    fixture_begin();
    path = put("policy", 0600, 0, 0);
    if (setxattr(path, "system.posix_acl_access", acl, sizeof acl, 0) != 0) {
        fixture_end();
        check_skip("the file system of the temporary folder takes no ACLs");
    }
    check_code(read_it(path), JD_E_POLICY_UNTRUSTED, &fixture_err);
    fixture_end();
}

TEST(os_policy_posix, what_is_no_plain_file_of_one_name_is_refused)
{
    fixture_begin();
    put("policy", 0600, 0, 0);
    check_int(symlink("policy", posix_in_folder("link")), 0);
    check_code(read_it(posix_in_folder("link")), JD_E_POLICY_UNTRUSTED, &fixture_err);
    check_int(symlink("nothing", posix_in_folder("dangling")), 0);
    check_code(read_it(posix_in_folder("dangling")), JD_E_POLICY_UNTRUSTED, &fixture_err);
    check_int(link(posix_in_folder("policy"), posix_in_folder("second")), 0);
    check_code(read_it(posix_in_folder("policy")), JD_E_POLICY_UNTRUSTED, &fixture_err);
    check_int(mkfifo(posix_in_folder("fifo"), 0600), 0);
    check_code(read_it(posix_in_folder("fifo")), JD_E_POLICY_UNTRUSTED, &fixture_err);
    check_code(read_it("/dev/null"), JD_E_POLICY_UNTRUSTED, &fixture_err);
    check_code(read_it(posix_folder()), JD_E_POLICY_UNTRUSTED, &fixture_err);
    check_code(read_it(""), JD_E_POLICY_MISSING, &fixture_err);
    check_code(read_it("/"), JD_E_POLICY_MISSING, &fixture_err);
    check_code(read_it(posix_in_folder("second/policy")), JD_E_POLICY_MISSING, &fixture_err);
    fixture_end();
}

TEST(os_policy_posix, every_folder_on_the_way_counts)
{
    static const struct {
        mode_t mode;
        uid_t owner;
        enum jd_code expected;
        const char *why;
    } cases[] = {
        {0755, 0, JD_OK, "root's alone"},
        {0700, 0, JD_OK, "and closed"},
        {01777, 0, JD_OK, "others may add names, but not take root's away"},
        {0777, 0, JD_E_POLICY_UNTRUSTED, "others may rename in it"},
        {0770, 0, JD_E_POLICY_UNTRUSTED, "so may a group"},
        {0755, 1000, JD_E_POLICY_UNTRUSTED, "its owner may"},
        {01755, 1000, JD_E_POLICY_UNTRUSTED, "sticky does not bind the owner"},
    };
    fixture_begin();
    check_int(mkdir(posix_in_folder("outer"), 0755), 0);
    check_int(mkdir(posix_in_folder("outer/inner"), 0755), 0);
    put("outer/inner/policy", 0600, 0, 0);
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        static const char *const folders[] = {"outer", "outer/inner"};
        for (size_t k = 0; k < JD_COUNT(folders); k++) {
            check_case("%s: %s", folders[k], cases[i].why);
            check_int(chown(posix_in_folder(folders[k]), cases[i].owner, 0), 0);
            check_int(chmod(posix_in_folder(folders[k]), cases[i].mode), 0);
            check_code(read_it(posix_in_folder("outer/inner/policy")), cases[i].expected, &fixture_err);
            check_int(chown(posix_in_folder(folders[k]), 0, 0), 0);
            check_int(chmod(posix_in_folder(folders[k]), 0755), 0);
        }
    }
    fixture_end();
}

TEST(os_policy_posix, a_link_among_the_folders_is_refused)
{
    fixture_begin();
    check_int(mkdir(posix_in_folder("real"), 0755), 0);
    put("real/policy", 0600, 0, 0);
    check_int(symlink("real", posix_in_folder("link")), 0);
    check_code(read_it(posix_in_folder("link/policy")), JD_E_POLICY_UNTRUSTED, &fixture_err);
    check_ok(read_it(posix_in_folder("real/./policy")), &fixture_err);
    check_ok(read_it(posix_in_folder("real//policy")), &fixture_err);
    check_code(read_it(posix_in_folder("nowhere/policy")), JD_E_POLICY_MISSING, &fixture_err);
    fixture_end();
}

TEST(os_policy_posix, a_relative_path_is_judged_from_where_the_service_stands)
{
    char before[4096];
    fixture_begin();
    put("policy", 0600, 0, 0);
    check_true(getcwd(before, sizeof before) != NULL);
    check_int(chdir(posix_folder()), 0);
    check_ok(read_it("policy"), &fixture_err);
    check_ok(read_it("./policy"), &fixture_err);
    check_int(chmod(posix_folder(), 0777), 0);
    check_code(read_it("policy"), JD_E_POLICY_UNTRUSTED, &fixture_err);
    check_int(chmod(posix_folder(), 0755), 0);
    check_int(chdir(before), 0);
    fixture_end();
}
