/* SPDX-License-Identifier: MIT */
/* Ways in: what a kubeconfig says, and what proves who we are. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "live/kube.h"

/* A kubeconfig of these members, with the cluster's address put in. */
static void config(const struct kube_files *f, const char *cluster, const char *user)
{
	char with_address[1024];

	(void)snprintf(with_address, sizeof with_address, "server: '%s', %s",
		live_env("KUBE_SERVER"), cluster);
	kube_config(f, "config", with_address, user);
}

#define TRUSTS_CA "certificate-authority: ca.crt"

/* Opens what stands there and asks for what does not exist. */
static void assert_answer(struct world *w, const struct kube_files *f, orch_status want)
{
	orch_client *client = kube_client(w, f, "config", NULL);

	assert_status(world_probe(client, "nobody"), want);
	orch_client_close(client);
}

static void assert_opens(struct world *w, const char *cluster, const char *user)
{
	struct kube_files f;

	kube_files_begin(&f);
	config(&f, cluster, user);
	assert_answer(w, &f, ORCH_E_NOTFOUND);
	kube_files_end(&f);
}

static void files_beside_the_kubeconfig_prove_who_we_are(void **state)
{
	assert_opens(*state, TRUSTS_CA, KUBE_USER_ADMIN);
}

static char *base64(const struct kube_files *f, const char *name)
{
	return live_output("base64 -w 0 < %s/%s", f->path, name);
}

/* A kubeconfig that brings everything along. */
static void config_with_data(const struct kube_files *f)
{
	char *ca = base64(f, "ca.crt"), *cert = base64(f, "admin.crt"),
	     *key = base64(f, "admin.key");

	kube_file(f, "config",
		"{\"kind\":\"Config\",\"apiVersion\":\"v1\",\"current-context\":\"test\","
		"\"clusters\":"
		"[{\"name\":\"c\",\"cluster\":{\"server\":\"%s\",\"certificate-authority-data\":\"%"
		"s\"}}],"
		"\"users\":[{\"name\":\"u\",\"user\":{\"client-certificate-data\":\"%s\","
		"\"client-key-data\":\"%s\"}}],"
		"\"contexts\":[{\"name\":\"test\",\"context\":{\"cluster\":\"c\",\"user\":\"u\"}}]}"
		"\n",
		live_env("KUBE_SERVER"), ca, cert, key);
	free(ca);
	free(cert);
	free(key);
}

static void data_in_the_kubeconfig_proves_who_we_are(void **state)
{
	struct kube_files f;

	kube_files_begin(&f);
	config_with_data(&f);
	live_ok("rm %s/*.crt %s/*.key", f.path, f.path);
	assert_answer(*state, &f, ORCH_E_NOTFOUND);
	kube_files_end(&f);
}

/* ---- tokens ---- */

/* One of a service account that may do everything in the world's namespace. */
static char *make_token(struct world *w)
{
	world_up(w, "first", 0); /* so that there is the namespace */
	(void)live_sh(KUBECTL "-n %s create serviceaccount robot >/dev/null 2>&1", w->ns);
	(void)live_sh(KUBECTL "-n %s create rolebinding robot --clusterrole=admin "
			      "--serviceaccount=%s:robot >/dev/null 2>&1",
		w->ns, w->ns);
	return live_output(KUBECTL "-n %s create token robot", w->ns);
}

/* Rules of a server that has just been told of them take a moment. */
static bool may_look(struct world *w, void *payload)
{
	(void)w;
	return world_probe(payload, "nobody") == ORCH_E_NOTFOUND;
}

static void assert_gets_in(struct world *w, const struct kube_files *f)
{
	orch_client *client = kube_client(w, f, "config", NULL);

	await(w, may_look, client);
	orch_client_close(client);
}

static void a_token_proves_who_we_are(void **state)
{
	struct world *w = *state;
	char *token = make_token(w), user[4096];
	struct kube_files f;

	kube_files_begin(&f);
	(void)snprintf(user, sizeof user, "token: '%s'", token);
	config(&f, TRUSTS_CA, user);
	assert_gets_in(w, &f);
	free(token);
	kube_files_end(&f);
}

