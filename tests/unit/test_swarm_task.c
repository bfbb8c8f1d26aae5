/* SPDX-License-Identifier: MIT */
/* What tasks mean: states and words as engines 20.10 to 29.8 gave them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "backend/swarm/task.h"

#define T(name) SWARM_TASK_##name
#define CAUSE(name) ORCH_CAUSE_##name
#define EXIT3 "task: non-zero exit (3)"

static const struct swarm_node up = { "n1", "m1", "ready", NULL };
static const struct swarm_node unknown = { "n1", "m1", "unknown", NULL };
static const struct swarm_node down = { "n1", "m1", "down", "heartbeat failure" };

/* clang-format off */
static const struct {
	int64_t state;
	const char *message, *error;
	enum orch_cause cause;
} symptoms[] = {
	{ T(PENDING), "pending task scheduling", "no suitable node (scheduling constraints not satisfied on 4 nodes)", CAUSE(UNSCHEDULABLE) },
	{ T(PENDING), "pending task scheduling", "no suitable node (insufficient resources on 4 nodes)", CAUSE(UNSCHEDULABLE) },
	{ T(PENDING), "pending task scheduling", "no suitable node (unsupported platform on 4 nodes)", CAUSE(UNSCHEDULABLE) },
	{ T(PENDING), "pending task scheduling", "no suitable node (missing plugin on 4 nodes)", CAUSE(UNSCHEDULABLE) },
	{ T(PENDING), "pending task scheduling", "no suitable node (host-mode port already in use on 4 nodes)", CAUSE(UNSCHEDULABLE) },
	{ T(PENDING), "pending task scheduling", NULL, CAUSE(NONE) },
	{ T(NEW), "created", NULL, CAUSE(NONE) },
	{ T(REJECTED), "preparing", "No such image: orch/none:v9", CAUSE(IMAGE) },
	{ T(REJECTED), "preparing", "Get \"https://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused", CAUSE(IMAGE) },
	{ T(REJECTED), "preparing", "No such image: shop/volume plugin:1", CAUSE(IMAGE) },
	{ T(PREPARING), "preparing", "failed to resolve reference \"docker.io/orch/none:v9\": failed to do request: dial tcp: lookup: connection refused", CAUSE(IMAGE) },
	{ T(PREPARING), "preparing", NULL, CAUSE(NONE) },
	{ T(PREPARING), "preparing", "", CAUSE(NONE) },
	{ T(REJECTED), "preparing", "invalid mount config for type \"bind\": bind source path does not exist: /no/such/dir", CAUSE(START) },
	{ T(REJECTED), "resolving controller failed", "invalid bind mount source, must be an absolute path: rel", CAUSE(START) },
	{ T(REJECTED), "preparing", "must use either propagation mode \"rslave\" or \"rshared\" when mount source is within the daemon root", CAUSE(START) },
	{ T(FAILED), "starting", "starting container failed: OCI runtime create failed: exec: \"/no/such/bin\": stat /no/such/bin: no such file or directory: unknown", CAUSE(START) },
	{ T(FAILED), "starting", "unable to find user nouser: no matching entries in passwd file", CAUSE(START) },
	{ T(FAILED), "starting", "AppArmor enabled on system but the docker-default profile could not be loaded", CAUSE(START) },
	{ T(FAILED), "started", EXIT3, CAUSE(CRASH) },
	{ T(FAILED), "started", "task: non-zero exit (137)", CAUSE(CRASH) },
	{ T(FAILED), "started", "task: non-zero exit (137): dockerexec: unhealthy container", CAUSE(UNHEALTHY) },
	{ T(ORPHANED), "shutdown", NULL, CAUSE(NODE) },
	{ T(COMPLETE), "finished", NULL, CAUSE(NONE) },
	{ T(RUNNING), "started", NULL, CAUSE(NONE) },
	{ T(STARTING), "starting", NULL, CAUSE(NONE) },
	{ T(SHUTDOWN), "shutdown", EXIT3, CAUSE(NONE) },
};
/* clang-format on */

static void each_symptom_has_its_cause(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof symptoms / sizeof *symptoms; i++) {
		const struct swarm_task t = { .state = symptoms[i].state,
			.message = symptoms[i].message,
			.error = symptoms[i].error };

		if (swarm_task_cause(&t) != symptoms[i].cause)
			fail_msg("%s %s: %d", swarm_task_state_name(t.state),
				t.error ? t.error : "", swarm_task_cause(&t));
	}
}

static struct swarm_task task(int64_t state, int64_t desired)
{
	static const struct swarm_task none;
	struct swarm_task t = none;

	t.id = "t";
	t.slot = 1;
	t.state = state;
	t.desired = desired;
	t.is_updated = true;
	t.exit_code = ORCH_UNSET;
	t.created_ms = t.changed_ms = ORCH_UNSET;
	return t;
}

