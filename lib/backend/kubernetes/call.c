/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/call.h"

#include <string.h>

#include "backend/kubernetes/error.h"
#include "net/retry.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/text.h"
#include "util/ticket.h"

enum { FORBIDDEN_TRIES = 3 };
enum { LAST_MS = 50 };    /* with less time left, nobody is asked again             */
enum { HASTE_MS = 1000 }; /* what fails of the deadline sooner says nothing of a server */

/* One request, over all its attempts. */
struct attempts {
	const orch_call *call;
	struct kube *k;
	const struct kube_request *r;
	struct orch__response *answer;
	struct orch__retry retry;
	struct kube_credential credential; /* of the last attempt */
	orch_outcome outcome;              /* of all copies so far */
	unsigned refusals;                 /* 403 that may pass    */
	bool is_renewed;                   /* the credential, after a 401                */
	int64_t began_ms;                  /* the last attempt                           */
	orch_error story;                  /* the failure before it; its status may be OK */
};

/* ---- one attempt ---- */

/* How long the server may be silent. */
static int64_t patience_ms(const struct attempts *a)
{
	if (a->r->again != KUBE_READ)
		return a->k->limits.write_ms;
	return a->r->is_large ? 2 * a->k->limits.patience_ms : a->k->limits.patience_ms;
}

static orch_status perform(struct attempts *a, struct orch__http *http)
{
	const struct kube_request *r = a->r;
	const orch_kv authorization = { "Authorization", a->credential.header.text };
	/* No secret goes over a wire that everybody can read. */
	const bool has_secret =
		a->credential.header.len && orch__text_starts(a->k->config.server, "https://");
	const struct orch__request request = {
		.method = r->method,
		.path = r->path,
		.query = r->query,
		.accept = r->accept,
		.content_type = r->content_type,
		.body = r->body,
		.body_len = r->body_len,
		.headers = has_secret ? &authorization : NULL,
		.header_count = has_secret,
		.deadline_ms = a->call->deadline_ms,
		.idle_ms = patience_ms(a),
		.cancel = orch__ticket(a->call),
		.is_large = r->is_large,
		.is_plain = a->k->config.no_compression,
		.response_limit = r->write ? (size_t)1 << 30 : 0,
		.is_fenced = r->again == KUBE_REPEAT,
	};

	a->answer->write = r->write;
	a->answer->payload = r->payload;
	return orch__http_perform(http, &request, a->answer);
}

static bool is_out_of_service(int http)
{
	return http == 502 || http == 503 || http == 504;
}

/* What came back, or did not: ORCH_OK is a 2xx. `*retry` says what another attempt is worth. */
static orch_status judge(
	struct attempts *a, orch_status st, const char *address, enum kube_retry *retry)
{
	*retry = KUBE_RETRY_ALL;
	if (st == ORCH_E_NETWORK ||
		(st == ORCH_OK &&
			(a->answer->sends > 1 || is_out_of_service(a->answer->http_status))))
		kube_session_unsettled(a->k);
	if (st < 0)
		return st;
	if (a->answer->http_status / 100 == 2) {
		kube_session_allowed(a->k);
		return ORCH_OK;
	}
	*retry = kube_fault_report(a->answer, a->r->method, a->r->path, address);
	return orch_error_last()->status;
}

static orch_status attempt(struct attempts *a, enum kube_retry *retry)
{
	struct kube_connections *connections;
	orch_status st = a->r->restart ? a->r->restart(a->r->payload) : ORCH_OK;

	*retry = KUBE_RETRY_NO;
	a->began_ms = orch__clock_ms();
	if (st < 0)
		return st;
	kube_credential_dispose(&a->credential);
	memset(&a->credential, 0, sizeof a->credential);
	st = kube_credentials_get(
		a->k->credentials, a->call->deadline_ms, a->retry.cancel, &a->credential);
	if (st == ORCH_OK)
		st = kube_session_connect(a->k, a->credential.generation, &connections);
	if (st < 0)
		return st;
	st = perform(a, connections->http);
	st = judge(a, st, orch__http_address(connections->http), retry);
	kube_session_release(a->k, connections);
	return st;
}

/* ---- from one to the next ---- */

/* Who was refused, and could not become somebody else, wants to know both. */
static void tell_both(const orch_error *refusal, orch_status renewal)
{
	const orch_error failure = *orch_error_last();
	const bool is_ours = renewal == ORCH_E_NOMEM || renewal == ORCH_E_CANCELLED;

	(void)orch__fail(is_ours ? renewal : refusal->status, "%s; and no other credential: %s",
		refusal->message, failure.message);
	orch__error_remote(refusal->http_status, refusal->reason, refusal->retry_after_ms);
	orch__error_transient(failure.transient);
}

