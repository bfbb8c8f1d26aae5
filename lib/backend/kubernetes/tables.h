/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_TABLES_H
#define ORCH_KUBE_TABLES_H

#include "json/json.h"
#include "orch/deployment.h"

/*
 * The server's objects as far as liborch speaks of them. What differs from the public
 * structs in more than spelling has a struct here, and spec.c or pod.c translates.
 * Deployments: tables.c; pods: pod_tables.c; all else: object_tables.c.
 */

/* metadata of any object. */
struct kube_meta {
	const char *name, *ns, *uid, *resource_version;
	int64_t generation, created_ms, deleted_ms;
	orch_kv_list labels, annotations;
};

/* An entry of ownerReferences. */
struct kube_owner {
	const char *kind, *name, *uid;
	int64_t is_controller;
};

struct kube_owners {
	const struct kube_owner *items;
	size_t count;
};

/* An entry of status.conditions. */
struct kube_condition {
	const char *type, *status, *reason, *message;
	int64_t changed_ms;
};

struct kube_conditions {
	const struct kube_condition *items;
	size_t count;
};

/* ---- pods: pod_tables.c ---- */

struct kube_container_end {
	int64_t exit_code, signal;
	const char *reason, *message;
};

/* An entry of containerStatuses and of initContainerStatuses. */
struct kube_container_status {
	const char *name, *image;
	int64_t ready, started, restarts;
	const char *waiting_reason, *waiting_message;
	int64_t running_since_ms;                /* ORCH_UNSET: does not run     */
	const struct kube_container_end *ended;  /* state.terminated, or NULL    */
	const struct kube_container_end *before; /* lastState.terminated, or NULL */
};

struct kube_container_statuses {
	const struct kube_container_status *items;
	size_t count;
};

struct kube_pod {
	struct kube_meta meta;
	struct kube_owners owners;
	const char *node, *restart_policy;
	const char *image; /* of the first container, as the spec says */
	const char *phase, *reason, *message;
	struct kube_conditions conditions;
	struct kube_container_statuses init, containers;
};

extern const struct orch__json_table kube_pod_table;
extern const struct orch__json_table kube_pod_brief; /* what counting needs */

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

extern const struct orch__json_table kube_status_table;
extern const struct orch__json_table kube_list_meta_table;
extern const struct orch__json_table kube_version_table;

#endif
