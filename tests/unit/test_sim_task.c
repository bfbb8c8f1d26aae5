/* SPDX-License-Identifier: MIT */
/* The life of one task: pull, start, run, end, rest, health. */
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
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	world_close(*state);
	return 0;
}

static void set_image(struct sim_world *w, orch_sim_image image)
{
	image.name = "app:1";
	image.pull_ms = 1000;
	image.start_ms = 100;
	assert_int_equal(sim_image_put(w, &image), ORCH_OK);
}

static void a_task_is_pulled_started_and_ready_in_its_time(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	struct sim_deployment *d = world_put(w, &s);

	assert_string_equal(world_look(d), "P");
	sim_world_advance(w, 999);
	assert_string_equal(world_look(d), "P");
	sim_world_advance(w, 1);
	assert_string_equal(world_look(d), "S");
	sim_world_advance(w, 100);
	assert_string_equal(world_look(d), "R");
	sim_world_advance(w, 86400000);
	assert_string_equal(world_look(d), "R");
}

static void an_image_is_pulled_once_on_each_node(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 3);
	struct sim_deployment *d = world_put(w, &s);

	sim_world_advance(w, 1100);
	assert_string_equal(world_look(d), "RRR");
	s.replicas = 6;
	world_put(w, &s);
	sim_world_advance(w, 100);
	assert_string_equal(world_look(d), "RRRRRR");
}

static void times_that_are_not_given_are_drawn(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "other:1", 3);
	struct sim_deployment *d = world_put(w, &s);

	sim_world_advance(w, 599);
	assert_int_equal(world_ready(d), 0);
	sim_world_advance(w, 2901);
	assert_int_equal(world_ready(d), 3);
}

static void a_task_that_ends_comes_back_after_a_rest(void **state)
{
	static const char *const command[] = { "sh", "-c", "sleep 7; exit 3" };
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	struct sim_deployment *d;
	struct sim_task *t;
	char first_id[SIM_ID_LEN + 1];

	s.command = (orch_string_list){ command, 3 };
	d = world_put(w, &s);
	sim_world_advance(w, 1100);
	t = world_task(d, 1);
	memcpy(first_id, t->id, sizeof first_id);
	assert_string_equal(world_look(d), "R");
	sim_world_advance(w, 7000);
	assert_string_equal(world_look(d), "B");
	assert_int_equal(t->cause, ORCH_CAUSE_CRASH);
	assert_int_equal(t->exit_code, 3);
	assert_int_equal(t->restarts, 0);
	sim_world_advance(w, SIM_RESTART_DELAY_MS);
	assert_string_equal(world_look(d), "S");      /* its image is there */
	assert_int_equal(t->cause, ORCH_CAUSE_CRASH); /* until it works again */
	sim_world_advance(w, 100);
	assert_string_equal(world_look(d), "R");
	assert_int_equal(t->cause, ORCH_CAUSE_NONE);
	assert_int_equal(t->exit_code, 3);
	assert_int_equal(t->restarts, 1);
	assert_string_not_equal(t->id, first_id);
}

static void an_image_crashes_as_it_was_told_to(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	orch_sim_image image = ORCH_SIM_IMAGE_INIT;
	struct sim_deployment *d;

	image.crash_after_ms = 50;
	image.exit_code = 42;
	set_image(w, image);
	d = world_put(w, &s);
	sim_world_advance(w, 1150);
	assert_string_equal(world_look(d), "B");
	assert_int_equal(world_task(d, 1)->exit_code, 42);
	set_image(w, (orch_sim_image)ORCH_SIM_IMAGE_INIT); /* mended */
	sim_world_advance(w, SIM_RESTART_DELAY_MS + 100);
	assert_string_equal(world_look(d), "R");
	sim_world_advance(w, 3600000);
	assert_int_equal(world_task(d, 1)->restarts, 1);
}

static void a_crash_loop_takes_time_even_without_any_delay(void **state)
{
	static const char *const command[] = { "false" };
	static const orch_restart_spec at_once = { ORCH_UNSET, 0, ORCH_UNSET, { NULL, NULL } };
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	orch_sim_image image = ORCH_SIM_IMAGE_INIT;

	image.name = "app:1";
	image.pull_ms = image.start_ms = 0;
	assert_int_equal(sim_image_put(w, &image), ORCH_OK);
	s.command = (orch_string_list){ command, 1 };
	s.restart = &at_once;
	world_put(w, &s);
	sim_world_advance(w, 1000);
	assert_in_range(world_task(world_find(w, "web"), 1)->restarts, 900, 1000);
}

