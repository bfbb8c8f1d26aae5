/* SPDX-License-Identifier: MIT */
#include "backend/swarm/tables.h"

#include <stdio.h>
#include <string.h>

#include "util/clock.h"
#include "util/number.h"

/* ---- spellings ---- */

enum { NANO_PER_MILLI = 1000000 };

/* Rounded away from zero, as a check every half millisecond is not one all the time. */
static bool parse_nano(const char *text, size_t len, int64_t *out)
{
	int64_t n;

	if (!orch__parse_i64(text, len, &n))
		return false;
	*out = n / NANO_PER_MILLI + (n % NANO_PER_MILLI > 0) - (n % NANO_PER_MILLI < 0);
	return true;
}

static int format_nano(int64_t value, char *buf, size_t cap)
{
	if (value > INT64_MAX / NANO_PER_MILLI || value < INT64_MIN / NANO_PER_MILLI)
		return -1;
	return snprintf(buf, cap, "%lld", (long long)value * NANO_PER_MILLI);
}

static const struct orch__json_scalar nano = { "number of billionths", false, parse_nano,
	format_nano };

static int format_time(int64_t value, char *buf, size_t cap)
{
	return orch__time_format(value, buf, cap);
}

static const struct orch__json_scalar timestamp = { "timestamp", true, orch__time_parse,
	format_time };

static bool is_word(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

static const char *const conditions[] = { "", "any", "on-failure", "none" };
enum { CONDITIONS = sizeof conditions / sizeof *conditions };

/* The engine takes "" for the default. */
static bool parse_condition(const char *text, size_t len, int64_t *out)
{
	*out = ORCH_RESTART_ANY;
	if (len == 0)
		return true;
	for (int64_t i = 1; i < CONDITIONS; i++) {
		if (!is_word(text, len, conditions[i]))
			continue;
		*out = i;
		return true;
	}
	return false;
}

static int format_condition(int64_t value, char *buf, size_t cap)
{
	if (value < 1 || value >= CONDITIONS)
		return -1;
	return snprintf(buf, cap, "%s", conditions[value]);
}

static const struct orch__json_scalar condition = { "restart condition", true, parse_condition,
	format_condition };

static const char *const states[] = { "?", "new", "allocated", "pending", "assigned", "accepted",
	"preparing", "ready", "starting", "running", "complete", "shutdown", "failed", "rejected",
	"remove", "orphaned" };
enum { STATES = sizeof states / sizeof *states };

static bool parse_state(const char *text, size_t len, int64_t *out)
{
	*out = SWARM_TASK_STRANGE;
	for (int64_t i = 1; i < STATES; i++)
		if (is_word(text, len, states[i]))
			*out = i;
	return true;
}

const char *swarm_task_state_name(int64_t value)
{
	return states[value > 0 && value < STATES ? value : 0];
}

static int format_state(int64_t value, char *buf, size_t cap)
{
	return snprintf(buf, cap, "%s", swarm_task_state_name(value));
}

static const struct orch__json_scalar state = { "state of a task", true, parse_state,
	format_state };

/* ---- unset values ---- */

static const struct swarm_health health_blank = { .interval_ms = ORCH_UNSET,
	.timeout_ms = ORCH_UNSET,
	.start_period_ms = ORCH_UNSET,
	.retries = ORCH_UNSET };
static const struct swarm_restart restart_blank = { ORCH_UNSET, ORCH_UNSET, ORCH_UNSET };
static const struct swarm_spec spec_blank = { .stop_grace_ms = ORCH_UNSET,
	.cpu_limit_milli = ORCH_UNSET,
	.cpu_request_milli = ORCH_UNSET,
	.memory_limit_bytes = ORCH_UNSET,
	.memory_request_bytes = ORCH_UNSET,
	.replicas = ORCH_UNSET };
static const struct swarm_patch patch_blank = { .replicas = ORCH_UNSET };
static const struct swarm_service service_blank = { .created_ms = ORCH_UNSET,
	.updated_ms = ORCH_UNSET };
static const struct swarm_task task_blank = {
	.created_ms = ORCH_UNSET, .slot = ORCH_UNSET, .exit_code = ORCH_UNSET
};
static const struct swarm_node node_blank = { NULL, NULL, NULL, NULL };
static const struct swarm_created created_blank = { NULL };
static const struct swarm_server server_blank = { NULL, NULL };
static const struct swarm_filters filters_blank = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 },
	{ NULL, 0 } };

