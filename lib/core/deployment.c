/* SPDX-License-Identifier: MIT */
/* Reading, waiting for, and releasing deployments. Writes are in change.c. */
#include "core/deployment.h"

#include "core/check.h"
#include "core/dispatch.h"
#include "model/deployment.h"
#include "util/error.h"

orch_deployment_entry *orch__entry_new(struct orch__call *call)
{
	orch_deployment_entry *entry = orch__result_new(sizeof *entry);

	if (!entry)
		(void)orch__fail(ORCH_E_NOMEM, "out of memory");
	else
		orch__call_into(call, entry);
	return entry;
}

void orch__entry_free(orch_deployment_entry *entry)
{
	orch__result_free(entry);
}

void orch_deployment_free(const orch_deployment *deployment)
{
	orch__result_free(deployment);
}

orch_status orch__entry_get(struct orch__call *call, const char *name, orch_deployment_entry *entry)
{
	orch_status st = call->c.backend->ops->deployment->get(&call->c, name, entry);

	if (st == ORCH_OK)
		orch__deployment_settle(&entry->deployment);
	return st;
}

orch_status orch_deployment_get(orch_client *client, const char *name, const orch_deployment **out)
{
	orch_deployment_entry *entry;
	struct orch__call call;
	orch_status st;

	orch__error_clear();
	if (!out)
		return orch__fail(ORCH_E_INVALID, "get deployment: out is NULL");
	st = orch__check_known_name("get deployment: name", name);
	if (st == ORCH_OK)
		st = orch__call_begin(&call, client, "get deployment", ORCH_UNSET);
	if (st < 0)
		return st;
	entry = orch__entry_new(&call);
	if (!entry)
		return ORCH_E_NOMEM;
	st = orch__entry_get(&call, name, entry);
	if (st < 0)
		orch__entry_free(entry);
	else
		*out = &entry->deployment;
	return orch__leave(st, "get deployment %s", name);
}

orch_status orch__wait_options(
	const char *what, const orch_wait_options *given, orch_wait_options *out)
{
	orch_wait_options o = ORCH_WAIT_OPTIONS_INIT;
	orch_status st = orch__options_copy(what, &o, sizeof o, given);

	if (st < 0)
		return st;
	o.timeout_ms = orch__or_default(o.timeout_ms, 600000);
	o.settle_ms = orch__or_default(o.settle_ms, 2000);
	o.stall_ms = orch__or_default(o.stall_ms, 10000);
	if (o.timeout_ms <= 0 || o.settle_ms < 0 || o.stall_ms < 0)
		return orch__fail(ORCH_E_INVALID,
			"%s: timeout_ms must be more than 0, settle_ms and stall_ms not negative",
			what);
	*out = o;
	return ORCH_OK;
}

orch_status orch__entry_wait(struct orch__call *call, const char *name,
	const orch_wait_options *options, orch_deployment_entry *entry)
{
	orch__wait_fn *wait;

	wait = (orch__wait_fn *)orch__slot(call->c.backend->ops, ORCH_CAP_DEPLOYMENT_WAIT);
	orch__call_extend(call, options->timeout_ms);
	return wait(&call->c, name, options, entry);
}

orch_status orch_deployment_wait(orch_client *client, const char *name,
	const orch_wait_options *options, const orch_deployment **out)
{
	orch_deployment_entry *entry;
	struct orch__call call;
	orch_wait_options o;
	orch_status st;

	orch__error_clear();
	st = orch__check_known_name("wait for deployment: name", name);
	if (st == ORCH_OK)
		st = orch__wait_options("wait for deployment", options, &o);
	if (st == ORCH_OK)
		st = orch__call_begin(&call, client, "wait for deployment", ORCH_UNSET);
	if (st < 0)
		return st;
	entry = orch__entry_new(&call);
	if (!entry)
		return ORCH_E_NOMEM;
	st = orch__entry_wait(&call, name, &o, entry);
	if (st < 0 || !out)
		orch__entry_free(entry);
	else
		*out = &entry->deployment;
	return orch__leave(st, "wait for deployment %s", name);
}
