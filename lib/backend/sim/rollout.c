/* SPDX-License-Identifier: MIT */
#include "backend/sim/store.h"
#include "backend/sim/world.h"

/*
 * A deployment's spec against its tasks. Nothing here waits: it does what can
 * be done now, and is called again when a task has become ready, has failed or
 * is gone, and when a new task has been ready for long enough.
 *
 * A rolling update stops one task, lets its successor become ready and stay so
 * for SIM_MONITOR_MS, then takes the next one. Tasks that do not serve anyway
 * are replaced at once: they have nothing to lose, and a broken update that is
 * corrected must not wait for what it broke.
 */

/* Who holds the slot, looking from `from` on; `*behind`: what comes after it. */
static struct sim_task *holder(struct sim_task *from, int64_t slot, struct sim_task **behind)
{
	struct sim_task *found = NULL;

	for (; from && from->slot <= slot; from = from->next)
		if (from->slot == slot && !from->lost)
			found = from;
	*behind = from;
	return found;
}

/* A task that is being stopped in a slot that is wanted has a successor. False:
 * memory is short, and we come back. */
static bool fill_slots(struct sim_world *w, struct sim_deployment *d, int64_t slots)
{
	struct sim_task *at = d->first;

	for (int64_t slot = 1; slot <= slots; slot++) {
		struct sim_task *t = holder(at, slot, &at);

		if (t && t->state == SIM_TASK_STOPPING)
			t->heir = true;
		if (!t && !sim_task_add(d, slot, at)) {
			sim_timer_arm(&w->clock, &d->again, SIM_RETRY_MS);
			return false;
		}
	}
	return true;
}

static void empty_slots(struct sim_deployment *d, int64_t slots)
{
	for (struct sim_task *t = d->first, *next; t; t = next) {
		next = t->next;
		if (t->slot > slots && !t->lost)
			sim_task_retire(t);
	}
}

/* How things stand among the tasks that hold a slot. */
struct standing {
	struct sim_task *first_old; /* that serves                             */
	bool calm;                  /* all serve                               */
	int64_t unsteady_ms;        /* until the new ones have been ready long */
};

/* Replaces what does not serve as well. */
static struct standing look(struct sim_world *w, struct sim_deployment *d)
{
	struct standing s = { NULL, true, 0 };

	for (struct sim_task *t = d->first; t; t = t->next) {
		int64_t rest = t->ready_ms + SIM_MONITOR_MS - w->clock.now;

		if (t->lost)
			continue;
		if (!sim_task_is_serving(t)) {
			s.calm = false;
			if (!sim_task_is_updated(t))
				sim_task_replace(t);
		} else if (!sim_task_is_updated(t)) {
			s.first_old = s.first_old ? s.first_old : t;
		} else if (rest > s.unsteady_ms) {
			s.unsteady_ms = rest;
		}
	}
	return s;
}

static void roll(struct sim_world *w, struct sim_deployment *d)
{
	struct standing s = look(w, d);

	d->rolling = s.first_old;
	if (!s.first_old || !s.calm)
		return;
	if (s.unsteady_ms > 0)
		sim_timer_arm(&w->clock, &d->again, s.unsteady_ms);
	else
		sim_task_replace(s.first_old);
}

void sim_rollout(struct sim_world *w, struct sim_deployment *d)
{
	const int64_t slots = d->removed ? 0 : d->spec->spec.replicas;

	empty_slots(d, slots);
	if (fill_slots(w, d, slots))
		roll(w, d);
	if (d->removed && !d->first && !d->dirty) /* else the next look buries it */
		sim_store_bury(d);
}
