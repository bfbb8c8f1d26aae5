/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/sim_world.h"

static int setup(void **state)
{
	*state = world_new();
	return 0;
}

static int teardown(void **state)
{
	world_close(*state);
	return 0;
}

/* "1 2 3": the nodes of the tasks, "-" for none. */
static const char *nodes(const struct sim_deployment *d)
{
	static char text[256];
	size_t n = 0;

	text[0] = '\0';
	for (const struct sim_task *t = d->first; t; t = t->next)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%s", n ? " " : "",
			t->placed ? t->node->name + strlen("node-") : "-");
	return text;
}

static void put_node(struct sim_world *w, const char *name, int64_t cpu, int64_t memory,
	const char *key, const char *value)
{
	orch_sim_node n = ORCH_SIM_NODE_INIT;
	orch_kv label = { key, value };

	n.name = name;
	n.cpu_milli = cpu;
	n.memory_bytes = memory;
	if (key)
		n.labels = (orch_kv_list){ &label, 1 };
	assert_int_equal(sim_node_put(w, &n), ORCH_OK);
}

static void tasks_spread_over_nodes(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 5);

	assert_string_equal(nodes(world_put(w, &s)), "1 2 3 1 2");
}

static void the_emptiest_node_is_taken_among_equals(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec a = world_spec("a", "app:1", 2), b = world_spec("b", "app:1", 2);

	assert_string_equal(nodes(world_put(w, &a)), "1 2");
	assert_string_equal(nodes(world_put(w, &b)), "3 1");
}

static void what_runs_of_the_deployment_counts_first(void **state)
{
	static const orch_constraint on_one = { "kubernetes.io/hostname", ORCH_CONSTRAINT_EQUAL,
		"node-1" };
	struct sim_world *w = *state;
	orch_deployment_spec crowd = world_spec("crowd", "app:1", 5),
			     s = world_spec("web", "app:1", 0);
	struct sim_deployment *d = world_put(w, &s);

	crowd.constraints = (orch_constraint_list){ &on_one, 1 };
	world_put(w, &crowd);
	for (s.replicas = 1; s.replicas <= 3; s.replicas++)
		world_put(w, &s);
	assert_string_equal(nodes(d), "2 3 1");
}

static void requests_are_kept_to(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 8);
	struct sim_deployment *d;
	struct sim_task *t;

	s.cpu_request_milli = 2000;
	d = world_put(w, &s);
	assert_string_equal(nodes(d), "1 2 3 1 2 3 - -");
	t = world_task(d, 8);
	assert_int_equal(t->cause, ORCH_CAUSE_UNSCHEDULABLE);
	assert_int_equal(t->full, 3);
	s.replicas = 6;
	world_put(w, &s);
	sim_world_advance(w, 10000);
	assert_string_equal(world_look(d), "RRRRRR");
}

static void memory_counts_as_well(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 4);

	s.memory_request_bytes = (int64_t)5 << 30;
	assert_string_equal(nodes(world_put(w, &s)), "1 2 3 -");
}

static void whoever_waits_gets_the_room_that_others_leave(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec big = world_spec("big", "app:1", 3),
			     late = world_spec("late", "app:1", 1);
	struct sim_deployment *d;

	big.cpu_request_milli = late.cpu_request_milli = 4000;
	world_put(w, &big);
	d = world_put(w, &late);
	sim_world_advance(w, 60000);
	assert_string_equal(world_look(d), "W");
	big.replicas = 2;
	world_put(w, &big);
	assert_string_equal(world_look(d), "W"); /* the old one is still stopping */
	sim_world_advance(w, 1000);
	assert_string_equal(nodes(d), "3");
	assert_int_equal(world_task(d, 1)->cause, ORCH_CAUSE_NONE);
}

static void a_new_node_takes_what_waits(void **state)
{
	struct sim_world *w = world_open("sim://?nodes=0");
	orch_deployment_spec s = world_spec("web", "app:1", 2);
	struct sim_deployment *d = world_put(w, &s);

	(void)state;
	assert_string_equal(nodes(d), "- -");
	assert_int_equal(world_task(d, 1)->cause, ORCH_CAUSE_UNSCHEDULABLE);
	put_node(w, "node-9", 1000, ORCH_UNSET, NULL, NULL);
	assert_string_equal(nodes(d), "9 9");
	world_close(w);
}

static void more_capacity_is_used_at_once(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	struct sim_deployment *d;

	s.cpu_request_milli = 8000;
	d = world_put(w, &s);
	assert_string_equal(nodes(d), "-");
	put_node(w, "node-2", 8000, ORCH_UNSET, NULL, NULL);
	assert_string_equal(nodes(d), "2");
}

static struct sim_deployment *put_constrained(
	struct sim_world *w, const char *key, int64_t op, const char *value)
{
	orch_deployment_spec s = world_spec("web", "app:1", 2);
	orch_constraint c = { key, op, value };

	s.constraints = (orch_constraint_list){ &c, 1 };
	return world_put(w, &s);
}

