/* SPDX-License-Identifier: MIT */
/*
 * What the files of the POSIX state share. The folder holds: lock (flock; goes with the process, however it dies),
 * sequence (8 bytes, least significant first) and pending/, one file an entry, named by its token in 16 hex digits.
 */
#pragma once

#include "service/os/os_state.h"
#include "service/os/posix/posix.h"

#include <pthread.h>

struct os_state {
    int folder;
    int lock;
    int pending;
    int sequence;
    uint64_t last_token;    /* under mutex */
    uint64_t last_sequence; /* under mutex */
    pthread_mutex_t mutex;
};

/* NO_SPACE, NO_MEMORY, else STATE_UNAVAILABLE. */
enum jd_code posix_state_fail(struct jd_err *err, const char *stage, int number);

/* The largest token in use, 0 when there is none. */
JD_MUST_CHECK enum jd_code posix_state_last_token(const struct os_state *state, uint64_t *out, struct jd_err *err);
