/* SPDX-License-Identifier: MIT */
#include "backend/sim/process.h"
#include "backend/sim/spec.h"
#include "backend/sim/world.h"
#include "util/options.h"

/*
 * The life of a task:
 *
 *	WAITING -> PULLING -> STARTING -> RUNNING -> STOPPING -> gone, or the heir
 *	   ^          |           (fails)    |
 *	   +------ RESTING <-----------------+----> ENDED
 *
 * What a node does happens only while the node answers: timers of tasks on a
 * silent node are not armed.
 */

bool sim_task_is_serving(const struct sim_task *t)
{
	return t->state == SIM_TASK_RUNNING && t->ready && !t->lost;
}

bool sim_task_is_updated(const struct sim_task *t)
{
	const struct sim_spec *now = t->deployment->spec;

	return !t->lost && t->state != SIM_TASK_STOPPING &&
		t->spec->template_id == now->template_id &&
		(!t->placed || sim_node_satisfies(t->node, now->spec.constraints));
}

/* ---- places and timers ---- */

static void occupy(struct sim_task *t, int64_t sign)
{
	const orch_deployment_spec *s = &t->spec->spec;

	t->placed = sign > 0;
	t->node->used_tasks += sign;
	t->node->used_cpu += sign * orch__or_default(s->cpu_request_milli, 0);
	t->node->used_memory += sign * orch__or_default(s->memory_request_bytes, 0);
}

/* Out of the state it is in, with all that belongs to that. */
static void leave(struct sim_task *t)
{
	sim_timer_disarm(&t->world->clock, &t->life);
	sim_timer_disarm(&t->world->clock, &t->check);
	t->ready = false;
	if (t->state == SIM_TASK_WAITING)
		t->deployment->waiting--;
	if (t->placed) {
		occupy(t, -1);
		t->world->place = true; /* there is room now */
	}
}

static int64_t pull_ms(struct sim_task *t)
{
	const struct sim_image *i = t->spec->image;

	if (sim_image_is_on(i, t->node))
		return 0;
	if (sim_image_is_missing(i))
		return SIM_REFUSED_MS;
	return i->pull_ms == ORCH_UNSET ? sim_world_draw(t->world, 500, 3000) : i->pull_ms;
}

/* At least 1: a crash loop must not run without time passing. */
static int64_t start_ms(struct sim_task *t)
{
	int64_t ms = t->spec->image->start_ms;

	ms = ms == ORCH_UNSET ? sim_world_draw(t->world, 100, 500) : ms;
	return ms > 0 ? ms : 1;
}

/* Programs listen to the friendly signal, each in its time. */
static int64_t stop_ms(struct sim_task *t)
{
	int64_t grace = orch__or_default(t->spec->spec.stop_grace_ms, SIM_STOP_GRACE_MS);
	int64_t ms = sim_world_draw(t->world, 100, 1000);

	return ms < grace ? ms : grace;
}

static void arm_running(struct sim_task *t)
{
	int64_t ran = t->world->clock.now - t->started_ms;

	if (t->run_ms != SIM_FOREVER)
		sim_timer_arm(&t->world->clock, &t->life, t->run_ms - ran);
	sim_health_begin(t);
}

static int64_t rest_ms(const struct sim_task *t)
{
	const orch_restart_spec *r = t->spec->spec.restart;

	return orch__or_default(r ? r->delay_ms : ORCH_UNSET, SIM_RESTART_DELAY_MS);
}

/* What comes next in this state, unless nobody hears of it. */
static void arm(struct sim_task *t)
{
	struct sim_clock *clock = &t->world->clock;

	if (t->placed && t->node->silent)
		return;
	switch (t->state) {
	case SIM_TASK_PULLING:
		sim_timer_arm(clock, &t->life, pull_ms(t));
		break;
	case SIM_TASK_STARTING:
		sim_timer_arm(clock, &t->life, start_ms(t));
		break;
	case SIM_TASK_RUNNING:
		arm_running(t);
		break;
	case SIM_TASK_RESTING:
		sim_timer_arm(clock, &t->life, rest_ms(t));
		break;
	case SIM_TASK_STOPPING:
		sim_timer_arm(clock, &t->life, stop_ms(t));
		break;
	case SIM_TASK_WAITING:
	case SIM_TASK_ENDED:
		break;
	}
}

