/* SPDX-License-Identifier: MIT */
/* Codes of the house to codes of the public header and back. The public numbers are ABI, the internal order is not. Any
 * thread. */
#pragma once

#include "client/include/junction.h"
#include "common/err.h"

enum junction_code codes_public(enum jd_code code);
enum jd_code codes_internal(enum junction_code code); /* JD_E_INTERNAL for what is no code */
