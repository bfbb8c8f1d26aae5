/* SPDX-License-Identifier: MIT */
/* Names, versions, and who may write what. */
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

static orch_status put_as(struct sim_world *w, const char *op_id, const struct sim_live *live,
	const char *image, struct sim_deployment **out)
{
	orch_deployment_spec s = world_spec("web", image, 1);
	struct sim_write write = { "default", "web", op_id, live };

	return sim_store_put(w, &write, &s, out);
}

static void a_name_is_taken_once_in_a_namespace(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	struct sim_write here = { "default", "web", "1", NULL },
			 there = { "prod", "web", "2", NULL };
	struct sim_deployment *a = NULL, *b = NULL;

	assert_int_equal(sim_store_put(w, &here, &s, &a), ORCH_OK);
	assert_int_equal(sim_store_put(w, &there, &s, &b), ORCH_OK);
	assert_ptr_not_equal(a, b);
	assert_string_not_equal(a->id, b->id);
	here.op_id = "3";
	assert_int_equal(sim_store_put(w, &here, &s, &a), ORCH_E_EXISTS);
	assert_non_null(strstr(orch_error_last()->message, "web"));
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	assert_int_equal(w->writes, 2);
}

static void versions_only_grow_and_a_stale_writer_is_refused(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d;
	struct sim_live first, second;

	assert_int_equal(put_as(w, "1", NULL, "app:1", &d), ORCH_OK);
	first = world_live(d);
	assert_int_equal(put_as(w, "2", &first, "app:2", &d), ORCH_OK);
	second = world_live(d);
	assert_true(second.version > first.version);
	assert_int_equal(put_as(w, "3", &first, "app:3", &d), ORCH_E_CONFLICT);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	assert_string_equal(world_find(w, "web")->spec->image->name, "app:2");
	assert_int_equal(put_as(w, "4", &second, "app:3", &d), ORCH_OK);
	assert_true(d->version > second.version);
}

static void the_same_again_writes_nothing(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d;
	struct sim_live live;

	assert_int_equal(put_as(w, "1", NULL, "app:1", &d), ORCH_OK);
	live = world_live(d);
	assert_int_equal(put_as(w, "2", &live, "app:1", &d), ORCH_OK);
	assert_int_equal(d->version, live.version);
	assert_int_equal(w->writes, 1);
}

static void specs_that_mean_the_same_are_the_same(void **state)
{
	static const orch_kv one[] = { { "a", "1" }, { "b", "2" } },
			     other[] = { { "b", "2" }, { "a", "1" } };
	static const orch_restart_spec says_nothing = ORCH_RESTART_SPEC_INIT;
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	struct sim_deployment *d;

	s.labels = (orch_kv_list){ one, 2 };
	d = world_put(w, &s);
	s.labels = (orch_kv_list){ other, 2 };
	s.restart = &says_nothing;
	s.args = (orch_string_list){ (const char *const[]){ "x" }, 0 };
	world_put(w, &s);
	assert_int_equal(w->writes, 1);
	assert_string_equal(d->spec->spec.labels.items[0].key, "a");
	s.env = (orch_kv_list){ one, 2 };
	world_put(w, &s);
	s.env = (orch_kv_list){ other, 2 }; /* their order matters */
	world_put(w, &s);
	assert_int_equal(w->writes, 3);
}

static void a_number_that_is_left_open_is_one_and_then_stays(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", ORCH_UNSET);
	struct sim_deployment *d = world_put(w, &s);

	assert_int_equal(d->spec->spec.replicas, 1);
	s.replicas = 4;
	world_put(w, &s);
	s.replicas = ORCH_UNSET;
	s.image = "app:2";
	world_put(w, &s);
	assert_int_equal(d->spec->spec.replicas, 4);
	s.replicas = 0;
	world_put(w, &s);
	assert_int_equal(d->spec->spec.replicas, 0);
}

static void what_is_left_open_otherwise_is_dropped(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	struct sim_deployment *d;

	s.user = "1000";
	s.cpu_limit_milli = 500;
	d = world_put(w, &s);
	s.user = NULL;
	s.cpu_limit_milli = ORCH_UNSET;
	world_put(w, &s);
	assert_null(d->spec->spec.user);
	assert_true(d->spec->spec.cpu_limit_milli == ORCH_UNSET);
}

static void a_write_whose_answer_was_lost_may_be_asked_for_again(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d;
	struct sim_live live;

	assert_int_equal(put_as(w, "op-1", NULL, "app:1", &d), ORCH_OK);
	assert_int_equal(put_as(w, "op-1", NULL, "app:1", &d), ORCH_OK);
	live = world_live(d);
	assert_int_equal(put_as(w, "op-2", &live, "app:2", &d), ORCH_OK);
	assert_int_equal(put_as(w, "op-2", &live, "app:2", &d), ORCH_OK);
	assert_int_equal(put_as(w, "op-1", &live, "app:1", &d), ORCH_E_CONFLICT);
	assert_int_equal(w->writes, 2);
}