static void a_token_that_changes_on_disk_is_read_again_when_the_old_one_is_refused(void **state)
{
	struct world *w = *state;
	char *token = make_token(w);
	struct kube_files f;
	orch_client *client;

	kube_files_begin(&f);
	kube_file(&f, "token", "%s\n", token);
	config(&f, TRUSTS_CA, "tokenFile: token");
	assert_gets_in(w, &f);
	kube_file(&f, "token", "stale-and-refused\n");
	client = kube_client(w, &f, "config", NULL);
	assert_status(world_probe(client, "nobody"), ORCH_E_AUTH);
	assert_int_equal(orch_error_last()->http_status, 401);
	kube_file(&f, "token", "%s\n", token);
	assert_status(world_probe(client, "nobody"), ORCH_E_NOTFOUND);
	orch_client_close(client);
	free(token);
	kube_files_end(&f);
}

/* API servers know no passwords, only proxies in front of them do. */
static void with_a_password_one_is_nobody_in_particular(void **state)
{
	struct kube_files f;

	kube_files_begin(&f);
	config(&f, TRUSTS_CA, "username: admin, password: s3cret");
	assert_answer(*state, &f, ORCH_E_FORBIDDEN);
	assert_message_names("system:anonymous");
	assert_null(strstr(orch_error_last()->message, "s3cret"));
	kube_files_end(&f);
}

/* ---- plugins ---- */

/* Prints the first line of "answers" that it has not printed yet, the last one for ever; each
 * run is a line of "runs". */
static void write_plugin(const struct kube_files *f, const char *version)
{
	kube_file(f, "plugin",
		"#!/bin/sh\n"
		"cd '%s' || exit 9\n"
		"printf '%%s\\n' \"$KUBERNETES_EXEC_INFO\" >> runs\n"
		"n=$(wc -l < runs)\n"
		"last=$(wc -l < answers)\n"
		"[ \"$n\" -le \"$last\" ] || n=$last\n"
		"printf "
		"'{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/%s\","
		"\"status\":{\"token\":\"%%s\"}}' \"$(sed -n \"${n}p\" answers)\"\n",
		f->path, version);
	live_ok("chmod 755 %s/plugin", f->path);
}

static void config_plugin(const struct kube_files *f, const char *version)
{
	char user[512];

	write_plugin(f, version);
	(void)snprintf(user, sizeof user,
		"exec: {apiVersion: client.authentication.k8s.io/%s, command: ./plugin, "
		"interactiveMode: Never}",
		version);
	config(f, TRUSTS_CA, user);
}

static int runs_of(const struct kube_files *f)
{
	char *text = live_output("wc -l < %s/runs", f->path);
	int n = atoi(text);

	free(text);
	return n;
}

static void assert_plugin_works(struct world *w, const char *version)
{
	struct kube_files f;
	char *token = make_token(w);

	kube_files_begin(&f);
	kube_file(&f, "answers", "%s\n", token);
	config_plugin(&f, version);
	assert_gets_in(w, &f);
	assert_int_equal(runs_of(&f), 1);
	live_ok("grep -q '\"apiVersion\":\"client.authentication.k8s.io/%s\"' %s/runs", version,
		f.path);
	free(token);
	kube_files_end(&f);
}

static void a_plugin_of_v1_proves_who_we_are(void **state)
{
	assert_plugin_works(*state, "v1");
}

static void a_plugin_of_v1beta1_proves_who_we_are(void **state)
{
	assert_plugin_works(*state, "v1beta1");
}

struct asker {
	orch_client *client;
	orch_status status;
	orch_error error;
};

static void ask_once(void *element)
{
	struct asker *a = element;

	a->status = world_probe(a->client, "nobody");
	a->error = *orch_error_last();
}

static void *ask(void *payload)
{
	ask_once(payload);
	return NULL;
}

