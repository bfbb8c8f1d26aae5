/* SPDX-License-Identifier: MIT */
/* Waiting: until it is complete, or until it is known why it will not be. */
#include "conformance/world.h"

#define NO_SUCH_IMAGE "127.0.0.1:1/none:v9"

/* What the progress callback was told. */
struct diary {
	size_t calls;
	int64_t ready, updated, desired, state;
	bool back; /* a count went down */
	bool half; /* some were ready, and not all */
};

static void note(void *payload, const orch_deployment *now)
{
	struct diary *d = payload;

	d->calls++;
	d->back = d->back || now->ready < d->ready || now->updated < d->updated;
	d->half = d->half || (now->ready > 0 && now->ready < now->desired);
	d->ready = now->ready;
	d->updated = now->updated;
	d->desired = now->desired;
	d->state = now->state;
}

static orch_status apply_and_wait(
	struct world *w, const orch_deployment_spec *spec, const orch_wait_options *wait)
{
	orch_write_options how = world_write(wait);

	return orch_deployment_apply(w->client, spec, &how, NULL);
}

static void progress_is_told_and_ends_complete(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "told");
	orch_wait_options wait = world_wait();
	struct diary diary = { 0 };

	spec.replicas = 3;
	wait.progress = note;
	wait.progress_payload = &diary;
	assert_ok(apply_and_wait(w, &spec, &wait));
	assert_true(diary.calls >= 1);
	assert_false(diary.back);
	assert_int_equal(diary.ready, 3);
	assert_int_equal(diary.updated, 3);
	assert_int_equal(diary.desired, 3);
	assert_int_equal(diary.state, ORCH_DEPLOYMENT_COMPLETE);
}

static void waiting_for_what_is_complete_ends_at_once(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = world_wait();
	const orch_deployment *d = NULL;

	world_up(w, "done", 1);
	wait.settle_ms = 0;
	assert_ok(orch_deployment_wait(w->client, "done", &wait, &d));
	assert_int_equal(d->state, ORCH_DEPLOYMENT_COMPLETE);
	orch_deployment_free(d);
	assert_ok(orch_deployment_wait(w->client, "done", NULL, NULL));
}

/* It is ready for a moment: long enough for one who settles for less. */
static void complete_is_what_stays_so(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "fickle");
	orch_wait_options wait = world_wait_for_failure();
	const char *words[3];

	world_script(&spec, words, "sleep 3; exit 3");
	wait.settle_ms = 0;
	assert_ok(apply_and_wait(w, &spec, &wait));
	wait.settle_ms = 20000;
	assert_status(orch_deployment_wait(w->client, "fickle", &wait, NULL), ORCH_E_FAILED);
	assert_reason("CRASH");
	assert_message_names("fickle");
}

static void an_image_that_cannot_be_had_is_a_failure(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "pulling");
	orch_wait_options wait = world_wait_for_failure();

	spec.image = NO_SUCH_IMAGE;
	wait.stall_ms = 4000;
	assert_status(apply_and_wait(w, &spec, &wait), ORCH_E_FAILED);
	assert_reason("IMAGE");
	assert_message_names("pulling");
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_APPLIED);
	assert_ok(world_probe(w->client, "pulling"));
}

static void a_crash_loop_is_a_failure_with_its_exit_code(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "crashing");
	orch_wait_options wait = world_wait_for_failure();
	const char *words[3];

	world_script(&spec, words, "exit 3");
	assert_status(apply_and_wait(w, &spec, &wait), ORCH_E_FAILED);
	assert_reason("CRASH");
	assert_message_names("crashing");
	assert_message_names("3");
}

/* A deployment serves: a program that says it is done has not understood that. */
static void ending_well_again_and_again_is_a_failure_too(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "finishing");
	orch_wait_options wait = world_wait_for_failure();
	static const char *const words[] = { "true" };

	spec.command.items = words;
	spec.command.count = 1;
	assert_status(apply_and_wait(w, &spec, &wait), ORCH_E_FAILED);
	assert_reason("CRASH");
}

/* Nobody starts it again: waiting longer would not help. */
static void ending_for_good_is_a_failure_whatever_the_exit_code(void **state)
{
	static const char *const scripts[] = { "exit 0", "exit 3" };
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "once");
	orch_restart_spec restart = ORCH_RESTART_SPEC_INIT;
	orch_wait_options wait = world_wait_for_failure();
	const char *words[3];

	require_capability(w, ORCH_CAP_RESTART_CONDITION);
	restart.condition = ORCH_RESTART_NONE;
	spec.restart = &restart;
	wait.stall_ms = 3000;
	for (size_t i = 0; i < 2; i++) {
		world_script(&spec, words, scripts[i]);
		assert_status(apply_and_wait(w, &spec, &wait), ORCH_E_FAILED);
		assert_reason("CRASH");
		assert_message_names("once");
	}
}

