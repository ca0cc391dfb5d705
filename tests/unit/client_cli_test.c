/* SPDX-License-Identifier: MIT */
/* What the command line understands, and what it advises. */
#include "client/cli/advice.h"
#include "client/cli/args.h"
#include "client/cli/cmd.h"
#include "client/cli/suggest.h"
#include "tests/support/suite.h"

#include <string.h>

enum { ARGV_MAX = 9 };

static const struct good_row {
    const char *argv[ARGV_MAX];
    const char *verb;
    size_t n_operands;
    const char *first;
    const char *endpoint;
    uint32_t timeout_ms;
    bool json, help, version;
} good_rows[] = {
    {{"ping"}, "ping", 0, NULL, NULL, 0, false, false, false},
    {{NULL}, NULL, 0, NULL, NULL, 0, false, false, false},
    {{"--json", "create", "a", "b"}, "create", 2, "a", NULL, 0, true, false, false},
    {{"create", "a", "--json", "b"}, "create", 2, "a", NULL, 0, true, false, false},
    {{"create", "a", "b", "--json"}, "create", 2, "a", NULL, 0, true, false, false},
    {{"inspect", "--endpoint", "/x", "a"}, "inspect", 1, "a", "/x", 0, false, false, false},
    {{"--endpoint=/x=y", "inspect", "a"}, "inspect", 1, "a", "/x=y", 0, false, false, false},
    {{"inspect", "--timeout=500ms", "--timeout", "2", "a"}, "inspect", 1, "a", NULL, 2000, false, false, false},
    {{"remove", "--", "--json"}, "remove", 1, "--json", NULL, 0, false, false, false},
    {{"--", "remove", "-x"}, "remove", 1, "-x", NULL, 0, false, false, false},
    {{"remove", "-"}, "remove", 1, "-", NULL, 0, false, false, false},
    {{"remove", ""}, "remove", 1, "", NULL, 0, false, false, false},
    {{"-h"}, NULL, 0, NULL, NULL, 0, false, true, false},
    {{"create", "--help"}, "create", 0, NULL, NULL, 0, false, true, false},
    {{"--version"}, NULL, 0, NULL, NULL, 0, false, false, true},
    {{"x", "1", "2", "3", "4", "5", "6"}, "x", 6, "1", NULL, 0, false, false, false},
};

/* Borrows the row's words: args never writes to them. */
static int fill_argv(const char *const *words, char *argv[ARGV_MAX + 1])
{
    int argc = 1;
    argv[0] = NULL;
    for (size_t i = 0; i < ARGV_MAX && words[i] != NULL; i++) {
        memcpy(&argv[argc++], &words[i], sizeof words[i]);
    }
    return argc;
}

TEST(client_cli, options_stand_anywhere)
{
    for (size_t i = 0; i < JD_COUNT(good_rows); i++) {
        const struct good_row *row = &good_rows[i];
        char *argv[ARGV_MAX + 1];
        int argc = fill_argv(row->argv, argv);
        struct args args;
        struct complaint complaint = {.what = ""};
        check_case("row %zu", i);
        check_true(args_parse(argc, argv, &args, &complaint));
        check_text(args.verb, row->verb);
        check_int(args.n_operands, row->n_operands);
        check_text(args.operands[0], row->first);
        check_text(args.endpoint, row->endpoint);
        check_int(args.timeout_ms, row->timeout_ms);
        check_int(args.json, row->json);
        check_int(args.help, row->help);
        check_int(args.version, row->version);
    }
}

static const struct bad_row {
    const char *argv[ARGV_MAX];
    const char *what;
    const char *next;
    bool json;
} bad_rows[] = {
    {{"ping", "--jsno"}, "there is no option --jsno", "did you mean --json?", false},
    {{"ping", "--timeot=3", "--json"}, "there is no option --timeot=3", "did you mean --timeout?", true},
    {{"ping", "-x"}, "there is no option -x", "junctionctl help lists the options; -- ends them", false},
    {{"ping", "--whatever"},
     "there is no option --whatever",
     "junctionctl help lists the options; -- ends them",
     false},
    {{"ping", "--\x1B[2J"},
     "there is no option --<U+001B>[2J",
     "junctionctl help lists the options; -- ends them",
     false},
    {{"ping", "--endpoint"}, "--endpoint needs a value", "", false},
    {{"ping", "--endpoint="}, "--endpoint is empty", "", false},
    {{"ping", "--json=1"}, "--json takes no value", "", false},
    {{"ping", "--timeout", "soon"},
     "--timeout cannot be \"soon\"",
     "say it in seconds (30) or milliseconds (500ms), up to a day",
     false},
    {{"--endpoint", "--", "--json", "--timeout", "0"},
     "--timeout cannot be \"0\"",
     "say it in seconds (30) or milliseconds (500ms), up to a day",
     true},
};

TEST(client_cli, what_is_not_understood_is_named_with_what_was_meant)
{
    for (size_t i = 0; i < JD_COUNT(bad_rows); i++) {
        const struct bad_row *row = &bad_rows[i];
        char *argv[ARGV_MAX + 1];
        int argc = fill_argv(row->argv, argv);
        struct args args;
        struct complaint complaint = {.what = ""};
        check_case("row %zu", i);
        check_false(args_parse(argc, argv, &args, &complaint));
        check_text(complaint.what, row->what);
        check_text(complaint.next, row->next);
        check_int(args.json, row->json);
    }
}

