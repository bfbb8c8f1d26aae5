/* SPDX-License-Identifier: MIT */
#include "backend/swarm/context.h"

#include <string.h>

#include "json/json.h"
#include "net/crypto.h"
#include "util/env.h"
#include "util/error.h"
#include "util/file.h"
#include "util/text.h"
#include "util/wipe.h"

enum { FILE_LIMIT = 1 << 20 };

struct docker_config {
	const char *current_context;
};

struct context_meta {
	const char *name, *host;
	int64_t skip_tls_verify;
};

static const struct docker_config config_blank = { NULL };
static const struct context_meta meta_blank = { NULL, NULL, ORCH_UNSET };

/* clang-format off */
ORCH__J_LOCAL_TABLE(config_file, config_blank,
	ORCH__J_STR("currentContext", struct docker_config, current_context, 0));

ORCH__J_LOCAL_TABLE(context_file, meta_blank,
	ORCH__J_STR("Name", struct context_meta, name, 0),
	ORCH__J_STR("Endpoints.docker.Host", struct context_meta, host, 0),
	ORCH__J_BOOL("Endpoints.docker.SkipTLSVerify", struct context_meta, skip_tls_verify, 0));
/* clang-format on */

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

const char *swarm_path_join(struct orch__arena *a, const char *folder, const char *name)
{
	const size_t n = strlen(folder), m = strlen(name);
	char *path = orch__arena_take(a, n + m + 2);

	if (!path)
		return NULL;
	memcpy(path, folder, n);
	path[n] = '/';
	memcpy(path + n + 1, name, m + 1);
	return path;
}

const char *swarm_docker_folder(struct orch__arena *a)
{
	const char *folder = orch__env("DOCKER_CONFIG"), *home = orch__env("HOME");

	if (folder)
		return orch__arena_strndup(a, folder, strlen(folder));
	if (home)
		return swarm_path_join(a, home, ".docker");
	return "";
}

/* A JSON file into a struct; E_NOTFOUND when there is none. */
static orch_status load(
	const struct orch__json_table *t, struct orch__arena *a, const char *path, void *out)
{
	char *text = NULL;
	size_t len = 0;
	orch_status st = orch__file_read(path, FILE_LIMIT, &text, &len);

	if (st < 0)
		return st;
	st = orch__json_decode(t, a, text, len, out);
	orch__wipe(text, len); /* config.json may hold credentials */
	orch__free(text);
	if (st == ORCH_E_PROTOCOL)
		st = ORCH_E_INVALID; /* no server said this */
	return st < 0 ? orch__fail_in(st, "%s", path) : ORCH_OK;
}

orch_status swarm_context_current(struct orch__arena *a, const char *folder, const char **out)
{
	const char *path = swarm_path_join(a, folder, "config.json");
	struct docker_config config = config_blank;
	orch_status st;

	*out = NULL;
	if (!*folder)
		return ORCH_OK;
	if (!path)
		return no_memory();
	st = load(&config_file, a, path, &config);
	if (st == ORCH_E_NOTFOUND) {
		orch__error_clear();
		return ORCH_OK;
	}
	if (st < 0)
		return st;
	if (config.current_context && *config.current_context &&
		!orch__text_equal(config.current_context, "default"))
		*out = config.current_context;
	return ORCH_OK;
}

static const char *join3(struct orch__arena *a, const char *x, const char *y, const char *z)
{
	const char *xy = swarm_path_join(a, x, y);

	return xy ? swarm_path_join(a, xy, z) : NULL;
}

/* The store names its folders by the digest of the context's name. */
orch_status swarm_context_load(
	struct orch__arena *a, const char *folder, const char *name, struct swarm_context *out)
{
	char id[ORCH__SHA256_HEX];
	struct context_meta meta = meta_blank;
	const char *file, *tls;
	orch_status st;

	if (!orch__sha256_hex(name, strlen(name), id))
		return no_memory();
	file = join3(a, folder, "contexts/meta", id);
	file = file ? swarm_path_join(a, file, "meta.json") : NULL;
	tls = join3(a, folder, "contexts/tls", id);
	tls = tls ? swarm_path_join(a, tls, "docker") : NULL;
	if (!file || !tls)
		return no_memory();
	st = load(&context_file, a, file, &meta);
	if (st == ORCH_E_NOTFOUND)
		return orch__fail(ORCH_E_NOTFOUND, "context \"%s\": context not found", name);
	if (st < 0)
		return orch__fail_in(st, "context \"%s\"", name);
	if (!meta.host || !*meta.host)
		return orch__fail(
			ORCH_E_INVALID, "context \"%s\": it has no docker endpoint", name);
	out->host = meta.host;
	out->tls_folder = tls;
	out->skips_verify = meta.skip_tls_verify == 1;
	return ORCH_OK;
}
