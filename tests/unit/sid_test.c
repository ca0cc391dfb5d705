/* SPDX-License-Identifier: MIT */
#include "common/sid.h"

#include "tests/support/suite.h"

#include <string.h>

static const struct {
    const char *text;
    bool is_sid;
    const char *why;
} texts[] = {
    {"S-1-1-0", true, "Everyone"},
    {"S-1-5-18", true, "SYSTEM"},
    {"s-1-5-18", true, "as ConvertStringSidToSid takes it"},
    {"S-1-5-21-1-2-3-1001", true, "an account"},
    {"S-1-5-21-4294967295-4294967295-4294967295-500", true, "largest parts"},
    {"S-1-0-0", true, "NULL SID"},
    {"S-1-22-1-4294967295", true, "a POSIX id"},
    {"S-1-4294967295-1", true, "largest decimal authority"},
    {"S-1-0x000100000000-1", true, "smallest authority in hex"},
    {"S-1-0xFFFFFFFFFFFF-1", true, "largest authority"},
    {"S-1-0xffffffffffff-1", true, "lower case"},
    {"S-1-0X000100000000-1", true, "upper case"},
    {"S-1-0x0000FFFFFFFF-1", false, "the largest authority that decimal can say"},
    {"S-1-1X000100000000-1", false, "no prefix"},
    {"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15", true, "15 parts"},
    {"S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16", false, "16 parts"},
    {"", false, "nothing"},
    {"S", false, "cut"},
    {"S-1", false, "cut"},
    {"S-1-", false, "cut"},
    {"S-1-5", false, "no part"},
    {"S-1-5-", false, "no digits"},
    {"S-1-5-18-", false, "a dash too many"},
    {"S-1-5--18", false, "a dash too many"},
    {"S-1--18", false, "no authority"},
    {"S-2-5-18", false, "revision"},
    {"S-01-5-18", false, "leading zero"},
    {"S-1-05-18", false, "leading zero"},
    {"S-1-5-018", false, "leading zero"},
    {"S-1-5-00", false, "leading zero"},
    {"S-1-5-4294967296", false, "more than 32 bits"},
    {"S-1-5-18446744073709551634", false, "64 bits wrapped to 18"},
    {"S-1-4294967296-1", false, "authority of more than 32 bits in decimal"},
    {"S-1-0x000000000005-18", false, "an authority that decimal can say"},
    {"S-1-0x10000000000-1", false, "11 hex digits"},
    {"S-1-0x1000000000000-1", false, "13 hex digits"},
    {"S-1-0x-1", false, "no hex digits"},
    {"S-1-0xG00000000000-1", false, "no hex digit"},
    {"S-1-5-0x12", false, "hex part"},
    {"S-1-5-+18", false, "sign"},
    {"S-1-5- 18", false, "space"},
    {" S-1-5-18", false, "space"},
    {"S-1-5-18 ", false, "space"},
    {"S-1-5-18\n", false, "line end"},
    {"S-1-5-1\xC2\xB2", false, "superscript"},
    {"S\xE2\x88\x92"
     "1-5-18",
     false, "minus sign"},
    {"X-1-5-18", false, "letter"},
    {"BA", false, "an alias is no text form"},
};

TEST(sid, text_form_is_strict)
{
    for (size_t i = 0; i < JD_COUNT(texts); i++) {
        struct jd_sid sid = {.authority = 77};
        check_case("%s: %s", texts[i].text, texts[i].why);
        check_int(jd_sid_parse(texts[i].text, strlen(texts[i].text), &sid), texts[i].is_sid);
        check_true(texts[i].is_sid || (sid.authority == 77 && sid.n_subs == 0));
    }
}

TEST(sid, text_is_read_to_its_length_only)
{
    struct jd_sid sid;
    check_true(jd_sid_parse("S-1-5-18xyz", 8, &sid));
    check_int(sid.subs[0], 18);
    check_true(jd_sid_parse("S-1-5-18", 7, &sid));
    check_int(sid.subs[0], 1);
    check_false(jd_sid_parse("S-1-5-18\0", 9, &sid));
    check_false(jd_sid_parse("S-1-5-1\0-2", 10, &sid));
    check_false(jd_sid_parse("\0", 1, &sid));
}

