/* SPDX-License-Identifier: MIT */
/*
 * A gate in front of a port call: operations go in and wait there, on their worker threads, until they are let through.
 * Nobody waits longer than RAW_DEADLINE_MS. One gate at a time; it is the plan of fault.h while it stands.
 */
#pragma once

#include <stddef.h>

void rig_gate_close(const char *call); /* before rig_server_start */
void rig_gate_until_inside(size_t n);  /* n arrived since rig_gate_close, whether let through or not */
void rig_gate_let(size_t n);           /* n of those waiting, or coming, go on */
void rig_gate_open(void);              /* all, from now on */
void rig_gate_take_away(void);         /* no thread is inside a port any more; rig_server_end does it */
