/* SPDX-License-Identifier: MIT */
/* What clients of a rig say, who they are, and what they must hear. */
#pragma once

#include <stdint.h>

/* Requests, ready to send, with their LF: valid until the next call. */
const char *rig_inspect(int64_t id, const char *leaf); /* of C:\jt\links\<leaf> */
const char *rig_create(int64_t id, const char *leaf);  /* to C:\jt\targets\a */
const char *rig_info(int64_t id);

/* What an answer says. Fail the test when line is NULL (closed), not an answer, or not this one. */
void rig_expect_result_at(const char *file, int line, const char *reply, int64_t id);
void rig_expect_error_at(const char *file, int line, const char *reply, int64_t id, const char *word,
                         const char *reason);
#define rig_expect_result(reply, id) rig_expect_result_at(__FILE__, __LINE__, (reply), (id))
/* id 0: null; reason NULL: not looked at. */
#define rig_expect_error(reply, id, word, reason) \
    rig_expect_error_at(__FILE__, __LINE__, (reply), (id), (word), (reason))

/* From now on whoever sends a line is this. */
void rig_be_user(uint32_t rid);
void rig_be_administrator(void);
