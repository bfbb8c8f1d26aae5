/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "backend/swarm/version.h"

static void the_newest_that_both_know_is_spoken(void **state)
{
	static const struct {
		const char *offered, *forced;
		int minor;
	} good[] = {
		{ "1.41", NULL, 41 },
		{ "1.45", NULL, 45 },
		{ "1.51", "", 51 },
		{ "1.56", NULL, 56 },
		{ "1.99", NULL, 56 },
		{ "2.0", NULL, 56 },
		{ "", NULL, 56 },
		{ "1.56", "1.43", 43 },
		{ "1.41", "1.60", 60 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct swarm_api api;

		assert_int_equal(swarm_api_choose(good[i].offered, good[i].forced, &api), ORCH_OK);
		assert_int_equal(api.major, 1);
		assert_int_equal(api.minor, good[i].minor);
	}
}

static void an_old_engine_is_refused_with_both_numbers(void **state)
{
	struct swarm_api api = { 7, 7 };

	(void)state;
	assert_int_equal(swarm_api_choose("1.40", NULL, &api), ORCH_E_UNSUPPORTED);
	assert_non_null(strstr(orch_error_last()->message, "1.40"));
	assert_non_null(strstr(orch_error_last()->message, "1.41"));
	assert_int_equal(swarm_api_choose("1.45", "1.9", &api), ORCH_E_UNSUPPORTED);
	assert_non_null(strstr(orch_error_last()->message, "DOCKER_API_VERSION"));
	assert_int_equal(api.major, 7);
}

static void what_is_no_version_is_refused(void **state)
{
	static const char *const bad[] = { "x", "1", "1.", ".41", "1.4x", "1.-4", "-1.41", "1.41.2",
		"1.9999999", " 1.41" };
	struct swarm_api api;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(swarm_api_choose(bad[i], NULL, &api), ORCH_E_PROTOCOL);
		assert_int_equal(swarm_api_choose("1.41", bad[i], &api), ORCH_E_INVALID);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_that_both_know_is_spoken),
		cmocka_unit_test(an_old_engine_is_refused_with_both_numbers),
		cmocka_unit_test(what_is_no_version_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
