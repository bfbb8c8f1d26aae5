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
	static const char *const sorted[] = { "", "a", "a.1", "a.02", "a.3", "a.10", "a.10b", "b" };

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(image_references_follow_the_grammar_of_the_runtimes),
		cmocka_unit_test(names_are_ordered_with_their_numbers_by_value),
		cmocka_unit_test(complete_means_that_all_are_ready_updated_and_no_others_left),
		cmocka_unit_test(a_cause_explains_more_than_a_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
