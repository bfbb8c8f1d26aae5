/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "backend/kubernetes/cluster.h"
#include "backend/kubernetes/incluster.h"
#include "backend/kubernetes/kubeconfig.h"
#include "backend/kubernetes/user.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"
#include "util/utf8.h"

#define SCHEME "kubernetes://"

enum { CONTEXT_MAX = 512, NAMESPACE_MAX = 63 };

/* What is known while the decision is being made. */
struct choice {
	struct kube_config *config;
	const orch_client_options *options;
	char context[CONTEXT_MAX + 1]; /* "": none was named */
	const char *named_by;
	struct kube_files files;
};

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

static orch_status keep(struct choice *c, const char *text, const char **out)
{
	*out = orch__arena_strndup(&c->config->texts, text, strlen(text));
	return *out ? ORCH_OK : no_memory();
}

/* ---- the URL ---- */

static int hex(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) % 16 : -1;
}

/* False: a '%' that is none, a NUL, no UTF-8, too long. */
static bool decode(const char *text, char *out, size_t cap)
{
	size_t n = 0;

	for (; *text; text++) {
		const int high = *text == '%' ? hex(text[1]) : -1;
		const int low = high >= 0 ? hex(text[2]) : -1;

		if (n + 1 >= cap || (*text == '%' && (low < 0 || !(high || low))))
			return false;
		out[n++] = *text == '%' ? (char)(high * 16 + low) : *text;
		if (*text == '%')
			text += 2;
	}
	out[n] = '\0';
	return orch__utf8_ok(out, n);
}

static orch_status read_url(struct choice *c, const char *url)
{
	const char *option = c->options->context;

	if (!orch__text_starts(url, SCHEME))
		return orch__fail(ORCH_E_INVALID, "the URL of a cluster begins with " SCHEME);
	url += sizeof SCHEME - 1;
	if (strpbrk(url, "?#"))
		return orch__fail(ORCH_E_INVALID,
			"the URL has a '?' or '#': nothing may follow the context, and in its name "
			"they are %%3F and %%23");
	if (!decode(url, c->context, sizeof c->context))
		return orch__fail(ORCH_E_INVALID,
			"the URL names no context: it is not percent-encoded UTF-8 of at most %d "
			"bytes",
			CONTEXT_MAX);
	c->named_by = "the URL";
	if (!option || !*option || strcmp(option, c->context) == 0)
		return ORCH_OK;
	if (*c->context)
		return orch__fail(ORCH_E_INVALID,
			"the URL names context %.120s and the options name context %.120s: give "
			"one "
			"of them",
			c->context, option);
	c->named_by = "the options of the client";
	if (strlen(option) > CONTEXT_MAX)
		return orch__fail(ORCH_E_INVALID, "the option context is too long");
	memcpy(c->context, option, strlen(option) + 1);
	return ORCH_OK;
}

/* ---- a server in the options ---- */

static orch_status take_server(struct choice *c)
{
	const orch_client_options *o = c->options;

	if (*c->context || o->kubeconfig || o->kubeconfig_text)
		return orch__fail(ORCH_E_INVALID,
			"the option server is given, and a context or kubeconfig: give one of "
			"them");
	c->config->url = SCHEME;
	c->config->chosen_by = "the options of the client";
	c->config->is_insecure = o->insecure == 1;
	if (c->config->is_insecure && o->ca_file)
		return orch__fail(ORCH_E_INVALID,
			"the options insecure and ca_file are given: a certificate that is not "
			"checked needs no authority");
	return kube_server_read(
		"the option server", o->server, &c->config->texts, &c->config->server);
}

/* ---- kubeconfig ---- */

static orch_status choose_context(struct choice *c)
{
	const char *current;

	if (*c->context)
		return ORCH_OK;
	current = kube_files_current(&c->files);
	if (!current)
		return orch__fail(ORCH_E_NOTFOUND,
			"%s%s has no current-context: name one, " SCHEME "NAME",
			c->files.items[0].name, c->files.count > 1 ? " with the others" : "");
	if (strlen(current) > CONTEXT_MAX)
		return orch__fail(
			ORCH_E_INVALID, "%s: current-context is too long", c->files.items[0].name);
	memcpy(c->context, current, strlen(current) + 1);
	c->named_by = "current-context";
	return ORCH_OK;
}