/* The token that the plugin gives first has expired: what each of eight threads learns. */
static void an_expired_token_runs_the_plugin_once_for_all_threads(void **state)
{
	struct world *w = *state;
	struct asker askers[8];
	struct kube_files f;
	char *token = make_token(w);
	orch_client *client;

	kube_files_begin(&f);
	kube_file(&f, "answers", "%s\n", token);
	config_plugin(&f, "v1");
	assert_gets_in(w, &f); /* the rules are there */
	live_ok("rm %s/runs", f.path);
	kube_file(&f, "answers", "expired\n%s\n", token);
	client = kube_client(w, &f, "config", NULL);
	for (int i = 0; i < 8; i++)
		askers[i].client = client;
	world_threads(ask_once, askers, sizeof askers[0], 8);
	for (int i = 0; i < 8; i++) {
		if (askers[i].status != ORCH_E_NOTFOUND)
			print_error("%s\n", askers[i].error.message);
		assert_int_equal(askers[i].status, ORCH_E_NOTFOUND);
	}
	assert_int_equal(runs_of(&f), 2);
	orch_client_close(client);
	free(token);
	kube_files_end(&f);
}

static void a_plugin_whose_tokens_are_all_refused_ends_in_the_servers_words(void **state)
{
	struct kube_files f;

	kube_files_begin(&f);
	kube_file(&f, "answers", "nonsense\n");
	config_plugin(&f, "v1");
	assert_answer(*state, &f, ORCH_E_AUTH);
	assert_message_names("Unauthorized");
	assert_in_range(runs_of(&f), 1, 2);
	kube_files_end(&f);
}

/* ---- certificates ---- */

static void a_server_of_another_ca_is_a_tls_error(void **state)
{
	struct kube_files f;

	kube_files_begin(&f);
	config(&f, "certificate-authority: other-ca.crt", KUBE_USER_ADMIN);
	assert_answer(*state, &f, ORCH_E_TLS);
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_SENT);
	kube_files_end(&f);
}

static void the_name_in_the_certificate_can_be_told(void **state)
{
	struct kube_files f;

	assert_opens(
		*state, TRUSTS_CA ", tls-server-name: kubernetes.default.svc", KUBE_USER_ADMIN);
	kube_files_begin(&f);
	config(&f, TRUSTS_CA ", tls-server-name: somebody.else", KUBE_USER_ADMIN);
	assert_answer(*state, &f, ORCH_E_TLS);
	kube_files_end(&f);
}

static void an_unchecked_certificate_takes_the_word_of_file_and_program(void **state)
{
	struct world *w = *state;
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	orch_client *client = UNTOUCHED(orch_client *);
	struct kube_files f;
	char path[128];

	kube_files_begin(&f);
	config(&f, "insecure-skip-tls-verify: true", KUBE_USER_ADMIN);
	(void)snprintf(path, sizeof path, "%s/config", f.path);
	(void)setenv("KUBECONFIG", path, 1);
	assert_status(orch_client_open("kubernetes://test", NULL, &client), ORCH_E_DENIED);
	assert_untouched(client);
	print_message("# %s\n", orch_error_last()->message);
	o.insecure = 1;
	client = kube_client(w, &f, "config", &o);
	assert_status(world_probe(client, "nobody"), ORCH_E_NOTFOUND);
	orch_client_close(client);
	kube_files_end(&f);
}

static bool is_let_in(struct world *w, void *payload)
{
	(void)w;
	return world_probe(payload, "nobody") != ORCH_E_FORBIDDEN;
}

static void a_certificate_that_changes_on_disk_is_used(void **state)
{
	struct world *w = *state;
	struct kube_files f;
	orch_client *client;

	kube_files_begin(&f);
	live_ok("cd %s && cp viewer.crt me.crt && cp viewer.key me.key", f.path);
	config(&f, TRUSTS_CA, "client-certificate: me.crt, client-key: me.key");
	client = kube_client(w, &f, "config", NULL);
	assert_status(world_probe(client, "nobody"), ORCH_E_FORBIDDEN);
	live_ok("cd %s && cp admin.key k && cp admin.crt c && mv k me.key && mv c me.crt", f.path);
	await(w, is_let_in, client);
	assert_status(world_probe(client, "nobody"), ORCH_E_NOTFOUND);
	orch_client_close(client);
	kube_files_end(&f);
}

