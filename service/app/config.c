/* SPDX-License-Identifier: MIT */
#include "service/app/config.h"

#include "protocol/limits.h"
#include "service/app/nearest.h"

#include <string.h>

struct option;
typedef enum jd_code (*set_fn)(struct config *config, const struct option *option, const char *value,
                               struct jd_err *err);

/* One row an option: how it is written, what sets it, what holds without it, and what it is for. */
struct option {
    const char *name;
    const char *value; /* how --help calls it */
    set_fn set;
    size_t offset; /* of a text's member */
    const char *preset;
    bool repeats;
    const char *help;
};

static enum jd_code set_text(struct config *config, const struct option *option, const char *value, struct jd_err *err)
{
    (void)err;
    memcpy((char *)config + option->offset, &value, sizeof value);
    return JD_OK;
}

static enum jd_code set_audit(struct config *config, const struct option *option, const char *value, struct jd_err *err)
{
    config->audit_to_file = strcmp(value, "file") == 0;
    if (!config->audit_to_file && strcmp(value, "syslog") != 0) {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "%s is syslog or file, not \"%s\"", option->name, value);
    }
    return JD_OK;
}

static char letter_of(const char *value)
{
    char c = value[0];
    if (c >= 'a' && c <= 'z') {
        c = (char)(c - 'a' + 'A');
    }
    return c >= 'A' && c <= 'Z' && value[1] == '=' && value[2] != '\0' ? c : '\0';
}

static enum jd_code set_volume(struct config *config, const struct option *option, const char *value,
                               struct jd_err *err)
{
    char letter = letter_of(value);
    if (letter == '\0') {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "%s is LETTER=DIR, such as C=/mnt/c, not \"%s\"",
                            option->name, value);
    }
    for (size_t i = 0; i < config->n_volumes; i++) {
        if (config->volumes[i].letter == letter) {
            return jd_fail_text(err, JD_E_USAGE, "options", NULL, "%s names %c: twice", option->name, letter);
        }
    }
    config->volumes[config->n_volumes++] = (struct os_volume_spec){letter, value + 2}; /* at most one per letter */
    return JD_OK;
}

static const struct option options[] = {
    {"--policy", "FILE", set_text, offsetof(struct config, policy), "/etc/junctiond/policy.json", false,
     "the rules; only root may be able to write it"},
    {"--endpoint", "SOCKET", set_text, offsetof(struct config, endpoint), JD_ENDPOINT_POSIX, false,
     "where callers connect"},
    {"--volume", "C=DIR", set_volume, 0, NULL, true, "the directory an NTFS volume is mounted on, by its letter"},
    {"--state", "DIR", set_text, offsetof(struct config, state), "/var/lib/junctiond", false,
     "the service's own folder: lock, pending journal"},
    {"--audit", "syslog|file", set_audit, 0, "syslog", false, "where the audit trail goes"},
    {"--audit-file", "FILE", set_text, offsetof(struct config, audit_file), "/var/log/junctiond/audit.jsonl", false,
     "the trail of --audit file, one JSON object a line"},
};

enum { OPTIONS = JD_COUNT(options) };

static const struct {
    const char *word;
    enum config_verb verb;
} verbs[] = {{"run", CONFIG_RUN}, {"check", CONFIG_CHECK}, {"--version", CONFIG_VERSION}, {"--help", CONFIG_HELP}};

/* What was read so far. */
struct reading {
    struct config config;
    const char *verb; /* as written; NULL: none yet */
    bool given[OPTIONS];
    int argc;
    const char *const *argv;
    int at; /* the argument being read */
};

static enum jd_code refuse_unknown(const char *what, const char *typed, const char *const *words, size_t n,
                                   struct jd_err *err)
{
    const char *meant = nearest_word(typed, words, n);
    if (meant == NULL) {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "unknown %s \"%.60s\"; see --help", what, typed);
    }
    return jd_fail_text(err, JD_E_USAGE, "options", NULL, "unknown %s \"%.60s\"; did you mean \"%s\"?", what, typed,
                        meant);
}

static enum jd_code refuse_option(const char *typed, struct jd_err *err)
{
    const char *words[OPTIONS + 2] = {"--version", "--help"};
    for (size_t i = 0; i < OPTIONS; i++) {
        words[2 + i] = options[i].name;
    }
    return refuse_unknown("option", typed, words, JD_COUNT(words), err);
}

static enum jd_code refuse_verb(const char *typed, struct jd_err *err)
{
    const char *words[JD_COUNT(verbs)];
    for (size_t i = 0; i < JD_COUNT(verbs); i++) {
        words[i] = verbs[i].word;
    }
    return refuse_unknown("command", typed, words, JD_COUNT(words), err);
}

/* "--name" or "--name=value". */
static bool is_named(const char *arg, const char *name)
{
    size_t len = strlen(name);
    return strncmp(arg, name, len) == 0 && (arg[len] == '\0' || arg[len] == '=');
}

