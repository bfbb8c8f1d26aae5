/* SPDX-License-Identifier: MIT */
/*
 * Kubeconfigs that liborch did not write and what kubectl makes of them: $ORCH_SHARED/data/
 * kubeconfig and kubeconfig-expected. kubectl shows a configuration without using it; where
 * liborch, which will, refuses one, the table says why.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include <cmocka.h>

#include "backend/kubernetes/config.h"
#include "backend/kubernetes/kubeconfig.h"
#include "json/json.h"
#include "support/clean_env.h"
#include "util/base64.h"

enum { LINE = 2048, FILE_MAX = 1 << 18 };

static const struct exception {
	const char *file; /* its end */
	const char *word; /* of the message */
} exceptions[] = {
	/* clang-format off */
	/* exec asks for what its version demands */
	{ "test-kubeconfig-exec", "interactiveMode" },
	{ "test-kubeconfig-exec-args-with-spaces", "interactiveMode" },
	{ "test-kubeconfig-exec-cert-auth", "interactiveMode" },
	{ "test-kubeconfig-exec-null-args", "interactiveMode" },
	{ "test-kubeconfig-exec-win", "interactiveMode" },
	{ "test-kubeconfig-exec-win-cert-auth-ec-invalid", "interactiveMode" },
	{ "test-kubeconfig-exec-win-null-args", "interactiveMode" },
	{ "test-kubeconfig-exec-with-spaces-windows", "v1alpha1 ended" },
	{ "eks-kubeconfig", "v1alpha1 ended" },
	/* no token to use */
	{ "kubeconfig_oidc_ca_data", "no id-token" },
	/* kubectl takes "localhost" for http://localhost */
	{ "kubeconfig-http", "https://" },
	/* a CA and insecure-skip-tls-verify: kubectl refuses that, too, when it connects */
	{ "token-refresh-interceptor/kubeconfig", "insecure flag" },
	{ "kubeconfig.new", "insecure flag" },
	{ "empty-user-kubeconfig.yaml", "insecure flag" },
	{ "kubernetes-client__javascript/testdata/kubeconfig.yaml", "insecure flag" },
	{ "same-names", "insecure flag" },
	/* its current-context is not there; kubectl stumbles over a file first */
	{ "kubeconfig.no-context.yml", "has no context \"federal-context\"" },
	/* clang-format on */
};

/* ---- what kubectl shows ---- */

struct cluster {
	const char *name, *server, *ca_data, *tls_server_name, *proxy;
	int64_t insecure;
};

struct user {
	const char *name, *token, *username, *password, *cert_data, *key_data, *command;
};

struct context {
	const char *name, *ns, *user;
};

struct shown {
	const char *current;
	struct {
		const struct cluster *items;
		size_t count;
	} clusters;
	struct {
		const struct user *items;
		size_t count;
	} users;
	struct {
		const struct context *items;
		size_t count;
	} contexts;
};

static const struct cluster cluster_blank = { .insecure = ORCH_UNSET };
static const struct user user_blank;
static const struct context context_blank;
static const struct shown shown_blank = { .clusters = { NULL, 0 } };

/* clang-format off */
ORCH__J_LOCAL_TABLE(cluster_table, cluster_blank,
	ORCH__J_STR("name", struct cluster, name, 0),
	ORCH__J_STR("cluster.server", struct cluster, server, 0),
	ORCH__J_STR("cluster.certificate-authority-data", struct cluster, ca_data, 0),
	ORCH__J_STR("cluster.tls-server-name", struct cluster, tls_server_name, 0),
	ORCH__J_STR("cluster.proxy-url", struct cluster, proxy, 0),
	ORCH__J_BOOL("cluster.insecure-skip-tls-verify", struct cluster, insecure, 0));
ORCH__J_LOCAL_TABLE(user_table, user_blank,
	ORCH__J_STR("name", struct user, name, 0),
	ORCH__J_STR("user.token", struct user, token, 0),
	ORCH__J_STR("user.username", struct user, username, 0),
	ORCH__J_STR("user.password", struct user, password, 0),
	ORCH__J_STR("user.client-certificate-data", struct user, cert_data, 0),
	ORCH__J_STR("user.client-key-data", struct user, key_data, 0),
	ORCH__J_STR("user.exec.command", struct user, command, 0));
