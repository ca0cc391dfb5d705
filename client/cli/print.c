/* SPDX-License-Identifier: MIT */
#include "client/cli/print.h"

#include "client/cli/advice.h"

#include <stdio.h>
#include <string.h>

static void put_safe(const char *text, FILE *to)
{
    char *safe = junction_escape(text);
    fputs(safe != NULL ? safe : "(out of memory)", to);
    junction_free(safe);
}

void print_pair(const char *key, const char *first, const char *between, const char *second)
{
    printf("%-9s ", key);
    put_safe(first, stdout);
    if (second != NULL) {
        fputs(between, stdout);
        put_safe(second, stdout);
    }
    putchar('\n');
}

void print_row(const char *key, const char *value)
{
    if (value != NULL) {
        print_pair(key, value, "", NULL);
    }
}

void print_json(const char *json)
{
    puts(json);
}

static void print_error_json(const struct junction_error *error)
{
    char *json = junction_error_json(error);
    puts(json != NULL ? json : "{\"error\":{\"word\":\"no_memory\",\"exit\":7}}");
    junction_free(json);
}

void print_error(const struct junction_error *error, bool json)
{
    char why[ADVICE_MAX];
    char next[ADVICE_MAX];
    if (json) {
        print_error_json(error);
        return;
    }
    fputs("junctionctl: ", stderr);
    put_safe(error->message, stderr);
    advice_why(error, why);
    if (why[0] != '\0') {
        fputs(why[0] == '[' ? " " : ": ", stderr);
        put_safe(why, stderr);
    }
    fputc('\n', stderr);
    advice_next(error, next);
    if (next[0] != '\0') {
        fputs("next: ", stderr);
        put_safe(next, stderr);
        fputc('\n', stderr);
    }
}

void print_complaint(const struct complaint *complaint, bool json)
{
    if (json) {
        struct junction_error error = {.code = JUNCTION_E_USAGE};
        snprintf(error.word, sizeof error.word, "%s", junction_code_word(error.code));
        snprintf(error.message, sizeof error.message, "%s", complaint->what);
        snprintf(error.detail, sizeof error.detail, "%s", complaint->next);
        print_error_json(&error);
        return;
    }
    fprintf(stderr, "junctionctl: %s\n", complaint->what);
    if (complaint->next[0] != '\0') {
        fprintf(stderr, "next: %s\n", complaint->next);
    }
}

bool print_finish(void)
{
    return fflush(stdout) == 0 && ferror(stdout) == 0;
}