static const char *print(struct kube_config *c, const char *fmt, ...) ORCH_PRINTF(2, 3);

static const char *print(struct kube_config *c, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	orch__text_printable(text);
	return orch__arena_strndup(&c->texts, text, strlen(text));
}

static orch_status tell_why(struct choice *c, const struct kube_entry *context)
{
	struct orch__buf url = ORCH__BUF_INIT(4096);
	struct kube_config *config = c->config;
	orch_status st = ORCH_OK;

	orch__buf_addf(&url, SCHEME);
	orch__buf_add_urlencoded(&url, c->context);
	config->chosen_by = print(config, "context %.256s of %.512s, named by %s", c->context,
		context->file->name, c->named_by);
	if (orch__buf_ok(&url))
		st = keep(c, url.text, &config->url);
	orch__buf_dispose(&url);
	return st < 0 || (config->url && config->chosen_by) ? st : no_memory();
}

static orch_status read_namespace(struct choice *c, const struct kube_entry *context)
{
	const char *ns = NULL;
	orch_status st =
		kube_entry_text(context, context->value, "namespace", &c->config->texts, &ns);
	const size_t len = ns ? strlen(ns) : 0;

	if (st < 0 || !ns)
		return st;
	if (len > NAMESPACE_MAX || strspn(ns, "abcdefghijklmnopqrstuvwxyz0123456789-") != len ||
		ns[0] == '-' || ns[len - 1] == '-')
		return kube_entry_fail(context, ORCH_E_INVALID,
			"namespace is no DNS label of at most 63 characters");
	c->config->ns = ns;
	return ORCH_OK;
}

/* The entry that the context names by that key. */
static orch_status follow(struct choice *c, const struct kube_entry *context, const char *key,
	const struct kube_section *section, struct kube_entry *out)
{
	const char *name = NULL;
	orch_status st = kube_entry_text(context, context->value, key, &c->config->texts, &name);

	*out = (struct kube_entry){ context->file, section->noun, "", NULL };
	if (st < 0 || !name)
		return st;
	st = kube_files_find(&c->files, section, name, out);
	return st < 0 ? orch__fail_in(st, "context %.120s", c->context) : ORCH_OK;
}

static orch_status read_context(struct choice *c)
{
	const orch_client_options *o = c->options;
	struct kube_entry context, cluster, user;
	orch_status st = kube_files_find(&c->files, &kube_contexts, c->context, &context);

	if (st < 0)
		return st;
	st = tell_why(c, &context);
	if (st == ORCH_OK)
		st = follow(c, &context, "cluster", &kube_clusters, &cluster);
	if (st == ORCH_OK && !*cluster.name)
		return kube_entry_fail(&context, ORCH_E_INVALID, "it has no cluster");
	if (st == ORCH_OK)
		st = follow(c, &context, "user", &kube_users, &user);
	if (st == ORCH_OK)
		st = kube_cluster_read(&cluster, c->config);
	if (st == ORCH_OK)
		st = kube_user_read(&user, &cluster, o->token || o->token_file, c->config);
	return st == ORCH_OK ? read_namespace(c, &context) : st;
}

/* Not to check certificates is for the kubeconfig and the program to say, both. */
static orch_status check_insecure(const struct choice *c)
{
	const struct kube_config *config = c->config;

	if (!config->is_insecure || orch__text_starts(config->server, "http://"))
		return ORCH_OK;
	if (c->options->ca_file)
		return orch__fail(ORCH_E_INVALID,
			"%s: its cluster has insecure-skip-tls-verify, and the option ca_file is "
			"given",
			config->chosen_by);
	if (c->options->insecure == 1)
		return ORCH_OK;
	return orch__fail(ORCH_E_DENIED,
		"%s: its cluster has insecure-skip-tls-verify: allow it with the option insecure",
		config->chosen_by);
}

static orch_status take_kubeconfig(struct choice *c)
{
	orch_status st = kube_files_read(c->options, &c->files);

	if (st == ORCH_OK)
		st = choose_context(c);
	if (st == ORCH_OK)
		st = read_context(c);
	if (st == ORCH_OK)
		st = check_insecure(c);
	kube_files_dispose(&c->files);
	return st;
}

