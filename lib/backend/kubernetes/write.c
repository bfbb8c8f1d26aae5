/* SPDX-License-Identifier: MIT */
/*
 * Writes and their outcomes. An answer may be lost, and what is behind a proxy may have been
 * sent twice: "already there" and "changed since" may be our own success. What we write bears
 * the name of the call, and that decides.
 */
#include "backend/kubernetes/write.h"

#include <string.h>

#include "backend/kubernetes/call.h"
#include "backend/kubernetes/doubt.h"
#include "backend/kubernetes/names.h"
#include "backend/kubernetes/namespace.h"
#include "backend/kubernetes/resource.h"
#include "json/writer.h"
#include "net/retry.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/ticket.h"

enum { BODY_MAX = 4096, PAUSE_MS = 100 };

static bool is_unknown(void)
{
	return orch_error_last()->outcome == ORCH_OUTCOME_UNKNOWN;
}

/*
 * In effect, only the answer did not come through whole: what it would say can be read. A
 * second copy may have been refused since, for the sake of the first.
 */
static bool is_unread(orch_status st)
{
	return (st == ORCH_E_NETWORK || st == ORCH_E_CONFLICT) &&
		orch_error_last()->outcome == ORCH_OUTCOME_APPLIED;
}

/* A failure that is none to look into. */
static bool is_final(orch_status st)
{
	return orch_error_last()->outcome == ORCH_OUTCOME_APPLIED && !is_unread(st);
}

/* One write, as it is sent. */
struct write {
	struct orch__target to;
	struct kube_request request;
	struct kube_live *out; /* NULL: nobody wants to know */
	unsigned copies;       /* of a creation, of which nothing is known */
	int64_t sent_ms;       /* the last one of those */
};

static void begin(struct write *w, const orch_call *call, const char *name, const char *sub,
	const char *manager)
{
	*w = (struct write){ .to = ORCH__TARGET_INIT };
	kube_resource_path(&w->to, KUBE_DEPLOYMENT, call->ns, name, sub);
	orch__target_query(&w->to, "fieldManager", manager);
	orch__target_query(&w->to, "fieldValidation", "Strict"); /* nothing is lost in silence */
}

static orch_status decode_answer(
	const orch_call *call, const struct orch__response *answer, struct kube_live *out)
{
	orch_status st;

	if (!out)
		return ORCH_OK;
	st = kube_object_decode(call, answer->body.text, answer->body.len, out);
	if (st < 0)
		orch__error_outcome(ORCH_OUTCOME_APPLIED);
	return st;
}

static orch_status send(const orch_call *call, struct write *w)
{
	struct orch__response answer = { 0 };
	orch_status st = orch__target_end(&w->to);

	w->request.path = w->to.path.text;
	w->request.query = w->to.query.text;
	if (st == ORCH_OK)
		st = kube_send(call, &w->request, &answer);
	if (st == ORCH_OK)
		st = decode_answer(call, &answer, w->out);
	orch__response_dispose(&answer);
	return st;
}

/* What is there, seen through a doubt: a failure to look is the failure that we had. */
static orch_status look(const orch_call *call, const char *name, struct kube_live *found)
{
	const orch_error doubt = *orch_error_last();
	orch_status st = kube_object_read(call, name, found);

	if (st == ORCH_OK || st == ORCH_E_NOTFOUND)
		return st;
	(void)orch__error_restore(&doubt);
	if (doubt.outcome == ORCH_OUTCOME_UNKNOWN)
		(void)orch__fail_in(doubt.status,
			"it is not known whether this took effect (annotation " KUBE_NOTE_OP
			"=%s tells)",
			call->op_id);
	return ORCH_E_NETWORK; /* whatever it was: not known */
}

static orch_status changed_by_another(const char *name)
{
	(void)orch__fail(ORCH_E_CONFLICT, "deployment %s was changed by someone else", name);
	orch__error_remote(409, "Conflict", ORCH_UNSET);
	orch__error_outcome(ORCH_OUTCOME_NOT_APPLIED);
	orch__error_transient(true);
	return ORCH_E_CONFLICT;
}

/* ---- create ---- */

static orch_status taken(const char *name)
{
	(void)orch__fail(ORCH_E_EXISTS, "deployment %s already exists", name);
	orch__error_remote(409, "AlreadyExists", ORCH_UNSET);
	orch__error_outcome(ORCH_OUTCOME_NOT_APPLIED);
	return ORCH_E_EXISTS;
}

/* Somebody has the name, or nobody: who? `*again` when it is nobody. */
static orch_status settle_name(
	const orch_call *call, const char *name, struct write *w, bool *again)
{
	const orch_error doubt = *orch_error_last();
	struct kube_live found;
	orch_status st = look(call, name, &found);

	if (st == ORCH_E_NOTFOUND) {
		(void)orch__error_restore(&doubt);
		*again = doubt.outcome != ORCH_OUTCOME_APPLIED &&
			(doubt.status == ORCH_E_EXISTS || doubt.transient);
		return doubt.status;
	}
	if (st < 0)
		return orch_error_last()->status;
	if (!kube_meta_is_signed(&found.object.spec.meta, call->op_id))
		return taken(name);
	w->copies -= w->copies && doubt.outcome != ORCH_OUTCOME_APPLIED; /* this is one of them */
	*w->out = found;
	return ORCH_OK;
}

static orch_status rest(const orch_call *call)
{
	const orch_error why = *orch_error_last();
	const struct orch__cancel_ticket cancel = orch__ticket(call);

	if (call->deadline_ms - orch__clock_ms() <= PAUSE_MS)
		return why.status;
	return orch__pause(PAUSE_MS, &cancel)
		? ORCH_OK
		: orch__fail(ORCH_E_CANCELLED, "cancelled by the caller");
}

