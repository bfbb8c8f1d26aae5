/* SPDX-License-Identifier: MIT */
/* Pods, and nodes and events as far as they tell of pods. The less is wanted of one, the less of its text has to be read at all. */
#include "backend/kubernetes/tables.h"

/* ---- unset values ---- */

static const struct kube_condition condition_blank = { .type = NULL };
static const struct kube_check check_blank = { .delay_s = 0, .period_s = 10, .failures = 3 };
static const struct kube_container container_blank = { .name = NULL };
static const struct kube_container_end end_blank = {
	.exit_code = ORCH_UNSET, .began_ms = ORCH_UNSET, .ended_ms = ORCH_UNSET
};
static const struct kube_container_status status_blank = { .started = ORCH_UNSET,
	.running_since_ms = ORCH_UNSET };
static const struct kube_pod pod_blank = { .meta = KUBE_META_BLANK };
static const struct kube_node node_blank = { .name = NULL };
static const struct kube_event event_blank = { .last_observed_ms = ORCH_UNSET,
	.last_ms = ORCH_UNSET,
	.event_ms = ORCH_UNSET,
	.created_ms = ORCH_UNSET };

/* ---- rows ---- */

/* clang-format off */
ORCH__J_LOCAL_TABLE(check_table, check_blank,
	ORCH__J_I64("initialDelaySeconds", struct kube_check, delay_s, 0),
	ORCH__J_I64("periodSeconds", struct kube_check, period_s, 0),
	ORCH__J_I64("failureThreshold", struct kube_check, failures, 0));

ORCH__J_LOCAL_TABLE(container_table, container_blank,
	ORCH__J_STR("name", struct kube_container, name, 0),
	ORCH__J_STR("image", struct kube_container, image, 0),
	ORCH__J_STR("restartPolicy", struct kube_container, restart, 0),
	ORCH__J_OBJ("livenessProbe", struct kube_container, liveness, 0, &check_table),
	ORCH__J_OBJ("readinessProbe", struct kube_container, readiness, 0, &check_table));

ORCH__J_LOCAL_TABLE(end_table, end_blank,
	ORCH__J_I64("exitCode", struct kube_container_end, exit_code, 0),
	ORCH__J_STR("reason", struct kube_container_end, reason, 0),
	ORCH__J_STR("message", struct kube_container_end, message, 0),
	ORCH__J_SCALAR("startedAt", struct kube_container_end, began_ms, 0, &kube_timestamp),
	ORCH__J_SCALAR("finishedAt", struct kube_container_end, ended_ms, 0, &kube_timestamp));

#define T struct kube_container_status
ORCH__J_LOCAL_TABLE(status_table, status_blank,
	ORCH__J_STR("name", T, name, 0),
	ORCH__J_BOOL("ready", T, ready, 0),
	ORCH__J_BOOL("started", T, started, 0),
	ORCH__J_I64("restartCount", T, restarts, 0),
	ORCH__J_STR("state.waiting.reason", T, waiting_reason, 0),
	ORCH__J_STR("state.waiting.message", T, waiting_message, 0),
	ORCH__J_SCALAR("state.running.startedAt", T, running_since_ms, 0, &kube_timestamp),
	ORCH__J_OBJ("state.terminated", T, ended, 0, &end_table),
	ORCH__J_OBJ("lastState.terminated", T, before, 0, &end_table));
#undef T

#define T struct kube_pod
ORCH__J_TABLE(kube_pod_table, pod_blank,
	ORCH__J_STR("metadata.name", T, meta.name, ORCH__J_REQUIRED),
	ORCH__J_STR("metadata.uid", T, meta.uid, ORCH__J_REQUIRED),
	ORCH__J_SCALAR("metadata.creationTimestamp", T, meta.created_ms, 0, &kube_timestamp),
	ORCH__J_SCALAR("metadata.deletionTimestamp", T, meta.deleted_ms, 0, &kube_timestamp),
	ORCH__J_OBJVEC("metadata.ownerReferences", T, owners, 0, &kube_owner_table),
	ORCH__J_STR("spec.nodeName", T, node, 0),
	ORCH__J_OBJVEC("spec.initContainers", T, init_specs, 0, &container_table),
	ORCH__J_OBJVEC("spec.containers", T, specs, 0, &container_table),
	ORCH__J_STR("status.phase", T, phase, 0),
	ORCH__J_STR("status.reason", T, reason, 0),
	ORCH__J_STR("status.message", T, message, 0),
	ORCH__J_OBJVEC("status.conditions", T, conditions, 0, &kube_condition_table),
	ORCH__J_OBJVEC("status.initContainerStatuses", T, init, 0, &status_table),
	ORCH__J_OBJVEC("status.containerStatuses", T, containers, 0, &status_table));

ORCH__J_LOCAL_TABLE(brief_condition_table, condition_blank,
	ORCH__J_STR("type", struct kube_condition, type, 0),
	ORCH__J_STR("status", struct kube_condition, status, 0),
	ORCH__J_STR("reason", struct kube_condition, reason, 0));

ORCH__J_TABLE(kube_pod_brief, pod_blank,
	ORCH__J_SCALAR("metadata.deletionTimestamp", T, meta.deleted_ms, 0, &kube_timestamp),
	ORCH__J_OBJVEC("metadata.ownerReferences", T, owners, 0, &kube_owner_table),
	ORCH__J_STR("spec.nodeName", T, node, 0),
	ORCH__J_STR("status.phase", T, phase, 0),
	ORCH__J_STR("status.reason", T, reason, 0),
	ORCH__J_OBJVEC("status.conditions", T, conditions, 0, &brief_condition_table));
#undef T

ORCH__J_TABLE(kube_node_table, node_blank,
	ORCH__J_STR("metadata.name", struct kube_node, name, ORCH__J_REQUIRED),
	ORCH__J_OBJVEC("status.conditions", struct kube_node, conditions, 0, &kube_condition_table));

#define T struct kube_event
ORCH__J_TABLE(kube_event_table, event_blank,
	ORCH__J_SCALAR("metadata.creationTimestamp", T, created_ms, 0, &kube_timestamp),
	ORCH__J_STR("involvedObject.uid", T, about_uid, 0),
	ORCH__J_STR("reason", T, reason, 0),
	ORCH__J_STR("message", T, message, 0),
	ORCH__J_SCALAR("lastTimestamp", T, last_ms, 0, &kube_timestamp),
	ORCH__J_SCALAR("eventTime", T, event_ms, 0, &kube_timestamp),
	ORCH__J_SCALAR("series.lastObservedTime", T, last_observed_ms, 0, &kube_timestamp));
#undef T
/* clang-format on */
