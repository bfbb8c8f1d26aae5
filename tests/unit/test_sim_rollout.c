/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support/sim_world.h"

static int setup(void **state)
{
	struct sim_world *w = world_new();

	world_image(w, "app:1");
	world_image(w, "app:2");
	world_image(w, "app:3");
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	world_close(*state);
	return 0;
}

/* Of image app:1, all ready. */
static struct sim_deployment *put_ready(struct sim_world *w, int64_t replicas)
{
	orch_deployment_spec s = world_spec("web", "app:1", replicas);
	struct sim_deployment *d = world_put(w, &s);

	sim_world_advance(w, 60000);
	assert_int_equal(world_ready(d), replicas);
	return d;
}

static void put_image(struct sim_world *w, const char *image, int64_t replicas)
{
	orch_deployment_spec s = world_spec("web", image, replicas);

	world_put(w, &s);
}

/* Let time pass; how many were ready at the worst moment? */
static int64_t least_ready(struct sim_world *w, struct sim_deployment *d, int64_t ms)
{
	int64_t least = world_ready(d);

	for (int64_t i = 0; i < ms; i += 50) {
		sim_world_advance(w, 50);
		if (world_ready(d) < least)
			least = world_ready(d);
	}
	return least;
}

static void ids_of(const struct sim_deployment *d, char ids[][SIM_ID_LEN + 1])
{
	size_t i = 0;

	for (const struct sim_task *t = d->first; t; t = t->next)
		memcpy(ids[i++], t->id, sizeof ids[0]);
}

static int64_t replaced_since(const struct sim_deployment *d, char ids[][SIM_ID_LEN + 1])
{
	int64_t n = 0;
	size_t i = 0;

	for (const struct sim_task *t = d->first; t; t = t->next)
		n += strcmp(ids[i++], t->id) != 0;
	return n;
}

static void a_rolling_update_replaces_one_after_another(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d = put_ready(w, 3);

	put_image(w, "app:2", 3);
	assert_string_equal(world_look(d), "T'R'R'");
	assert_int_equal(least_ready(w, d, 40000), 2);
	assert_string_equal(world_look(d), "RRR");
	assert_string_equal(world_task(d, 2)->spec->image->name, "app:2");
}

static void the_next_one_waits_until_the_new_one_has_been_ready_for_long(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d = put_ready(w, 2);
	int64_t ready_at;

	put_image(w, "app:2", 2);
	while (strcmp(world_look(d), "RR'") != 0)
		sim_world_advance(w, 1);
	ready_at = w->clock.now;
	while (!strcmp(world_look(d), "RR'"))
		sim_world_advance(w, 1);
	assert_string_equal(world_look(d), "RT'");
	assert_int_equal(w->clock.now - ready_at, SIM_MONITOR_MS);
}

static void a_broken_update_harms_no_more_than_one(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d = put_ready(w, 3);
	orch_sim_image broken = ORCH_SIM_IMAGE_INIT;

	broken.name = "app:2";
	broken.missing = 1;
	assert_int_equal(sim_image_put(w, &broken), ORCH_OK);
	put_image(w, "app:2", 3);
	assert_int_equal(least_ready(w, d, 600000), 2);
	assert_int_equal(world_task(d, 1)->cause, ORCH_CAUSE_IMAGE);
}

static void an_update_that_crashes_a_little_later_harms_no_more_either(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d = put_ready(w, 3);
	orch_sim_image broken = ORCH_SIM_IMAGE_INIT;

	broken.name = "app:2";
	broken.crash_after_ms = SIM_MONITOR_MS - 1;
	assert_int_equal(sim_image_put(w, &broken), ORCH_OK);
	put_image(w, "app:2", 3);
	assert_int_equal(least_ready(w, d, 600000), 2);
}

static void what_a_broken_update_broke_is_mended_first(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d = put_ready(w, 3);

	put_image(w, "none.invalid/app", 3);
	sim_world_advance(w, 30000);
	put_image(w, "app:3", 3);
	assert_string_equal(world_look(d), "PR'R'"); /* not one more */
	assert_int_equal(least_ready(w, d, 60000), 2);
	assert_string_equal(world_look(d), "RRR");
	assert_int_equal(world_task(d, 1)->restarts, 0);
}

