/* SPDX-License-Identifier: MIT */
#include "backend/swarm/task.h"

#include <string.h>

#include "util/text.h"

bool swarm_task_has_ended(const struct swarm_task *t)
{
	return t->state >= SWARM_TASK_COMPLETE;
}

/* It shall stop: replaced, scaled away, deleted. */
static bool is_unwanted(const struct swarm_task *t)
{
	return t->desired > SWARM_TASK_RUNNING;
}

static bool is_ready(const struct swarm_task *t, const struct swarm_node *node)
{
	return t->state == SWARM_TASK_RUNNING && !is_unwanted(t) && !swarm_node_is_down(node);
}

/* Nobody can tell when a dead node's tasks end: they count no more once replaced. */
void swarm_task_count(
	const struct swarm_task *t, const struct swarm_node *node, struct swarm_counts *counts)
{
	if (swarm_task_has_ended(t) || (is_unwanted(t) && swarm_node_is_down(node)))
		return;
	counts->total++;
	counts->ready += is_ready(t, node);
	counts->updated += t->is_updated && !is_unwanted(t);
}

/* ---- why ---- */

/* Words of the engine differ between versions: the tails are what stays. Narrow rows first. */
struct symptom {
	int64_t state; /* 0: any of failed and rejected */
	const char *message, *error;
	enum orch_cause cause;
};

/* clang-format off */
static const struct symptom symptoms[] = {
	{ SWARM_TASK_PENDING, NULL, "no suitable node", ORCH_CAUSE_UNSCHEDULABLE },
	{ SWARM_TASK_PENDING, NULL, "", ORCH_CAUSE_UNSCHEDULABLE },
	/* A pull that failed for now is never tried again: the task stays like this. */
	{ SWARM_TASK_PREPARING, NULL, "", ORCH_CAUSE_IMAGE },

	{ 0, NULL, "unhealthy container", ORCH_CAUSE_UNHEALTHY },
	{ 0, NULL, "No such image", ORCH_CAUSE_IMAGE },
	{ 0, NULL, "invalid mount config", ORCH_CAUSE_START },
	{ 0, NULL, "mount source", ORCH_CAUSE_START },
	{ 0, NULL, "bind source path", ORCH_CAUSE_START },
	{ 0, NULL, "propagation mode", ORCH_CAUSE_START },
	{ 0, NULL, "volume plugin", ORCH_CAUSE_START },
	{ 0, NULL, "volume specification", ORCH_CAUSE_START },
	{ 0, NULL, "mount local volume", ORCH_CAUSE_START },
	{ 0, "resolving controller failed", "", ORCH_CAUSE_START },
	{ SWARM_TASK_REJECTED, "preparing", "", ORCH_CAUSE_IMAGE },
	{ 0, NULL, "starting container failed", ORCH_CAUSE_START },
	{ 0, NULL, "unable to find user", ORCH_CAUSE_START },
	{ 0, NULL, "exec: ", ORCH_CAUSE_START },
	{ 0, NULL, "OCI runtime", ORCH_CAUSE_START },
	{ 0, NULL, "AppArmor", ORCH_CAUSE_START },
	{ SWARM_TASK_REJECTED, NULL, NULL, ORCH_CAUSE_START },
	/* 137 may be lack of memory: the engine does not tell. */
	{ SWARM_TASK_FAILED, NULL, NULL, ORCH_CAUSE_CRASH },
	{ SWARM_TASK_ORPHANED, NULL, NULL, ORCH_CAUSE_NODE },
};
/* clang-format on */

/* A pattern of "" asks for any text but none. */
static bool has(const char *text, const char *pattern)
{
	if (!pattern)
		return true;
	return text && (*pattern ? strstr(text, pattern) != NULL : *text != '\0');
}

static bool fits(const struct symptom *s, const struct swarm_task *t)
{
	if (s->state ? t->state != s->state
		     : t->state != SWARM_TASK_FAILED && t->state != SWARM_TASK_REJECTED)
		return false;
	return has(t->message, s->message) && has(t->error, s->error);
}

enum orch_cause swarm_task_cause(const struct swarm_task *t)
{
	for (size_t i = 0; i < sizeof symptoms / sizeof *symptoms; i++)
		if (fits(&symptoms[i], t))
			return symptoms[i].cause;
	return ORCH_CAUSE_NONE;
}

/* ---- a place and its history ---- */

/* Ended by itself, well or not: what a restart is counted for. */
static bool has_died(const struct swarm_task *t)
{
	return t->state == SWARM_TASK_COMPLETE || t->state == SWARM_TASK_FAILED ||
		t->state == SWARM_TASK_REJECTED;
}

/* An earlier spec's ends say nothing about this one. */
static bool is_earlier_life(const struct swarm_task *now, const struct swarm_task *before)
{
	return has_died(before) && before->is_updated == now->is_updated;
}

