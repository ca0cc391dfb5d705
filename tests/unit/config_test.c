/* SPDX-License-Identifier: MIT */
#include "service/app/config.h"

#include "service/app/nearest.h"
#include "tests/support/suite.h"

#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 16 };

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
    struct config config;
    struct jd_err err;
    check_ok(parse("run --volume C=/mnt/c", &config, &err), &err);
    check_int(config.verb, CONFIG_RUN);
    check_text(config.policy, "/etc/junctiond/policy.json");
    check_text(config.endpoint, "/run/junctiond/junctiond.sock");
    check_text(config.state, "/var/lib/junctiond");
    check_false(config.audit_to_file);
    check_int(config.n_volumes, 1);
    check_int(config.volumes[0].letter, 'C');
    check_text(config.volumes[0].where, "/mnt/c");
}

TEST(config, everything_said_is_taken)
{
    struct config config;
    struct jd_err err;
    check_ok(
        parse("--policy /p run --endpoint=/e --volume c=/mnt/c --state /s --volume=D=/a=b --audit file --audit-file /f",
              &config, &err),
        &err);
    check_text(config.policy, "/p");
    check_text(config.endpoint, "/e");
    check_text(config.state, "/s");
    check_true(config.audit_to_file);
    check_text(config.audit_file, "/f");
    check_int(config.n_volumes, 2);
    check_int(config.volumes[0].letter, 'C');
    check_int(config.volumes[1].letter, 'D');
    check_text(config.volumes[1].where, "/a=b");
}

TEST(config, an_audit_file_has_a_default_too)
{
    struct config config;
    struct jd_err err;
    check_ok(parse("run --audit file --volume C=/c", &config, &err), &err);
    check_text(config.audit_file, "/var/log/junctiond/audit.jsonl");
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
        {"run --policy= --volume C=/c", "--policy needs FILE"},
        {"run --policy /a --policy /b", "--policy is given twice"},
        {"run --audit paper", "--audit is syslog or file, not \"paper\""},
        {"run --volume /mnt/c", "--volume is LETTER=DIR, such as C=/mnt/c, not \"/mnt/c\""},
        {"run --volume C=", "--volume is LETTER=DIR, such as C=/mnt/c, not \"C=\""},
        {"run --volume 1=/c", "--volume is LETTER=DIR, such as C=/mnt/c, not \"1=/c\""},
        {"run --volume C=/c --volume c=/d", "--volume names C: twice"},
        {"run", "run needs --volume C=DIR for each volume to serve: its letter and the directory it is mounted on"},
        {"run --volume C=/c --audit-file /f", "--audit-file needs --audit file"},
        {"run now --volume C=/c", "run does not take \"now\""},
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
        snprintf(values[i], sizeof values[i], "%c=/v", 'A' + i);
        argv[2 + i * 2] = "--volume";
        argv[3 + i * 2] = values[i];
    }
    check_ok(config_parse(JD_COUNT(argv), argv, &config, &err), &err);
    check_int(config.n_volumes, 26);
}

TEST(config, help_names_every_option_with_its_default)
{
    static const char *const words[] = {
        "--policy FILE", "/etc/junctiond/policy.json", "--endpoint SOCKET",   "junctiond.sock",    "--volume C=DIR",
        "--state DIR",   "/var/lib/junctiond",         "--audit syslog|file", "--audit-file FILE", "audit.jsonl"};
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
