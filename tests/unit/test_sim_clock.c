/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "backend/sim/clock.h"
#include "util/random.h"

static void timers_fire_in_the_order_of_time_and_then_of_arming(void **state)
{
	struct sim_clock c = { 0 };
	struct sim_timer t[4] = { 0 };

	(void)state;
	sim_timer_arm(&c, &t[0], 20);
	sim_timer_arm(&c, &t[1], 10);
	sim_timer_arm(&c, &t[2], 20);
	sim_timer_arm(&c, &t[3], 10);
	assert_ptr_equal(sim_clock_next(&c, 100), &t[1]);
	assert_int_equal(c.now, 10);
	assert_ptr_equal(sim_clock_next(&c, 100), &t[3]);
	assert_ptr_equal(sim_clock_next(&c, 100), &t[0]);
	assert_int_equal(c.now, 20);
	assert_ptr_equal(sim_clock_next(&c, 100), &t[2]);
	assert_null(sim_clock_next(&c, 100));
	assert_int_equal(c.now, 100);
}

static void time_stops_where_it_was_told_to(void **state)
{
	struct sim_clock c = { .now = 50 };
	struct sim_timer t = { 0 };

	(void)state;
	sim_timer_arm(&c, &t, 30);
	assert_null(sim_clock_next(&c, 79));
	assert_int_equal(c.now, 79);
	assert_null(sim_clock_next(&c, 10)); /* never back */
	assert_int_equal(c.now, 79);
	assert_ptr_equal(sim_clock_next(&c, 80), &t);
}

static void a_timer_that_is_armed_again_moves(void **state)
{
	struct sim_clock c = { 0 };
	struct sim_timer a = { 0 }, b = { 0 };

	(void)state;
	sim_timer_arm(&c, &a, 5);
	sim_timer_arm(&c, &b, 10);
	sim_timer_arm(&c, &a, 20);
	assert_ptr_equal(sim_clock_next(&c, 100), &b);
	assert_ptr_equal(sim_clock_next(&c, 100), &a);
	sim_timer_arm(&c, &a, 1);
	sim_timer_disarm(&c, &a);
	sim_timer_disarm(&c, &a);
	assert_null(sim_clock_next(&c, 1000));
}

static void times_beyond_counting_do_not_wrap(void **state)
{
	struct sim_clock c = { .now = 1000 };
	struct sim_timer t = { 0 };

	(void)state;
	sim_timer_arm(&c, &t, INT64_MAX);
	assert_true(t.at == INT64_MAX);
	sim_timer_arm(&c, &t, -5);
	assert_int_equal(t.at, 1000);
}

enum { TIMERS = 200, STEPS = 20000 };

/* What a clock must say, looked for the slow way. */
static struct sim_timer *slow_next(struct sim_timer *timers)
{
	struct sim_timer *first = NULL;

	for (struct sim_timer *t = timers; t < timers + TIMERS; t++)
		if (t->armed &&
			(!first || t->at < first->at ||
				(t->at == first->at && t->order < first->order)))
			first = t;
	return first;
}

static void a_clock_agrees_with_a_slow_one(void **state)
{
	static struct sim_timer timers[TIMERS];
	struct orch__random r = { 20260101 };
	struct sim_clock c = { 0 };

	(void)state;
	print_message("seed %llu\n", (unsigned long long)r.state);
	for (int i = 0; i < STEPS; i++) {
		struct sim_timer *t = &timers[orch__random_below(&r, TIMERS)];
		int64_t dice = orch__random_below(&r, 10);

		if (dice < 5) {
			sim_timer_arm(&c, t, orch__random_below(&r, 50));
		} else if (dice < 7) {
			sim_timer_disarm(&c, t);
		} else {
			t = slow_next(timers);
			assert_ptr_equal(sim_clock_next(&c, INT64_MAX / 2), t);
			if (!t) /* time has run away: begin anew */
				c.now = 0;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_in_the_order_of_time_and_then_of_arming),
		cmocka_unit_test(time_stops_where_it_was_told_to),
		cmocka_unit_test(a_timer_that_is_armed_again_moves),
		cmocka_unit_test(times_beyond_counting_do_not_wrap),
		cmocka_unit_test(a_clock_agrees_with_a_slow_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
