/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_SESSION_H
#define ORCH_KUBE_SESSION_H

#include <pthread.h>
#include <stdbool.h>

#include "backend/kubernetes/config.h"
#include "backend/kubernetes/credentials.h"
#include "net/http.h"
#include "net/retry.h"
#include "orch/sys/backend.h"

/* How long to wait for what; tests make it short. */
struct kube_limits {
	int64_t patience_ms;  /* for the answer to a read, before it is asked again   */
	int64_t write_ms;     /* for the answer to a write: the server stops at 34 s  */
	int64_t forbidden_ms; /* for a server that has just started to load its rules */
};

/* The connections of one generation of TLS material; the last user closes it. */
struct kube_connections {
	struct orch__http *http;
	unsigned generation;
	unsigned users; /* under the lock of the session */
};

/* How connections come to be: orch__http_open(), or what a test puts in its place. */
typedef orch_status kube_open_http_fn(
	void *payload, const struct orch__http_config *config, struct orch__http **out);

/* One open backend. */
struct kube {
	orch_backend base;
	struct kube_config config;
	struct kube_credentials *credentials;
	struct kube_limits limits;
	bool is_strict, creates_namespaces;
	struct orch__retry_budget budget;
	pthread_mutex_t lock; /* of what follows */
	struct kube_connections *current;
	bool was_allowed; /* a request has succeeded: a 403 may be a server that is starting */
};

static inline struct kube *kube_of(const orch_call *call)
{
	return (struct kube *)call->backend;
}

#endif
