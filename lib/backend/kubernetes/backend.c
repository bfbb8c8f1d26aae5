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

static const struct orch_feature features[] = {
	{ ORCH_CAP_RESTART_CONDITION, ORCH_LEVEL_UNAVAILABLE,
		"Kubernetes always starts the pods of a Deployment again" },
	{ ORCH_CAP_RESTART_DELAY, ORCH_LEVEL_UNAVAILABLE,
		"Kubernetes chooses the delay itself: 10 s, doubling to 5 min" },
	{ ORCH_CAP_NAMED_USER, ORCH_LEVEL_UNAVAILABLE, "Kubernetes takes users by number only" },
	{ ORCH_CAP_PREFIXED_NODE_LABEL, ORCH_LEVEL_NATIVE, "" },
	{ ORCH_CAP_SEVERAL_ENDPOINTS, ORCH_LEVEL_UNAVAILABLE,
		"a kubeconfig names one server, which may be a load balancer" },
	{ ORCH_CAP_FIELD_OWNERSHIP, ORCH_LEVEL_NATIVE, "" },
	{ (orch_cap)0, ORCH_LEVEL_UNAVAILABLE, NULL },
};

static const struct orch_deployment_ops deployment = {
	.struct_size = sizeof deployment,
	.get = kube_deployment_get,
	.open = kube_deployment_open,
	.next = kube_deployment_next,
	.close = kube_deployment_close,
	.put = kube_deployment_put,
	.scale = kube_deployment_scale,
	.restart = kube_deployment_restart,
	.remove = kube_deployment_remove,
	.remaining = kube_deployment_remaining,
};

static const struct orch_instance_ops instance = {
	.struct_size = sizeof instance,
	.list = kube_instance_list,
};

static const struct orch_ns_ops ns = {
	.struct_size = sizeof ns,
	.list = kube_ns_list,
	.put = kube_ns_put,
	.remove = kube_ns_remove,
	.remaining = kube_ns_remaining,
};

static const char *const options[] = { "context", "ca_file", "cert_file", "key_file", "insecure",
	"proxy", "kubeconfig", "kubeconfig_text", "server", "token", "token_file",
	"impersonate_user", "impersonate_groups", "exec_policy", "exec_allowed", "create_namespace",
	NULL };

const struct orch_backend_ops kubernetes_backend = {
	.struct_size = sizeof kubernetes_backend,
	.name = "kubernetes",
	.schemes = (const char *const[]){ "kubernetes", NULL },
	.open = kube_open,
	.close = kube_close,
	.info = kube_info,
	.detect = kube_detect,
	.features = features,
	.deployment = &deployment,
	.instance = &instance,
	.ns = &ns,
	.options = options,
};
