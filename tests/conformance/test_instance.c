/* SPDX-License-Identifier: MIT */
/* Instances: what runs, where, and why not. */
#include "conformance/world.h"

static void a_running_instance_tells_all_about_itself(void **state)
{
	struct world *w = *state;
	const orch_instances *list;

	world_up(w, "shown", 2);
	list = world_instances(w, "shown");
	assert_int_equal(list->count, 2);
	for (size_t i = 0; i < list->count; i++) {
		const orch_instance *it = list->items[i];

		assert_true(it->id[0] && it->name[0] && it->node[0]);
		assert_string_equal(it->deployment, "shown");
		assert_string_equal(it->image, w->image);
		assert_int_equal(it->state, ORCH_INSTANCE_RUNNING);
		assert_int_equal(it->ready, 1);
		assert_int_equal(it->updated, 1);
		assert_int_equal(it->cause, ORCH_CAUSE_NONE);
		assert_int_equal(it->restarts, 0);
		assert_int_equal(it->exit_code, ORCH_UNSET);
		assert_null(it->raw_json);
	}
	assert_string_not_equal(list->items[0]->id, list->items[1]->id);
	assert_true(strcmp(list->items[0]->name, list->items[1]->name) < 0);
	orch_instances_free(list);
}

/* Names bear the deployment's, so that people know whose they are. */
static void an_instance_is_named_after_its_deployment(void **state)
{
	struct world *w = *state;
	const orch_instances *list;

	world_up(w, "parent", 1);
	list = world_instances(w, "parent");
	assert_int_equal(list->count, 1);
	assert_non_null(strstr(list->items[0]->name, "parent"));
	orch_instances_free(list);
}

struct crash {
	const char *name;
	int64_t exit_code;
	int64_t restarts;
};

static bool crashes_and_is_started_again(struct world *w, void *payload)
{
	const struct crash *want = payload;
	const orch_instances *list = world_instances(w, want->name);
	bool seen = list->count > 0;

	for (size_t i = 0; i < list->count; i++) {
		const orch_instance *it = list->items[i];

		seen = seen && it->cause == ORCH_CAUSE_CRASH && it->exit_code == want->exit_code &&
			it->restarts >= want->restarts && !it->ready;
	}
	orch_instances_free(list);
	return seen;
}

static void a_crash_loop_tells_exit_code_and_restarts(void **state)
{
	struct world *w = *state;
	struct crash want = { "looping", 3, 1 };
	orch_deployment_spec spec = world_server(w, "looping");
	const char *words[3];

	world_script(&spec, words, "exit 3");
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	await(w, crashes_and_is_started_again, &want);
}

struct sight {
	const char *name;
	int64_t state, cause;
	char node[64];
};

static bool is_in_state(struct world *w, void *payload)
{
	struct sight *want = payload;
	const orch_instances *list = world_instances(w, want->name);
	bool seen = list->count == 1 && list->items[0]->state == want->state &&
		list->items[0]->cause == want->cause;

	orch_instances_free(list);
	return seen;
}

static void expect_end(struct world *w, const char *script, int64_t end, int64_t cause)
{
	struct sight want = { "once", end, cause, "" };
	orch_restart_spec never = ORCH_RESTART_SPEC_INIT;
	orch_deployment_spec spec = world_server(w, "once");
	const char *words[3];

	require_capability(w, ORCH_CAP_RESTART_CONDITION);
	never.condition = ORCH_RESTART_NONE;
	spec.restart = &never;
	world_script(&spec, words, script);
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	await(w, is_in_state, &want);
}

static void an_end_with_zero_that_is_final_is_a_success(void **state)
{
	expect_end(*state, "exit 0", ORCH_INSTANCE_SUCCEEDED, ORCH_CAUSE_NONE);
}

static void an_end_with_an_error_that_is_final_is_a_failure(void **state)
{
	expect_end(*state, "exit 4", ORCH_INSTANCE_FAILED, ORCH_CAUSE_CRASH);
}

static void what_no_node_can_take_is_pending_and_says_why(void **state)
{
	struct world *w = *state;
	struct sight want = { "homeless", ORCH_INSTANCE_PENDING, ORCH_CAUSE_UNSCHEDULABLE, "" };
	orch_deployment_spec spec = world_server(w, "homeless");
	const orch_instances *list;

	spec.cpu_request_milli = 1000000;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	await(w, is_in_state, &want);
	list = world_instances(w, "homeless");
	assert_string_equal(list->items[0]->node, "");
	assert_true(list->items[0]->message[0]);
	assert_int_equal(list->items[0]->ready, 0);
	orch_instances_free(list);
}

static bool fails_for_want_of_its_image(struct world *w, void *payload)
{
	const orch_instances *list = world_instances(w, payload);
	bool seen = list->count > 0;

	for (size_t i = 0; i < list->count; i++)
		seen = seen && list->items[i]->cause == ORCH_CAUSE_IMAGE &&
			list->items[i]->message[0] && !list->items[i]->ready;
	orch_instances_free(list);
	return seen;
}

static void an_image_that_cannot_be_had_is_the_cause(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "imageless");
	char name[] = "imageless";

	spec.image = "127.0.0.1:1/none:v9";
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	await(w, fails_for_want_of_its_image, name);
}

