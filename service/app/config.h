/* SPDX-License-Identifier: MIT */
/*
 * The command line: what it may say, what holds where it says nothing, and what it said. Pure.
 */
#pragma once

#include "common/buf.h"
#include "service/os/os_fs.h"

enum config_verb {
    CONFIG_RUN,       /* serve, in the foreground or as a service */
    CONFIG_CHECK,     /* look at a policy file */
    CONFIG_INSTALL,   /* os_setup.h */
    CONFIG_UNINSTALL, /* likewise */
    CONFIG_START,
    CONFIG_STOP,
    CONFIG_VERSION, /* --version */
    CONFIG_HELP     /* --help */
};

enum { CONFIG_VOLUMES_MAX = 26 };

/* Plain data; texts are borrowed from argv or os_setup_defaults. */
struct config {
    enum config_verb verb;
    const char *policy;
    const char *endpoint;
    const char *state;
    bool audit_to_file;
    const char *audit_file;
    struct os_volume_spec volumes[CONFIG_VOLUMES_MAX];
    size_t n_volumes;
    const char *check_file; /* CONFIG_CHECK */
};

/* argv as main gets it. Fails with USAGE; err->text is one sentence that says what was wrong and what was probably
 * meant. */
JD_MUST_CHECK enum jd_code config_parse(int argc, const char *const *argv, struct config *out, struct jd_err *err);

/* What --help prints. Look at out->failed afterwards. */
void config_help(struct jd_buf *out);
