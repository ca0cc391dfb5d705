/* SPDX-License-Identifier: MIT */
/*
 * The principals that mean the same on every machine (MS-DTYP 2.4.2.4), with their SDDL aliases (MS-DTYP 2.5.1.1).
 * Missing on purpose: what is relative to a domain or a machine (DA, LA …), for its SID differs by machine; and
 * integrity labels (LW, HI …), which are no principals.
 */
#include "common/sid.h"

#include "common/fold.h"

#include <string.h>

struct row {
    const char *alias;  /* SDDL; NULL where there is none */
    const char *domain; /* may stand before a name; NULL where nothing may */
    const char *name;
    const char *other_name; /* NULL where there is none */
    struct jd_sid sid;
};

#define NT "NT AUTHORITY"
#define BUILTIN "BUILTIN"
#define PACKAGE "APPLICATION PACKAGE AUTHORITY"
#define ONE(authority, a) \
    {                     \
        authority, 1,     \
        {                 \
            a             \
        }                 \
    }
#define TWO(authority, a, b) \
    {                        \
        authority, 2,        \
        {                    \
            a, b             \
        }                    \
    }

/* clang-format off */
static const struct row rows[] = {
    {"WD", NULL, "Everyone", NULL, ONE(1, 0)},
    {NULL, NULL, "LOCAL", NULL, ONE(2, 0)},
    {NULL, NULL, "CONSOLE LOGON", NULL, ONE(2, 1)},
    {"CO", NULL, "CREATOR OWNER", NULL, ONE(3, 0)},
    {"CG", NULL, "CREATOR GROUP", NULL, ONE(3, 1)},
    {"OW", NULL, "OWNER RIGHTS", NULL, ONE(3, 4)},
    {NULL, NT, "DIALUP", NULL, ONE(5, 1)},
    {"NU", NT, "NETWORK", NULL, ONE(5, 2)},
    {NULL, NT, "BATCH", NULL, ONE(5, 3)},
    {"IU", NT, "INTERACTIVE", NULL, ONE(5, 4)},
    {"SU", NT, "SERVICE", NULL, ONE(5, 6)},
    {"AN", NT, "ANONYMOUS LOGON", "ANONYMOUS", ONE(5, 7)},
    {NULL, NT, "PROXY", NULL, ONE(5, 8)},
    {"ED", NT, "ENTERPRISE DOMAIN CONTROLLERS", NULL, ONE(5, 9)},
    {"PS", NT, "SELF", "PRINCIPAL SELF", ONE(5, 10)},
    {"AU", NT, "Authenticated Users", NULL, ONE(5, 11)},
    {"RC", NT, "RESTRICTED", NULL, ONE(5, 12)},
    {NULL, NT, "TERMINAL SERVER USER", NULL, ONE(5, 13)},
    {NULL, NT, "REMOTE INTERACTIVE LOGON", NULL, ONE(5, 14)},
    {NULL, NT, "This Organization", NULL, ONE(5, 15)},
    {NULL, NT, "IUSR", NULL, ONE(5, 17)},
    {"SY", NT, "SYSTEM", "LocalSystem", ONE(5, 18)},
    {"LS", NT, "LOCAL SERVICE", "LocalService", ONE(5, 19)},
    {"NS", NT, "NETWORK SERVICE", "NetworkService", ONE(5, 20)},
    {"WR", NT, "WRITE RESTRICTED", NULL, ONE(5, 33)},
    {NULL, NT, "Local account", NULL, ONE(5, 113)},
    {NULL, NT, "Local account and member of Administrators group", NULL, ONE(5, 114)},
    {"BA", BUILTIN, "Administrators", NULL, TWO(5, 32, 544)},
    {"BU", BUILTIN, "Users", NULL, TWO(5, 32, 545)},
    {"BG", BUILTIN, "Guests", NULL, TWO(5, 32, 546)},
    {"PU", BUILTIN, "Power Users", NULL, TWO(5, 32, 547)},
    {"AO", BUILTIN, "Account Operators", NULL, TWO(5, 32, 548)},
    {"SO", BUILTIN, "Server Operators", NULL, TWO(5, 32, 549)},
    {"PO", BUILTIN, "Print Operators", "Printer Operators", TWO(5, 32, 550)},
    {"BO", BUILTIN, "Backup Operators", NULL, TWO(5, 32, 551)},
    {"RE", BUILTIN, "Replicator", "Replicators", TWO(5, 32, 552)},
    {"RU", BUILTIN, "Pre-Windows 2000 Compatible Access", NULL, TWO(5, 32, 554)},
    {"RD", BUILTIN, "Remote Desktop Users", NULL, TWO(5, 32, 555)},
    {"NO", BUILTIN, "Network Configuration Operators", NULL, TWO(5, 32, 556)},
    {"MU", BUILTIN, "Performance Monitor Users", NULL, TWO(5, 32, 558)},
    {"LU", BUILTIN, "Performance Log Users", NULL, TWO(5, 32, 559)},
    {NULL, BUILTIN, "Distributed COM Users", NULL, TWO(5, 32, 562)},
    {"IS", BUILTIN, "IIS_IUSRS", NULL, TWO(5, 32, 568)},
    {"CY", BUILTIN, "Cryptographic Operators", NULL, TWO(5, 32, 569)},
    {"ER", BUILTIN, "Event Log Readers", NULL, TWO(5, 32, 573)},
    {"CD", BUILTIN, "Certificate Service DCOM Access", NULL, TWO(5, 32, 574)},
    {"RA", BUILTIN, "RDS Remote Access Servers", NULL, TWO(5, 32, 575)},
    {"ES", BUILTIN, "RDS Endpoint Servers", NULL, TWO(5, 32, 576)},
    {"MS", BUILTIN, "RDS Management Servers", NULL, TWO(5, 32, 577)},
    {"HA", BUILTIN, "Hyper-V Administrators", NULL, TWO(5, 32, 578)},
    {"AA", BUILTIN, "Access Control Assistance Operators", NULL, TWO(5, 32, 579)},
    {"RM", BUILTIN, "Remote Management Users", NULL, TWO(5, 32, 580)},
    {"AC", PACKAGE, "ALL APPLICATION PACKAGES", NULL, TWO(15, 2, 1)},
    {NULL, PACKAGE, "ALL RESTRICTED APPLICATION PACKAGES", NULL, TWO(15, 2, 2)},
};
/* clang-format on */

static bool is_word(const char *word, const char *name, size_t len)
{
    return word != NULL && jd_fold_equal(word, strlen(word), name, len);
}

bool jd_sid_well_known(const char *name, size_t len, struct jd_sid *out)
{
    const char *slash = memchr(name, '\\', len);
    size_t domain_len = slash == NULL ? 0 : (size_t)(slash - name);
    const char *bare = slash == NULL ? name : slash + 1;
    size_t bare_len = len - (size_t)(bare - name);
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        const struct row *row = &rows[i];
        bool is_named = is_word(row->name, bare, bare_len) || is_word(row->other_name, bare, bare_len);
        if (slash == NULL ? is_named || is_word(row->alias, name, len)
                          : is_named && is_word(row->domain, name, domain_len)) {
            *out = row->sid;
            return true;
        }
    }
    return false;
}