/* ---- options over what was found ---- */

static orch_status take_token(struct choice *c)
{
	const orch_client_options *o = c->options;
	struct kube_user *u = &c->config->user;

	if (!o->token && !o->token_file)
		return ORCH_OK;
	u->token = u->token_file = u->username = u->password = NULL;
	u->exec = NULL;
	return o->token ? keep(c, o->token, &u->token) : keep(c, o->token_file, &u->token_file);
}

static orch_status take_impersonation(struct choice *c)
{
	const orch_client_options *o = c->options;
	struct kube_user *u = &c->config->user;
	const char **groups;

	if (!o->impersonate_user)
		return ORCH_OK;
	u->as_uid = NULL;
	u->as_extra = (orch_kv_list){ NULL, 0 };
	u->as_groups = (orch_string_list){ NULL, 0 };
	groups = orch__arena_alloc(
		&c->config->texts, (o->impersonate_groups.count + 1) * sizeof *groups);
	if (!groups)
		return no_memory();
	for (size_t i = 0; i < o->impersonate_groups.count; i++)
		if (keep(c, o->impersonate_groups.items[i], &groups[i]) < 0)
			return no_memory();
	u->as_groups = (orch_string_list){ groups, o->impersonate_groups.count };
	return keep(c, o->impersonate_user, &u->as);
}

static orch_status take_source(struct choice *c, const char *path, struct kube_source *out)
{
	if (!path)
		return ORCH_OK;
	out->data = NULL;
	return keep(c, path, &out->path);
}

static orch_status take_options(struct choice *c)
{
	const orch_client_options *o = c->options;
	struct kube_config *config = c->config;
	orch_status st = take_source(c, o->ca_file, &config->ca);

	if (st == ORCH_OK)
		st = take_source(c, o->cert_file, &config->user.cert);
	if (st == ORCH_OK)
		st = take_source(c, o->key_file, &config->user.key);
	if (o->cert_file)
		config->user.exec = NULL; /* no plugin where there is something else */
	if (st == ORCH_OK && o->proxy)
		st = keep(c, o->proxy, &config->proxy);
	if (st == ORCH_OK)
		st = take_token(c);
	return st == ORCH_OK ? take_impersonation(c) : st;
}

/* Over plain http nothing is sent that others could use, and nobody proves who he is; to be
 * asked for it is a mistake. */
static orch_status guard_credentials(struct choice *c)
{
	const orch_client_options *o = c->options;
	const char *asked = o->token            ? "token"
		: o->token_file                 ? "token_file"
		: o->cert_file                  ? "cert_file"
		: o->ca_file                    ? "ca_file"
		: o->impersonate_user           ? "impersonate_user"
		: o->server && o->insecure == 1 ? "insecure"
						: NULL;

	if (!orch__text_starts(c->config->server, "http://"))
		return ORCH_OK;
	if (asked)
		return orch__fail(ORCH_E_INVALID,
			"%s: the server is reached by http://, where there are no certificates and "
			"no credentials are sent, and the option %s is given",
			c->config->chosen_by, asked);
	c->config->user = (struct kube_user){ .token = NULL };
	c->config->is_insecure = false;
	return ORCH_OK;
}

static orch_status take_source_of(struct choice *c)
{
	const orch_client_options *o = c->options;

	if (o->server)
		return take_server(c);
	if (*c->context || o->kubeconfig || o->kubeconfig_text)
		return take_kubeconfig(c);
	if (kube_incluster_is(KUBE_SERVICE_ACCOUNT))
		return kube_incluster_resolve(KUBE_SERVICE_ACCOUNT, c->config);
	return take_kubeconfig(c);
}

orch_status kube_config_resolve(
	const char *url, const orch_client_options *options, struct kube_config *out)
{
	struct choice c = { .config = out, .options = options };
	orch_status st;

	memset(out, 0, sizeof *out);
	out->texts.is_secret = true;
	st = read_url(&c, url);
	if (st == ORCH_OK)
		st = take_source_of(&c);
	if (st == ORCH_OK)
		st = take_options(&c);
	return st == ORCH_OK ? guard_credentials(&c) : st;
}

void kube_config_dispose(struct kube_config *config)
{
	orch__arena_dispose(&config->texts);
	memset(config, 0, sizeof *config);
}
