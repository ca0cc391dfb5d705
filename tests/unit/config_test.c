/* SPDX-License-Identifier: MIT */
#include "service/app/config.h"

#include "service/app/nearest.h"
#include "service/os/os_setup.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 16 };

/* A volume and the system's log, as this system writes them. */
#if defined(_WIN32)
#define VOLUME_C "C"
#define LOG "eventlog"
#else
#define VOLUME_C "C=/mnt/c"
#define LOG "syslog"
#endif

/* Splits a command line at single spaces; a word "''" is empty. */
static enum jd_code parse(const char *line, struct config *out, struct jd_err *err)
{
    static char copy[512]; /* what out borrows */
    const char *argv[WORDS_MAX + 1] = {"junctiond"};
    int argc = 1;
    snprintf(copy, sizeof copy, "%s", line);
    for (char *word = strtok(copy, " "); word != NULL && argc < WORDS_MAX; word = strtok(NULL, " ")) {
        argv[argc++] = strcmp(word, "''") == 0 ? "" : word;
    }
    *err = (struct jd_err){0};
    return config_parse(argc, argv, out, err);
}

TEST(config, defaults_hold_where_nothing_is_said)
{
    const struct os_defaults *defaults = os_setup_defaults();
    struct config config;
    struct jd_err err;
    check_ok(parse("run --volume " VOLUME_C, &config, &err), &err);
    check_int(config.verb, CONFIG_RUN);
    check_text(config.policy, defaults->policy);
    check_text(config.endpoint, defaults->endpoint);
    check_text(config.state, defaults->state);
    check_false(config.audit_to_file);
    check_int(config.n_volumes, 1);
    check_int(config.volumes[0].letter, 'C');
}

TEST(config, defaults_are_the_places_of_this_system)
{
    const struct os_defaults *defaults = os_setup_defaults();
    check_text(defaults->system_log, LOG);
#if defined(_WIN32)
    check_text(defaults->endpoint, "\\\\.\\pipe\\ProtectedPrefix\\Administrators\\junctiond");
    check_true(strstr(defaults->policy, "\\junctiond\\policy\\policy.json") != NULL);
    check_true(strstr(defaults->state, "\\junctiond\\state") != NULL);
    check_int(defaults->policy[1], ':');
#else
    check_text(defaults->endpoint, "/run/junctiond/junctiond.sock");
    check_text(defaults->policy, "/etc/junctiond/policy.json");
    check_text(defaults->state, "/var/lib/junctiond");
    check_text(defaults->audit_file, "/var/log/junctiond/audit.jsonl");
#endif
}

TEST(config, everything_said_is_taken)
{
    struct config config;
    struct jd_err err;
    check_ok(parse("--policy /p run --endpoint=/e --state /s --audit file --audit-file /f --volume " VOLUME_C, &config,
                   &err),
             &err);
    check_text(config.policy, "/p");
    check_text(config.endpoint, "/e");
    check_text(config.state, "/s");
    check_true(config.audit_to_file);
    check_text(config.audit_file, "/f");
    check_ok(parse("run --audit " LOG " --volume " VOLUME_C, &config, &err), &err);
    check_false(config.audit_to_file);
}

TEST(config, volumes_are_said_as_the_system_knows_them)
{
    struct config config;
    struct jd_err err;
#if defined(_WIN32)
    check_ok(parse("run --volume c: --volume=D", &config, &err), &err);
    check_true(config.volumes[1].where == NULL);
    check_ok(parse("run", &config, &err), &err); /* every fixed one */
    check_int(config.n_volumes, 0);
    check_code(parse("run --volume C=/c", &config, &err), JD_E_USAGE, &err);
    check_text(err.text, "--volume is a letter, not \"C=/c\"");
#else
    check_ok(parse("run --volume c=/mnt/c --volume=D=/a=b", &config, &err), &err);
    check_int(config.n_volumes, 2);
    check_int(config.volumes[0].letter, 'C');
    check_text(config.volumes[0].where, "/mnt/c");
    check_int(config.volumes[1].letter, 'D');
    check_text(config.volumes[1].where, "/a=b");
#endif
}

TEST(config, an_audit_file_has_a_default_too)
{
    struct config config;
    struct jd_err err;
    check_ok(parse("run --audit file --volume " VOLUME_C, &config, &err), &err);
    check_text(config.audit_file, os_setup_defaults()->audit_file);
}

TEST(config, setting_up_takes_nothing_but_the_verb)
{
    static const struct {
        const char *line;
        enum config_verb verb;
    } cases[] = {
        {"install", CONFIG_INSTALL}, {"uninstall", CONFIG_UNINSTALL}, {"start", CONFIG_START}, {"stop", CONFIG_STOP}};
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct config config;
        struct jd_err err;
        char line[64];
        check_case("%s", cases[i].line);
        check_ok(parse(cases[i].line, &config, &err), &err);
        check_int(config.verb, cases[i].verb);
        snprintf(line, sizeof line, "%s now", cases[i].line);
        check_code(parse(line, &config, &err), JD_E_USAGE, &err);
        snprintf(line, sizeof line, "%s --policy /p", cases[i].line);
        check_code(parse(line, &config, &err), JD_E_USAGE, &err);
    }
}

TEST(config, check_takes_one_file)
{
    struct config config;
    struct jd_err err;
    check_ok(parse("check draft.json", &config, &err), &err);
    check_int(config.verb, CONFIG_CHECK);
    check_text(config.check_file, "draft.json");
}

