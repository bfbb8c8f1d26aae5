/* SPDX-License-Identifier: MIT */
#include "support/clean_env.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

static const char *const variables[] = { "ORCH_URL", "HOME", "KUBECONFIG",
	"KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "DOCKER_HOST", "DOCKER_CONTEXT",
	"DOCKER_CONFIG", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH" };
enum { VARIABLES = sizeof variables / sizeof *variables };

static char *saved[VARIABLES];
static char home[64];

int clean_env_enter(void **state)
{
	for (size_t i = 0; i < VARIABLES; i++) {
		const char *value = getenv(variables[i]);

		saved[i] = value ? strdup(value) : NULL;
		unsetenv(variables[i]);
	}
	(void)snprintf(home, sizeof home, "/tmp/orch-home-XXXXXX");
	if (!mkdtemp(home))
		return -1;
	*state = home;
	return setenv("HOME", home, 1);
}

int clean_env_leave(void **state)
{
	char command[128];

	(void)state;
	for (size_t i = 0; i < VARIABLES; i++) {
		if (saved[i])
			setenv(variables[i], saved[i], 1);
		else
			unsetenv(variables[i]);
		free(saved[i]);
	}
	(void)snprintf(command, sizeof command, "rm -r '%s'", home);
	return system(command);
}

void clean_env_put(const char *folder, const char *name, const char *text)
{
	char path[512];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	for (char *slash = strchr(path + strlen(folder) + 1, '/'); slash;
		slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(path, 0700);
		*slash = '/';
	}
	f = fopen(path, "w");
	if (!f || fputs(text, f) < 0 || fclose(f) != 0) {
		perror(path);
		abort();
	}
}
