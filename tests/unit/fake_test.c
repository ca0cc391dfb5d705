/* SPDX-License-Identifier: MIT */
/* The fake's own rules: where it lies, every test above it lies. What it shares with other ports is in tests/contract.
 */
#include "service/os/fake/fake.h"
#include "service/os/os_clock.h"
#include "service/os/os_policy.h"
#include "service/os/os_state.h"
#include "tests/support/fault.h"
#include "tests/support/suite.h"

#include <pthread.h>
#include <string.h>

static struct os_fs *fs;
static struct jd_err err;

static void begin(void)
{
    fault_end();
    fake_reset();
    fake_volume('C');
    check_ok(fake_open_fs(&fs, &err), &err);
}

static void end(void)
{
    check_int(fake_open_nodes(), 0);
    os_fs_close(fs);
    fake_reset();
}

static struct jd_name name_of(const char *text)
{
    return (struct jd_name){text, strlen(text)};
}

/* A chain of nodes from the root: chain[0]; NULL behind the last. */
struct chain {
    struct os_node *node[8];
    size_t n;
};

static struct os_node *last_of(const struct chain *chain)
{
    return chain->node[chain->n - 1];
}

static enum jd_code step(struct chain *chain, const char *name, enum os_use use)
{
    enum jd_code code = os_fs_child(last_of(chain), name_of(name), use, &chain->node[chain->n], &err);
    chain->n += code == JD_OK;
    return code;
}

static struct chain open_root(void)
{
    struct chain chain = {.n = 1};
    check_ok(os_fs_root(fs, 'C', &chain.node[0], &err), &err);
    return chain;
}

static void close_chain(struct chain *chain)
{
    while (chain->n > 0) {
        os_fs_node_close(chain->node[--chain->n]);
    }
}

static enum jd_code open_once(const char *parent, const char *name, enum os_use use)
{
    struct chain chain = open_root();
    enum jd_code code = parent == NULL ? JD_OK : step(&chain, parent, OS_USE_PASS);
    code = code == JD_OK ? step(&chain, name, use) : code;
    close_chain(&chain);
    return code;
}

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
    begin();
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
        check_code(open_once(cases[i].parent, cases[i].name, cases[i].use), cases[i].expected, &err);
    }
    end();
}

static enum jd_code stored_name(struct os_node *node, const char *expected)
{
    struct jd_buf name;
    jd_buf_init(&name, 1024);
    enum jd_code code = os_fs_stored_name(node, &name, &err);
    if (code == JD_OK) {
        check_text(name.data, expected);
    }
    jd_buf_done(&name);
    return code;
}

TEST(fake, a_stored_name_is_the_long_one_and_is_proven_anew)
{
    begin();
    fake_mkdir("C:\\Long Name");
    fake_alias("C:\\Long Name", "LONGNA~1");
    struct chain chain = open_root();
    check_ok(step(&chain, "longna~1", OS_USE_PASS), &err);
    check_ok(stored_name(last_of(&chain), "Long Name"), &err);
    fake_mkdir("C:\\elsewhere");
    check_true(fake_rename("C:\\Long Name", "C:\\elsewhere\\x"));
    check_code(stored_name(last_of(&chain), ""), JD_E_CHANGED_MEANWHILE, &err);
    fake_mkdir("C:\\LONGNA~1");
    check_code(stored_name(last_of(&chain), ""), JD_E_CHANGED_MEANWHILE, &err);
    close_chain(&chain);
    end();
}

TEST(fake, a_handle_outlives_its_name_and_its_object)
{
    struct os_facts before, after, other;
    begin();
    fake_mkdir("C:\\a");
    struct chain chain = open_root();
    check_ok(step(&chain, "a", OS_USE_PASS), &err);
    check_ok(os_fs_facts(last_of(&chain), &before, &err), &err);
    check_true(fake_rename("C:\\a", "C:\\b"));
    check_true(fake_remove("C:\\b"));
    fake_mkdir("C:\\a");
    check_ok(os_fs_facts(last_of(&chain), &after, &err), &err);
    fake_get_facts("C:\\a", &other);
    check_bytes(after.id.record, 16, before.id.record, 16);
    check_true(after.id.created == before.id.created);
    check_true(memcmp(other.id.record, before.id.record, 16) != 0); /* held: its record is not free yet */
    close_chain(&chain);
    fake_mkdir("C:\\c");
    fake_get_facts("C:\\c", &other);
    check_bytes(other.id.record, 16, before.id.record, 16); /* reused at once; only the time of making tells */
    check_true(other.id.created != before.id.created);
    end();
}