static void enter(struct sim_task *t, enum sim_task_state state)
{
	t->state = state;
	arm(t);
}

/* A rollout waits for news of its tasks; all others need not look at them. */
static void tell_rollout(struct sim_task *t)
{
	if (t->deployment->rolling || t->deployment->removed)
		sim_world_dirty(t->world, t->deployment);
}

/* ---- from the beginning to the end ---- */

static void begin(struct sim_task *t)
{
	struct sim_spec *spec = sim_spec_ref(t->deployment->spec);

	sim_spec_unref(t->spec);
	t->spec = spec;
	t->node = NULL;
	t->heir = false;
	t->created_ms = t->world->clock.now;
	sim_world_new_id(t->world, t->id);
	t->deployment->waiting++;
	t->world->place = true;
	enter(t, SIM_TASK_WAITING);
}

/* One that has nothing to do with who was here before. */
static void begin_anew(struct sim_task *t)
{
	t->restarts = 0;
	t->cause = ORCH_CAUSE_NONE;
	t->exit_code = ORCH_UNSET;
	begin(t);
}

void sim_task_assign(struct sim_task *t, struct sim_node *node)
{
	t->deployment->waiting--;
	t->node = node;
	occupy(t, 1);
	if (t->cause == ORCH_CAUSE_UNSCHEDULABLE)
		t->cause = ORCH_CAUSE_NONE;
	enter(t, SIM_TASK_PULLING);
}

static void end_pull(struct sim_task *t)
{
	struct sim_image *i = t->spec->image;

	if (!sim_image_is_on(i, t->node) && sim_image_is_missing(i)) {
		sim_task_fail(t, ORCH_CAUSE_IMAGE, ORCH_UNSET);
		return;
	}
	sim_image_pulled(t->world, i, t->node);
	enter(t, SIM_TASK_STARTING);
}

/* What it is going to do is settled now: later news of the image are for later tasks. */
static void end_start(struct sim_task *t)
{
	const orch_deployment_spec *s = &t->spec->spec;
	const struct sim_image *i = t->spec->image;
	struct sim_run run = sim_process_program(s->command, s->args);

	if (i->crash_after_ms != ORCH_UNSET && i->crash_after_ms < run.ms)
		run = (struct sim_run){ i->crash_after_ms, i->exit_code };
	t->run_ms = run.ms;
	t->run_exit_code = run.exit_code;
	t->started_ms = t->world->clock.now;
	enter(t, SIM_TASK_RUNNING);
}

static void end_rest(struct sim_task *t)
{
	t->restarts++;
	begin(t);
}

static void end_stop(struct sim_task *t)
{
	bool heir = t->heir;

	if (!heir) {
		sim_task_free(t);
		return;
	}
	leave(t);
	begin_anew(t);
}

static void fire_life(struct sim_world *w, void *task)
{
	struct sim_task *t = task;

	(void)w;
	switch (t->state) {
	case SIM_TASK_PULLING:
		end_pull(t);
		break;
	case SIM_TASK_STARTING:
		end_start(t);
		break;
	case SIM_TASK_RUNNING:
		sim_task_fail(t, ORCH_CAUSE_CRASH, t->run_exit_code);
		break;
	case SIM_TASK_RESTING:
		end_rest(t);
		break;
	case SIM_TASK_STOPPING:
		end_stop(t);
		break;
	case SIM_TASK_WAITING:
	case SIM_TASK_ENDED:
		break;
	}
}

static bool is_restarted(const struct sim_task *t)
{
	const orch_restart_spec *r = t->spec->spec.restart;

	if (!r)
		return true;
	if (r->condition == ORCH_RESTART_NONE)
		return false;
	if (r->condition == ORCH_RESTART_ON_FAILURE && t->exit_code == 0)
		return false;
	return r->max_attempts == ORCH_UNSET || r->max_attempts == 0 ||
		t->restarts < r->max_attempts;
}