static struct sim_deployment *put_with_restart(
	struct sim_world *w, const char *script, orch_restart_spec restart)
{
	const char *command[] = { "sh", "-c", script };
	orch_deployment_spec s = world_spec("web", "app:1", 1);

	s.command = (orch_string_list){ command, 3 };
	s.restart = &restart;
	return world_put(w, &s);
}

static void on_failure_leaves_alone_what_ended_well(void **state)
{
	orch_restart_spec r = ORCH_RESTART_SPEC_INIT;
	struct sim_deployment *d;

	r.condition = ORCH_RESTART_ON_FAILURE;
	d = put_with_restart(*state, "sleep 1; exit 0", r);
	sim_world_advance(*state, 3600000);
	assert_string_equal(world_look(d), "E");
	d = put_with_restart(*state, "sleep 1; exit 1", r);
	sim_world_advance(*state, 3600000);
	assert_true(world_task(d, 1)->restarts > 100);
}

static void never_means_never_and_attempts_are_counted(void **state)
{
	orch_restart_spec r = ORCH_RESTART_SPEC_INIT;
	struct sim_deployment *d;

	r.condition = ORCH_RESTART_NONE;
	d = put_with_restart(*state, "exit 1", r);
	sim_world_advance(*state, 3600000);
	assert_string_equal(world_look(d), "E");
	assert_int_equal(world_task(d, 1)->restarts, 0);
	r.condition = ORCH_RESTART_ANY;
	r.max_attempts = 3;
	r.delay_ms = 10;
	d = put_with_restart(*state, "exit 2", r);
	sim_world_advance(*state, 3600000);
	assert_string_equal(world_look(d), "E");
	assert_int_equal(world_task(d, 1)->restarts, 3);
	assert_int_equal(world_task(d, 1)->exit_code, 2);
}

static void a_missing_image_is_tried_again_until_it_is_there(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	orch_sim_image image = ORCH_SIM_IMAGE_INIT;
	struct sim_deployment *d;
	struct sim_task *t;

	image.missing = 1;
	set_image(w, image);
	d = world_put(w, &s);
	t = world_task(d, 1);
	sim_world_advance(w, SIM_REFUSED_MS);
	assert_string_equal(world_look(d), "B");
	assert_int_equal(t->cause, ORCH_CAUSE_IMAGE);
	assert_true(t->exit_code == ORCH_UNSET);
	sim_world_advance(w, SIM_RESTART_DELAY_MS + SIM_REFUSED_MS / 2);
	assert_string_equal(world_look(d), "P");
	assert_int_equal(t->cause, ORCH_CAUSE_IMAGE);
	set_image(w, (orch_sim_image)ORCH_SIM_IMAGE_INIT);
	sim_world_advance(w, 2 * SIM_RESTART_DELAY_MS);
	assert_string_equal(world_look(d), "R");
}

static void registries_that_cannot_exist_have_no_images(void **state)
{
	static const char *const none[] = { "registry.invalid/app:1", "a.b.invalid:5000/x/app",
		"127.0.0.1:1/none:v9", "localhost:1/app" };
	static const char *const some[] = { "app", "invalid/app", "library/app.invalid",
		"registry.invalid.example/app", "localhost:10/app", "host:1234/app", "app:1",
		"localhost:5000/app:1" };
	struct sim_world *w = *state;

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_true(sim_image_is_missing(sim_image_find(w, none[i])));
	for (size_t i = 0; i < sizeof some / sizeof *some; i++)
		assert_false(sim_image_is_missing(sim_image_find(w, some[i])));
}

/* ---- health ---- */

static const char *const check_words[] = { "sh", "-c", "sleep 1" };
static const orch_health_spec every_ten_seconds = { { check_words, 3 }, 10000, 5000, ORCH_UNSET, 3,
	{ NULL, NULL } };

static void a_check_gates_readiness(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	struct sim_deployment *d;

	s.health = &every_ten_seconds;
	d = world_put(w, &s);
	sim_world_advance(w, 1100);
	assert_string_equal(world_look(d), "r");
	sim_world_advance(w, 10999);
	assert_string_equal(world_look(d), "r");
	sim_world_advance(w, 1);
	assert_string_equal(world_look(d), "R");
}

