/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/doubt.h"

#include <stdio.h>
#include <string.h>

#include "backend/kubernetes/names.h"
#include "backend/kubernetes/session.h"
#include "backend/kubernetes/write.h"

/* Neither of the two has a slash. */
static void name_it(const orch_call *call, const char *name, char *out, size_t cap)
{
	(void)snprintf(out, cap, "%s/%s", call->ns, name);
}

/* What the server has been asked is over when nobody waits for its answer any more. */
void kube_doubt_add(const orch_call *call, const char *name, int64_t sent_ms)
{
	struct kube *k = kube_of(call);
	char at[sizeof k->doubts.items->name];

	name_it(call, name, at, sizeof at);
	orch__doubts_add(&k->doubts, at, call->op_id, sent_ms + k->limits.write_ms);
}

/* One of that name by another call is somebody's. */
static orch_status look(const orch_call *call, const struct orch__doubt *d, bool *is_settled)
{
	const char *name = strchr(d->name, '/') + 1;
	struct kube_live found;
	orch_status st = kube_object_read(call, name, &found);

	*is_settled = st == ORCH_OK;
	if (st == ORCH_OK && kube_meta_is_signed(&found.object.spec.meta, d->op_id))
		st = kube_write_gone(call, KUBE_DEPLOYMENT, name, found.object.spec.meta.uid);
	return st == ORCH_E_NOTFOUND ? ORCH_OK : st;
}

orch_status kube_doubt_settle(const orch_call *call, const char *name)
{
	struct kube *k = kube_of(call);
	char at[sizeof k->doubts.items->name];

	name_it(call, name, at, sizeof at);
	return orch__doubts_settle(&k->doubts, call, at, look);
}