TEST(fake, nothing_is_made_in_a_directory_that_was_removed)
{
    struct os_node *leaf = NULL;
    begin();
    fake_mkdir("C:\\a");
    struct chain chain = open_root();
    check_ok(step(&chain, "a", OS_USE_PASS), &err);
    check_true(fake_remove("C:\\a"));
    check_code(os_fs_make_directory(last_of(&chain), name_of("x"), &leaf, &err), JD_E_CHANGED_MEANWHILE, &err);
    close_chain(&chain);
    end();
}

static size_t encode_junction(const char *target, uint8_t data[JD_REPARSE_MAX])
{
    struct jd_winpath path = {0};
    size_t len = 0;
    check_ok(jd_winpath_parse(target, strlen(target), &path, &err), &err);
    check_ok(jd_reparse_encode(&path, data, &len, &err), &err);
    jd_winpath_done(&path);
    return len;
}

TEST(fake, a_built_junction_is_what_the_codec_writes)
{
    uint8_t expected[JD_REPARSE_MAX];
    uint8_t built[JD_REPARSE_MAX];
    char target[64];
    begin();
    fake_junction("C:\\j", "D:\\a\\\xc3\xa9");
    size_t len = encode_junction("D:\\a\\\xc3\xa9", expected);
    check_bytes(built, fake_get_reparse("C:\\j", built), expected, len);
    check_text(fake_target("C:\\j", target, sizeof target), "\\??\\D:\\a\\\xc3\xa9");
    check_text(fake_kind("C:\\j"), "junction");
    end();
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
    size_t len = encode_junction("C:\\t", data);
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        begin();
        fake_mkdir("C:\\empty");
        fake_junction("C:\\junction", "C:\\old");
        fake_symlink("C:\\symlink", "C:\\old");
        fake_mkdir("C:\\full\\x");
        fake_mkfile("C:\\file");
        check_case("row %zu, %s", i, cases[i].name);
        struct chain chain = open_root();
        check_ok(step(&chain, cases[i].name, cases[i].use), &err);
        cases[i].before();
        check_code(os_fs_set_reparse(last_of(&chain), data, len, &err), cases[i].expected, &err);
        close_chain(&chain);
        end();
    }
}

TEST(fake, reparse_data_must_say_its_own_length)
{
    uint8_t data[JD_REPARSE_MAX];
    size_t len = encode_junction("C:\\t", data);
    begin();
    fake_mkdir("C:\\empty");
    struct chain chain = open_root();
    check_ok(step(&chain, "empty", OS_USE_CHANGE), &err);
    check_code(os_fs_set_reparse(last_of(&chain), data, len - 1, &err), JD_E_BAD_REPARSE_DATA, &err);
    check_code(os_fs_set_reparse(last_of(&chain), data, 7, &err), JD_E_BAD_REPARSE_DATA, &err);
    check_text(fake_kind("C:\\empty"), "directory");
    close_chain(&chain);
    end();
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
        begin();
        fake_mkfile("C:\\dir\\There");
        fake_alias("C:\\dir\\There", "THERE~1");
        fake_junction("C:\\dir\\dangling", "C:\\nowhere");
        fake_mkfile("C:\\file");
        fake_junction("C:\\junction", "C:\\dir");
        check_case("row %zu, %s\\%s", i, cases[i].parent, cases[i].name);
        struct chain chain = open_root();
        check_ok(step(&chain, cases[i].parent, OS_USE_PASS), &err);
        cases[i].before();
        check_code(os_fs_make_directory(last_of(&chain), name_of(cases[i].name), &leaf, &err), cases[i].expected, &err);
        check_false(fake_exists("C:\\nowhere"));
        os_fs_node_close(leaf);
        close_chain(&chain);
        end();
    }
}

