/* SPDX-License-Identifier: MIT */
/* Composition: every part of the running service, built in order, taken down in reverse. The one place that knows them
 * all. */
#pragma once

#include "service/app/config.h"

/* Serves until told to stop. Returns the exit code: 0, or 1 when a part failed, which one line on stderr has named. */
int app_run(const struct config *config);

/* argv as main gets it; returns the exit code: 2 when it makes no sense. */
int app_main(int argc, const char *const *argv);
