/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_CONTEXT_H
#define ORCH_SWARM_CONTEXT_H

#include <stdbool.h>

#include "orch/error.h"
#include "util/arena.h"

/*
 * The files of the docker command: config.json, and the store of contexts that
 * `docker context create` fills. Read, never written.
 */

/* $DOCKER_CONFIG, else $HOME/.docker; "" when neither is set. NULL: out of memory. */
const char *swarm_docker_folder(struct orch__arena *a);

/* "folder/name"; NULL: out of memory. */
const char *swarm_path_join(struct orch__arena *a, const char *folder, const char *name);

/* currentContext of config.json; NULL when there is none or it is "default". */
orch_status swarm_context_current(struct orch__arena *a, const char *folder, const char **out);

struct swarm_context {
	const char *host;       /* "tcp://10.0.0.1:2376"                      */
	const char *tls_folder; /* holds ca.pem, cert.pem, key.pem, or some   */
	bool skips_verify;      /* it asks not to check the certificate       */
};

/* One context of the store, by name. ORCH_E_NOTFOUND: `context "x": context not found`. */
orch_status swarm_context_load(
	struct orch__arena *a, const char *folder, const char *name, struct swarm_context *out);

#endif
