/* SPDX-License-Identifier: MIT */
/*
 * A ring of things that carry their own link: an order of arrival from which anything can leave in one step, without
 * memory of its own. A link that is in no ring points to itself. One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct ring {
    struct ring *next;
    struct ring *prev;
};

/* What link is a member of. */
#define RING_OF(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

static inline void ring_init(struct ring *ring)
{
    ring->next = ring;
    ring->prev = ring;
}

static inline bool ring_is_empty(const struct ring *ring)
{
    return ring->next == ring;
}

static inline void ring_add_last(struct ring *ring, struct ring *link)
{
    link->next = ring;
    link->prev = ring->prev;
    ring->prev->next = link;
    ring->prev = link;
}

static inline void ring_remove(struct ring *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    ring_init(link);
}
