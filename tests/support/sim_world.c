/* SPDX-License-Identifier: MIT */
#include "support/sim_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct sim_world *world_open(const char *url)
{
	struct sim_config config;
	struct sim_world *w = NULL;

	assert_int_equal(sim_config_parse(url, &config), ORCH_OK);
	assert_int_equal(sim_worlds_open(&config, &w), ORCH_OK);
	return w;
}

struct sim_world *world_new(void)
{
	return world_open("sim://");
}

void world_close(struct sim_world *w)
{
	sim_world_unref(w);
}

orch_deployment_spec world_spec(const char *name, const char *image, int64_t replicas)
{
	orch_deployment_spec s = ORCH_DEPLOYMENT_SPEC_INIT;

	s.name = name;
	s.image = image;
	s.replicas = replicas;
	return s;
}

struct sim_deployment *world_find(struct sim_world *w, const char *name)
{
	struct sim_deployment *d = NULL;

	assert_int_equal(sim_store_find(w, "default", name, &d), ORCH_OK);
	return d;
}

struct sim_live world_live(const struct sim_deployment *d)
{
	struct sim_live live = { .version = d->version };

	memcpy(live.id, d->id, sizeof live.id);
	return live;
}

struct sim_deployment *world_put(struct sim_world *w, const orch_deployment_spec *spec)
{
	struct sim_write write = { "default", spec->name, "", NULL };
	struct sim_deployment *d = NULL;
	struct sim_live live;

	if (sim_store_find(w, "default", spec->name, &d) == ORCH_OK) {
		live = world_live(d);
		write.live = &live;
	}
	assert_int_equal(sim_store_put(w, &write, spec, &d), ORCH_OK);
	return d;
}

void world_restart(struct sim_world *w, const char *name)
{
	struct sim_live live = world_live(world_find(w, name));
	struct sim_write write = { "default", name, "", &live };
	struct sim_deployment *d;

	assert_int_equal(sim_store_restart(w, &write, &d), ORCH_OK);
}

void world_remove(struct sim_world *w, const char *name)
{
	struct sim_live live = world_live(world_find(w, name));
	struct sim_write write = { "default", name, "", &live };

	assert_int_equal(sim_store_remove(w, &write), ORCH_OK);
}

void world_image(struct sim_world *w, const char *name)
{
	orch_sim_image image = ORCH_SIM_IMAGE_INIT;

	image.name = name;
	image.pull_ms = 1000;
	image.start_ms = 100;
	assert_int_equal(sim_image_put(w, &image), ORCH_OK);
}

struct sim_task *world_task(struct sim_deployment *d, int64_t slot)
{
	for (struct sim_task *t = d->first; t; t = t->next)
		if (t->slot == slot && !t->lost)
			return t;
	fail_msg("nobody holds slot %d", (int)slot);
	return NULL;
}

static char letter(const struct sim_task *t)
{
	if (sim_task_is_serving(t))
		return 'R';
	return "WPSrBET"[t->state];
}

const char *world_look(const struct sim_deployment *d)
{
	static char text[256];
	size_t n = 0;

	for (const struct sim_task *t = d->first; t && n < sizeof text - 4; t = t->next) {
		text[n++] = letter(t);
		if (t->spec->template_id != d->spec->template_id)
			text[n++] = '\'';
		if (t->lost)
			text[n++] = '?';
	}
	text[n] = '\0';
	return text;
}

int64_t world_ready(const struct sim_deployment *d)
{
	int64_t n = 0;

	for (const struct sim_task *t = d->first; t; t = t->next)
		n += sim_task_is_serving(t);
	return n;
}
