/* SPDX-License-Identifier: MIT */
/*
 * The world around a port, as a contract test needs it: built, attacked and read back without the port's own functions.
 * fixture.c is the same for all; fixture_posix.c and fixture_fake.c know one port each. Paths are "C:\\a\\b". What a
 * test may not get wrong (a folder that is not there) ends the program; what an attacker may fail at is told by a bool.
 */
#pragma once

#include "common/buf.h"
#include "common/reparse.h"
#include "service/os/os_audit.h"
#include "service/os/os_fs.h"
#include "service/os/os_peer.h"
#include "tests/support/suite.h"

extern struct jd_err fixture_err;
extern struct os_fs *fixture_fs; /* after fixture_begin_volume */

void fixture_begin(void);        /* an empty place; what the test before left open is closed */
void fixture_begin_volume(void); /* the same, and an empty volume C: skips where the machine cannot have one */
void fixture_close(void);        /* closes what fixture_open opened, and fixture_fs */
void fixture_end(void);          /* closes what fixture_open opened; a handle that is still open then fails the test */
/* Whether what an attacker tried on an object that is held came about. A port that pins what it holds may stop him, and
 * there is nothing more to see then; on any other the test fails. */
bool fixture_came_about(bool done);

struct jd_name fixture_name(const char *text);
/* Opens a path name by name, or fails the test; closed by fixture_end. */
struct os_node *fixture_open(const char *path, enum os_use use);
struct os_node *fixture_open_parent(const char *path);
void fixture_keep(struct os_node *node); /* closed by fixture_end, latest first */
/* What os_fs_child answers for the leaf of path; the node is closed again. */
enum jd_code fixture_try_open(const char *path, enum os_use use);
struct os_facts fixture_facts(struct os_node *node);
void fixture_check_stored_name(struct os_node *node, const char *expected);
bool fixture_same_id(const struct os_file_id *a, const struct os_file_id *b);

/* A junction's data for any target text, put together by hand. Returns its length. */
size_t fixture_encode(uint32_t tag, const char *target, uint8_t out[JD_REPARSE_MAX]);

/* ---- building ---- */

void fixture_mkdir(const char *path); /* and its ancestors */
void fixture_mkfile(const char *path);
void fixture_reparse(const char *path, const void *data, size_t len); /* on a directory made for it */
void fixture_junction(const char *path, const char *target);
void fixture_alias(const char *path, const char *alias); /* its short name */
void fixture_give_to_stranger(const char *path);         /* who is no administrator */
void fixture_let_others_delete_children(const char *path);

/* ---- what happens meanwhile ---- */

bool fixture_rename(const char *from, const char *to);
bool fixture_remove(const char *path);                   /* a junction, a file or an empty directory */
bool fixture_flip(const char *path, const char *target); /* an existing directory or junction into a junction */
bool fixture_unflip(const char *path);
void fixture_set_read_only(bool value);
void fixture_fill(void); /* no room for another object */

/* What not every machine can do: each skips the test with its reason where it cannot. */
void fixture_need_junctions(void); /* the volume takes reparse data */
void fixture_need_twins(void);     /* one directory holds names that differ in case only */

/* ---- reading back ---- */

const char *fixture_kind(const char *path); /* "none", "file", "directory", "junction", "reparse_point" */
size_t fixture_get_reparse(const char *path, uint8_t out[JD_REPARSE_MAX]); /* its length; 0: none */
void fixture_check_junction(const char *path, const char *target);

/* ---- one port each ---- */

enum fixture_bad_volume { FIXTURE_NOT_MOUNTED, FIXTURE_NOT_NTFS, FIXTURE_UNPROTECTED };

void fixture_port_begin(void);
void fixture_port_begin_volume(void);
void fixture_port_end(void);
bool fixture_port_pins(void);        /* a held object cannot be renamed or removed by others */
size_t fixture_port_handles(void); /* handles this process holds; to be compared only */
struct os_volume_spec fixture_volume(void);
struct os_volume_spec fixture_bad_volume(enum fixture_bad_volume kind); /* its letter is D */

const char *fixture_state_folder(void);
void fixture_state_truncate(uint64_t token, size_t len); /* as a death in the middle of pending_add would */
void fixture_state_lock(bool value);                     /* another process takes or lets go of the lock */

struct os_audit_options fixture_audit_options(void);
size_t fixture_audit_count(void);
void fixture_audit_line(size_t index, char *buf, size_t cap);
void fixture_audit_refuse(bool value); /* the sink takes nothing */

const char *fixture_policy_put(const void *bytes, size_t len); /* NULL: none is there. Its path */

enum fixture_who { FIXTURE_USER, FIXTURE_ADMINISTRATOR };
intptr_t fixture_connect(enum fixture_who who, struct jd_sid *out_user);
void fixture_disconnect(intptr_t connection);
