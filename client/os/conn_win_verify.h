/* SPDX-License-Identifier: MIT */
/*
 * Who is at the other end of a pipe, and what became of one that is not there: the pipe's owner and the SCM are asked,
 * never the server. HANDLE is void *.
 */
#pragma once

#include "common/err.h"

#include <stdbool.h>

/*
 * OK when pipe is the service's: its owner is SYSTEM or Administrators, or, where the endpoint is explicit, the caller
 * himself; and unless it is explicit, its server is the process that the SCM runs as the service. Else WRONG_SERVER.
 */
JD_MUST_CHECK enum jd_code verify_server(void *pipe, const char *endpoint, bool endpoint_is_explicit,
                                         struct jd_err *err);

/* Why there is no pipe: NOT_INSTALLED, NOT_RUNNING or STARTING. The SCM knows nothing of an explicit endpoint: it is
 * NOT_RUNNING. */
enum jd_code verify_absence(const char *endpoint, bool endpoint_is_explicit, struct jd_err *err);
