/* SPDX-License-Identifier: MIT */
/* What of a kubeconfig is used, what is refused, and what the message says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "backend/kubernetes/config.h"
#include "support/clean_env.h"
#include "torture/alloc.h"
#include "util/base64.h"
#include "util/clock.h"

static struct kube_config config;

static int leave(void **state)
{
	kube_config_dispose(&config);
	return clean_env_leave(state);
}

static orch_status resolve(const char *url, const orch_client_options *options)
{
	const orch_client_options defaults = ORCH_CLIENT_OPTIONS_INIT;

	kube_config_dispose(&config);
	return kube_config_resolve(url, options ? options : &defaults, &config);
}

/* A kubeconfig with one context, cluster and user, given as text. */
static orch_status use(const char *cluster, const char *user)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	char text[8192];

	snprintf(text, sizeof text,
		"current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
		"clusters: [{name: k, cluster: {%s}}]\nusers: [{name: u, user: {%s}}]\n",
		cluster, user);
	o.kubeconfig_text = text;
	o.insecure = 1;
	return resolve("kubernetes://", &o);
}

#define HTTPS "server: 'https://h:6443'"

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

/* ---- errors of an entry ---- */

static void what_contradicts_itself_is_refused_with_file_and_entry(void **state)
{
	static const struct {
		const char *cluster, *user, *word;
	} rows[] = {
		/* clang-format off */
		{ "", "", "cluster k: it has no server" },
		{ "server: 'h:6443'", "", "cluster k: server" },
		{ "server: 'unix:///x'", "", "cluster k: server" },
		{ "server: 'https://u:p@h'", "", "cluster k: server" },
		{ "server: [a]", "", "cluster k: server is no text" },
		{ HTTPS ", insecure-skip-tls-verify: true, certificate-authority-data: YQ==", "", "insecure flag" },
		{ HTTPS ", insecure-skip-tls-verify: 'true'", "", "neither true nor false" },
		{ HTTPS ", certificate-authority-data: '!'", "", "cluster k: certificate-authority-data is no base64" },
		{ HTTPS ", certificate-authority-data: AAAA", "", "not of text" },
		{ HTTPS ", proxy-url: 'ftp://p'", "", "cluster k: proxy-url" },
		{ HTTPS, "client-certificate-data: YQ==", "user u: there is a client-certificate, but no" },
		{ HTTPS, "client-key-data: YQ==", "user u: there is a client-key, but no" },
		{ HTTPS, "token: t, username: n", "a token as well as" },
		{ HTTPS, "as-groups: [g]", "no `as`" },
		{ HTTPS, "as-uid: x", "no `as`" },
		{ HTTPS, "as-user-extra: {k: [v]}", "no `as`" },
		{ HTTPS, "exec: {command: c}", "exec has no apiVersion" },
		{ HTTPS, "exec: {apiVersion: client.authentication.k8s.io/v1beta1}", "exec has no command" },
		{ HTTPS, "exec: {apiVersion: client.authentication.k8s.io/v1, command: c}", "interactiveMode" },
		{ HTTPS, "exec: {apiVersion: client.authentication.k8s.io/v1, command: c, interactiveMode: x}", "interactiveMode" },
		{ HTTPS, "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: c}", "v1alpha1 ended" },
		{ HTTPS, "exec: {apiVersion: v2, command: c}", "apiVersion is none" },
		{ HTTPS, "exec: {command: c}, auth-provider: {name: oidc}", "exec and auth-provider" },
		{ HTTPS, "auth-provider: {name: gcp}", "gke-gcloud-auth-plugin" },
		{ HTTPS, "auth-provider: {name: azure}", "kubelogin" },
		{ HTTPS, "auth-provider: {name: other}", "only oidc" },
		{ HTTPS ", certificate-authority: /ca", "", "may name no file" },
		{ HTTPS, "tokenFile: /t", "may name no file" },
		{ HTTPS, "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./c}", "may name no file" },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (use(rows[i].cluster, rows[i].user) != ORCH_E_INVALID)
			fail_msg("%zu: %s", i, rows[i].word);
		assert_says("kubeconfig_text");
		assert_says(rows[i].word);
	}
}

