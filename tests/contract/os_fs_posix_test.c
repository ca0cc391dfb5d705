/* SPDX-License-Identifier: MIT */
/* What only real NTFS under ntfs-3g can show: mounts that change, links of other kinds, daemons that die. */
#include "tests/contract/fixture_posix.h"

#include "service/os/posix/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_through(const void *context)
{
    char inside[512];
    struct stat st;
    snprintf(inside, sizeof inside, "%s/sentinel", (const char *)context);
    return stat(inside, &st) == 0 ? 0 : errno;
}

/* ---- links of other kinds, other mounts ---- */

TEST(os_fs_posix, a_symbolic_link_of_this_system_is_never_followed)
{
    struct os_node *node;
    struct os_node *child = NULL;
    struct os_facts facts;
    fixture_begin_volume();
    fixture_mkdir("C:\\target\\inner");
    check_int(symlink("target", posix_host("C:\\posix")), 0);
    check_int(symlink("/etc", posix_host("C:\\outside")), 0);
    node = fixture_open("C:\\posix", OS_USE_PASS);
    facts = fixture_facts(node);
    check_false(facts.is_directory && !facts.is_reparse_point);
    check_code(os_fs_child(node, fixture_name("inner"), OS_USE_PASS, &child, &fixture_err), JD_E_PARENT_NOT_DIRECTORY,
               &fixture_err);
    node = fixture_open("C:\\outside", OS_USE_PASS);
    check_code(os_fs_child(node, fixture_name("passwd"), OS_USE_PASS, &child, &fixture_err), JD_E_PARENT_NOT_DIRECTORY,
               &fixture_err);
    check_code(os_fs_make_directory(fixture_open_parent("C:\\posix"), fixture_name("posix"), &child, &fixture_err),
               JD_E_FILE_EXISTS, &fixture_err);
    check_true(child == NULL);
    fixture_end();
}

TEST(os_fs_posix, another_mount_on_the_volume_is_not_entered)
{
    fixture_begin_volume();
    fixture_mkdir("C:\\foreign");
    check_int(mount("none", posix_host("C:\\foreign"), "tmpfs", 0, "size=64k"), 0);
    check_code(fixture_try_open("C:\\foreign", OS_USE_PASS), JD_E_PLATFORM, &fixture_err);
    check_int(fixture_err.number, EXDEV);
    check_int(umount(posix_host("C:\\foreign")), 0);
    check_ok(fixture_try_open("C:\\foreign", OS_USE_PASS), &fixture_err);
    fixture_end();
}

TEST(os_fs_posix, only_the_root_of_a_volume_is_served)
{
    struct os_volume_spec spec = {'D', NULL};
    struct os_fs *fs = NULL;
    const char *bound = posix_in_folder("bound");
    const char *file = posix_in_folder("file");
    const char *missing = posix_in_folder("missing");
    fixture_begin_volume();
    bound = posix_in_folder("bound");
    fixture_mkdir("C:\\folder");
    check_int(mkdir(bound, 0755), 0);
    check_int(mount(posix_host("C:\\folder"), bound, NULL, MS_BIND, NULL), 0);
    spec.where = bound;
    check_code(os_fs_open(&spec, 1, &fs, &fixture_err), JD_E_VOLUME_UNKNOWN, &fixture_err);
    spec.where = posix_host("C:\\folder");
    check_code(os_fs_open(&spec, 1, &fs, &fixture_err), JD_E_VOLUME_UNKNOWN, &fixture_err);
    missing = posix_in_folder("missing");
    spec.where = missing;
    check_code(os_fs_open(&spec, 1, &fs, &fixture_err), JD_E_VOLUME_UNKNOWN, &fixture_err);
    file = posix_in_folder("file");
    posix_write_file(file, "", 0, 0644);
    spec.where = file;
    check_code(os_fs_open(&spec, 1, &fs, &fixture_err), JD_E_VOLUME_UNKNOWN, &fixture_err);
    check_true(fs == NULL);
    fixture_end();
}

TEST(os_fs_posix, the_serial_number_is_the_one_in_the_boot_sector)
{
    struct os_volume_facts facts;
    uint64_t serial = 0;
    int fd;
    fixture_begin_volume();
    fd = open(posix_in_folder("image"), O_RDONLY | O_CLOEXEC);
    check_int(pread(fd, &serial, sizeof serial, 0x48), sizeof serial);
    close(fd);
    check_ok(os_fs_volume(fixture_fs, 'C', &facts, &fixture_err), &fixture_err);
    check_true(serial != 0 && facts.serial == serial);
    fixture_end();
}

