/* SPDX-License-Identifier: MIT */
/* The process before anything of the service runs in it: its arguments, its streams, what it gives up. */
#pragma once

#include <stdbool.h>

/* The command line as UTF-8; a lone surrogate is U+FFFD. */
struct process_arguments {
    int n;
    char **list; /* NULL behind the last */
};

bool process_read_arguments(struct process_arguments *out); /* false: no memory */
void process_free_arguments(struct process_arguments *arguments);

/* UTF-8, and lines that end as everywhere else; the console's code page is put back by process_end_streams. */
void process_begin_streams(void);
void process_end_streams(void);

/* Gives up, for good, what the service never needs and an intruder would. What this Windows does not know it cannot
 * give up. */
void process_harden(void);
