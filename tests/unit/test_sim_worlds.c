/* SPDX-License-Identifier: MIT */
/* Worlds that are shared by name, worlds that repeat, worlds in real time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support/sim_world.h"
#include "util/buf.h"

static orch_status try_open(const char *url)
{
	struct sim_config config;
	struct sim_world *w = NULL;
	orch_status st = sim_config_parse(url, &config);

	if (st == ORCH_OK)
		st = sim_worlds_open(&config, &w);
	if (st == ORCH_OK)
		world_close(w);
	return st;
}

static void who_names_the_same_world_meets_there(void **state)
{
	struct sim_world *a = world_open("sim://shared?nodes=2&seed=9");
	struct sim_world *b = world_open("sim://shared"), *c = world_open("sim://shared?seed=9");
	struct sim_world *other = world_open("sim://other"), *x = world_new(), *y = world_new();

	(void)state;
	assert_ptr_equal(a, b);
	assert_ptr_equal(a, c);
	assert_ptr_not_equal(a, other);
	assert_ptr_not_equal(x, y);
	world_close(x);
	world_close(y);
	world_close(other);
	world_close(a);
	world_close(b);
	assert_int_equal(c->node_count, 2);
	world_close(c);
}

static void a_world_that_is_there_cannot_be_asked_to_be_another(void **state)
{
	struct sim_world *w = world_open("sim://here?nodes=2");

	(void)state;
	assert_int_equal(try_open("sim://here?nodes=3"), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "here is there already, with nodes=2"));
	assert_int_equal(try_open("sim://here?speed=1"), ORCH_E_INVALID);
	assert_int_equal(try_open("sim://here?seed=2"), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "with seed=1"));
	assert_int_equal(try_open("sim://here?nodes=2&seed=1&speed=0"), ORCH_OK);
	world_close(w);
	assert_int_equal(try_open("sim://here?nodes=3"), ORCH_OK); /* it has ended */
}

/* ---- the same seed, the same world ---- */

static void write_down(struct orch__buf *b, const struct sim_world *w)
{
	for (size_t i = 0; i < w->deployment_count; i++) {
		const struct sim_deployment *d = w->deployments[i];

		orch__buf_addf(b, "%lld %s v%llu:", (long long)w->clock.now, d->id,
			(unsigned long long)d->version);
		for (const struct sim_task *t = d->first; t; t = t->next)
			orch__buf_addf(b, " %s.%lld=%d on %s x%lld since %lld", t->id,
				(long long)t->slot, (int)t->state, t->node ? t->node->name : "-",
				(long long)t->restarts, (long long)t->created_ms);
		orch__buf_addf(b, "\n");
	}
}

static void live_a_little(struct orch__buf *b, struct sim_world *w, const char *step)
{
	orch__buf_addf(b, "%s\n", step);
	for (int i = 0; i < 100; i++) {
		sim_world_advance(w, 100);
		write_down(b, w);
	}
}

/* All that can happen, and what became of it. */
static void live(struct orch__buf *b, const char *url)
{
	static const char *const crash[] = { "sh", "-c", "sleep 2; exit 1" };
	struct sim_world *w = world_open(url);
	orch_deployment_spec web = world_spec("web", "nginx:1", 4),
			     job = world_spec("job", "job", 2);

	job.command = (orch_string_list){ crash, 3 };
	world_put(w, &web);
	world_put(w, &job);
	live_a_little(b, w, "create");
	web.image = "nginx:2";
	world_put(w, &web);
	live_a_little(b, w, "update");
	assert_int_equal(sim_node_fail(w, "node-2"), ORCH_OK);
	live_a_little(b, w, "fail");
	live_a_little(b, w, "given up");
	assert_int_equal(sim_node_recover(w, "node-2"), ORCH_OK);
	web.replicas = 2;
	world_put(w, &web);
	live_a_little(b, w, "recover and scale");
	world_remove(w, "job");
	live_a_little(b, w, "remove");
	world_close(w);
}

static void the_same_seed_gives_the_same_ids_times_and_events(void **state)
{
	struct orch__buf one = ORCH__BUF_INIT(1 << 24), two = one, other = one;

	(void)state;
	live(&one, "sim://?seed=7");
	live(&two, "sim://?seed=7");
	live(&other, "sim://?seed=8");
	assert_true(orch__buf_ok(&one) && one.len > 10000);
	assert_string_equal(one.text, two.text);
	assert_string_not_equal(one.text, other.text);
	orch__buf_dispose(&one);
	orch__buf_dispose(&two);
	orch__buf_dispose(&other);
}

static void in_which_steps_time_passes_makes_no_difference(void **state)
{
	struct orch__buf fine = ORCH__BUF_INIT(1 << 20), coarse = fine;
	orch_deployment_spec s = world_spec("web", "nginx:1", 5);
	struct sim_world *a = world_new(), *b = world_new();

	(void)state;
	world_put(a, &s);
	world_put(b, &s);
	world_restart(a, "web");
	world_restart(b, "web");
	for (int i = 0; i < 60000; i++)
		sim_world_advance(a, 1);
	sim_world_advance(b, 60000);
	write_down(&fine, a);
	write_down(&coarse, b);
	assert_string_equal(fine.text, coarse.text);
	orch__buf_dispose(&fine);
	orch__buf_dispose(&coarse);
	world_close(a);
	world_close(b);
}

/* ---- speed ---- */

static void with_a_speed_time_passes_by_itself(void **state)
{
	struct sim_world *w = world_open("sim://?speed=1000");

	(void)state;
	w->real_ms -= 50; /* as if 50 ms had passed */
	sim_world_lock(w);
	assert_true(w->clock.now >= 50000);
	sim_world_advance(w, 1000000);
	sim_world_unlock(w);
	w->real_ms -= 10;
	sim_world_lock(w);
	assert_true(w->clock.now >= 1060000);
	sim_world_unlock(w);
	world_close(w);
}

static void without_a_speed_it_stands_still(void **state)
{
	struct sim_world *w = world_new();

	(void)state;
	w->real_ms -= 100000;
	sim_world_lock(w);
	assert_int_equal(w->clock.now, 0);
	sim_world_unlock(w);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_names_the_same_world_meets_there),
		cmocka_unit_test(a_world_that_is_there_cannot_be_asked_to_be_another),
		cmocka_unit_test(the_same_seed_gives_the_same_ids_times_and_events),
		cmocka_unit_test(in_which_steps_time_passes_makes_no_difference),
		cmocka_unit_test(with_a_speed_time_passes_by_itself),
		cmocka_unit_test(without_a_speed_it_stands_still),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
