/* SPDX-License-Identifier: MIT */
#include "core/list.h"

#include "core/check.h"

enum { LIST_TIMEOUT_MS = 120000 };

orch_status orch__list_begin(struct orch__call *call, orch_client *client, const char *what,
	const orch_list_options *given, orch_list_options *o)
{
	int64_t timeout_ms;
	orch_status st = orch__options_copy(what, o, sizeof *o, given);

	if (st == ORCH_OK)
		st = orch__check_selector(o->selector);
	if (st < 0)
		return st;
	o->all_namespaces = orch__or_default(o->all_namespaces, 0);
	timeout_ms = o->timeout_ms;
	if (timeout_ms == ORCH_UNSET && client && client->timeout_ms < LIST_TIMEOUT_MS)
		timeout_ms = LIST_TIMEOUT_MS;
	return orch__call_begin(call, client, what, timeout_ms);
}
