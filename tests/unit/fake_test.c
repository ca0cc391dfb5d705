/* SPDX-License-Identifier: MIT */
/* The fake's own rules for opened objects: where it lies, every test above it lies. What ports share is in
 * tests/contract. */
#include "tests/unit/fake_fixture.h"

#include <string.h>

TEST(fake, names_answer_as_ntfs_compares_them)
{
    static const struct {
        const char *parent, *name;
        enum os_use use;
        enum jd_code expected;
        const char *why;
    } cases[] = {
        {NULL, "plain", OS_USE_PASS, JD_OK, "exactly"},
        {NULL, "PLAIN", OS_USE_PASS, JD_OK, "folded"},
        {NULL, "plai", OS_USE_PASS, JD_E_NOT_FOUND, "a prefix is another name"},
        {"plain", "Twin", OS_USE_PASS, JD_OK, "one of two, exactly"},
        {"plain", "twin", OS_USE_PASS, JD_E_CASE_CONFLICT, "neither of two"},
        {"sensitive", "a", OS_USE_PASS, JD_OK, "exactly"},
        {"sensitive", "A", OS_USE_PASS, JD_E_NOT_FOUND, "the directory tells case apart"},
        {NULL, "LONGNA~1", OS_USE_PASS, JD_OK, "by alias"},
        {NULL, "busy", OS_USE_CHANGE, JD_E_IN_USE, "shared with nobody"},
        {NULL, "busy", OS_USE_PASS, JD_E_IN_USE, "shared with nobody"},
        {NULL, "busy", OS_USE_LOOK, JD_OK, "looking takes no part in sharing"},
        {NULL, "shut", OS_USE_LOOK, JD_E_ACCESS_DENIED, "refused to us too"},
        {NULL, "dying", OS_USE_LOOK, JD_E_DELETE_PENDING, "being deleted"},
        {"file", "x", OS_USE_LOOK, JD_E_PARENT_NOT_DIRECTORY, "nothing stands in a file"},
        {"junction", "a", OS_USE_LOOK, JD_E_PARENT_NOT_DIRECTORY, "a junction is not followed"},
        {"symlink", "a", OS_USE_LOOK, JD_E_PARENT_NOT_DIRECTORY, "nor is a symbolic link"},
    };
    fx_begin();
    fake_mkdir("C:\\plain\\Twin");
    fake_mkdir("C:\\plain\\TWIN");
    fake_mkdir("C:\\sensitive\\a");
    fake_set_case_sensitive("C:\\sensitive", true);
    fake_mkdir("C:\\longname with spaces");
    fake_alias("C:\\longname with spaces", "LONGNA~1");
    fake_mkdir("C:\\busy");
    fake_set_in_use("C:\\busy", true);
    fake_mkdir("C:\\shut");
    fake_set_access_denied("C:\\shut", true);
    fake_mkdir("C:\\dying");
    fake_set_delete_pending("C:\\dying", true);
    fake_mkfile("C:\\file");
    fake_junction("C:\\junction", "C:\\sensitive");
    fake_symlink("C:\\symlink", "C:\\sensitive");
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        check_case("%s\\%s: %s", cases[i].parent ? cases[i].parent : "", cases[i].name, cases[i].why);
        check_code(fx_open_once(cases[i].parent, cases[i].name, cases[i].use), cases[i].expected, &fx_err);
    }
    fx_end();
}

static enum jd_code stored_name(struct os_node *node, const char *expected)
{
    struct jd_buf name;
    jd_buf_init(&name, 1024);
    enum jd_code code = os_fs_stored_name(node, &name, &fx_err);
    if (code == JD_OK) {
        check_text(name.data, expected);
    }
    jd_buf_done(&name);
    return code;
}

TEST(fake, a_stored_name_is_the_long_one_and_is_proven_anew)
{
    fx_begin();
    fake_mkdir("C:\\Long Name");
    fake_alias("C:\\Long Name", "LONGNA~1");
    struct fx_chain chain = fx_open_root();
    check_ok(fx_step(&chain, "longna~1", OS_USE_PASS), &fx_err);
    check_ok(stored_name(fx_last(&chain), "Long Name"), &fx_err);
    fake_mkdir("C:\\elsewhere");
    check_true(fake_rename("C:\\Long Name", "C:\\elsewhere\\x"));
    check_code(stored_name(fx_last(&chain), ""), JD_E_CHANGED_MEANWHILE, &fx_err);
    fake_mkdir("C:\\LONGNA~1");
    check_code(stored_name(fx_last(&chain), ""), JD_E_CHANGED_MEANWHILE, &fx_err);
    fx_close(&chain);
    fx_end();
}

