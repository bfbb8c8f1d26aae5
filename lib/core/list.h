/* SPDX-License-Identifier: MIT */
#ifndef ORCH_CORE_LIST_H
#define ORCH_CORE_LIST_H

#include "core/call.h"

/*
 * Begin a list: `given` over the defaults in `o`, checked. Its deadline is the client's,
 * or two minutes where that is less: a list may be long. `what` names the operation.
 */
orch_status orch__list_begin(struct orch__call *call, orch_client *client, const char *what,
	const orch_list_options *given, orch_list_options *o);

#endif
