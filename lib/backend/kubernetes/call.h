/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_CALL_H
#define ORCH_KUBE_CALL_H

#include "backend/kubernetes/session.h"

/* What a second copy of a request would do. */
enum kube_again {
	KUBE_READ,   /* nothing                                                      */
	KUBE_REPEAT, /* nothing that the first has not done: apply, delete by uid    */
	KUBE_ONCE    /* harm: its unknown outcome is for the caller to find out      */
};

struct kube_request {
	const char *method, *path, *query; /* the path without the server's prefix */
	const char *content_type;          /* NULL: application/json */
	const char *accept;                /* NULL: application/json */
	const char *body;
	size_t body_len;
	enum kube_again again;
	bool is_large; /* a long list */
	/* Takes the body of a 2xx answer piece by piece; NULL: it is collected. `restart`
	 * comes before each attempt: what came so far does not count. */
	orch_status (*write)(void *payload, const char *data, size_t len);
	orch_status (*restart)(void *payload);
	void *payload;
};

/*
 * Ask until there is a 2xx, the deadline comes or the answer is final: credentials are
 * put in and renewed on 401, lost connections, 429 and 5xx are tried again with pauses
 * where `again` allows it. Everything else is the error that error.h makes of the answer.
 */
orch_status kube_send(
	const orch_call *call, const struct kube_request *request, struct orch__response *response);

#endif
