/* SPDX-License-Identifier: MIT */
#include "service/core/op.h"
#include "service/os/os_clock.h"

#include <stdlib.h>

enum jd_code step_list_add(struct step_list *list, const struct step_kind *kind, const struct jd_winpath *link,
                           const struct jd_winpath *target, struct jd_err *err)
{
    struct step *items = realloc(list->items, (list->n + 1) * sizeof *items);
    if (items == NULL) {
        return jd_fail(err, JD_E_NO_MEMORY, "steps", NULL);
    }
    list->items = items;
    list->items[list->n++] = (struct step){.kind = kind, .link = link, .target = target};
    return JD_OK;
}

void step_list_done(struct step_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        plan_done(&list->items[i].plan);
    }
    free(list->items);
    *list = (struct step_list){0};
}

bool op_env_is_over(const struct op_env *env, struct jd_err *err)
{
    if (env->io->cancelled != NULL && atomic_load(env->io->cancelled)) {
        jd_fail(err, JD_E_CANCELLED, "request", NULL);
        return true;
    }
    if (env->io->deadline_ms != 0 && os_clock_monotonic_ms() >= env->io->deadline_ms) {
        jd_fail(err, JD_E_TIMED_OUT, "request", NULL);
        return true;
    }
    return false;
}
