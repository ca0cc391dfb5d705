/* SPDX-License-Identifier: MIT */
/* What a person or a script gets to see. Every text that comes from elsewhere passes junction_escape here. */
#pragma once

#include "client/cli/complaint.h"
#include "client/include/junction.h"

/* One aligned line on standard output; nothing for a value that is NULL. */
void print_row(const char *key, const char *value);
void print_pair(const char *key, const char *first, const char *between, const char *second); /* second may be NULL */
void print_json(const char *json); /* one line; the service has escaped it */

/*
 * An error: with json one object on standard output, else on standard error one line that says what happened and, where
 * there is one, a line that says what to do next.
 */
void print_error(const struct junction_error *error, bool json);
void print_complaint(const struct complaint *complaint, bool json);

/* Standard output is written out. False when it could not take everything. */
bool print_finish(void);