/* The node of the only instance of `name`. */
static void node_of(struct world *w, const char *name, char *node, size_t size)
{
	const orch_instances *list = world_instances(w, name);

	assert_int_equal(list->count, 1);
	assert_true(strlen(list->items[0]->node) < size);
	memcpy(node, list->items[0]->node, strlen(list->items[0]->node) + 1);
	orch_instances_free(list);
}

static void a_constraint_on_the_host_name_is_obeyed(void **state)
{
	struct world *w = *state;
	orch_constraint here = { "kubernetes.io/hostname", ORCH_CONSTRAINT_EQUAL, NULL };
	orch_deployment_spec spec = world_server(w, "bound");
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	const orch_instances *list;
	char node[64];

	world_up(w, "scout", 1);
	node_of(w, "scout", node, sizeof node);
	here.value = node;
	spec.constraints.items = &here;
	spec.constraints.count = 1;
	spec.replicas = 3;
	assert_ok(orch_deployment_apply(w->client, &spec, &how, NULL));
	list = world_instances(w, "bound");
	assert_int_equal(list->count, 3);
	for (size_t i = 0; i < list->count; i++)
		assert_string_equal(list->items[i]->node, node);
	orch_instances_free(list);
}

/* With one node alone there is no other: then it says so. */
static void a_constraint_against_a_host_name_is_obeyed(void **state)
{
	struct world *w = *state;
	orch_constraint there = { "kubernetes.io/hostname", ORCH_CONSTRAINT_NOT_EQUAL, NULL };
	orch_deployment_spec spec = world_server(w, "away");
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	char node[64], other[64];
	orch_status st;

	world_up(w, "scout", 1);
	node_of(w, "scout", node, sizeof node);
	there.value = node;
	spec.constraints.items = &there;
	spec.constraints.count = 1;
	wait.timeout_ms = 30000;
	st = orch_deployment_apply(w->client, &spec, &how, NULL);
	if (st != ORCH_OK) {
		assert_status(st, ORCH_E_TIMEOUT);
		assert_reason("UNSCHEDULABLE");
		return;
	}
	node_of(w, "away", other, sizeof other);
	assert_string_not_equal(other, node);
}

static void a_constraint_on_a_label_that_no_node_has(void **state)
{
	struct world *w = *state;
	orch_constraint moon = { "place", ORCH_CONSTRAINT_EQUAL, "moon" };
	struct sight want = { "lunar", ORCH_INSTANCE_PENDING, ORCH_CAUSE_UNSCHEDULABLE, "" };
	orch_deployment_spec spec = world_server(w, "lunar");

	spec.constraints.items = &moon;
	spec.constraints.count = 1;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	await(w, is_in_state, &want);
	moon.op = ORCH_CONSTRAINT_NOT_EQUAL;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	want.state = ORCH_INSTANCE_RUNNING;
	want.cause = ORCH_CAUSE_NONE;
	await(w, is_in_state, &want);
}

/* Environment, directory and user reach the program: it looks, and ends if not. */
static void the_program_sees_what_the_spec_says(void **state)
{
	static const orch_kv env[] = { { "GREETING", "hello world" }, { "TWICE", "1" },
		{ "TWICE", "2" }, { "EMPTY", "" } };
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "inside");
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	static const char *const words[] = { "sh", "-c" };
	static const char *const script[] = {
		"test \"$GREETING\" = 'hello world' && test \"$TWICE\" = 2 && "
		"test \"${EMPTY-unset}\" = '' && test \"$PWD\" = /tmp && test $(id -u) = 1000 && "
		"test $(id -g) = 1001 && test \"$1\" = one && test $# = 1 && sleep 86400",
		"sh", "one"
	};

	spec.command.items = words;
	spec.command.count = 2;
	spec.args.items = script;
	spec.args.count = 3;
	spec.env.items = env;
	spec.env.count = 4;
	spec.working_dir = "/tmp";
	spec.user = "1000:1001";
	wait.settle_ms = 1500;
	assert_ok(orch_deployment_apply(w->client, &spec, &how, NULL));
}

static void the_list_of_nothing_is_empty(void **state)
{
	struct world *w = *state;
	const orch_instances *list;

	world_up(w, "idle", 0);
	list = world_instances(w, "idle");
	assert_int_equal(list->count, 0);
	orch_instances_free(list);
}

static void instances_of_one_deployment_are_not_anothers(void **state)
{
	struct world *w = *state;
	struct world_ids a, b;

	world_up(w, "one", 1);
	world_up(w, "one-more", 1);
	a = world_ids(w, "one");
	b = world_ids(w, "one-more");
	assert_int_equal(a.count, 1);
	assert_int_equal(b.count, 1);
	assert_int_equal(world_common(&a, &b), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_running_instance_tells_all_about_itself),
		world_test(an_instance_is_named_after_its_deployment),
		world_test(a_crash_loop_tells_exit_code_and_restarts),
		world_test(an_end_with_zero_that_is_final_is_a_success),
		world_test(an_end_with_an_error_that_is_final_is_a_failure),
		world_test(what_no_node_can_take_is_pending_and_says_why),
		world_test(an_image_that_cannot_be_had_is_the_cause),
		world_test(a_constraint_on_the_host_name_is_obeyed),
		world_test(a_constraint_against_a_host_name_is_obeyed),
		world_test(a_constraint_on_a_label_that_no_node_has),
		world_test(the_program_sees_what_the_spec_says),
		world_test(the_list_of_nothing_is_empty),
		world_test(instances_of_one_deployment_are_not_anothers),
	};

	return world_run(tests);
}