/* Who comes first must not meet what the kernel remembers from before. */
TEST(os_fs_posix, a_junction_works_at_once_for_everybody)
{
    uint8_t data[JD_REPARSE_MAX];
    size_t len;
    fixture_begin_volume();
    fixture_mkfile("C:\\target\\sentinel");
    len = fixture_encode(JD_TAG_MOUNT_POINT, "C:\\target", data);
    for (int i = 0; i < 20; i++) {
        char path[64];
        snprintf(path, sizeof path, "C:\\empty%d", i);
        fixture_mkdir(path);
        check_case("set on %s", path);
        check_ok(os_fs_set_reparse(fixture_open(path, OS_USE_CHANGE), data, len, &fixture_err), &fixture_err);
        check_int(posix_as(1000, read_through, posix_host(path)), 0);
    }
    fixture_end();
}

TEST(os_fs_posix, a_volume_that_was_unmounted_is_unknown)
{
    struct os_volume_facts facts;
    fixture_begin_volume();
    check_int(umount2(posix_mount(), MNT_DETACH), 0);
    check_code(os_fs_volume(fixture_fs, 'C', &facts, &fixture_err), JD_E_VOLUME_UNKNOWN, &fixture_err);
    check_true(strncmp(fixture_err.text, "C:", 2) == 0);
    fixture_end();
}

/* The process that holds the image open: the daemon of this test's own volume, and nobody else's. */
static pid_t find_daemon(void)
{
    char command[600];
    long pid = 0;
    FILE *found;
    snprintf(command, sizeof command, "find /proc/[0-9]*/fd -lname %s 2>/dev/null | head -n 1",
             posix_in_folder("image"));
    found = popen(command, "re");
    check_true(found != NULL && fscanf(found, "/proc/%ld/", &pid) == 1);
    pclose(found);
    return (pid_t)pid;
}

TEST(os_fs_posix, a_volume_whose_daemon_died_reports_io_errors)
{
    struct os_volume_facts facts;
    struct os_facts ignored;
    struct os_node *root;
    struct os_node *child = NULL;
    struct stat st;
    fixture_begin_volume();
    root = fixture_open_parent("C:\\x");
    check_int(kill(find_daemon(), SIGKILL), 0);
    while (stat(posix_mount(), &st) == 0) { /* until the kernel has noticed */
    }
    check_code(os_fs_volume(fixture_fs, 'C', &facts, &fixture_err), JD_E_IO_ERROR, &fixture_err);
    check_code(os_fs_facts(root, &ignored, &fixture_err), JD_E_IO_ERROR, &fixture_err);
    check_code(os_fs_child(root, fixture_name("x"), OS_USE_PASS, &child, &fixture_err), JD_E_IO_ERROR, &fixture_err);
    check_code(os_fs_make_directory(root, fixture_name("x"), &child, &fixture_err), JD_E_IO_ERROR, &fixture_err);
    fixture_end();
}

TEST(os_fs_posix, a_host_path_is_told_as_the_volume_knows_it)
{
    static const struct {
        const char *host; /* in the folder of the test */
        const char *expected;
    } cases[] = {
        {"c/a/b/file", "C:\\a\\b\\file"},
        {"c/a/./b/../b", "C:\\a\\b"},
        {"link", "C:\\a\\b"},
        {"c/a/missing", NULL},
        {"c", NULL},
        {"outside", NULL},
        {"c2", NULL},
        {"c/a/trailing dot.", NULL},
        {"c/a/back\\slash", NULL},
        {"c/mounted/file", NULL},
    };
    fixture_begin_volume();
    fixture_mkfile("C:\\a\\b\\file");
    fixture_mkdir("C:\\mounted");
    check_int(mount("none", posix_host("C:\\mounted"), "tmpfs", 0, "size=64k"), 0);
    posix_write_file(posix_in_folder("c/mounted/file"), "", 0, 0644);
    posix_write_file(posix_in_folder("c/a/trailing dot."), "", 0, 0644);
    posix_write_file(posix_in_folder("c/a/back\\slash"), "", 0, 0644);
    posix_write_file(posix_in_folder("outside"), "", 0, 0644);
    check_int(mkdir(posix_in_folder("c2"), 0755), 0);
    check_int(symlink("c/a/b", posix_in_folder("link")), 0);
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct jd_winpath path = {0};
        enum jd_code expected = cases[i].expected == NULL ? JD_E_NOT_FOUND : JD_OK;
        check_case("%s", cases[i].host);
        check_code(os_fs_from_host(fixture_fs, posix_in_folder(cases[i].host), &path, &fixture_err), expected,
                   &fixture_err);
        if (expected == JD_OK) {
            check_text(path.text, cases[i].expected);
        }
        jd_winpath_done(&path);
    }
    check_text(os_fs_where(fixture_fs, 'C'), posix_mount());
    check_text(os_fs_where(fixture_fs, 'D'), "");
    fixture_end();
}

