/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_OBJECT_H
#define ORCH_KUBE_OBJECT_H

#include "backend/kubernetes/tables.h"
#include "orch/sys/backend.h"
#include "util/buf.h"

/* A Deployment as it was read: what a write starts from. Lies in the pool of the call. */
struct kube_live {
	struct kube_deployment object;
	const char *text; /* all of it, for a write to lay over; NULL: not kept */
	orch_pool *pool;  /* where it lies: what is remembered later goes there, too */
	/* Of a deletion: the replica sets whose pods are its instances. */
	struct kube_uids {
		const char **items;
		size_t count, cap;
	} sets;
};

/* Read one; one that is being deleted is ORCH_E_NOTFOUND. */
orch_status kube_object_read(const orch_call *call, const char *name, struct kube_live *out);

/* What an answer says of one. Its text is kept when a write follows or it is asked for. */
orch_status kube_object_decode(
	const orch_call *call, const char *text, size_t len, struct kube_live *out);

/* What the public sees of it, but for the counts. Texts are borrowed from the object. */
orch_status kube_object_show(
	orch_pool *pool, const struct kube_deployment *object, orch_deployment *out);

/* The selector of its replica sets and pods, as a query says it: "a=b,c in (d,e),!f". */
void kube_object_selector(const struct kube_spec *spec, struct orch__buf *out);

/* Has the controller seen what was written last? Until then no instance is of that. */
bool kube_object_is_observed(const struct kube_deployment *object);

#endif
