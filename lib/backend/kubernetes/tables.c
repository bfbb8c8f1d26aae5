/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/tables.h"

#include "util/clock.h"
#include "util/quantity.h"

/* ---- spellings ---- */

static int format_time(int64_t value, char *buf, size_t cap)
{
	return orch__time_format(value, buf, cap);
}

const struct orch__json_scalar kube_timestamp = { "timestamp", true, orch__time_parse,
	format_time };

static bool parse_milli(const char *text, size_t len, int64_t *out)
{
	return orch__parse_quantity(text, len, 3, out);
}

static const struct orch__json_scalar milli = { "quantity", true, parse_milli, orch__format_milli };

static bool parse_bytes(const char *text, size_t len, int64_t *out)
{
	return orch__parse_quantity(text, len, 0, out);
}

static const struct orch__json_scalar bytes = { "quantity", true, parse_bytes, orch__format_bytes };

/* ---- unset values ---- */

static const struct kube_owner owner_blank = { .is_controller = 0 };
static const struct kube_condition condition_blank = { .type = NULL };
static const struct kube_variable variable_blank = { NULL, NULL, NULL };
static const struct kube_probe probe_blank = { .delay_s = ORCH_UNSET,
	.period_s = ORCH_UNSET,
	.timeout_s = ORCH_UNSET,
	.failures = ORCH_UNSET };
static const struct kube_requirement requirement_blank = { NULL, NULL, { NULL, 0 } };
static const struct kube_term term_blank = { { NULL, 0 }, NULL };
static const struct kube_placement placement_blank = { { NULL, 0 } };
static const struct kube_manager manager_blank = { .time_ms = ORCH_UNSET };
static const struct kube_replicaset replicaset_blank = { .meta = KUBE_META_BLANK,
	.replicas = ORCH_UNSET };
static const struct kube_deployment deployment_blank = {
	.spec = { .meta = KUBE_META_BLANK,
		.replicas = ORCH_UNSET,
		.grace_s = ORCH_UNSET,
		.user = ORCH_UNSET,
		.group = ORCH_UNSET,
		.cpu_limit_milli = ORCH_UNSET,
		.cpu_request_milli = ORCH_UNSET,
		.memory_limit_bytes = ORCH_UNSET,
		.memory_request_bytes = ORCH_UNSET },
};

/* ---- rows ---- */

/* clang-format off */
ORCH__J_TABLE(kube_owner_table, owner_blank,
	ORCH__J_STR("uid", struct kube_owner, uid, 0),
	ORCH__J_BOOL("controller", struct kube_owner, is_controller, 0));

ORCH__J_TABLE(kube_condition_table, condition_blank,
	ORCH__J_STR("type", struct kube_condition, type, 0),
	ORCH__J_STR("status", struct kube_condition, status, 0),
	ORCH__J_STR("reason", struct kube_condition, reason, 0),
	ORCH__J_STR("message", struct kube_condition, message, 0));

ORCH__J_LOCAL_TABLE(variable_table, variable_blank,
	ORCH__J_STR("name", struct kube_variable, name, ORCH__J_REQUIRED | ORCH__J_KEY),
	ORCH__J_STR("value", struct kube_variable, value, 0),
	ORCH__J_RAW("valueFrom", struct kube_variable, source, 0));

ORCH__J_LOCAL_TABLE(probe_table, probe_blank,
	ORCH__J_STRVEC("exec.command", struct kube_probe, command, 0),
	ORCH__J_RAW("httpGet", struct kube_probe, http, 0),
	ORCH__J_RAW("tcpSocket", struct kube_probe, tcp, 0),
	ORCH__J_RAW("grpc", struct kube_probe, grpc, 0),
	ORCH__J_I64("initialDelaySeconds", struct kube_probe, delay_s, 0),
	ORCH__J_I64("periodSeconds", struct kube_probe, period_s, 0),
	ORCH__J_I64("timeoutSeconds", struct kube_probe, timeout_s, 0),
	ORCH__J_I64("failureThreshold", struct kube_probe, failures, 0));

ORCH__J_LOCAL_TABLE(requirement_table, requirement_blank,
	ORCH__J_STR("key", struct kube_requirement, key, ORCH__J_REQUIRED),
	ORCH__J_STR("operator", struct kube_requirement, op, ORCH__J_REQUIRED),
	ORCH__J_STRVEC("values", struct kube_requirement, values, 0));

ORCH__J_LOCAL_TABLE(term_table, term_blank,
	ORCH__J_OBJVEC("matchExpressions", struct kube_term, labels, 0, &requirement_table),
	ORCH__J_RAW("matchFields", struct kube_term, fields, 0));

ORCH__J_LOCAL_TABLE(placement_table, placement_blank,
	ORCH__J_OBJVEC("nodeSelectorTerms", struct kube_placement, terms, 0, &term_table));

ORCH__J_LOCAL_TABLE(manager_table, manager_blank,
	ORCH__J_STR("manager", struct kube_manager, name, 0),
	ORCH__J_STR("operation", struct kube_manager, operation, 0),
	ORCH__J_STR("subresource", struct kube_manager, subresource, 0),
	ORCH__J_SCALAR("time", struct kube_manager, time_ms, 0, &kube_timestamp));

