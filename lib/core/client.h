/* SPDX-License-Identifier: MIT */
#ifndef ORCH_CORE_CLIENT_H
#define ORCH_CORE_CLIENT_H

#include <stdatomic.h>

#include <sys/types.h>

#include "orch/client.h"
#include "orch/sys/backend.h"
#include "util/cancel.h"

/* What all views of a client share. */
struct orch__session {
	atomic_size_t refs;
	orch_backend *backend;
	pid_t pid; /* a child process must not speak on our connections */
	int64_t raw_json;
	orch_interrupted_fn *interrupted;
	void *interrupted_payload;
	const char *named_by; /* where the URL came from; NULL: the backend says it all */
};

/* A view: what orch_client_open() and orch_client_with_...() give. */
struct orch_client {
	atomic_size_t refs;
	struct orch__session *session;
	char *ns;
	int64_t timeout_ms;
	struct orch__cancel cancel;
};

#endif
