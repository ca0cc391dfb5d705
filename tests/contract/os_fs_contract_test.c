/* SPDX-License-Identifier: MIT */
/* Volumes, names and facts. */
#include "tests/contract/fixture.h"

#include <string.h>

TEST(os_fs, opening_names_the_letter_that_cannot_be_served)
{
    static const struct {
        enum fixture_bad_volume kind;
        enum jd_code expected;
        const char *why;
    } cases[] = {
        {FIXTURE_NOT_MOUNTED, JD_E_VOLUME_UNKNOWN, "no volume is mounted there"},
        {FIXTURE_NOT_NTFS, JD_E_VOLUME_NOT_NTFS, "another file system"},
        {FIXTURE_UNPROTECTED, JD_E_VOLUME_UNPROTECTED, "mounted without permission checks"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct os_volume_spec specs[2];
        struct os_fs *fs = NULL;
        check_case("%s", cases[i].why);
        fixture_begin_volume();
        specs[0] = fixture_volume();
        specs[1] = fixture_bad_volume(cases[i].kind);
        check_code(os_fs_open(specs, 2, &fs, &fixture_err), cases[i].expected, &fixture_err);
        check_true(fs == NULL);
        check_true(strncmp(fixture_err.text, "D:", 2) == 0);
        fixture_end();
    }
}

TEST(os_fs, a_volume_tells_its_facts_anew_each_time)
{
    struct os_volume_facts facts;
    struct os_volume_facts again;
    fixture_begin_volume();
    fixture_need_junctions();
    check_ok(os_fs_volume(fixture_fs, 'C', &facts, &fixture_err), &fixture_err);
    check_int(facts.letter, 'C');
    check_true(facts.is_ntfs && facts.takes_reparse_points && facts.is_fixed && facts.is_protected);
    check_false(facts.is_read_only);
    check_true(facts.serial != 0);
    fixture_set_read_only(true);
    check_ok(os_fs_volume(fixture_fs, 'C', &again, &fixture_err), &fixture_err);
    check_true(again.is_read_only);
    check_true(again.serial == facts.serial);
    fixture_set_read_only(false);
    check_ok(os_fs_volume(fixture_fs, 'C', &again, &fixture_err), &fixture_err);
    check_false(again.is_read_only);
    fixture_end();
}

TEST(os_fs, a_letter_that_is_not_served_is_unknown)
{
    struct os_volume_facts facts;
    struct os_node *root = NULL;
    char letters[26];
    fixture_begin_volume();
    check_int(os_fs_letters(fixture_fs, letters), 1);
    check_int(letters[0], 'C');
    check_code(os_fs_volume(fixture_fs, 'D', &facts, &fixture_err), JD_E_VOLUME_UNKNOWN, &fixture_err);
    check_code(os_fs_root(fixture_fs, 'D', &root, &fixture_err), JD_E_VOLUME_UNKNOWN, &fixture_err);
    check_code(os_fs_root(fixture_fs, '?', &root, &fixture_err), JD_E_VOLUME_UNKNOWN, &fixture_err);
    check_true(root == NULL);
    fixture_end();
}

static void build_names(void)
{
    fixture_mkdir("C:\\plain\\inner");
    fixture_mkdir("C:\\\xC3\x84pfel \xE2\x82\xAC\xEF\xBC\xA1");
    fixture_mkdir("C:\\\xF0\x9F\x8D\x8E");
    fixture_mkdir("C:\\stra\xC3\x9F"
                  "e");
    fixture_mkfile("C:\\file");
    fixture_junction("C:\\junction", "C:\\plain");
    fixture_junction("C:\\dangling", "C:\\nothing");
    fixture_junction("C:\\chain", "C:\\junction");
}

TEST(os_fs, names_answer_as_ntfs_compares_them)
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
        {"C:\\\xC3\xA4PFEL \xE2\x82\xAC\xEF\xBD\x81", JD_OK, "umlaut and full-width letter fold"},
        {"C:\\\xF0\x9F\x8D\x8E", JD_OK, "beyond the BMP"},
        {"C:\\STRASSE", JD_E_NOT_FOUND, "sharp s is no double s"},
        {"C:\\file", JD_OK, "a file"},
        {"C:\\junction", JD_OK, "a junction, itself"},
        {"C:\\dangling", JD_OK, "one that leads nowhere"},
        {"C:\\chain", JD_OK, "one that leads to another"},
    };
    fixture_begin_volume();
    build_names();
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        check_case("%s: %s", cases[i].path, cases[i].why);
        check_code(fixture_try_open(cases[i].path, OS_USE_PASS), cases[i].expected, &fixture_err);
    }
    fixture_end();
}

