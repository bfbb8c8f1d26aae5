/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "backend/sim/config.h"
#include "orch/error.h"

static void a_url_says_which_world_and_how_it_is(void **state)
{
	struct sim_config c;

	(void)state;
	assert_int_equal(sim_config_parse("sim://", &c), ORCH_OK);
	assert_string_equal(c.name, "");
	assert_true(c.nodes == ORCH_UNSET && c.seed == ORCH_UNSET && c.speed == ORCH_UNSET);
	assert_int_equal(
		sim_config_parse("sim://my_World.2?nodes=0&seed=9223372036854775807&speed=10", &c),
		ORCH_OK);
	assert_string_equal(c.name, "my_World.2");
	assert_int_equal(c.nodes, 0);
	assert_true(c.seed == INT64_MAX);
	assert_int_equal(c.speed, 10);
	assert_int_equal(sim_config_parse("sim://?nodes=5", &c), ORCH_OK);
	assert_int_equal(c.nodes, 5);
}

static void a_malformed_url_is_refused_and_the_part_is_named(void **state)
{
	static const struct {
		const char *url, *part;
	} rows[] = {
		{ "sim:", "sim://" },
		{ "swarm://x", "sim://" },
		{ "sim://a/b", "\"a/b\"" },
		{ "sim://a b", "\"a b\"" },
		{ "sim://user@host", "\"user@host\"" },
		{ "sim://x123456789012345678901234567890123456789012345678901234567890123",
			"name" },
		{ "sim://?node=3", "\"node\"" },
		{ "sim://?nodes", "nodes" },
		{ "sim://?nodes=", "nodes" },
		{ "sim://?nodes=-1", "nodes" },
		{ "sim://?nodes=3x", "nodes" },
		{ "sim://?nodes=10001", "10000" },
		{ "sim://?seed=9223372036854775808", "seed" },
		{ "sim://?speed=1.5", "speed" },
		{ "sim://?nodes=1&nodes=1", "twice" },
		{ "sim://?&nodes=1", "\"\"" },
		{ "sim://?=1", "\"\"" },
	};
	struct sim_config c = { "kept", 1, 2, 3 };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (sim_config_parse(rows[i].url, &c) != ORCH_E_INVALID)
			fail_msg("%s was accepted", rows[i].url);
		if (!strstr(orch_error_last()->message, rows[i].part))
			fail_msg("%s: %s", rows[i].url, orch_error_last()->message);
		assert_string_equal(c.name, "kept");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_says_which_world_and_how_it_is),
		cmocka_unit_test(a_malformed_url_is_refused_and_the_part_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
