/* SPDX-License-Identifier: MIT */
#include "live/kube.h"

#include <stdlib.h>
#include <unistd.h>

char *kube_see(const struct world *w, const char *object, const char *jsonpath)
{
	return live_output(KUBECTL "-n %s get %s -o 'jsonpath={%s}'", w->ns, object, jsonpath);
}

int64_t kube_count(const struct world *w, const char *object, const char *jsonpath)
{
	char *text = kube_see(w, object, jsonpath);
	int64_t n = strtoll(text, NULL, 10);

	free(text);
	return n;
}

/* ---- files ---- */

void kube_files_begin(struct kube_files *files)
{
	(void)live_env("KUBE_PKI");
	(void)snprintf(files->path, sizeof files->path, "/tmp/liborch-kube-XXXXXX");
	assert_non_null(mkdtemp(files->path));
	live_ok("cp \"$KUBE_PKI\"/*.crt \"$KUBE_PKI\"/*.key %s", files->path);
}

void kube_files_end(struct kube_files *files)
{
	(void)unsetenv("KUBECONFIG");
	live_ok("rm -rf %s", files->path);
}

void kube_file(const struct kube_files *files, const char *name, const char *format, ...)
{
	char path[128], new[136];
	va_list ap;
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", files->path, name);
	(void)snprintf(new, sizeof new, "%s.new", path);
	f = fopen(new, "w");
	assert_non_null(f);
	va_start(ap, format);
	assert_true(vfprintf(f, format, ap) >= 0);
	va_end(ap);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(rename(new, path), 0);
}

void kube_config(
	const struct kube_files *files, const char *name, const char *cluster, const char *user)
{
	kube_file(files, name,
		"apiVersion: v1\nkind: Config\ncurrent-context: test\n"
		"clusters: [{name: c, cluster: {%s}}]\n"
		"users: [{name: u, user: {%s}}]\n"
		"contexts: [{name: test, context: {cluster: c, user: u}}]\n",
		cluster, user);
}

orch_client *kube_client(const struct world *w, const struct kube_files *files, const char *name,
	const orch_client_options *options)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	orch_client *client = NULL;
	char path[128];

	if (options)
		o = *options;
	if (!o.ns)
		o.ns = w->ns;
	(void)snprintf(path, sizeof path, "%s/%s", files->path, name);
	assert_int_equal(setenv("KUBECONFIG", path, 1), 0);
	assert_ok(orch_client_open("kubernetes://test", &o, &client));
	return client;
}

/* ---- the proxy ---- */

static void wait_for_port(const struct kube_proxy *p)
{
	live_ok("for i in $(seq 300); do [ -s %s/port ] && exit 0; sleep 0.1; done; exit 1",
		p->files.path);
}

orch_client *kube_proxy_client(
	struct kube_proxy *p, struct world *w, const orch_client_options *options)
{
	return kube_client(w, &p->files, "behind", options);
}

/* It lives as long as the pipe to it. */
static void start(struct kube_proxy *p, const char *program, const char *kind)
{
	char command[512];

	(void)snprintf(command, sizeof command, "exec \"$LIVE_FOLDER\"/%s %s %s \"$KUBE_SERVER\"",
		program, p->files.path, kind);
	p->client = NULL;
	p->life = popen(command, "w");
	assert_non_null(p->life);
	wait_for_port(p);
}

void kube_proxy_begin(struct kube_proxy *p, struct world *w, const orch_client_options *options)
{
	char cluster[128], *port;

	kube_files_begin(&p->files);
	live_ok("cd %s && cp apiserver.crt server.crt && cp apiserver.key server.key",
		p->files.path);
	kube_proxy_faults(p, "[]");
	start(p, "kube_proxy", "");
	port = live_output("cat %s/port", p->files.path);
	(void)snprintf(cluster, sizeof cluster,
		"server: 'https://127.0.0.1:%s', certificate-authority: ca.crt", port);
	free(port);
	kube_config(&p->files, "behind", cluster, "token: unread");
	p->client = kube_proxy_client(p, w, options);
}

void kube_tunnel_begin(struct kube_proxy *p, const char *kind)
{
	kube_files_begin(&p->files);
	start(p, "kube_tunnel", kind);
}

orch_client *kube_tunnel_client(struct kube_proxy *p, struct world *w, const char *before_port,
	const char *after_port, const orch_client_options *options)
{
	char cluster[512], *port = live_output("cat %s/port", p->files.path);

	(void)snprintf(cluster, sizeof cluster, "%s%s%s, certificate-authority: ca.crt",
		before_port, port, after_port);
	free(port);
	kube_config(&p->files, "behind", cluster, KUBE_USER_ADMIN);
	return kube_proxy_client(p, w, options);
}

void kube_proxy_end(struct kube_proxy *p)
{
	orch_client_close(p->client);
	(void)pclose(p->life);
	kube_files_end(&p->files);
}

void kube_proxy_faults(struct kube_proxy *p, const char *json)
{
	live_ok("cd %s && [ ! -f log ] || wc -l < log > seen", p->files.path);
	kube_file(&p->files, "faults", "%s\n", json);
	print_message("# faults: %s\n", json);
}

int kube_proxy_count(struct kube_proxy *p, const char *pattern)
{
	char *text =
		live_output("cd %s && tail -n +$(($(cat seen 2>/dev/null || echo 0) + 1)) log | "
			    "{ grep -cE '%s' || true; }",
			p->files.path, pattern);
	int n = atoi(text);

	free(text);
	return n;
}
