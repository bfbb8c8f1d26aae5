/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_SPEC_H
#define ORCH_KUBE_SPEC_H

#include "backend/kubernetes/tables.h"
#include "orch/sys/backend.h"

/* What a deployment is called here, and what the server says: defaults that the server has
 * filled in read as they are documented in docs/kubernetes.md. */
orch_status kube_spec_read(
	orch_pool *pool, const struct kube_spec *wire, const char *name, orch_deployment_spec *out);

/*
 * What the server shall be told. `live` is what it has, or NULL to create: of it the
 * spelling is kept where it says the same, and all that belongs to others.
 */
orch_status kube_spec_write(orch_pool *pool, const orch_deployment_spec *want,
	const struct kube_spec *live, struct kube_spec *out);

#endif
