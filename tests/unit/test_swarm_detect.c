/* SPDX-License-Identifier: MIT */
/* What counts as a sign of Docker in the environment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/swarm/noun.h"
#include "orch/orch.h"
#include "support/clean_env.h"
#include "torture/alloc.h"

static const char *detected(void)
{
	const orch_client_options options = ORCH_CLIENT_OPTIONS_INIT;
	const char *url = NULL;

	assert_int_equal(swarm_detect(&options, &url), ORCH_OK);
	assert_int_equal(orch_error_last()->status, ORCH_OK);
	return url;
}

static void an_empty_environment_is_no_sign(void **state)
{
	(void)state;
	assert_null(detected());
	setenv("DOCKER_HOST", "", 1);
	setenv("DOCKER_CONTEXT", "", 1);
	assert_null(detected());
	unsetenv("HOME");
	assert_null(detected());
}

static void the_variables_of_docker_are_signs(void **state)
{
	(void)state;
	setenv("DOCKER_HOST", "tcp://127.0.0.1:1", 1);
	assert_string_equal(detected(), "swarm://");
	unsetenv("DOCKER_HOST");
	setenv("DOCKER_CONTEXT", "prod", 1);
	assert_string_equal(detected(), "swarm://");
}

static void a_current_context_is_a_sign_and_a_config_alone_is_not(void **state)
{
	clean_env_put(*state, ".docker/config.json", "{\"auths\":{}}");
	assert_null(detected());
	clean_env_put(*state, ".docker/config.json", "{\"currentContext\":\"default\"}");
	assert_null(detected());
	clean_env_put(*state, ".docker/config.json", "{\"currentContext\":\"prod\"}");
	assert_string_equal(detected(), "swarm://");
}

static void a_config_that_is_broken_is_told_of_by_opening(void **state)
{
	orch_client *client = NULL;

	clean_env_put(*state, ".docker/config.json", "{\"currentContext\":");
	assert_string_equal(detected(), "swarm://");
	assert_int_equal(orch_client_open(NULL, NULL, &client), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "config.json"));
}

static orch_status detect_once(void *payload)
{
	const char *url = NULL;

	return swarm_detect(payload, &url);
}

static void looking_survives_any_refused_request(void **state)
{
	orch_client_options options = ORCH_CLIENT_OPTIONS_INIT;

	clean_env_put(*state, ".docker/config.json", "{\"currentContext\":\"prod\"}");
	torture_run(detect_once, &options);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, clean_env_enter, clean_env_leave)
	const struct CMUnitTest tests[] = {
		ROW(an_empty_environment_is_no_sign),
		ROW(the_variables_of_docker_are_signs),
		ROW(a_current_context_is_a_sign_and_a_config_alone_is_not),
		ROW(a_config_that_is_broken_is_told_of_by_opening),
		ROW(looking_survives_any_refused_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
