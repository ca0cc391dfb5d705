/* SPDX-License-Identifier: MIT */
/* What only the Windows port has: drive letters, pins, leaves that vanish, and volumes that take no junctions. */
#include "tests/contract/fixture_win.h"

#include "service/os/win/os_fs_win.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t data[JD_REPARSE_MAX];

static struct os_node *make(const char *path)
{
    struct os_node *leaf = NULL;
    struct os_node *parent = fixture_open_parent(path);
    check_ok(os_fs_make_directory(parent, fixture_name(strrchr(path, '\\') + 1), &leaf, &fixture_err), &fixture_err);
    fixture_keep(leaf);
    return leaf;
}

static enum jd_code set_junction(struct os_node *node, const char *target)
{
    return os_fs_set_reparse(node, data, fixture_encode(JD_TAG_MOUNT_POINT, target, data), &fixture_err);
}

/* ---- letters ---- */

static char some_free_drive(void)
{
    for (char letter = 'Z'; letter >= 'A'; letter--) {
        if ((GetLogicalDrives() & 1u << (letter - 'A')) == 0) {
            return letter;
        }
    }
    check_skip("every drive letter is in use");
}

static enum jd_code open_volume(char letter)
{
    const struct os_volume_spec spec = {letter, NULL};
    struct os_fs *fs = NULL;
    enum jd_code code = os_fs_open(&spec, 1, &fs, &fixture_err);
    check_true((fs != NULL) == (code == JD_OK));
    os_fs_close(fs);
    return code;
}

TEST(os_fs_win, a_letter_that_is_no_drive_is_unknown)
{
    fixture_begin();
    check_code(open_volume(some_free_drive()), JD_E_VOLUME_UNKNOWN, &fixture_err);
    check_int(fixture_err.text[1], ':');
    check_int(fixture_err.domain, JD_DOMAIN_WIN32);
    check_code(open_volume('?'), JD_E_VOLUME_UNKNOWN, &fixture_err);
    check_code(open_volume('c'), JD_E_VOLUME_UNKNOWN, &fixture_err);
    fixture_end();
}

TEST(os_fs_win, a_letter_made_by_subst_is_refused)
{
    wchar_t name[] = L"?:";
    char letter;
    enum jd_code code;
    fixture_begin();
    letter = some_free_drive();
    name[0] = (wchar_t)letter;
    check_true(DefineDosDeviceW(0, name, win_wide_path(win_in_folder(""))));
    code = open_volume(letter);
    check_true(DefineDosDeviceW(DDD_REMOVE_DEFINITION, name, NULL));
    check_code(code, JD_E_VOLUME_UNKNOWN, &fixture_err);
    check_true(strstr(fixture_err.text, "subst") != NULL);
    fixture_end();
}

TEST(os_fs_win, a_volume_is_its_letter_and_given_once)
{
    const struct os_volume_spec twice[] = {{'C', NULL}, {'C', NULL}};
    const struct os_volume_spec place = {'C', "/mnt"};
    struct os_fs *fs = NULL;
    fixture_begin_volume();
    check_code(os_fs_open(twice, 2, &fs, &fixture_err), JD_E_VOLUME_UNKNOWN, &fixture_err);
    check_code(os_fs_open(&place, 1, &fs, &fixture_err), JD_E_VOLUME_UNKNOWN, &fixture_err);
    check_true(fs == NULL);
    check_text(os_fs_where(fixture_fs, 'C'), "");
    fixture_end();
}

TEST(os_fs_win, two_letters_of_one_volume_are_not_two_volumes)
{
    const struct os_volume_spec specs[] = {{'C', NULL}, {'D', NULL}};
    struct os_fs *fs = NULL;
    fixture_begin_volume();
    win_volume_set_drive('D', (char)win_host("C:\\x")[4]);
    check_code(os_fs_open(specs, 2, &fs, &fixture_err), JD_E_VOLUME_UNKNOWN, &fixture_err);
    check_true(fs == NULL && strncmp(fixture_err.text, "D:", 2) == 0);
    fixture_end();
}