/* `*again`: what stood in its way may be gone. */
static orch_status create_once(
	const orch_call *call, const char *name, struct write *w, bool *again)
{
	const int64_t began = orch__clock_ms();
	orch_status st = send(call, w);

	*again = false;
	if (st == ORCH_OK || is_final(st))
		return st;
	if (st != ORCH_E_EXISTS && is_unknown()) {
		w->copies++;
		w->sent_ms = began;
	}
	if (st == ORCH_E_EXISTS || is_unknown() || is_unread(st)) {
		st = settle_name(call, name, w, again);
		return st < 0 && *again ? rest(call) : st;
	}
	st = kube_namespace_mend(call);
	*again = st == ORCH_OK;
	return st;
}

orch_status kube_write_new(
	const orch_call *call, const char *name, struct kube_body body, struct kube_live *out)
{
	struct write w;
	bool again = true;
	orch_status st = ORCH_OK;

	begin(&w, call, NULL, NULL, KUBE_MANAGER);
	w.out = out;
	w.request.method = "POST";
	w.request.body = body.text;
	w.request.body_len = body.len;
	w.request.again = KUBE_ONCE; /* a copy that we do not know of could come after a delete */
	while (again && st == ORCH_OK)
		st = create_once(call, name, &w, &again);
	orch__target_dispose(&w.to);
	if (st == ORCH_OK && w.copies)
		kube_doubt_add(call, name, w.sent_ms);
	return st;
}

/* ---- change ---- */

orch_status kube_write_over(
	const orch_call *call, const char *name, struct kube_body body, struct kube_live *out)
{
	struct kube_live found;
	struct write w;
	orch_status st;

	begin(&w, call, name, NULL, KUBE_MANAGER);
	w.out = out;
	w.request.method = "PUT";
	w.request.body = body.text;
	w.request.body_len = body.len;
	w.request.again = KUBE_REPEAT; /* what follows an old version is refused */
	st = send(call, &w);
	orch__target_dispose(&w.to);
	if (st == ORCH_OK || is_final(st))
		return st;
	if (st != ORCH_E_CONFLICT && !is_unknown() && !is_unread(st))
		return st;
	st = look(call, name, &found);
	if (st == ORCH_E_NOTFOUND)
		return changed_by_another(name);
	if (st < 0)
		return orch_error_last()->status;
	if (!kube_meta_is_signed(&found.object.spec.meta, call->op_id))
		return changed_by_another(name);
	*out = found;
	return ORCH_OK;
}

static orch_status settle_patch(
	const orch_call *call, const struct kube_patch *patch, struct kube_live *out)
{
	struct kube_live found;
	orch_status st = look(call, patch->name, &found);

	if (st == ORCH_E_NOTFOUND)
		return changed_by_another(patch->name);
	if (st < 0)
		return orch_error_last()->status;
	if (!patch->is_done(&found, patch->payload))
		return changed_by_another(patch->name);
	if (out)
		*out = found;
	return ORCH_OK;
}

orch_status kube_write_patch(
	const orch_call *call, const struct kube_patch *patch, struct kube_live *out)
{
	struct write w;
	orch_status st;

	begin(&w, call, patch->name, patch->sub, KUBE_MANAGER_OPS);
	w.out = patch->sub ? NULL : out;
	w.request.method = "PATCH";
	w.request.content_type = "application/merge-patch+json";
	w.request.body = patch->body.text;
	w.request.body_len = patch->body.len;
	w.request.again = KUBE_REPEAT; /* it has the version that it follows */
	st = send(call, &w);
	orch__target_dispose(&w.to);
	if (st == ORCH_OK || is_final(st))
		return st;
	if (patch->is_done && (st == ORCH_E_CONFLICT || is_unknown() || is_unread(st)))
		return settle_patch(call, patch, out);
	return st;
}

/* ---- delete ---- */

static orch_status write_options(const char *uid, struct orch__buf *out)
{
	struct orch__json_writer w;

	orch__json_write_start(&w, out);
	orch__json_write_object(&w);
	orch__json_write_key(&w, "apiVersion");
	orch__json_write_str(&w, "v1");
	orch__json_write_key(&w, "kind");
	orch__json_write_str(&w, "DeleteOptions");
	orch__json_write_key(&w, "propagationPolicy");
	orch__json_write_str(&w, "Background");
	orch__json_write_key(&w, "preconditions");
	orch__json_write_object(&w);
	orch__json_write_key(&w, "uid");
	orch__json_write_str(&w, uid);
	orch__json_write_end(&w);
	orch__json_write_end(&w);
	return orch__json_write_finish(&w);
}

orch_status kube_write_gone(
	const orch_call *call, enum kube_kind kind, const char *name, const char *uid)
{
	const char *ns = kind == KUBE_NAMESPACE ? NULL : call->ns;
	struct orch__buf body = ORCH__BUF_INIT(BODY_MAX);
	struct write w = { .to = ORCH__TARGET_INIT };
	orch_status st = write_options(uid, &body);

	kube_resource_path(&w.to, kind, ns, name, NULL);
	w.request.method = "DELETE";
	w.request.body = body.text;
	w.request.body_len = body.len;
	w.request.again = KUBE_REPEAT;
	if (st == ORCH_OK)
		st = send(call, &w);
	orch__target_dispose(&w.to);
	orch__buf_dispose(&body);
	/* Another uid bears the name, or nobody: whoever deleted ours, it is gone. */
	if (st == ORCH_E_NOTFOUND || st == ORCH_E_CONFLICT)
		return ORCH_OK;
	return st;
}
