/* SPDX-License-Identifier: MIT */
#include "backend/swarm/call.h"

#include <string.h>

#include "backend/swarm/error.h"
#include "backend/swarm/exchange.h"
#include "net/retry.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/random.h"
#include "util/ticket.h"

enum { PAUSE_MIN_MS = 100, PAUSE_MAX_MS = 3000, SURE_MS = 1000 };
enum { LAST_MS = 50 }; /* with less time left, nobody is asked again */

static const struct swarm_api unknown = { 0, 0 };

void swarm_attempts_begin(struct swarm_attempts *a, const orch_call *call)
{
	memset(a, 0, sizeof *a);
	a->call = call;
	a->s = swarm_of(call);
	a->at = swarm_session_current(a->s);
}

static uint32_t bit(size_t i)
{
	return UINT32_C(1) << i;
}

static uint32_t all_bits(const struct swarm_attempts *a)
{
	return (uint32_t)((UINT64_C(1) << a->s->count) - 1);
}

static bool is_write(const struct swarm_request *r)
{
	return r->probe != NULL;
}

/* ---- one attempt ---- */

/* What a refusal says, and that a leaderless swarm may have kept the first copy for a while. */
static enum swarm_again refused(struct swarm_attempts *a, const struct swarm_request *r,
	const struct orch__response *answer, int64_t began)
{
	const struct swarm_fault *f = swarm_fault_report(
		answer, is_write(r), orch__http_address(a->s->endpoints[a->at].http));

	if (is_write(r) && f->status == ORCH_E_NO_QUORUM && orch__clock_ms() - began > SURE_MS)
		orch__error_outcome(ORCH_OUTCOME_UNKNOWN);
	if (f->again == SWARM_AGAIN_NO)
		return f->again;
	swarm_session_set_api(a->s, a->at, unknown);
	/* The engine may be another one since we asked which version it speaks. */
	if (f->status != ORCH_E_UNSUPPORTED || a->renewed & bit(a->at))
		return f->again;
	a->renewed |= bit(a->at);
	return SWARM_AGAIN_LATER;
}

/* No answer. It may have been started anew as another version when it is back. */
static enum swarm_again unanswered(struct swarm_attempts *a, bool is_silent)
{
	switch (orch_error_last()->status) {
	case ORCH_E_NETWORK:
	case ORCH_E_TIMEOUT:
		swarm_session_set_api(a->s, a->at, unknown);
		if (is_silent) {
			a->silences++;
			a->silent |= bit(a->at);
		}
		return SWARM_AGAIN_LATER;
	case ORCH_E_TLS:
	case ORCH_E_UNSUPPORTED:
		return SWARM_AGAIN_OTHER;
	case ORCH_E_PROTOCOL: /* a ping that no engine has answered; an answer cut or garbled */
		return orch_error_last()->http_status == 404 ? SWARM_AGAIN_OTHER : SWARM_AGAIN_NO;
	default:
		/* Pings, too, are answered by what is in error.c. */
		return orch_error_last()->http_status && orch_error_last()->transient
			? SWARM_AGAIN_LATER
			: SWARM_AGAIN_NO;
	}
}

/* ORCH_OK: a 2xx came. Else the error is recorded and `*again` says what it is worth. */
static orch_status attempt(struct swarm_attempts *a, const struct swarm_request *r,
	struct orch__response *answer, enum swarm_again *again)
{
	const int64_t began = orch__clock_ms();
	const int64_t patience = swarm_patience_ms(a, r->is_large);
	struct swarm_api api;
	orch_status st = r->restart ? r->restart(r->payload) : ORCH_OK;

	*again = SWARM_AGAIN_NO;
	if (st < 0)
		return st;
	st = swarm_negotiate(a, a->at, &api);
	if (st < 0) {
		*again = unanswered(a, false);
		return st;
	}
	st = swarm_exchange(a, r, api, answer);
	if (st < 0)
		*again = unanswered(a, orch__clock_ms() - began >= patience);
	else if (answer->http_status / 100 != 2)
		*again = refused(a, r, answer, began);
	else
		return ORCH_OK;
	return orch_error_last()->status;
}

/* ---- from one to the next ---- */

/* How much a failure tells about the state of the swarm. */
static int rank(const orch_error *e)
{
	if (e->status == ORCH_E_NO_QUORUM)
		return 4;
	if (e->http_status)
		return 3;
	return e->status == ORCH_E_TIMEOUT ? 0 : e->status == ORCH_E_NETWORK ? 1 : 2;
}