static void dump(struct jd_buf *out)
{
    jd_buf_init(out, (size_t)1 << 20);
    fake_dump(out);
}

static void check_same_dump(struct jd_buf *before)
{
    struct jd_buf after;
    dump(&after);
    check_text(after.data, before->data);
    jd_buf_done(&after);
    jd_buf_done(before);
}

/* A leaf with reparse data, not published. */
static struct chain make_leaf(const char *name)
{
    uint8_t data[JD_REPARSE_MAX];
    struct chain chain = open_root();
    check_ok(os_fs_make_directory(last_of(&chain), name_of(name), &chain.node[1], &err), &err);
    chain.n = 2;
    check_ok(os_fs_set_reparse(last_of(&chain), data, encode_junction("C:\\t", data), &err), &err);
    return chain;
}

TEST(fake, a_leaf_that_is_removed_again_leaves_no_trace)
{
    struct jd_buf before;
    begin();
    fake_set_space('C', 2);
    dump(&before);
    struct chain chain = make_leaf("x");
    check_text(fake_kind("C:\\x"), "junction");
    check_ok(os_fs_remove(chain.node[0], last_of(&chain), &err), &err);
    check_code(os_fs_remove(chain.node[0], last_of(&chain), &err), JD_E_CHANGED_MEANWHILE, &err);
    close_chain(&chain);
    check_same_dump(&before);
    end();
}

TEST(fake, an_unpublished_leaf_vanishes_where_delete_on_close_is_on)
{
    for (int i = 0; i < 4; i++) {
        bool vanishes = (i & 1) != 0;
        bool dies = (i & 2) != 0;
        begin();
        check_case("delete on close %d, process dies %d", vanishes, dies);
        fake_set_delete_on_close(vanishes);
        struct chain chain = make_leaf("x");
        if (dies) {
            fake_crash();
        }
        close_chain(&chain);
        check_text(fake_kind("C:\\x"), vanishes ? "none" : "junction");
        end();
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
        begin();
        fake_set_delete_on_close(true);
        check_case("row %zu", i);
        struct chain chain = make_leaf("x");
        check_ok(os_fs_facts(last_of(&chain), &facts, &err), &err);
        check_true(facts.is_private && !facts.others_may_replace);
        check_ok(os_fs_publish(last_of(&chain), cases[i].owner, &caller, &err), &err);
        close_chain(&chain);
        fake_get_facts("C:\\x", &facts);
        struct jd_sid owner = fake_owner("C:\\x");
        check_true(!facts.is_private && facts.others_may_replace == cases[i].others);
        check_true(jd_sid_equal(&owner, &caller.user) == (cases[i].owner == OS_OWNER_CALLER));
        os_caller_done(&caller);
        end();
    }
}

TEST(fake, removal_takes_the_object_and_never_a_stranger_at_its_name)
{
    begin();
    fake_junction("C:\\j", "C:\\t");
    fake_mkfile("C:\\t\\sentinel");
    fake_mkfile("C:\\f");
    struct chain chain = open_root();
    check_ok(step(&chain, "j", OS_USE_CHANGE), &err);
    check_true(fake_rename("C:\\j", "C:\\moved"));
    fake_mkdir("C:\\j");
    check_code(os_fs_remove(chain.node[0], last_of(&chain), &err), JD_E_CHANGED_MEANWHILE, &err);
    check_true(fake_exists("C:\\j") && fake_exists("C:\\moved"));
    check_true(fake_remove("C:\\j"));
    check_ok(os_fs_remove(chain.node[0], last_of(&chain), &err), &err);
    check_true(!fake_exists("C:\\moved") && fake_exists("C:\\t\\sentinel"));
    close_chain(&chain);
    chain = open_root();
    check_ok(step(&chain, "t", OS_USE_CHANGE), &err);
    check_code(os_fs_remove(chain.node[0], last_of(&chain), &err), JD_E_NOT_EMPTY, &err);
    close_chain(&chain);
    chain = open_root();
    check_ok(step(&chain, "f", OS_USE_CHANGE), &err);
    check_code(os_fs_remove(chain.node[0], last_of(&chain), &err), JD_E_NOT_A_JUNCTION, &err);
    close_chain(&chain);
    end();
}

