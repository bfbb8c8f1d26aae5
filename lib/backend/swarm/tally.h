/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_TALLY_H
#define ORCH_SWARM_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"

/* What is known of one service while a list goes on: small, there may be many. */
struct swarm_tally_row {
	const char *id;
	uint32_t total, ready, updated;
	bool is_delivered;
};

/* Rows by ID of the service: a hash table that grows. Zeroed is empty. */
struct swarm_tally {
	struct swarm_tally_row *rows;
	size_t count, cap; /* a power of two */
	struct orch__arena ids;
};

/* The row of that ID, made if need be; valid until the next one is made. NULL: out of memory. */
struct swarm_tally_row *swarm_tally_at(struct swarm_tally *t, const char *id);
/* All counts and marks to nothing, the rows kept. */
void swarm_tally_zero(struct swarm_tally *t);
void swarm_tally_dispose(struct swarm_tally *t);

#endif
