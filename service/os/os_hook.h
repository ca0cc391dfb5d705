/* SPDX-License-Identifier: MIT */
/*
 * One hook at the start of every port function, in test builds only (OS_HOOKS): a test places faults, kills, stalls and
 * attacker actions before any call on any port. In a shipped build the macro is nothing.
 */
#pragma once

#include "common/err.h"

#if defined(OS_HOOKS)

/* Called before the port function named call ("fs_child"). Anything but JD_OK is returned in its place; err is then
 * filled. */
typedef enum jd_code (*os_hook_fn)(void *context, const char *call, struct jd_err *err);

/* NULL takes the hook away. Not while another thread is inside a port. */
void os_hook_set(os_hook_fn hook, void *context);
enum jd_code os_hook_run(const char *call, struct jd_err *err);

#define OS_HOOK(call, err)                                      \
    do {                                                        \
        enum jd_code os_hook_code = os_hook_run((call), (err)); \
        if (os_hook_code != JD_OK) {                            \
            return os_hook_code;                                \
        }                                                       \
    } while (0)
#else
#define OS_HOOK(call, err) ((void)0)
#endif
