/* SPDX-License-Identifier: MIT */
/* What a stored name means: R7 and R8 of the catalogue of malformations. */
#include "common/reparse.h"

#include "common/buf.h"
#include "common/utf.h"
#include "tests/support/suite.h"
#include "tests/unit/reparse_fixture.h"

#include <stdlib.h>
#include <string.h>

/* A mount point holding name as its substitute name, and print as its print name; units given as UTF-16. */
static struct jd_reparse *with_names(const uint16_t *name, size_t n, const uint16_t *print, size_t n_print)
{
    uint8_t bytes[512] = {0x03, 0x00, 0x00, 0xA0};
    size_t len = 16;
    for (size_t i = 0; i < n + n_print; i++) {
        uint16_t unit = i < n ? name[i] : print[i - n];
        bytes[len++] = (uint8_t)(unit & 0xFF);
        bytes[len++] = (uint8_t)(unit >> 8);
    }
    bytes[4] = (uint8_t)((len - 8) & 0xFF);
    bytes[5] = (uint8_t)((len - 8) >> 8);
    bytes[10] = (uint8_t)(2 * n);
    bytes[12] = (uint8_t)(2 * n);
    bytes[14] = (uint8_t)(2 * n_print);
    return decoded(bytes, len, JD_OK);
}

/* Asks from a block of exactly n units, so that the sanitizer sees a read past the name. */
static bool win32_name(const struct jd_reparse *reparse, struct jd_buf *out)
{
    size_t n = reparse->substitute_units;
    uint16_t *exact = malloc(n * sizeof *exact);
    bool is_exact;
    check_true(exact != NULL);
    memcpy(exact, reparse->substitute, n * sizeof *exact);
    is_exact = jd_reparse_win32_name(exact, n, out);
    free(exact);
    return is_exact;
}

static size_t widen(const char *text, uint16_t *units, size_t cap)
{
    struct jd_err err;
    size_t n = 0;
    check_ok(jd_utf8_to_utf16(text, strlen(text), units, cap, &n, &err), &err);
    return n;
}

#define GUID "{01234567-89ab-cdef-0123-456789abcdef}"

/* R7: what a stored name is, what Win32 calls it, and whether it is a path of ours. */
static const struct {
    const char *stored;
    enum jd_link_kind kind;
    const char *win32;
    const char *target; /* NULL: BAD_PATH */
} names[] = {
    {"\\??\\C:\\a", JD_LINK_JUNCTION, "C:\\a", "C:\\a"},
    {"\\??\\C:\\a\\", JD_LINK_JUNCTION, "C:\\a", "C:\\a"},
    {"\\??\\C:\\a\\b c\\", JD_LINK_JUNCTION, "C:\\a\\b c", "C:\\a\\b c"},
    {"\\??\\c:\\a", JD_LINK_JUNCTION, "c:\\a", "C:\\a"},
    {"\\??\\D:\\\xE6\x97\xA5\xF0\x9F\x98\x80", JD_LINK_JUNCTION, "D:\\\xE6\x97\xA5\xF0\x9F\x98\x80",
     "D:\\\xE6\x97\xA5\xF0\x9F\x98\x80"},
    {"\\??\\a:\\x", JD_LINK_JUNCTION, "a:\\x", "A:\\x"},
    {"\\??\\Z:\\x", JD_LINK_JUNCTION, "Z:\\x", "Z:\\x"},
    {"\\??\\C:\\a\\\\", JD_LINK_JUNCTION, "C:\\a\\", NULL},
    {"\\??\\C:\\", JD_LINK_JUNCTION, "C:\\", NULL},
    {"\\??\\C:", JD_LINK_JUNCTION, "\\??\\C:", NULL},
    {"\\??\\C:a", JD_LINK_JUNCTION, "\\??\\C:a", NULL},
    {"\\??\\1:\\a", JD_LINK_JUNCTION, "\\??\\1:\\a", NULL},
    {"\\??\\", JD_LINK_JUNCTION, "\\??\\", NULL},
    {"\\??", JD_LINK_JUNCTION, "\\??", NULL},
    {"\\", JD_LINK_JUNCTION, "\\", NULL},
    {"C:\\a", JD_LINK_JUNCTION, "C:\\a", NULL},
    {"\\\\?\\C:\\a", JD_LINK_JUNCTION, "\\\\?\\C:\\a", NULL},
    {"\\DosDevices\\C:\\a", JD_LINK_JUNCTION, "\\DosDevices\\C:\\a", NULL},
    {"\\Device\\HarddiskVolume1\\a", JD_LINK_JUNCTION, "\\Device\\HarddiskVolume1\\a", NULL},
    {"\\??\\GLOBALROOT\\Device\\x", JD_LINK_JUNCTION, "\\??\\GLOBALROOT\\Device\\x", NULL},
    {"\\??\\pipe\\x", JD_LINK_JUNCTION, "\\??\\pipe\\x", NULL},
    {"\\??\\C:\\a\\..\\b", JD_LINK_JUNCTION, "C:\\a\\..\\b", NULL},
    {"\\??\\C:\\a/b", JD_LINK_JUNCTION, "C:\\a/b", NULL},
    {"\\??\\C:\\nul", JD_LINK_JUNCTION, "C:\\nul", NULL},
    {"\\??\\UNC\\s\\h\\d", JD_LINK_JUNCTION, "\\\\s\\h\\d", NULL},
    {"\\??\\unc\\s\\h\\", JD_LINK_JUNCTION, "\\\\s\\h\\", NULL},
    {"\\??\\UNCx", JD_LINK_JUNCTION, "\\??\\UNCx", NULL},
    {"\\??\\Volume" GUID "\\", JD_LINK_VOLUME_MOUNT_POINT, "\\\\?\\Volume" GUID "\\", NULL},
    {"\\??\\VOLUME" GUID "\\", JD_LINK_VOLUME_MOUNT_POINT, "\\\\?\\VOLUME" GUID "\\", NULL},
    {"\\??\\Volume" GUID, JD_LINK_VOLUME_MOUNT_POINT, "\\\\?\\Volume" GUID, NULL},
    {"\\??\\Volume{}\\", JD_LINK_VOLUME_MOUNT_POINT, "\\\\?\\Volume{}\\", NULL},
    {"\\??\\Volume" GUID "\\dir", JD_LINK_JUNCTION, "\\\\?\\Volume" GUID "\\dir", NULL},
    {"\\??\\Volume" GUID "\\{a}", JD_LINK_JUNCTION, "\\\\?\\Volume" GUID "\\{a}", NULL},
    {"\\??\\Volume{", JD_LINK_JUNCTION, "\\\\?\\Volume{", NULL},
    {"\\??\\Volume", JD_LINK_JUNCTION, "\\??\\Volume", NULL},
    {"..\\a", JD_LINK_JUNCTION, "..\\a", NULL},
};