/* clang-format off */
static const struct {
	int64_t state, desired;
	const struct swarm_node *node;
	bool updated;
	int total, ready, counted;
} numbers[] = {
	{ T(RUNNING), T(RUNNING), &up, true, 1, 1, 1 },
	{ T(RUNNING), T(RUNNING), NULL, true, 1, 1, 1 },       /* a node that we did not see */
	{ T(RUNNING), T(RUNNING), &unknown, true, 1, 1, 1 },   /* the leader changes         */
	{ T(RUNNING), T(RUNNING), &down, true, 1, 0, 1 },
	{ T(RUNNING), T(RUNNING), &up, false, 1, 1, 0 },
	{ T(RUNNING), T(SHUTDOWN), &up, true, 1, 0, 0 },       /* being stopped              */
	{ T(RUNNING), T(REMOVE), &up, false, 1, 0, 0 },
	{ T(RUNNING), T(SHUTDOWN), &down, true, 0, 0, 0 },     /* replaced, and out of reach */
	{ T(STARTING), T(RUNNING), &up, true, 1, 0, 1 },
	{ T(PENDING), T(RUNNING), NULL, true, 1, 0, 1 },
	{ T(READY), T(READY), &up, true, 1, 0, 1 },
	{ T(FAILED), T(SHUTDOWN), &up, true, 0, 0, 0 },
	{ T(REJECTED), T(SHUTDOWN), &up, true, 0, 0, 0 },
	{ T(COMPLETE), T(SHUTDOWN), &up, true, 0, 0, 0 },
	{ T(SHUTDOWN), T(SHUTDOWN), &up, false, 0, 0, 0 },
	{ T(ORPHANED), T(SHUTDOWN), NULL, true, 0, 0, 0 },
};
/* clang-format on */

static void ready_is_what_runs_and_shall_run_on_a_node_that_lives(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		struct swarm_task t = task(numbers[i].state, numbers[i].desired);
		struct swarm_counts c = { 0, 0, 0 };

		t.is_updated = numbers[i].updated;
		swarm_task_count(&t, numbers[i].node, &c);
		if (c.total != numbers[i].total || c.ready != numbers[i].ready ||
			c.updated != numbers[i].counted)
			fail_msg(
				"row %zu: %d %d %d", i, (int)c.total, (int)c.ready, (int)c.updated);
	}
}

/* ---- instances ---- */

static bool show_last(
	struct swarm_task *tasks, size_t n, const struct swarm_node *node, orch_instance *out)
{
	struct swarm_task *pointers[8];
	const struct swarm_place place = { pointers, n };

	for (size_t i = 0; i < n; i++)
		pointers[i] = &tasks[i];
	memset(out, 0, sizeof *out);
	return swarm_place_show(&place, n - 1, node, out);
}

/* clang-format off */
static const struct {
	int64_t state, desired;
	const struct swarm_node *node;
	int64_t shown, ready, cause;
} lives[] = {
	{ T(NEW), T(RUNNING), NULL, ORCH_INSTANCE_PENDING, 0, CAUSE(NONE) },
	{ T(ALLOCATED), T(RUNNING), NULL, ORCH_INSTANCE_PENDING, 0, CAUSE(NONE) },
	{ T(ASSIGNED), T(RUNNING), &up, ORCH_INSTANCE_PENDING, 0, CAUSE(NONE) },
	{ T(ACCEPTED), T(RUNNING), &up, ORCH_INSTANCE_PENDING, 0, CAUSE(NONE) },
	{ T(PREPARING), T(RUNNING), &up, ORCH_INSTANCE_PENDING, 0, CAUSE(NONE) },
	{ T(READY), T(READY), &up, ORCH_INSTANCE_PENDING, 0, CAUSE(NONE) },
	{ T(STARTING), T(RUNNING), &up, ORCH_INSTANCE_RUNNING, 0, CAUSE(NONE) },
	{ T(RUNNING), T(RUNNING), &up, ORCH_INSTANCE_RUNNING, 1, CAUSE(NONE) },
	{ T(RUNNING), T(RUNNING), &unknown, ORCH_INSTANCE_RUNNING, 1, CAUSE(NONE) },
	{ T(RUNNING), T(RUNNING), &down, ORCH_INSTANCE_UNKNOWN, 0, CAUSE(NODE) },
	{ T(RUNNING), T(SHUTDOWN), &down, ORCH_INSTANCE_UNKNOWN, 0, CAUSE(NODE) },
	{ T(RUNNING), T(SHUTDOWN), &up, ORCH_INSTANCE_STOPPING, 0, CAUSE(NONE) },
	{ T(RUNNING), T(REMOVE), &up, ORCH_INSTANCE_STOPPING, 0, CAUSE(NONE) },
	{ T(COMPLETE), T(SHUTDOWN), &up, ORCH_INSTANCE_SUCCEEDED, 0, CAUSE(NONE) },
	{ T(FAILED), T(SHUTDOWN), &up, ORCH_INSTANCE_FAILED, 0, CAUSE(CRASH) },
	{ T(REJECTED), T(SHUTDOWN), &up, ORCH_INSTANCE_FAILED, 0, CAUSE(START) },
	{ T(ORPHANED), T(SHUTDOWN), NULL, ORCH_INSTANCE_UNKNOWN, 0, CAUSE(NODE) },
	{ T(STRANGE), T(RUNNING), &up, ORCH_INSTANCE_UNKNOWN, 0, CAUSE(NONE) },
	{ T(SHUTDOWN), T(SHUTDOWN), &up, 0, 0, 0 }, /* history */
	{ T(COMPLETE), T(REMOVE), &up, 0, 0, 0 },
	{ T(REMOVE), T(REMOVE), &up, 0, 0, 0 },
};
/* clang-format on */