/* 401 comes before anything else is looked at, so a second copy does no harm whatever it is. */
static bool is_worth_renewing(struct attempts *a)
{
	const orch_error refusal = *orch_error_last();
	bool is_other;
	orch_status st;

	if (refusal.http_status != 401)
		return false;
	if (a->is_renewed) {
		(void)orch__fail_in(refusal.status, "with a credential just renewed");
		return false;
	}
	st = kube_credentials_refused(a->k->credentials, &a->credential, a->call->deadline_ms,
		a->retry.cancel, &is_other);
	if (st < 0)
		tell_both(&refusal, st);
	else
		(void)orch__error_restore(&refusal);
	a->is_renewed = is_other;
	return is_other;
}

/*
 * A server that has just been started answers 403 until it has loaded who may do
 * what. ORCH_OK: ask again. The pauses double; together they are all but an eighth
 * of the time that it gets.
 */
static orch_status wait_for_rules(struct attempts *a)
{
	const orch_error failure = *orch_error_last();
	const int64_t pause = a->k->limits.forbidden_ms >> (FORBIDDEN_TRIES - a->refusals);

	if (failure.http_status != 403 || failure.status != ORCH_E_FORBIDDEN ||
		a->refusals >= FORBIDDEN_TRIES || !kube_session_doubts(a->k))
		return failure.status;
	if (orch__clock_ms() + pause >= a->call->deadline_ms)
		return failure.status;
	a->refusals++;
	if (orch__pause(pause, &a->retry.cancel))
		return ORCH_OK;
	(void)orch__error_restore(&failure);
	return orch__fail_in(ORCH_E_CANCELLED, "cancelled before another try");
}

static int weight(orch_outcome outcome)
{
	switch (outcome) {
	case ORCH_OUTCOME_NOT_SENT:
		return 0;
	case ORCH_OUTCOME_NOT_APPLIED:
		return 1;
	case ORCH_OUTCOME_UNKNOWN:
		return 2;
	case ORCH_OUTCOME_APPLIED:
		break;
	}
	return 3;
}

/* That this copy was refused says nothing of one that was lost before. */
static void add_outcome(struct attempts *a)
{
	const orch_outcome outcome = orch_error_last()->outcome;

	if (weight(outcome) > weight(a->outcome))
		a->outcome = outcome;
}

/* After a failure, which is the last error. ORCH_OK: ask again. */
static orch_status move_on(struct attempts *a, enum kube_retry retry)
{
	orch_status st;

	add_outcome(a);
	if (is_worth_renewing(a))
		return ORCH_OK;
	st = wait_for_rules(a);
	if (st == ORCH_OK || st == ORCH_E_CANCELLED)
		return st;
	if (retry == KUBE_RETRY_NO || (retry == KUBE_RETRY_READS && a->r->again != KUBE_READ))
		return st;
	a->story = *orch_error_last();
	st = orch__retry_wait(&a->retry);
	if (st == ORCH_OK && a->call->deadline_ms - orch__clock_ms() < LAST_MS)
		return orch__error_restore(&a->story);
	return st;
}

/* That there was no time for another try is no story; what came before is one. */
static orch_status give_up(struct attempts *a, orch_status st)
{
	if (st == ORCH_E_TIMEOUT && !orch_error_last()->http_status && a->story.status < 0 &&
		orch__clock_ms() - a->began_ms < HASTE_MS)
		st = orch__error_restore(&a->story);
	orch__error_outcome(a->outcome);
	return st;
}

orch_status kube_send(
	const orch_call *call, const struct kube_request *request, struct orch__response *response)
{
	struct attempts a = { .call = call,
		.k = kube_of(call),
		.r = request,
		.answer = response,
		.outcome = ORCH_OUTCOME_NOT_SENT };
	enum kube_retry retry;
	orch_status st;

	a.retry = (struct orch__retry){ .budget = &a.k->budget,
		.deadline_ms = call->deadline_ms,
		.cancel = orch__ticket(call),
		.is_read = request->again != KUBE_ONCE };
	orch__retry_budget_earn(&a.k->budget);
	do {
		st = attempt(&a, &retry);
		if (st == ORCH_OK)
			break;
		st = move_on(&a, retry);
	} while (st == ORCH_OK);
	kube_credential_dispose(&a.credential);
	return st < 0 ? give_up(&a, st) : ORCH_OK;
}
