/* SPDX-License-Identifier: MIT */
/* Names of enumerators, for people. */
#include "orch/deployment.h"
#include "orch/instance.h"
#include "orch/namespace.h"

const char *orch_deployment_state_name(int64_t state)
{
	switch (state) {
	case ORCH_DEPLOYMENT_PROGRESSING:
		return "progressing";
	case ORCH_DEPLOYMENT_COMPLETE:
		return "complete";
	case ORCH_DEPLOYMENT_PAUSED:
		return "paused";
	case ORCH_DEPLOYMENT_FAILED:
		return "failed";
	case ORCH_DEPLOYMENT_ROLLING_BACK:
		return "rolling back";
	case ORCH_DEPLOYMENT_ROLLED_BACK:
		return "rolled back";
	default:
		return "unknown";
	}
}

const char *orch_instance_state_name(int64_t state)
{
	switch (state) {
	case ORCH_INSTANCE_PENDING:
		return "pending";
	case ORCH_INSTANCE_RUNNING:
		return "running";
	case ORCH_INSTANCE_SUCCEEDED:
		return "succeeded";
	case ORCH_INSTANCE_FAILED:
		return "failed";
	case ORCH_INSTANCE_STOPPING:
		return "stopping";
	default:
		return "unknown";
	}
}

const char *orch_namespace_state_name(int64_t state)
{
	switch (state) {
	case ORCH_NAMESPACE_ACTIVE:
		return "active";
	case ORCH_NAMESPACE_TERMINATING:
		return "terminating";
	default:
		return "unknown";
	}
}

const char *orch_cause_name(int64_t cause)
{
	switch (cause) {
#define X(name, value, text)                                                                       \
	case value:                                                                                \
		return value ? #name : "";
		ORCH_CAUSE_MAP(X)
#undef X
	default:
		return "";
	}
}

const char *orch_cause_text(int64_t cause)
{
	switch (cause) {
#define X(name, value, text)                                                                       \
	case value:                                                                                \
		return text;
		ORCH_CAUSE_MAP(X)
#undef X
	default:
		return "";
	}
}
