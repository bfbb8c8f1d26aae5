/* SPDX-License-Identifier: MIT */
#include "backend/swarm/config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "backend/swarm/context.h"
#include "util/env.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"
#include "util/wipe.h"

#define DEFAULT_HOST "unix:///var/run/docker.sock"

enum { PEM_LIMIT = 1 << 20 };

/* What is known while the decision is being made. */
struct choice {
	struct swarm_config *config;
	const orch_client_options *options;
	const char *folder; /* of the docker command */
	bool is_context;
	struct swarm_context context;
};

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

static const char *print(struct swarm_config *c, const char *fmt, ...) ORCH_PRINTF(2, 3);

static const char *print(struct swarm_config *c, const char *fmt, ...)
{
	char text[640];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return orch__arena_strndup(&c->texts, text, strlen(text));
}

/* ---- which engine ---- */

static orch_status take_host(struct choice *c, const char *host, const char *chosen_by)
{
	orch_status st = swarm_host_parse(host, &c->config->hosts[0]);

	if (st < 0)
		return orch__fail_in(st, "%s", chosen_by);
	c->config->host_count = 1;
	c->config->url = print(c->config, "%s", host);
	c->config->chosen_by = print(c->config, "%s", chosen_by);
	return c->config->url && c->config->chosen_by ? ORCH_OK : no_memory();
}

static orch_status take_context(struct choice *c, const char *name, const char *named_by)
{
	const char *why = print(c->config, "context %.256s, named by %s", name, named_by);
	orch_status st;

	if (!why)
		return no_memory();
	st = swarm_context_load(&c->config->texts, c->folder, name, &c->context);
	if (st < 0)
		return orch__fail_in(st, "%s", named_by);
	c->is_context = true;
	return take_host(c, c->context.host, why);
}

static orch_status take_current_context(struct choice *c)
{
	const char *name, *why;
	orch_status st = swarm_context_current(&c->config->texts, c->folder, &name);

	if (st < 0)
		return st;
	if (!name)
		return take_host(c, DEFAULT_HOST, "the default socket");
	why = print(c->config, "currentContext of %.300s/config.json", c->folder);
	return why ? take_context(c, name, why) : no_memory();
}

/* The context "default" has no file: it means "no context". */
static orch_status take_what_docker_would(struct choice *c)
{
	const char *option = c->options->context;
	const char *host = orch__env("DOCKER_HOST"), *context = orch__env("DOCKER_CONTEXT");
	const bool wants_none = orch__text_equal(option, "default");

	if (option && *option && !wants_none)
		return take_context(c, option, "the options of the client");
	if (host)
		return take_host(c, host, "DOCKER_HOST");
	if (wants_none || orch__text_equal(context, "default"))
		return take_host(c, DEFAULT_HOST, "the default socket");
	if (context)
		return take_context(c, context, "DOCKER_CONTEXT");
	return take_current_context(c);
}

static orch_status choose(struct choice *c, const char *url)
{
	struct swarm_config *config = c->config;
	orch_status st = swarm_url_parse(url, config->hosts, &config->host_count);

	if (st < 0)
		return st;
	if (config->host_count == 0)
		return take_what_docker_would(c);
	if (c->options->context)
		return orch__fail(ORCH_E_INVALID,
			"the URL names an engine and the options name context %.256s: give one of "
			"them",
			c->options->context);
	config->url = print(config, "%s", url);
	config->chosen_by = "the URL";
	return config->url ? ORCH_OK : no_memory();
}

/* ---- TLS ---- */

static orch_status read_pem(const char *path, const char *why, char **out)
{
	orch_status st = orch__file_read(path, PEM_LIMIT, out, NULL);

	return st < 0 ? orch__fail_in(st, "%s", why) : ORCH_OK;
}

/* From the options, else from a folder: there it must be, or may be. */
static orch_status find_pem(struct choice *c, const char *option, const char *folder,
	const char *name, bool is_required, const char *why, char **out)
{
	const char *path;

	if (option)
		return read_pem(option, "the options of the client", out);
	if (!folder)
		return ORCH_OK;
	path = swarm_path_join(&c->config->texts, folder, name);
	if (!path)
		return no_memory();
	return is_required || orch__file_exists(path) ? read_pem(path, why, out) : ORCH_OK;
}

