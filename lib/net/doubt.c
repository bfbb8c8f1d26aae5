/* SPDX-License-Identifier: MIT */
#include "net/doubt.h"

#include <stdio.h>
#include <string.h>

#include "net/retry.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/ticket.h"

enum { LOOK_MS = 250 };

void orch__doubts_open(struct orch__doubts *all)
{
	memset(all, 0, sizeof *all);
	pthread_mutex_init(&all->lock, NULL);
}

void orch__doubts_close(struct orch__doubts *all)
{
	pthread_mutex_destroy(&all->lock);
}

/* The oldest gives way: it is the next to be settled by time. */
void orch__doubts_add(
	struct orch__doubts *all, const char *name, const char *op_id, int64_t until_ms)
{
	struct orch__doubt *d;

	pthread_mutex_lock(&all->lock);
	d = &all->items[all->next++ % ORCH__DOUBTS_MAX];
	snprintf(d->name, sizeof d->name, "%s", name);
	snprintf(d->op_id, sizeof d->op_id, "%s", op_id);
	d->until_ms = until_ms;
	pthread_mutex_unlock(&all->lock);
}

static bool find(struct orch__doubts *all, const char *name, struct orch__doubt *out)
{
	const int64_t now = orch__clock_ms();
	bool found = false;

	pthread_mutex_lock(&all->lock);
	for (size_t i = 0; !found && i < ORCH__DOUBTS_MAX; i++) {
		found = all->items[i].until_ms > now && strcmp(all->items[i].name, name) == 0;
		if (found)
			*out = all->items[i];
	}
	pthread_mutex_unlock(&all->lock);
	return found;
}

static void forget(struct orch__doubts *all, const struct orch__doubt *d)
{
	pthread_mutex_lock(&all->lock);
	for (size_t i = 0; i < ORCH__DOUBTS_MAX; i++)
		if (strcmp(all->items[i].op_id, d->op_id) == 0)
			all->items[i].until_ms = 0;
	pthread_mutex_unlock(&all->lock);
}

static orch_status wait_a_little(const orch_call *call)
{
	const struct orch__cancel_ticket cancel = orch__ticket(call);
	const int64_t left = call->deadline_ms - orch__clock_ms();

	if (!orch__pause(left < LOOK_MS ? left : LOOK_MS, &cancel))
		return orch__fail(ORCH_E_CANCELLED, "cancelled by the caller");
	if (orch__clock_ms() < call->deadline_ms)
		return ORCH_OK;
	return orch__fail(
		ORCH_E_TIMEOUT, "deleted, but a late copy of its creation may still bring it back");
}

orch_status orch__doubts_settle(
	struct orch__doubts *all, const orch_call *call, const char *name, orch__doubt_look *look)
{
	struct orch__doubt d;
	orch_status st = ORCH_OK;

	while (st == ORCH_OK && find(all, name, &d)) {
		struct orch__arena_mark mark = orch__arena_mark(&call->pool->arena);
		bool is_settled;

		st = look(call, &d, &is_settled);
		orch__arena_rewind(&call->pool->arena, mark);
		if (st == ORCH_OK && is_settled)
			forget(all, &d);
		else if (st == ORCH_OK)
			st = wait_a_little(call);
	}
	if (st < 0)
		orch__error_outcome(ORCH_OUTCOME_APPLIED);
	return st;
}