/* ---- permissions ---- */

static void who_may_not_is_told_so_in_the_servers_words(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "forbidden");
	struct kube_files f;
	orch_client *client;

	kube_files_begin(&f);
	config(&f, TRUSTS_CA, "client-certificate: viewer.crt, client-key: viewer.key");
	client = kube_client(w, &f, "config", NULL);
	assert_status(orch_deployment_apply(client, &spec, NULL, NULL), ORCH_E_FORBIDDEN);
	assert_message_names("User \"viewer\" cannot");
	assert_message_names("forbidden");
	assert_reason("Forbidden");
	assert_int_equal(orch_error_last()->http_status, 403);
	assert_int_equal(orch_error_last()->transient, 0);
	assert_int_not_equal(orch_error_last()->outcome, ORCH_OUTCOME_APPLIED);
	assert_int_not_equal(orch_error_last()->outcome, ORCH_OUTCOME_UNKNOWN);
	orch_client_close(client);
	kube_files_end(&f);
	assert_absent(w, "forbidden");
}

static bool may_list(struct world *w, void *payload)
{
	const orch_deployments *list = NULL;
	orch_status st = orch_deployment_list(payload, NULL, &list);

	(void)w;
	orch_deployments_free(list);
	return st == ORCH_OK;
}

static void who_may_look_only_looks_and_is_told_what_else_is_forbidden(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "forbidden");
	struct kube_files f;
	orch_client *client;

	world_up(w, "seen", 0);
	live_ok(KUBECTL "-n %s create rolebinding look --clusterrole=view --user=viewer >/dev/null",
		w->ns);
	kube_files_begin(&f);
	config(&f, TRUSTS_CA, "client-certificate: viewer.crt, client-key: viewer.key");
	client = kube_client(w, &f, "config", NULL);
	await(w, may_list, client);
	assert_ok(world_probe(client, "seen"));
	assert_status(orch_deployment_apply(client, &spec, NULL, NULL), ORCH_E_FORBIDDEN);
	assert_message_names("User \"viewer\" cannot create resource \"deployments\"");
	assert_status(orch_deployment_scale(client, "seen", 1, NULL, NULL), ORCH_E_FORBIDDEN);
	assert_message_names("cannot patch resource \"deployments");
	assert_status(orch_deployment_delete(client, "seen", NULL), ORCH_E_FORBIDDEN);
	assert_message_names("cannot delete resource \"deployments\"");
	assert_int_equal(orch_error_last()->outcome, ORCH_OUTCOME_NOT_APPLIED);
	orch_client_close(client);
	kube_files_end(&f);
	live_ok(KUBECTL "-n %s delete rolebinding look >/dev/null", w->ns);
	assert_absent(w, "forbidden");
}

static void somebody_elses_permissions_are_those_that_count_when_acting_as_them(void **state)
{
	struct kube_files f;

	kube_files_begin(&f);
	config(&f, TRUSTS_CA, KUBE_USER_ADMIN ", as: nobody-special, as-groups: [guests]");
	assert_answer(*state, &f, ORCH_E_FORBIDDEN);
	assert_message_names("User \"nobody-special\"");
	config(&f, TRUSTS_CA, "client-certificate: viewer.crt, client-key: viewer.key, as: admin");
	assert_answer(*state, &f, ORCH_E_FORBIDDEN);
	assert_message_names("cannot impersonate");
	kube_files_end(&f);
}

/* ---- what others got wrong: docs/testing.md ---- */

static void r9_no_shell_sees_the_arguments_of_a_plugin(void **state)
{
	struct world *w = *state;
	char *token = make_token(w);
	struct kube_files f;
	char user[512];

	kube_files_begin(&f);
	kube_file(&f, "answers", "%s\n", token);
	write_plugin(&f, "v1");
	(void)snprintf(user, sizeof user,
		"exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, "
		"interactiveMode: Never, args: ['x; echo INJECTED > injected', '$(touch "
		"injected)']}");
	config(&f, TRUSTS_CA, user);
	assert_gets_in(w, &f);
	live_ok("[ ! -e %s/injected ] && [ ! -e injected ]", f.path);
	free(token);
	kube_files_end(&f);
}