static void a_file_and_its_content_are_not_both_given(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;

	clean_env_put(*state, ".kube/config",
		"current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
		"clusters: [{name: k, cluster: {server: 'https://h', certificate-authority: "
		"ca.crt, "
		"certificate-authority-data: YQ==}}]\nusers: [{name: u, user: {}}]\n");
	assert_int_equal(resolve("kubernetes://", &o), ORCH_E_INVALID);
	assert_says("certificate-authority-data and certificate-authority are both specified");
	assert_says("/.kube/config: cluster k");
}

static void secrets_are_never_in_a_message(void **state)
{
	static const char *const users[] = { "token: canary, password: canary",
		"client-key-data: canary!", "client-certificate-data: '***canary'",
		"exec: {command: c, apiVersion: canary}", "auth-provider: {name: canary}",
		"auth-provider: {name: oidc, config: {id-token: canary}}", "token: {canary: 1}" };

	(void)state;
	for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
		assert_true(use(HTTPS, users[i]) < 0);
		if (strstr(orch_error_last()->message, "canary"))
			fail_msg("%s", orch_error_last()->message);
	}
}

/* ---- what is read ---- */

static void every_member_arrives(void **state)
{
	const struct kube_user *u = &config.user;

	(void)state;
	assert_ok(use("server: 'https://h:6443/k8s/clusters/c-x/?q#f', tls-server-name: n, "
		      "proxy-url: 'socks5://p:1', disable-compression: true, "
		      "certificate-authority-data: Q0E=",
		"client-certificate-data: Q0VSVA==, client-key-data: S0VZ, token: 12345, as: jane, "
		"as-uid: 7, as-groups: [a, b], as-user-extra: {k: [v, w], l: [x]}"));
	assert_string_equal(config.server, "https://h:6443/k8s/clusters/c-x");
	assert_string_equal(config.tls_server_name, "n");
	assert_string_equal(config.proxy, "socks5://p:1");
	assert_true(config.no_compression);
	assert_string_equal(config.ca.data, "CA");
	assert_string_equal(u->cert.data, "CERT");
	assert_string_equal(u->key.data, "KEY");
	assert_string_equal(u->token, "12345");
	assert_string_equal(u->as, "jane");
	assert_string_equal(u->as_uid, "7");
	assert_int_equal(u->as_groups.count, 2);
	assert_string_equal(u->as_groups.items[1], "b");
	assert_int_equal(u->as_extra.count, 3);
	assert_string_equal(u->as_extra.items[1].key, "k");
	assert_string_equal(u->as_extra.items[1].value, "w");
	assert_string_equal(u->as_extra.items[2].key, "l");
}

static void a_plugin_is_read_with_what_its_cluster_has_for_it(void **state)
{
	const struct kube_exec *x;

	(void)state;
	assert_ok(use(HTTPS ", extensions: [{name: other, extension: 1}, "
			    "{name: client.authentication.k8s.io/exec, extension: {a: 1, b: [x, "
			    "null, true, 0x1]}}]",
		"exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws, "
		"args: [a b, '2'], env: [{name: N, value: v}, {name: E}], installHint: "
		"\"get\\eit\", "
		"provideClusterInfo: true}"));
	x = config.user.exec;
	assert_non_null(x);
	assert_string_equal(x->command, "aws");
	assert_string_equal(x->interactive, "IfAvailable");
	assert_int_equal(x->args.count, 2);
	assert_string_equal(x->args.items[0], "a b");
	assert_int_equal(x->env.count, 2);
	assert_string_equal(x->env.items[1].value, "");
	assert_string_equal(x->install_hint, "get?it");
	assert_string_equal(x->config, "{\"a\":1,\"b\":[\"x\",null,true,\"0x1\"]}");
	assert_true(x->wants_cluster);
	assert_false(x->is_trusted); /* from memory */
}

