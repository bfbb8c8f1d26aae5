/* SPDX-License-Identifier: MIT */
#include "backend/sim/store.h"

#include <stdio.h>
#include <string.h>

#include "backend/sim/error.h"
#include "backend/sim/spec.h"
#include "util/text.h"

/* ---- look-up ---- */

static int compare(const struct sim_deployment *d, const char *ns, const char *name)
{
	int by_ns = strcmp(d->ns, ns);

	return by_ns ? by_ns : strcmp(d->spec->spec.name, name);
}

/* Where it is, or where it would be. */
static size_t position(const struct sim_world *w, const char *ns, const char *name, bool *found)
{
	size_t low = 0, high = w->deployment_count;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(w->deployments[middle], ns, name);

		if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
			*found = *found || order == 0;
		}
	}
	return low;
}

static struct sim_deployment *find(const struct sim_world *w, const char *ns, const char *name)
{
	bool found;
	size_t at = position(w, ns, name, &found);

	return found ? w->deployments[at] : NULL;
}

orch_status sim_store_find(
	struct sim_world *w, const char *ns, const char *name, struct sim_deployment **out)
{
	*out = find(w, ns, name);
	return *out ? ORCH_OK : sim_error_notfound(name);
}

struct sim_deployment *sim_store_by_id(struct sim_world *w, const char *id)
{
	for (struct sim_deployment *d = w->removed; d; d = d->next)
		if (!strcmp(d->id, id))
			return d;
	for (size_t i = 0; i < w->deployment_count; i++)
		if (!strcmp(w->deployments[i]->id, id))
			return w->deployments[i];
	return NULL;
}

struct sim_deployment *sim_store_behind(struct sim_world *w, const char *ns, const char *name)
{
	bool found;
	size_t at = position(w, ns, name, &found) + found;

	return at < w->deployment_count ? w->deployments[at] : NULL;
}

/* ---- what a write needs, taken before it changes anything ---- */

static int64_t holders(const struct sim_deployment *d, int64_t replicas)
{
	int64_t n = 0;

	for (const struct sim_task *t = d ? d->first : NULL; t && t->slot <= replicas; t = t->next)
		n += !t->lost;
	return n;
}

/* Of `d` as it is, NULL: of nothing. The template is as yet unsaid. */
static struct sim_spec *prepare(struct sim_world *w, const struct sim_deployment *d,
	const orch_deployment_spec *want, int64_t replicas, int64_t forced)
{
	struct sim_spec *s = sim_spec_new(w, want);

	if (!s)
		return NULL;
	s->spec.replicas = replicas;
	s->forced = forced;
	if (sim_task_reserve(w, replicas - holders(d, replicas)))
		return s;
	sim_spec_unref(s);
	return NULL;
}

static bool same_template(const struct sim_spec *a, const struct sim_spec *b)
{
	return a->forced == b->forced && sim_spec_same_template(&a->spec, &b->spec);
}

/* Tasks of an earlier spec are up to date again when it comes back. */
static uint64_t find_template(
	struct sim_world *w, const struct sim_deployment *d, const struct sim_spec *s)
{
	if (same_template(d->spec, s))
		return d->spec->template_id;
	for (const struct sim_task *t = d->first; t; t = t->next)
		if (same_template(t->spec, s))
			return t->spec->template_id;
	return ++w->templates;
}

static void stamp(struct sim_world *w, struct sim_deployment *d, const char *op_id)
{
	d->version = ++w->index;
	d->updated_ms = w->clock.now;
	snprintf(d->op_id, sizeof d->op_id, "%s", op_id ? op_id : "");
	w->writes++;
	w->place = true; /* a task that waits may fit under other constraints */
	sim_world_dirty(w, d);
	sim_world_settle(w);
	sim_task_drop_spares(w);
}

static void replace_spec(
	struct sim_world *w, struct sim_deployment *d, struct sim_spec *s, const char *op_id)
{
	s->template_id = find_template(w, d, s);
	sim_spec_unref(d->spec);
	d->spec = s;
	stamp(w, d, op_id);
}

static bool is_op(const struct sim_deployment *d, const char *op_id)
{
	return op_id && op_id[0] && !strcmp(d->op_id, op_id);
}

/* May `write` change what is there now? `*done`: it has done so already. */
static orch_status check_live(
	struct sim_world *w, const struct sim_write *write, struct sim_deployment **out, bool *done)
{
	struct sim_deployment *d = find(w, write->ns, write->name);

	if (!d || strcmp(d->id, write->live->id) != 0)
		return sim_error_conflict(write, d);
	*done = is_op(d, write->op_id);
	*out = d;
	if (!*done && d->version != write->live->version)
		return sim_error_conflict(write, d);
	return ORCH_OK;
}

/* ---- writes ---- */

static bool reserve_entry(struct sim_world *w)
{
	size_t cap = w->deployment_cap ? w->deployment_cap * 2 : 8;
	struct sim_deployment **grown;

	if (w->deployment_count < w->deployment_cap)
		return true;
	grown = orch__resize(w->deployments, cap * sizeof(struct sim_deployment *));
	if (!grown)
		return false;
	w->deployments = grown;
	w->deployment_cap = cap;
	return true;
}

static void insert(struct sim_world *w, struct sim_deployment *d)
{
	bool found;
	size_t at = position(w, d->ns, d->spec->spec.name, &found);

	memmove(w->deployments + at + 1, w->deployments + at,
		(w->deployment_count - at) * sizeof *w->deployments);
	w->deployments[at] = d;
	w->deployment_count++;
}