void sim_task_fail(struct sim_task *t, enum orch_cause cause, int64_t exit_code)
{
	leave(t);
	t->cause = cause;
	t->exit_code = exit_code;
	enter(t, is_restarted(t) ? SIM_TASK_RESTING : SIM_TASK_ENDED);
	tell_rollout(t);
}

void sim_task_ready(struct sim_task *t)
{
	t->ready = true;
	t->ready_ms = t->world->clock.now;
	t->cause = ORCH_CAUSE_NONE;
	tell_rollout(t);
}

/* ---- from outside ---- */

/* Is there something on a node that has to be stopped first? */
static bool needs_stop(const struct sim_task *t)
{
	return t->state == SIM_TASK_RUNNING || (t->placed && t->node->silent);
}

static void stop(struct sim_task *t, bool heir)
{
	sim_timer_disarm(&t->world->clock, &t->life);
	sim_timer_disarm(&t->world->clock, &t->check);
	t->ready = false;
	t->heir = heir;
	enter(t, SIM_TASK_STOPPING);
}

void sim_task_retire(struct sim_task *t)
{
	if (t->state == SIM_TASK_STOPPING)
		t->heir = false;
	else if (needs_stop(t))
		stop(t, false);
	else
		sim_task_free(t);
}

void sim_task_replace(struct sim_task *t)
{
	if (t->state == SIM_TASK_STOPPING)
		return;
	if (needs_stop(t)) {
		stop(t, true);
	} else {
		leave(t);
		begin_anew(t);
	}
}

void sim_task_freeze(struct sim_task *t)
{
	sim_timer_disarm(&t->world->clock, &t->life);
	sim_timer_disarm(&t->world->clock, &t->check);
}

void sim_task_lose(struct sim_task *t)
{
	t->lost = true;
	sim_world_dirty(t->world, t->deployment);
}

void sim_task_thaw(struct sim_task *t)
{
	if (t->lost)
		stop(t, false);
	else
		arm(t);
}

/* ---- memory ---- */

bool sim_task_reserve(struct sim_world *w, int64_t count)
{
	while (count > 0 && w->spare_count < (uint64_t)count) {
		struct sim_task *t = orch__zalloc(sizeof *t);

		if (!t) {
			sim_task_drop_spares(w);
			return false;
		}
		t->next = w->spares;
		w->spares = t;
		w->spare_count++;
	}
	return true;
}

void sim_task_drop_spares(struct sim_world *w)
{
	while (w->spares) {
		struct sim_task *next = w->spares->next;

		orch__free(w->spares);
		w->spares = next;
	}
	w->spare_count = 0;
}

static struct sim_task *take_spare(struct sim_world *w)
{
	struct sim_task *t = w->spares;

	if (!t)
		return orch__zalloc(sizeof *t);
	w->spares = t->next;
	w->spare_count--;
	return t;
}

static void link_before(struct sim_deployment *d, struct sim_task *t, struct sim_task *before)
{
	t->next = before;
	t->prev = before ? before->prev : d->last;
	*(t->prev ? &t->prev->next : &d->first) = t;
	*(before ? &before->prev : &d->last) = t;
	d->tasks++;
}

struct sim_task *sim_task_add(struct sim_deployment *d, int64_t slot, struct sim_task *before)
{
	struct sim_task *t = take_spare(d->world);

	if (!t)
		return NULL;
	t->world = d->world;
	t->deployment = d;
	t->slot = slot;
	t->life = (struct sim_timer){ .fire = fire_life, .owner = t };
	t->check = (struct sim_timer){ .fire = sim_health_fire, .owner = t };
	link_before(d, t, before);
	begin_anew(t);
	return t;
}

void sim_task_free(struct sim_task *t)
{
	struct sim_deployment *d = t->deployment;

	leave(t);
	tell_rollout(t);
	*(t->prev ? &t->prev->next : &d->first) = t->next;
	*(t->next ? &t->next->prev : &d->last) = t->prev;
	d->tasks--;
	sim_spec_unref(t->spec);
	orch__free(t);
}
