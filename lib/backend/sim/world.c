/* SPDX-License-Identifier: MIT */
#include "backend/sim/world.h"

#include <stdio.h>
#include <string.h>

#include "backend/sim/store.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/options.h"

static orch_status add_nodes(struct sim_world *w)
{
	orch_status st = ORCH_OK;

	for (int64_t i = 1; st == ORCH_OK && i <= w->config.nodes; i++) {
		char name[32];
		orch_sim_node node = ORCH_SIM_NODE_INIT;

		snprintf(name, sizeof name, "node-%lld", (long long)i);
		node.name = name;
		st = sim_node_put(w, &node);
	}
	return st;
}

orch_status sim_world_new(const struct sim_config *config, struct sim_world **out)
{
	struct sim_world *w = orch__zalloc(sizeof *w);
	orch_status st;

	if (!w)
		return orch__fail(ORCH_E_NOMEM, "simulator");
	pthread_mutex_init(&w->lock, NULL);
	sim_turns_init(&w->turns);
	w->handle.world = w;
	w->refs = 1;
	w->config = *config;
	w->config.nodes = orch__or_default(config->nodes, SIM_NODES_DEFAULT);
	w->config.seed = orch__or_default(config->seed, SIM_SEED_DEFAULT);
	w->config.speed = orch__or_default(config->speed, SIM_SPEED_DEFAULT);
	memcpy(w->name, config->name, sizeof w->name);
	w->random.state = (uint64_t)w->config.seed;
	w->real_ms = orch__clock_ms();
	w->dirty_end = &w->dirty;
	st = add_nodes(w);
	if (st == ORCH_OK)
		*out = w;
	else
		sim_world_free(w);
	return st;
}

static void free_furniture(struct sim_world *w)
{
	for (size_t i = 0; i < w->node_count; i++)
		sim_node_free(w->nodes[i]);
	orch__free(w->nodes);
	while (w->images) {
		struct sim_image *next = w->images->next;

		sim_image_free(w->images);
		w->images = next;
	}
	while (w->faults) {
		struct sim_fault *next = w->faults->next;

		orch__free(w->faults);
		w->faults = next;
	}
}

void sim_world_free(struct sim_world *w)
{
	sim_store_clear(w);
	sim_task_drop_spares(w);
	free_furniture(w);
	sim_turns_dispose(&w->turns);
	pthread_mutex_destroy(&w->lock);
	orch__free(w);
}

int64_t sim_world_draw(struct sim_world *w, int64_t least, int64_t most)
{
	return least + orch__random_below(&w->random, most - least + 1);
}

void sim_world_new_id(struct sim_world *w, char id[SIM_ID_LEN + 1])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

	for (int i = 0; i < SIM_ID_LEN; i++)
		id[i] = digits[orch__random_below(&w->random, sizeof digits - 1)];
	id[SIM_ID_LEN] = '\0';
}

void sim_world_dirty(struct sim_world *w, struct sim_deployment *d)
{
	if (d->dirty)
		return;
	d->dirty = true;
	d->next_dirty = NULL;
	*w->dirty_end = d;
	w->dirty_end = &d->next_dirty;
}

static struct sim_deployment *take_dirty(struct sim_world *w)
{
	struct sim_deployment *d = w->dirty;

	if (!d)
		return NULL;
	w->dirty = d->next_dirty;
	if (!w->dirty)
		w->dirty_end = &w->dirty;
	d->dirty = false;
	return d;
}

void sim_world_settle(struct sim_world *w)
{
	for (struct sim_deployment *d = take_dirty(w); d; d = take_dirty(w))
		sim_rollout(w, d);
	sim_schedule(w);
}

static void run_until(struct sim_world *w, int64_t until)
{
	struct sim_timer *t = sim_clock_next(&w->clock, until);

	for (; t; t = sim_clock_next(&w->clock, until)) {
		t->fire(w, t->owner);
		sim_world_settle(w);
	}
}

void sim_world_advance(struct sim_world *w, int64_t ms)
{
	run_until(w, sim_clock_after(&w->clock, ms));
	w->real_ms = orch__clock_ms();
	w->virtual_ms = w->clock.now;
}

void sim_world_sleep(struct sim_world *w, int64_t ms)
{
	struct sim_sleeper s = { NULL, sim_clock_after(&w->clock, ms) };

	sim_turns_wait(&w->turns, &w->lock, &s);
	sim_world_advance(w, s.until - w->clock.now);
	sim_turns_leave(&w->turns, &s);
}

/* With a speed virtual time follows the real one, whoever asks. */
static void catch_up(struct sim_world *w)
{
	int64_t passed = orch__clock_ms() - w->real_ms;

	if (passed > 0)
		run_until(w, w->virtual_ms + passed * w->config.speed);
}

void sim_world_lock(struct sim_world *w)
{
	pthread_mutex_lock(&w->lock);
	if (w->config.speed > 0)
		catch_up(w);
}

void sim_world_unlock(struct sim_world *w)
{
	pthread_mutex_unlock(&w->lock);
}

static void each_of(struct sim_deployment *d, sim_task_fn *fn, void *payload)
{
	for (struct sim_task *t = d->first, *next; t; t = next) {
		next = t->next;
		fn(t, payload);
	}
}

void sim_world_each_task(struct sim_world *w, sim_task_fn *fn, void *payload)
{
	for (size_t i = 0; i < w->deployment_count; i++)
		each_of(w->deployments[i], fn, payload);
	for (struct sim_deployment *d = w->removed; d; d = d->next)
		each_of(d, fn, payload);
}
