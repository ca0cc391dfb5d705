/* SPDX-License-Identifier: MIT */
/* What core.c, its records, its recovery and service.status share. Nobody else includes this. */
#pragma once

#include "service/core/audit.h"
#include "service/core/journal.h"
#include "service/core/op.h"
#include "service/core/tally.h"

enum { REQUEST_ID_MAX = 40 };

/* Outcomes per operation since the start. */
struct op_tally {
    uint64_t done, denied, failed;
};

/* An outcome record the sink refused: kept until it is taken, and no change is begun before. */
struct kept_record {
    struct kept_record *next;
    struct audit_draft draft;
    uint64_t journal; /* its pending entry, dropped once the record is accepted; 0: stays */
};

struct core {
    struct core_parts parts;
    struct audit_sink sink;
    struct policy *policy;
    int64_t policy_loaded_ms;     /* wall time */
    struct jd_err policy_refusal; /* code JD_OK: the last policy that came was taken */
    int64_t started_ms;           /* wall time */
    uint64_t started_monotonic_ms;
    struct core_counters counters;
    struct op_tally *per_op; /* parts.n_ops of them */
    struct tally tally;
    struct kept_record *kept;
    uint64_t audit_failures;
    uint64_t next_request;
    char instance[12]; /* tells this run's request ids from another's */
};

struct request {
    struct core *core;
    const struct op *op;
    size_t op_index;
    struct jd_request decoded;
    struct os_caller caller;
    struct policy *policy; /* counted */
    char id[REQUEST_ID_MAX];
    struct step_list steps;
    struct jd_err err;         /* code JD_OK: it succeeded */
    const struct step *denied; /* the step whose verdict denied it */
    struct kept_record *kept;  /* outcome records the sink refused */
    struct jd_buf reply;
};

/* core_record.c: the records of one request */
JD_MUST_CHECK enum jd_code record_intent(struct request *request, const struct step *step, struct jd_err *err);
void record_outcome(struct request *request, struct step *step); /* keeps it when the sink refuses */
void record_denied(struct core *core, const struct request *request);
void record_read(struct core *core, const struct request *request);
void record_silent_change(struct core *core, const struct request *request);
void record_rows(struct core *core, bool all); /* summaries that are due */
void record_kept(struct core *core);           /* tries refused outcomes again */