TEST(fake, attackers_are_bound_by_ntfs_only)
{
    char target[64];
    begin();
    fake_volume('D');
    fake_mkdir("C:\\a\\b\\c");
    fake_mkdir("C:\\empty");
    check_false(fake_flip("C:\\a", "C:\\evil"));      /* not empty */
    check_false(fake_remove("C:\\a"));                /* not empty */
    check_false(fake_rename("C:\\a", "C:\\a\\b\\x")); /* into itself */
    check_false(fake_rename("C:\\a", "C:\\EMPTY"));   /* something stands there */
    check_false(fake_rename("C:\\a", "D:\\a"));       /* another volume */
    check_true(fake_flip("C:\\empty", "C:\\evil"));
    check_true(fake_flip("C:\\empty", "C:\\worse"));
    check_text(fake_target("C:\\empty", target, sizeof target), "\\??\\C:\\worse");
    check_true(fake_unflip("C:\\empty"));
    struct chain chain = open_root();
    check_ok(step(&chain, "a", OS_USE_PASS), &err);
    check_ok(step(&chain, "b", OS_USE_PASS), &err);
    fake_set_pins(true);
    check_false(fake_rename("C:\\a", "C:\\z")); /* an open directory below pins it */
    fake_set_pins(false);
    check_true(fake_rename("C:\\a", "C:\\z"));
    check_ok(step(&chain, "c", OS_USE_LOOK), &err);
    close_chain(&chain);
    end();
}

TEST(fake, volumes_are_refused_for_what_they_are)
{
    static const struct os_volume_spec known = {'C', NULL};
    static const struct os_volume_spec unknown = {'Q', NULL};
    struct os_fs *other = NULL;
    struct os_volume_facts facts;
    struct os_node *root = NULL;
    char letters[26];
    begin();
    check_code(os_fs_open(&unknown, 1, &other, &err), JD_E_VOLUME_UNKNOWN, &err);
    check_text(err.text, "Q:");
    fake_set_protected('C', false);
    check_code(os_fs_open(&known, 1, &other, &err), JD_E_VOLUME_UNPROTECTED, &err);
    fake_set_ntfs('C', false);
    check_code(os_fs_open(&known, 1, &other, &err), JD_E_VOLUME_NOT_NTFS, &err);
    check_ok(os_fs_volume(fs, 'C', &facts, &err), &err);
    check_true(!facts.is_ntfs && facts.is_fixed && facts.letter == 'C');
    check_int(os_fs_letters(fs, letters), 1);
    check_code(os_fs_root(fs, 'D', &root, &err), JD_E_VOLUME_UNKNOWN, &err);
    end();
}

TEST(fake, a_dead_process_changes_nothing_any_more)
{
    struct os_audit *audit = NULL;
    struct os_state *state = NULL, *again = NULL;
    struct os_audit_record record = {.id = 200, .event = "change_intent", .line = "{}"};
    struct jd_buf before, text;
    uint64_t token = 0, sequence = 0;
    begin();
    check_ok(os_audit_open(&(struct os_audit_options){0}, &audit, &err), &err);
    check_ok(os_state_open("", &state, &err), &err);
    check_code(os_state_open("", &again, &err), JD_E_ALREADY_RUNNING, &err);
    check_ok(os_state_pending_add(state, "entry", 5, true, &token, &err), &err);
    check_ok(os_state_next_sequence(state, &sequence, &err), &err);
    check_ok(os_audit_write(audit, &record, &err), &err);
    struct chain chain = make_leaf("x");
    fake_crash();
    dump(&before);
    check_int(fake_open_nodes(), 0);
    check_code(os_fs_remove(chain.node[0], last_of(&chain), &err), JD_E_PLATFORM, &err);
    check_code(os_audit_write(audit, &record, &err), JD_E_AUDIT_UNAVAILABLE, &err);
    check_code(os_state_pending_drop(state, token, &err), JD_E_STATE_UNAVAILABLE, &err);
    check_ok(os_state_open("", &again, &err), &err);
    os_state_close(state);
    close_chain(&chain);
    check_same_dump(&before);
    jd_buf_init(&text, 100);
    check_ok(os_state_pending_next(again, 0, &token, &text, &err), &err);
    check_text(text.data, "entry");
    check_ok(os_state_next_sequence(again, &sequence, &err), &err);
    check_int(sequence, 2);
    check_int(fake_audit_count(0), 1);
    jd_buf_done(&text);
    os_state_close(again);
    os_audit_close(audit);
    end();
}

