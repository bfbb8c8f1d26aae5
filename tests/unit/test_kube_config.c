/* SPDX-License-Identifier: MIT */
/* Which cluster a URL, options and the environment mean, and what may be sent to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend/kubernetes/config.h"
#include "backend/kubernetes/incluster.h"
#include "support/clean_env.h"

static struct kube_config config;

static int leave(void **state)
{
	kube_config_dispose(&config);
	unsetenv("POD_NAMESPACE");
	return clean_env_leave(state);
}

static orch_status resolve(const char *url, const orch_client_options *options)
{
	const orch_client_options defaults = ORCH_CLIENT_OPTIONS_INIT;

	kube_config_dispose(&config);
	return kube_config_resolve(url, options ? options : &defaults, &config);
}

#define assert_says(word)                                                                          \
	do {                                                                                       \
		if (!strstr(orch_error_last()->message, word))                                     \
			fail_msg("%s", orch_error_last()->message);                                \
	} while (0)

#define assert_ok(call)                                                                            \
	do {                                                                                       \
		if ((call) != ORCH_OK)                                                             \
			fail_msg("%s", orch_error_last()->message);                                \
	} while (0)

static void put_config(const char *home)
{
	clean_env_put(home, ".kube/config",
		"current-context: arn:aws:eks:eu-west-1:1:cluster/x\n"
		"contexts:\n"
		"- {name: 'arn:aws:eks:eu-west-1:1:cluster/x', context: {cluster: tls, user: u}}\n"
		"- {name: 'a b?%', context: {cluster: tls, namespace: n-1}}\n"
		"- {name: lax, context: {cluster: lax, user: u}}\n"
		"- {name: plain, context: {cluster: plain, user: u}}\n"
		"- {name: bad-ns, context: {cluster: tls, namespace: '../x'}}\n"
		"clusters:\n"
		"- {name: tls, cluster: {server: 'https://tls:6443', certificate-authority-data: "
		"Q0E=}}\n"
		"- {name: lax, cluster: {server: 'https://lax', insecure-skip-tls-verify: true}}\n"
		"- {name: plain, cluster: {server: 'http://plain:8001', insecure-skip-tls-verify: "
		"true}}\n"
		"users:\n"
		"- {name: u, user: {token: secret, as: jane, as-groups: [g], client-certificate: "
		"c, client-key: k}}\n");
}

/* ---- URLs ---- */

static void a_context_may_have_any_name(void **state)
{
	put_config(*state);
	assert_ok(resolve("kubernetes://", NULL));
	assert_string_equal(config.server, "https://tls:6443");
	assert_string_equal(
		config.url, "kubernetes://arn%3Aaws%3Aeks%3Aeu-west-1%3A1%3Acluster%2Fx");
	assert_non_null(strstr(config.chosen_by, "context arn:aws:eks:eu-west-1:1:cluster/x of "));
	assert_non_null(strstr(config.chosen_by, "/.kube/config, named by current-context"));
	assert_ok(resolve("kubernetes://arn:aws:eks:eu-west-1:1:cluster/x", NULL));
	assert_non_null(strstr(config.chosen_by, "named by the URL"));
	assert_ok(resolve("kubernetes://arn%3Aaws%3aeks%3Aeu-west-1%3A1%3Acluster%2Fx", NULL));
	assert_ok(resolve("kubernetes://a%20b%3F%25", NULL));
	assert_string_equal(config.ns, "n-1");
	assert_string_equal(config.url, "kubernetes://a%20b%3F%25");
}

static void a_url_that_is_none_is_refused(void **state)
{
	static const char *const urls[] = { "kubernetes://a%", "kubernetes://a%2",
		"kubernetes://a%zz", "kubernetes://a%00", "kubernetes://a%ff", "kubernetes://?x=y",
		"kubernetes://a#b", "kubernetes:/a", "kube://a" };

	put_config(*state);
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
		if (resolve(urls[i], NULL) != ORCH_E_INVALID)
			fail_msg("%s", urls[i]);
}

static void a_context_can_be_named_by_the_options(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;

	put_config(*state);
	o.context = "a b?%";
	assert_ok(resolve("kubernetes://", &o));
	assert_non_null(strstr(config.chosen_by, "named by the options"));
	assert_ok(resolve("kubernetes://a%20b%3F%25", &o));
	assert_int_equal(resolve("kubernetes://lax", &o), ORCH_E_INVALID);
	assert_says("give one of them");
}

static void a_namespace_that_is_no_name_is_refused(void **state)
{
	put_config(*state);
	assert_int_equal(resolve("kubernetes://bad-ns", NULL), ORCH_E_INVALID);
	assert_says("context bad-ns: namespace");
}

/* ---- what is allowed ---- */

static void certificates_go_unchecked_only_when_both_say_so(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;

	put_config(*state);
	assert_int_equal(resolve("kubernetes://lax", NULL), ORCH_E_DENIED);
	assert_says("insecure");
	o.insecure = 1;
	assert_ok(resolve("kubernetes://lax", &o));
	assert_true(config.is_insecure);
	assert_ok(resolve("kubernetes://", &o));
	assert_false(config.is_insecure);
	o.ca_file = "/ca";
	assert_int_equal(resolve("kubernetes://lax", &o), ORCH_E_INVALID);
	assert_says("ca_file");
}

