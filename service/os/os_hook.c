/* SPDX-License-Identifier: MIT */
#include "service/os/os_hook.h"

static os_hook_fn current;
static void *current_context;

void os_hook_set(os_hook_fn hook, void *context)
{
    current = hook;
    current_context = context;
}

enum jd_code os_hook_run(const char *call, struct jd_err *err)
{
    return current == NULL ? JD_OK : current(current_context, call, err);
}
