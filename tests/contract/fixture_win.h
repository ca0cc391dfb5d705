/* SPDX-License-Identifier: MIT */
/*
 * The Windows fixture's own: for tests of what only this port has. The volume C: of the tests is a drive of this
 * machine: JD_TEST_VOLUME names its letter (a scratch volume, on a machine that is used for anything else), C is meant
 * without it. Whatever a test leaves in the drive's root is removed again; what was there before is not touched.
 */
#pragma once

#include "tests/contract/fixture.h"

#include <wchar.h>

const wchar_t *win_host(const char *path);   /* of a "C:\\a", for CreateFileW; valid until the eighth call after it */
const char *win_in_folder(const char *name); /* in this test's folder outside the volume; likewise */
const wchar_t *win_wide_path(const char *path); /* of a file of this machine, likewise */
void win_put_file(const char *path, const void *bytes, size_t len);
void win_remove_tree(const wchar_t *path); /* follows nothing */

/* The DACL and owner of what stands there, as SDDL in buf. */
void win_get_sddl(const wchar_t *path, char *buf, size_t cap);
/* Sets them; false when the system takes or keeps something else. */
bool win_set_sddl(const wchar_t *path, const char *sddl);