ORCH__J_LOCAL_TABLE(context_table, context_blank,
	ORCH__J_STR("name", struct context, name, 0),
	ORCH__J_STR("context.namespace", struct context, ns, 0),
	ORCH__J_STR("context.user", struct context, user, 0));
ORCH__J_LOCAL_TABLE(shown_table, shown_blank,
	ORCH__J_STR("current-context", struct shown, current, 0),
	ORCH__J_OBJVEC("clusters", struct shown, clusters, 0, &cluster_table),
	ORCH__J_OBJVEC("users", struct shown, users, 0, &user_table),
	ORCH__J_OBJVEC("contexts", struct shown, contexts, 0, &context_table));
/* clang-format on */

/* ---- files ---- */

static char root[512]; /* "": the folder is not there */

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *text = f ? calloc(1, FILE_MAX) : NULL;

	if (text && fread(text, 1, FILE_MAX - 1, f) == 0)
		text[0] = '\0';
	if (f)
		fclose(f);
	return text;
}

static int find_folder(void **state)
{
	const char *shared = getenv("ORCH_SHARED");
	char path[600];

	(void)state;
	snprintf(root, sizeof root, "%.400s/data", shared ? shared : ".");
	snprintf(path, sizeof path, "%s/kubeconfig-expected/VERDICTS.tsv", root);
	if (access(path, R_OK) != 0)
		root[0] = '\0';
	return 0;
}

/* ---- comparing ---- */

static bool differs(const char *file, const char *what, const char *ours, const char *theirs)
{
	if (strcmp(ours ? ours : "", theirs ? theirs : "") == 0)
		return false;
	print_error("%s: %s is \"%s\", not \"%s\"\n", file, what, ours ? ours : "",
		theirs ? theirs : "");
	return true;
}

/* The content of a source as kubectl shows it. */
static bool differs_source(
	const char *file, const char *what, const struct kube_source *ours, const char *theirs)
{
	struct orch__buf encoded = ORCH__BUF_INIT(FILE_MAX);
	char *text = ours->path ? read_file(ours->path) : NULL;
	const char *content = ours->path ? text : ours->data;
	bool result;

	if (content)
		orch__base64_encode(content, strlen(content), &encoded);
	result = differs(file, what, encoded.text, theirs);
	free(text);
	orch__buf_dispose(&encoded);
	return result;
}

static size_t compare_user(const char *file, const struct kube_config *ours, const struct user *u)
{
	const bool is_plain = strncmp(ours->server, "http://", 7) == 0;
	size_t wrong = 0;

	if (is_plain) /* nothing is sent there */
		u = &user_blank;
	wrong += differs(file, "token", ours->user.token, u->token);
	wrong += differs(file, "username", ours->user.username, u->username);
	wrong += differs(file, "password", ours->user.password, u->password);
	wrong += differs_source(file, "certificate", &ours->user.cert, u->cert_data);
	wrong += differs_source(file, "key", &ours->user.key, u->key_data);
	wrong += differs(
		file, "command", ours->user.exec ? ours->user.exec->command : NULL, u->command);
	return wrong;
}

/* 0: as kubectl shows it. */
static size_t compare(const char *file, const struct kube_config *ours, const char *path)
{
	struct orch__arena a = { 0 };
	struct shown shown = shown_blank;
	char *json = read_file(path);
	const struct cluster *c;
	size_t wrong = 0;

	assert_non_null(json);
	assert_int_equal(orch__json_decode(&shown_table, &a, json, strlen(json), &shown), ORCH_OK);
	assert_int_equal(shown.clusters.count, 1);
	c = &shown.clusters.items[0];
	wrong += differs(file, "server", ours->server, c->server);
	wrong += differs(file, "proxy", ours->proxy, c->proxy);
	wrong += differs(file, "tls-server-name", ours->tls_server_name, c->tls_server_name);
	wrong += differs_source(file, "CA", &ours->ca, c->ca_data);
	wrong += differs(
		file, "insecure", ours->is_insecure ? "1" : "", c->insecure == 1 ? "1" : "");
	wrong += differs(file, "namespace", ours->ns, shown.contexts.items[0].ns);
	wrong += compare_user(file, ours, shown.users.count ? shown.users.items : &user_blank);
	free(json);
	orch__arena_dispose(&a);
	return wrong;
}