static void constraints_are_kept_to(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d;

	put_node(w, "node-2", ORCH_UNSET, ORCH_UNSET, "disk", "ssd");
	d = put_constrained(w, "disk", ORCH_CONSTRAINT_EQUAL, "ssd");
	assert_string_equal(nodes(d), "2 2");
	sim_world_advance(w, 10000);
	put_constrained(w, "disk", ORCH_CONSTRAINT_EQUAL, "hdd");
	sim_world_advance(w, 60000);
	assert_int_equal(world_task(d, 1)->unfit, 3);
	assert_int_equal(world_ready(d), 1); /* the other one is kept until the first is there */
}

static void what_a_node_is_by_itself_can_be_asked_for(void **state)
{
	struct sim_world *w = *state;

	assert_string_equal(nodes(put_constrained(
				    w, "kubernetes.io/hostname", ORCH_CONSTRAINT_EQUAL, "node-3")),
		"3 3");
	world_remove(w, "web");
	assert_string_equal(nodes(put_constrained(w, "kubernetes.io/hostname",
				    ORCH_CONSTRAINT_NOT_EQUAL, "node-1")),
		"2 3");
	world_remove(w, "web");
	assert_string_equal(
		nodes(put_constrained(w, "kubernetes.io/os", ORCH_CONSTRAINT_EQUAL, "windows")),
		"- -");
	world_remove(w, "web");
	assert_string_equal(
		nodes(put_constrained(w, "no-such-label", ORCH_CONSTRAINT_NOT_EQUAL, "x")), "1 2");
}

static void a_node_keeps_what_it_is_not_told(void **state)
{
	struct sim_world *w = *state;

	put_node(w, "node-1", 1234, ORCH_UNSET, "a", "b");
	put_node(w, "node-1", ORCH_UNSET, 4096, NULL, NULL);
	assert_int_equal(w->nodes[0]->cpu_milli, 1234);
	assert_int_equal(w->nodes[0]->memory_bytes, 4096);
	assert_int_equal(w->nodes[0]->labels.count, 0);
	assert_int_equal(w->node_count, 3);
}

static void of_two_labels_of_one_key_the_later_one_counts(void **state)
{
	static const orch_kv labels[] = { { "disk", "hdd" }, { "a", "b" }, { "disk", "ssd" } };
	struct sim_world *w = *state;
	orch_sim_node n = ORCH_SIM_NODE_INIT;

	n.name = "node-2";
	n.labels = (orch_kv_list){ labels, 3 };
	assert_int_equal(sim_node_put(w, &n), ORCH_OK);
	assert_int_equal(w->nodes[1]->labels.count, 2);
	assert_string_equal(nodes(put_constrained(w, "disk", ORCH_CONSTRAINT_EQUAL, "ssd")), "2 2");
	world_remove(w, "web");
	assert_string_equal(
		nodes(put_constrained(w, "kubernetes.io/arch", ORCH_CONSTRAINT_EQUAL, "amd64")),
		"1 2");
}

static void a_node_that_cannot_be_is_refused(void **state)
{
	struct sim_world *w = *state;
	orch_sim_node n = ORCH_SIM_NODE_INIT;

	assert_int_equal(sim_node_put(w, &n), ORCH_E_INVALID);
	n.name = "x";
	n.cpu_milli = -1;
	assert_int_equal(sim_node_put(w, &n), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "x: cpu_milli"));
	n.cpu_milli = 1;
	n.struct_size += 8;
	assert_int_equal(sim_node_put(w, &n), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "of a newer liborch"));
	n.struct_size = 0;
	assert_int_equal(sim_node_put(w, &n), ORCH_E_INVALID);
	n = (orch_sim_node)ORCH_SIM_NODE_INIT;
	n.name = "x";
	n.memory_bytes = -1;
	assert_int_equal(sim_node_put(w, &n), ORCH_E_INVALID);
	n.memory_bytes = ORCH_UNSET;
	n.labels.count = 1;
	assert_int_equal(sim_node_put(w, &n), ORCH_E_INVALID);
	n.labels.items = &(orch_kv){ "key", NULL };
	assert_int_equal(sim_node_put(w, &n), ORCH_E_INVALID);
	assert_int_equal(w->node_count, 3);
	n.struct_size = offsetof(orch_sim_node, cpu_milli); /* of an older program */
	assert_int_equal(sim_node_put(w, &n), ORCH_OK);
	assert_int_equal(w->nodes[3]->cpu_milli, 4000);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(tasks_spread_over_nodes),
		T(the_emptiest_node_is_taken_among_equals),
		T(what_runs_of_the_deployment_counts_first),
		T(requests_are_kept_to),
		T(memory_counts_as_well),
		T(whoever_waits_gets_the_room_that_others_leave),
		T(a_new_node_takes_what_waits),
		T(more_capacity_is_used_at_once),
		T(constraints_are_kept_to),
		T(what_a_node_is_by_itself_can_be_asked_for),
		T(a_node_keeps_what_it_is_not_told),
		T(of_two_labels_of_one_key_the_later_one_counts),
		T(a_node_that_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
