/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "support/kube_world.h"

const char *kube_world_status(
	int code, const char *reason, const char *message, const char *name, const char *rest)
{
	static char texts[4][4096];
	static unsigned next;
	char *text = texts[next++ % 4];
	char word[128] = "", about[300] = "";

	if (reason)
		snprintf(word, sizeof word, "\"reason\":\"%s\",", reason);
	if (name)
		snprintf(about, sizeof about,
			"\"name\":\"%s\",\"group\":\"apps\",\"kind\":"
			"\"deployments\"%s",
			name, rest ? "," : "");
	snprintf(text, sizeof texts[0],
		"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","
		"\"message\":\"%s\",%s\"details\":{%s%s},\"code\":%d}",
		message, word, about, rest ? rest : "", code);
	return text;
}