/* The flag is a second wall behind one name at a time; where the system heeds it, no link is passed on the way. */
TEST(os_fs_win, no_link_is_passed_on_the_way)
{
    static const wchar_t name[] = L"link\\inner";
    struct os_node *root;
    HANDLE handle = NULL;
    fixture_begin_volume();
    if (!fixture_fs->refuses_reparse) {
        check_skip("the system does not heed OBJ_DONT_REPARSE");
    }
    fixture_mkdir("C:\\target\\inner");
    fixture_junction("C:\\link", "C:\\target");
    root = fixture_open_parent("C:\\x");
    check_int(nt_open(&(struct nt_how){.root = root->handle,
                                       .name = name,
                                       .units = JD_COUNT(name) - 1,
                                       .access = FILE_READ_ATTRIBUTES,
                                       .share = 7,
                                       .disposition = FILE_OPEN},
                      &handle),
              STATUS_REPARSE_POINT_ENCOUNTERED);
    fixture_end();
}

/* ---- facts ---- */

/* Asked before anything is made, the volume says what it then does. */
TEST(os_fs_win, a_volume_says_whether_it_takes_junctions)
{
    struct os_volume_facts facts;
    struct os_node *leaf;
    enum jd_code code;
    fixture_begin_volume();
    fixture_mkdir("C:\\target");
    check_ok(os_fs_volume(fixture_fs, 'C', &facts, &fixture_err), &fixture_err);
    check_true(facts.is_ntfs && facts.is_fixed && facts.is_protected && !facts.is_read_only);
    leaf = make("C:\\link");
    code = set_junction(leaf, "C:\\target");
    check_code(code, facts.takes_reparse_points ? JD_OK : JD_E_VOLUME_UNSUPPORTED, &fixture_err);
    check_int(fixture_facts(leaf).is_reparse_point, facts.takes_reparse_points);
    check_ok(os_fs_remove(fixture_open_parent("C:\\link"), leaf, &fixture_err), &fixture_err);
    check_text(fixture_kind("C:\\link"), "none");
    check_text(fixture_kind("C:\\target"), "directory");
    fixture_end();
}

TEST(os_fs_win, facts_without_a_junction)
{
    struct os_facts folder;
    struct os_facts file;
    fixture_begin_volume();
    fixture_mkdir("C:\\folder");
    fixture_mkfile("C:\\file");
    folder = fixture_facts(fixture_open("C:\\folder", OS_USE_LOOK));
    file = fixture_facts(fixture_open("C:\\file", OS_USE_LOOK));
    check_true(folder.is_directory && !folder.is_reparse_point && folder.tag == 0 && !folder.is_private);
    check_true(!file.is_directory && !file.is_reparse_point && !file.is_private);
    check_false(folder.is_case_sensitive);
    check_false(fixture_same_id(&folder.id, &file.id));
    check_true(folder.id.volume == file.id.volume);
    fixture_end();
}

TEST(os_fs_win, an_identity_outlives_a_change_of_its_contents_and_name)
{
    struct os_facts before;
    struct os_facts after;
    struct os_node *node;
    fixture_begin_volume();
    fixture_mkdir("C:\\a");
    fixture_mkdir("C:\\b");
    node = fixture_open("C:\\a", OS_USE_LOOK);
    before = fixture_facts(node);
    fixture_mkdir("C:\\a\\inner");
    after = fixture_facts(node);
    check_true(fixture_same_id(&before.id, &after.id));
    check_true(fixture_rename("C:\\a", "C:\\b\\moved"));
    after = fixture_facts(node);
    check_true(fixture_same_id(&before.id, &after.id));
    after = fixture_facts(fixture_open("C:\\b\\moved", OS_USE_LOOK));
    check_true(fixture_same_id(&before.id, &after.id));
    fixture_end();
}

TEST(os_fs_win, somebody_who_may_write_everything_may_replace)
{
    struct os_facts facts;
    fixture_begin_volume();
    fixture_mkdir("C:\\open");
    (void)win_set_sddl(win_host("C:\\open"), "D:P(A;;FA;;;WD)"); /* some systems keep it in words of their own */
    facts = fixture_facts(fixture_open("C:\\open", OS_USE_PASS));
    check_true(facts.others_may_replace && facts.others_may_delete_children);
    fixture_mkdir("C:\\closed");
    facts = fixture_facts(fixture_open("C:\\closed", OS_USE_PASS));
    check_int(facts.others_may_delete_children, facts.others_may_replace);
    fixture_end();
}

