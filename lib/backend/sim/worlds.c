/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "backend/sim/world.h"
#include "util/error.h"

/* The one place where the simulator keeps something for the whole process:
 * that two clients which name the same world meet there is what a name is for. */
static struct {
	pthread_mutex_t lock;
	struct sim_world *first;
} worlds = { PTHREAD_MUTEX_INITIALIZER, NULL };

static struct sim_world *find(const char *name)
{
	struct sim_world *w = worlds.first;

	while (w && strcmp(w->name, name) != 0)
		w = w->next;
	return w;
}

static orch_status check_one(
	const struct sim_world *w, const char *what, int64_t is, int64_t wanted)
{
	if (wanted == ORCH_UNSET || wanted == is)
		return ORCH_OK;
	return orch__fail(ORCH_E_INVALID,
		"URL of the simulator: world %s is there already, with %s=%lld", w->name, what,
		(long long)is);
}

/* A parameter is done or refused, never ignored. */
static orch_status check_same(const struct sim_world *w, const struct sim_config *wanted)
{
	orch_status st = check_one(w, "nodes", w->config.nodes, wanted->nodes);

	if (st == ORCH_OK)
		st = check_one(w, "seed", w->config.seed, wanted->seed);
	if (st == ORCH_OK)
		st = check_one(w, "speed", w->config.speed, wanted->speed);
	return st;
}

static orch_status open_named(const struct sim_config *config, struct sim_world **out)
{
	struct sim_world *w = find(config->name);
	orch_status st;

	if (w) {
		st = check_same(w, config);
	} else {
		st = sim_world_new(config, &w);
		if (st == ORCH_OK) {
			w->refs = 0;
			w->next = worlds.first;
			worlds.first = w;
		}
	}
	if (st < 0)
		return st;
	w->refs++;
	*out = w;
	return ORCH_OK;
}

orch_status sim_worlds_open(const struct sim_config *config, struct sim_world **out)
{
	orch_status st;

	if (!config->name[0])
		return sim_world_new(config, out);
	pthread_mutex_lock(&worlds.lock);
	st = open_named(config, out);
	pthread_mutex_unlock(&worlds.lock);
	return st;
}

void sim_world_ref(struct sim_world *w)
{
	pthread_mutex_lock(&worlds.lock);
	w->refs++;
	pthread_mutex_unlock(&worlds.lock);
}

static bool drop(struct sim_world *w)
{
	struct sim_world **at = &worlds.first;

	if (--w->refs > 0)
		return false;
	while (*at && *at != w)
		at = &(*at)->next;
	if (*at)
		*at = w->next;
	return true;
}

void sim_world_unref(struct sim_world *w)
{
	bool last;

	pthread_mutex_lock(&worlds.lock);
	last = drop(w);
	pthread_mutex_unlock(&worlds.lock);
	if (last)
		sim_world_free(w);
}
