/* SPDX-License-Identifier: MIT */
/*
 * The test's side of the fake port: builds the in-memory NTFS, plays attacker, crash and full disk, and reads back what
 * the service did. Any thread, also from inside a hook (os_hook.h): no contract function holds the fake's lock there.
 *
 * Paths are "C:\\a\\b"; names are compared exactly first, then as NTFS folds them. A reparse point is never followed.
 * Misuse (a malformed path, a folder that is not there) prints and aborts: it is a mistake of the test. What NTFS
 * itself may refuse (rename, remove, flip) is told by a bool instead.
 */
#pragma once

#include "common/buf.h"
#include "common/reparse.h"
#include "common/sid.h"
#include "service/os/os_audit.h"
#include "service/os/os_fs.h"
#include "service/os/os_peer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Everything as at first: no volume, no handle, no record, no pending entry, no policy, real time, the default caller.
 */
void fake_reset(void);

/*
 * The process dies: every node, os_fs, os_audit and os_state opened before is dead from now on (each call on it fails
 * with PLATFORM, AUDIT_UNAVAILABLE or STATE_UNAVAILABLE; closing it is still right and does nothing else). Leaves made
 * but not published vanish where delete-on-close is on. Tree, audit trail, pending entries and sequence stay. May be
 * called from a hook: what the dead process goes on to try then has no effect.
 */
void fake_crash(void);

size_t fake_open_nodes(void); /* opened, not closed, not dead: 0 after each request */

/* ---- volumes ---- */

void fake_volume(char letter); /* an empty, fixed, protected, writable NTFS volume that takes reparse points */
void fake_set_ntfs(char letter, bool value);
void fake_set_takes_reparse_points(char letter, bool value);
void fake_set_fixed(char letter, bool value);
void fake_set_read_only(char letter, bool value);
void fake_set_protected(char letter, bool value);
void fake_set_gone(char letter, bool value);    /* pulled out: every call on it fails with IO_ERROR */
void fake_set_space(char letter, int64_t free); /* an object takes 1, its reparse data 1 more; negative: no end */

/* os_fs_open with every volume made so far. */
JD_MUST_CHECK enum jd_code fake_open_fs(struct os_fs **out, struct jd_err *err);
void fake_map_host(const char *host_path, const char *path); /* what os_fs_from_host tells */

/* How the port itself behaves. Both are off after fake_reset, which is POSIX; on is Windows. */
void fake_set_pins(bool value); /* an open PASS or CHANGE node keeps itself and what is above from being renamed */
void fake_set_delete_on_close(bool value); /* a leaf closed before os_fs_publish vanishes */

/* ---- building: missing ancestors are made; what stands there already is kept where it is the same kind ---- */

void fake_mkdir(const char *path);
void fake_mkfile(const char *path);
void fake_junction(const char *path, const char *target); /* "D:\\b": substitute name \??\D:\b, print name D:\b */
void fake_mount_point(const char *path, const char *substitute, const char *print);
void fake_symlink(const char *path, const char *target);           /* a directory symbolic link */
void fake_reparse(const char *path, const void *data, size_t len); /* any bytes, on a directory made for it */
void fake_alias(const char *path, const char *alias);              /* a second, short name: "PROGRA~1" */

/* Protection and state of one object. Built objects are an administrator's: all false, owner Administrators. */
void fake_set_owner(const char *path, const struct jd_sid *owner);
void fake_set_private(const char *path, bool value);
void fake_set_others_may_replace(const char *path, bool value);
void fake_set_others_may_delete_children(const char *path, bool value);
void fake_set_case_sensitive(const char *path, bool value);
void fake_set_delete_pending(const char *path, bool value);
void fake_set_in_use(const char *path, bool value); /* opening it to pass or change gives IN_USE; looking does not */
void fake_set_access_denied(const char *path, bool value); /* opening it gives ACCESS_DENIED */

/* ---- attackers; false: NTFS refuses, nothing changed ---- */

JD_MUST_CHECK bool fake_rename(const char *from,
                               const char *to);   /* within a volume; nothing may stand at to; handles stay */
JD_MUST_CHECK bool fake_remove(const char *path); /* refuses a directory that holds something */
JD_MUST_CHECK bool fake_flip(const char *path,
                             const char *target); /* an existing empty directory or junction into a junction */
JD_MUST_CHECK bool fake_unflip(const char *path); /* takes the reparse data off */

/* ---- reading back ---- */

bool fake_exists(const char *path);
const char *fake_kind(const char *path); /* "none", "file", "directory", "junction", "reparse_point" */
/* The substitute name of a junction as text in buf; "" when it is none. */
const char *fake_target(const char *path, char *buf, size_t cap);
size_t fake_get_reparse(const char *path, uint8_t out[JD_REPARSE_MAX]); /* its length; 0: none */
void fake_get_facts(const char *path, struct os_facts *out);
struct jd_sid fake_owner(const char *path);

/* The whole world as text, one object a line, sorted: two equal texts are two equal trees, identities included. */
void fake_dump(struct jd_buf *out);

struct fake_snapshot; /* volumes and their trees */
struct fake_snapshot *fake_snapshot(void);
void fake_restore(const struct fake_snapshot *snapshot); /* as often as wanted; open nodes are dead afterwards */
void fake_snapshot_free(struct fake_snapshot *snapshot); /* NULL is accepted */

/* ---- audit; indexes count from 0; texts live until fake_audit_clear or fake_reset ---- */

size_t fake_audit_count(uint16_t id); /* 0: of any id */
uint16_t fake_audit_id(size_t index);
const char *fake_audit_event(size_t index);
const char *fake_audit_line(size_t index);
const char *fake_audit_field(size_t index, const char *name); /* NULL when it has none of that name */
enum os_audit_level fake_audit_level(size_t index);
void fake_audit_refuse_from(size_t nth); /* the nth write from now and all after it; 0: takes all again */
void fake_audit_refuse_id(uint16_t id);  /* every record of this id; 0: none */
void fake_audit_clear(void);

/* ---- state ---- */

size_t fake_pending_count(void);
uint64_t fake_pending_add(const void *text, size_t len);
void fake_pending_truncate(uint64_t token, size_t len); /* a death in the middle of pending_add */
void fake_state_lock(bool value);                       /* another process holds, or lets go of, the lock */

/* ---- policy ---- */

void fake_policy_set(const char *text); /* copied */
void fake_policy_set_bytes(const void *text, size_t len);
void fake_policy_fail(enum jd_code code); /* until the next set */

/* ---- time: real until it is set ---- */

void fake_clock_set(uint64_t monotonic_ms, int64_t wall_ms);
void fake_clock_advance(uint64_t ms); /* after fake_clock_set */
void fake_clock_real(void);

/* ---- callers; the caller of a builder owns what it returns (os_caller_done) ---- */

void fake_peer_set(const struct os_caller *caller); /* copied; NULL: the default, fake_caller_user(1001) */
void fake_peer_fail(enum jd_code code);             /* JD_OK: identifies again */

/* S-1-5-21-1-2-3-<rid>, "alice" for 1001, "bob" for 1002, else "user<rid>"; in Everyone and Authenticated Users. */
struct os_caller fake_caller_user(uint32_t rid);
struct os_caller fake_caller_administrator(void); /* rid 500, also in Administrators */
struct os_caller fake_caller_copy(const struct os_caller *from);
void fake_caller_add_group(struct os_caller *caller, const struct jd_sid *group);
void fake_caller_add_deny_group(struct os_caller *caller, const struct jd_sid *group);
