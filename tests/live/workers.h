/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LIVE_WORKERS_H
#define TESTS_LIVE_WORKERS_H

#include <pthread.h>
#include <stdatomic.h>

#include "conformance/world.h"

/*
 * Programs at work while servers die: each counts in a deployment of its own,
 * reads it, makes another one and takes that away again. None of their calls
 * may fail, nothing that was acknowledged may be lost and nothing made twice.
 */
enum { WORKERS_MOST = 8 };

struct worker {
	struct workers *all;
	pthread_t thread;
	char name[24];
	int calls;
	int64_t acknowledged; /* the last number whose write was acknowledged */
	int64_t slowest_ms;
	orch_error error;
	bool failed;
};

struct workers {
	struct world *w;
	orch_client *client; /* of all of them, with three minutes for each call */
	atomic_int stop;
	int count;
	struct worker items[WORKERS_MOST];
};

/* They are at work from now on, until they are dismissed, or fail. */
void workers_hire(struct workers *all, struct world *w, int count);
/* Returns when each has ended what it was at. */
void workers_dismiss(struct workers *all);
/* To be asked of those that were dismissed. */
void workers_lost_nothing(const struct workers *all);
/* And how many of the others are there, which all were deleted. */
int64_t workers_left_over(const struct workers *all);

#endif