static void what_is_static_goes_before_a_plugin(void **state)
{
	(void)state;
	assert_ok(use(HTTPS,
		"token: t, exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: c}"));
	assert_null(config.user.exec);
	assert_string_equal(config.user.token, "t");
}

/* ---- oidc ---- */

static orch_status use_oidc(const char *claims)
{
	struct orch__buf b64 = ORCH__BUF_INIT(4096);
	char user[2048];
	orch_status st;

	orch__base64_encode(claims, strlen(claims), &b64);
	b64.text[strcspn(b64.text, "=")] = '\0';
	snprintf(user, sizeof user,
		"auth-provider: {name: oidc, config: {id-token: e30.%s.c2ln, refresh-token: r}}",
		b64.text);
	orch__buf_dispose(&b64);
	st = use(HTTPS, user);
	return st;
}

static void an_oidc_token_is_used_until_it_expires(void **state)
{
	char claims[128];

	(void)state;
	snprintf(claims, sizeof claims, "{\"sub\":\"?>?>\",\"exp\":%lld}",
		(long long)orch__clock_wall_ms() / 1000 + 3600);
	assert_ok(use_oidc(claims));
	assert_non_null(config.user.token);
	assert_int_equal(use_oidc("{\"exp\":1}"), ORCH_E_AUTH);
	assert_says("auth-provider oidc: token expired, refresh not supported");
	assert_int_equal(use_oidc("{}"), ORCH_E_AUTH);
	assert_int_equal(use_oidc("no json"), ORCH_E_AUTH);
	assert_int_equal(use(HTTPS, "auth-provider: {name: oidc}"), ORCH_E_AUTH);
	assert_says("no id-token");
}

/* ---- files ---- */

static const char minimal[] = "current-context: c\ncontexts: [{name: c, context: {cluster: k}}, "
			      "{name: d, context: {cluster: k, user: gone}}, {name: e}]\n"
			      "clusters: [{name: k, cluster: {server: 'https://h'}}]\n";

static void a_path_begins_where_its_file_lies(void **state)
{
	static const struct {
		const char *given, *expected; /* expected: behind the folder, or absolute */
	} rows[] = { { "ca.crt", "ca.crt" }, { "./ca.crt", "./ca.crt" },
		{ "../ca.crt", "../ca.crt" }, { "a/b/ca.crt", "a/b/ca.crt" },
		{ "~/ca.crt", "~/ca.crt" }, { "$HOME/ca", "$HOME/ca" } };
	const char *home = *state;
	char text[1024], expected[512];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(text, sizeof text,
			"current-context: c\ncontexts: [{name: c, context: {cluster: k, user: "
			"u}}]\n"
			"clusters: [{name: k, cluster: {server: 'https://h', "
			"certificate-authority: '%s'}}]\n"
			"users: [{name: u, user: {client-certificate: '%s', client-key: /abs/key, "
			"exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: c}, "
			"tokenFile: '%s'}}]\n",
			rows[i].given, rows[i].given, rows[i].given);
		clean_env_put(home, ".kube/config", text);
		assert_ok(resolve("kubernetes://", NULL));
		snprintf(expected, sizeof expected, "%s/.kube/%s", home, rows[i].expected);
		assert_string_equal(config.ca.path, expected);
		assert_string_equal(config.user.cert.path, expected);
		assert_string_equal(config.user.token_file, expected);
		assert_string_equal(config.user.key.path, "/abs/key");
	}
}

static void a_command_with_a_slash_is_a_path_and_others_are_looked_for(void **state)
{
	static const char *const rows[][2] = { { "aws", "aws" }, { "bin/aws", "/.kube/bin/aws" },
		{ "./aws", "/.kube/./aws" }, { "../aws", "/.kube/../aws" },
		{ "/bin/aws", "/bin/aws" } };
	char text[1024];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		snprintf(text, sizeof text,
			"%susers: [{name: gone, user: {exec: {apiVersion: "
			"client.authentication.k8s.io/v1beta1, "
			"command: '%s'}}}]\n",
			minimal, rows[i][0]);
		clean_env_put(*state, ".kube/config", text);
		assert_ok(resolve("kubernetes://d", NULL));
		if (!strstr(config.user.exec->command, rows[i][1]))
			fail_msg("%s", config.user.exec->command);
		assert_true(config.user.exec->is_trusted);
	}
}