TEST(os_fs, of_two_names_that_differ_in_case_only_the_exact_one_counts)
{
    fixture_begin_volume();
    fixture_need_twins();
    fixture_mkdir("C:\\plain\\Twin");
    fixture_mkdir("C:\\plain\\TWIN");
    check_code(fixture_try_open("C:\\plain\\Twin", OS_USE_PASS), JD_OK, &fixture_err);
    check_code(fixture_try_open("C:\\plain\\TWIN", OS_USE_PASS), JD_OK, &fixture_err);
    check_code(fixture_try_open("C:\\plain\\twin", OS_USE_PASS), JD_E_CASE_CONFLICT, &fixture_err);
    fixture_check_stored_name(fixture_open("C:\\plain\\Twin", OS_USE_PASS), "Twin");
    fixture_end();
}

TEST(os_fs, a_short_name_leads_to_its_object)
{
    fixture_begin_volume();
    fixture_mkdir("C:\\LongName with spaces");
    fixture_alias("C:\\LongName with spaces", "LONGNA~1");
    fixture_check_stored_name(fixture_open("C:\\LONGNA~1", OS_USE_PASS), "LongName with spaces");
    fixture_end();
}

TEST(os_fs, nothing_stands_in_a_file_or_behind_a_junction)
{
    static const char *const parents[] = {"C:\\file", "C:\\junction", "C:\\dangling", "C:\\chain"};
    fixture_begin_volume();
    build_names();
    for (size_t i = 0; i < JD_COUNT(parents); i++) {
        struct os_node *parent = fixture_open(parents[i], OS_USE_PASS);
        struct os_node *child = NULL;
        check_case("%s", parents[i]);
        check_code(os_fs_child(parent, fixture_name("inner"), OS_USE_PASS, &child, &fixture_err),
                   JD_E_PARENT_NOT_DIRECTORY, &fixture_err);
        check_code(os_fs_make_directory(parent, fixture_name("new"), &child, &fixture_err), JD_E_PARENT_NOT_DIRECTORY,
                   &fixture_err);
        check_true(child == NULL);
    }
    check_text(fixture_kind("C:\\plain\\new"), "none");
    fixture_end();
}

TEST(os_fs, no_name_leads_out_of_its_directory)
{
    static const char *const names[] = {"..", ".", "", "plain/inner", "/", "../plain", "inner/", "C:\\plain"};
    fixture_begin_volume();
    build_names();
    for (size_t i = 0; i < JD_COUNT(names); i++) {
        struct os_node *parent = fixture_open("C:\\plain", OS_USE_PASS);
        struct os_node *child = NULL;
        check_case("\"%s\"", names[i]);
        check_true(os_fs_child(parent, fixture_name(names[i]), OS_USE_PASS, &child, &fixture_err) != JD_OK);
        check_true(child == NULL);
    }
    fixture_end();
}

TEST(os_fs, facts_are_those_of_the_object_itself)
{
    static const struct {
        const char *path;
        bool is_directory, is_reparse_point;
        uint32_t tag;
    } cases[] = {
        {"C:\\plain", true, false, 0},
        {"C:\\file", false, false, 0},
        {"C:\\junction", true, true, JD_TAG_MOUNT_POINT},
        {"C:\\dangling", true, true, JD_TAG_MOUNT_POINT},
        {"C:\\symlink", true, true, JD_TAG_SYMLINK},
        {"C:\\foreign", true, true, 0x12345},
    };
    static const uint8_t foreign[28] = {0x45, 0x23, 1, 0, 4, 0, 0, 0, 'g', 'u', 'i', 'd'};
    uint8_t data[JD_REPARSE_MAX];
    fixture_begin_volume();
    build_names();
    fixture_reparse("C:\\symlink", data, fixture_encode(JD_TAG_SYMLINK, "C:\\plain", data));
    fixture_reparse("C:\\foreign", foreign, sizeof foreign);
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct os_facts facts = fixture_facts(fixture_open(cases[i].path, OS_USE_LOOK));
        check_case("%s", cases[i].path);
        check_int(facts.is_directory, cases[i].is_directory);
        check_int(facts.is_reparse_point, cases[i].is_reparse_point);
        check_int(facts.tag, cases[i].tag);
        check_false(facts.is_private);
        check_false(facts.is_case_sensitive);
        check_false(facts.others_may_replace);
        check_false(facts.others_may_delete_children);
    }
    fixture_end();
}