static void note(struct swarm_attempts *a, enum swarm_again again)
{
	const orch_error *e = orch_error_last();

	if (!a->has_story || rank(e) >= rank(&a->story))
		a->story = *e;
	a->has_story = true;
	if (again == SWARM_AGAIN_OTHER)
		a->useless |= bit(a->at);
	a->hops++;
	for (size_t i = 0; i < a->s->count; i++) {
		a->at = (a->at + 1) % a->s->count;
		if (!(a->useless & bit(a->at)))
			break;
	}
}

static unsigned usable(const struct swarm_attempts *a)
{
	unsigned n = 0;

	for (size_t i = 0; i < a->s->count; i++)
		n += !(a->useless & bit(i));
	return n;
}

/*
 * The end of the road. Engines that answer for themselves and not for the swarm
 * have no leader, though they have not noticed yet.
 */
static orch_status give_up(struct swarm_attempts *a)
{
	orch_outcome outcome = orch_error_last()->outcome;
	orch_status st = orch__error_restore(&a->story);

	/* What was refused before stays refused, though the last try was not even sent. */
	if (outcome == ORCH_OUTCOME_NOT_SENT)
		outcome = a->story.outcome;
	if (a->alive && rank(&a->story) < 2) {
		st = orch__fail_in(ORCH_E_NO_QUORUM,
			"managers answer a ping, but nothing that concerns the swarm: it seems to "
			"have no leader");
		orch__error_remote(0, "NoLeader", ORCH_UNSET);
	}
	orch__error_outcome(outcome);
	return st;
}

static int64_t pause_ms(const struct swarm_attempts *a)
{
	int64_t longest = PAUSE_MIN_MS;
	const int64_t asked = orch_error_last()->retry_after_ms;

	for (unsigned n = 0; n < a->rounds && longest < PAUSE_MAX_MS; n++)
		longest *= 2;
	if (asked != ORCH_UNSET)
		return asked;
	return orch__random_jitter(longest < PAUSE_MAX_MS ? longest : PAUSE_MAX_MS);
}

orch_status swarm_attempts_rest(struct swarm_attempts *a)
{
	const struct orch__cancel_ticket ticket = orch__ticket(a->call);
	const int64_t left = a->call->deadline_ms - orch__clock_ms();
	int64_t ms = pause_ms(a);

	if (left < LAST_MS)
		return orch__fail(ORCH_E_TIMEOUT, "the deadline is over");
	a->hops = 0;
	a->rounds++;
	if (ms > left / 2) /* there shall be time for another try */
		ms = left / 2;
	return orch__pause(ms, &ticket) ? ORCH_OK : orch__fail(ORCH_E_CANCELLED, "cancelled");
}

/* ORCH_OK: ask again, the next endpoint is chosen. */
static orch_status move_on(struct swarm_attempts *a, enum swarm_again again)
{
	orch_status st;

	if (again == SWARM_AGAIN_NO)
		return orch_error_last()->status;
	note(a, again);
	if (a->useless == all_bits(a) || a->call->deadline_ms - orch__clock_ms() < LAST_MS)
		return give_up(a);
	if (a->hops < usable(a))
		return ORCH_OK;
	st = swarm_attempts_rest(a);
	return st == ORCH_E_TIMEOUT ? give_up(a) : st;
}

orch_status swarm_attempts_next(struct swarm_attempts *a)
{
	return move_on(a, unanswered(a, false));
}

static bool may_have_happened(const struct swarm_request *r)
{
	const orch_outcome outcome = orch_error_last()->outcome;

	return is_write(r) && (outcome == ORCH_OUTCOME_UNKNOWN || outcome == ORCH_OUTCOME_APPLIED);
}

orch_status swarm_send(struct swarm_attempts *a, const struct swarm_request *request,
	struct orch__response *response)
{
	enum swarm_again again;

	for (;;) {
		orch_status st = attempt(a, request, response, &again);

		if (st == ORCH_OK) {
			swarm_session_prefer(a->s, a->at);
			return ORCH_OK;
		}
		if (may_have_happened(request)) {
			if (again != SWARM_AGAIN_NO)
				note(a, again);
			return st;
		}
		st = move_on(a, again);
		if (st < 0)
			return st;
	}
}
