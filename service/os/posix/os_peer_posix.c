/* SPDX-License-Identifier: MIT */
#include "service/os/os_peer.h"

#include "common/utf.h"
#include "service/os/os_hook.h"
#include "service/os/posix/posix.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    GIDS_FIRST = 32,
    GIDS_MAX = 65536, /* NGROUPS_MAX: the kernel keeps no more */
    WELL_KNOWN_GROUPS = 3,
    PASSWD_BYTES = 4096
};

struct gids {
    gid_t *list;
    size_t n;
};

/*
 * The credentials are those of the process that called connect(), as it was then (unix(7)): a descriptor passed on to
 * another process keeps speaking for the one that connected, and a later setuid changes nothing.
 */
static enum jd_code read_credentials(int fd, struct ucred *out, struct jd_err *err)
{
    struct ucred credentials;
    socklen_t len = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &len) != 0) {
        return jd_fail_sys(err, JD_E_PLATFORM, "identify peer", JD_DOMAIN_ERRNO, errno);
    }
    /* What an unconnected socket answers: nobody is at the other end. */
    if (len != sizeof credentials || credentials.uid == (uid_t)-1 || credentials.gid == (gid_t)-1) {
        return jd_fail_text(err, JD_E_PLATFORM, "identify peer", NULL, "the connection has no peer");
    }
    *out = credentials;
    return JD_OK;
}

/* Asks for at most cap groups. False with errno; ERANGE when there are more. */
static bool ask_groups(int fd, size_t cap, struct gids *out)
{
    socklen_t len = (socklen_t)(cap * sizeof(gid_t));
    gid_t *list = malloc(len);
    if (list == NULL) {
        errno = ENOMEM;
        return false;
    }
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, list, &len) != 0) {
        int number = errno;
        free(list);
        errno = number;
        return false;
    }
    *out = (struct gids){list, len / sizeof(gid_t)};
    return true;
}

static enum jd_code read_groups(int fd, struct gids *out, struct jd_err *err)
{
    for (size_t cap = GIDS_FIRST; cap <= GIDS_MAX; cap *= 2) {
        if (ask_groups(fd, cap, out)) {
            return JD_OK;
        }
        if (errno != ERANGE) {
            break;
        }
    }
    return jd_fail_sys(err, errno == ENOMEM ? JD_E_NO_MEMORY : JD_E_PLATFORM, "identify peer's groups", JD_DOMAIN_ERRNO,
                       errno);
}

static bool holds_gid(const struct gids *gids, gid_t gid)
{
    for (size_t i = 0; i < gids->n; i++) {
        if (gids->list[i] == gid) {
            return true;
        }
    }
    return false;
}

static enum jd_code fill_groups(const struct ucred *peer, const struct gids *gids, struct os_caller *caller,
                                struct jd_err *err)
{
    size_t n = 0;
    struct jd_sid *groups = calloc(gids->n + 1 + WELL_KNOWN_GROUPS, sizeof *groups);
    if (groups == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "identify peer's groups", NULL);
    }
    groups[n++] = jd_sid_everyone();
    groups[n++] = jd_sid_authenticated_users();
    if (peer->uid == 0) {
        groups[n++] = jd_sid_administrators();
    }
    if (!holds_gid(gids, peer->gid)) {
        groups[n++] = jd_sid_posix_group(peer->gid);
    }
    for (size_t i = 0; i < gids->n; i++) {
        groups[n++] = jd_sid_posix_group(gids->list[i]);
    }
    caller->groups = groups;
    caller->n_groups = n;
    return JD_OK;
}

/* A name that does not fit or is not text is no name: it is a hint, and {user} then matches nothing. */
static void fill_name(uid_t uid, struct os_caller *caller)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char memory[PASSWD_BYTES];
    size_t len;
    if (getpwuid_r(uid, &entry, memory, sizeof memory, &found) != 0 || found == NULL) {
        return;
    }
    len = strlen(found->pw_name);
    if (len < sizeof caller->name && jd_utf8_valid_prefix(found->pw_name, len) == len) {
        memcpy(caller->name, found->pw_name, len + 1);
    }
}

enum jd_code os_peer_identify(intptr_t connection, struct os_caller *out, struct jd_err *err)
{
    struct os_caller caller = {0};
    struct ucred peer = {0};
    struct gids gids = {0};
    enum jd_code code;
    OS_HOOK("peer_identify", err);
    code = read_credentials((int)connection, &peer, err);
    if (code == JD_OK) {
        code = read_groups((int)connection, &gids, err);
    }
    if (code == JD_OK) {
        code = fill_groups(&peer, &gids, &caller, err);
    }
    free(gids.list);
    if (code != JD_OK) {
        return code;
    }
    caller.user = jd_sid_posix_user(peer.uid);
    caller.is_administrator = peer.uid == 0;
    caller.pid = peer.pid;
    fill_name(peer.uid, &caller);
    *out = caller;
    return JD_OK;
}

void os_caller_done(struct os_caller *caller)
{
    free(caller->groups);
    free(caller->deny_groups);
    *caller = (struct os_caller){0};
}
