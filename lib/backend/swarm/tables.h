/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_TABLES_H
#define ORCH_SWARM_TABLES_H

#include "json/json.h"
#include "orch/deployment.h"

/*
 * The engine's objects as far as liborch speaks of them. What differs from the
 * public structs in more than spelling has a struct here, and spec.c or task.c
 * translates.
 */

struct swarm_health {
	orch_string_list test; /* "CMD", program, arguments; "CMD-SHELL", line; "NONE" */
	int64_t interval_ms, timeout_ms, start_period_ms, retries;
};

struct swarm_restart {
	int64_t condition; /* enum orch_restart_condition */
	int64_t delay_ms, max_attempts;
};

/* ServiceSpec. */
struct swarm_spec {
	const char *name;
	orch_kv_list labels;
	const char *image, *working_dir, *user;
	orch_string_list command, args;
	orch_kv_list env;
	int64_t stop_grace_ms;
	const struct swarm_health *health;
	int64_t cpu_limit_milli, cpu_request_milli, memory_limit_bytes, memory_request_bytes;
	const struct swarm_restart *restart;
	orch_string_list constraints;
	const char *force_update; /* a counter: unsigned, 64 bits */
	int64_t replicas;
	const char *global, *replicated_job, *global_job; /* the modes we do not model */
};

/* What scale and restart change, and what marks a write as ours. */
struct swarm_patch {
	orch_kv_list labels;
	const char *force_update;
	int64_t replicas;
};

struct swarm_service {
	const char *id, *version;
	int64_t created_ms, updated_ms;
	const char *spec_text;         /* with swarm_service_whole */
	const struct swarm_spec *spec; /* with swarm_service_item  */
	orch_kv_list previous_labels;
	const char *update_state, *update_message;
};

enum swarm_task_state {
	SWARM_TASK_STRANGE, /* a word of an engine newer than us */
	SWARM_TASK_NEW,
	SWARM_TASK_ALLOCATED,
	SWARM_TASK_PENDING,
	SWARM_TASK_ASSIGNED,
	SWARM_TASK_ACCEPTED,
	SWARM_TASK_PREPARING,
	SWARM_TASK_READY,
	SWARM_TASK_STARTING,
	SWARM_TASK_RUNNING,
	SWARM_TASK_COMPLETE, /* from here on it has ended */
	SWARM_TASK_SHUTDOWN,
	SWARM_TASK_FAILED,
	SWARM_TASK_REJECTED,
	SWARM_TASK_REMOVE,
	SWARM_TASK_ORPHANED
};

struct swarm_task {
	const char *id, *service_id, *node_id, *image;
	const char *message, *error;
	int64_t slot, created_ms, changed_ms;
	int64_t state, desired; /* enum swarm_task_state */
	const struct swarm_health *health;
	int64_t exit_code;
	const char *raw_json; /* not from the table */
	bool is_updated;      /* likewise: of the service's present spec */
};

struct swarm_node {
	const char *id, *hostname, *state, *message;
};

struct swarm_created {
	const char *id;
};

struct swarm_server {
	const char *version, *api_version;
};

/* Conditions of a list; all must hold. */
struct swarm_filters {
	orch_string_list label, name, service, up_to_date;
};

extern const struct orch__json_table swarm_spec_table;
extern const struct orch__json_table swarm_patch_table;
extern const struct orch__json_table swarm_service_whole; /* `spec_text` */
extern const struct orch__json_table swarm_service_item;  /* `spec`      */
extern const struct orch__json_table swarm_task_table;
extern const struct orch__json_table swarm_task_brief; /* what counting needs */
extern const struct orch__json_table swarm_node_table;
extern const struct orch__json_table swarm_created_table;
extern const struct orch__json_table swarm_server_table;
extern const struct orch__json_table swarm_filters_table;

/* "running"; "?" for a word we do not know. */
const char *swarm_task_state_name(int64_t state);

#endif