/* ---- what takes the place of a leaf between its making and its opening ---- */

static void usurp_with_directory(void)
{
    fixture_mkdir("C:\\leaf");
}

static void usurp_with_file(void)
{
    fixture_mkfile("C:\\leaf");
}

static void usurp_with_junction(void)
{
    fixture_junction("C:\\leaf", "C:\\target");
}

static void usurp_with_link(void)
{
    check_int(symlink("target", posix_host("C:\\leaf")), 0);
}

static void usurp_with_older(void)
{
    check_true(fixture_rename("C:\\older", "C:\\leaf"));
}

static void usurp_with_strangers(void)
{
    check_int(mkdir(posix_host("C:\\leaf"), 0700), 0);
    fixture_give_to_stranger("C:\\leaf");
}

static void usurp_with_full(void)
{
    check_int(mkdir(posix_host("C:\\leaf"), 0700), 0);
    fixture_mkfile("C:\\leaf\\file");
}

static void usurp_with_nothing(void)
{
}

static const struct {
    void (*put)(void);
    const char *kind;
    const char *what;
} usurpers[] = {
    {usurp_with_directory, "directory", "one that others may enter"},
    {usurp_with_file, "file", "a file"},
    {usurp_with_junction, "junction", "a junction"},
    {usurp_with_link, "file", "a link of this system"},
    {usurp_with_older, "directory", "a private directory made before"},
    {usurp_with_strangers, "directory", "one of another user"},
    {usurp_with_full, "directory", "one that holds something"},
    {usurp_with_nothing, "none", "nothing"},
};

static size_t usurper;

static void usurp(void)
{
    check_true(fixture_rename("C:\\leaf", "C:\\away"));
    usurpers[usurper].put();
}

TEST(os_fs_posix, what_took_the_place_of_a_new_leaf_is_not_taken_for_it)
{
    for (usurper = 0; usurper < JD_COUNT(usurpers); usurper++) {
        struct os_node *leaf = NULL;
        check_case("%s", usurpers[usurper].what);
        fixture_begin_volume();
        check_int(mkdir(posix_host("C:\\older"), 0700), 0);
        posix_fs_set_after_make(usurp);
        check_code(os_fs_make_directory(fixture_open_parent("C:\\leaf"), fixture_name("leaf"), &leaf, &fixture_err),
                   JD_E_CHANGED_MEANWHILE, &fixture_err);
        posix_fs_set_after_make(NULL);
        check_true(leaf == NULL);
        check_text(fixture_kind("C:\\leaf"), usurpers[usurper].kind);
        check_text(fixture_kind("C:\\away"), "directory");
        fixture_end();
    }
}

static struct rlimit plenty;

/* From here on no descriptor can be opened. */
static void take_descriptors(void)
{
    struct rlimit none = {0, plenty.rlim_max};
    check_int(setrlimit(RLIMIT_NOFILE, &none), 0);
}

TEST(os_fs_posix, a_leaf_that_cannot_be_opened_again_does_not_stay)
{
    struct os_node *parent;
    struct os_node *leaf = NULL;
    enum jd_code code;
    fixture_begin_volume();
    check_int(getrlimit(RLIMIT_NOFILE, &plenty), 0);
    parent = fixture_open_parent("C:\\leaf");
    posix_fs_set_after_make(take_descriptors);
    code = os_fs_make_directory(parent, fixture_name("leaf"), &leaf, &fixture_err);
    posix_fs_set_after_make(NULL);
    check_int(setrlimit(RLIMIT_NOFILE, &plenty), 0);
    check_true(code != JD_OK && leaf == NULL);
    check_text(fixture_kind("C:\\leaf"), "none");
    fixture_end();
}

/* ---- a descriptor of this very moment ---- */

TEST(os_fs_posix, a_second_mount_tells_the_same_identity)
{
    struct os_facts before;
    struct os_facts after;
    struct os_volume_spec spec;
    fixture_begin_volume();
    fixture_junction("C:\\link", "C:\\target");
    before = fixture_facts(fixture_open("C:\\link", OS_USE_LOOK));
    fixture_close();
    posix_script("unmount", posix_mount(), NULL, NULL);
    posix_script("mount", posix_in_folder("image"), posix_mount(), NULL);
    spec = fixture_volume();
    check_ok(os_fs_open(&spec, 1, &fixture_fs, &fixture_err), &fixture_err);
    after = fixture_facts(fixture_open("C:\\link", OS_USE_LOOK));
    check_true(fixture_same_id(&before.id, &after.id));
    fixture_end();
}