#define READ ORCH__J_READONLY
#define KEEP ORCH__J_KEEP
#define ALONE ORCH__J_UNLISTED /* for a write, or its pods */
#define T struct kube_deployment
#define POD "spec.template.spec."
#define REQUIRED_NODE POD "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
#define CONTAINER POD "containers.[0]."
ORCH__J_TABLE(kube_deployment_table, deployment_blank,
	ORCH__J_STR("apiVersion", T, spec.version, KEEP | ALONE),
	ORCH__J_STR("kind", T, spec.kind, KEEP | ALONE),
	ORCH__J_STR("metadata.name", T, spec.meta.name, ORCH__J_REQUIRED | KEEP),
	ORCH__J_STR("metadata.namespace", T, spec.meta.ns, KEEP),
	ORCH__J_STR("metadata.uid", T, spec.meta.uid, READ),
	ORCH__J_STR("metadata.resourceVersion", T, spec.meta.resource_version, READ | ALONE),
	ORCH__J_I64("metadata.generation", T, spec.meta.generation, READ),
	ORCH__J_SCALAR("metadata.creationTimestamp", T, spec.meta.created_ms, READ, &kube_timestamp),
	ORCH__J_SCALAR("metadata.deletionTimestamp", T, spec.meta.deleted_ms, READ, &kube_timestamp),
	ORCH__J_MAP("metadata.labels", T, spec.meta.labels, 0),
	ORCH__J_MAP("metadata.annotations", T, spec.meta.annotations, 0),
	ORCH__J_OBJVEC("metadata.managedFields", T, managers, READ, &manager_table),
	ORCH__J_I64("spec.replicas", T, spec.replicas, KEEP),
	ORCH__J_BOOL("spec.paused", T, spec.paused, READ),
	ORCH__J_MAP("spec.selector.matchLabels", T, spec.selector, KEEP | ALONE),
	ORCH__J_OBJVEC("spec.selector.matchExpressions", T, spec.selector_more, READ | ALONE, &requirement_table),
	ORCH__J_MAP("spec.template.metadata.labels", T, spec.pod_labels, KEEP | ALONE),
	ORCH__J_MAP("spec.template.metadata.annotations", T, spec.pod_annotations, READ | ALONE),
	ORCH__J_MAP(POD "nodeSelector", T, spec.node_selector, 0),
	ORCH__J_OBJ(REQUIRED_NODE, T, spec.placement, 0, &placement_table),
	ORCH__J_I64(POD "terminationGracePeriodSeconds", T, spec.grace_s, 0),
	ORCH__J_STR(CONTAINER "name", T, spec.container, KEEP | ALONE),
	ORCH__J_STR(CONTAINER "image", T, spec.image, 0),
	ORCH__J_STRVEC(CONTAINER "command", T, spec.command, 0),
	ORCH__J_STRVEC(CONTAINER "args", T, spec.args, 0),
	ORCH__J_STR(CONTAINER "workingDir", T, spec.working_dir, 0),
	ORCH__J_OBJVEC(CONTAINER "env", T, spec.env, 0, &variable_table),
	ORCH__J_I64(CONTAINER "securityContext.runAsUser", T, spec.user, 0),
	ORCH__J_I64(CONTAINER "securityContext.runAsGroup", T, spec.group, 0),
	ORCH__J_SCALAR(CONTAINER "resources.limits.cpu", T, spec.cpu_limit_milli, 0, &milli),
	ORCH__J_SCALAR(CONTAINER "resources.limits.memory", T, spec.memory_limit_bytes, 0, &bytes),
	ORCH__J_SCALAR(CONTAINER "resources.requests.cpu", T, spec.cpu_request_milli, 0, &milli),
	ORCH__J_SCALAR(CONTAINER "resources.requests.memory", T, spec.memory_request_bytes, 0, &bytes),
	ORCH__J_OBJ(CONTAINER "livenessProbe", T, spec.liveness, 0, &probe_table),
	ORCH__J_OBJ(CONTAINER "readinessProbe", T, spec.readiness, 0, &probe_table),
	ORCH__J_I64("status.observedGeneration", T, observed_generation, READ),
	ORCH__J_I64("status.replicas", T, total, READ),
	ORCH__J_I64("status.updatedReplicas", T, updated, READ),
	ORCH__J_I64("status.availableReplicas", T, available, READ),
	ORCH__J_OBJVEC("status.conditions", T, conditions, READ, &kube_condition_table));
#undef T

ORCH__J_TABLE(kube_replicaset_table, replicaset_blank,
	ORCH__J_STR("metadata.uid", struct kube_replicaset, meta.uid, ORCH__J_REQUIRED),
	ORCH__J_MAP("metadata.annotations", struct kube_replicaset, meta.annotations, 0),
	ORCH__J_OBJVEC("metadata.ownerReferences", struct kube_replicaset, owners, 0, &kube_owner_table),
	ORCH__J_I64("spec.replicas", struct kube_replicaset, replicas, 0));
/* clang-format on */
