/* SPDX-License-Identifier: MIT */
/* Images that cannot be had, in all the ways in which engines say so, or do not. */
#include "live/live.h"

static void expect_image(struct world *w, const char *image)
{
	orch_deployment_spec spec = world_server(w, "wanting");
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	const orch_deployment *d;

	print_message("# %s\n", image);
	spec.image = image;
	spec.replicas = 1;
	assert_status(orch_deployment_apply(w->client, &spec, &how, NULL), ORCH_E_FAILED);
	assert_reason("IMAGE");
	print_message("# %s\n", orch_error_last()->message);
	d = world_get(w, "wanting");
	assert_int_equal(d->ready, 0);
	assert_int_not_equal(d->state, ORCH_DEPLOYMENT_COMPLETE);
	orch_deployment_free(d);
}

/* Newest engines keep trying for ever: no task ever fails. */
static void a_registry_whose_name_nobody_knows(void **state)
{
	expect_image(*state, "registry.invalid/none:v9");
}

static void a_name_of_the_default_registry(void **state)
{
	expect_image(*state, "orch/none:v9");
}

static void a_registry_that_refuses_connections(void **state)
{
	expect_image(*state, "127.0.0.1:1/none:v9");
}

static void a_digest_that_no_image_has(void **state)
{
	expect_image(*state,
		"127.0.0.1:1/busybox@sha256:"
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
}

static void an_update_to_a_name_that_nobody_knows_stops_and_can_be_healed(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "healed");
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	const orch_deployment *d;

	world_up(w, "healed", 2);
	spec.image = "orch/none:v9";
	assert_status(orch_deployment_apply(w->client, &spec, &how, NULL), ORCH_E_FAILED);
	assert_reason("IMAGE");
	d = world_get(w, "healed");
	assert_int_equal(d->ready, 1);
	orch_deployment_free(d);
	spec.image = w->image2;
	assert_ok(orch_deployment_apply(w->client, &spec, &how, NULL));
}

static void a_program_that_the_image_does_not_have(void **state)
{
	static const char *const words[] = { "/no/such/program" };
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "lost");
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);

	spec.command.items = words;
	spec.command.count = 1;
	assert_status(orch_deployment_apply(w->client, &spec, &how, NULL), ORCH_E_FAILED);
	assert_reason("START");
	assert_message_names("/no/such/program");
}

static void more_memory_than_the_limit(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "greedy");
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	const char *words[3];

	world_script(&spec, words, "sleep 1; tail /dev/zero");
	spec.memory_limit_bytes = (int64_t)64 << 20; /* with room for what starts it */
	wait.settle_ms = 20000;
	assert_status(orch_deployment_apply(w->client, &spec, &how, NULL), ORCH_E_FAILED);
	assert_message_names("137");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_registry_whose_name_nobody_knows),
		world_test(a_name_of_the_default_registry),
		world_test(a_registry_that_refuses_connections),
		world_test(a_digest_that_no_image_has),
		world_test(an_update_to_a_name_that_nobody_knows_stops_and_can_be_healed),
		world_test(a_program_that_the_image_does_not_have),
		world_test(more_memory_than_the_limit),
	};

	return world_run(tests);
}