TEST(fake, a_handle_outlives_its_name_and_its_object)
{
    struct os_facts before, after, other;
    fx_begin();
    fake_mkdir("C:\\a");
    struct fx_chain chain = fx_open_root();
    check_ok(fx_step(&chain, "a", OS_USE_PASS), &fx_err);
    check_ok(os_fs_facts(fx_last(&chain), &before, &fx_err), &fx_err);
    check_true(fake_rename("C:\\a", "C:\\b"));
    check_true(fake_remove("C:\\b"));
    fake_mkdir("C:\\a");
    check_ok(os_fs_facts(fx_last(&chain), &after, &fx_err), &fx_err);
    fake_get_facts("C:\\a", &other);
    check_bytes(after.id.record, 16, before.id.record, 16);
    check_true(after.id.created == before.id.created);
    check_true(memcmp(other.id.record, before.id.record, 16) != 0); /* held: its record is not free yet */
    fx_close(&chain);
    fake_mkdir("C:\\c");
    fake_get_facts("C:\\c", &other);
    check_bytes(other.id.record, 16, before.id.record, 16); /* reused at once; only the time of making tells */
    check_true(other.id.created != before.id.created);
    fx_end();
}

TEST(fake, nothing_is_made_in_a_directory_that_was_removed)
{
    struct os_node *leaf = NULL;
    fx_begin();
    fake_mkdir("C:\\a");
    struct fx_chain chain = fx_open_root();
    check_ok(fx_step(&chain, "a", OS_USE_PASS), &fx_err);
    check_true(fake_remove("C:\\a"));
    check_code(os_fs_make_directory(fx_last(&chain), fx_name("x"), &leaf, &fx_err), JD_E_CHANGED_MEANWHILE, &fx_err);
    fx_close(&chain);
    fx_end();
}

TEST(fake, a_built_junction_is_what_the_codec_writes)
{
    uint8_t expected[JD_REPARSE_MAX];
    uint8_t built[JD_REPARSE_MAX];
    char target[64];
    fx_begin();
    fake_junction("C:\\j", "D:\\a\\\xc3\xa9");
    size_t len = fx_encode_junction("D:\\a\\\xc3\xa9", expected);
    check_bytes(built, fake_get_reparse("C:\\j", built), expected, len);
    check_text(fake_target("C:\\j", target, sizeof target), "\\??\\D:\\a\\\xc3\xa9");
    check_text(fake_kind("C:\\j"), "junction");
    fx_end();
}

static void take_no_reparse_points(void)
{
    fake_set_takes_reparse_points('C', false);
}

static void make_read_only(void)
{
    fake_set_read_only('C', true);
}

static void fill(void)
{
    fake_set_space('C', 0);
}

static void pull_out(void)
{
    fake_set_gone('C', true);
}

static void do_nothing(void)
{
}

