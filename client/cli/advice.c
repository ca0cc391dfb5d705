/* SPDX-License-Identifier: MIT */
#include "client/cli/advice.h"

#include <stdio.h>
#include <string.h>

/* error.reason of `denied`, see docs/errors.md. */
static const struct denial {
    const char *reason;
    const char *text;
} denials[] = {
    {"no_rule", "no rule matched"},
    {"deny_rule", "a rule denies it"},
    {"built_in", "a built-in denial, which no rule can lift"},
    {"target_contains_link", "the target holds the link itself"},
    {"caller_refused", "callers of this kind are never served"},
};

static const char *denial_text(const char *reason)
{
    for (size_t i = 0; i < sizeof denials / sizeof denials[0]; i++) {
        if (strcmp(denials[i].reason, reason) == 0) {
            return denials[i].text;
        }
    }
    return reason[0] == '\0' ? "no rule matched" : reason;
}

/* Appends text between two parts; nothing for an empty text. */
static void add(char out[ADVICE_MAX], const char *before, const char *text, const char *after)
{
    size_t len = strlen(out);
    if (text[0] != '\0') {
        snprintf(out + len, ADVICE_MAX - len, "%s%s%s%s", len != 0 ? " " : "", before, text, after);
    }
}

void advice_why(const struct junction_error *error, char out[ADVICE_MAX])
{
    out[0] = '\0';
    if (error->code == JUNCTION_E_DENIED) {
        add(out, "", denial_text(error->reason), "");
        add(out, "[rule ", error->rule, "]");
    } else {
        add(out, "", error->detail, "");
        add(out, "[", error->reason, "]");
    }
    add(out, "[request ", error->request, "]");
}

/* The first row that fits. */
static const struct step {
    enum junction_code code;
    const char *reason; /* NULL: any */
    const char *next;
} steps[] = {
    {JUNCTION_E_BAD_PATH, NULL, "write it as X:\\folder\\name; the word in brackets says what is wrong"},
    {JUNCTION_E_METHOD_NOT_FOUND, NULL, "the service is older than this command: update it"},
    {JUNCTION_E_DENIED, NULL, "an administrator can allow it in the policy, and finds this refusal in the audit trail"},
    {JUNCTION_E_BUSY, NULL, "try again in a moment"},
    {JUNCTION_E_TIMED_OUT, NULL, "try again, or give it more time with --timeout"},
    {JUNCTION_E_IN_USE, NULL, "close the program that holds it, then try again"},
    {JUNCTION_E_PARENT_NOT_FOUND, NULL, "make the folder first: the service makes none on the way"},
    {JUNCTION_E_TARGET_NOT_FOUND, NULL, "make the target directory first"},
    {JUNCTION_E_LINK_EXISTS, "same_target", "it leads there already: nothing is left to do"},
    {JUNCTION_E_LINK_EXISTS, NULL, "junctionctl inspect shows where it leads; remove it first to make it anew"},
    {JUNCTION_E_NOT_A_JUNCTION, NULL, "junctionctl inspect shows what it is; only junctions are removed"},
    {JUNCTION_E_CHANGED_MEANWHILE, NULL, "try again"},
    {JUNCTION_E_VOLUME_UNKNOWN, NULL, "junctionctl ping lists the volumes it serves"},
    {JUNCTION_E_POLICY_UNAVAILABLE, NULL,
     "an administrator finds the reason with junctiond check, and in the audit trail"},
    {JUNCTION_E_AUDIT_UNAVAILABLE, NULL, "tell an administrator: without its audit trail the service changes nothing"},
    {JUNCTION_E_STOPPING, NULL, "try again when it has started"},
    {JUNCTION_E_NOT_INSTALLED, NULL, "install and start junctiond, or name its endpoint with --endpoint"},
    {JUNCTION_E_NOT_RUNNING, NULL, "start junctiond, or name its endpoint with --endpoint"},
    {JUNCTION_E_STARTING, NULL, "try again in a moment"},
    {JUNCTION_E_CONNECT_DENIED, NULL, "an administrator decides who may reach the endpoint"},
    {JUNCTION_E_CONNECT_TIMED_OUT, NULL, "try again, or give it more time with --timeout"},
    {JUNCTION_E_WRONG_SERVER, NULL, "do not use this endpoint, and tell an administrator"},
    {JUNCTION_E_REPLY_TIMED_OUT, NULL, "try again, or give it more time with --timeout"},
    {JUNCTION_E_OUTCOME_UNKNOWN, NULL, "run junctionctl inspect on the link to see what happened"},
};

void advice_next(const struct junction_error *error, char out[ADVICE_MAX])
{
    out[0] = '\0';
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        const struct step *step = &steps[i];
        if (step->code == error->code && (step->reason == NULL || strcmp(step->reason, error->reason) == 0)) {
            snprintf(out, ADVICE_MAX, "%s", step->next);
            return;
        }
    }
}