static const struct swarm_task *last_death(const struct swarm_place *p, size_t i)
{
	while (i-- > 0)
		if (is_earlier_life(p->tasks[p->count - 1], p->tasks[i]))
			return p->tasks[i];
	return NULL;
}

static int64_t deaths(const struct swarm_place *p, size_t i)
{
	int64_t n = 0;

	for (size_t k = 0; k < i; k++)
		n += is_earlier_life(p->tasks[i], p->tasks[k]);
	return n;
}

static enum orch_instance_state state_of(const struct swarm_task *t, const struct swarm_node *node)
{
	if (t->state == SWARM_TASK_ORPHANED ||
		(!swarm_task_has_ended(t) && swarm_node_is_down(node)))
		return ORCH_INSTANCE_UNKNOWN;
	if (!swarm_task_has_ended(t) && is_unwanted(t))
		return ORCH_INSTANCE_STOPPING;
	switch (t->state) {
	case SWARM_TASK_STRANGE:
		return ORCH_INSTANCE_UNKNOWN;
	case SWARM_TASK_STARTING:
	case SWARM_TASK_RUNNING:
		return ORCH_INSTANCE_RUNNING;
	case SWARM_TASK_COMPLETE:
		return ORCH_INSTANCE_SUCCEEDED;
	case SWARM_TASK_FAILED:
	case SWARM_TASK_REJECTED:
		return ORCH_INSTANCE_FAILED;
	default:
		return ORCH_INSTANCE_PENDING;
	}
}

static int64_t or_else(int64_t value, int64_t fallback)
{
	return value == ORCH_UNSET || value == 0 ? fallback : value;
}

/*
 * A container that ends well when it is told to is `complete` after its checks
 * have failed too: the engine keeps no trace of why it was told. So one that
 * had checks, and lived long enough for them to fail, is held for unhealthy.
 */
static bool was_unhealthy(const struct swarm_task *t)
{
	const struct swarm_health *h = t->health;
	int64_t least;

	if (!h || !h->test.count || !strcmp(h->test.items[0], "NONE") ||
		t->created_ms == ORCH_UNSET || t->changed_ms == ORCH_UNSET)
		return false;
	least = or_else(h->start_period_ms, 0) +
		or_else(h->interval_ms, 30000) * or_else(h->retries, 3);
	return t->changed_ms - t->created_ms >= least;
}

static const char *words(const struct swarm_task *t)
{
	if (t->error && *t->error)
		return t->error;
	return t->message ? t->message : "";
}

/* Ended well, and yet it is started again: for something that serves, a crash. */
static void explain_good_end(const struct swarm_task *before, orch_instance *out)
{
	const bool unhealthy = was_unhealthy(before);

	out->cause = unhealthy ? ORCH_CAUSE_UNHEALTHY : ORCH_CAUSE_CRASH;
	out->message = unhealthy
		? "ended with exit code 0, as it does when its health check has failed"
		: "ended with exit code 0";
}

/* Why one that is not ready is not: what it says itself, else how the last one ended. */
static void explain(const struct swarm_task *t, const struct swarm_task *before, orch_instance *out)
{
	out->cause = swarm_task_cause(t);
	out->message = out->cause == ORCH_CAUSE_NONE && !t->error ? "" : words(t);
	if (out->cause != ORCH_CAUSE_NONE || !before || swarm_task_has_ended(t))
		return;
	if (before->state == SWARM_TASK_COMPLETE) {
		explain_good_end(before, out);
		return;
	}
	out->cause = swarm_task_cause(before);
	out->message = words(before);
}

static void tell_end(
	const struct swarm_task *t, const struct swarm_task *before, orch_instance *out)
{
	const struct swarm_task *ended = has_died(t) ? t : before;

	out->exit_code = ORCH_UNSET;
	if (ended && ended->state != SWARM_TASK_REJECTED)
		out->exit_code = ended->exit_code;
}

bool swarm_place_show(const struct swarm_place *place, size_t i, const struct swarm_node *node,
	orch_instance *out)
{
	const struct swarm_task *t = place->tasks[i];
	const bool is_newest = i == place->count - 1;
	const struct swarm_task *before = is_newest ? last_death(place, i) : NULL;

	/* Ended, and replaced or to be cleared away. */
	if (swarm_task_has_ended(t) &&
		(!is_newest || t->desired == SWARM_TASK_REMOVE || t->state == SWARM_TASK_SHUTDOWN ||
			t->state == SWARM_TASK_REMOVE))
		return false;
	out->state = state_of(t, node);
	out->ready = is_ready(t, node);
	out->updated = t->is_updated;
	out->cause = ORCH_CAUSE_NONE;
	out->message = "";
	if (out->state == ORCH_INSTANCE_UNKNOWN)
		out->cause = t->state == SWARM_TASK_STRANGE ? ORCH_CAUSE_NONE : ORCH_CAUSE_NODE;
	else if (!out->ready && out->state != ORCH_INSTANCE_STOPPING)
		explain(t, before, out);
	out->restarts = deaths(place, i);
	tell_end(t, before, out);
	return true;
}
