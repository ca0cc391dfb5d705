/* SPDX-License-Identifier: MIT */
/*
 * Where the service has its place on this system, and how it gets there. Main thread.
 */
#pragma once

#include "common/err.h"

#include <stdbool.h>

/* What holds where the command line says nothing. */
struct os_defaults {
    const char *endpoint;
    const char *policy;
    const char *state;
    const char *audit_file;
    const char *system_log; /* what --audit calls the system's own log: "syslog", "eventlog" */
    const char *help;       /* what --help says above the options */
    bool audit_to_file;
    bool volumes_are_folders; /* POSIX: --volume says where each is mounted, and one is needed at least. Windows: a
                                 letter says all, and without one every fixed NTFS volume is served */
};

/* Valid until the process ends. NULL when the system does not tell, or without memory. */
const struct os_defaults *os_setup_defaults(void);

/*
 * Windows: registers the service with the SCM, its source with the Event Log, and makes its folders; puts right what is
 * there already. Needs an administrator: ACCESS_DENIED else, as for a program, or a folder that was there, which
 * somebody else owns or could write to. PLATFORM: the system refused; err->text says what in either case.
 * On POSIX systemd does all of this: every function fails with USAGE, and err->text says so.
 */
JD_MUST_CHECK enum jd_code os_setup_install(struct jd_err *err);

/* Stops the service, waits for its end and takes away what install registered. Policy, state and the log's records
 * stay. Done when there was nothing. */
JD_MUST_CHECK enum jd_code os_setup_uninstall(struct jd_err *err);

/* Start it, or stop it, and wait until that is so; done when it was. Fail with NOT_INSTALLED; start with PLATFORM when
 * the service ended at once (err->number is its exit code) or when it takes too long. */
JD_MUST_CHECK enum jd_code os_setup_start(struct jd_err *err);
JD_MUST_CHECK enum jd_code os_setup_stop(struct jd_err *err);
