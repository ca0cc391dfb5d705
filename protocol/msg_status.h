/* SPDX-License-Identifier: MIT */
/*
 * service.status: no params. The result is an object with
 *   state, uptime_s, policy {hash, loaded, rules}, connections, running, operations {method: {done, denied, failed}},
 *   audit {state, sequence}.
 * It nests, so it is written by service/core/op_status.c and handed to callers as JSON text.
 */
#pragma once

#include "protocol/op.h"
