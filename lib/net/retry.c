/* SPDX-License-Identifier: MIT */
#include "net/retry.h"

#include "util/clock.h"
#include "util/error.h"
#include "util/random.h"

enum { FIRST_MS = 100, LONGEST_MS = 10000, RETRY_AFTER_MAX_MS = 60000 };
enum { CONFLICT_MIN_MS = 5, CONFLICT_MAX_MS = 100 };

void orch__retry_budget_earn(struct orch__retry_budget *budget)
{
	int now = atomic_load(&budget->fifths);

	while (now < 5 * ORCH__RETRY_BUDGET_MAX &&
		!atomic_compare_exchange_weak(&budget->fifths, &now, now + 1))
		;
}

static bool spend(struct orch__retry_budget *budget)
{
	int now;

	if (!budget)
		return true;
	now = atomic_load(&budget->fifths);
	while (now >= 5)
		if (atomic_compare_exchange_weak(&budget->fifths, &now, now - 5))
			return true;
	return false;
}

bool orch__pause(int64_t ms, const struct orch__cancel_ticket *cancel)
{
	int64_t end = orch__clock_ms() + ms, left;

	while (!orch__cancelled(cancel)) {
		left = end - orch__clock_ms();
		if (left <= 0)
			return true;
		if (cancel->source && left > ORCH__CANCEL_SLICE_MS)
			left = ORCH__CANCEL_SLICE_MS;
		orch__clock_sleep(left);
	}
	return false;
}

int64_t orch__backoff_ms(int n)
{
	int64_t ms = FIRST_MS;

	while (n-- > 0 && ms < LONGEST_MS)
		ms *= 2;
	return ms < LONGEST_MS ? ms : LONGEST_MS;
}

orch_outcome orch__http_outcome(int http_status)
{
	static const short refusals[] = { 400, 401, 403, 404, 405, 406, 410, 413, 415, 422, 429,
		501 };

	if (http_status >= 200 && http_status < 300)
		return ORCH_OUTCOME_APPLIED;
	for (unsigned i = 0; i < sizeof refusals / sizeof *refusals; i++)
		if (refusals[i] == http_status)
			return ORCH_OUTCOME_NOT_APPLIED;
	return ORCH_OUTCOME_UNKNOWN;
}

/* A conflict is transient too, but needs a new reading first. */
static bool may_help(const struct orch__retry *r, const orch_error *e)
{
	if (!e->transient || e->status == ORCH_E_CONFLICT)
		return false;
	return r->is_read || e->outcome == ORCH_OUTCOME_NOT_SENT ||
		e->outcome == ORCH_OUTCOME_NOT_APPLIED;
}

/* This endpoint does not answer; another one may, now. */
static bool can_hop(const struct orch__retry *r, const orch_error *e)
{
	return r->hops > 0 && (e->status == ORCH_E_NETWORK || e->status == ORCH_E_TIMEOUT);
}

/* Full jitter, so that clients which failed together do not come back together; after what the
 * server asked for, if it did. -1: that is past the deadline. */
static int64_t pause_ms(const struct orch__retry *r, const orch_error *e)
{
	int64_t left = r->deadline_ms - orch__clock_ms(), spread = orch__backoff_ms(r->tries);
	int64_t asked = e->retry_after_ms > 0 ? e->retry_after_ms : 0;

	if (asked > RETRY_AFTER_MAX_MS)
		asked = RETRY_AFTER_MAX_MS;
	if (asked >= left)
		return -1;
	return asked + orch__random_jitter(spread < left - asked ? spread : left - asked);
}

static orch_status sleep_or_give_up(struct orch__retry *r, int64_t ms, const orch_error *failure)
{
	if (!orch__pause(ms, &r->cancel)) {
		(void)!orch__error_restore(failure);
		return orch__fail_in(ORCH_E_CANCELLED, "cancelled before another try");
	}
	return ORCH_OK;
}

orch_status orch__retry_wait(struct orch__retry *r)
{
	const orch_error failure = *orch_error_last();
	int64_t ms;

	if (!may_help(r, &failure) || orch__clock_ms() >= r->deadline_ms)
		return failure.status;
	if (can_hop(r, &failure)) {
		r->hops--;
		return sleep_or_give_up(r, 0, &failure);
	}
	ms = pause_ms(r, &failure);
	if (ms < 0 || r->tries >= ORCH__RETRY_MAX || !spend(r->budget))
		return failure.status;
	r->tries++;
	return sleep_or_give_up(r, ms, &failure);
}

orch_status orch__retry_conflict(struct orch__retry *r)
{
	const orch_error failure = *orch_error_last();
	int64_t ms = CONFLICT_MIN_MS + orch__random_jitter(CONFLICT_MAX_MS - CONFLICT_MIN_MS);

	if (r->conflicts >= ORCH__CONFLICT_MAX || orch__clock_ms() + ms >= r->deadline_ms)
		return failure.status;
	r->conflicts++;
	return sleep_or_give_up(r, ms, &failure);
}