static void r10_a_plugin_without_a_slash_is_looked_up_in_path(void **state)
{
	struct world *w = *state;
	char *token = make_token(w), path[4096];
	const char *before = getenv("PATH");
	struct kube_files f;

	kube_files_begin(&f);
	kube_file(&f, "answers", "%s\n", token);
	write_plugin(&f, "v1");
	live_ok("mkdir %s/bin && mv %s/plugin %s/bin/liborch-test-plugin", f.path, f.path, f.path);
	config(&f, TRUSTS_CA,
		"exec: {apiVersion: client.authentication.k8s.io/v1, "
		"command: liborch-test-plugin, interactiveMode: Never}");
	(void)snprintf(path, sizeof path, "%s/bin:%s", f.path, before ? before : "");
	(void)setenv("PATH", path, 1);
	assert_gets_in(w, &f);
	assert_string_equal(getenv("PATH"), path);
	assert_null(getenv("KUBERNETES_EXEC_INFO"));
	(void)snprintf(path, sizeof path, "%s", strchr(getenv("PATH"), ':') + 1);
	(void)setenv("PATH", path, 1);
	free(token);
	kube_files_end(&f);
}

static void r11_a_name_is_no_path_and_a_selector_no_query(void **state)
{
	static const char *const names[] = { "../../../../api/v1/secrets", "a/b", "a?x=y", "a%2fb",
		".." };
	struct world *w = *state;
	orch_list_options o = ORCH_LIST_OPTIONS_INIT;
	const orch_deployments *list = NULL;
	struct kube_proxy p;

	world_up(w, "web", 0);
	kube_proxy_begin(&p, w, NULL);
	kube_proxy_faults(&p, "[]");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_status(world_probe(p.client, names[i]), ORCH_E_INVALID);
	o.selector = "a=b&limit=1#x";
	assert_status(orch_deployment_list(p.client, &o, &list), ORCH_E_INVALID);
	assert_int_equal(kube_proxy_count(&p, "."), 0);
	kube_proxy_end(&p);
}

/* What strace has seen of a program that opens, asks and closes. */
static void trace(const struct kube_files *f)
{
	if (live_sh("command -v strace >/dev/null")) {
		print_message("# there is no strace\n");
		skip();
	}
	live_ok("cd %s && printf 'list\\n' | KUBECONFIG=%s/config strace -f -qq -o strace "
		"-e trace=file \"$(dirname \"$(readlink /proc/%d/exe)\")\"/kube_driver "
		"kubernetes://test > told && grep -q '^ORCH_OK' told",
		f->path, f->path, (int)getpid());
}

static void r12_keys_of_a_kubeconfig_are_written_to_no_file(void **state)
{
	struct kube_files f;

	(void)state;
	kube_files_begin(&f);
	config_with_data(&f);
	trace(&f);
	live_ok("! grep -E 'O_CREAT|O_WRONLY|O_RDWR|creat\\(|mkstemp|rename' %s/strace | "
		"grep -v /dev/null",
		f.path);
	kube_files_end(&f);
}

static void r13_files_of_the_user_stay_where_they_are(void **state)
{
	struct kube_files f;
	char *before, *after;

	kube_files_begin(&f);
	config(&f, TRUSTS_CA, KUBE_USER_ADMIN);
	before = live_output("cd %s && stat -c '%%n %%i %%Y %%s' *.crt *.key config", f.path);
	for (int i = 0; i < 100; i++) {
		orch_client *client = kube_client(*state, &f, "config", NULL);

		if (i % 10 == 0)
			assert_status(world_probe(client, "nobody"), ORCH_E_NOTFOUND);
		orch_client_close(client);
	}
	after = live_output("cd %s && stat -c '%%n %%i %%Y %%s' *.crt *.key config", f.path);
	assert_string_equal(after, before);
	trace(&f);
	live_ok("! grep unlink %s/strace", f.path);
	free(before);
	free(after);
	kube_files_end(&f);
}

/* ---- several files ---- */

