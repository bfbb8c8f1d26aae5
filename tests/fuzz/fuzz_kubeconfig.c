/* SPDX-License-Identifier: MIT */
/* A kubeconfig, up to what is known of a cluster and its user: nothing is run or opened. */
#include <stdlib.h>
#include <string.h>

#include "backend/kubernetes/config.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const urls[] = { "kubernetes://", "kubernetes://other" };
	orch_client_options options = ORCH_CLIENT_OPTIONS_INIT;
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	options.kubeconfig_text = text;
	options.insecure = 1;
	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		struct kube_config config;

		(void)!kube_config_resolve(urls[i], &options, &config);
		kube_config_dispose(&config);
	}
	free(text);
	return 0;
}