TEST(fake, pending_entries_come_in_order_and_may_be_cut_short)
{
    struct os_state *state = NULL;
    struct jd_buf text;
    uint64_t first = 0, second = 0, token = 0;
    begin();
    jd_buf_init(&text, 100);
    check_ok(os_state_open("", &state, &err), &err);
    check_ok(os_state_pending_add(state, "one", 3, false, &first, &err), &err);
    check_ok(os_state_pending_add(state, "two", 3, false, &second, &err), &err);
    check_true(first > 0 && second > first);
    fake_pending_truncate(second, 1);
    check_ok(os_state_pending_next(state, first, &token, &text, &err), &err);
    check_text(text.data, "t");
    check_int(token, (int64_t)second);
    check_ok(os_state_pending_drop(state, second, &err), &err);
    check_code(os_state_pending_drop(state, second, &err), JD_E_NOT_FOUND, &err);
    check_code(os_state_pending_next(state, first, &token, &text, &err), JD_E_NOT_FOUND, &err);
    check_int(fake_pending_count(), 1);
    check_true(fake_pending_add("raw", 3) > second); /* never reused */
    jd_buf_done(&text);
    os_state_close(state);
    end();
}

static enum jd_code write_record(struct os_audit *audit, uint16_t id)
{
    struct os_audit_field fields[] = {{"link", "C:\\x"}};
    struct os_audit_record record = {
        .id = id, .level = OS_AUDIT_WARNING, .event = "denied", .fields = fields, .n_fields = 1, .line = "{\"a\":1}"};
    return os_audit_write(audit, &record, &err);
}

TEST(fake, the_audit_sink_keeps_what_it_accepts_and_refuses_as_told)
{
    struct os_audit *audit = NULL;
    begin();
    check_ok(os_audit_open(&(struct os_audit_options){0}, &audit, &err), &err);
    check_ok(write_record(audit, 300), &err);
    fake_audit_refuse_from(2);
    check_ok(write_record(audit, 200), &err);
    check_code(write_record(audit, 201), JD_E_AUDIT_UNAVAILABLE, &err);
    check_code(write_record(audit, 202), JD_E_AUDIT_UNAVAILABLE, &err);
    fake_audit_refuse_from(0);
    fake_audit_refuse_id(201);
    check_code(write_record(audit, 201), JD_E_AUDIT_UNAVAILABLE, &err);
    check_ok(write_record(audit, 202), &err);
    check_int(fake_audit_count(0), 3);
    check_int(fake_audit_count(202), 1);
    check_int(fake_audit_id(1), 200);
    check_text(fake_audit_line(0), "{\"a\":1}");
    check_text(fake_audit_field(0, "link"), "C:\\x");
    check_true(fake_audit_field(0, "target") == NULL);
    os_audit_close(audit);
    end();
}

TEST(fake, policy_caller_and_clock_are_what_the_test_says)
{
    struct os_caller caller = {0};
    struct jd_buf text;
    begin();
    jd_buf_init(&text, 5);
    check_code(os_policy_read("p", &text, &err), JD_E_POLICY_MISSING, &err);
    fake_policy_set("12345");
    check_ok(os_policy_read("p", &text, &err), &err);
    check_text(text.data, "12345");
    check_code(os_policy_read("p", &text, &err), JD_E_POLICY_INVALID, &err); /* over the ceiling */
    fake_policy_fail(JD_E_POLICY_UNTRUSTED);
    check_code(os_policy_read("p", &text, &err), JD_E_POLICY_UNTRUSTED, &err);
    jd_buf_done(&text);
    check_ok(os_peer_identify(0, &caller, &err), &err);
    check_text(caller.name, "alice");
    check_int(caller.n_groups, 2);
    os_caller_done(&caller);
    struct os_caller admin = fake_caller_administrator();
    fake_peer_set(&admin);
    os_caller_done(&admin);
    check_ok(os_peer_identify(0, &caller, &err), &err);
    check_true(caller.is_administrator && caller.n_groups == 3);
    os_caller_done(&caller);
    fake_clock_set(1000, 5);
    fake_clock_advance(20);
    check_int(os_clock_monotonic_ms(), 1020);
    check_int(os_clock_wall_ms(), 25);
    end();
}