/* ---- names ---- */

static void build_names(void)
{
    fixture_mkdir("C:\\plain\\inner");
    fixture_mkdir("C:\\\xC3\x84pfel \xE2\x82\xAC\xEF\xBC\xA1");
    fixture_mkdir("C:\\\xF0\x9F\x8D\x8E");
    fixture_mkfile("C:\\file");
}

TEST(os_fs_win, names_without_a_junction)
{
    static const struct {
        const char *path;
        enum jd_code expected;
        const char *why;
    } cases[] = {
        {"C:\\plain", JD_OK, "exactly"},
        {"C:\\PLAIN", JD_OK, "in another case"},
        {"C:\\plai", JD_E_NOT_FOUND, "a prefix is another name"},
        {"C:\\plain2", JD_E_NOT_FOUND, "so is a longer one"},
        {"C:\\plain\\inner", JD_OK, "below"},
        {"C:\\plain\\inner2", JD_E_NOT_FOUND, "nothing below"},
        {"C:\\\xC3\xA4PFEL \xE2\x82\xAC\xEF\xBD\x81", JD_OK, "umlaut and full-width letter fold"},
        {"C:\\\xF0\x9F\x8D\x8E", JD_OK, "beyond the BMP"},
        {"C:\\file", JD_OK, "a file"},
    };
    static const enum os_use uses[] = {OS_USE_LOOK, OS_USE_PASS, OS_USE_CHANGE};
    fixture_begin_volume();
    build_names();
    for (size_t i = 0; i < JD_COUNT(cases) * JD_COUNT(uses); i++) {
        check_case("%s: %s", cases[i / 3].path, cases[i / 3].why);
        check_code(fixture_try_open(cases[i / 3].path, uses[i % 3]), cases[i / 3].expected, &fixture_err);
    }
    fixture_end();
}

TEST(os_fs_win, no_name_means_anything_else)
{
    static const char *const names[] = {"..",        ".",      "",          "plain\\inner", "plain/inner", "/",
                                        "..\\plain", "inner/", "C:\\plain", "file:stream",  "file::$DATA"};
    struct os_node *root;
    struct os_node *child = NULL;
    fixture_begin_volume();
    build_names();
    root = fixture_open_parent("C:\\x");
    for (size_t i = 0; i < JD_COUNT(names); i++) {
        check_case("\"%s\"", names[i]);
        check_code(os_fs_child(root, fixture_name(names[i]), OS_USE_PASS, &child, &fixture_err), JD_E_BAD_PATH,
                   &fixture_err);
        check_code(os_fs_make_directory(root, fixture_name(names[i]), &child, &fixture_err), JD_E_BAD_PATH,
                   &fixture_err);
    }
    check_code(os_fs_child(root, (struct jd_name){"pl\0ain", 6}, OS_USE_PASS, &child, &fixture_err), JD_E_BAD_PATH,
               &fixture_err);
    check_true(child == NULL);
    fixture_end();
}

TEST(os_fs_win, nothing_stands_in_a_file)
{
    struct os_node *file;
    struct os_node *child = NULL;
    fixture_begin_volume();
    build_names();
    file = fixture_open("C:\\file", OS_USE_PASS);
    check_code(os_fs_child(file, fixture_name("inner"), OS_USE_LOOK, &child, &fixture_err), JD_E_PARENT_NOT_DIRECTORY,
               &fixture_err);
    check_code(os_fs_make_directory(file, fixture_name("inner"), &child, &fixture_err), JD_E_PARENT_NOT_DIRECTORY,
               &fixture_err);
    check_true(child == NULL);
    fixture_end();
}

TEST(os_fs_win, a_stored_name_is_proven_anew)
{
    struct jd_buf name;
    struct os_node *moved;
    fixture_begin_volume();
    build_names();
    jd_buf_init(&name, 1024);
    fixture_check_stored_name(fixture_open("C:\\PLAIN", OS_USE_LOOK), "plain");
    moved = fixture_open("C:\\plain\\inner", OS_USE_LOOK);
    fixture_check_stored_name(moved, "inner");
    fixture_close();
    fixture_begin_volume();
    build_names();
    moved = fixture_open("C:\\file", OS_USE_LOOK);
    check_true(fixture_rename("C:\\file", "C:\\elsewhere"));
    check_true(fixture_rename("C:\\elsewhere", "C:\\plain\\file"));
    check_code(os_fs_stored_name(moved, &name, &fixture_err), JD_E_CHANGED_MEANWHILE, &fixture_err);
    fixture_mkfile("C:\\file");
    check_code(os_fs_stored_name(moved, &name, &fixture_err), JD_E_CHANGED_MEANWHILE, &fixture_err);
    check_int(name.len, 0);
    jd_buf_done(&name);
    fixture_end();
}

