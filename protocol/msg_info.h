/* SPDX-License-Identifier: MIT */
/*
 * service.info: no params. The result is an object with
 *   name, version, protocol, methods [..], limits {..}, volumes [{letter, mount}], caller {sid, name, administrator}.
 * It nests, so it is written by service/core/op_info.c and handed to callers as JSON text.
 */
#pragma once

#include "protocol/op.h"