/* ---- verdicts ---- */

static const char *exception_of(const char *file)
{
	for (size_t i = 0; i < sizeof exceptions / sizeof exceptions[0]; i++) {
		const size_t len = strlen(file), end = strlen(exceptions[i].file);

		if (len >= end && strcmp(file + len - end, exceptions[i].file) == 0 &&
			(len == end || file[len - end - 1] == '/'))
			return exceptions[i].word;
	}
	return NULL;
}

static bool lacks_a_file(const struct kube_config *c)
{
	const char *const paths[] = { c->ca.path, c->user.cert.path, c->user.key.path,
		c->user.token_file };

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
		if (paths[i] && access(paths[i], F_OK) != 0)
			return true;
	return false;
}

/* Refused with that status, and a message that says that. */
static bool is_refused(const char *file, orch_status st, orch_status expected, const char *word)
{
	if (st == expected && (!word || strstr(orch_error_last()->message, word)))
		return true;
	print_error("%s: %s \"%s\", not %s \"%s\"\n", file, orch_status_name(st),
		orch_error_last()->message, orch_status_name(expected), word ? word : "");
	return false;
}

static bool judge_error(
	const char *file, orch_status st, const struct kube_config *c, const char *message)
{
	const char *at = strstr(message, "cannot locate ");

	if (strstr(message, "current-context must exist"))
		return is_refused(file, st, ORCH_E_NOTFOUND, "current-context");
	if (at) {
		const char *name = strrchr(at, ' ') + 1;

		return is_refused(file, st, ORCH_E_NOTFOUND, name);
	}
	if (strstr(message, "no such file")) {
		if (st == ORCH_OK && lacks_a_file(c))
			return true;
		print_error("%s: %s %s\n", file, orch_status_name(st),
			st ? orch_error_last()->message : "no file is missing");
		return false;
	}
	return is_refused(file, st, ORCH_E_INVALID, file);
}

static bool judge(const char *file, const char *path, const char *verdict, const char *message,
	const char *expected)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	const char *word = exception_of(file);
	struct kube_config c;
	orch_status st;
	bool ok;

	o.kubeconfig = path;
	o.insecure = 1;
	st = kube_config_resolve("kubernetes://", &o, &c);
	if (word)
		ok = st < 0 && is_refused(file, st, st, word);
	else if (strcmp(verdict, "ok") != 0)
		ok = judge_error(file, st, &c, message);
	else
		ok = st == ORCH_OK ? compare(file, &c, expected) == 0
				   : is_refused(file, st, ORCH_OK, NULL);
	kube_config_dispose(&c);
	return ok;
}

/* The next cell of a line of a table; the tab becomes its end. */
static char *cell(char **line)
{
	char *at = *line;

	*line += strcspn(at, "\t\n");
	if (**line)
		*(*line)++ = '\0';
	return at;
}

static FILE *open_table(const char *name)
{
	char path[700], line[LINE];
	FILE *f;

	snprintf(path, sizeof path, "%s/kubeconfig-expected/%s", root, name);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f)); /* the names of the columns */
	return f;
}

static void every_kubeconfig_has_the_verdict_of_kubectl(void **state)
{
	char line[LINE], path[1200], expected[1200];
	size_t count = 0, wrong = 0;
	FILE *f;

	(void)state;
	if (!*root) {
		print_message("# ORCH_SHARED names no folder with data/kubeconfig\n");
		skip();
	}
	f = open_table("VERDICTS.tsv");
	for (; fgets(line, sizeof line, f); count++) {
		char *rest = line;
		const char *file = cell(&rest);
		const char *verdict;

		(void)cell(&rest);
		(void)cell(&rest);
		verdict = cell(&rest);
		snprintf(path, sizeof path, "%s/kubeconfig/%s", root, file);
		snprintf(expected, sizeof expected, "%s/kubeconfig-expected/%s.minify.json", root,
			file);
		wrong += !judge(file, path, verdict, cell(&rest), expected);
	}
	fclose(f);
	print_message("# %zu kubeconfigs\n", count);
	assert_int_equal(wrong, 0);
	assert_int_equal(count, 55);
}

/* ---- merges ---- */