static void going_back_leaves_alone_what_was_not_touched_yet(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d = put_ready(w, 3);
	char ids[3][SIM_ID_LEN + 1];

	ids_of(d, ids);
	put_image(w, "app:2", 3);
	sim_world_advance(w, 3000);
	put_image(w, "app:1", 3);
	sim_world_advance(w, 60000);
	assert_string_equal(world_look(d), "RRR");
	assert_int_equal(replaced_since(d, ids), 1);
}

static void an_update_during_an_update_ends_with_the_latest(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d = put_ready(w, 4);

	put_image(w, "app:2", 4);
	sim_world_advance(w, 9000);
	put_image(w, "app:3", 4);
	assert_int_equal(least_ready(w, d, 90000), 3);
	for (int64_t slot = 1; slot <= 4; slot++)
		assert_string_equal(world_task(d, slot)->spec->image->name, "app:3");
}

static void a_restart_replaces_every_task(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d = put_ready(w, 3);
	char ids[3][SIM_ID_LEN + 1];

	ids_of(d, ids);
	world_restart(w, "web");
	assert_int_equal(least_ready(w, d, 60000), 2);
	assert_string_equal(world_look(d), "RRR");
	assert_int_equal(replaced_since(d, ids), 3);
	assert_string_equal(world_task(d, 1)->spec->image->name, "app:1");
}

static void labels_and_numbers_replace_nothing(void **state)
{
	static const orch_kv labels[] = { { "tier", "front" }, { "a", "b" } };
	struct sim_world *w = *state;
	struct sim_deployment *d = put_ready(w, 3);
	orch_deployment_spec s = world_spec("web", "app:1", 3);
	char ids[3][SIM_ID_LEN + 1];

	ids_of(d, ids);
	s.labels = (orch_kv_list){ labels, 2 };
	world_put(w, &s);
	assert_string_equal(world_look(d), "RRR");
	s.replicas = 4;
	world_put(w, &s);
	sim_world_advance(w, 10000);
	assert_string_equal(world_look(d), "RRRR");
	s.replicas = 3;
	world_put(w, &s);
	sim_world_advance(w, 10000);
	assert_string_equal(world_look(d), "RRR");
	assert_int_equal(replaced_since(d, ids), 0);
}

static void constraints_move_only_what_no_longer_fits(void **state)
{
	static const orch_constraint not_on_two = { "kubernetes.io/hostname",
		ORCH_CONSTRAINT_NOT_EQUAL, "node-2" };
	struct sim_world *w = *state;
	struct sim_deployment *d = put_ready(w, 3);
	orch_deployment_spec s = world_spec("web", "app:1", 3);
	char ids[3][SIM_ID_LEN + 1];

	ids_of(d, ids);
	s.constraints = (orch_constraint_list){ &not_on_two, 1 };
	world_put(w, &s);
	assert_false(sim_task_is_updated(world_task(d, 2)));
	assert_true(sim_task_is_updated(world_task(d, 1)));
	assert_int_equal(least_ready(w, d, 60000), 2);
	assert_string_equal(world_look(d), "RRR");
	assert_int_equal(replaced_since(d, ids), 1);
	assert_string_not_equal(world_task(d, 2)->node->name, "node-2");
}

/* What differs from the spec of put_ready(), each alone. */
static const char *const words[] = { "serve" }, *const other_words[] = { "serve", "--fast" };
static const orch_kv variable = { "A", "b" };
static const orch_health_spec health = { { words, 1 }, 1000, 1000, 0, 3, { NULL, NULL } };
static const orch_restart_spec restart = { ORCH_RESTART_ANY, 1000, ORCH_UNSET, { NULL, NULL } };

