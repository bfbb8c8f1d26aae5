/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>

#include "backend/kubernetes/incluster.h"
#include "backend/kubernetes/noun.h"
#include "util/env.h"
#include "util/file.h"

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

	if (is_said || kube_incluster_is(KUBE_SERVICE_ACCOUNT) || has_kubeconfig())
		*url = "kubernetes://";
	return ORCH_OK;
}