static void a_task_whose_check_fails_again_and_again_is_replaced(void **state)
{
	static const char *const failing[] = { "false" };
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	orch_health_spec h = every_ten_seconds;
	struct sim_deployment *d;
	struct sim_task *t;

	h.command = (orch_string_list){ failing, 1 };
	s.health = &h;
	d = world_put(w, &s);
	t = world_task(d, 1);
	sim_world_advance(w, 1100 + 29999);
	assert_string_equal(world_look(d), "r");
	sim_world_advance(w, 1);
	assert_string_equal(world_look(d), "B");
	assert_int_equal(t->cause, ORCH_CAUSE_UNHEALTHY);
	assert_int_equal(t->exit_code, 137);
	sim_world_advance(w, SIM_RESTART_DELAY_MS + 100);
	assert_string_equal(world_look(d), "r");
	assert_int_equal(t->cause, ORCH_CAUSE_UNHEALTHY);
	assert_int_equal(t->restarts, 1);
}

static void a_check_that_takes_too_long_has_failed(void **state)
{
	static const char *const slow[] = { "sleep", "6" };
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	orch_health_spec h = every_ten_seconds;
	struct sim_deployment *d;

	h.command = (orch_string_list){ slow, 2 };
	h.retries = 1;
	s.health = &h;
	d = world_put(w, &s);
	sim_world_advance(w, 1100 + 14999);
	assert_string_equal(world_look(d), "r");
	sim_world_advance(w, 1);
	assert_string_equal(world_look(d), "B");
}

static void failures_do_not_count_while_it_comes_up(void **state)
{
	static const char *const failing[] = { "false" };
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	orch_health_spec h = every_ten_seconds;
	struct sim_deployment *d;

	h.command = (orch_string_list){ failing, 1 };
	h.start_period_ms = 60000;
	s.health = &h;
	d = world_put(w, &s);
	sim_world_advance(w, 1100 + 79999);
	assert_string_equal(world_look(d), "r");
	sim_world_advance(w, 1);
	assert_string_equal(world_look(d), "B");
}

static void an_image_can_become_unhealthy_later(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	orch_sim_image image = ORCH_SIM_IMAGE_INIT;
	struct sim_deployment *d;

	s.health = &every_ten_seconds;
	d = world_put(w, &s);
	sim_world_advance(w, 20000);
	assert_string_equal(world_look(d), "R");
	image.unhealthy = 1;
	set_image(w, image);
	sim_world_advance(w, 20000);
	assert_string_equal(world_look(d), "R"); /* fewer failures than retries */
	sim_world_advance(w, 15000);
	assert_int_equal(world_task(d, 1)->cause, ORCH_CAUSE_UNHEALTHY);
}

static void only_failures_in_a_row_count(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	orch_sim_image bad = ORCH_SIM_IMAGE_INIT;
	struct sim_deployment *d;

	s.health = &every_ten_seconds; /* a check every 11 s, 3 failures */
	d = world_put(w, &s);
	sim_world_advance(w, 13000);
	bad.unhealthy = 1;
	for (int i = 0; i < 5; i++) {
		set_image(w, bad);
		sim_world_advance(w, 22000);
		assert_string_equal(world_look(d), "R");
		set_image(w, (orch_sim_image)ORCH_SIM_IMAGE_INIT);
		sim_world_advance(w, 11000);
	}
	assert_int_equal(world_task(d, 1)->restarts, 0);
}

static void once_it_was_ready_failures_count_at_once(void **state)
{
	struct sim_world *w = *state;
	orch_deployment_spec s = world_spec("web", "app:1", 1);
	orch_health_spec h = every_ten_seconds;
	orch_sim_image bad = ORCH_SIM_IMAGE_INIT;
	struct sim_deployment *d;

	h.start_period_ms = 3600000;
	s.health = &h;
	d = world_put(w, &s);
	sim_world_advance(w, 13000);
	assert_string_equal(world_look(d), "R");
	bad.unhealthy = 1;
	set_image(w, bad);
	sim_world_advance(w, 33000);
	assert_int_equal(world_task(d, 1)->cause, ORCH_CAUSE_UNHEALTHY);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_task_is_pulled_started_and_ready_in_its_time),
		T(an_image_is_pulled_once_on_each_node),
		T(times_that_are_not_given_are_drawn),
		T(a_task_that_ends_comes_back_after_a_rest),
		T(an_image_crashes_as_it_was_told_to),
		T(a_crash_loop_takes_time_even_without_any_delay),
		T(on_failure_leaves_alone_what_ended_well),
		T(never_means_never_and_attempts_are_counted),
		T(a_missing_image_is_tried_again_until_it_is_there),
		T(registries_that_cannot_exist_have_no_images),
		T(a_check_gates_readiness),
		T(a_task_whose_check_fails_again_and_again_is_replaced),
		T(a_check_that_takes_too_long_has_failed),
		T(failures_do_not_count_while_it_comes_up),
		T(an_image_can_become_unhealthy_later),
		T(only_failures_in_a_row_count),
		T(once_it_was_ready_failures_count_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