static void a_file_that_others_can_write_is_not_the_users_own(void **state)
{
	char text[1024], path[256];

	snprintf(text, sizeof text,
		"%susers: [{name: gone, user: {exec: {apiVersion: "
		"client.authentication.k8s.io/v1beta1, "
		"command: c}}}]\n",
		minimal);
	clean_env_put(*state, ".kube/config", text);
	snprintf(path, sizeof path, "%s/.kube/config", (char *)*state);
	assert_int_equal(chmod(path, 0666), 0);
	assert_ok(resolve("kubernetes://d", NULL));
	assert_false(config.user.exec->is_trusted);
	assert_int_equal(chmod(path, 0600), 0);
	assert_ok(resolve("kubernetes://d", NULL));
	assert_true(config.user.exec->is_trusted);
}

static void the_first_file_wins_with_the_whole_entry(void **state)
{
	const char *home = *state;
	char list[1024];

	clean_env_put(home, "a/config",
		"clusters: [{name: k, cluster: {server: 'https://a'}}]\n"
		"users: [{name: u, user: {tokenFile: t}}]\n");
	clean_env_put(home, "b/config",
		"current-context: c\n"
		"contexts: [{name: c, context: {cluster: k, user: u, namespace: n}}]\n"
		"clusters: [{name: k, cluster: {server: 'https://b', tls-server-name: x}}]\n"
		"users: [{name: v, user: {tokenFile: t}}]\n");
	clean_env_put(home, "c/config", "");
	snprintf(list, sizeof list, ":%s/gone:%s/c/config:%s/a/config::%s/a/config:%s/b/config",
		home, home, home, home, home);
	setenv("KUBECONFIG", list, 1);
	assert_ok(resolve("kubernetes://", NULL));
	assert_string_equal(config.server, "https://a");
	assert_null(config.tls_server_name);
	assert_string_equal(config.ns, "n");
	snprintf(list, sizeof list, "%s/a/t", home);
	assert_string_equal(config.user.token_file, list);
	assert_string_equal(config.url, "kubernetes://c");
}

static void what_is_not_there_is_said(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;

	assert_int_equal(resolve("kubernetes://", NULL), ORCH_E_NOTFOUND);
	assert_says("~/.kube/config");
	setenv("KUBECONFIG", "/nowhere/a:/nowhere/b", 1);
	assert_int_equal(resolve("kubernetes://", NULL), ORCH_E_NOTFOUND);
	assert_says("none of its files");
	unsetenv("KUBECONFIG");
	clean_env_put(*state, ".kube/config", minimal);
	assert_ok(resolve("kubernetes://", NULL));
	assert_int_equal(resolve("kubernetes://nobody", NULL), ORCH_E_NOTFOUND);
	assert_says("context \"nobody\"");
	assert_int_equal(resolve("kubernetes://d", NULL), ORCH_E_NOTFOUND);
	assert_says("user \"gone\"");
	assert_int_equal(resolve("kubernetes://e", NULL), ORCH_E_INVALID);
	assert_says("it has no cluster");
	o.kubeconfig = "/nowhere/c";
	assert_int_equal(resolve("kubernetes://", &o), ORCH_E_NOTFOUND);
	assert_says("/nowhere/c");
	o.kubeconfig = NULL;
	o.kubeconfig_text = "";
	assert_int_equal(resolve("kubernetes://", &o), ORCH_E_NOTFOUND);
	assert_says("no current-context");
}

