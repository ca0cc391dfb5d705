/* SPDX-License-Identifier: MIT */
/* The POSIX fixture's own: for tests of what only this port has. */
#pragma once

#include "tests/contract/fixture.h"

#include <sys/types.h>

enum { POSIX_PATH_BYTES = 16384 };

void posix_must(bool done, const char *what, const char *about); /* else ends the program, telling errno */
const char *posix_folder(void); /* this test's: root's, 0755, gone afterwards with every mount below it */
const char *posix_mount(void);  /* where C: is */
const char *posix_in_folder(const char *name); /* valid until the eighth call after this one */
const char *posix_host(const char *path);      /* of a "C:\\a"; likewise */

void posix_script(const char *command, const char *a, const char *b, const char *c); /* ntfs-volume.sh; NULL: no more */
void posix_write_file(const char *path, const void *bytes, size_t len, mode_t mode);
void posix_set_reparse(const char *host_path, const void *data, size_t len); /* as root, past the port */

/* Runs fn as uid, in no other group, in a process of its own; the errno-like number it returned (below 255). */
int posix_as(uid_t uid, int (*fn)(const void *context), const void *context);