static void take_out(struct sim_world *w, const struct sim_deployment *d)
{
	bool found;
	size_t at = position(w, d->ns, d->spec->spec.name, &found);

	w->deployment_count--;
	memmove(w->deployments + at, w->deployments + at + 1,
		(w->deployment_count - at) * sizeof *w->deployments);
}

static void look_again(struct sim_world *w, void *deployment)
{
	sim_world_dirty(w, deployment);
}

/* Takes over `s`. NULL: memory is short. */
static struct sim_deployment *make(struct sim_world *w, const char *ns, struct sim_spec *s)
{
	size_t size = strlen(ns) + 1;
	struct sim_deployment *d = s && reserve_entry(w) ? orch__zalloc(sizeof *d + size) : NULL;

	if (!d) {
		sim_spec_unref(s);
		sim_task_drop_spares(w);
		return NULL;
	}
	d->world = w;
	d->spec = s;
	d->created_ms = w->clock.now;
	d->again = (struct sim_timer){ .fire = look_again, .owner = d };
	memcpy(d->ns, ns, size);
	return d;
}

static orch_status create(struct sim_world *w, const struct sim_write *write,
	const orch_deployment_spec *want, struct sim_deployment **out)
{
	const int64_t replicas = want->replicas == ORCH_UNSET ? 1 : want->replicas;
	struct sim_deployment *d = find(w, write->ns, write->name);

	if (d) {
		*out = d;
		return is_op(d, write->op_id) ? ORCH_OK : sim_error_exists(write->name);
	}
	if (replicas > SIM_REPLICAS_MAX)
		return sim_error_too_many(write->name, replicas);
	d = make(w, write->ns, prepare(w, NULL, want, replicas, 0));
	if (!d)
		return sim_error_nomem(write->name);
	d->spec->template_id = ++w->templates;
	sim_world_new_id(w, d->id);
	insert(w, d);
	stamp(w, d, write->op_id);
	*out = d;
	return ORCH_OK;
}

static orch_status update(struct sim_world *w, const struct sim_write *write,
	const orch_deployment_spec *want, struct sim_deployment **out)
{
	struct sim_deployment *d = NULL;
	struct sim_spec *s;
	int64_t replicas;
	bool done;
	orch_status st = check_live(w, write, &d, &done);

	if (st < 0)
		return st;
	*out = d;
	if (done)
		return ORCH_OK;
	replicas = want->replicas == ORCH_UNSET ? d->spec->spec.replicas : want->replicas;
	if (replicas > SIM_REPLICAS_MAX)
		return sim_error_too_many(write->name, replicas);
	s = prepare(w, d, want, replicas, d->spec->forced);
	if (!s)
		return sim_error_nomem(write->name);
	if (!sim_spec_same(&s->spec, &d->spec->spec)) {
		replace_spec(w, d, s, write->op_id);
		return ORCH_OK;
	}
	sim_spec_unref(s);
	sim_task_drop_spares(w);
	return ORCH_OK;
}

orch_status sim_store_put(struct sim_world *w, const struct sim_write *write,
	const orch_deployment_spec *want, struct sim_deployment **out)
{
	return write->live ? update(w, write, want, out) : create(w, write, want, out);
}

orch_status sim_store_scale(struct sim_world *w, const struct sim_write *write, int64_t replicas,
	struct sim_deployment **out)
{
	orch_deployment_spec want;
	struct sim_deployment *d = find(w, write->ns, write->name);

	if (!d)
		return sim_error_conflict(write, NULL);
	want = d->spec->spec;
	want.replicas = replicas;
	return update(w, write, &want, out);
}

orch_status sim_store_restart(
	struct sim_world *w, const struct sim_write *write, struct sim_deployment **out)
{
	struct sim_deployment *d = NULL;
	struct sim_spec *s;
	bool done;
	orch_status st = check_live(w, write, &d, &done);

	if (st < 0)
		return st;
	*out = d;
	if (done)
		return ORCH_OK;
	s = prepare(w, d, &d->spec->spec, d->spec->spec.replicas, d->spec->forced + 1);
	if (!s)
		return sim_error_nomem(write->name);
	replace_spec(w, d, s, write->op_id);
	return ORCH_OK;
}

orch_status sim_store_remove(struct sim_world *w, const struct sim_write *write)
{
	struct sim_deployment *d = sim_store_by_id(w, write->live->id);

	if (d && d->removed && is_op(d, write->op_id))
		return ORCH_OK;
	if (!d || d->removed)
		return sim_error_notfound(write->name);
	take_out(w, d);
	d->removed = true;
	d->next = w->removed;
	if (d->next)
		d->next->prev = d;
	w->removed = d;
	stamp(w, d, write->op_id); /* d may be gone now */
	return ORCH_OK;
}

/* ---- the end ---- */

static void free_deployment(struct sim_deployment *d)
{
	d->rolling = d->removed = false; /* nobody need look at it again */
	while (d->first)
		sim_task_free(d->first);
	sim_timer_disarm(&d->world->clock, &d->again);
	sim_spec_unref(d->spec);
	orch__free(d);
}

void sim_store_bury(struct sim_deployment *d)
{
	if (d->next)
		d->next->prev = d->prev;
	*(d->prev ? &d->prev->next : &d->world->removed) = d->next;
	free_deployment(d);
}

void sim_store_clear(struct sim_world *w)
{
	while (w->removed)
		sim_store_bury(w->removed);
	while (w->deployment_count > 0)
		free_deployment(w->deployments[--w->deployment_count]);
	orch__free(w->deployments);
	w->deployments = NULL;
	w->deployment_cap = 0;
}
