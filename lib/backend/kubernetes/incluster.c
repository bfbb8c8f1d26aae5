/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/incluster.h"

#include <stdio.h>
#include <string.h>

#include "backend/kubernetes/entry.h"
#include "util/env.h"
#include "util/error.h"
#include "util/file.h"

enum { PATH_CAP = 512, NAMESPACE_LIMIT = 256 };

static const char *host(void)
{
	return orch__env("KUBERNETES_SERVICE_HOST");
}

static const char *port(void)
{
	return orch__env("KUBERNETES_SERVICE_PORT");
}

bool kube_incluster_is(const char *folder)
{
	char path[PATH_CAP];
	const int n = snprintf(path, sizeof path, "%s/token", folder);

	return host() && port() && n > 0 && (size_t)n < sizeof path && orch__file_exists(path);
}

/* "https://[fd00::1]:443" */
static const char *server_url(struct orch__arena *a)
{
	const bool is_v6 = strchr(host(), ':') != NULL;
	char url[PATH_CAP];
	const int n = snprintf(url, sizeof url, "https://%s%s%s:%s", is_v6 ? "[" : "", host(),
		is_v6 ? "]" : "", port());

	if (n < 0 || (size_t)n >= sizeof url)
		return NULL;
	return orch__arena_strndup(a, url, (size_t)n);
}

static orch_status keep_namespace(struct orch__arena *a, const char *text, const char **out)
{
	const size_t len = strcspn(text, " \t\r\n");

	if (!len)
		return ORCH_OK;
	*out = orch__arena_strndup(a, text, len);
	return *out ? ORCH_OK : orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* Not every pod has the file. */
static orch_status read_namespace(const char *folder, struct kube_config *out)
{
	const char *named = orch__env("POD_NAMESPACE");
	char path[PATH_CAP], *text = NULL;
	orch_status st;

	if (named)
		return keep_namespace(&out->texts, named, &out->ns);
	snprintf(path, sizeof path, "%s/namespace", folder);
	st = orch__file_read(path, NAMESPACE_LIMIT, &text, NULL);
	if (st == ORCH_E_NOTFOUND) {
		orch__error_clear();
		return ORCH_OK;
	}
	if (st == ORCH_OK)
		st = keep_namespace(&out->texts, text, &out->ns);
	orch__free(text);
	return st;
}

orch_status kube_incluster_resolve(const char *folder, struct kube_config *out)
{
	out->url = "kubernetes://";
	out->chosen_by = "the service account of this pod";
	out->server = server_url(&out->texts);
	out->ca.path = kube_path_join(&out->texts, folder, "ca.crt");
	out->user.token_file = kube_path_join(&out->texts, folder, "token");
	if (!out->ca.path || !out->user.token_file)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	if (!out->server)
		return orch__fail(ORCH_E_INVALID, "KUBERNETES_SERVICE_HOST is too long");
	return read_namespace(folder, out);
}
