/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/support/rig_endpoint.h"

#include "tests/support/check.h"

#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void rig_endpoint_make(char out[RIG_ENDPOINT_MAX])
{
    char folder[] = "/tmp/jd-session-XXXXXX";
    signal(SIGPIPE, SIG_IGN); /* as os_host_start does */
    check_true(mkdtemp(folder) != NULL);
    snprintf(out, RIG_ENDPOINT_MAX, "%s/s", folder);
}

void rig_endpoint_done(const char *endpoint)
{
    char folder[RIG_ENDPOINT_MAX];
    snprintf(folder, sizeof folder, "%s", endpoint);
    check_int(access(endpoint, F_OK), -1);
    check_int(rmdir(dirname(folder)), 0); /* nothing is left in it */
}
