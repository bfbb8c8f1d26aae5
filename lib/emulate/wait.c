/* SPDX-License-Identifier: MIT */
/*
 * Waiting, the same on every orchestrator: read the deployment until it is
 * complete and stays so, tell of every change, and when it will not get there
 * say which instance is to blame and why.
 */
#include <stdbool.h>
#include <string.h>

#include "emulate/emulate.h"
#include "model/deployment.h"
#include "util/error.h"
#include "util/pool.h"

enum { POLL_MIN_MS = 50, POLL_MAX_MS = 1000 };

struct wait {
	const orch_call *call;
	const char *name;
	const orch_wait_options *options;
	int64_t complete_since; /* ORCH_UNSET: not complete              */
	int64_t progress_at;    /* when it last came closer              */
	int64_t poll_ms;
	orch_deployment seen; /* counts only, of the last look         */
	int64_t best_ready, best_updated;
};

static const orch_deployment_entry *look(struct wait *w, orch_deployment_entry *out)
{
	memset(out, 0, sizeof *out);
	if (w->call->backend->ops->deployment->get(w->call, w->name, out) < 0)
		return NULL;
	orch__deployment_settle(&out->deployment);
	return out;
}

static bool looks_different(const orch_deployment *a, const orch_deployment *b)
{
	return a->desired != b->desired || a->ready != b->ready || a->updated != b->updated ||
		a->total != b->total || a->state != b->state;
}

/* Closer to the goal than ever before, or the goal itself has moved. */
static bool is_progress(const struct wait *w, const orch_deployment *d)
{
	return d->desired != w->seen.desired || d->ready > w->best_ready ||
		d->updated > w->best_updated;
}

static void note(struct wait *w, const orch_deployment *d, int64_t now)
{
	const bool first = w->seen.state == 0;

	if (first || is_progress(w, d)) {
		if (d->desired != w->seen.desired)
			w->best_ready = w->best_updated = 0;
		w->best_ready = d->ready > w->best_ready ? d->ready : w->best_ready;
		w->best_updated = d->updated > w->best_updated ? d->updated : w->best_updated;
		w->progress_at = now;
	}
	if (first || looks_different(&w->seen, d)) {
		w->poll_ms = POLL_MIN_MS;
		if (w->options->progress)
			w->options->progress(w->options->progress_payload, d);
	}
	w->seen = *d;
	if (d->state != ORCH_DEPLOYMENT_COMPLETE)
		w->complete_since = ORCH_UNSET;
	else if (w->complete_since == ORCH_UNSET)
		w->complete_since = now;
}

/* The instances, or an empty list: an explanation that cannot be had is no
 * failure, unless it is for want of memory. */
static orch_status instances(
	struct wait *w, const orch_deployment_entry *entry, orch_instances *list)
{
	orch_error keep = *orch_error_last();
	orch_status st;

	*list = (orch_instances){ NULL, 0 };
	st = w->call->backend->ops->instance->list(w->call, entry, list);
	if (st == ORCH_E_NOMEM)
		return st;
	if (st < 0)
		list->count = 0;
	(void)orch__error_restore(&keep);
	return ORCH_OK;
}

static const char *or_else(const char *text, const char *other)
{
	return text && *text ? text : other;
}

/* Fail, in words for people; the reason is the name of the cause, for programs. */
static orch_status explain(
	orch_status status, const char *why, const orch_deployment *d, const orch_instances *list)
{
	const orch_instance *i = orch__instances_worst(list);

	if (!i)
		(void)orch__fail(status, "%s: %lld of %lld instances are ready%s%s", why,
			(long long)d->ready, (long long)d->desired, *d->message ? "; " : "",
			d->message);
	else
		(void)orch__fail(status, "%s: %lld of %lld instances are ready; %s%s%s is %s: %s",
			why, (long long)d->ready, (long long)d->desired, i->name,
			*i->node ? " on " : "", i->node, orch_instance_state_name(i->state),
			or_else(i->message,
				or_else(orch_cause_text(orch__instance_cause(i)),
					"not ready yet")));
	orch__error_remote(0, i ? orch_cause_name(orch__instance_cause(i)) : "", ORCH_UNSET);
	return status;
}