static enum jd_code read_value(struct reading *reading, const struct option *option, struct jd_err *err)
{
    const char *equals = strchr(reading->argv[reading->at], '=');
    const char *value = equals != NULL ? equals + 1 : NULL;
    bool *given = &reading->given[option - options];
    if (value == NULL && reading->at + 1 < reading->argc) {
        value = reading->argv[++reading->at];
    }
    if (value == NULL || value[0] == '\0') {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "%s needs %s", option->name, option->value);
    }
    if (*given && !option->repeats) {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "%s is given twice", option->name);
    }
    *given = true;
    return option->set(&reading->config, option, value, err);
}

static enum jd_code read_option(struct reading *reading, struct jd_err *err)
{
    const char *arg = reading->argv[reading->at];
    for (size_t i = 0; i < OPTIONS; i++) {
        if (is_named(arg, options[i].name)) {
            return read_value(reading, &options[i], err);
        }
    }
    return refuse_option(arg, err);
}

static bool read_verb(struct reading *reading)
{
    const char *arg = reading->argv[reading->at];
    for (size_t i = 0; i < JD_COUNT(verbs); i++) {
        if (strcmp(arg, verbs[i].word) == 0) {
            reading->verb = arg;
            reading->config.verb = verbs[i].verb;
            return true;
        }
    }
    return false;
}

static enum jd_code read_plain(struct reading *reading, struct jd_err *err)
{
    const char *arg = reading->argv[reading->at];
    if (reading->verb == NULL) {
        return refuse_verb(arg, err);
    }
    if (reading->config.verb != CONFIG_CHECK || reading->config.check_file != NULL) {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "%s does not take \"%.60s\"", reading->verb, arg);
    }
    reading->config.check_file = arg;
    return JD_OK;
}

/* --help and --version hold wherever they stand. */
static bool is_final(const struct reading *reading)
{
    return reading->config.verb == CONFIG_HELP || reading->config.verb == CONFIG_VERSION;
}

static enum jd_code read_all(struct reading *reading, struct jd_err *err)
{
    enum jd_code code = JD_OK;
    for (reading->at = 1; code == JD_OK && reading->at < reading->argc && !is_final(reading); reading->at++) {
        const char *arg = reading->argv[reading->at];
        if ((reading->verb == NULL || arg[0] == '-') && read_verb(reading)) {
            continue;
        }
        code = arg[0] == '-' && arg[1] != '\0' ? read_option(reading, err) : read_plain(reading, err);
    }
    return code;
}

static enum jd_code check_run(const struct reading *reading, struct jd_err *err)
{
    bool names_file = false;
    for (size_t i = 0; i < OPTIONS; i++) {
        names_file = names_file || (reading->given[i] && strcmp(options[i].name, "--audit-file") == 0);
    }
    if (reading->config.n_volumes == 0) {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL,
                            "run needs --volume C=DIR for each volume to serve: its letter and the directory it is "
                            "mounted on");
    }
    if (names_file && !reading->config.audit_to_file) {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "--audit-file needs --audit file");
    }
    return JD_OK;
}

static enum jd_code check_check(const struct reading *reading, struct jd_err *err)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        if (reading->given[i]) {
            return jd_fail_text(err, JD_E_USAGE, "options", NULL, "check does not take %s", options[i].name);
        }
    }
    if (reading->config.check_file == NULL) {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "check needs the FILE to look at");
    }
    return JD_OK;
}

static enum jd_code check_whole(const struct reading *reading, struct jd_err *err)
{
    if (reading->verb == NULL) {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "say what to do: run or check; see --help");
    }
    if (reading->config.verb == CONFIG_CHECK) {
        return check_check(reading, err);
    }
    return reading->config.verb == CONFIG_RUN ? check_run(reading, err) : JD_OK;
}

enum jd_code config_parse(int argc, const char *const *argv, struct config *out, struct jd_err *err)
{
    struct reading reading = {.argc = argc, .argv = argv};
    enum jd_code code = JD_OK;
    for (size_t i = 0; code == JD_OK && i < OPTIONS; i++) {
        if (options[i].preset != NULL) {
            code = options[i].set(&reading.config, &options[i], options[i].preset, err);
        }
    }
    if (code == JD_OK) {
        code = read_all(&reading, err);
    }
    if (code == JD_OK) {
        code = check_whole(&reading, err);
    }
    if (code == JD_OK) {
        *out = reading.config;
    }
    return code;
}

void config_help(struct jd_buf *out)
{
    jd_buf_add_text(out, "usage: junctiond run --volume C=DIR ... [options]\n"
                         "       junctiond check FILE\n"
                         "       junctiond --version | --help\n\n"
                         "run    serve callers until SIGTERM; SIGHUP loads the policy and opens the audit file anew\n"
                         "check  say whether FILE is a valid policy, and what in it is unwise\n\n"
                         "options of run:\n");
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct option *option = &options[i];
        int width = (int)(24 - strlen(option->name));
        jd_buf_add_format(out, "  %s %-*s %s", option->name, width, option->value, option->help);
        if (option->preset != NULL) {
            jd_buf_add_format(out, " (%s)", option->preset);
        }
        jd_buf_add_text(out, option->repeats ? " (may be repeated)\n" : "\n");
    }
}
