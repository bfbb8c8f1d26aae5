/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/kube.h"

#include "backend/kubernetes/config.h"
#include "backend/kubernetes/noun.h"
#include "backend/kubernetes/session.h"

static orch_status open_http(
	void *payload, const struct orch__http_config *config, struct orch__http **out)
{
	(void)payload;
	return orch__http_open(config, out);
}

orch_status kube_open(
	const char *url, const orch_client_options *options, orch_backend **out, const char **ns)
{
	struct kube_config config;
	struct kube *k = NULL;
	orch_status st = kube_config_resolve(url, options, &config);

	if (st == ORCH_OK)
		st = kube_session_open(&config, options, open_http, NULL, &k);
	if (st < 0) {
		kube_config_dispose(&config);
		return st;
	}
	if (k->config.ns)
		*ns = k->config.ns;
	*out = &k->base;
	return ORCH_OK;
}

void kube_close(orch_backend *backend)
{
	kube_session_close((struct kube *)backend);
}
