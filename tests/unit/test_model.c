/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/deployment.h"
#include "model/image.h"

static void image_references_follow_the_grammar_of_the_runtimes(void **state)
{
	static const char *const good[] = { "nginx", "nginx:1.27", "library/nginx",
		"docker.io/library/nginx:latest", "localhost/x", "localhost:5000/x",
		"127.0.0.1:1/none:v9", "registry.invalid/web:2", "a/b-c/d__e/f.g_h:T_1.2-x",
		"x@sha256:0123456789abcdef0123456789abcdef",
		"sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" };
	static const char *const bad[] = { "", ":", "UPPER::x", "Upper", "a b", "a/", "/a", "a//b",
		"a:", "a:-x", "a@", "a@sha256:", "a@sha256:xyz", "a..b", "-a", "a-", "a___b",
		"a\nb", "a?b" };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		if (!orch__image_is_reference(good[i]))
			fail_msg("\"%s\" should be accepted", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (orch__image_is_reference(bad[i]))
			fail_msg("\"%s\" should be refused", bad[i]);
}

static void names_are_ordered_with_their_numbers_by_value(void **state)
{
	static const char *const sorted[] = { "", "a", "a.1", "a.02", "a.3", "a.10", "a.010a",
		"a.10b", "a.10b7c", "a.10b12", "a.100", "b" };

	(void)state;
	for (size_t i = 0; i < sizeof sorted / sizeof sorted[0]; i++)
		for (size_t k = 0; k < sizeof sorted / sizeof sorted[0]; k++) {
			int order = orch__name_compare(sorted[i], sorted[k]);

			assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
		}
}

static void complete_means_that_all_are_ready_updated_and_no_others_left(void **state)
{
	orch_deployment d = { .desired = 3, .ready = 3, .updated = 3, .total = 3 };

	(void)state;
	orch__deployment_settle(&d);
	assert_int_equal(d.state, ORCH_DEPLOYMENT_COMPLETE);
	d.state = 0;
	d.total = 4; /* an old one is still stopping */
	orch__deployment_settle(&d);
	assert_int_equal(d.state, ORCH_DEPLOYMENT_PROGRESSING);
	d.state = ORCH_DEPLOYMENT_PAUSED; /* what the orchestrator said stays */
	orch__deployment_settle(&d);
	assert_int_equal(d.state, ORCH_DEPLOYMENT_PAUSED);
	assert_true(orch__deployment_given_up(&d));
}

static void a_cause_explains_more_than_a_wait(void **state)
{
	const orch_instance ready = { .state = ORCH_INSTANCE_RUNNING, .ready = 1, .updated = 1 };
	const orch_instance waits = { .state = ORCH_INSTANCE_PENDING, .updated = 1 };
	const orch_instance crash = {
		.state = ORCH_INSTANCE_PENDING, .updated = 1, .cause = ORCH_CAUSE_CRASH
	};
	const orch_instance over = { .state = ORCH_INSTANCE_SUCCEEDED, .updated = 1 };
	const orch_instance *items[] = { &ready, &waits, &crash };
	const orch_instances all = { items, 3 }, two = { items, 2 }, one = { items, 1 };

	(void)state;
	assert_ptr_equal(orch__instances_worst(&all), &crash);
	assert_ptr_equal(orch__instances_worst(&two), &waits);
	assert_null(orch__instances_worst(&one));
	assert_true(orch__instance_is_failing(&crash));
	assert_true(orch__instance_is_failing(&over));
	assert_int_equal(orch__instance_cause(&over), ORCH_CAUSE_CRASH);
	assert_false(orch__instance_is_failing(&waits));
}

/* Everything that a deployment can say. */
static orch_deployment full_deployment(void)
{
	static const char *const command[] = { "sh", "-c", "" };
	static const orch_kv env[] = { { "A", "1" }, { "B", "" } };
	static const orch_constraint where[] = { { "disk", ORCH_CONSTRAINT_EQUAL, "ssd" } };
	static const orch_health_spec health = { .command = { command, 1 }, .retries = 3 };
	static const orch_restart_spec restart = { .condition = ORCH_RESTART_NONE };
	static orch_deployment_spec spec = ORCH_DEPLOYMENT_SPEC_INIT;

	spec.name = "web";
	spec.image = "nginx:1";
	spec.command = spec.args = (orch_string_list){ command, 3 };
	spec.env = (orch_kv_list){ env, 2 };
	spec.labels = (orch_kv_list){ env, 0 };
	spec.working_dir = "/srv";
	spec.user = "7:8";
	spec.health = &health;
	spec.restart = &restart;
	spec.constraints = (orch_constraint_list){ where, 1 };
	return (orch_deployment){ .spec = &spec,
		.id = "u-1",
		.ns = "prod",
		.version = "4",
		.message = "well",
		.desired = 3,
		.raw_json = "{}" };
}

/* Overwrites what the first one said, so that whoever still looks at it is found out. */
static void a_copy_says_the_same_and_borrows_nothing(void **state)
{
	struct orch__arena first = { 0 }, second = { 0 };
	orch_deployment from = full_deployment(), between, d;
	const orch_deployment_spec *s;

	(void)state;
	first.is_secret = true;
	assert_true(orch__deployment_copy(&first, &from, &between));
	assert_true(orch__deployment_copy(&second, &between, &d));
	orch__arena_dispose(&first);
	s = d.spec;
	assert_string_equal(s->name, "web");
	assert_string_equal(s->image, "nginx:1");
	assert_int_equal(s->command.count, 3);
	assert_string_equal(s->command.items[1], "-c");
	assert_string_equal(s->args.items[2], "");
	assert_string_equal(s->env.items[1].key, "B");
	assert_string_equal(s->env.items[1].value, "");
	assert_non_null(s->labels.items); /* there, though empty */
	assert_int_equal(s->labels.count, 0);
	assert_string_equal(s->working_dir, "/srv");
	assert_string_equal(s->user, "7:8");
	assert_string_equal(s->health->command.items[0], "sh");
	assert_int_equal(s->health->retries, 3);
	assert_int_equal(s->restart->condition, ORCH_RESTART_NONE);
	assert_string_equal(s->constraints.items[0].value, "ssd");
	assert_string_equal(d.id, "u-1");
	assert_string_equal(d.ns, "prod");
	assert_string_equal(d.version, "4");
	assert_string_equal(d.message, "well");
	assert_string_equal(d.raw_json, "{}");
	assert_int_equal(d.desired, 3);
	orch__arena_dispose(&second);
}

static void what_was_not_given_is_not_given_in_a_copy(void **state)
{
	const orch_deployment_spec spec = ORCH_DEPLOYMENT_SPEC_INIT;
	const orch_deployment from = { .spec = &spec };
	struct orch__arena arena = { 0 };
	orch_deployment d;

	(void)state;
	assert_true(orch__deployment_copy(&arena, &from, &d));
	assert_memory_equal(d.spec, &spec, sizeof spec);
	assert_null(d.raw_json);
	orch__arena_dispose(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(image_references_follow_the_grammar_of_the_runtimes),
		cmocka_unit_test(names_are_ordered_with_their_numbers_by_value),
		cmocka_unit_test(complete_means_that_all_are_ready_updated_and_no_others_left),
		cmocka_unit_test(a_cause_explains_more_than_a_wait),
		cmocka_unit_test(a_copy_says_the_same_and_borrows_nothing),
		cmocka_unit_test(what_was_not_given_is_not_given_in_a_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
