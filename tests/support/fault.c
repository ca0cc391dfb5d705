/* SPDX-License-Identifier: MIT */
#include "tests/support/fault.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLANS_MAX = 32, SEEN_MAX = 8192, NAMES_MAX = 64 };

struct plan {
    const char *call; /* NULL: any */
    size_t nth;       /* 0: each */
    size_t seen;
    bool and_after;
    enum jd_code code; /* what it fails with, when it is no action; JD_OK: what is honest */
    fault_action action;
    void *context;
};

/* What one call must do, taken under the lock and done outside it: an action may itself call a port or stall. */
struct due {
    struct plan actions[PLANS_MAX];
    size_t n_actions;
    bool fails;
    enum jd_code code;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct plan plans[PLANS_MAX];
static size_t n_plans;
static const char *seen[SEEN_MAX]; /* literals of the ports */
static size_t n_seen;
static struct {
    const char *call;
    size_t n;
} counts[NAMES_MAX]; /* counts go on where seen is full */
static bool fired;

static enum jd_code honest_code(const char *call)
{
    static const struct {
        const char *prefix;
        enum jd_code code;
    } rows[] = {
        {"fs_", JD_E_IO_ERROR},           {"audit_", JD_E_AUDIT_UNAVAILABLE},  {"state_", JD_E_STATE_UNAVAILABLE},
        {"policy_", JD_E_POLICY_MISSING}, {"listen_", JD_E_ENDPOINT_UNUSABLE},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        if (strncmp(call, rows[i].prefix, strlen(rows[i].prefix)) == 0) {
            return rows[i].code;
        }
    }
    return JD_E_PLATFORM;
}

static bool is_for(const char *wanted, const char *call)
{
    return wanted == NULL || strcmp(wanted, call) == 0;
}

static bool comes_due(struct plan *plan, const char *call)
{
    if (!is_for(plan->call, call)) {
        return false;
    }
    plan->seen++;
    return plan->nth == 0 || plan->seen == plan->nth || (plan->and_after && plan->seen > plan->nth);
}

static void add_due(struct due *due, const struct plan *plan, const char *call)
{
    if (plan->action != NULL) {
        due->actions[due->n_actions++] = *plan;
    } else if (!due->fails) {
        due->fails = true;
        due->code = plan->code == JD_OK ? honest_code(call) : plan->code;
    }
    fired = fired || plan->nth != 0;
}

static void count_call(const char *call)
{
    size_t i = 0;
    while (i < NAMES_MAX && counts[i].call != NULL && strcmp(counts[i].call, call) != 0) {
        i++;
    }
    if (i == NAMES_MAX) {
        fprintf(stderr, "fault: too many names of calls\n");
        abort();
    }
    counts[i].call = call;
    counts[i].n++;
    if (n_seen < SEEN_MAX) {
        seen[n_seen] = call;
    }
    n_seen++;
}

static void note_call(const char *call, struct due *due)
{
    pthread_mutex_lock(&lock);
    count_call(call);
    for (size_t i = 0; i < n_plans; i++) {
        if (comes_due(&plans[i], call)) {
            add_due(due, &plans[i], call);
        }
    }
    pthread_mutex_unlock(&lock);
}

static enum jd_code run_plans(void *context, const char *call, struct jd_err *err)
{
    struct due due = {.n_actions = 0};
    (void)context;
    note_call(call, &due);
    for (size_t i = 0; i < due.n_actions; i++) {
        due.actions[i].action(due.actions[i].context);
    }
    return due.fails ? jd_fail_text(err, due.code, call, NULL, "a fault the test placed") : JD_OK;
}

void fault_begin(void)
{
    os_hook_set(NULL, NULL);
    n_plans = 0;
    n_seen = 0;
    memset(counts, 0, sizeof counts);
    fired = false;
    os_hook_set(run_plans, NULL);
}

void fault_end(void)
{
    fault_begin();
    os_hook_set(NULL, NULL);
}

static void add_plan(struct plan plan)
{
    pthread_mutex_lock(&lock);
    if (n_plans == PLANS_MAX) {
        fprintf(stderr, "fault: too many plans\n");
        abort();
    }
    plans[n_plans++] = plan;
    pthread_mutex_unlock(&lock);
}

void fault_fail(const char *call, size_t nth, enum jd_code code)
{
    add_plan((struct plan){.call = call, .nth = nth, .code = code});
}

void fault_fail_from(const char *call, size_t nth, enum jd_code code)
{
    add_plan((struct plan){.call = call, .nth = nth, .and_after = true, .code = code});
}

void fault_do(const char *call, size_t nth, fault_action action, void *context)
{
    add_plan((struct plan){.call = call, .nth = nth, .action = action, .context = context});
}

void fault_do_always(const char *call, fault_action action, void *context)
{
    add_plan((struct plan){.call = call, .action = action, .context = context});
}

bool fault_fired(void)
{
    pthread_mutex_lock(&lock);
    bool value = fired;
    pthread_mutex_unlock(&lock);
    return value;
}

static size_t kept(void)
{
    return n_seen < SEEN_MAX ? n_seen : SEEN_MAX;
}

size_t fault_count(const char *call)
{
    size_t n = 0;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < NAMES_MAX && counts[i].call != NULL; i++) {
        n += is_for(call, counts[i].call) ? counts[i].n : 0;
    }
    pthread_mutex_unlock(&lock);
    return n;
}

const char *fault_call(size_t index)
{
    pthread_mutex_lock(&lock);
    const char *call = index < kept() ? seen[index] : NULL;
    pthread_mutex_unlock(&lock);
    return call;
}

void fault_list(struct jd_buf *out)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < kept(); i++) {
        jd_buf_add_text(out, i == 0 ? "" : " ");
        jd_buf_add_text(out, seen[i]);
    }
    pthread_mutex_unlock(&lock);
}
