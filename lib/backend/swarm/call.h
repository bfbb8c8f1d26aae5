/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_CALL_H
#define ORCH_SWARM_CALL_H

#include "backend/swarm/session.h"

/*
 * Asking the swarm: whichever manager answers will do. An engine that is down,
 * silent, no manager or without a leader is left for the next one; when all
 * have been asked, there is a pause and another round, until the deadline.
 */

/* What is asked. Paths are without the version of the API, which each engine adds. */
struct swarm_request {
	const char *method, *path, *query;
	const char *body;
	size_t body_len;
	bool is_large; /* a long list */
	bool is_once;  /* the network layer may not send it a second time by itself */
	/* Takes the body of a 2xx answer piece by piece; NULL: it is collected. `restart`
	 * comes before each attempt: what came so far does not count. */
	orch_status (*write)(void *payload, const char *data, size_t len);
	orch_status (*restart)(void *payload);
	void *payload;
	struct orch__transfer **stream; /* not NULL: the body is left for the caller to pull */
	/* Of writes, and theirs alone. Called while the answer is not there: read elsewhere
	 * what became of it, in a call that ends soon, beginning with one endpoint. ORCH_OK:
	 * the swarm answers; `*is_settled`: and it has happened. */
	orch_status (*probe)(
		void *payload, const orch_call *call, size_t endpoint, bool *is_settled);
};

/* The attempts of one call, over all requests that it takes. */
struct swarm_attempts {
	const orch_call *call;
	struct swarm *s;
	size_t at;       /* the endpoint to ask next                               */
	unsigned hops;   /* endpoints asked in vain since the last pause           */
	unsigned rounds; /* pauses so far                                          */
	unsigned silences;
	uint32_t useless; /* bit by endpoint: it said that it will not do          */
	uint32_t renewed; /* it was asked for its version once more                */
	uint32_t silent;  /* it did not answer a question about the swarm          */
	uint32_t alive;   /* and then did answer one about itself                  */
	bool has_story;
	orch_error story; /* the failure that tells most                           */
};

void swarm_attempts_begin(struct swarm_attempts *a, const orch_call *call);

/*
 * Ask until there is a 2xx. A write whose outcome is unknown is not repeated
 * here: whoever sent it finds out first (write.c), and calls again.
 */
orch_status swarm_send(struct swarm_attempts *a, const struct swarm_request *request,
	struct orch__response *response);

/* A pause before another round; they grow. ORCH_E_TIMEOUT at the deadline, ORCH_E_CANCELLED. */
orch_status swarm_attempts_rest(struct swarm_attempts *a);

/* After a failure in the middle of a stream, which is the last error: ORCH_OK, open it anew. */
orch_status swarm_attempts_next(struct swarm_attempts *a);

/* Which version to speak with an endpoint, asking it if need be. */
orch_status swarm_negotiate(struct swarm_attempts *a, size_t i, struct swarm_api *out);

#endif
