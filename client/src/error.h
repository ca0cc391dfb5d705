/* SPDX-License-Identifier: MIT */
/* Filling struct junction_error: from what failed on this side, or from what the service said. Any thread. */
#pragma once

#include "client/include/junction.h"
#include "protocol/reply.h"

void error_from_err(const struct jd_err *err, struct junction_error *out);
void error_from_reply(const struct jd_reply *reply, struct junction_error *out);

/* The end of a public function: code as a public one, *error (may be NULL) filled when it is no success. */
enum junction_code error_give(enum jd_code code, const struct jd_err *err, struct junction_error *error);