/* ---- pins ---- */

TEST(os_fs_win, what_is_passed_or_changed_stays_where_it_is)
{
    fixture_begin_volume();
    fixture_mkdir("C:\\a\\b\\c");
    fixture_open("C:\\a\\b\\c", OS_USE_CHANGE);
    check_false(fixture_rename("C:\\a", "C:\\x"));
    check_false(fixture_rename("C:\\a\\b", "C:\\a\\x"));
    check_false(fixture_rename("C:\\a\\b\\c", "C:\\a\\b\\x"));
    check_false(fixture_remove("C:\\a\\b\\c"));
    fixture_close();
    check_true(fixture_rename("C:\\a", "C:\\x"));
    fixture_end();
}

TEST(os_fs_win, whoever_only_looks_is_in_nobodys_way)
{
    fixture_begin_volume();
    fixture_mkdir("C:\\a");
    fixture_open("C:\\a", OS_USE_LOOK);
    check_true(fixture_rename("C:\\a", "C:\\b"));
    fixture_end();
}

static HANDLE hold(const char *path, DWORD access, DWORD share)
{
    HANDLE handle = CreateFileW(win_host(path), access, share, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    check_true(handle != INVALID_HANDLE_VALUE);
    return handle;
}

TEST(os_fs_win, what_another_holds_for_himself_is_in_use)
{
    HANDLE held;
    fixture_begin_volume();
    fixture_mkdir("C:\\a");
    held = hold("C:\\a", FILE_LIST_DIRECTORY, 0);
    check_code(fixture_try_open("C:\\a", OS_USE_LOOK), JD_OK, &fixture_err);
    check_code(fixture_try_open("C:\\a", OS_USE_PASS), JD_E_IN_USE, &fixture_err);
    check_code(fixture_try_open("C:\\a", OS_USE_CHANGE), JD_E_IN_USE, &fixture_err);
    CloseHandle(held);
    held = hold("C:\\a", DELETE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE);
    check_code(fixture_try_open("C:\\a", OS_USE_PASS), JD_E_IN_USE, &fixture_err);
    CloseHandle(held);
    check_code(fixture_try_open("C:\\a", OS_USE_PASS), JD_OK, &fixture_err);
    fixture_end();
}

/* ---- making and removing ---- */

TEST(os_fs_win, a_leaf_is_ours_until_it_is_published)
{
    struct os_node *leaf;
    struct os_facts facts;
    fixture_begin_volume();
    leaf = make("C:\\leaf");
    facts = fixture_facts(leaf);
    check_true(facts.is_directory && facts.is_private && !facts.others_may_replace);
    check_false(fixture_rename("C:\\leaf", "C:\\stolen"));
    check_code(os_fs_publish(leaf, OS_OWNER_CALLER, NULL, &fixture_err), JD_E_INTERNAL, &fixture_err);
    check_ok(os_fs_publish(leaf, OS_OWNER_SERVICE, NULL, &fixture_err), &fixture_err);
    facts = fixture_facts(leaf);
    check_true(!facts.is_private && !facts.others_may_replace && !facts.others_may_delete_children);
    check_code(os_fs_publish(leaf, OS_OWNER_SERVICE, NULL, &fixture_err), JD_E_INTERNAL, &fixture_err);
    fixture_close();
    check_text(fixture_kind("C:\\leaf"), "directory");
    fixture_end();
}

/* Where the system lets a leaf vanish with its handle, it does; where not, it stays private for recovery to find. */
TEST(os_fs_win, a_leaf_that_is_not_published_vanishes_or_stays_private)
{
    bool vanishes;
    fixture_begin_volume();
    vanishes = make("C:\\leaf")->vanishes;
    fixture_close();
    check_text(fixture_kind("C:\\leaf"), vanishes ? "none" : "directory");
    fixture_begin_volume();
    make("C:\\one");
    check_int(make("C:\\two")->vanishes, vanishes);
    check_int(fixture_facts(fixture_open("C:\\one", OS_USE_LOOK)).is_private, true);
    fixture_end();
}

TEST(os_fs_win, a_leaf_is_given_to_the_caller_who_asked)
{
    struct os_caller caller = {.pid = 0};
    struct os_node *leaf;
    struct win_own own;
    char sddl[1024];
    char expected[JD_SID_TEXT_MAX + 2] = "O:";
    enum jd_code code;
    fixture_begin_volume();
    check_ok(win_own_read(&own, &fixture_err), &fixture_err);
    caller.user = jd_sid_make(5, 5, (const uint32_t[]){21, 1, 2, 3, 1001});
    leaf = make("C:\\leaf");
    code = os_fs_publish(leaf, OS_OWNER_CALLER, &caller, &fixture_err);
    if (code == JD_E_ACCESS_DENIED) { /* told, and not taken for done */
        check_ok(os_fs_remove(fixture_open_parent("C:\\leaf"), leaf, &fixture_err), &fixture_err);
        check_text(fixture_kind("C:\\leaf"), "none");
        fixture_close();
        check_skip("the volume gives no file to somebody else");
    }
    check_code(code, JD_OK, &fixture_err);
    fixture_close();
    win_get_sddl(win_host("C:\\leaf"), sddl, sizeof sddl);
    (void)jd_sid_format(&caller.user, expected + 2);
    check_true(strncmp(sddl, expected, strlen(expected)) == 0);
    fixture_end();
}

TEST(os_fs_win, what_stands_at_the_name_is_left_alone)
{
    static const char *const names[] = {"plain", "PLAIN", "file", "FILE"};
    struct os_node *root;
    struct os_node *leaf = NULL;
    fixture_begin_volume();
    build_names();
    root = fixture_open_parent("C:\\x");
    for (size_t i = 0; i < JD_COUNT(names); i++) {
        check_case("%s", names[i]);
        check_code(os_fs_make_directory(root, fixture_name(names[i]), &leaf, &fixture_err), JD_E_FILE_EXISTS,
                   &fixture_err);
    }
    check_true(leaf == NULL);
    check_text(fixture_kind("C:\\plain\\inner"), "directory");
    check_text(fixture_kind("C:\\file"), "file");
    fixture_end();
}

TEST(os_fs_win, removal_without_a_junction)
{
    static const struct {
        const char *path;
        enum jd_code expected;
        const char *kind;
    } cases[] = {
        {"C:\\empty", JD_OK, "none"},
        {"C:\\full", JD_E_NOT_EMPTY, "directory"},
        {"C:\\file", JD_E_NOT_A_JUNCTION, "file"},
    };
    fixture_begin_volume();
    fixture_mkdir("C:\\empty");
    fixture_mkfile("C:\\full\\sentinel");
    fixture_mkfile("C:\\file");
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct os_node *node = fixture_open(cases[i].path, OS_USE_CHANGE);
        check_case("%s", cases[i].path);
        check_code(os_fs_remove(fixture_open_parent(cases[i].path), node, &fixture_err), cases[i].expected,
                   &fixture_err);
        check_text(fixture_kind(cases[i].path), cases[i].kind);
    }
    check_text(fixture_kind("C:\\full\\sentinel"), "file");
    fixture_end();
}

