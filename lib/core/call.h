/* SPDX-License-Identifier: MIT */
#ifndef ORCH_CORE_CALL_H
#define ORCH_CORE_CALL_H

#include "core/client.h"
#include "util/options.h"
#include "util/pool.h"

/* One public call: what the backend sees, and what that points to. */
struct orch__call {
	orch_call c;
	struct orch__cancel_ticket ticket;
	char op_id[33];
};

/*
 * Begin a public call on a client: fails with ORCH_E_INVALID for NULL and with
 * ORCH_E_FORKED in a child process. `what` names the operation in the message.
 * `timeout_ms` may be ORCH_UNSET: the client's.
 */
orch_status orch__call_begin(
	struct orch__call *call, orch_client *client, const char *what, int64_t timeout_ms);

/* The same call with its results in another place and until another time. */
void orch__call_into(struct orch__call *call, const void *result);
void orch__call_extend(struct orch__call *call, int64_t timeout_ms);

#endif
