/* SPDX-License-Identifier: MIT */
#include "service/app/config.h"

#include "service/app/nearest.h"
#include "service/os/os_setup.h"

#include <stdio.h>
#include <string.h>

struct option;
typedef enum jd_code (*set_fn)(struct config *config, const struct option *option, const char *value,
                               struct jd_err *err);

/* One row an option: how it is written, what sets it, what holds without it, and what it is for. */
struct option {
    const char *name;
    const char *value; /* how --help calls it; NULL: value_of knows */
    set_fn set;
    size_t offset; /* of a text's member */
    size_t preset; /* of the member of struct os_defaults that holds; NO_PRESET */
    bool repeats;
    const char *help;
};

#define NO_PRESET SIZE_MAX

static enum jd_code set_text(struct config *config, const struct option *option, const char *value, struct jd_err *err)
{
    (void)err;
    memcpy((char *)config + option->offset, &value, sizeof value);
    return JD_OK;
}

static enum jd_code set_audit(struct config *config, const struct option *option, const char *value, struct jd_err *err)
{
    const char *system_log = os_setup_defaults()->system_log;
    config->audit_to_file = strcmp(value, "file") == 0;
    if (!config->audit_to_file && strcmp(value, system_log) != 0) {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "%s is %s or file, not \"%s\"", option->name, system_log,
                            value);
    }
    return JD_OK;
}

/* "C=/mnt/c", or "C" and "C:" where the letter says all. */
static bool read_volume(const char *value, struct os_volume_spec *out)
{
    char c = value[0];
    if (c >= 'a' && c <= 'z') {
        c = (char)(c - 'a' + 'A');
    }
    if (c < 'A' || c > 'Z') {
        return false;
    }
    if (os_setup_defaults()->volumes_are_folders) {
        *out = (struct os_volume_spec){c, value + 2};
        return value[1] == '=' && value[2] != '\0';
    }
    *out = (struct os_volume_spec){c, NULL};
    return value[1] == '\0' || strcmp(value + 1, ":") == 0;
}

static enum jd_code set_volume(struct config *config, const struct option *option, const char *value,
                               struct jd_err *err)
{
    struct os_volume_spec volume;
    if (!read_volume(value, &volume)) {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "%s is %s, not \"%s\"", option->name,
                            os_setup_defaults()->volumes_are_folders ? "LETTER=DIR, such as C=/mnt/c" : "a letter",
                            value);
    }
    for (size_t i = 0; i < config->n_volumes; i++) {
        if (config->volumes[i].letter == volume.letter) {
            return jd_fail_text(err, JD_E_USAGE, "options", NULL, "%s names %c: twice", option->name, volume.letter);
        }
    }
    config->volumes[config->n_volumes++] = volume; /* at most one per letter */
    return JD_OK;
}

static const struct option options[] = {
    {"--policy", "FILE", set_text, offsetof(struct config, policy), offsetof(struct os_defaults, policy), false,
     "the rules; only administrators may write it"},
    {"--endpoint", "ENDPOINT", set_text, offsetof(struct config, endpoint), offsetof(struct os_defaults, endpoint),
     false, "where callers connect"},
    {"--volume", NULL, set_volume, 0, NO_PRESET, true, "an NTFS volume to serve"},
    {"--state", "DIR", set_text, offsetof(struct config, state), offsetof(struct os_defaults, state), false,
     "the service's own folder: lock, pending journal"},
    {"--audit", NULL, set_audit, 0, offsetof(struct os_defaults, system_log), false, "where the audit trail goes"},
    {"--audit-file", "FILE", set_text, offsetof(struct config, audit_file), offsetof(struct os_defaults, audit_file),
     false, "the trail of --audit file, as JSON lines"},
};

enum { OPTIONS = JD_COUNT(options) };

enum { VALUE_MAX = 32 };

static const char *value_of(const struct option *option, char buf[VALUE_MAX])
{
    const struct os_defaults *defaults = os_setup_defaults();
    if (option->set == set_audit) {
        snprintf(buf, VALUE_MAX, "%s|file", defaults->system_log);
        return buf;
    }
    if (option->set == set_volume) {
        return defaults->volumes_are_folders ? "C=DIR" : "C";
    }
    return option->value;
}

static const char *preset_of(const struct option *option)
{
    const char *text;
    memcpy(&text, (const char *)os_setup_defaults() + option->preset, sizeof text);
    return text;
}

static const struct {
    const char *word;
    enum config_verb verb;
} verbs[] = {
    {"run", CONFIG_RUN},     {"check", CONFIG_CHECK}, {"install", CONFIG_INSTALL},   {"uninstall", CONFIG_UNINSTALL},
    {"start", CONFIG_START}, {"stop", CONFIG_STOP},   {"--version", CONFIG_VERSION}, {"--help", CONFIG_HELP}};

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
        char needed[VALUE_MAX];
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "%s needs %s", option->name, value_of(option, needed));
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
    if (reading->config.n_volumes == 0 && os_setup_defaults()->volumes_are_folders) {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL,
                            "run needs --volume C=DIR for each volume to serve: its letter and the directory it is "
                            "mounted on");
    }
    if (names_file && !reading->config.audit_to_file) {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "--audit-file needs --audit file");
    }
    return JD_OK;
}

static enum jd_code check_without_options(const struct reading *reading, struct jd_err *err)
{
    for (size_t i = 0; i < OPTIONS; i++) {
        if (reading->given[i]) {
            return jd_fail_text(err, JD_E_USAGE, "options", NULL, "%s does not take %s", reading->verb,
                                options[i].name);
        }
    }
    if (reading->config.verb == CONFIG_CHECK && reading->config.check_file == NULL) {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "check needs the FILE to look at");
    }
    return JD_OK;
}

static enum jd_code check_whole(const struct reading *reading, struct jd_err *err)
{
    if (reading->verb == NULL) {
        return jd_fail_text(err, JD_E_USAGE, "options", NULL, "say what to do: run or check; see --help");
    }
    if (is_final(reading)) {
        return JD_OK;
    }
    return reading->config.verb == CONFIG_RUN ? check_run(reading, err) : check_without_options(reading, err);
}

static enum jd_code preset_all(struct config *config, struct jd_err *err)
{
    const struct os_defaults *defaults = os_setup_defaults();
    enum jd_code code = JD_OK;
    if (defaults == NULL) {
        return jd_fail_text(err, JD_E_PLATFORM, "options", NULL, "the system does not tell where programs are kept");
    }
    for (size_t i = 0; code == JD_OK && i < OPTIONS; i++) {
        if (options[i].preset != NO_PRESET) {
            code = options[i].set(config, &options[i], preset_of(&options[i]), err);
        }
    }
    config->audit_to_file = defaults->audit_to_file;
    return code;
}

enum jd_code config_parse(int argc, const char *const *argv, struct config *out, struct jd_err *err)
{
    struct reading reading = {.argc = argc, .argv = argv};
    enum jd_code code = preset_all(&reading.config, err);
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
    jd_buf_add_text(out, os_setup_defaults()->help);
    jd_buf_add_text(out, "\noptions of run:\n");
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct option *option = &options[i];
        char value[VALUE_MAX];
        int width = (int)(24 - strlen(option->name));
        jd_buf_add_format(out, "  %s %-*s %s", option->name, width, value_of(option, value), option->help);
        if (option->preset != NO_PRESET) {
            jd_buf_add_format(out, " (%s)", preset_of(option));
        }
        jd_buf_add_text(out, option->repeats ? " (may be repeated)\n" : "\n");
    }
}