TEST(os_fs, facts_say_what_others_may_do)
{
    struct os_facts facts;
    fixture_begin_volume();
    fixture_mkdir("C:\\open");
    fixture_let_others_delete_children("C:\\open");
    fixture_mkdir("C:\\stranger");
    fixture_give_to_stranger("C:\\stranger");
    fixture_junction("C:\\link", "C:\\open");
    fixture_give_to_stranger("C:\\link");
    facts = fixture_facts(fixture_open("C:\\open", OS_USE_PASS));
    check_false(facts.others_may_replace);
    check_true(facts.others_may_delete_children);
    facts = fixture_facts(fixture_open("C:\\stranger", OS_USE_PASS));
    check_true(facts.others_may_replace);
    check_true(facts.others_may_delete_children);
    facts = fixture_facts(fixture_open("C:\\link", OS_USE_LOOK));
    check_true(facts.others_may_replace);
    fixture_end();
}

TEST(os_fs, an_identity_lives_as_long_as_its_object)
{
    struct os_facts first;
    struct os_facts other;
    struct os_facts again;
    fixture_begin_volume();
    fixture_mkdir("C:\\a");
    fixture_mkdir("C:\\b");
    first = fixture_facts(fixture_open("C:\\a", OS_USE_LOOK));
    other = fixture_facts(fixture_open("C:\\b", OS_USE_LOOK));
    check_false(fixture_same_id(&first.id, &other.id));
    check_true(first.id.volume == other.id.volume);
    check_true(fixture_rename("C:\\a", "C:\\b\\moved"));
    again = fixture_facts(fixture_open("C:\\b\\moved", OS_USE_PASS));
    check_true(fixture_same_id(&first.id, &again.id));
    check_true(fixture_flip("C:\\b\\moved", "C:\\b"));
    again = fixture_facts(fixture_open("C:\\b\\moved", OS_USE_PASS));
    check_true(fixture_same_id(&first.id, &again.id));
    fixture_end();
}

/* Makes C:\a again and again until it has the record of an object that is gone. */
static bool reuse_record(const struct os_facts *gone)
{
    struct os_node *root = fixture_open_parent("C:\\a");
    for (int i = 0; i < 5000; i++) {
        struct os_node *node = NULL;
        struct os_facts facts;
        fixture_mkdir("C:\\a");
        check_ok(os_fs_child(root, fixture_name("a"), OS_USE_LOOK, &node, &fixture_err), &fixture_err);
        facts = fixture_facts(node);
        os_fs_node_close(node);
        check_false(fixture_same_id(&gone->id, &facts.id));
        if (memcmp(gone->id.record, facts.id.record, sizeof gone->id.record) == 0) {
            return true;
        }
        check_true(fixture_remove("C:\\a"));
    }
    return false;
}

TEST(os_fs, a_reused_record_is_another_object)
{
    struct jd_buf name;
    struct os_node *root;
    struct os_node *node;
    struct os_facts facts;
    fixture_begin_volume();
    jd_buf_init(&name, 1024);
    fixture_mkdir("C:\\a");
    root = fixture_open_parent("C:\\a");
    node = fixture_open("C:\\a", OS_USE_CHANGE);
    facts = fixture_facts(node);
    if (fixture_came_about(fixture_remove("C:\\a"))) {
        if (!reuse_record(&facts)) { /* a port may keep the record for as long as the object is held */
            fixture_mkdir("C:\\a");
        }
        check_code(os_fs_stored_name(node, &name, &fixture_err), JD_E_CHANGED_MEANWHILE, &fixture_err);
        check_code(os_fs_remove(root, node, &fixture_err), JD_E_CHANGED_MEANWHILE, &fixture_err);
        check_text(fixture_kind("C:\\a"), "directory");
    }
    jd_buf_done(&name);
    fixture_end();
}

TEST(os_fs, a_stored_name_is_the_one_on_disk)
{
    fixture_begin_volume();
    build_names();
    fixture_check_stored_name(fixture_open("C:\\PLAIN", OS_USE_PASS), "plain");
    fixture_check_stored_name(fixture_open("C:\\Junction", OS_USE_PASS), "junction");
    fixture_end();
}