static orch_status read_tls(struct choice *c, const char *folder, bool is_required, const char *why)
{
	const orch_client_options *o = c->options;
	const char *id_folder = o->cert_file ? NULL : folder;
	orch_status st =
		find_pem(c, o->ca_file, folder, "ca.pem", is_required, why, &c->config->ca);

	if (st == ORCH_OK)
		st = find_pem(
			c, o->cert_file, id_folder, "cert.pem", is_required, why, &c->config->cert);
	if (st == ORCH_OK) /* half an identity is a mistake worth a message */
		st = find_pem(c, o->key_file, id_folder, "key.pem", c->config->cert != NULL, why,
			&c->config->key);
	return st;
}

static orch_status check_insecure(const struct choice *c)
{
	if (!c->config->is_insecure || !c->options->ca_file)
		return ORCH_OK;
	return orch__fail(ORCH_E_INVALID,
		"%s: the certificate of the engine is not to be checked, and the option ca_file "
		"says by what",
		c->config->chosen_by);
}

static orch_status context_tls(struct choice *c)
{
	orch_status st;

	if (c->context.skips_verify && c->options->insecure != 1)
		return orch__fail(ORCH_E_DENIED,
			"%s, asks not to check the certificate of the engine: allow it with the "
			"option insecure",
			c->config->chosen_by);
	st = read_tls(c, c->context.tls_folder, false, c->config->chosen_by);
	c->config->is_insecure = c->context.skips_verify;
	return st;
}

/* As the docker command does: DOCKER_CERT_PATH alone does not turn TLS on. */
static orch_status environment_tls(struct choice *c)
{
	const char *folder = orch__env("DOCKER_CERT_PATH");

	c->config->is_insecure = c->options->insecure == 1;
	if (!orch__env("DOCKER_TLS_VERIFY"))
		return read_tls(c, NULL, false, "");
	return read_tls(c, folder ? folder : c->folder, true, "DOCKER_TLS_VERIFY is set");
}

static bool any_over_tcp(const struct swarm_config *config)
{
	for (size_t i = 0; i < config->host_count; i++)
		if (config->hosts[i].kind == SWARM_HOST_TCP)
			return true;
	return false;
}

/* The option insecure is a leave that not every context needs. */
static orch_status refuse_options_of_tcp(const struct choice *c)
{
	const orch_client_options *o = c->options;
	const char *asked = o->ca_file               ? "ca_file"
		: o->cert_file                       ? "cert_file"
		: o->key_file                        ? "key_file"
		: o->proxy                           ? "proxy"
		: o->insecure == 1 && !c->is_context ? "insecure"
						     : NULL;

	if (!asked)
		return ORCH_OK;
	return orch__fail(ORCH_E_INVALID,
		"the option %s is given, but the engine is reached by %s: there is neither TLS nor "
		"a proxy on the way (%s, chosen by %s)",
		asked, c->config->hosts[0].kind == SWARM_HOST_SSH ? "ssh" : "a socket",
		c->config->url, c->config->chosen_by);
}

static orch_status decide_tls(struct choice *c)
{
	struct swarm_config *config = c->config;
	orch_status st;

	if (!any_over_tcp(config))
		return refuse_options_of_tcp(c);
	st = c->is_context ? context_tls(c) : environment_tls(c);
	if (st == ORCH_OK)
		st = check_insecure(c);
	config->has_tls =
		config->is_insecure || config->ca || config->cert || config->hosts[0].wants_tls;
	return st;
}

orch_status swarm_config_resolve(
	const char *url, const orch_client_options *options, struct swarm_config *out)
{
	struct choice c = { .config = out, .options = options };
	orch_status st;

	memset(out, 0, sizeof *out);
	c.folder = swarm_docker_folder(&out->texts);
	if (!c.folder)
		return no_memory();
	st = choose(&c, url);
	return st < 0 ? st : decide_tls(&c);
}

void swarm_config_dispose(struct swarm_config *config)
{
	orch__wipe_text(config->key);
	orch__free(config->ca);
	orch__free(config->cert);
	orch__free(config->key);
	orch__arena_dispose(&config->texts);
	memset(config, 0, sizeof *config);
}
