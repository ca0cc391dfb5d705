/* SPDX-License-Identifier: MIT */
/* Every limit of the wire, each with a test that sits on it (docs/protocol.md). Bytes unless said otherwise. */
#pragma once

#include "common/endpoint.h"

enum {
    JD_PROTOCOL_VERSION = 1,
    JD_LINE_MAX = 65536,       /* a request line without its LF */
    JD_REPLY_MAX = 262143,     /* a reply line with its LF: under 256 KiB */
    JD_JSON_DEPTH_MAX = 8,     /* nested arrays and objects of a message */
    JD_ID_CHARS_MAX = 64,      /* characters (code points) of a string id */
    JD_BAD_LINES_MAX = 32,     /* malformed lines a connection may send before it is closed */
    JD_EMPTY_LINES_MAX = 1000, /* consecutive empty lines, likewise */
    JD_POLICY_MAX = 1048576,   /* a policy file */
    JD_POLICY_DEPTH_MAX = 8
};

#define JD_INTEGER_MAX INT64_C(9007199254740991) /* 2^53 - 1: what every JSON parser keeps exactly */
