/* SPDX-License-Identifier: MIT */
/*
 * Plans for the hook before every port call (os_hook.h): what fails, what an attacker does, what was called. Works on
 * every port built with hooks. Calls are named as the contracts name them, without os_: "fs_child", "audit_write". Each
 * entry of a plan counts the calls it is for from when it was planned; nth counts from 1. Where entries meet on one
 * call, actions run first, in the order planned, outside the plan's lock; then the first failure planned decides.
 *
 * The torture loop:
 *     for (size_t n = 1;; n++) {
 *         fault_begin();
 *         fault_fail(NULL, n, JD_OK);
 *         ... the operation ...
 *         if (!fault_fired()) { break; }
 *     }
 *     fault_end();
 */
#pragma once

#include "common/buf.h"
#include "service/os/os_hook.h"

#include <stdbool.h>
#include <stddef.h>

/* Forgets every plan and count, and installs the hook. Not while another thread is inside a port; nor is fault_end. */
void fault_begin(void);
void fault_end(void);

/* call: NULL for any. code: JD_OK for the error this call would honestly give (AUDIT_UNAVAILABLE, IO_ERROR …). */
void fault_fail(const char *call, size_t nth, enum jd_code code);
void fault_fail_from(const char *call, size_t nth, enum jd_code code); /* the nth and all after it */

typedef void (*fault_action)(void *context);
void fault_do(const char *call, size_t nth, fault_action action, void *context); /* once, before the nth */
void fault_do_always(const char *call, fault_action action, void *context);      /* before each */

bool fault_fired(void);               /* a failure or a fault_do came to pass since fault_begin */
size_t fault_count(const char *call); /* calls seen since fault_begin; NULL: all */
const char *
fault_call(size_t index); /* name of the index-th call seen, from 0; NULL when there were fewer, or too many to keep */
void fault_list(struct jd_buf *out); /* "fs_root fs_child fs_child …" */