/* Its files become paths from where the program runs to where they are. */
static void put_list(const char *files)
{
	char list[4096] = "";
	size_t n = 0;

	for (;;) {
		const size_t len = strcspn(files, ":");

		n += (size_t)snprintf(list + n, sizeof list - n, "%s%s/kubeconfig/%.*s",
			n ? ":" : "", root, (int)len, files);
		if (!files[len])
			break;
		files += len + 1;
	}
	setenv("KUBECONFIG", list, 1);
}

static size_t differs_text(const struct kube_entry *e, const char *key, const char *theirs)
{
	const struct orch__yaml *y = orch__yaml_get(e->value, key);

	return differs(e->name, key, y ? y->text : NULL, theirs);
}

static size_t find_differs(const struct kube_files *files, const struct kube_section *section,
	const char *name, struct kube_entry *out)
{
	const bool is_there = kube_files_find(files, section, name, out) == ORCH_OK;

	if (!is_there)
		print_error("%s: %s\n", name, orch_error_last()->message);
	return !is_there;
}

/* Every entry of the view is found, and is the one of the file that wins. */
static size_t compare_merged(const struct kube_files *files, const struct shown *shown)
{
	struct kube_entry e;
	size_t wrong = 0;

	for (size_t i = 0; i < shown->clusters.count; i++) {
		const struct cluster *c = &shown->clusters.items[i];

		if (find_differs(files, &kube_clusters, c->name, &e))
			return 1;
		wrong += differs_text(&e, "server", c->server) +
			differs_text(&e, "proxy-url", c->proxy) +
			differs_text(&e, "certificate-authority-data", c->ca_data);
	}
	for (size_t i = 0; i < shown->users.count; i++) {
		const struct user *u = &shown->users.items[i];

		if (find_differs(files, &kube_users, u->name, &e))
			return 1;
		wrong += differs_text(&e, "token", u->token) +
			differs_text(&e, "username", u->username) +
			differs_text(&e, "client-key-data", u->key_data);
	}
	for (size_t i = 0; i < shown->contexts.count; i++) {
		const struct context *c = &shown->contexts.items[i];

		if (find_differs(files, &kube_contexts, c->name, &e))
			return 1;
		wrong += differs_text(&e, "namespace", c->ns) + differs_text(&e, "user", c->user);
	}
	return wrong +
		differs("merged", "current-context", kube_files_current(files),
			shown->current && *shown->current ? shown->current : NULL);
}

static size_t judge_merged(const char *path)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	struct orch__arena a = { 0 };
	struct shown shown = shown_blank;
	struct kube_files files;
	char *json = read_file(path);
	size_t wrong;

	assert_non_null(json);
	assert_int_equal(orch__json_decode(&shown_table, &a, json, strlen(json), &shown), ORCH_OK);
	assert_int_equal(kube_files_read(&o, &files), ORCH_OK);
	wrong = compare_merged(&files, &shown);
	kube_files_dispose(&files);
	orch__arena_dispose(&a);
	free(json);
	return wrong;
}

static void several_files_are_merged_as_kubectl_does(void **state)
{
	char line[LINE], expected[1200];
	size_t count = 0, wrong = 0;
	FILE *f;

	(void)state;
	if (!*root) {
		print_message("# ORCH_SHARED names no folder with data/kubeconfig\n");
		skip();
	}
	f = open_table("MERGES.tsv");
	for (; fgets(line, sizeof line, f); count++) {
		char *rest = line;
		const char *name = cell(&rest), *view = cell(&rest), *files = cell(&rest);
		const char *verdict = cell(&rest);

		put_list(files);
		snprintf(expected, sizeof expected, "%s/kubeconfig-expected/MERGES/%s.%s.json",
			root, name, view);
		if (strcmp(view, "merged") == 0)
			wrong += judge_merged(expected);
		else
			wrong += !judge(name, NULL, verdict, cell(&rest), expected);
	}
	fclose(f);
	print_message("# %zu merges\n", count);
	assert_int_equal(wrong, 0);
	assert_int_equal(count, 12);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_setup_teardown(f, clean_env_enter, clean_env_leave)
	const struct CMUnitTest tests[] = {
		ROW(every_kubeconfig_has_the_verdict_of_kubectl),
		ROW(several_files_are_merged_as_kubectl_does),
	};

	return cmocka_run_group_tests(tests, find_folder, NULL);
}
