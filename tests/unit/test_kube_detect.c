/* SPDX-License-Identifier: MIT */
/* What counts as a sign of a cluster in the environment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <unistd.h>

#include <cmocka.h>

#include "backend/kubernetes/noun.h"
#include "core/registry.h"
#include "support/clean_env.h"

static const char *detected(void)
{
	const orch_client_options options = ORCH_CLIENT_OPTIONS_INIT;
	const char *url = NULL;

	assert_int_equal(kube_detect(&options, &url), ORCH_OK);
	return url;
}

static void an_empty_environment_is_no_sign(void **state)
{
	(void)state;
	assert_null(detected());
	setenv("KUBECONFIG", "", 1);
	assert_null(detected());
	unsetenv("HOME");
	assert_null(detected());
}

static void a_kubeconfig_is_a_sign(void **state)
{
	clean_env_put(*state, ".kube/config", "");
	assert_string_equal(detected(), "kubernetes://");
}

/* Opening says that it is not there: silence would end on another orchestrator. */
static void a_kubeconfig_that_was_named_is_a_sign_though_it_is_not_there(void **state)
{
	(void)state;
	setenv("KUBECONFIG", "/nowhere/config", 1);
	assert_string_equal(detected(), "kubernetes://");
}

static void options_that_name_a_cluster_are_a_sign(void **state)
{
	orch_client_options options = ORCH_CLIENT_OPTIONS_INIT;
	const char *url = NULL;

	(void)state;
	options.kubeconfig = "/nowhere/config";
	assert_int_equal(kube_detect(&options, &url), ORCH_OK);
	assert_string_equal(url, "kubernetes://");
	options.kubeconfig = NULL;
	options.server = "https://10.0.0.1:6443";
	url = NULL;
	assert_int_equal(kube_detect(&options, &url), ORCH_OK);
	assert_string_equal(url, "kubernetes://");
}

static void the_variables_of_a_pod_are_no_sign_without_its_token(void **state)
{
	(void)state;
	setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
	setenv("KUBERNETES_SERVICE_PORT", "443", 1);
	if (access("/var/run/secrets/kubernetes.io/serviceaccount/token", F_OK) == 0) {
		print_message("# this is a pod\n");
		skip();
	}
	assert_null(detected());
}

static void a_home_that_is_too_long_is_none(void **state)
{
	char home[5000];

	(void)state;
	for (size_t i = 0; i < sizeof home - 1; i++)
		home[i] = '/';
	home[sizeof home - 1] = '\0';
	setenv("HOME", home, 1);
	assert_null(detected());
}

/* The order that the documentation of orch_client_open() states. */
static void a_cluster_goes_before_docker_and_orch_url_before_both(void **state)
{
	orch_client_options options = ORCH_CLIENT_OPTIONS_INIT;
	const char *url = NULL, *named_by = NULL;

	clean_env_put(*state, ".kube/config", "");
	setenv("DOCKER_HOST", "tcp://127.0.0.1:1", 1);
	assert_int_equal(orch__registry_choose(&options, &url, &named_by), ORCH_OK);
	assert_string_equal(url, "kubernetes://");
	assert_null(named_by);
	setenv("ORCH_URL", "swarm://10.0.0.1", 1);
	assert_int_equal(orch__registry_choose(&options, &url, &named_by), ORCH_OK);
	assert_string_equal(url, "swarm://10.0.0.1");
	assert_string_equal(named_by, "ORCH_URL");
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, clean_env_enter, clean_env_leave)
	const struct CMUnitTest tests[] = {
		ROW(an_empty_environment_is_no_sign),
		ROW(a_kubeconfig_is_a_sign),
		ROW(a_kubeconfig_that_was_named_is_a_sign_though_it_is_not_there),
		ROW(options_that_name_a_cluster_are_a_sign),
		ROW(the_variables_of_a_pod_are_no_sign_without_its_token),
		ROW(a_home_that_is_too_long_is_none),
		ROW(a_cluster_goes_before_docker_and_orch_url_before_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