TEST(fake, reparse_data_is_set_as_ntfs_lets_it)
{
    static const struct {
        const char *name;
        enum os_use use;
        void (*before)(void);
        enum jd_code expected;
    } cases[] = {
        {"empty", OS_USE_CHANGE, do_nothing, JD_OK},
        {"junction", OS_USE_CHANGE, do_nothing, JD_OK},
        {"junction", OS_USE_CHANGE, fill, JD_OK},
        {"symlink", OS_USE_CHANGE, do_nothing, JD_E_REPARSE_POINT_EXISTS},
        {"full", OS_USE_CHANGE, do_nothing, JD_E_NOT_EMPTY},
        {"file", OS_USE_CHANGE, do_nothing, JD_E_PLATFORM},
        {"empty", OS_USE_PASS, do_nothing, JD_E_ACCESS_DENIED},
        {"empty", OS_USE_CHANGE, take_no_reparse_points, JD_E_VOLUME_UNSUPPORTED},
        {"empty", OS_USE_CHANGE, make_read_only, JD_E_READ_ONLY},
        {"empty", OS_USE_CHANGE, fill, JD_E_NO_SPACE},
        {"empty", OS_USE_CHANGE, pull_out, JD_E_IO_ERROR},
    };
    uint8_t data[JD_REPARSE_MAX];
    size_t len = fx_encode_junction("C:\\t", data);
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        fx_begin();
        fake_mkdir("C:\\empty");
        fake_junction("C:\\junction", "C:\\old");
        fake_symlink("C:\\symlink", "C:\\old");
        fake_mkdir("C:\\full\\x");
        fake_mkfile("C:\\file");
        check_case("row %zu, %s", i, cases[i].name);
        struct fx_chain chain = fx_open_root();
        check_ok(fx_step(&chain, cases[i].name, cases[i].use), &fx_err);
        cases[i].before();
        check_code(os_fs_set_reparse(fx_last(&chain), data, len, &fx_err), cases[i].expected, &fx_err);
        fx_close(&chain);
        fx_end();
    }
}

TEST(fake, reparse_data_must_say_its_own_length)
{
    uint8_t data[JD_REPARSE_MAX] = {0};
    size_t len = fx_encode_junction("C:\\t", data);
    fx_begin();
    fake_mkdir("C:\\empty");
    struct fx_chain chain = fx_open_root();
    check_ok(fx_step(&chain, "empty", OS_USE_CHANGE), &fx_err);
    check_code(os_fs_set_reparse(fx_last(&chain), data, len - 1, &fx_err), JD_E_BAD_REPARSE_DATA, &fx_err);
    check_code(os_fs_set_reparse(fx_last(&chain), data, len + 1, &fx_err), JD_E_BAD_REPARSE_DATA, &fx_err);
    check_code(os_fs_set_reparse(fx_last(&chain), data, 7, &fx_err), JD_E_BAD_REPARSE_DATA, &fx_err);
    check_text(fake_kind("C:\\empty"), "directory");
    fx_close(&chain);
    fx_end();
}

TEST(fake, a_leaf_is_made_only_where_nothing_answers)
{
    char too_long[257];
    const struct {
        const char *parent, *name;
        void (*before)(void);
        enum jd_code expected;
    } cases[] = {
        {"dir", "new", do_nothing, JD_OK},
        {"dir", "THERE", do_nothing, JD_E_FILE_EXISTS},
        {"dir", "there~1", do_nothing, JD_E_FILE_EXISTS},
        {"dir", "dangling", do_nothing, JD_E_FILE_EXISTS},
        {"dir", too_long, do_nothing, JD_E_PATH_TOO_LONG},
        {"dir", "new", make_read_only, JD_E_READ_ONLY},
        {"dir", "new", fill, JD_E_NO_SPACE},
        {"dir", "new", pull_out, JD_E_IO_ERROR},
        {"file", "new", do_nothing, JD_E_PARENT_NOT_DIRECTORY},
        {"junction", "new", do_nothing, JD_E_PARENT_NOT_DIRECTORY},
    };
    memset(too_long, 'x', 256);
    too_long[256] = '\0';
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct os_node *leaf = NULL;
        fx_begin();
        fake_mkfile("C:\\dir\\There");
        fake_alias("C:\\dir\\There", "THERE~1");
        fake_junction("C:\\dir\\dangling", "C:\\nowhere");
        fake_mkfile("C:\\file");
        fake_junction("C:\\junction", "C:\\dir");
        check_case("row %zu, %s\\%s", i, cases[i].parent, cases[i].name);
        struct fx_chain chain = fx_open_root();
        check_ok(fx_step(&chain, cases[i].parent, OS_USE_PASS), &fx_err);
        cases[i].before();
        check_code(os_fs_make_directory(fx_last(&chain), fx_name(cases[i].name), &leaf, &fx_err), cases[i].expected,
                   &fx_err);
        check_false(fake_exists("C:\\nowhere"));
        os_fs_node_close(leaf);
        fx_close(&chain);
        fx_end();
    }
}