static bool any_failing(const orch_instances *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->updated && orch__instance_is_failing(list->items[i]))
			return true;
	return false;
}

static orch_status judge(struct wait *w, const orch_deployment_entry *entry, int64_t now)
{
	const bool stalled = now - w->progress_at >= w->options->stall_ms;
	orch_instances list;

	if (!stalled && !orch__deployment_given_up(&entry->deployment))
		return ORCH_OK;
	if (instances(w, entry, &list) < 0)
		return ORCH_E_NOMEM;
	if (orch__deployment_given_up(&entry->deployment))
		return explain(ORCH_E_FAILED, orch_deployment_state_name(entry->deployment.state),
			&entry->deployment, &list);
	if (any_failing(&list))
		return explain(ORCH_E_FAILED, "no progress", &entry->deployment, &list);
	return ORCH_OK;
}

static int64_t min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Short naps after a change, longer ones the longer nothing happens. */
static orch_status nap(struct wait *w, int64_t now)
{
	int64_t ms = w->poll_ms;

	w->poll_ms = min64(ms + ms / 2, POLL_MAX_MS);
	if (w->complete_since != ORCH_UNSET)
		ms = min64(ms, w->complete_since + w->options->settle_ms - now);
	return orch_call_sleep(w->call, ms > 0 ? ms : 1);
}

/* The deadline came: one more look, without a deadline of its own to speak of, says why. */
static orch_status give_up(struct wait *w)
{
	orch_call call = *w->call;
	struct wait last = *w;
	orch_deployment_entry entry;
	orch_instances list;

	call.deadline_ms = orch_call_now(&call) + 2000;
	last.call = &call;
	if (!look(&last, &entry))
		return orch__fail_in(ORCH_E_TIMEOUT, "not complete in time");
	if (instances(&last, &entry, &list) < 0)
		return ORCH_E_NOMEM;
	return explain(ORCH_E_TIMEOUT, "not complete in time", &entry.deployment, &list);
}

static bool is_over(struct wait *w, const orch_deployment_entry *entry, int64_t now)
{
	return entry && w->complete_since != ORCH_UNSET &&
		now - w->complete_since >= w->options->settle_ms;
}

/* One look. ORCH_OK with *done false: go on. */
static orch_status step(struct wait *w, orch_deployment_entry *out, bool *done)
{
	const orch_deployment_entry *entry = look(w, out);
	const int64_t now = orch_call_now(w->call);
	orch_status st = ORCH_OK;

	if (entry) {
		note(w, &entry->deployment, now);
		*done = is_over(w, entry, now);
		if (!*done && entry->deployment.state != ORCH_DEPLOYMENT_COMPLETE)
			st = judge(w, entry, now);
	} else if (!orch_error_last()->transient) {
		return orch_error_last()->status;
	}
	if (st < 0 || *done)
		return st;
	st = nap(w, now);
	if (st == ORCH_E_CANCELLED)
		return orch__fail(ORCH_E_CANCELLED, "cancelled by the caller");
	return st == ORCH_E_TIMEOUT ? give_up(w) : st;
}

orch_status orch__emulate_wait(const orch_call *call, const char *name,
	const orch_wait_options *options, orch_deployment_entry *out)
{
	struct orch__arena_mark mark = orch__arena_mark(&call->pool->arena);
	const int64_t now = orch_call_now(call);
	struct wait w = { .call = call,
		.name = name,
		.options = options,
		.complete_since = ORCH_UNSET,
		.progress_at = now,
		.poll_ms = POLL_MIN_MS };
	bool done = false;
	orch_status st;

	for (;;) {
		st = step(&w, out, &done);
		if (st < 0 || done)
			return st;
		orch__arena_rewind(&call->pool->arena, mark);
	}
}
