/* SPDX-License-Identifier: MIT */
#include "backend/sim/error.h"

#include <inttypes.h>
#include <string.h>

#include "util/error.h"

static orch_status not_applied(orch_status status, const char *reason)
{
	orch__error_remote(0, reason, ORCH_UNSET);
	orch__error_outcome(ORCH_OUTCOME_NOT_APPLIED);
	return status;
}

orch_status sim_error_notfound(const char *name)
{
	return not_applied(
		orch__fail(ORCH_E_NOTFOUND, "deployment %s not found", name), "NotFound");
}

orch_status sim_error_exists(const char *name)
{
	return not_applied(
		orch__fail(ORCH_E_EXISTS, "deployment %s already exists", name), "AlreadyExists");
}

orch_status sim_error_conflict(const struct sim_write *write, const struct sim_deployment *now)
{
	orch_status st;

	if (!now)
		st = orch__fail(
			ORCH_E_CONFLICT, "deployment %s was deleted meanwhile", write->name);
	else if (strcmp(now->id, write->live->id) != 0)
		st = orch__fail(ORCH_E_CONFLICT,
			"deployment %s was deleted and created anew meanwhile", write->name);
	else
		st = orch__fail(ORCH_E_CONFLICT,
			"deployment %s is at version %" PRIu64 ", not %" PRIu64, write->name,
			now->version, write->live->version);
	return not_applied(st, "Conflict");
}

orch_status sim_error_too_many(const char *name, int64_t replicas)
{
	orch_status st = orch__fail(ORCH_E_TOO_LARGE,
		"deployment %s: %" PRId64 " instances are more than the simulator's %" PRId64, name,
		replicas, SIM_REPLICAS_MAX);

	return not_applied(st, "TooLarge");
}

orch_status sim_error_nomem(const char *name)
{
	return orch__fail(ORCH_E_NOMEM, "deployment %s", name);
}

orch_status sim_error_injected(orch_status status, const char *operation, orch_outcome outcome)
{
	(void)!orch__fail(status, "%s: a fault of the simulator", operation);
	orch__error_outcome(outcome);
	return status;
}