/* ---- rows ---- */

/* clang-format off */
ORCH__J_LOCAL_TABLE(health_table, health_blank,
	ORCH__J_STRVEC("Test", struct swarm_health, test, 0),
	ORCH__J_SCALAR("Interval", struct swarm_health, interval_ms, 0, &nano),
	ORCH__J_SCALAR("Timeout", struct swarm_health, timeout_ms, 0, &nano),
	ORCH__J_SCALAR("StartPeriod", struct swarm_health, start_period_ms, 0, &nano),
	ORCH__J_I64("Retries", struct swarm_health, retries, 0));

ORCH__J_LOCAL_TABLE(restart_table, restart_blank,
	ORCH__J_SCALAR("Condition", struct swarm_restart, condition, 0, &condition),
	ORCH__J_SCALAR("Delay", struct swarm_restart, delay_ms, 0, &nano),
	ORCH__J_I64("MaxAttempts", struct swarm_restart, max_attempts, 0));

#define CONTAINER "TaskTemplate.ContainerSpec."
#define LIMITS "TaskTemplate.Resources.Limits."
#define RESERVED "TaskTemplate.Resources.Reservations."
ORCH__J_TABLE(swarm_spec_table, spec_blank,
	ORCH__J_STR("Name", struct swarm_spec, name, ORCH__J_REQUIRED),
	ORCH__J_MAP("Labels", struct swarm_spec, labels, 0),
	ORCH__J_STR(CONTAINER "Image", struct swarm_spec, image, 0),
	ORCH__J_STRVEC(CONTAINER "Command", struct swarm_spec, command, 0),
	ORCH__J_STRVEC(CONTAINER "Args", struct swarm_spec, args, 0),
	ORCH__J_KVLIST(CONTAINER "Env", struct swarm_spec, env, 0),
	ORCH__J_STR(CONTAINER "Dir", struct swarm_spec, working_dir, 0),
	ORCH__J_STR(CONTAINER "User", struct swarm_spec, user, 0),
	ORCH__J_SCALAR(CONTAINER "StopGracePeriod", struct swarm_spec, stop_grace_ms, 0, &nano),
	ORCH__J_OBJ(CONTAINER "Healthcheck", struct swarm_spec, health, 0, &health_table),
	ORCH__J_SCALAR(LIMITS "NanoCPUs", struct swarm_spec, cpu_limit_milli, 0, &nano),
	ORCH__J_I64(LIMITS "MemoryBytes", struct swarm_spec, memory_limit_bytes, 0),
	ORCH__J_SCALAR(RESERVED "NanoCPUs", struct swarm_spec, cpu_request_milli, 0, &nano),
	ORCH__J_I64(RESERVED "MemoryBytes", struct swarm_spec, memory_request_bytes, 0),
	ORCH__J_OBJ("TaskTemplate.RestartPolicy", struct swarm_spec, restart, 0, &restart_table),
	ORCH__J_STRVEC("TaskTemplate.Placement.Constraints", struct swarm_spec, constraints, 0),
	ORCH__J_NUMTEXT("TaskTemplate.ForceUpdate", struct swarm_spec, force_update, ORCH__J_READONLY),
	ORCH__J_I64("Mode.Replicated.Replicas", struct swarm_spec, replicas, ORCH__J_KEEP),
	ORCH__J_RAW("Mode.Global", struct swarm_spec, global, ORCH__J_READONLY),
	ORCH__J_RAW("Mode.ReplicatedJob", struct swarm_spec, replicated_job, ORCH__J_READONLY),
	ORCH__J_RAW("Mode.GlobalJob", struct swarm_spec, global_job, ORCH__J_READONLY));

ORCH__J_TABLE(swarm_patch_table, patch_blank,
	ORCH__J_MAP("Labels", struct swarm_patch, labels, 0),
	ORCH__J_NUMTEXT("TaskTemplate.ForceUpdate", struct swarm_patch, force_update, 0),
	ORCH__J_I64("Mode.Replicated.Replicas", struct swarm_patch, replicas, 0));

