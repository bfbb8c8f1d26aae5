/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_TICKET_H
#define ORCH_UTIL_TICKET_H

#include "orch/sys/backend.h"
#include "util/cancel.h"

/* By which a cancel of this call reaches what is done for it. */
static inline struct orch__cancel_ticket orch__ticket(const orch_call *call)
{
	const struct orch__cancel_ticket none = { NULL, 0 };

	return call->ticket ? *(const struct orch__cancel_ticket *)call->ticket : none;
}

#endif