TEST(fake, a_leaf_that_is_removed_again_leaves_no_trace)
{
    struct jd_buf before;
    fx_begin();
    fake_set_space('C', 2);
    fx_dump(&before);
    struct fx_chain chain = fx_make_leaf("x");
    check_text(fake_kind("C:\\x"), "junction");
    check_ok(os_fs_remove(chain.node[0], fx_last(&chain), &fx_err), &fx_err);
    check_code(os_fs_remove(chain.node[0], fx_last(&chain), &fx_err), JD_E_CHANGED_MEANWHILE, &fx_err);
    fx_close(&chain);
    fx_check_same_dump(&before);
    fx_end();
}

TEST(fake, an_unpublished_leaf_vanishes_where_delete_on_close_is_on)
{
    for (int i = 0; i < 4; i++) {
        bool vanishes = (i & 1) != 0;
        bool dies = (i & 2) != 0;
        fx_begin();
        check_case("delete on close %d, process dies %d", vanishes, dies);
        fake_set_delete_on_close(vanishes);
        struct fx_chain chain = fx_make_leaf("x");
        if (dies) {
            fake_crash();
        }
        fx_close(&chain);
        check_text(fake_kind("C:\\x"), vanishes ? "none" : "junction");
        fx_end();
    }
}

TEST(fake, publishing_ends_privacy_and_names_the_owner)
{
    static const struct {
        enum os_owner owner;
        bool is_administrator;
        bool others;
    } cases[] = {
        {OS_OWNER_SERVICE, false, false},
        {OS_OWNER_CALLER, false, true},
        {OS_OWNER_CALLER, true, false},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct os_caller caller = cases[i].is_administrator ? fake_caller_administrator() : fake_caller_user(1001);
        struct os_facts facts;
        fx_begin();
        fake_set_delete_on_close(true);
        check_case("row %zu", i);
        struct fx_chain chain = fx_make_leaf("x");
        check_ok(os_fs_facts(fx_last(&chain), &facts, &fx_err), &fx_err);
        check_true(facts.is_private && !facts.others_may_replace);
        check_ok(os_fs_publish(fx_last(&chain), cases[i].owner, &caller, &fx_err), &fx_err);
        fx_close(&chain);
        fake_get_facts("C:\\x", &facts);
        struct jd_sid owner = fake_owner("C:\\x");
        check_true(!facts.is_private && facts.others_may_replace == cases[i].others);
        check_true(jd_sid_equal(&owner, &caller.user) == (cases[i].owner == OS_OWNER_CALLER));
        os_caller_done(&caller);
        fx_end();
    }
}

TEST(fake, removal_takes_the_object_and_never_a_stranger_at_its_name)
{
    fx_begin();
    fake_junction("C:\\j", "C:\\t");
    fake_mkfile("C:\\t\\sentinel");
    fake_mkfile("C:\\f");
    struct fx_chain chain = fx_open_root();
    check_ok(fx_step(&chain, "j", OS_USE_CHANGE), &fx_err);
    check_true(fake_rename("C:\\j", "C:\\moved"));
    fake_mkdir("C:\\j");
    check_code(os_fs_remove(chain.node[0], fx_last(&chain), &fx_err), JD_E_CHANGED_MEANWHILE, &fx_err);
    check_true(fake_exists("C:\\j") && fake_exists("C:\\moved"));
    check_true(fake_remove("C:\\j"));
    check_ok(os_fs_remove(chain.node[0], fx_last(&chain), &fx_err), &fx_err);
    check_true(!fake_exists("C:\\moved") && fake_exists("C:\\t\\sentinel"));
    fx_close(&chain);
    chain = fx_open_root();
    check_ok(fx_step(&chain, "t", OS_USE_CHANGE), &fx_err);
    check_code(os_fs_remove(chain.node[0], fx_last(&chain), &fx_err), JD_E_NOT_EMPTY, &fx_err);
    fx_close(&chain);
    chain = fx_open_root();
    check_ok(fx_step(&chain, "f", OS_USE_CHANGE), &fx_err);
    check_code(os_fs_remove(chain.node[0], fx_last(&chain), &fx_err), JD_E_NOT_A_JUNCTION, &fx_err);
    fx_close(&chain);
    fx_end();
}