static void each_state_is_shown_as_everywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
		struct swarm_task t = task(lives[i].state, lives[i].desired);
		orch_instance shown;
		bool any = show_last(&t, 1, lives[i].node, &shown);

		if (any != (lives[i].shown != 0) ||
			(any &&
				(shown.state != lives[i].shown || shown.ready != lives[i].ready ||
					shown.cause != lives[i].cause)))
			fail_msg("row %zu: %d %d %d", i, (int)shown.state, (int)shown.ready,
				(int)shown.cause);
	}
}

static struct swarm_task crashed(void)
{
	struct swarm_task t = task(T(FAILED), T(SHUTDOWN));

	t.message = "started";
	t.error = EXIT3;
	t.exit_code = 3;
	return t;
}

static void one_that_waits_after_a_crash_tells_of_it(void **state)
{
	static const int64_t waiting[] = { T(READY), T(PENDING), T(PREPARING), T(STARTING) };
	struct swarm_task tasks[3] = { crashed(), crashed() };
	orch_instance shown;

	(void)state;
	for (size_t i = 0; i < sizeof waiting / sizeof *waiting; i++) {
		tasks[2] = task(waiting[i], T(RUNNING));
		assert_true(show_last(tasks, 3, &up, &shown));
		assert_int_equal(shown.state,
			waiting[i] == T(STARTING) ? ORCH_INSTANCE_RUNNING : ORCH_INSTANCE_PENDING);
		assert_int_equal(shown.cause, ORCH_CAUSE_CRASH);
		assert_string_equal(shown.message, EXIT3);
		assert_int_equal(shown.exit_code, 3);
		assert_int_equal(shown.restarts, 2);
	}
}

static void one_that_runs_again_remembers_without_complaint(void **state)
{
	struct swarm_task tasks[2] = { crashed(), task(T(RUNNING), T(RUNNING)) };
	orch_instance shown;

	(void)state;
	assert_true(show_last(tasks, 2, &up, &shown));
	assert_int_equal(shown.cause, ORCH_CAUSE_NONE);
	assert_string_equal(shown.message, "");
	assert_int_equal(shown.exit_code, 3);
	assert_int_equal(shown.restarts, 1);
}

static void what_an_earlier_spec_did_is_forgotten(void **state)
{
	struct swarm_task tasks[2] = { crashed(), task(T(PREPARING), T(RUNNING)) };
	orch_instance shown;

	(void)state;
	tasks[0].is_updated = false;
	assert_true(show_last(tasks, 2, &up, &shown));
	assert_int_equal(shown.cause, ORCH_CAUSE_NONE);
	assert_int_equal(shown.exit_code, ORCH_UNSET);
	assert_int_equal(shown.restarts, 0);
}

static void its_own_trouble_comes_first(void **state)
{
	struct swarm_task tasks[2] = { crashed(), task(T(PENDING), T(RUNNING)) };
	orch_instance shown;

	(void)state;
	tasks[1].error = "no suitable node (insufficient resources on 1 node)";
	assert_true(show_last(tasks, 2, NULL, &shown));
	assert_int_equal(shown.cause, ORCH_CAUSE_UNSCHEDULABLE);
	assert_non_null(strstr(shown.message, "insufficient"));
	assert_int_equal(shown.exit_code, 3);
}

static void an_image_that_is_missing_has_no_exit_code(void **state)
{
	struct swarm_task tasks[2] = { task(T(REJECTED), T(SHUTDOWN)), task(T(READY), T(READY)) };
	orch_instance shown;

	(void)state;
	tasks[0].message = "preparing";
	tasks[0].error = "No such image: x";
	tasks[0].exit_code = 0;
	assert_true(show_last(tasks, 2, &up, &shown));
	assert_int_equal(shown.cause, ORCH_CAUSE_IMAGE);
	assert_int_equal(shown.exit_code, ORCH_UNSET);
	assert_int_equal(shown.restarts, 1);
}

