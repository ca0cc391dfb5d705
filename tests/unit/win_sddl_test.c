/* SPDX-License-Identifier: MIT */
/* Descriptors as administrators know them, taken apart by the system; and the service's own, as the system reads them.
 */
#include "service/os/win/win_acl.h"
#include "service/os/win/win_nt.h"
#include "tests/support/suite.h"

#include <sddl.h>
#include <stdio.h>
#include <string.h>

#define TRUSTED_INSTALLER "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"

static const struct win_own as_system = {{5, 1, {18}}, {{5, 1, {18}}}, 1, true};
static const struct win_own as_alice = {{5, 5, {21, 1, 2, 3, 1001}}, {{5, 5, {21, 1, 2, 3, 1001}}}, 1, false};

static size_t parse(const char *sddl, uint8_t out[WIN_ACL_MAX])
{
    PSECURITY_DESCRIPTOR descriptor = NULL;
    size_t len;
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorA(sddl, SDDL_REVISION_1, &descriptor, NULL)) {
        check_fail(__FILE__, __LINE__, "%s: error %lu", sddl, GetLastError());
    }
    len = GetSecurityDescriptorLength(descriptor);
    check_true(len <= WIN_ACL_MAX);
    memcpy(out, descriptor, len);
    LocalFree(descriptor);
    return len;
}

TEST(win_sddl, what_windows_gives_its_folders)
{
    static const struct {
        const char *sddl;
        bool replaces, deletes_children, writes;
        const char *what;
    } cases[] = {
        {"O:" TRUSTED_INSTALLER "D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)(A;;0x4;;;AU)"
         "(A;OICIIO;0xe0010000;;;AU)",
         false, false, true, "C:\\ of a fresh Windows"},
        {"O:BAG:SYD:(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICIIO;GA;;;CO)(A;OICI;0x1200a9;;;BU)(A;CI;0x4;;;BU)"
         "(A;CIIO;0x2;;;BU)(A;;0x1200a9;;;WD)",
         false, false, true, "the root of a volume that was just formatted"},
        {"O:" TRUSTED_INSTALLER "D:PAI(A;;FA;;;" TRUSTED_INSTALLER ")(A;CIIO;GA;;;" TRUSTED_INSTALLER
         ")(A;;0x1301bf;;;SY)(A;OICIIO;GA;;;SY)(A;;0x1301bf;;;BA)(A;OICIIO;GA;;;BA)(A;;0x1200a9;;;BU)"
         "(A;OICIIO;GRGX;;;BU)(A;OICIIO;GA;;;CO)",
         false, false, false, "Program Files"},
        {"O:SYD:(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-5-21-1-2-3-1002)", true, true, true,
         "somebody's profile"},
        {"O:BAD:(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1301bf;;;BU)", true, false, true, "Modify for Users"},
        {"O:BAD:(D;OICI;0x10000;;;BU)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;BU)", true, false, true,
         "the same with a denial before it"},
        {"O:S-1-5-21-1-2-3-1002D:P(A;;FA;;;SY)", true, true, true, "a folder that a user made"},
        {"O:BAD:P", false, false, false, "an empty DACL"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        uint8_t bytes[WIN_ACL_MAX];
        size_t len = parse(cases[i].sddl, bytes);
        check_case("%s", cases[i].what);
        check_int(win_acl_others_hold(bytes, len, WIN_RIGHTS_REPLACE, &as_system), cases[i].replaces);
        check_int(win_acl_others_hold(bytes, len, WIN_RIGHT_DELETE_CHILD, &as_system), cases[i].deletes_children);
        check_int(win_acl_others_hold(bytes, len, WIN_RIGHTS_WRITE, &as_system), cases[i].writes);
    }
}

static void check_sddl(const uint8_t *bytes, size_t len, const char *expected)
{
    const SECURITY_INFORMATION what = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    uint8_t copy[WIN_ACL_MAX];
    char *sddl = NULL;
    memcpy(copy, bytes, len);
    check_true(IsValidSecurityDescriptor(copy));
    check_int(GetSecurityDescriptorLength(copy), len);
    check_true(ConvertSecurityDescriptorToStringSecurityDescriptorA(copy, SDDL_REVISION_1, what, &sddl, NULL));
    check_text(sddl, expected);
    LocalFree(sddl);
}

TEST(win_sddl, what_the_service_gives)
{
    static const struct jd_sid bob = {5, 5, {21, 1, 2, 3, 1002}};
    uint8_t bytes[WIN_ACL_MAX];
    check_sddl(bytes, win_acl_private(&as_system, bytes), "O:SYD:P(A;;FA;;;SY)");
    check_sddl(bytes, win_acl_private(&as_alice, bytes),
               "O:S-1-5-21-1-2-3-1001D:P(A;;FA;;;SY)(A;;FA;;;S-1-5-21-1-2-3-1001)");
    check_sddl(bytes, win_acl_published(&as_system, NULL, bytes), "O:SYD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;WD)");
    check_sddl(bytes, win_acl_published(&as_alice, NULL, bytes), "O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1200a9;;;WD)");
    check_sddl(bytes, win_acl_published(&as_system, &bob, bytes),
               "O:S-1-5-21-1-2-3-1002D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;S-1-5-21-1-2-3-1002)(A;;0x1200a9;;;WD)");
    check_sddl(bytes, win_acl_guarded(&as_system, bytes), "O:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)");
}

TEST(win_sddl, this_process_knows_who_it_is)
{
    struct win_own own;
    struct jd_err err;
    wchar_t *text = NULL;
    char expected[JD_SID_TEXT_MAX];
    char name[JD_SID_TEXT_MAX];
    uint8_t bytes[WIN_SID_BYTES_MAX];
    check_ok(win_own_read(&own, &err), &err);
    check_true(own.n >= 1 && jd_sid_equal(&own.user, &own.sids[0]));
    (void)win_sid_write(&own.user, bytes);
    check_true(ConvertSidToStringSidW(bytes, &text));
    snprintf(name, sizeof name, "%ls", text);
    check_text(jd_sid_format(&own.user, expected), name);
    LocalFree(text);
}
