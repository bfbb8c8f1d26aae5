/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_PLUGIN_WORLD_H
#define TESTS_SUPPORT_PLUGIN_WORLD_H

#include "backend/kubernetes/config.h"

/* A folder of its own with a plugin that is a shell script and counts its runs, and a
 * configuration that names it. Failing to make one fails the test. */
struct plugin_world {
	char folder[64], command[96];
	struct kube_exec exec;
	struct kube_config config;
};

#define PLUGIN_V1 "client.authentication.k8s.io/v1"
#define PLUGIN_V1BETA1 "client.authentication.k8s.io/v1beta1"
#define PLUGIN_TOKEN                                                                               \
	"echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" PLUGIN_V1                           \
	"\",\"status\":{\"token\":\"canary-exec\"}}'\n"

/* `body` runs in the folder. */
void plugin_world_open(struct plugin_world *w, const char *body);
void plugin_world_close(struct plugin_world *w);
void plugin_world_script(struct plugin_world *w, const char *body); /* another one */
int plugin_world_runs(const struct plugin_world *w);

/* A file of the folder: written whole; read, "" if there is none, valid until the next call. */
void plugin_world_write(const struct plugin_world *w, const char *name, const char *text);
const char *plugin_world_read(const struct plugin_world *w, const char *name);
const char *plugin_world_path(const struct plugin_world *w, const char *name);

#endif
