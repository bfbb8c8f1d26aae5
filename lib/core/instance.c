/* SPDX-License-Identifier: MIT */
#include "orch/instance.h"

#include <stdlib.h>

#include "core/check.h"
#include "core/deployment.h"
#include "model/deployment.h"
#include "util/error.h"

static int by_name(const void *a, const void *b)
{
	const orch_instance *x = *(const orch_instance *const *)a;
	const orch_instance *y = *(const orch_instance *const *)b;
	int order = orch__name_compare(x->name, y->name);

	return order ? order : orch__name_compare(x->id, y->id);
}

static orch_status read_list(struct orch__call *call, const char *deployment, orch_instances *list)
{
	orch_deployment_entry *of = orch_pool_take(call->c.pool, sizeof *of);
	orch_status st;

	if (!of)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	call->c.spec_only = 1; /* the list counts for itself */
	st = orch__entry_get(call, deployment, of);
	call->c.spec_only = 0;
	if (st == ORCH_OK)
		st = call->c.backend->ops->instance->list(&call->c, of, list);
	if (st == ORCH_OK && list->count)
		qsort((void *)(uintptr_t)list->items, list->count, sizeof *list->items, by_name);
	return st;
}

orch_status orch_instance_list(
	orch_client *client, const char *deployment, const orch_instances **out)
{
	struct orch__call call;
	orch_instances *list;
	orch_status st;

	orch__error_clear();
	if (!out)
		return orch__fail(ORCH_E_INVALID, "list instances: out is NULL");
	st = orch__check_known_name("list instances: deployment", deployment);
	if (st == ORCH_OK)
		st = orch__call_begin(&call, client, "list instances", ORCH_UNSET);
	if (st < 0)
		return st;
	list = orch__result_new(sizeof *list);
	if (!list)
		return orch__fail(ORCH_E_NOMEM, "list instances: out of memory");
	orch__call_into(&call, list);
	st = read_list(&call, deployment, list);
	if (st < 0)
		orch__result_free(list);
	else
		*out = list;
	return orch__leave(st, "list instances of %s", deployment);
}

void orch_instances_free(const orch_instances *list)
{
	orch__result_free(list);
}
