/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_CANCEL_H
#define ORCH_UTIL_CANCEL_H

#include <stdatomic.h>
#include <stdbool.h>

/*
 * Cancels what is running, not what comes later: firing moves a counter, and a
 * call compares it with the value it saw when it started. Or a function of the
 * program says that the call of this thread is to end. Whoever waits looks at
 * both at least every ORCH__CANCEL_SLICE_MS.
 */
struct orch__cancel {
	atomic_uint fired;
	int (*ask)(void *payload); /* says the same from outside; NULL: nobody is asked */
	void *payload;
};

/* Taken at the start of a call. A zeroed ticket is never cancelled. */
struct orch__cancel_ticket {
	const struct orch__cancel *source;
	unsigned seen;
};

enum { ORCH__CANCEL_SLICE_MS = 20 };

void orch__cancel_fire(struct orch__cancel *c);
struct orch__cancel_ticket orch__cancel_watch(const struct orch__cancel *c); /* NULL: never */
bool orch__cancelled(const struct orch__cancel_ticket *t);

#endif