static void change(orch_deployment_spec *s, int which)
{
	switch (which) {
	case 0:
		s->command = (orch_string_list){ words, 1 };
		break;
	case 1:
		s->args = (orch_string_list){ other_words, 2 };
		break;
	case 2:
		s->env = (orch_kv_list){ &variable, 1 };
		break;
	case 3:
		s->working_dir = "/srv";
		break;
	case 4:
		s->user = "1000";
		break;
	case 5:
		s->cpu_request_milli = 10;
		break;
	case 6:
		s->cpu_limit_milli = 10;
		break;
	case 7:
		s->memory_request_bytes = 1 << 23;
		break;
	case 8:
		s->memory_limit_bytes = 1 << 23;
		break;
	case 9:
		s->health = &health;
		break;
	case 10:
		s->restart = &restart;
		break;
	case 11:
		s->stop_grace_ms = 500;
		break;
	default:
		s->image = "app:2";
		break;
	}
}

static void whatever_an_instance_is_made_of_replaces_it(void **state)
{
	struct sim_world *w = *state;

	for (int i = 0; i <= 12; i++) {
		orch_deployment_spec s = world_spec("web", "app:1", 1);
		struct sim_deployment *d = put_ready(w, 1);
		int64_t writes = w->writes;

		change(&s, i);
		world_put(w, &s);
		if (strcmp(world_look(d), "T'") != 0)
			fail_msg("change %d: %s", i, world_look(d));
		assert_int_equal(w->writes, writes + 1);
		sim_world_advance(w, 60000);
		assert_string_equal(world_look(d), "R");
		world_put(w, &s); /* the same again */
		assert_string_equal(world_look(d), "R");
		assert_int_equal(w->writes, writes + 1);
	}
}

static void less_is_less_from_behind(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d = put_ready(w, 5);

	put_image(w, "app:1", 2);
	assert_string_equal(world_look(d), "RRTTT");
	sim_world_advance(w, 1000);
	assert_string_equal(world_look(d), "RR");
	put_image(w, "app:1", 0);
	sim_world_advance(w, 1000);
	assert_string_equal(world_look(d), "");
}

static void more_again_while_they_stop_takes_their_places(void **state)
{
	struct sim_world *w = *state;
	struct sim_deployment *d = put_ready(w, 3);

	put_image(w, "app:1", 1);
	put_image(w, "app:1", 3);
	assert_string_equal(world_look(d), "RTT");
	sim_world_advance(w, 2000);
	assert_string_equal(world_look(d), "RRR");
	assert_int_equal(world_task(d, 3)->restarts, 0);
}

static void stopping_ends_with_the_grace_period(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 3);
	struct sim_deployment *d;

	s.stop_grace_ms = 10;
	d = world_put(w, &s);
	sim_world_advance(w, 60000);
	s.replicas = 0;
	world_put(w, &s);
	assert_string_equal(world_look(d), "TTT");
	sim_world_advance(w, 10);
	assert_string_equal(world_look(d), "");
}

static void what_has_not_started_is_gone_at_once(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 3);
	struct sim_deployment *d = world_put(w, &s);

	put_image(w, "app:1", 1);
	assert_string_equal(world_look(d), "P");
	world_remove(w, "web");
	assert_null(w->removed);
}

static void an_update_while_nothing_is_ready_takes_all_at_once(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "none.invalid/app", 3);
	struct sim_deployment *d = world_put(w, &s);

	sim_world_advance(w, 10000);
	assert_string_equal(world_look(d), "BBB");
	put_image(w, "app:1", 3);
	assert_string_equal(world_look(d), "PPP");
	sim_world_advance(w, 1100);
	assert_string_equal(world_look(d), "RRR");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_rolling_update_replaces_one_after_another),
		T(the_next_one_waits_until_the_new_one_has_been_ready_for_long),
		T(a_broken_update_harms_no_more_than_one),
		T(an_update_that_crashes_a_little_later_harms_no_more_either),
		T(what_a_broken_update_broke_is_mended_first),
		T(going_back_leaves_alone_what_was_not_touched_yet),
		T(an_update_during_an_update_ends_with_the_latest),
		T(a_restart_replaces_every_task),
		T(labels_and_numbers_replace_nothing),
		T(constraints_move_only_what_no_longer_fits),
		T(whatever_an_instance_is_made_of_replaces_it),
		T(less_is_less_from_behind),
		T(more_again_while_they_stop_takes_their_places),
		T(stopping_ends_with_the_grace_period),
		T(what_has_not_started_is_gone_at_once),
		T(an_update_while_nothing_is_ready_takes_all_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