static void what_is_no_kubeconfig_is_refused(void **state)
{
	static const struct {
		const char *text, *word;
	} rows[] = { { "[]", "line 1, column 1: this is no kubeconfig" },
		{ "clusters: {}", "line 1, column 11: it should be a list" },
		{ "clusters: [a]", "an entry that is no map" },
		{ "clusters: [{name: a, cluster: b}]", "cluster a: cluster is no map" },
		{ "users: [{name: a}, {name: a}]", "user a: that name is there twice" },
		{ "users: [{name: a, user: {client-key-data: '*'}}]", "user a: client-key-data" },
		{ "a: [", "line 2, column 1" } };
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		o.kubeconfig_text = rows[i].text;
		assert_int_equal(resolve("kubernetes://", &o), ORCH_E_INVALID);
		assert_says(rows[i].word);
	}
}

/* ---- memory ---- */

static orch_status resolve_and_drop(void *payload)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	struct kube_config c;
	orch_status st;

	o.kubeconfig_text = payload;
	o.impersonate_user = "jane";
	st = kube_config_resolve("kubernetes://", &o, &c);
	kube_config_dispose(&c);
	return st;
}

static void every_allocation_may_fail(void **state)
{
	char text[] =
		"current-context: c\n"
		"contexts: [{name: c, context: {cluster: k, user: u, namespace: n}}]\n"
		"clusters: [{name: k, cluster: {server: 'https://h', certificate-authority-data: "
		"Q0E=, "
		"extensions: [{name: client.authentication.k8s.io/exec, extension: {a: 1}}]}}]\n"
		"users: [{name: u, user: {as: j, as-user-extra: {k: [v]}, exec: {apiVersion: "
		"client.authentication.k8s.io/v1beta1, command: c, args: [a], env: [{name: n}], "
		"provideClusterInfo: true}}}]\n";
	char oidc[] =
		"current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
		"clusters: [{name: k, cluster: {server: 'https://h'}}]\nusers: [{name: u, user: "
		"{auth-provider: {name: oidc, config: {id-token: "
		"e30.eyJleHAiOjk5OTk5OTk5OTk5fQ.x}}}}]\n";

	(void)state;
	torture_run(resolve_and_drop, text);
	torture_run(resolve_and_drop, oidc);
}

/* Texts that libfyaml copies are its own, here: what liborch holds is looked at. */
static void no_secret_stays_in_memory_that_is_given_back(void **state)
{
	static const char *const secrets[] = { "canary-token", "canary-password", "canary-key",
		NULL };
	const char *home = *state;

	clean_env_put(home, ".kube/config",
		"current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}, "
		"{name: d, context: {cluster: k, user: v}}]\n"
		"clusters: [{name: k, cluster: {server: 'https://h'}}]\n"
		"users: [{name: u, user: {token: canary-token, client-certificate-data: Q0VSVA==, "
		"client-key-data: Y2FuYXJ5LWtleQ==}}, "
		"{name: v, user: {username: n, password: canary-password, token: "
		"canary-token}}]\n");
	torture_alloc_install();
	torture_alloc_look_for(secrets);
	assert_ok(resolve("kubernetes://", NULL));
	assert_string_equal(config.user.key.data, "canary-key");
	assert_int_equal(resolve("kubernetes://d", NULL), ORCH_E_INVALID);
	kube_config_dispose(&config);
	assert_int_equal(torture_alloc_spilled(), 0);
	torture_alloc_look_for(NULL);
	torture_alloc_remove();
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, clean_env_enter, leave)
	const struct CMUnitTest tests[] = {
		ROW(what_contradicts_itself_is_refused_with_file_and_entry),
		ROW(a_file_and_its_content_are_not_both_given),
		ROW(secrets_are_never_in_a_message),
		ROW(every_member_arrives),
		ROW(a_plugin_is_read_with_what_its_cluster_has_for_it),
		ROW(what_is_static_goes_before_a_plugin),
		ROW(an_oidc_token_is_used_until_it_expires),
		ROW(a_path_begins_where_its_file_lies),
		ROW(a_command_with_a_slash_is_a_path_and_others_are_looked_for),
		ROW(a_file_that_others_can_write_is_not_the_users_own),
		ROW(the_first_file_wins_with_the_whole_entry),
		ROW(what_is_not_there_is_said),
		ROW(what_is_no_kubeconfig_is_refused),
		ROW(no_secret_stays_in_memory_that_is_given_back),
		ROW(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