static void r14_of_several_kubeconfigs_the_first_that_has_an_entry_wins(void **state)
{
	struct world *w = *state;
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	orch_client *client = NULL;
	struct kube_files f;
	char path[512];

	kube_files_begin(&f);
	live_ok("cd %s && mkdir a b && mv admin.crt admin.key a && mv ca.crt b", f.path);
	kube_file(&f, "a/config",
		"users: [{name: u, user: {client-certificate: admin.crt, client-key: admin.key}}]\n"
		"contexts: [{name: test, context: {cluster: c, user: u}}]\n");
	kube_file(&f, "b/config",
		"current-context: test\n"
		"clusters: [{name: c, cluster: {server: '%s', certificate-authority: ca.crt}}]\n"
		"users: [{name: u, user: {token: of-the-second-file}}]\n"
		"contexts: [{name: test, context: {cluster: nowhere, user: u}}]\n",
		live_env("KUBE_SERVER"));
	(void)snprintf(
		path, sizeof path, "%s/missing:%s/a/config::%s/b/config", f.path, f.path, f.path);
	(void)setenv("KUBECONFIG", path, 1);
	o.ns = w->ns;
	assert_ok(orch_client_open("kubernetes://", &o, &client));
	assert_status(world_probe(client, "nobody"), ORCH_E_NOTFOUND);
	orch_client_close(client);
	kube_files_end(&f);
}

static void the_namespace_of_the_context_is_the_one_that_calls_mean(void **state)
{
	struct world *w = *state;
	const orch_client_info *info = NULL;
	orch_client *client = NULL;
	struct kube_files f;
	char path[128];

	world_up(w, "here", 0);
	kube_files_begin(&f);
	kube_file(&f, "config",
		"clusters: [{name: c, cluster: {server: '%s', certificate-authority: ca.crt}}]\n"
		"users: [{name: u, user: {" KUBE_USER_ADMIN "}}]\n"
		"contexts: [{name: test, context: {cluster: c, user: u, namespace: %s}}]\n",
		live_env("KUBE_SERVER"), w->ns);
	(void)snprintf(path, sizeof path, "%s/config", f.path);
	(void)setenv("KUBECONFIG", path, 1);
	assert_ok(orch_client_open("kubernetes://test", NULL, &client));
	assert_string_equal(orch_client_namespace(client), w->ns);
	assert_ok(world_probe(client, "here"));
	assert_ok(orch_client_info_get(client, &info));
	print_message("# %s, by %s, at %s, server %s\n", info->url, info->chosen_by, info->endpoint,
		info->server_version);
	assert_non_null(strstr(info->chosen_by, "test"));
	assert_non_null(strstr(live_env("KUBE_SERVER"), info->endpoint));
	orch_client_info_free(info);
	orch_client_close(client);
	kube_files_end(&f);
}

/* ---- servers that are not there ---- */

static void nobody_there_is_a_network_error_that_names_the_address(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	struct kube_files f;
	orch_client *client;

	kube_files_begin(&f);
	kube_config(&f, "config", "server: 'https://127.0.0.1:1', certificate-authority: ca.crt",
		KUBE_USER_ADMIN);
	o.timeout_ms = 3000;
	client = kube_client(*state, &f, "config", &o);
	assert_status(world_probe(client, "nobody"), ORCH_E_NETWORK);
	assert_message_names("127.0.0.1:1");
	assert_int_equal(orch_error_last()->transient, 1);
	orch_client_close(client);
	kube_files_end(&f);
}

static void a_server_that_never_answers_costs_no_more_than_the_deadline(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	struct kube_proxy p;
	int64_t began;

	o.timeout_ms = 3000;
	kube_proxy_begin(&p, *state, &o);
	kube_proxy_faults(&p, "[{\"do\": \"hang\", \"times\": 1000}]");
	began = world_now_ms();
	assert_status(world_probe(p.client, "nobody"), ORCH_E_TIMEOUT);
	assert_true(world_now_ms() - began < 3000 + 5000); /* a read is asked again after 20 s */
	kube_proxy_end(&p);
}

