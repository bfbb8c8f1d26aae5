/* SPDX-License-Identifier: MIT */
/* Clients that are opened without a URL: who is asked, in which order, and who tells. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/sim/sim.h"
#include "core/registry.h"
#include "orch/orch.h"
#include "support/clean_env.h"

/* A backend of the program's own, which goes by the variable WEATHER. */
static orch_backend weather;

static orch_status weather_open(
	const char *url, const orch_client_options *options, orch_backend **out, const char **ns)
{
	(void)options;
	(void)ns;
	assert_string_equal(url, "weather://");
	*out = &weather;
	return ORCH_OK;
}

static void weather_close(orch_backend *backend)
{
	assert_ptr_equal(backend, &weather);
}

static orch_status weather_info(const orch_call *call, orch_client_info *out)
{
	(void)call;
	out->chosen_by = "the clouds";
	return ORCH_OK;
}

static orch_status weather_detect(const orch_client_options *options, const char **url)
{
	const char *is = getenv("WEATHER");

	assert_true(options->timeout_ms > 0);
	if (is && !strcmp(is, "bad"))
		return orch_fail(ORCH_E_DENIED, ORCH_OUTCOME_NOT_SENT, "nobody may look");
	if (is)
		*url = "weather://";
	return ORCH_OK;
}

/* The operations of the simulator are there because some must be, and never called. */
static orch_status register_weather(void)
{
	static const char *const schemes[] = { "weather", NULL };
	static struct orch_backend_ops ops = { .struct_size = sizeof ops,
		.name = "weather",
		.schemes = schemes,
		.open = weather_open,
		.close = weather_close,
		.info = weather_info,
		.detect = weather_detect };

	ops.deployment = sim_backend.deployment;
	ops.instance = sim_backend.instance;
	return orch_backend_register(&ops);
}

static void assert_chosen(const char *backend, const char *why)
{
	const orch_client_info *info = NULL;
	orch_client *client = NULL;

	assert_int_equal(orch_client_open(NULL, NULL, &client), ORCH_OK);
	assert_int_equal(orch_client_info_get(client, &info), ORCH_OK);
	assert_string_equal(info->backend, backend);
	assert_string_equal(info->chosen_by, why);
	orch_client_info_free(info);
	orch_client_close(client);
}

static void orch_url_goes_before_everything(void **state)
{
	(void)state;
	setenv("WEATHER", "fine", 1);
	setenv("DOCKER_HOST", "tcp://127.0.0.1:1", 1);
	setenv("ORCH_URL", "sim://", 1);
	assert_chosen("sim", "ORCH_URL");
	unsetenv("DOCKER_HOST");
	setenv("ORCH_URL", "weather://", 1);
	assert_chosen("weather", "ORCH_URL, the clouds");
	unsetenv("ORCH_URL");
	assert_chosen("weather", "the clouds");
	setenv("ORCH_URL", "", 1);
	assert_chosen("weather", "the clouds");
}

static void an_orch_url_that_is_none_is_named(void **state)
{
	orch_client *client = NULL;

	(void)state;
	setenv("ORCH_URL", "production", 1);
	assert_int_equal(orch_client_open(NULL, NULL, &client), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "ORCH_URL: "));
	assert_null(client);
}

static void a_url_that_is_given_needs_no_environment(void **state)
{
	orch_client *client = NULL;

	(void)state;
	setenv("ORCH_URL", "production", 1);
	setenv("WEATHER", "bad", 1);
	assert_int_equal(orch_client_open("sim://", NULL, &client), ORCH_OK);
	orch_client_close(client);
}

static void a_backend_that_fails_to_look_is_heard(void **state)
{
	orch_client *client = NULL;

	(void)state;
	setenv("WEATHER", "bad", 1);
	assert_int_equal(orch_client_open(NULL, NULL, &client), ORCH_E_DENIED);
	assert_non_null(strstr(orch_error_last()->message, "nobody may look"));
	assert_null(client);
}

static void the_last_resort_is_the_socket_of_docker(void **state)
{
	orch_client_options options = ORCH_CLIENT_OPTIONS_INIT;
	const char *url = NULL, *named_by = NULL;

	(void)state;
	options.timeout_ms = 30000; /* backends see no open ends */
	assert_int_equal(orch__registry_choose(&options, &url, &named_by), ORCH_OK);
	assert_string_equal(url, "swarm://");
	assert_null(named_by);
}

static int leave(void **state)
{
	unsetenv("WEATHER");
	return clean_env_leave(state);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, clean_env_enter, leave)
	const struct CMUnitTest tests[] = {
		ROW(orch_url_goes_before_everything),
		ROW(an_orch_url_that_is_none_is_named),
		ROW(a_url_that_is_given_needs_no_environment),
		ROW(a_backend_that_fails_to_look_is_heard),
		ROW(the_last_resort_is_the_socket_of_docker),
	};

	if (register_weather() != ORCH_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