TEST(client_cli, timeouts_are_seconds_or_milliseconds)
{
    static const struct {
        const char *text;
        uint32_t ms; /* 0: refused */
    } rows[] = {{"1", 1000},
                {"30s", 30000},
                {"500ms", 500},
                {"1ms", 1},
                {"86400", 86400000},
                {"86400000ms", 86400000},
                {"86401", 0},
                {"86400001ms", 0},
                {"0", 0},
                {"0ms", 0},
                {"", 0},
                {"ms", 0},
                {"s", 0},
                {"-1", 0},
                {"+1", 0},
                {"1.5", 0},
                {"1 s", 0},
                {"1m", 0},
                {"1sec", 0},
                {"0x10", 0},
                {" 1", 0},
                {"99999999999999999999", 0},
                {"18446744073709551617", 0}};
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        uint32_t ms = 7;
        check_case("%s", rows[i].text);
        check_int(args_timeout(rows[i].text, &ms), rows[i].ms != 0);
        check_int(ms, rows[i].ms != 0 ? rows[i].ms : 7);
    }
}

TEST(client_cli, a_slip_is_understood_and_a_guess_is_not_made)
{
    static const char *const words[] = {"create", "inspect", "remove", "ping", "status", "whoami", "help"};
    static const char *const rows[][2] = {
        {"craete", "create"},
        {"creat", "create"},
        {"inspct", "inspect"},
        {"rm", NULL},
        {"delete", NULL},
        {"stats", "status"},
        {"whoiam", "whoami"},
        {"pong", "ping"},
        {"x", NULL},
        {"", NULL},
        {"hlep", "help"},
        {"removee", "remove"},
        {"CREATE", NULL},
        {"status", "status"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL},
    };
    for (size_t i = 0; i < JD_COUNT(rows); i++) {
        check_case("%s", rows[i][0]);
        check_text(suggest_word(rows[i][0], words, JD_COUNT(words)), rows[i][1]);
    }
}

TEST(client_cli, every_command_explains_itself_and_no_name_occurs_twice)
{
    for (size_t i = 0; i < cmd_n_rows; i++) {
        const struct cmd *cmd = cmd_rows[i];
        char begins[64];
        check_case("%s", cmd->name);
        check_true(cmd_find(cmd->name) == cmd);
        check_true(cmd->summary[0] != '\0' && cmd->run != NULL);
        check_true(cmd->help[strlen(cmd->help) - 1] == '\n');
        check_int(cmd->n_arguments, cmd->arguments[0] == '\0' ? 0 : 1 + (strchr(cmd->arguments, ' ') != NULL));
        check_true(cmd->n_arguments <= ARGS_OPERANDS_MAX);
        strcpy(begins, "junctionctl ");
        strcat(begins, cmd->name);
        check_true(strncmp(cmd->example, begins, strlen(begins)) == 0);
    }
    check_true(cmd_find("creat") == NULL);
}

static const struct why_row {
    struct junction_error error;
    const char *why;
} why_rows[] = {
    {{.code = JUNCTION_E_DENIED, .reason = "no_rule", .request = "q1"}, "no rule matched [request q1]"},
    {{.code = JUNCTION_E_DENIED}, "no rule matched"},
    {{.code = JUNCTION_E_DENIED, .reason = "deny_rule", .rule = "r", .request = "q"},
     "a rule denies it [rule r] [request q]"},
    {{.code = JUNCTION_E_DENIED, .reason = "newer_word"}, "newer_word"},
    {{.code = JUNCTION_E_BAD_PATH, .reason = "dot_segment"}, "[dot_segment]"},
    {{.code = JUNCTION_E_NOT_RUNNING, .detail = "nobody listens at /x"}, "nobody listens at /x"},
    {{.code = JUNCTION_E_NO_SPACE}, ""},
};

TEST(client_cli, an_error_says_why)
{
    for (size_t i = 0; i < JD_COUNT(why_rows); i++) {
        char why[ADVICE_MAX];
        check_case("row %zu", i);
        advice_why(&why_rows[i].error, why);
        check_text(why, why_rows[i].why);
    }
}

TEST(client_cli, the_longest_error_fits_its_advice)
{
    struct junction_error error = {.code = JUNCTION_E_BUSY};
    char out[ADVICE_MAX];
    memset(error.detail, 'd', sizeof error.detail - 1);
    memset(error.reason, 'r', sizeof error.reason - 1);
    memset(error.rule, 'u', sizeof error.rule - 1);
    memset(error.request, 'q', sizeof error.request - 1);
    advice_why(&error, out);
    check_true(strstr(out, "q]") != NULL);
    error.code = JUNCTION_E_DENIED;
    advice_why(&error, out);
    check_true(strstr(out, "q]") != NULL);
}

TEST(client_cli, advice_fits_code_and_reason)
{
    struct junction_error error = {.code = JUNCTION_E_OUTCOME_UNKNOWN};
    char next[ADVICE_MAX];
    advice_next(&error, next);
    check_true(strstr(next, "inspect") != NULL);
    error.code = JUNCTION_E_LINK_EXISTS;
    advice_next(&error, next);
    check_true(strstr(next, "inspect") != NULL);
    strcpy(error.reason, "same_target");
    advice_next(&error, next);
    check_true(strstr(next, "nothing is left to do") != NULL);
    error.code = JUNCTION_E_INTERNAL;
    advice_next(&error, next);
    check_text(next, "");
}
