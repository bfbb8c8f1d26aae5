/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>

#include "backend/kubernetes/noun.h"
#include "util/env.h"
#include "util/file.h"

#define TOKEN "/var/run/secrets/kubernetes.io/serviceaccount/token"

/* The variables alone may be left over from a parent process that was in one. */
static bool is_in_cluster(void)
{
	return orch__env("KUBERNETES_SERVICE_HOST") && orch__env("KUBERNETES_SERVICE_PORT") &&
		orch__file_exists(TOKEN);
}

/* KUBECONFIG that names no file is a mistake which opening tells of, not the lack of one. */
static bool has_kubeconfig(void)
{
	const char *home = orch__env("HOME");
	char path[4096];
	int n;

	if (orch__env("KUBECONFIG"))
		return true;
	n = home ? snprintf(path, sizeof path, "%s/.kube/config", home) : -1;
	return n > 0 && (size_t)n < sizeof path && orch__file_exists(path);
}

orch_status kube_detect(const orch_client_options *options, const char **url)
{
	const bool is_said = options->kubeconfig || options->kubeconfig_text || options->server;

	if (is_said || is_in_cluster() || has_kubeconfig())
		*url = "kubernetes://";
	return ORCH_OK;
}