static void a_restart_is_done_once_for_each_time_it_is_asked_for(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d;
	struct sim_live live;
	struct sim_write write = { "default", "web", "op-2", &live };

	assert_int_equal(put_as(w, "op-1", NULL, "app:1", &d), ORCH_OK);
	live = world_live(d);
	assert_int_equal(sim_store_restart(w, &write, &d), ORCH_OK);
	assert_int_equal(sim_store_restart(w, &write, &d), ORCH_OK); /* the same */
	assert_int_equal(d->spec->forced, 1);
	write.op_id = "op-3";
	assert_int_equal(sim_store_restart(w, &write, &d), ORCH_E_CONFLICT);
	live = world_live(d);
	assert_int_equal(sim_store_restart(w, &write, &d), ORCH_OK);
	assert_int_equal(d->spec->forced, 2);
}

static void a_name_is_free_as_soon_as_it_is_removed(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 2);
	struct sim_live old = world_live(world_put(w, &s));
	struct sim_write write = { "default", "web", "again", &old };
	struct sim_deployment *d;

	sim_world_advance(w, 10000);
	world_remove(w, "web");
	assert_int_equal(w->removed->tasks, 2); /* still stopping */
	d = world_put(w, &s);
	assert_string_not_equal(d->id, old.id);
	assert_int_equal(sim_store_remove(w, &write), ORCH_E_NOTFOUND); /* not the new one */
	assert_int_equal(put_as(w, "x", &old, "app:2", &d), ORCH_E_CONFLICT);
	assert_non_null(strstr(orch_error_last()->message, "created anew"));
	sim_world_advance(w, 10000);
	assert_null(w->removed);
	assert_string_equal(world_look(world_find(w, "web")), "RR");
}

static void a_removal_whose_answer_was_lost_may_be_asked_for_again(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	struct sim_live live = world_live(world_put(w, &s));
	struct sim_write write = { "default", "web", "op", &live };

	sim_world_advance(w, 10000);
	assert_int_equal(sim_store_remove(w, &write), ORCH_OK);
	assert_int_equal(sim_store_remove(w, &write), ORCH_OK);
	write.op_id = "another";
	assert_int_equal(sim_store_remove(w, &write), ORCH_E_NOTFOUND);
	assert_int_equal(w->writes, 2);
}

static void what_was_removed_cannot_be_changed(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	struct sim_live live = world_live(world_put(w, &s));
	struct sim_write write = { "default", "web", "op", &live };
	struct sim_deployment *d = NULL;

	world_remove(w, "web");
	assert_int_equal(sim_store_find(w, "default", "web", &d), ORCH_E_NOTFOUND);
	assert_int_equal(sim_store_scale(w, &write, 3, &d), ORCH_E_CONFLICT);
	assert_int_equal(sim_store_restart(w, &write, &d), ORCH_E_CONFLICT);
	assert_int_equal(sim_store_put(w, &write, &s, &d), ORCH_E_CONFLICT);
}

static void too_many_instances_are_refused(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", SIM_REPLICAS_MAX + 1);
	struct sim_write write = { "default", "web", "op", NULL };
	struct sim_deployment *d = NULL;

	assert_int_equal(sim_store_put(w, &write, &s, &d), ORCH_E_TOO_LARGE);
	assert_int_equal(w->deployment_count, 0);
	assert_int_equal(w->writes, 0);
}

static void deployments_are_found_in_the_order_of_their_names(void **state)
{
	struct sim_world *w = *state;
	const char *before = "";
	char name[16];
	int n = 0;

	for (int i = 0; i < 100; i++) {
		orch_deployment_spec s = world_spec(name, "app:1", 0);

		snprintf(name, sizeof name, "d%d", i * 37 % 100);
		world_put(w, &s);
	}
	for (int i = 0; i < 100; i += 2) {
		snprintf(name, sizeof name, "d%d", i);
		world_remove(w, name);
	}
	for (struct sim_deployment *d = sim_store_behind(w, "default", ""); d; n++) {
		assert_true(strcmp(before, d->spec->spec.name) < 0);
		before = d->spec->spec.name;
		d = sim_store_behind(w, d->ns, before);
	}
	assert_int_equal(n, 50);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_name_is_taken_once_in_a_namespace),
		T(versions_only_grow_and_a_stale_writer_is_refused),
		T(the_same_again_writes_nothing),
		T(specs_that_mean_the_same_are_the_same),
		T(a_number_that_is_left_open_is_one_and_then_stays),
		T(what_is_left_open_otherwise_is_dropped),
		T(a_write_whose_answer_was_lost_may_be_asked_for_again),
		T(a_restart_is_done_once_for_each_time_it_is_asked_for),
		T(a_name_is_free_as_soon_as_it_is_removed),
		T(a_removal_whose_answer_was_lost_may_be_asked_for_again),
		T(what_was_removed_cannot_be_changed),
		T(too_many_instances_are_refused),
		T(deployments_are_found_in_the_order_of_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
