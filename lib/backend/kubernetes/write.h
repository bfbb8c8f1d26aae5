/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_WRITE_H
#define ORCH_KUBE_WRITE_H

#include "backend/kubernetes/object.h"
#include "backend/kubernetes/resource.h"

struct kube_body {
	const char *text;
	size_t len;
};

/*
 * Writes, each fenced so that it takes effect once at most, and followed until it is known
 * what became of it, as far as the deadline allows. What is there afterwards is decoded into
 * `out`, with its text. `body` is signed with the name of the call.
 */

/* ORCH_E_EXISTS: somebody else has the name. Makes the namespace where that is missing. */
orch_status kube_write_new(
	const orch_call *call, const char *name, struct kube_body body, struct kube_live *out);

/* ORCH_E_CONFLICT: it is no longer what was read. `body` has its resourceVersion. */
orch_status kube_write_over(
	const orch_call *call, const char *name, struct kube_body body, struct kube_live *out);

/*
 * A merge patch, of the object or of its part `sub`. `is_done` (may be NULL) tells whether
 * what is there is what was meant, when the answer does not.
 */
struct kube_patch {
	const char *name, *sub;
	struct kube_body body;
	bool (*is_done)(const struct kube_live *found, const void *payload);
	const void *payload;
};

/* `out` may be NULL; of a part nothing is decoded. */
orch_status kube_write_patch(
	const orch_call *call, const struct kube_patch *patch, struct kube_live *out);

/* Delete the one of that uid, of any kind; gone already is gone. */
orch_status kube_write_gone(
	const orch_call *call, enum kube_kind kind, const char *name, const char *uid);

#endif
