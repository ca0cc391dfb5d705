/* SPDX-License-Identifier: MIT */
#include "service/os/os_setup.h"

#include "common/endpoint.h"

const struct os_defaults *os_setup_defaults(void)
{
    static const struct os_defaults defaults = {
        .endpoint = JD_ENDPOINT_POSIX,
        .policy = "/etc/junctiond/policy.json",
        .state = "/var/lib/junctiond",
        .audit_file = "/var/log/junctiond/audit.jsonl",
        .system_log = "syslog",
        .help = "usage: junctiond run --volume C=DIR ... [options]\n"
                "       junctiond check FILE\n"
                "       junctiond --version | --help\n\n"
                "run    serve callers until SIGTERM; SIGHUP loads the policy and opens the audit file anew\n"
                "check  say whether FILE is a valid policy, and what in it is unwise\n",
        .audit_to_file = false,
        .volumes_are_folders = true,
    };
    return &defaults;
}

static enum jd_code leave_to_systemd(const char *verb, struct jd_err *err)
{
    return jd_fail_text(err, JD_E_USAGE, "setup", NULL,
                        "on this system %s is systemd's: see systemctl and the unit junctiond.service", verb);
}

enum jd_code os_setup_install(struct jd_err *err)
{
    return leave_to_systemd("install", err);
}

enum jd_code os_setup_uninstall(struct jd_err *err)
{
    return leave_to_systemd("uninstall", err);
}

enum jd_code os_setup_start(struct jd_err *err)
{
    return leave_to_systemd("start", err);
}

enum jd_code os_setup_stop(struct jd_err *err)
{
    return leave_to_systemd("stop", err);
}
