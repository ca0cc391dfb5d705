/* SPDX-License-Identifier: MIT */
#include "service/os/os_peer.h"

#include "service/os/fake/fake_tree.h"
#include "service/os/os_hook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct os_caller current;
static bool is_set;
static enum jd_code failure = JD_OK;

void os_caller_done(struct os_caller *caller)
{
    free(caller->groups);
    free(caller->deny_groups);
    *caller = (struct os_caller){0};
}

/* False: no memory. An empty list stays NULL. */
static bool copy_sids(const struct jd_sid *from, size_t n, struct jd_sid **out)
{
    *out = n == 0 ? NULL : malloc(n * sizeof *from);
    if (*out != NULL) {
        memcpy(*out, from, n * sizeof *from);
    }
    return n == 0 || *out != NULL;
}

static bool copy_caller(const struct os_caller *from, struct os_caller *out)
{
    struct os_caller copy = *from;
    bool has_groups = copy_sids(from->groups, from->n_groups, &copy.groups);
    bool has_deny_groups = copy_sids(from->deny_groups, from->n_deny_groups, &copy.deny_groups);
    if (!has_groups || !has_deny_groups) {
        free(copy.groups);
        free(copy.deny_groups);
        return false;
    }
    *out = copy;
    return true;
}

static enum jd_code identify(struct os_caller *out, struct jd_err *err)
{
    if (failure != JD_OK) {
        return jd_fail(err, failure, "identify peer", NULL);
    }
    if (!is_set) {
        *out = fake_caller_user(1001);
        return JD_OK;
    }
    return copy_caller(&current, out) ? JD_OK : jd_fail(err, JD_E_NO_MEMORY, "identify peer", NULL);
}

enum jd_code os_peer_identify(intptr_t connection, struct os_caller *out, struct jd_err *err)
{
    OS_HOOK("peer_identify", err);
    (void)connection;
    fake_lock();
    enum jd_code code = identify(out, err);
    fake_unlock();
    return code;
}

void fake_peer_set(const struct os_caller *caller)
{
    fake_lock();
    os_caller_done(&current);
    is_set = caller != NULL;
    if (is_set && !copy_caller(caller, &current)) {
        fake_misuse("out of memory", "fake_peer_set");
    }
    fake_unlock();
}

void fake_peer_fail(enum jd_code code)
{
    fake_lock();
    failure = code;
    fake_unlock();
}

void fake_peer_reset(void)
{
    os_caller_done(&current);
    is_set = false;
    failure = JD_OK;
}

static void append(struct jd_sid **sids, size_t *n, const struct jd_sid *sid)
{
    struct jd_sid *grown = realloc(*sids, (*n + 1) * sizeof *grown);
    if (grown == NULL) {
        fake_misuse("out of memory", "groups");
    }
    grown[(*n)++] = *sid;
    *sids = grown;
}

void fake_caller_add_group(struct os_caller *caller, const struct jd_sid *group)
{
    append(&caller->groups, &caller->n_groups, group);
}

void fake_caller_add_deny_group(struct os_caller *caller, const struct jd_sid *group)
{
    append(&caller->deny_groups, &caller->n_deny_groups, group);
}

struct os_caller fake_caller_user(uint32_t rid)
{
    struct os_caller caller = {.user = jd_sid_make(5, 5, (const uint32_t[]){21, 1, 2, 3, rid}), .pid = 4242};
    struct jd_sid everyone = jd_sid_everyone();
    struct jd_sid authenticated = jd_sid_authenticated_users();
    snprintf(caller.name, sizeof caller.name, "user%u", (unsigned)rid);
    if (rid == 1001 || rid == 1002) {
        snprintf(caller.name, sizeof caller.name, "%s", rid == 1001 ? "alice" : "bob");
    }
    fake_caller_add_group(&caller, &everyone);
    fake_caller_add_group(&caller, &authenticated);
    return caller;
}

struct os_caller fake_caller_copy(const struct os_caller *from)
{
    struct os_caller copy = {.pid = 0};
    if (!copy_caller(from, &copy)) {
        fake_misuse("out of memory", "fake_caller_copy");
    }
    return copy;
}

struct os_caller fake_caller_administrator(void)
{
    struct os_caller caller = fake_caller_user(500);
    struct jd_sid administrators = jd_sid_administrators();
    fake_caller_add_group(&caller, &administrators);
    snprintf(caller.name, sizeof caller.name, "Administrator");
    caller.is_administrator = true;
    return caller;
}
