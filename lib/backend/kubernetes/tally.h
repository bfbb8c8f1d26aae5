/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_TALLY_H
#define ORCH_KUBE_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"

/* What is known of one object while a list goes on: small, there may be many. */
struct kube_tally_row {
	const char *uid;
	int64_t revision; /* of what `updated` counts; of a replica set: unused */
	uint32_t total, ready, updated;
};

/* Rows by uid: a hash table that grows. Zeroed is empty. */
struct kube_tally {
	struct kube_tally_row *rows;
	size_t count, cap; /* a power of two */
	struct orch__arena uids;
};

/* The row of that uid, made if need be; valid until the next one is made. NULL: out of memory. */
struct kube_tally_row *kube_tally_at(struct kube_tally *t, const char *uid);
/* The same; NULL: there is none. */
struct kube_tally_row *kube_tally_find(const struct kube_tally *t, const char *uid);
/* All numbers to nothing, the rows kept. */
void kube_tally_zero(struct kube_tally *t);
void kube_tally_dispose(struct kube_tally *t);

#endif
