/* SPDX-License-Identifier: MIT */
#ifndef ORCH_MODEL_DEPLOYMENT_H
#define ORCH_MODEL_DEPLOYMENT_H

#include <stdbool.h>

#include "orch/deployment.h"
#include "orch/instance.h"
#include "util/arena.h"

/* What the counts say, where the orchestrator did not say more: sets `state`. */
void orch__deployment_settle(orch_deployment *d);

/* All of it, deep; false: no memory, and `to` is as it was. */
bool orch__deployment_copy(
	struct orch__arena *arena, const orch_deployment *from, orch_deployment *to);

/* Did the orchestrator itself stop trying? */
bool orch__deployment_given_up(const orch_deployment *d);

/* Why an instance does not serve: one that ended well and stays so ends by itself, too. */
int64_t orch__instance_cause(const orch_instance *i);

/* Will this instance, left alone, not come up? A cause that somebody must mend. */
bool orch__instance_is_failing(const orch_instance *i);

/* The instance that best explains why a deployment is not complete, or NULL. */
const orch_instance *orch__instances_worst(const orch_instances *list);

/* Sort by name, the digits in it by value: web.2 stands before web.10. */
int orch__name_compare(const char *a, const char *b);

#endif