TEST(reparse, stored_names_are_classified_and_never_trusted)
{
    for (size_t i = 0; i < JD_COUNT(names); i++) {
        uint16_t units[128];
        size_t n = widen(names[i].stored, units, JD_COUNT(units));
        struct jd_reparse *reparse = with_names(units, n, units, 0);
        struct jd_winpath target = {0};
        struct jd_buf win32;
        struct jd_err err;
        check_case("%s", names[i].stored);
        check_int(reparse->kind, names[i].kind);
        jd_buf_init(&win32, 1024);
        check_true(win32_name(reparse, &win32));
        check_text(win32.data, names[i].win32);
        check_code(jd_reparse_target(reparse, &target, &err), names[i].target ? JD_OK : JD_E_BAD_PATH, &err);
        check_text(target.text, names[i].target);
        check_true(names[i].target != NULL || err.reason != NULL);
        jd_winpath_done(&target);
        jd_buf_done(&win32);
        free(reparse);
    }
}

TEST(reparse, a_lone_surrogate_is_shown_and_is_no_path)
{
    static const uint16_t name[] = {'\\', '?', '?', '\\', 'C', ':', '\\', 0xD800, 'x'};
    struct jd_reparse *reparse = with_names(name, JD_COUNT(name), name, 0);
    struct jd_winpath target = {0};
    struct jd_buf win32;
    struct jd_err err;
    jd_buf_init(&win32, 64);
    check_bytes(reparse->substitute, 2 * reparse->substitute_units, name, sizeof name);
    check_false(win32_name(reparse, &win32));
    check_text(win32.data, "C:\\\xEF\xBF\xBDx");
    check_code(jd_reparse_target(reparse, &target, &err), JD_E_BAD_REPARSE_DATA, &err);
    check_true(target.text == NULL);
    jd_buf_done(&win32);
    free(reparse);
}

TEST(reparse, a_nul_inside_a_name_neither_ends_it_nor_passes)
{
    static const uint16_t name[] = {'\\', '?', '?', '\\', 'C', ':', '\\', 'a', 0, '\\', 'b', 0};
    struct jd_reparse *reparse = with_names(name, JD_COUNT(name), name, 0);
    struct jd_winpath target = {0};
    struct jd_buf win32;
    struct jd_err err;
    jd_buf_init(&win32, 64);
    check_int(reparse->substitute_units, JD_COUNT(name));
    check_false(win32_name(reparse, &win32));
    check_text(win32.data, "C:\\a\xEF\xBF\xBD\\b\xEF\xBF\xBD");
    check_code(jd_reparse_target(reparse, &target, &err), JD_E_BAD_PATH, &err);
    check_text(err.reason, "control_char");
    jd_buf_done(&win32);
    free(reparse);
}

TEST(reparse, a_print_name_that_lies_decides_nothing) /* R8 */
{
    uint16_t name[32];
    uint16_t print[32];
    size_t n = widen("\\??\\C:\\real", name, JD_COUNT(name));
    size_t n_print = widen("C:\\harmless", print, JD_COUNT(print));
    struct jd_reparse *reparse = with_names(name, n, print, n_print);
    struct jd_winpath target;
    struct jd_err err;
    check_units(reparse->print, reparse->print_units, "C:\\harmless");
    check_ok(jd_reparse_target(reparse, &target, &err), &err);
    check_text(target.text, "C:\\real");
    jd_winpath_done(&target);
    free(reparse);
}

TEST(reparse, a_target_longer_than_a_path_may_be_is_refused)
{
    struct jd_reparse *reparse = calloc(1, sizeof *reparse);
    struct jd_winpath target = {0};
    struct jd_err err;
    check_true(reparse != NULL);
    reparse->substitute_units = JD_REPARSE_NAME_MAX;
    for (size_t i = 0; i < JD_REPARSE_NAME_MAX; i++) {
        reparse->substitute[i] = 0x3042;
    }
    widen("\\??\\C:\\", reparse->substitute, JD_REPARSE_NAME_MAX);
    check_code(jd_reparse_target(reparse, &target, &err), JD_E_BAD_PATH, &err);
    check_text(err.reason, "path_too_long");
    free(reparse);
}
