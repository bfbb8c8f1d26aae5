/* SPDX-License-Identifier: MIT */
/*
 * One request, and how long to wait for its answer.
 *
 * While the swarm has no leader everything hangs, for up to the engine's own
 * limit of 20 s. What was sent before the election may hang on after it, while
 * what is sent then is answered at once. So a read is given up soon and sent
 * again. A write is not: it may be on its way to the next leader, and a second
 * copy could come into effect after the first was undone. It is left alone for
 * as long as the swarm answers nobody else, and a little longer.
 */
#include "backend/swarm/exchange.h"

#include "util/clock.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/ticket.h"

enum { PATIENCE_MAX_MS = 25000, BETWEEN_PROBES_MS = 200 };

/* It grows only where nobody has ever answered: perhaps they are merely slow. */
int64_t swarm_patience_ms(const struct swarm_attempts *a, bool is_large)
{
	int64_t ms = a->s->limits.patience_ms;

	if (is_large)
		ms *= 2;
	for (unsigned n = a->silences / (3 * (unsigned)a->s->count); n > 0 && ms < PATIENCE_MAX_MS;
		n--)
		ms *= 2;
	return ms < PATIENCE_MAX_MS ? ms : PATIENCE_MAX_MS;
}

/* ---- answers that are pulled ---- */

static orch_status finish(struct orch__transfer *t, struct orch__response *answer)
{
	const struct orch__head *head;
	orch_status st = orch__transfer_wait_head(t, &head);

	if (st < 0)
		return st;
	if (!orch__buf_ok(&answer->body))
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	answer->http_status = head->status;
	answer->retry_after_ms = orch__head_retry_after_ms(head);
	return ORCH_OK;
}

static void clear(struct orch__response *answer)
{
	orch__buf_clear(&answer->body);
	answer->body.limit = (size_t)1 << 20;
}

/* The head of an answer whose body the caller pulls; of a refusal, its body too. */
static orch_status open_stream(struct orch__http *http, const struct orch__request *request,
	struct orch__transfer **out, struct orch__response *answer)
{
	struct orch__transfer *t = NULL;
	const struct orch__head *head = NULL;
	struct orch__chunk chunk = { .is_end = false };
	orch_status st = orch__transfer_open(http, request, &t);

	if (st == ORCH_OK)
		st = orch__transfer_wait_head(t, &head);
	if (st == ORCH_OK && head->status / 100 == 2) {
		answer->http_status = head->status;
		*out = t;
		return ORCH_OK;
	}
	clear(answer);
	while (st == ORCH_OK && !chunk.is_end) {
		st = orch__transfer_read(t, request->idle_ms, &chunk);
		if (st == ORCH_OK)
			orch__buf_add(&answer->body, chunk.data, chunk.len);
	}
	if (st == ORCH_OK)
		st = finish(t, answer);
	orch__transfer_close(t);
	return st;
}

/* ---- writes ---- */

/* A write that is waited for. */
struct wait {
	struct swarm_attempts *a;
	const struct swarm_request *r;
	struct orch__transfer *t;
	int64_t began_ms;
	size_t probes;
	bool is_answered; /* the swarm has answered somebody else since */
	bool is_settled;  /* and it has happened                        */
};

/* The rest of the answer, or silence. */
static orch_status listen(
	struct wait *w, int64_t ms, struct orch__response *answer, struct orch__chunk *chunk)
{
	const int64_t until = orch__clock_ms() + ms;
	orch_status st;

	do {
		const int64_t left = until - orch__clock_ms();

		st = orch__transfer_read(w->t, left > 0 ? left : 0, chunk);
		if (st == ORCH_OK && chunk->len)
			orch__buf_add(&answer->body, chunk->data, chunk->len);
	} while (st == ORCH_OK && chunk->len);
	return st;
}

