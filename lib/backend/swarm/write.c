/* SPDX-License-Identifier: MIT */
/*
 * Writes and their outcomes. An engine that was asked may die, hang, or be
 * right behind one that does; what it forwards may arrive later, or twice. So
 * "already there" may be our own success, and silence may be too. Whatever we
 * write is signed with the name of the call: the signature decides.
 */
#include <stdio.h>
#include <string.h>

#include "backend/swarm/doubt.h"
#include "backend/swarm/names.h"
#include "backend/swarm/service.h"
#include "backend/swarm/spec.h"
#include "net/target.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/text.h"

/* One write on its way to certainty. */
struct write {
	struct swarm_attempts attempts;
	const orch_call *call;
	const char *key;     /* to read it back by: a name, or an ID            */
	const char *version; /* of an update: what it follows                   */
	const char *id;      /* of what was created                             */
	bool is_delete;
	bool again;      /* it is not there: send it once more              */
	bool is_applied; /* that much is known                              */
	bool in_doubt;   /* a copy may be on its way, or there              */
	unsigned copies; /* of those, as far as is known                    */
	int64_t sent_ms; /* the last one of those                           */
	orch_error doubt;
};

static void begin(struct write *w, const orch_call *call, const char *key)
{
	memset(w, 0, sizeof *w);
	w->call = call;
	w->key = key;
	swarm_attempts_begin(&w->attempts, call);
}

static void doubt(struct write *w)
{
	w->in_doubt = true;
	w->doubt = *orch_error_last();
}

/* While the answer is waited for: has it happened? */
static orch_status probe(void *payload, const orch_call *call, size_t endpoint, bool *is_settled)
{
	const struct write *w = payload;
	struct swarm_attempts attempts;
	struct swarm_live found;
	orch_status st;

	swarm_attempts_begin(&attempts, call);
	attempts.at = endpoint;
	st = swarm_service_read(&attempts, w->key, &found);
	if (st == ORCH_E_NOTFOUND)
		*is_settled = w->is_delete;
	else if (st == ORCH_OK)
		*is_settled = !w->is_delete && swarm_service_is_signed(&found, call->op_id);
	return st == ORCH_E_NOTFOUND ? ORCH_OK : st;
}

static orch_status send(
	struct write *w, struct swarm_request request, struct orch__response *answer)
{
	const int64_t began = orch__clock_ms();
	orch_status st;

	request.probe = probe;
	request.payload = w;
	st = swarm_send(&w->attempts, &request, answer);
	w->again = false;
	if (st == ORCH_OK || orch_error_last()->outcome == ORCH_OUTCOME_APPLIED)
		w->is_applied = true;
	if (st < 0 && orch_error_last()->outcome == ORCH_OUTCOME_UNKNOWN) {
		doubt(w);
		w->copies++;
		w->sent_ms = began;
	}
	return st;
}

static bool is_unknown(void)
{
	return orch_error_last()->outcome == ORCH_OUTCOME_UNKNOWN;
}

/* A failure that leaves the outcome open says how to find out. */
static orch_status give_up(struct write *w)
{
	orch_status st = orch_error_last()->status;

	if (w->is_applied) {
		orch__error_outcome(ORCH_OUTCOME_APPLIED);
		return st;
	}
	if (!w->in_doubt)
		return st;
	if (st == ORCH_E_TIMEOUT || st == ORCH_E_NETWORK || st == ORCH_E_NOTFOUND)
		st = orch__error_restore(&w->doubt);
	st = orch__fail_in(st,
		"it is not known whether this took effect (label " SWARM_LABEL_OP "=%s tells)",
		w->call->op_id);
	orch__error_outcome(ORCH_OUTCOME_UNKNOWN);
	return st;
}

/* It is not there. Once more, unless an answer said that this would not help. */
static orch_status not_there(struct write *w)
{
	w->again = !w->in_doubt || w->doubt.transient;
	return w->again ? ORCH_OK : orch__error_restore(&w->doubt);
}

/* Send, settle what became of it, and again until it is settled. */
static orch_status carry_out(struct write *w, const struct swarm_request *request,
	orch_status (*once)(struct write *w, const struct swarm_request *request))
{
	orch_status st;

	for (;;) {
		st = once(w, request);
		if (st < 0)
			return give_up(w);
		if (!w->again)
			return ORCH_OK;
		st = swarm_attempts_rest(&w->attempts);
		if (st < 0)
			return give_up(w);
	}
}

/* ---- create ---- */

static orch_status taken(struct write *w, const struct swarm_live *found)
{
	const char *mode = swarm_spec_other_mode(&found->spec);
	orch_status st = ORCH_E_EXISTS;

	if (mode) {
		st = orch__fail(ORCH_E_IMMUTABLE,
			"service %s is there already, as a %s service: its mode cannot be changed",
			w->key, mode);
		orch__error_remote(409, "Immutable", ORCH_UNSET);
	} else {
		(void)orch__fail(st, "service %s already exists", w->key);
		orch__error_remote(409, "NameConflict", ORCH_UNSET);
	}
	orch__error_outcome(ORCH_OUTCOME_NOT_APPLIED);
	return st;
}

/* A copy that comes into effect late is better than two: look for it a few times. */
static orch_status find_by_name(struct write *w, struct swarm_live *found)
{
	const int64_t until = orch__clock_ms() + w->attempts.s->limits.again_ms;
	orch_status st;

	for (;;) {
		st = swarm_service_read(&w->attempts, w->key, found);
		if (st != ORCH_E_NOTFOUND || !w->in_doubt || !w->doubt.transient ||
			orch__clock_ms() >= until)
			return st;
		st = swarm_attempts_rest(&w->attempts);
		if (st < 0)
			return st;
	}
}