TEST(os_fs_win, what_was_removed_is_not_worked_on)
{
    struct os_node *root;
    struct os_node *node;
    struct os_node *child = NULL;
    struct os_facts facts;
    struct jd_buf name;
    size_t n = 0;
    fixture_begin_volume();
    fixture_mkdir("C:\\a");
    jd_buf_init(&name, 1024);
    root = fixture_open_parent("C:\\a");
    node = fixture_open("C:\\a", OS_USE_CHANGE);
    check_ok(os_fs_remove(root, node, &fixture_err), &fixture_err);
    fixture_mkdir("C:\\a");
    check_code(os_fs_facts(node, &facts, &fixture_err), JD_E_CHANGED_MEANWHILE, &fixture_err);
    check_code(os_fs_stored_name(node, &name, &fixture_err), JD_E_CHANGED_MEANWHILE, &fixture_err);
    check_code(os_fs_get_reparse(node, data, &n, &fixture_err), JD_E_CHANGED_MEANWHILE, &fixture_err);
    check_code(set_junction(node, "C:\\b"), JD_E_CHANGED_MEANWHILE, &fixture_err);
    check_code(os_fs_child(node, fixture_name("x"), OS_USE_LOOK, &child, &fixture_err), JD_E_CHANGED_MEANWHILE,
               &fixture_err);
    check_code(os_fs_remove(root, node, &fixture_err), JD_E_CHANGED_MEANWHILE, &fixture_err);
    check_text(fixture_kind("C:\\a"), "directory");
    jd_buf_done(&name);
    fixture_end();
}

