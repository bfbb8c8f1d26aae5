/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_SESSION_H
#define ORCH_SWARM_SESSION_H

#include <pthread.h>
#include <stdbool.h>

#include "backend/swarm/config.h"
#include "backend/swarm/version.h"
#include "net/doubt.h"
#include "net/http.h"
#include "orch/sys/backend.h"

/* One engine. */
struct swarm_endpoint {
	struct orch__http *http;
	struct swarm_api api; /* both 0: ask before the next request; under the lock */
};

/* How long to wait for what; tests make it short. See exchange.c for the reasons. */
struct swarm_limits {
	int64_t ping_ms;     /* an engine about itself                                  */
	int64_t patience_ms; /* about a read: to begin with                             */
	int64_t silence_ms;  /* about a write: until others are asked what became of it */
	int64_t probe_ms;    /* those                                                   */
	int64_t linger_ms;   /* about a write, after others have answered               */
	int64_t write_ms;    /* about a write, whatever happens                         */
	int64_t again_ms;    /* for a lost creation to turn up before it is sent again  */
	int64_t late_ms;     /* until the engine has dropped whatever it was asked      */
};

/* One open backend: several engines of one swarm, of which one was good last time. */
struct swarm {
	orch_backend base;
	const char *url, *chosen_by, *forced_api;
	bool is_strict;
	struct swarm_limits limits;
	struct orch__arena texts;
	struct orch__doubts doubts;
	pthread_mutex_t lock; /* of what follows, and the versions */
	size_t current;
	size_t count;
	struct swarm_endpoint endpoints[SWARM_HOSTS_MAX];
};

/* How an endpoint comes to be: orch__http_open(), or what a test puts in its place. */
typedef orch_status swarm_open_http_fn(
	void *payload, const struct orch__http_config *config, struct orch__http **out);

orch_status swarm_session_open(const struct swarm_config *config,
	const orch_client_options *options, swarm_open_http_fn *open_http, void *payload,
	struct swarm **out);
void swarm_session_close(struct swarm *s);

static inline struct swarm *swarm_of(const orch_call *call)
{
	return (struct swarm *)call->backend;
}

/* The endpoint to begin with, and the one to remember. */
size_t swarm_session_current(struct swarm *s);
void swarm_session_prefer(struct swarm *s, size_t i);

struct swarm_api swarm_session_api(struct swarm *s, size_t i);
void swarm_session_set_api(struct swarm *s, size_t i, struct swarm_api api);

#endif
