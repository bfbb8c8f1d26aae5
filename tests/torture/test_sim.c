/* SPDX-License-Identifier: MIT */
/* The simulator when memory is short: calls fail whole, time goes on passing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "orch/orch.h"
#include "orch/sim.h"
#include "support/sim_world.h"
#include "torture/alloc.h"

/* A spec with everything in it. */
static orch_deployment_spec full_spec(void)
{
	static const char *const words[] = { "sh", "-c", "serve" };
	static const orch_kv pairs[] = { { "b", "1" }, { "a", "2" } };
	static const orch_constraint on_linux = { "kubernetes.io/os", ORCH_CONSTRAINT_EQUAL,
		"linux" };
	static const orch_restart_spec restart = { ORCH_RESTART_ANY, 1000, 5, { NULL, NULL } };
	static const orch_health_spec health = { { words, 3 }, 1000, 1000, 0, 3, { NULL, NULL } };
	orch_deployment_spec s = world_spec("web", "app:1", 3);

	s.command = (orch_string_list){ words, 3 };
	s.args = (orch_string_list){ words, 1 };
	s.env = s.labels = (orch_kv_list){ pairs, 2 };
	s.working_dir = "/srv";
	s.user = "1000:1000";
	s.health = &health;
	s.restart = &restart;
	s.constraints = (orch_constraint_list){ &on_linux, 1 };
	return s;
}

/* ---- each call: it fails, and nothing has changed ---- */

static orch_status open_and_close(void *payload)
{
	orch_client *client = NULL;
	orch_status st = orch_client_open(payload, NULL, &client);

	orch_client_close(client);
	return st;
}

typedef orch_status step_fn(struct sim_world *w);

static orch_status create(struct sim_world *w)
{
	struct sim_write write = { "default", "web", "", NULL };
	orch_deployment_spec s = full_spec();
	struct sim_deployment *d;

	return sim_store_put(w, &write, &s, &d);
}

static orch_status change(struct sim_world *w, int64_t replicas, const char *image)
{
	struct sim_live live = world_live(w->deployments[0]);
	struct sim_write write = { "default", "web", "", &live };
	orch_deployment_spec s = full_spec();
	struct sim_deployment *d;

	s.replicas = replicas;
	s.image = image;
	return sim_store_put(w, &write, &s, &d);
}

static orch_status update(struct sim_world *w)
{
	return change(w, 5, "app:2");
}

static orch_status scale(struct sim_world *w)
{
	struct sim_live live = world_live(w->deployments[0]);
	struct sim_write write = { "default", "web", "", &live };
	struct sim_deployment *d;

	return sim_store_scale(w, &write, 9, &d);
}

static orch_status restart(struct sim_world *w)
{
	struct sim_live live = world_live(w->deployments[0]);
	struct sim_write write = { "default", "web", "", &live };
	struct sim_deployment *d;

	return sim_store_restart(w, &write, &d);
}

static orch_status add_node(struct sim_world *w)
{
	static const orch_kv label = { "a", "b" };
	orch_sim_node n = ORCH_SIM_NODE_INIT;

	n.name = "another";
	n.labels = (orch_kv_list){ &label, 1 };
	return sim_node_put(w, &n);
}

static orch_status add_image(struct sim_world *w)
{
	orch_sim_image i = ORCH_SIM_IMAGE_INIT;

	i.name = "new:1";
	return sim_image_put(w, &i);
}

static orch_status add_fault(struct sim_world *w)
{
	orch_sim_fault f = ORCH_SIM_FAULT_INIT;

	return sim_fault_add(w, &f);
}

/* What of a world must stay as it is when a write is refused. */
struct shape {
	int64_t writes, tasks, now;
	uint64_t index;
	size_t deployments, nodes, spares;
};

static struct shape shape_of(const struct sim_world *w)
{
	return (struct shape){ .writes = w->writes,
		.tasks = w->deployment_count ? w->deployments[0]->tasks : 0,
		.now = w->clock.now,
		.index = w->index,
		.deployments = w->deployment_count,
		.nodes = w->node_count,
		.spares = w->spare_count };
}

struct step {
	step_fn *prepare, *act;
};

