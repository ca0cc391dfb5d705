/* SPDX-License-Identifier: MIT */
#include "service/core/policy_principal.h"

#include "common/buf.h"
#include "common/utf.h"

#include <stdlib.h>
#include <string.h>

#define REFUSE(err, ...) jd_fail_text((err), JD_E_POLICY_INVALID, "policy", NULL, __VA_ARGS__)

enum { ACCOUNT_NAME_MAX = 256 };

/* "name" or "DOMAIN\\name", without what account names may not hold ("User Name Formats", Microsoft Learn). */
static bool is_account_name(const char *text)
{
    const char *slash = strchr(text, '\\');
    size_t len = strlen(text);
    for (size_t pos = 0; pos < len;) {
        uint32_t code = jd_utf8_next(text, len, &pos);
        if (jd_is_misleading(code) || (code < 128 && strchr("\"/[]:;|=,+*?<>@", (int)code) != NULL)) {
            return false;
        }
    }
    return len > 0 && len <= ACCOUNT_NAME_MAX && slash != text && text[len - 1] != '\\' &&
           (slash == NULL || strchr(slash + 1, '\\') == NULL);
}

static enum jd_code keep_unresolved(const char *text, char **unresolved, struct jd_err *err)
{
    if (*unresolved == NULL) {
        *unresolved = jd_strdup(text);
    }
    return *unresolved == NULL ? jd_fail(err, JD_E_NO_MEMORY, "policy", NULL) : JD_OK;
}

enum jd_code policy_principal_parse(const char *text, struct jd_sid *sids, size_t *n_sids, char **unresolved,
                                    struct jd_err *err)
{
    size_t len = strlen(text);
    if (text[0] == '@') {
        return REFUSE(err, "groups do not nest: \"%s\"", text);
    }
    if (jd_sid_parse(text, len, &sids[*n_sids]) || jd_sid_well_known(text, len, &sids[*n_sids])) {
        (*n_sids)++;
        return JD_OK;
    }
    if (strncmp(text, "S-1-", 4) == 0) {
        return REFUSE(err, "not a SID: \"%s\"", text);
    }
    if (!is_account_name(text)) {
        return REFUSE(err, "neither a SID nor an account name: \"%s\"", text);
    }
    return keep_unresolved(text, unresolved, err);
}

enum jd_code policy_principals_init(struct policy_principals *principals, size_t n, struct jd_err *err)
{
    struct policy_principals room = {.sids = calloc(n + 1, sizeof *room.sids),
                                     .groups = calloc(n + 1, sizeof *room.groups)};
    if (room.sids == NULL || room.groups == NULL) {
        policy_principals_done(&room);
        return jd_fail(err, JD_E_NO_MEMORY, "policy", NULL);
    }
    *principals = room;
    return JD_OK;
}

enum jd_code policy_principals_add(struct policy_principals *principals, const char *text,
                                   const struct policy_group *groups, size_t n_groups, struct jd_err *err)
{
    if (text[0] != '@') {
        return policy_principal_parse(text, principals->sids, &principals->n_sids, &principals->unresolved, err);
    }
    for (size_t i = 0; i < n_groups; i++) {
        if (strcmp(groups[i].name, text + 1) == 0) {
            principals->groups[principals->n_groups++] = &groups[i];
            return JD_OK;
        }
    }
    return REFUSE(err, "group \"%s\" is not defined in groups", text);
}

void policy_principals_done(struct policy_principals *principals)
{
    free(principals->sids);
    free(principals->groups);
    free(principals->unresolved);
    *principals = (struct policy_principals){0};
}

static bool lists(const struct jd_sid *sids, size_t n, const struct jd_sid *sid)
{
    for (size_t i = 0; i < n; i++) {
        if (jd_sid_equal(&sids[i], sid)) {
            return true;
        }
    }
    return false;
}

bool policy_principals_name(const struct policy_principals *principals, const struct jd_sid *sid)
{
    if (lists(principals->sids, principals->n_sids, sid)) {
        return true;
    }
    for (size_t i = 0; i < principals->n_groups; i++) {
        if (lists(principals->groups[i]->sids, principals->groups[i]->n_sids, sid)) {
            return true;
        }
    }
    return false;
}

static bool names_any(const struct policy_principals *principals, const struct jd_sid *sids, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (policy_principals_name(principals, &sids[i])) {
            return true;
        }
    }
    return false;
}

static bool names_all(const struct policy_principals *principals, const struct jd_sid *sids, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!policy_principals_name(principals, &sids[i])) {
            return false;
        }
    }
    return true;
}

const char *policy_principals_unresolved(const struct policy_principals *principals)
{
    const char *name = principals->unresolved;
    for (size_t i = 0; i < principals->n_groups && name == NULL; i++) {
        name = principals->groups[i]->unresolved;
    }
    return name;
}

bool policy_principals_match(const struct policy_principals *principals, const struct os_caller *caller, bool for_deny)
{
    if (policy_principals_unresolved(principals) != NULL) {
        return for_deny;
    }
    return policy_principals_name(principals, &caller->user) ||
           names_any(principals, caller->groups, caller->n_groups) ||
           (for_deny && names_any(principals, caller->deny_groups, caller->n_deny_groups));
}

bool policy_principals_cover(const struct policy_principals *outer, const struct policy_principals *inner)
{
    struct jd_sid everyone = jd_sid_everyone();
    if (policy_principals_name(outer, &everyone) || policy_principals_unresolved(outer) != NULL) {
        return true;
    }
    for (size_t i = 0; i < inner->n_groups; i++) {
        if (!names_all(outer, inner->groups[i]->sids, inner->groups[i]->n_sids)) {
            return false;
        }
    }
    return names_all(outer, inner->sids, inner->n_sids);
}
