/* SPDX-License-Identifier: MIT */
#ifndef ORCH_CORE_DEPLOYMENT_H
#define ORCH_CORE_DEPLOYMENT_H

#include "core/call.h"

/* Results of deployments are entries, of which programs see the first member. */
orch_deployment_entry *orch__entry_new(struct orch__call *call);
void orch__entry_free(orch_deployment_entry *entry);

/* Read one, with its state settled. */
orch_status orch__entry_get(
	struct orch__call *call, const char *name, orch_deployment_entry *entry);

/* Wait, with options that are complete, in a call of its own deadline. */
orch_status orch__entry_wait(struct orch__call *call, const char *name,
	const orch_wait_options *options, orch_deployment_entry *entry);

orch_status orch__wait_options(
	const char *what, const orch_wait_options *given, orch_wait_options *out);

#endif
