/* SPDX-License-Identifier: MIT */
#ifndef ORCH_NET_RETRY_H
#define ORCH_NET_RETRY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "orch/error.h"
#include "util/cancel.h"

/*
 * Whether and when to try again. The loop is the backend's, which knows its
 * endpoints and how to find out what an unanswered write did:
 *
 *	struct orch__retry retry = { .budget = &client->budget, .is_read = true, ... };
 *
 *	do
 *		st = attempt(...);
 *	while (st < 0 && (st = orch__retry_wait(&retry)) == ORCH_OK);
 *
 * It decides by the last error: `transient`, `outcome`, `retry_after_ms`. A write
 * is tried again only when its outcome is NOT_SENT or NOT_APPLIED.
 */

/* Of a client: keeps its calls together from storming a server in trouble. Each call earns a
 * fifth of a retry; what is saved up is bounded. */
struct orch__retry_budget {
	atomic_int fifths;
};

enum { ORCH__RETRY_BUDGET_START = 10, ORCH__RETRY_BUDGET_MAX = 100, ORCH__RETRY_MAX = 10 };
enum { ORCH__CONFLICT_MAX = 32 };

#define ORCH__RETRY_BUDGET_INIT                                                                    \
	{                                                                                          \
		5 * ORCH__RETRY_BUDGET_START                                                       \
	}

void orch__retry_budget_earn(struct orch__retry_budget *budget); /* once per call */

struct orch__retry {
	struct orch__retry_budget *budget; /* NULL: unbounded */
	int64_t deadline_ms;               /* on orch__clock_ms(); never slept past */
	struct orch__cancel_ticket cancel;
	bool is_read;
	int hops;             /* endpoints not yet asked: trying those needs no pause */
	int tries, conflicts; /* so far */
};

/* After a failure, which is the last error: ORCH_OK after the right pause, try again; else the
 * status to give up with, and its error. */
orch_status orch__retry_wait(struct orch__retry *r);

/* The same for a write that met another version than it had read (any status, 32 times, a short
 * pause, no budget): read again, apply the intent again. */
orch_status orch__retry_conflict(struct orch__retry *r);

/* Sleep; false when cancelled, within 50 ms. */
bool orch__pause(int64_t ms, const struct orch__cancel_ticket *cancel);

/* Longest pause before the n-th retry, from 0: 100 ms doubling to 10 s. */
int64_t orch__backoff_ms(int n);

/* What a status says about a write when the text of the answer says nothing else. */
orch_outcome orch__http_outcome(int http_status);

#endif