static void a_program_that_is_not_there_is_a_failure(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "mistyped");
	orch_wait_options wait = world_wait_for_failure();
	const char *words[3];

	world_script(&spec, words, "exit 127");
	assert_status(apply_and_wait(w, &spec, &wait), ORCH_E_FAILED);
	assert_message_names("127");
}

static orch_health_spec check(const char *const *words, size_t count)
{
	orch_health_spec health = ORCH_HEALTH_SPEC_INIT;

	health.command.items = words;
	health.command.count = count;
	health.interval_ms = 1000;
	health.timeout_ms = 10000;
	health.retries = 2;
	return health;
}

static void a_failing_health_check_is_a_failure(void **state)
{
	static const char *const words[] = { "false" };
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "sickly");
	orch_wait_options wait = world_wait_for_failure();
	orch_health_spec health = check(words, 1);
	struct diary diary = { 0 };

	spec.health = &health;
	wait.progress = note;
	wait.progress_payload = &diary;
	assert_status(apply_and_wait(w, &spec, &wait), ORCH_E_FAILED);
	assert_reason("UNHEALTHY");
	assert_message_names("sickly");
	assert_int_equal(diary.ready, 0);
}

static bool runs_but_is_not_ready(struct world *w, void *payload)
{
	const orch_instances *list = world_instances(w, payload);
	bool seen = list->count == 1 && list->items[0]->state == ORCH_INSTANCE_RUNNING;

	/* Its first check takes longer than it takes to see it run. */
	if (seen)
		assert_int_equal(list->items[0]->ready, 0);
	orch_instances_free(list);
	return seen;
}

static void a_health_check_gates_ready(void **state)
{
	static const char *const words[] = { "sleep", "5" };
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "gated");
	orch_health_spec health = check(words, 2);
	orch_wait_options wait = world_wait();
	const orch_deployment *d;
	char name[] = "gated";

	spec.health = &health;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	await(w, runs_but_is_not_ready, name);
	d = world_get(w, name);
	assert_int_equal(d->ready, 0);
	assert_int_equal(d->state, ORCH_DEPLOYMENT_PROGRESSING);
	orch_deployment_free(d);
	assert_ok(orch_deployment_wait(w->client, name, &wait, NULL));
}

static void too_little_time_says_what_it_waited_for(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "crowded");
	orch_wait_options wait = world_wait();
	const orch_deployment *out = UNTOUCHED(const orch_deployment *);
	int64_t began = world_now_ms();

	spec.cpu_request_milli = 1000000;
	wait.timeout_ms = 4000;
	wait.stall_ms = 500;
	assert_status(apply_and_wait(w, &spec, &wait), ORCH_E_TIMEOUT);
	assert_reason("UNSCHEDULABLE");
	assert_message_names("crowded");
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_APPLIED);
	assert_status(orch_deployment_wait(w->client, "crowded", &wait, &out), ORCH_E_TIMEOUT);
	assert_reason("UNSCHEDULABLE");
	assert_untouched(out);
	assert_true(world_now_ms() - began < 2 * (4000 + 3000));
}

static void a_constraint_that_no_node_meets_is_unschedulable(void **state)
{
	struct world *w = *state;
	orch_constraint nowhere = { "kubernetes.io/hostname", ORCH_CONSTRAINT_EQUAL,
		"no-such-node" };
	orch_deployment_spec spec = world_server(w, "nowhere");
	orch_wait_options wait = world_wait();

	spec.constraints.items = &nowhere;
	spec.constraints.count = 1;
	wait.timeout_ms = 4000;
	assert_status(apply_and_wait(w, &spec, &wait), ORCH_E_TIMEOUT);
	assert_reason("UNSCHEDULABLE");
}

static void what_was_unschedulable_completes_when_it_is_changed(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "shrinking");
	orch_wait_options wait = world_wait();

	spec.cpu_request_milli = 1000000;
	wait.timeout_ms = 2000;
	assert_status(apply_and_wait(w, &spec, &wait), ORCH_E_TIMEOUT);
	spec.cpu_request_milli = 10;
	wait = world_wait();
	assert_ok(apply_and_wait(w, &spec, &wait));
}