/* Somebody has the name, or nobody: who? */
static orch_status settle_name(struct write *w)
{
	struct swarm_live found;
	orch_status st = find_by_name(w, &found);

	if (st == ORCH_E_NOTFOUND)
		return not_there(w);
	if (st < 0) {
		doubt(w);
		return st;
	}
	if (!swarm_service_is_signed(&found, w->call->op_id))
		return taken(w, &found);
	w->id = found.service.id;
	w->copies -= w->copies && !w->is_applied; /* this is one of them */
	return ORCH_OK;
}

static bool read_id(struct write *w, const struct orch__response *answer)
{
	struct swarm_created created;

	if (orch__json_decode(&swarm_created_table, &w->call->pool->arena, answer->body.text,
		    answer->body.len, &created) < 0)
		return false;
	w->id = created.id;
	return true;
}

static orch_status create_once(struct write *w, const struct swarm_request *request)
{
	struct orch__response answer = { 0 };
	orch_status st = send(w, *request, &answer);

	if (st == ORCH_OK)
		st = read_id(w, &answer) ? ORCH_OK : settle_name(w);
	else if (w->is_applied || is_unknown() || st == ORCH_E_EXISTS)
		st = settle_name(w);
	orch__response_dispose(&answer);
	return st;
}

orch_status swarm_service_create(
	const orch_call *call, const char *name, struct swarm_body body, const char **id)
{
	const struct swarm_request request = { .method = "POST",
		.path = "/services/create",
		.is_once = true, /* a copy we do not know of could arrive after a delete */
		.body = body.text,
		.body_len = body.len };
	struct write w;
	orch_status st;

	begin(&w, call, name);
	st = carry_out(&w, &request, create_once);
	if (st == ORCH_OK && w.copies)
		swarm_doubt_add(swarm_of(call), name, call->op_id, w.sent_ms);
	if (st == ORCH_OK)
		*id = w.id;
	return st;
}

/* ---- update ---- */

static orch_status changed_by_another(struct write *w)
{
	(void)orch__fail(ORCH_E_CONFLICT, "service %s was changed by someone else", w->key);
	orch__error_remote(0, "OutOfSequence", ORCH_UNSET);
	orch__error_outcome(ORCH_OUTCOME_NOT_APPLIED);
	w->in_doubt = false; /* what follows an old version is refused whenever it arrives */
	return ORCH_E_CONFLICT;
}

static orch_status settle_version(struct write *w)
{
	struct swarm_live found;
	orch_status st = swarm_service_read(&w->attempts, w->key, &found);

	if (st == ORCH_E_NOTFOUND)
		return changed_by_another(w);
	if (st < 0) {
		doubt(w);
		return st;
	}
	if (swarm_service_is_signed(&found, w->call->op_id))
		return ORCH_OK;
	if (strcmp(found.service.version, w->version) != 0)
		return changed_by_another(w);
	return not_there(w);
}

static orch_status update_once(struct write *w, const struct swarm_request *request)
{
	struct orch__response answer = { 0 };
	orch_status st = send(w, *request, &answer);

	orch__response_dispose(&answer);
	if (w->is_applied)
		return ORCH_OK;
	if (st == ORCH_E_CONFLICT || is_unknown())
		return settle_version(w);
	/* Not there, and so not of that version. Any other status: the spec refers in vain. */
	if (st == ORCH_E_NOTFOUND && orch_error_last()->http_status == 404)
		return changed_by_another(w);
	return st;
}

orch_status swarm_service_update(
	const orch_call *call, const struct swarm_live *live, struct swarm_body body)
{
	struct orch__target to = ORCH__TARGET_INIT;
	struct swarm_request request = {
		.method = "POST", .body = body.text, .body_len = body.len
	};
	struct write w;
	orch_status st;

	begin(&w, call, live->service.id);
	w.version = live->service.version;
	orch__target_add(&to, "/services");
	orch__target_segment(&to, "service", w.key);
	orch__target_add(&to, "/update");
	orch__target_query(&to, "version", w.version);
	st = orch__target_end(&to);
	request.path = to.path.text;
	request.query = to.query.text;
	if (st == ORCH_OK)
		st = carry_out(&w, &request, update_once);
	orch__target_dispose(&to);
	return st;
}

/* ---- delete ---- */

static orch_status delete_once(struct write *w, const struct swarm_request *request)
{
	struct orch__response answer = { 0 };
	orch_status st = send(w, *request, &answer);

	orch__response_dispose(&answer);
	/* No other can have that ID: whoever it was that deleted it, it is gone. */
	if (w->is_applied || st == ORCH_E_NOTFOUND)
		return ORCH_OK;
	return is_unknown() ? not_there(w) : st;
}

orch_status swarm_service_delete(const orch_call *call, const char *id)
{
	struct orch__target to = ORCH__TARGET_INIT;
	struct swarm_request request = { .method = "DELETE" };
	struct write w;
	orch_status st;

	begin(&w, call, id);
	w.is_delete = true;
	orch__target_add(&to, "/services");
	orch__target_segment(&to, "service", id);
	st = orch__target_end(&to);
	request.path = to.path.text;
	if (st == ORCH_OK)
		st = carry_out(&w, &request, delete_once);
	orch__target_dispose(&to);
	return st;
}
