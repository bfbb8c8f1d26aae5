/* SPDX-License-Identifier: MIT */
/* Nodes that fall silent and come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support/sim_world.h"

/* Three tasks, one on each of three nodes, all ready. */
static int setup(void **state)
{
	struct sim_world *w = world_new();
	orch_deployment_spec s = world_spec("web", "app:1", 3);

	world_image(w, "app:1");
	world_put(w, &s);
	sim_world_advance(w, 60000);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	world_close(*state);
	return 0;
}

static void silence(struct sim_world *w, const char *node)
{
	assert_int_equal(sim_node_fail(w, node), ORCH_OK);
}

static void recover(struct sim_world *w, const char *node)
{
	assert_int_equal(sim_node_recover(w, node), ORCH_OK);
}

static void a_silent_node_is_given_up_after_a_while_and_others_take_over(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d = world_find(w, "web");

	silence(w, "node-2");
	sim_world_advance(w, SIM_SILENCE_MS - 1);
	assert_string_equal(world_look(d), "RRR"); /* nobody knows yet */
	sim_world_advance(w, 1);
	assert_string_equal(world_look(d), "Rr?SR"); /* the image is on the others */
	sim_world_advance(w, 5000);
	assert_string_equal(world_look(d), "Rr?RR");
	assert_string_not_equal(world_task(d, 2)->node->name, "node-2");
}

static void a_node_that_comes_back_in_time_lost_nothing(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d = world_find(w, "web");

	silence(w, "node-2");
	sim_world_advance(w, SIM_SILENCE_MS / 2);
	recover(w, "node-2");
	sim_world_advance(w, 10 * SIM_SILENCE_MS);
	assert_string_equal(world_look(d), "RRR");
	assert_string_equal(world_task(d, 2)->node->name, "node-2");
}

static void a_node_that_comes_back_late_stops_what_was_replaced(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d = world_find(w, "web");

	silence(w, "node-2");
	sim_world_advance(w, 60000);
	recover(w, "node-2");
	assert_string_equal(world_look(d), "RT?RR");
	sim_world_advance(w, 2000);
	assert_string_equal(world_look(d), "RRR");
}

static void nothing_is_placed_on_a_node_that_was_given_up(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("late", "app:1", 4);
	struct sim_deployment *d;

	silence(w, "node-2");
	sim_world_advance(w, SIM_SILENCE_MS);
	d = world_put(w, &s);
	for (int64_t slot = 1; slot <= 4; slot++)
		assert_string_not_equal(world_task(d, slot)->node->name, "node-2");
}

static void what_is_placed_on_a_silent_node_waits_and_then_moves(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("late", "app:1", 3);
	struct sim_deployment *d;

	silence(w, "node-2");
	d = world_put(w, &s);
	sim_world_advance(w, 10000);
	assert_string_equal(world_look(d), "RPR");
	sim_world_advance(w, 10000);
	assert_string_equal(world_look(d), "RP?RR");
}

static void when_all_nodes_are_lost_tasks_wait(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d = world_find(w, "web");

	silence(w, "node-1");
	silence(w, "node-2");
	silence(w, "node-3");
	sim_world_advance(w, SIM_SILENCE_MS);
	for (int64_t slot = 1; slot <= 3; slot++) {
		assert_int_equal(world_task(d, slot)->state, SIM_TASK_WAITING);
		assert_int_equal(world_task(d, slot)->gone, 3);
	}
	recover(w, "node-3");
	sim_world_advance(w, 5000);
	assert_int_equal(world_ready(d), 3);
}

static void a_node_that_comes_back_takes_what_waits(void **state)
{
	struct sim_world *w = world_open("sim://?nodes=1");
	orch_deployment_spec s = world_spec("web", "app:1", 2);
	struct sim_deployment *d;

	(void)state;
	silence(w, "node-1");
	sim_world_advance(w, SIM_SILENCE_MS);
	d = world_put(w, &s);
	assert_string_equal(world_look(d), "WW");
	recover(w, "node-1");
	assert_string_equal(world_look(d), "PP");
	world_close(w);
}

static void a_program_goes_on_while_its_node_is_silent(void **state)
{
	static const char *const command[] = { "sleep", "20" };
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("job", "app:1", 1);
	struct sim_deployment *d;
	const char *node;

	s.command = (orch_string_list){ command, 2 };
	d = world_put(w, &s);
	sim_world_advance(w, 10000);
	node = world_task(d, 1)->node->name;
	silence(w, node);
	sim_world_advance(w, 12000);
	assert_string_equal(world_look(d), "R"); /* it has ended, but who knows */
	recover(w, node);
	sim_world_advance(w, 1);
	assert_string_equal(world_look(d), "B");
}

static void a_removed_deployment_remains_where_nobody_can_stop_it(void **state)
{
	struct sim_world *w = *state;

	silence(w, "node-2");
	world_remove(w, "web");
	sim_world_advance(w, 3600000);
	assert_int_equal(w->removed->tasks, 1);
	recover(w, "node-2");
	sim_world_advance(w, 2000);
	assert_null(w->removed);
}

static void a_rollout_does_not_wait_for_a_lost_node(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:2", 3);
	struct sim_deployment *d = world_find(w, "web");

	silence(w, "node-2");
	world_put(w, &s);
	sim_world_advance(w, 120000);
	assert_string_equal(world_look(d), "RT'?RR");
}

static void unknown_nodes_are_named(void **state)
{
	struct sim_world *w = *state;

	assert_int_equal(sim_node_fail(w, "node-9"), ORCH_E_NOTFOUND);
	assert_non_null(strstr(orch_error_last()->message, "node-9"));
	assert_int_equal(sim_node_recover(w, "node-9"), ORCH_E_NOTFOUND);
	silence(w, "node-1");
	silence(w, "node-1");
	recover(w, "node-1");
	recover(w, "node-1");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_silent_node_is_given_up_after_a_while_and_others_take_over),
		T(a_node_that_comes_back_in_time_lost_nothing),
		T(a_node_that_comes_back_late_stops_what_was_replaced),
		T(nothing_is_placed_on_a_node_that_was_given_up),
		T(what_is_placed_on_a_silent_node_waits_and_then_moves),
		T(when_all_nodes_are_lost_tasks_wait),
		T(a_node_that_comes_back_takes_what_waits),
		T(a_program_goes_on_while_its_node_is_silent),
		T(a_removed_deployment_remains_where_nobody_can_stop_it),
		T(a_rollout_does_not_wait_for_a_lost_node),
		T(unknown_nodes_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
