/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_TABLES_H
#define ORCH_KUBE_TABLES_H

#include "json/json.h"
#include "orch/deployment.h"

/*
 * The server's objects as far as liborch speaks of them. What differs from the public
 * structs in more than spelling has a struct here, and spec.c or pod.c translates.
 * Deployments and what all have: tables.c; pods, nodes, events: pod_tables.c; all else: object_tables.c.
 */

/* metadata of any object. */
struct kube_meta {
	const char *name, *ns, *uid, *resource_version;
	int64_t generation, created_ms, deleted_ms;
	orch_kv_list labels, annotations;
};

/* An entry of ownerReferences. */
struct kube_owner {
	const char *uid;
	int64_t is_controller;
};

struct kube_owners {
	const struct kube_owner *items;
	size_t count;
};

/* An entry of status.conditions. */
struct kube_condition {
	const char *type, *status, *reason, *message;
};

struct kube_conditions {
	const struct kube_condition *items;
	size_t count;
};

/* ---- what every object has: tables.c ---- */

/* "2026-11-25T10:47:04Z": milliseconds since 1970. */
extern const struct orch__json_scalar kube_timestamp;
extern const struct orch__json_table kube_owner_table;
extern const struct orch__json_table kube_condition_table;

/* clang-format off */
/* Rows of struct kube_meta, for objects that are only read. `in_` is where it lies in T_,
 * "meta." as a rule. */
#define KUBE_META_ROWS(T_, in_)                                                                    \
	ORCH__J_STR("metadata.name", T_, in_ name, ORCH__J_REQUIRED),                              \
	ORCH__J_STR("metadata.namespace", T_, in_ ns, 0),                                          \
	ORCH__J_STR("metadata.uid", T_, in_ uid, ORCH__J_REQUIRED),                                \
	ORCH__J_STR("metadata.resourceVersion", T_, in_ resource_version, 0),                      \
	ORCH__J_I64("metadata.generation", T_, in_ generation, 0),                                 \
	ORCH__J_SCALAR("metadata.creationTimestamp", T_, in_ created_ms, 0, &kube_timestamp),      \
	ORCH__J_SCALAR("metadata.deletionTimestamp", T_, in_ deleted_ms, 0, &kube_timestamp),      \
	ORCH__J_MAP("metadata.labels", T_, in_ labels, 0),                                         \
	ORCH__J_MAP("metadata.annotations", T_, in_ annotations, 0)
/* clang-format on */

#define KUBE_META_BLANK                                                                            \
	{                                                                                          \
		.generation = ORCH_UNSET, .created_ms = ORCH_UNSET, .deleted_ms = ORCH_UNSET       \
	}

/* ---- deployments and their replica sets: tables.c ---- */

/* An entry of env. `source`: valueFrom, as it stood. */
struct kube_variable {
	const char *name, *value, *source;
};

struct kube_variables {
	const struct kube_variable *items;
	size_t count;
};

/* How a container is asked whether it works. Of the ways only `command` is ours. */
struct kube_probe {
	orch_string_list command;
	const char *http, *tcp, *grpc; /* as they stood */
	int64_t delay_s, period_s, timeout_s, failures;
};

/* A requirement on labels: of a selector, or on a node. */
struct kube_requirement {
	const char *key, *op; /* "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt" */
	orch_string_list values;
};

struct kube_requirements {
	const struct kube_requirement *items;
	size_t count;
};

/* All of its requirements must hold; of several terms one must. */
struct kube_term {
	struct kube_requirements labels;
	const char *fields; /* matchFields, as they stood */
};

struct kube_placement {
	struct {
		const struct kube_term *items;
		size_t count;
	} terms;
};

/* What is written of a Deployment. Of its containers the first is ours. */
struct kube_spec {
	const char *version, *kind; /* apps/v1 Deployment: for a new one */
	struct kube_meta meta;
	int64_t replicas, paused;
	orch_kv_list selector; /* matchLabels */
	struct kube_requirements selector_more;
	orch_kv_list pod_labels, pod_annotations;
	orch_kv_list node_selector;
	const struct kube_placement *placement;
	int64_t grace_s;
	const char *container, *image, *working_dir;
	orch_string_list command, args;
	struct kube_variables env;
	int64_t user, group;
	int64_t cpu_limit_milli, cpu_request_milli, memory_limit_bytes, memory_request_bytes;
	const struct kube_probe *liveness, *readiness;
};