TEST(config, help_and_version_hold_wherever_they_stand)
{
    static const struct {
        const char *line;
        enum config_verb verb;
    } cases[] = {{"--help", CONFIG_HELP},
                 {"--version", CONFIG_VERSION},
                 {"run --help", CONFIG_HELP},
                 {"run --policy /p --version", CONFIG_VERSION},
                 {"check --help", CONFIG_HELP}};
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct config config;
        struct jd_err err;
        check_case("%s", cases[i].line);
        check_ok(parse(cases[i].line, &config, &err), &err);
        check_int(config.verb, cases[i].verb);
    }
}

TEST(config, what_makes_no_sense_is_refused_in_one_helpful_sentence)
{
    static const struct {
        const char *line;
        const char *text;
    } cases[] = {
        {"", "say what to do: run or check; see --help"},
        {"rnu", "unknown command \"rnu\"; did you mean \"run\"?"},
        {"chekc", "unknown command \"chekc\"; did you mean \"check\"?"},
        {"dance", "unknown command \"dance\"; see --help"},
        {"run --polcy /p", "unknown option \"--polcy\"; did you mean \"--policy\"?"},
        {"run --volumes C=/c", "unknown option \"--volumes\"; did you mean \"--volume\"?"},
        {"run --audit_file /f", "unknown option \"--audit_file\"; did you mean \"--audit-file\"?"},
        {"run --verson", "unknown option \"--verson\"; did you mean \"--version\"?"},
        {"run -v", "unknown option \"-v\"; see --help"},
        {"run --quite-different", "unknown option \"--quite-different\"; see --help"},
        {"run --policy", "--policy needs FILE"},
        {"run --policy ''", "--policy needs FILE"},
        {"run --policy= --volume " VOLUME_C, "--policy needs FILE"},
        {"run --policy /a --policy /b", "--policy is given twice"},
        {"run --audit paper", "--audit is " LOG " or file, not \"paper\""},
#if !defined(_WIN32)
        {"run --volume /mnt/c", "--volume is LETTER=DIR, such as C=/mnt/c, not \"/mnt/c\""},
        {"run --volume C=", "--volume is LETTER=DIR, such as C=/mnt/c, not \"C=\""},
        {"run --volume 1=/c", "--volume is LETTER=DIR, such as C=/mnt/c, not \"1=/c\""},
        {"run --volume C=/c --volume c=/d", "--volume names C: twice"},
        {"run", "run needs --volume C=DIR for each volume to serve: its letter and the directory it is mounted on"},
#endif
        {"run --audit-file /f --volume " VOLUME_C, "--audit-file needs --audit file"},
        {"run now --volume " VOLUME_C, "run does not take \"now\""},
        {"check", "check needs the FILE to look at"},
        {"check a b", "check does not take \"b\""},
        {"check a --policy /p", "check does not take --policy"},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        struct config config = {.check_file = "untouched"};
        struct jd_err err;
        check_case("junctiond %s", cases[i].line);
        check_code(parse(cases[i].line, &config, &err), JD_E_USAGE, &err);
        check_text(err.text, cases[i].text);
        check_int(jd_code_exit(err.code), 2);
        check_text(config.check_file, "untouched");
    }
}

TEST(config, every_letter_can_be_a_volume_once)
{
    const char *argv[2 + 26 * 2] = {"junctiond", "run"};
    char values[26][8];
    struct config config;
    struct jd_err err;
    for (int i = 0; i < 26; i++) {
        snprintf(values[i], sizeof values[i], os_setup_defaults()->volumes_are_folders ? "%c=/v" : "%c", 'A' + i);
        argv[2 + i * 2] = "--volume";
        argv[3 + i * 2] = values[i];
    }
    check_ok(config_parse(JD_COUNT(argv), argv, &config, &err), &err);
    check_int(config.n_volumes, 26);
}

TEST(config, help_names_every_option_with_its_default)
{
    const struct os_defaults *defaults = os_setup_defaults();
    const char *const words[] = {
        "--policy FILE", defaults->policy, "--endpoint ENDPOINT",  defaults->endpoint,  "--volume C",
        "--state DIR",   defaults->state,  "--audit " LOG "|file", "--audit-file FILE", defaults->audit_file};
    struct jd_buf text;
    jd_buf_init(&text, 8192);
    config_help(&text);
    check_false(text.failed);
    for (size_t i = 0; i < JD_COUNT(words); i++) {
        check_case("%s", words[i]);
        check_true(strstr(text.data, words[i]) != NULL);
    }
    for (const char *line = text.data; *line != '\0'; line += strcspn(line, "\n") + 1) {
        check_true(strcspn(line, "\n") <= 120);
    }
    jd_buf_done(&text);
}

TEST(config, the_nearest_word_is_near)
{
    static const char *const words[] = {"create", "remove", "inspect"};
    static const struct {
        const char *typed;
        const char *meant;
    } cases[] = {
        {"craete", "create"},
        {"remov", "remove"},
        {"rremove", "remove"},
        {"inspekt", "inspect"},
        {"nothing-like", NULL},
        {"a", NULL},
        {"", NULL},
        {"cre", NULL},
        {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", NULL},
    };
    for (size_t i = 0; i < JD_COUNT(cases); i++) {
        check_case("%s", cases[i].typed);
        check_text(nearest_word(cases[i].typed, words, JD_COUNT(words)), cases[i].meant);
    }
}