/* Ask the next endpoint what has become of it; whether it answers at all is worth knowing. */
static void probe(struct wait *w)
{
	struct swarm_attempts *a = w->a;
	struct orch__arena *arena = &a->call->pool->arena;
	struct orch__arena_mark mark = orch__arena_mark(arena);
	const int64_t until = orch__clock_ms() + a->s->limits.probe_ms;
	orch_call soon = *a->call;

	if (until < soon.deadline_ms)
		soon.deadline_ms = until;
	w->probes++;
	w->is_answered = w->r->probe(w->r->payload, &soon, (a->at + w->probes) % a->s->count,
				 &w->is_settled) == ORCH_OK;
	orch__arena_rewind(arena, mark);
}

static orch_status abandon(const struct wait *w)
{
	const orch_status st = orch__fail(ORCH_E_TIMEOUT, "%s %s at %s: no answer within %lld ms",
		w->r->method, w->r->path, orch__http_address(w->a->s->endpoints[w->a->at].http),
		(long long)(orch__clock_ms() - w->began_ms));

	orch__error_outcome(ORCH_OUTCOME_UNKNOWN);
	return st;
}

/* As if the answer had come, from the one who knows of it. */
static orch_status settled(const struct wait *w, struct orch__response *answer)
{
	clear(answer);
	answer->http_status = 200;
	w->a->at = (w->a->at + w->probes) % w->a->s->count;
	return ORCH_OK;
}

static orch_status await(struct wait *w, struct orch__response *answer)
{
	const struct swarm_limits *limits = &w->a->s->limits;
	int64_t pause = limits->silence_ms;

	for (;;) {
		struct orch__chunk chunk;
		orch_status st = listen(w, pause, answer, &chunk);

		if (st < 0)
			return st;
		if (chunk.is_end)
			return finish(w->t, answer);
		if (w->is_answered || orch__clock_ms() - w->began_ms >= limits->write_ms)
			return abandon(w);
		probe(w);
		if (w->is_settled)
			return settled(w, answer);
		pause = w->is_answered ? limits->linger_ms : BETWEEN_PROBES_MS;
	}
}

static orch_status write(struct swarm_attempts *a, const struct swarm_request *r,
	const struct orch__request *request, struct orch__response *answer)
{
	struct wait w = { .a = a, .r = r, .began_ms = orch__clock_ms() };
	orch_status st = orch__transfer_open(a->s->endpoints[a->at].http, request, &w.t);

	clear(answer);
	if (st == ORCH_OK)
		st = await(&w, answer);
	orch__transfer_close(w.t);
	return st;
}

/* ---- all of them ---- */

static orch_status perform(struct swarm_attempts *a, const struct swarm_request *r,
	const char *path, struct orch__response *answer)
{
	struct orch__http *http = a->s->endpoints[a->at].http;
	const struct orch__request request = {
		.method = r->method,
		.path = path,
		.query = r->query,
		.body = r->body,
		.body_len = r->body_len,
		.deadline_ms = a->call->deadline_ms,
		.idle_ms = r->probe ? 0 : swarm_patience_ms(a, r->is_large),
		.cancel = orch__ticket(a->call),
		.is_large = r->is_large,
		.is_stream = r->stream != NULL,
		.response_limit = r->write ? (size_t)1 << 30 : 0,
		.is_fenced = !r->is_once, /* by version or ID: see write.c */
	};

	answer->write = r->write;
	answer->payload = r->payload;
	if (r->probe)
		return write(a, r, &request, answer);
	if (r->stream)
		return open_stream(http, &request, r->stream, answer);
	return orch__http_perform(http, &request, answer);
}

orch_status swarm_exchange(struct swarm_attempts *a, const struct swarm_request *r,
	struct swarm_api api, struct orch__response *answer)
{
	struct orch__buf path = ORCH__BUF_INIT(16384);
	orch_status st;

	orch__buf_addf(&path, "/v%d.%d%s", (int)api.major, (int)api.minor, r->path);
	st = orch__buf_ok(&path) ? perform(a, r, path.text, answer)
				 : orch__fail(ORCH_E_NOMEM, "out of memory");
	orch__buf_dispose(&path);
	return st;
}