/* The exit code of what still runs is 0 in the engine's answer: that is none. */
static void what_has_not_ended_has_no_exit_code(void **state)
{
	struct swarm_task t = task(T(RUNNING), T(RUNNING));
	orch_instance shown;

	(void)state;
	t.exit_code = 0;
	assert_true(show_last(&t, 1, &up, &shown));
	assert_int_equal(shown.exit_code, ORCH_UNSET);
}

static void ending_well_again_and_again_is_a_crash(void **state)
{
	struct swarm_task tasks[2] = { task(T(COMPLETE), T(SHUTDOWN)), task(T(READY), T(READY)) };
	orch_instance shown;

	(void)state;
	tasks[0].exit_code = 0;
	assert_true(show_last(tasks, 2, &up, &shown));
	assert_int_equal(shown.state, ORCH_INSTANCE_PENDING);
	assert_int_equal(shown.cause, ORCH_CAUSE_CRASH);
	assert_string_equal(shown.message, "ended with exit code 0");
	assert_int_equal(shown.exit_code, 0);
}

static void ending_well_after_checks_could_fail_is_unhealthy(void **state)
{
	static const char *const test[] = { "CMD", "false" }, *const none[] = { "NONE" };
	struct swarm_health health = { { test, 2 }, 1000, ORCH_UNSET, 500, 2 };
	struct swarm_task tasks[2] = { task(T(COMPLETE), T(SHUTDOWN)), task(T(READY), T(READY)) };
	orch_instance shown;

	(void)state;
	tasks[0].health = &health;
	tasks[0].created_ms = 10000;
	tasks[0].changed_ms = 12500;
	assert_true(show_last(tasks, 2, &up, &shown));
	assert_int_equal(shown.cause, ORCH_CAUSE_UNHEALTHY);
	tasks[0].changed_ms = 12499; /* too soon for that */
	assert_true(show_last(tasks, 2, &up, &shown));
	assert_int_equal(shown.cause, ORCH_CAUSE_CRASH);
	health.test = (orch_string_list){ none, 1 };
	tasks[0].changed_ms = 99999;
	assert_true(show_last(tasks, 2, &up, &shown));
	assert_int_equal(shown.cause, ORCH_CAUSE_CRASH);
	health = (struct swarm_health){ { test, 2 }, 0, ORCH_UNSET, ORCH_UNSET, ORCH_UNSET };
	tasks[0].changed_ms = 10000 + 89999; /* the engine's defaults: 3 times 30 s */
	assert_true(show_last(tasks, 2, &up, &shown));
	assert_int_equal(shown.cause, ORCH_CAUSE_CRASH);
}

static void old_and_new_of_a_rollout_are_both_shown(void **state)
{
	struct swarm_task tasks[3] = { crashed(), task(T(RUNNING), T(SHUTDOWN)),
		task(T(READY), T(READY)) };
	struct swarm_task *pointers[3] = { &tasks[0], &tasks[1], &tasks[2] };
	const struct swarm_place place = { pointers, 3 };
	orch_instance shown;

	(void)state;
	tasks[0].is_updated = tasks[1].is_updated = false;
	assert_false(swarm_place_show(&place, 0, &up, &shown));
	assert_true(swarm_place_show(&place, 1, &up, &shown));
	assert_int_equal(shown.state, ORCH_INSTANCE_STOPPING);
	assert_int_equal(shown.updated, 0);
	assert_true(swarm_place_show(&place, 2, &up, &shown));
	assert_int_equal(shown.state, ORCH_INSTANCE_PENDING);
	assert_int_equal(shown.updated, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_symptom_has_its_cause),
		cmocka_unit_test(ready_is_what_runs_and_shall_run_on_a_node_that_lives),
		cmocka_unit_test(each_state_is_shown_as_everywhere),
		cmocka_unit_test(one_that_waits_after_a_crash_tells_of_it),
		cmocka_unit_test(one_that_runs_again_remembers_without_complaint),
		cmocka_unit_test(what_an_earlier_spec_did_is_forgotten),
		cmocka_unit_test(its_own_trouble_comes_first),
		cmocka_unit_test(an_image_that_is_missing_has_no_exit_code),
		cmocka_unit_test(what_has_not_ended_has_no_exit_code),
		cmocka_unit_test(ending_well_again_and_again_is_a_crash),
		cmocka_unit_test(ending_well_after_checks_could_fail_is_unhealthy),
		cmocka_unit_test(old_and_new_of_a_rollout_are_both_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