TEST(os_fs_win, a_handle_does_no_more_than_it_was_opened_for)
{
    static const enum os_use uses[] = {OS_USE_LOOK, OS_USE_PASS};
    fixture_begin_volume();
    fixture_mkdir("C:\\a\\inner");
    for (size_t i = 0; i < JD_COUNT(uses); i++) {
        struct os_node *node = fixture_open("C:\\a\\inner", uses[i]);
        check_code(set_junction(node, "C:\\b"), JD_E_ACCESS_DENIED, &fixture_err);
        check_code(os_fs_remove(fixture_open_parent("C:\\a\\inner"), node, &fixture_err), JD_E_ACCESS_DENIED,
                   &fixture_err);
        check_code(os_fs_publish(node, OS_OWNER_SERVICE, NULL, &fixture_err), JD_E_INTERNAL, &fixture_err);
    }
    fixture_mkdir("C:\\b");
    fixture_mkdir("C:\\c");
    check_code(os_fs_remove(fixture_open("C:\\b", OS_USE_PASS), fixture_open("C:\\c", OS_USE_CHANGE), &fixture_err),
               JD_E_INTERNAL, &fixture_err);
    check_text(fixture_kind("C:\\c"), "directory");
    fixture_end();
}

TEST(os_fs_win, many_leaves_come_and_go_without_a_trace)
{
    struct os_node *root;
    size_t before;
    fixture_begin_volume();
    root = fixture_open_parent("C:\\x");
    before = fixture_port_handles();
    for (int i = 0; i < 200; i++) {
        struct os_node *leaf = NULL;
        check_ok(os_fs_make_directory(root, fixture_name("leaf"), &leaf, &fixture_err), &fixture_err);
        check_ok(os_fs_remove(root, leaf, &fixture_err), &fixture_err);
        os_fs_node_close(leaf);
    }
    check_int(fixture_port_handles(), before);
    check_text(fixture_kind("C:\\leaf"), "none");
    fixture_end();
}

/* ---- files of this machine ---- */

static void check_mapped(const char *host_path, const char *expected)
{
    struct jd_winpath path = {0};
    check_case("%s", host_path);
    check_ok(os_fs_from_host(fixture_fs, host_path, &path, &fixture_err), &fixture_err);
    check_text(path.text, expected);
    jd_winpath_done(&path);
}

TEST(os_fs_win, a_file_of_this_machine_is_found_on_its_volume)
{
    struct jd_winpath path = {0};
    char host[256];
    char drive;
    fixture_begin_volume();
    fixture_mkfile("C:\\Folder with blanks\\File \xC3\xA4");
    drive = (char)win_host("C:\\x")[4];
    snprintf(host, sizeof host, "%c:\\FOLDER with blanks\\file \xC3\x84", drive);
    check_mapped(host, "C:\\Folder with blanks\\File \xC3\xA4");
    snprintf(host, sizeof host, "%c:/Folder with blanks/../folder WITH blanks/.", drive);
    check_mapped(host, "C:\\Folder with blanks");
    snprintf(host, sizeof host, "%c:\\nothing", drive);
    check_code(os_fs_from_host(fixture_fs, host, &path, &fixture_err), JD_E_NOT_FOUND, &fixture_err);
    check_code(os_fs_from_host(fixture_fs, "\\\\server\\share", &path, &fixture_err), JD_E_NOT_FOUND, &fixture_err);
    check_true(path.text == NULL);
    fixture_end();
}