TEST(os_fs, a_stored_name_is_proven_anew)
{
    struct jd_buf name;
    struct os_node *moved;
    struct os_node *replaced;
    fixture_begin_volume();
    build_names();
    jd_buf_init(&name, 1024);
    moved = fixture_open("C:\\plain\\inner", OS_USE_LOOK);
    replaced = fixture_open("C:\\junction", OS_USE_LOOK);
    check_true(fixture_rename("C:\\plain\\inner", "C:\\elsewhere"));
    check_code(os_fs_stored_name(moved, &name, &fixture_err), JD_E_CHANGED_MEANWHILE, &fixture_err);
    fixture_mkdir("C:\\plain\\inner");
    check_code(os_fs_stored_name(moved, &name, &fixture_err), JD_E_CHANGED_MEANWHILE, &fixture_err);
    check_true(fixture_remove("C:\\junction"));
    fixture_junction("C:\\junction", "C:\\plain");
    check_code(os_fs_stored_name(replaced, &name, &fixture_err), JD_E_CHANGED_MEANWHILE, &fixture_err);
    check_int(name.len, 0);
    jd_buf_done(&name);
    fixture_end();
}

/* The kernel may still take for a directory what has just become a junction, and the other way round. */
TEST(os_fs, a_change_of_kind_is_seen_at_once)
{
    struct os_node *held;
    struct os_node *child = NULL;
    uint8_t data[JD_REPARSE_MAX];
    size_t n = 0;
    fixture_begin_volume();
    fixture_mkdir("C:\\target\\inner");
    fixture_mkdir("C:\\a");
    for (int i = 0; i < 50; i++) {
        check_case("round %d", i);
        held = fixture_open("C:\\a", OS_USE_PASS);
        check_false(fixture_facts(held).is_reparse_point);
        check_true(fixture_flip("C:\\a", "C:\\target"));
        if (i % 2 == 0) { /* somebody looked: the handle may know less than before */
            check_text(fixture_kind("C:\\a"), "junction");
            check_ok(os_fs_get_reparse(held, data, &n, &fixture_err), &fixture_err);
        }
        check_code(os_fs_child(held, fixture_name("inner"), OS_USE_PASS, &child, &fixture_err),
                   JD_E_PARENT_NOT_DIRECTORY, &fixture_err);
        check_true(fixture_facts(held).is_reparse_point);
        check_true(fixture_facts(fixture_open("C:\\a", OS_USE_PASS)).is_reparse_point);
        check_true(fixture_unflip("C:\\a"));
        check_false(fixture_facts(held).is_reparse_point);
        check_code(os_fs_child(held, fixture_name("inner"), OS_USE_PASS, &child, &fixture_err), JD_E_NOT_FOUND,
                   &fixture_err);
        check_true(child == NULL);
    }
    fixture_end();
}

TEST(os_fs, reparse_data_is_read_as_it_is)
{
    char target[JD_PATH_UNITS_MAX + 1];
    uint8_t expected[JD_REPARSE_MAX];
    uint8_t actual[JD_REPARSE_MAX];
    size_t n = 0;
    fixture_begin_volume();
    memset(target, 'a', sizeof target - 1);
    memcpy(target, "C:\\", 3);
    for (size_t i = 254; i < sizeof target - 2; i += 200) {
        target[i] = '\\';
    }
    target[sizeof target - 1] = '\0';
    fixture_junction("C:\\long", target);
    check_ok(os_fs_get_reparse(fixture_open("C:\\long", OS_USE_LOOK), actual, &n, &fixture_err), &fixture_err);
    check_bytes(actual, n, expected, fixture_encode(JD_TAG_MOUNT_POINT, target, expected));
    check_int(n, JD_REPARSE_MAX); /* the longest target there is */
    fixture_mkdir("C:\\plain");
    fixture_mkfile("C:\\file");
    check_code(os_fs_get_reparse(fixture_open("C:\\plain", OS_USE_LOOK), actual, &n, &fixture_err), JD_E_NOT_A_JUNCTION,
               &fixture_err);
    check_code(os_fs_get_reparse(fixture_open("C:\\file", OS_USE_LOOK), actual, &n, &fixture_err), JD_E_NOT_A_JUNCTION,
               &fixture_err);
    fixture_end();
}
