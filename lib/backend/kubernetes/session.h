/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_SESSION_H
#define ORCH_KUBE_SESSION_H

#include <pthread.h>
#include <stdbool.h>

#include "backend/kubernetes/config.h"
#include "backend/kubernetes/credentials.h"
#include "net/doubt.h"
#include "net/http.h"
#include "net/retry.h"
#include "orch/sys/backend.h"

/* How long to wait for what; tests make it short. See session.c for the reasons. */
struct kube_limits {
	int64_t patience_ms;  /* for the answer to a read, before it is asked again   */
	int64_t write_ms;     /* for the answer to a write: the server stops at 34 s  */
	int64_t forbidden_ms; /* for a server that has just started to load its rules */
	int64_t unsettled_ms; /* after a lost connection: it may just have started    */
};

/* The connections of one generation of TLS material; the last user closes it. */
struct kube_connections {
	struct orch__http *http;
	unsigned generation;
	unsigned users; /* under the lock of the session, which is one of them */
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
	struct orch__doubts doubts;

	/* What new connections are made of, beside TLS. */
	struct orch__arena texts;
	struct orch__http_config http;
	kube_open_http_fn *open_http;
	void *open_payload;

	pthread_mutex_t lock; /* of what follows */
	struct kube_connections *current;
	bool was_allowed; /* a request has succeeded: a 403 may be a server that is starting */
	int64_t unsettled_until_ms; /* and until then it is */
};

static inline struct kube *kube_of(const orch_call *call)
{
	return (struct kube *)call->backend;
}

/* `config` is moved into the session on success, and left as it was on failure. Connects
 * nothing, reads no secret. */
orch_status kube_session_open(struct kube_config *config, const orch_client_options *options,
	kube_open_http_fn *open_http, void *payload, struct kube **out);
void kube_session_close(struct kube *k);

/* Connections with the material of this generation, or of a newer one. Give them back. */
orch_status kube_session_connect(
	struct kube *k, unsigned generation, struct kube_connections **out);
void kube_session_release(struct kube *k, struct kube_connections *connections);

/* "10.0.0.1:6443", in the pool; NULL: out of memory. */
const char *kube_session_address(struct kube *k, orch_pool *pool);

/* The server has answered with a 2xx. */
void kube_session_allowed(struct kube *k);
/* It is, or was until now, not there. */
void kube_session_unsettled(struct kube *k);
/* Is a 403 perhaps that of a server which does not know its rules yet? */
bool kube_session_doubts(struct kube *k);

#endif