/* Only what `act` takes is refused. */
static void run_step(const struct step *step, enum torture_mode mode, size_t nth, bool *refused)
{
	struct sim_world *w;
	struct shape before, after;
	orch_status st;

	torture_alloc_install();
	w = world_new();
	if (step->prepare)
		assert_int_equal(step->prepare(w), ORCH_OK);
	sim_world_advance(w, 10000);
	before = shape_of(w);
	torture_alloc_refuse(mode, nth);
	st = step->act(w);
	*refused = torture_alloc_refused();
	torture_alloc_refuse(TORTURE_COUNT, 0);
	after = shape_of(w);
	assert_int_equal(st, *refused ? ORCH_E_NOMEM : ORCH_OK);
	if (*refused)
		assert_memory_equal(&before, &after, sizeof before);
	sim_world_advance(w, 100000); /* and it goes on */
	world_close(w);
	assert_int_equal(torture_alloc_live(), 0);
	torture_alloc_remove();
}

static void every_write_is_whole_or_not_at_all(void **state)
{
	static const struct step steps[] = { { NULL, create }, { create, update },
		{ create, scale }, { create, restart }, { create, add_node }, { create, add_image },
		{ create, add_fault } };

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		bool refused = true;
		size_t n = 1;

		for (; refused; n++) {
			run_step(&steps[i], TORTURE_ALL, n, &refused);
			run_step(&steps[i], TORTURE_ONE, n, &refused);
		}
		assert_true(n > 2);
	}
}

static void a_client_opens_or_leaves_nothing_behind(void **state)
{
	(void)state;
	torture_run(open_and_close, (void *)(uintptr_t) "sim://");
	torture_run(open_and_close, (void *)(uintptr_t) "sim://named?nodes=20&seed=4");
}

/* ---- a whole day, through the public calls ---- */

static orch_status a_day(void *payload)
{
	orch_client *client = NULL;
	const orch_deployment *d = NULL;
	const orch_deployments *all = NULL;
	const orch_instances *list = NULL;
	orch_deployment_spec s = full_spec();
	orch_status st = orch_client_open("sim://", payload, &client);

	if (st == ORCH_OK)
		st = orch_deployment_apply(client, &s, NULL, &d);
	if (st == ORCH_OK)
		st = orch_deployment_scale(client, "web", 5, NULL, NULL);
	if (st == ORCH_OK)
		st = orch_deployment_wait(client, "web", NULL, NULL);
	if (st == ORCH_OK)
		st = orch_deployment_restart(client, "web", NULL, NULL);
	if (st == ORCH_OK)
		st = orch_deployment_list(client, NULL, &all);
	if (st == ORCH_OK)
		st = orch_instance_list(client, "web", &list);
	if (st == ORCH_OK)
		st = orch_deployment_delete(client, "web", NULL);
	orch_deployment_free(d);
	orch_deployments_free(all);
	orch_instances_free(list);
	orch_client_close(client);
	return st;
}

static void every_call_survives_any_refused_request(void **state)
{
	static orch_client_options raw = ORCH_CLIENT_OPTIONS_INIT;

	(void)state;
	torture_run_tolerant(a_day, NULL); /* what a node has pulled may be forgotten */
	raw.raw_json = 1;
	torture_run_tolerant(a_day, &raw);
}

/* ---- time that passes without memory ---- */

static void time_passes_without_any_memory_and_all_comes_right_afterwards(void **state)
{
	struct sim_deployment *d;
	struct sim_world *w;

	(void)state;
	torture_alloc_install();
	w = world_new();
	assert_int_equal(create(w), ORCH_OK);
	d = w->deployments[0];
	sim_world_advance(w, 10000);
	assert_int_equal(world_ready(d), 3);
	assert_int_equal(sim_node_fail(w, "node-2"), ORCH_OK);
	sim_world_advance(w, SIM_SILENCE_MS - 4000);
	assert_int_equal(restart(w), ORCH_OK);
	sim_world_advance(w, 3900); /* the first one is there; then the second is lost */
	assert_int_equal(world_ready(d), 3);

	torture_alloc_refuse(TORTURE_ALL, 1);
	for (int i = 0; i < 6000; i++) { /* no memory for those who take over */
		sim_world_advance(w, 100);
		assert_true(world_ready(d) >= 2); /* and so nobody else is touched */
	}
	assert_true(torture_alloc_refused());
	torture_alloc_refuse(TORTURE_COUNT, 0);
	sim_world_advance(w, 60000);
	assert_int_equal(world_ready(d), 3);
	for (const struct sim_task *t = d->first; t; t = t->next)
		assert_true(t->lost || sim_task_is_updated(t));
	world_close(w);
	assert_int_equal(torture_alloc_live(), 0);
	torture_alloc_remove();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_write_is_whole_or_not_at_all),
		cmocka_unit_test(a_client_opens_or_leaves_nothing_behind),
		cmocka_unit_test(every_call_survives_any_refused_request),
		cmocka_unit_test(time_passes_without_any_memory_and_all_comes_right_afterwards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