static void a_request_that_hangs_is_cancelled_at_once(void **state)
{
	struct timespec moment = { 0, 50000000 };
	struct asker a = { NULL, ORCH_OK, { 0 } };
	struct kube_proxy p;
	pthread_t thread;
	int64_t began;

	kube_proxy_begin(&p, *state, NULL);
	kube_proxy_faults(&p, "[{\"do\": \"hang\", \"times\": 1000}]");
	a.client = p.client;
	assert_int_equal(pthread_create(&thread, NULL, ask, &a), 0);
	while (!kube_proxy_count(&p, "hung"))
		(void)nanosleep(&moment, NULL);
	began = world_now_ms();
	orch_client_cancel(p.client);
	assert_int_equal(pthread_join(thread, NULL), 0);
	print_message("# %lld ms\n", (long long)(world_now_ms() - began));
	assert_true(world_now_ms() - began < 5000);
	assert_int_equal(a.status, ORCH_E_CANCELLED);
	kube_proxy_end(&p);
}

static void a_path_in_the_servers_address_goes_in_front_of_every_request(void **state)
{
	struct world *w = *state;
	struct kube_proxy p;
	orch_client *client;
	orch_deployment_spec spec = world_server(w, "behind");
	char cluster[256], *port;

	spec.replicas = 0;
	kube_proxy_begin(&p, w, NULL);
	port = live_output("cat %s/port", p.files.path);
	(void)snprintf(cluster, sizeof cluster,
		"server: 'https://127.0.0.1:%s/k8s/clusters/c-x/', certificate-authority: ca.crt",
		port);
	free(port);
	kube_config(&p.files, "config", cluster, "token: unread");
	client = kube_client(w, &p.files, "config", NULL);
	assert_ok(orch_deployment_apply(client, &spec, NULL, NULL));
	assert_ok(world_probe(client, "behind"));
	assert_int_equal(kube_proxy_count(&p, "."), kube_proxy_count(&p, " /k8s/clusters/c-x/api"));
	orch_client_close(client);
	kube_proxy_end(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(files_beside_the_kubeconfig_prove_who_we_are),
		world_test(data_in_the_kubeconfig_proves_who_we_are),
		world_test(a_token_proves_who_we_are),
		world_test(a_token_that_changes_on_disk_is_read_again_when_the_old_one_is_refused),
		world_test(with_a_password_one_is_nobody_in_particular),
		world_test(a_plugin_of_v1_proves_who_we_are),
		world_test(a_plugin_of_v1beta1_proves_who_we_are),
		world_test(an_expired_token_runs_the_plugin_once_for_all_threads),
		world_test(a_plugin_whose_tokens_are_all_refused_ends_in_the_servers_words),
		world_test(a_server_of_another_ca_is_a_tls_error),
		world_test(the_name_in_the_certificate_can_be_told),
		world_test(an_unchecked_certificate_takes_the_word_of_file_and_program),
		world_test(a_certificate_that_changes_on_disk_is_used),
		world_test(who_may_not_is_told_so_in_the_servers_words),
		world_test(who_may_look_only_looks_and_is_told_what_else_is_forbidden),
		world_test(somebody_elses_permissions_are_those_that_count_when_acting_as_them),
		world_test(r9_no_shell_sees_the_arguments_of_a_plugin),
		world_test(r10_a_plugin_without_a_slash_is_looked_up_in_path),
		world_test(r11_a_name_is_no_path_and_a_selector_no_query),
		world_test(r12_keys_of_a_kubeconfig_are_written_to_no_file),
		world_test(r13_files_of_the_user_stay_where_they_are),
		world_test(r14_of_several_kubeconfigs_the_first_that_has_an_entry_wins),
		world_test(the_namespace_of_the_context_is_the_one_that_calls_mean),
		world_test(nobody_there_is_a_network_error_that_names_the_address),
		world_test(a_server_that_never_answers_costs_no_more_than_the_deadline),
		world_test(a_request_that_hangs_is_cancelled_at_once),
		world_test(a_path_in_the_servers_address_goes_in_front_of_every_request),
	};

	return world_run(tests);
}