TEST(fake, a_snapshot_comes_back_as_often_as_wanted)
{
    struct jd_buf before, after;
    begin();
    fake_set_space('C', 100);
    fake_mkdir("C:\\a\\b");
    fake_junction("C:\\j", "C:\\a");
    fake_alias("C:\\j", "J~1");
    struct fake_snapshot *snapshot = fake_snapshot();
    dump(&before);
    for (int i = 0; i < 2; i++) {
        check_true(fake_remove("C:\\j"));
        fake_mkdir("C:\\a\\c");
        dump(&after);
        check_true(strcmp(before.data, after.data) != 0);
        jd_buf_done(&after);
        fake_restore(snapshot);
        dump(&after);
        check_text(after.data, before.data);
        jd_buf_done(&after);
    }
    jd_buf_done(&before);
    fake_snapshot_free(snapshot);
    end();
}

static void remove_target(void *context)
{
    (void)context;
    check_true(fake_remove("C:\\a\\target"));
}

TEST(fake, a_plan_fails_counts_and_attacks_where_it_says)
{
    struct jd_buf seen;
    begin();
    fake_mkdir("C:\\a\\target");
    fault_begin();
    fault_do("fs_child", 2, remove_target, NULL);
    check_code(open_once("a", "target", OS_USE_LOOK), JD_E_NOT_FOUND, &err);
    check_true(fault_fired());
    check_int(fault_count("fs_child"), 2);
    jd_buf_init(&seen, 1000);
    fault_list(&seen);
    check_text(seen.data, "fs_root fs_child fs_child");
    jd_buf_done(&seen);
    fault_begin();
    fault_fail("fs_child", 1, JD_OK);
    fault_fail_from("fs_child", 3, JD_E_ACCESS_DENIED);
    check_code(open_once(NULL, "a", OS_USE_LOOK), JD_E_IO_ERROR, &err);
    check_ok(open_once(NULL, "a", OS_USE_LOOK), &err);
    check_code(open_once(NULL, "a", OS_USE_LOOK), JD_E_ACCESS_DENIED, &err);
    check_code(open_once(NULL, "a", OS_USE_LOOK), JD_E_ACCESS_DENIED, &err);
    fault_begin();
    fault_fail(NULL, 100, JD_OK);
    check_ok(open_once(NULL, "a", OS_USE_LOOK), &err);
    check_false(fault_fired());
    fault_end();
    check_int(fault_count(NULL), 0);
    end();
}

/* Returns how often a call did not go as it must. */
static void *make_and_remove(void *context)
{
    static const char *const names[] = {"w0", "w1", "w2", "w3"};
    size_t *failures = context;
    const char *name = names[*failures];
    struct jd_err own;
    *failures = 0;
    for (int i = 0; i < 200; i++) {
        struct os_node *root = NULL, *leaf = NULL;
        *failures += os_fs_root(fs, 'C', &root, &own) != JD_OK;
        *failures += os_fs_make_directory(root, name_of(name), &leaf, &own) != JD_OK;
        *failures += os_fs_publish(leaf, OS_OWNER_SERVICE, NULL, &own) != JD_OK;
        *failures += os_fs_remove(root, leaf, &own) != JD_OK;
        os_fs_node_close(leaf);
        os_fs_node_close(root);
    }
    return NULL;
}

TEST(fake, workers_do_not_disturb_each_other)
{
    pthread_t threads[4];
    size_t failures[4] = {0, 1, 2, 3};
    struct jd_buf before;
    begin();
    fault_begin();
    fake_mkdir("C:\\first"); /* its time of making stays below those of the workers */
    dump(&before);
    for (size_t i = 0; i < 4; i++) {
        check_int(pthread_create(&threads[i], NULL, make_and_remove, &failures[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        check_int(failures[i], 0);
    }
    check_same_dump(&before);
    check_int(fault_count("fs_publish"), 800);
    fault_end();
    end();
}