/* Who has written what, and when. */
struct kube_manager {
	const char *name, *operation, *subresource;
	int64_t time_ms;
};

struct kube_managers {
	const struct kube_manager *items;
	size_t count;
};

struct kube_deployment {
	struct kube_spec spec;
	struct kube_managers managers;
	int64_t observed_generation;
	int64_t total, updated, available; /* the controller's; absent is 0 */
	struct kube_conditions conditions;
};

/* Lists of them are read for what they say of pods: of `meta` there are uid and annotations. */
struct kube_replicaset {
	struct kube_meta meta;
	struct kube_owners owners;
	int64_t replicas; /* there should be */
};

/* Reads a Deployment, encodes a new one, lays over one that was read. Lists have what is shown. */
extern const struct orch__json_table kube_deployment_table;
extern const struct orch__json_table kube_replicaset_table;

/* ---- pods, and nodes and events as far as they tell of pods: pod_tables.c ---- */

/* An entry of containers and of initContainers in the spec. */
struct kube_check {
	int64_t delay_s, period_s, failures; /* the server fills in what was left open */
};

struct kube_container {
	const char *name, *image;
	const char *restart; /* of initContainers: "Always" makes it a sidecar */
	const struct kube_check *liveness, *readiness;
};

struct kube_containers {
	const struct kube_container *items;
	size_t count;
};

/* state.terminated and lastState.terminated. */
struct kube_container_end {
	int64_t exit_code, began_ms, ended_ms;
	const char *reason, *message;
};

/* An entry of containerStatuses and of initContainerStatuses. */
struct kube_container_status {
	const char *name;
	int64_t ready, started, restarts;
	const char *waiting_reason, *waiting_message;
	int64_t running_since_ms;                /* ORCH_UNSET: does not run      */
	const struct kube_container_end *ended;  /* state.terminated, or NULL     */
	const struct kube_container_end *before; /* lastState.terminated, or NULL */
};

struct kube_container_statuses {
	const struct kube_container_status *items;
	size_t count;
};

/* The brief table has no name, labels and messages, and nothing of its containers. */
struct kube_pod {
	struct kube_meta meta;
	struct kube_owners owners;
	const char *node; /* NULL: none yet */
	const char *phase, *reason, *message;
	struct kube_conditions conditions;
	struct kube_containers init_specs, specs;
	struct kube_container_statuses init, containers;
};

extern const struct orch__json_table kube_pod_table;
extern const struct orch__json_table kube_pod_brief; /* what counting needs */

struct kube_node {
	const char *name;
	struct kube_conditions conditions;
};

extern const struct orch__json_table kube_node_table;

/* When it was said last: the first of the times that is there. */
struct kube_event {
	const char *about_uid, *reason, *message;
	int64_t last_observed_ms, last_ms, event_ms, created_ms;
};

extern const struct orch__json_table kube_event_table;

/* ---- other objects: object_tables.c ---- */

/* The Status that the server answers failures with. */
struct kube_cause {
	const char *reason, *message, *field;
};

struct kube_status {
	const char *kind, *status, *reason, *message;
	int64_t code, retry_after_s;
	const char *about_name, *about_kind, *about_group;
	struct {
		const struct kube_cause *items;
		size_t count;
	} causes;
};

/* Beside the items of a list. */
struct kube_list_meta {
	const char *resource_version, *next; /* `next`: metadata.continue */
};

struct kube_version {
	const char *git_version, *platform;
};

struct kube_namespace {
	struct kube_meta meta;
	const char *phase;
	struct kube_conditions conditions;
};

extern const struct orch__json_table kube_namespace_table;
extern const struct orch__json_table kube_status_table;
extern const struct orch__json_table kube_list_meta_table;
extern const struct orch__json_table kube_version_table;

#endif