#define SERVICE_ROWS(spec_row) \
	ORCH__J_STR("ID", struct swarm_service, id, ORCH__J_REQUIRED), \
	ORCH__J_NUMTEXT("Version.Index", struct swarm_service, version, ORCH__J_REQUIRED), \
	ORCH__J_SCALAR("CreatedAt", struct swarm_service, created_ms, 0, &timestamp), \
	ORCH__J_SCALAR("UpdatedAt", struct swarm_service, updated_ms, 0, &timestamp), \
	spec_row, \
	ORCH__J_MAP("PreviousSpec.Labels", struct swarm_service, previous_labels, 0), \
	ORCH__J_STR("UpdateStatus.State", struct swarm_service, update_state, 0), \
	ORCH__J_STR("UpdateStatus.Message", struct swarm_service, update_message, 0)

ORCH__J_TABLE(swarm_service_whole, service_blank,
	SERVICE_ROWS(ORCH__J_RAW("Spec", struct swarm_service, spec_text, ORCH__J_REQUIRED)));

ORCH__J_TABLE(swarm_service_item, service_blank,
	SERVICE_ROWS(ORCH__J_OBJ("Spec", struct swarm_service, spec, ORCH__J_REQUIRED, &swarm_spec_table)));

ORCH__J_TABLE(swarm_task_table, task_blank,
	ORCH__J_STR("ID", struct swarm_task, id, ORCH__J_REQUIRED),
	ORCH__J_SCALAR("CreatedAt", struct swarm_task, created_ms, 0, &timestamp),
	ORCH__J_STR("Spec.ContainerSpec.Image", struct swarm_task, image, 0),
	ORCH__J_OBJ("Spec.ContainerSpec.Healthcheck", struct swarm_task, health, 0, &health_table),
	ORCH__J_STR("ServiceID", struct swarm_task, service_id, 0),
	ORCH__J_I64("Slot", struct swarm_task, slot, 0),
	ORCH__J_STR("NodeID", struct swarm_task, node_id, 0),
	ORCH__J_SCALAR("Status.Timestamp", struct swarm_task, changed_ms, 0, &timestamp),
	ORCH__J_SCALAR("Status.State", struct swarm_task, state, 0, &state),
	ORCH__J_STR("Status.Message", struct swarm_task, message, 0),
	ORCH__J_STR("Status.Err", struct swarm_task, error, 0),
	ORCH__J_I64("Status.ContainerStatus.ExitCode", struct swarm_task, exit_code, 0),
	ORCH__J_SCALAR("DesiredState", struct swarm_task, desired, 0, &state));

ORCH__J_TABLE(swarm_task_brief, task_blank,
	ORCH__J_STR("ID", struct swarm_task, id, ORCH__J_REQUIRED),
	ORCH__J_STR("ServiceID", struct swarm_task, service_id, 0),
	ORCH__J_STR("NodeID", struct swarm_task, node_id, 0),
	ORCH__J_SCALAR("Status.State", struct swarm_task, state, 0, &state),
	ORCH__J_SCALAR("DesiredState", struct swarm_task, desired, 0, &state));

ORCH__J_TABLE(swarm_node_table, node_blank,
	ORCH__J_STR("ID", struct swarm_node, id, ORCH__J_REQUIRED),
	ORCH__J_STR("Description.Hostname", struct swarm_node, hostname, 0),
	ORCH__J_STR("Status.State", struct swarm_node, state, 0),
	ORCH__J_STR("Status.Message", struct swarm_node, message, 0));

ORCH__J_TABLE(swarm_created_table, created_blank,
	ORCH__J_STR("ID", struct swarm_created, id, ORCH__J_REQUIRED));

ORCH__J_TABLE(swarm_server_table, server_blank,
	ORCH__J_STR("Version", struct swarm_server, version, 0),
	ORCH__J_STR("ApiVersion", struct swarm_server, api_version, 0));

ORCH__J_TABLE(swarm_filters_table, filters_blank,
	ORCH__J_STRVEC("label", struct swarm_filters, label, 0),
	ORCH__J_STRVEC("name", struct swarm_filters, name, 0),
	ORCH__J_STRVEC("service", struct swarm_filters, service, 0),
	ORCH__J_STRVEC("_up-to-date", struct swarm_filters, up_to_date, 0));
/* clang-format on */