static void nothing_that_proves_who_we_are_goes_over_plain_http(void **state)
{
	const struct kube_user *u = &config.user;
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;

	put_config(*state);
	assert_ok(resolve("kubernetes://plain", NULL));
	assert_string_equal(config.server, "http://plain:8001");
	assert_null(u->token);
	assert_null(u->cert.path);
	assert_null(u->key.path);
	assert_null(u->as);
	assert_int_equal(u->as_groups.count, 0);
	assert_false(config.is_insecure);
	o.token = "canary";
	assert_int_equal(resolve("kubernetes://plain", &o), ORCH_E_INVALID);
	assert_says("the option token");
	assert_null(strstr(orch_error_last()->message, "canary"));
	o.token = NULL;
	o.impersonate_user = "jane";
	assert_int_equal(resolve("kubernetes://plain", &o), ORCH_E_INVALID);
	o.impersonate_user = NULL;
	o.ca_file = "/ca";
	assert_int_equal(resolve("kubernetes://plain", &o), ORCH_E_INVALID);
	assert_says("the option ca_file");
	o.ca_file = NULL;
	o.insecure = 1; /* the kubeconfig asks for it, in vain */
	assert_ok(resolve("kubernetes://plain", &o));
	o.server = "http://plain:8001";
	assert_int_equal(resolve("kubernetes://", &o), ORCH_E_INVALID);
	assert_says("the option insecure");
}

/* ---- options ---- */

static void options_go_before_the_kubeconfig(void **state)
{
	static const char *const groups[] = { "x", "y" };
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;

	put_config(*state);
	o.token_file = "/t";
	o.ca_file = "/ca";
	o.cert_file = "/cert";
	o.key_file = "/key";
	o.proxy = "http://proxy:1";
	o.impersonate_user = "joe";
	o.impersonate_groups = (orch_string_list){ groups, 2 };
	assert_ok(resolve("kubernetes://", &o));
	assert_null(config.user.token);
	assert_string_equal(config.user.token_file, "/t");
	assert_string_equal(config.ca.path, "/ca");
	assert_null(config.ca.data);
	assert_string_equal(config.user.cert.path, "/cert");
	assert_string_equal(config.user.key.path, "/key");
	assert_string_equal(config.proxy, "http://proxy:1");
	assert_string_equal(config.user.as, "joe");
	assert_int_equal(config.user.as_groups.count, 2);
	assert_string_equal(config.user.as_groups.items[1], "y");
}

static void a_server_can_stand_in_the_options(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;

	put_config(*state);
	o.server = "https://[fd00::1]:6443/p/";
	o.token = "t";
	assert_ok(resolve("kubernetes://", &o));
	assert_string_equal(config.server, "https://[fd00::1]:6443/p");
	assert_string_equal(config.user.token, "t");
	assert_false(config.is_insecure);
	assert_null(config.ns);
	o.insecure = 1;
	assert_ok(resolve("kubernetes://", &o));
	assert_true(config.is_insecure);
	o.ca_file = "/ca";
	assert_int_equal(resolve("kubernetes://", &o), ORCH_E_INVALID);
	assert_says("ca_file");
	o.ca_file = NULL;
	assert_int_equal(resolve("kubernetes://lax", &o), ORCH_E_INVALID);
	o.kubeconfig = "/x";
	assert_int_equal(resolve("kubernetes://", &o), ORCH_E_INVALID);
	o.kubeconfig = NULL;
	o.server = "h:6443";
	assert_int_equal(resolve("kubernetes://", &o), ORCH_E_INVALID);
	assert_says("the option server");
}

/* ---- in a pod ---- */

static void a_pod_is_one_with_its_variables_and_its_token(void **state)
{
	const char *home = *state;

	setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
	setenv("KUBERNETES_SERVICE_PORT", "443", 1);
	assert_false(kube_incluster_is(home));
	clean_env_put(home, "token", "t");
	assert_true(kube_incluster_is(home));
	setenv("KUBERNETES_SERVICE_PORT", "", 1);
	assert_false(kube_incluster_is(home));
}

static void a_pod_finds_the_cluster_around_it(void **state)
{
	const char *home = *state;
	char path[128];

	setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
	setenv("KUBERNETES_SERVICE_PORT", "443", 1);
	clean_env_put(home, "token", "t");
	clean_env_put(home, "namespace", "mine\n");
	kube_config_dispose(&config);
	assert_ok(kube_incluster_resolve(home, &config));
	assert_string_equal(config.server, "https://[fd00::1]:443");
	assert_string_equal(config.ns, "mine");
	snprintf(path, sizeof path, "%s/ca.crt", home);
	assert_string_equal(config.ca.path, path); /* not there: whoever connects will say so */
	snprintf(path, sizeof path, "%s/token", home);
	assert_string_equal(config.user.token_file, path);
	setenv("POD_NAMESPACE", "other", 1);
	setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
	kube_config_dispose(&config);
	assert_ok(kube_incluster_resolve(home, &config));
	assert_string_equal(config.server, "https://10.0.0.1:443");
	assert_string_equal(config.ns, "other");
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, clean_env_enter, leave)
	const struct CMUnitTest tests[] = {
		ROW(a_context_may_have_any_name),
		ROW(a_url_that_is_none_is_refused),
		ROW(a_context_can_be_named_by_the_options),
		ROW(a_namespace_that_is_no_name_is_refused),
		ROW(certificates_go_unchecked_only_when_both_say_so),
		ROW(nothing_that_proves_who_we_are_goes_over_plain_http),
		ROW(options_go_before_the_kubeconfig),
		ROW(a_server_can_stand_in_the_options),
		ROW(a_pod_is_one_with_its_variables_and_its_token),
		ROW(a_pod_finds_the_cluster_around_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