static bool keeps_serving(struct world *w, const char *name, const char *image)
{
	const orch_instances *list = world_instances(w, name);
	size_t serving = 0;

	for (size_t i = 0; i < list->count; i++)
		serving += list->items[i]->ready == 1 && strcmp(list->items[i]->image, image) == 0;
	orch_instances_free(list);
	return serving > 0;
}

static void an_update_to_a_bad_image_fails_and_the_old_ones_serve_on(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "careful");
	orch_wait_options wait = world_wait_for_failure();
	const orch_deployment *d;

	world_up(w, "careful", 2);
	spec.image = NO_SUCH_IMAGE;
	wait.stall_ms = 4000;
	assert_status(apply_and_wait(w, &spec, &wait), ORCH_E_FAILED);
	assert_reason("IMAGE");
	assert_true(keeps_serving(w, "careful", w->image));
	d = world_get(w, "careful");
	assert_string_equal(d->spec->image, NO_SUCH_IMAGE);
	assert_true(d->ready >= 1);
	assert_int_not_equal(d->state, ORCH_DEPLOYMENT_COMPLETE);
	orch_deployment_free(d);
}

static void a_good_update_heals_a_bad_one(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "healed");
	orch_wait_options wait = world_wait_for_failure();
	const orch_deployment *d;

	world_up(w, "healed", 2);
	spec.image = NO_SUCH_IMAGE;
	wait.stall_ms = 4000;
	assert_status(apply_and_wait(w, &spec, &wait), ORCH_E_FAILED);
	spec.image = w->image2;
	wait = world_wait_for_failure();
	assert_ok(apply_and_wait(w, &spec, &wait));
	d = world_get(w, "healed");
	assert_int_equal(d->ready, 2);
	assert_int_equal(d->total, 2);
	assert_int_equal(d->state, ORCH_DEPLOYMENT_COMPLETE);
	orch_deployment_free(d);
}

static void going_back_to_what_was_heals_as_well(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "undone");
	orch_wait_options wait = world_wait_for_failure();

	world_up(w, "undone", 2);
	spec.image = NO_SUCH_IMAGE;
	wait.stall_ms = 4000;
	assert_status(apply_and_wait(w, &spec, &wait), ORCH_E_FAILED);
	spec.image = w->image;
	wait = world_wait_for_failure();
	assert_ok(apply_and_wait(w, &spec, &wait));
}

static void a_scale_waits_for_the_new_number(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	const orch_deployment *d = NULL;

	world_up(w, "wider", 1);
	assert_ok(orch_deployment_scale(w->client, "wider", 3, &how, &d));
	assert_int_equal(d->ready, 3);
	assert_int_equal(d->total, 3);
	orch_deployment_free(d);
	assert_ok(orch_deployment_scale(w->client, "wider", 1, &how, &d));
	assert_int_equal(d->ready, 1);
	assert_int_equal(d->total, 1);
	orch_deployment_free(d);
}

static void a_deaf_program_is_stopped_by_the_hard_signal(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "deaf");
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	const char *words[3];

	world_script(&spec, words, "sleep 86400");
	spec.stop_grace_ms = 1000;
	assert_ok(apply_and_wait(w, &spec, &wait));
	assert_ok(orch_deployment_scale(w->client, "deaf", 0, &how, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(progress_is_told_and_ends_complete),
		world_test(waiting_for_what_is_complete_ends_at_once),
		world_test(complete_is_what_stays_so),
		world_test(an_image_that_cannot_be_had_is_a_failure),
		world_test(a_crash_loop_is_a_failure_with_its_exit_code),
		world_test(ending_for_good_is_a_failure_whatever_the_exit_code),
		world_test(ending_well_again_and_again_is_a_failure_too),
		world_test(a_program_that_is_not_there_is_a_failure),
		world_test(a_failing_health_check_is_a_failure),
		world_test(a_health_check_gates_ready),
		world_test(too_little_time_says_what_it_waited_for),
		world_test(a_constraint_that_no_node_meets_is_unschedulable),
		world_test(what_was_unschedulable_completes_when_it_is_changed),
		world_test(an_update_to_a_bad_image_fails_and_the_old_ones_serve_on),
		world_test(a_good_update_heals_a_bad_one),
		world_test(going_back_to_what_was_heals_as_well),
		world_test(a_scale_waits_for_the_new_number),
		world_test(a_deaf_program_is_stopped_by_the_hard_signal),
	};

	return world_run(tests);
}
