/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_CONSTRAINT_H
#define ORCH_KUBE_CONSTRAINT_H

#include "backend/kubernetes/tables.h"
#include "orch/sys/backend.h"

/*
 * Placement. A constraint is a requirement In or NotIn with one value, of the node affinity
 * that is required; where there are several terms, one that stands in each of them. An entry
 * of nodeSelector is one, too. Other requirements are not shown and stay where they are.
 */
orch_status kube_constraints_read(
	orch_pool *pool, const struct kube_spec *wire, orch_constraint_list *out);

/* Sets node_selector and placement of `out`. `live` may be NULL; where it says the same it
 * stays as it is. */
orch_status kube_constraints_write(orch_pool *pool, orch_constraint_list want,
	const struct kube_spec *live, struct kube_spec *out);

#endif