TEST(sid, value_and_text_round_trip)
{
    static const struct {
        struct jd_sid sid;
        const char *text;
    } cases[] = {
        {{1, 1, {0}}, "S-1-1-0"},
        {{5, 2, {32, 544}}, "S-1-5-32-544"},
        {{5, 5, {21, 1, 2, 3, 1001}}, "S-1-5-21-1-2-3-1001"},
        {{UINT32_MAX, 1, {UINT32_MAX}}, "S-1-4294967295-4294967295"},
        {{UINT64_C(0x100000000), 1, {1}}, "S-1-0x000100000000-1"},
        {{UINT64_C(0xFFFFFFFFFFFF),
          15,
          {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX,
           UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX}},
         "S-1-0xFFFFFFFFFFFF-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295"
         "-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        char text[JD_SID_TEXT_MAX];
        struct jd_sid back;
        check_case("%s", cases[i].text);
        check_text(jd_sid_format(&cases[i].sid, text), cases[i].text);
        check_true(jd_sid_parse(text, strlen(text), &back));
        check_true(jd_sid_equal(&back, &cases[i].sid));
        check_int(back.authority, cases[i].sid.authority);
        check_int(back.n_subs, cases[i].sid.n_subs);
    }
}

TEST(sid, equality_looks_at_every_part_in_use)
{
    struct jd_sid a = jd_sid_make(5, 2, (const uint32_t[]){32, 544});
    struct jd_sid b = a;
    b.subs[2] = 9; /* beyond what counts */
    check_true(jd_sid_equal(&a, &b));
    b.subs[1] = 545;
    check_false(jd_sid_equal(&a, &b));
    b = a;
    b.n_subs = 1;
    check_false(jd_sid_equal(&a, &b));
    b = a;
    b.authority = 22;
    check_false(jd_sid_equal(&a, &b));
}

TEST(sid, makers_give_the_documented_values)
{
    const struct {
        struct jd_sid sid;
        const char *text;
    } cases[] = {
        {jd_sid_posix_user(0), "S-1-22-1-0"},
        {jd_sid_posix_user(4294967294u), "S-1-22-1-4294967294"},
        {jd_sid_posix_group(1000), "S-1-22-2-1000"},
        {jd_sid_administrators(), "S-1-5-32-544"},
        {jd_sid_everyone(), "S-1-1-0"},
        {jd_sid_authenticated_users(), "S-1-5-11"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        char text[JD_SID_TEXT_MAX];
        check_text(jd_sid_format(&cases[i].sid, text), cases[i].text);
    }
}

static const struct {
    const char *name;
    const char *text; /* NULL: not well known */
} names[] = {
    {"BA", "S-1-5-32-544"},
    {"ba", "S-1-5-32-544"},
    {"Administrators", "S-1-5-32-544"},
    {"administrators", "S-1-5-32-544"},
    {"BUILTIN\\Administrators", "S-1-5-32-544"},
    {"builtin\\ADMINISTRATORS", "S-1-5-32-544"},
    {"BU", "S-1-5-32-545"},
    {"BUILTIN\\Users", "S-1-5-32-545"},
    {"Guests", "S-1-5-32-546"},
    {"Power Users", "S-1-5-32-547"},
    {"Backup Operators", "S-1-5-32-551"},
    {"Remote Desktop Users", "S-1-5-32-555"},
    {"Hyper-V Administrators", "S-1-5-32-578"},
    {"Everyone", "S-1-1-0"},
    {"WD", "S-1-1-0"},
    {"SYSTEM", "S-1-5-18"},
    {"LocalSystem", "S-1-5-18"},
    {"SY", "S-1-5-18"},
    {"NT AUTHORITY\\SYSTEM", "S-1-5-18"},
    {"nt authority\\system", "S-1-5-18"},
    {"NT AUTHORITY\\LocalSystem", "S-1-5-18"},
    {"LOCAL SERVICE", "S-1-5-19"},
    {"NT AUTHORITY\\LocalService", "S-1-5-19"},
    {"NT AUTHORITY\\NETWORK SERVICE", "S-1-5-20"},
    {"Authenticated Users", "S-1-5-11"},
    {"NT AUTHORITY\\Authenticated Users", "S-1-5-11"},
    {"INTERACTIVE", "S-1-5-4"},
    {"NETWORK", "S-1-5-2"},
    {"BATCH", "S-1-5-3"},
    {"SERVICE", "S-1-5-6"},
    {"ANONYMOUS LOGON", "S-1-5-7"},
    {"RESTRICTED", "S-1-5-12"},
    {"Creator Owner", "S-1-3-0"},
    {"ALL APPLICATION PACKAGES", "S-1-15-2-1"},
    {"APPLICATION PACKAGE AUTHORITY\\ALL APPLICATION PACKAGES", "S-1-15-2-1"},
    {"", NULL},
    {"\\", NULL},
    {"\\Administrators", NULL},
    {"\\Everyone", NULL},
    {"BUILTIN\\", NULL},
    {"BUILTIN", NULL},
    {"BUILTIN\\BA", NULL},
    {"BUILTIN\\SYSTEM", NULL},
    {"NT AUTHORITY\\Administrators", NULL},
    {"NT AUTHORITY\\Everyone", NULL},
    {"CONTOSO\\Administrators", NULL},
    {"BUILTIN\\BUILTIN\\Administrators", NULL},
    {"Administrator", NULL},
    {"Administrators ", NULL},
    {" Administrators", NULL},
    {"DA", NULL}, /* relative to a domain */
    {"LA", NULL}, /* relative to a machine */
    {"HI", NULL}, /* a label, no principal */
    {"S-1-5-18", NULL},
    {"\xEF\xBC\xA2\xEF\xBC\xA1", NULL}, /* full-width BA */
    {"\xC5\xBFYSTEM", NULL},            /* long s */
    {"ADM\xC4\xB0NISTRATORS", NULL},    /* dotted I */
    {"NETWOR\xE2\x84\xAA", NULL},       /* Kelvin */
};

TEST(sid, well_known_names_are_found_in_every_spelling)
{
    for (size_t i = 0; i < JD_COUNT(names); i++) {
        struct jd_sid sid = {0};
        char text[JD_SID_TEXT_MAX];
        check_case("%s", names[i].name);
        check_int(jd_sid_well_known(names[i].name, strlen(names[i].name), &sid), names[i].text != NULL);
        check_true(names[i].text != NULL || sid.n_subs == 0);
        if (names[i].text != NULL) {
            check_text(jd_sid_format(&sid, text), names[i].text);
        }
    }
    check_false(jd_sid_well_known("BA\0", 3, &(struct jd_sid){0}));
    check_true(jd_sid_well_known("BAx", 2, &(struct jd_sid){0}));
}

/* The whole table a second time, as the two lists of MS-DTYP have it. */
static const struct {
    const char *alias, *name, *text;
} principals[] = {
    {"WD", "Everyone", "S-1-1-0"},
    {NULL, "LOCAL", "S-1-2-0"},
    {NULL, "CONSOLE LOGON", "S-1-2-1"},
    {"CO", "CREATOR OWNER", "S-1-3-0"},
    {"CG", "CREATOR GROUP", "S-1-3-1"},
    {"OW", "OWNER RIGHTS", "S-1-3-4"},
    {NULL, "NT AUTHORITY\\DIALUP", "S-1-5-1"},
    {"NU", "NT AUTHORITY\\NETWORK", "S-1-5-2"},
    {NULL, "NT AUTHORITY\\BATCH", "S-1-5-3"},
    {"IU", "NT AUTHORITY\\INTERACTIVE", "S-1-5-4"},
    {"SU", "NT AUTHORITY\\SERVICE", "S-1-5-6"},
    {"AN", "NT AUTHORITY\\ANONYMOUS LOGON", "S-1-5-7"},
    {NULL, "NT AUTHORITY\\PROXY", "S-1-5-8"},
    {"ED", "NT AUTHORITY\\ENTERPRISE DOMAIN CONTROLLERS", "S-1-5-9"},
    {"PS", "NT AUTHORITY\\SELF", "S-1-5-10"},
    {"AU", "NT AUTHORITY\\Authenticated Users", "S-1-5-11"},
    {"RC", "NT AUTHORITY\\RESTRICTED", "S-1-5-12"},
    {NULL, "NT AUTHORITY\\TERMINAL SERVER USER", "S-1-5-13"},
    {NULL, "NT AUTHORITY\\REMOTE INTERACTIVE LOGON", "S-1-5-14"},
    {NULL, "NT AUTHORITY\\This Organization", "S-1-5-15"},
    {NULL, "NT AUTHORITY\\IUSR", "S-1-5-17"},
    {"SY", "NT AUTHORITY\\SYSTEM", "S-1-5-18"},
    {"LS", "NT AUTHORITY\\LOCAL SERVICE", "S-1-5-19"},
    {"NS", "NT AUTHORITY\\NETWORK SERVICE", "S-1-5-20"},
    {"WR", "NT AUTHORITY\\WRITE RESTRICTED", "S-1-5-33"},
    {NULL, "NT AUTHORITY\\Local account", "S-1-5-113"},
    {NULL, "NT AUTHORITY\\Local account and member of Administrators group", "S-1-5-114"},
    {"BA", "BUILTIN\\Administrators", "S-1-5-32-544"},
    {"BU", "BUILTIN\\Users", "S-1-5-32-545"},
    {"BG", "BUILTIN\\Guests", "S-1-5-32-546"},
    {"PU", "BUILTIN\\Power Users", "S-1-5-32-547"},
    {"AO", "BUILTIN\\Account Operators", "S-1-5-32-548"},
    {"SO", "BUILTIN\\Server Operators", "S-1-5-32-549"},
    {"PO", "BUILTIN\\Print Operators", "S-1-5-32-550"},
    {"BO", "BUILTIN\\Backup Operators", "S-1-5-32-551"},
    {"RE", "BUILTIN\\Replicator", "S-1-5-32-552"},
    {"RU", "BUILTIN\\Pre-Windows 2000 Compatible Access", "S-1-5-32-554"},
    {"RD", "BUILTIN\\Remote Desktop Users", "S-1-5-32-555"},
    {"NO", "BUILTIN\\Network Configuration Operators", "S-1-5-32-556"},
    {"MU", "BUILTIN\\Performance Monitor Users", "S-1-5-32-558"},
    {"LU", "BUILTIN\\Performance Log Users", "S-1-5-32-559"},
    {NULL, "BUILTIN\\Distributed COM Users", "S-1-5-32-562"},
    {"IS", "BUILTIN\\IIS_IUSRS", "S-1-5-32-568"},
    {"CY", "BUILTIN\\Cryptographic Operators", "S-1-5-32-569"},
    {"ER", "BUILTIN\\Event Log Readers", "S-1-5-32-573"},
    {"CD", "BUILTIN\\Certificate Service DCOM Access", "S-1-5-32-574"},
    {"RA", "BUILTIN\\RDS Remote Access Servers", "S-1-5-32-575"},
    {"ES", "BUILTIN\\RDS Endpoint Servers", "S-1-5-32-576"},
    {"MS", "BUILTIN\\RDS Management Servers", "S-1-5-32-577"},
    {"HA", "BUILTIN\\Hyper-V Administrators", "S-1-5-32-578"},
    {"AA", "BUILTIN\\Access Control Assistance Operators", "S-1-5-32-579"},
    {"RM", "BUILTIN\\Remote Management Users", "S-1-5-32-580"},
    {"AC", "APPLICATION PACKAGE AUTHORITY\\ALL APPLICATION PACKAGES", "S-1-15-2-1"},
    {NULL, "APPLICATION PACKAGE AUTHORITY\\ALL RESTRICTED APPLICATION PACKAGES", "S-1-15-2-2"},
};

static void check_principal(const char *name, const char *text)
{
    struct jd_sid sid = {0};
    char found[JD_SID_TEXT_MAX];
    check_case("%s", name);
    check_true(jd_sid_well_known(name, strlen(name), &sid));
    check_text(jd_sid_format(&sid, found), text);
}

TEST(sid, every_well_known_principal_has_its_documented_sid)
{
    for (size_t i = 0; i < JD_COUNT(principals); i++) {
        const char *slash = strchr(principals[i].name, '\\');
        check_principal(principals[i].name, principals[i].text);
        check_principal(slash == NULL ? principals[i].name : slash + 1, principals[i].text);
        if (principals[i].alias != NULL) {
            check_principal(principals[i].alias, principals[i].text);
        }
    }
}

TEST(sid, no_other_two_letters_are_an_alias)
{
    for (char name[3] = "AA"; name[0] <= 'Z'; name[1] == 'Z' ? name[0]++, name[1] = 'A' : name[1]++) {
        bool expected = false;
        for (size_t i = 0; i < JD_COUNT(principals); i++) {
            expected = expected || (principals[i].alias != NULL && strcmp(principals[i].alias, name) == 0);
        }
        check_case("%s", name);
        check_int(jd_sid_well_known(name, 2, &(struct jd_sid){0}), expected);
    }
}
