/* SPDX-License-Identifier: MIT */
/* Namespaces, and what the server says of itself and of failures: neither deployments nor pods. */
#include "backend/kubernetes/tables.h"

static const struct kube_cause cause_blank = { NULL, NULL, NULL };

/* clang-format off */
ORCH__J_LOCAL_TABLE(kube_cause_table, cause_blank,
	ORCH__J_STR("reason", struct kube_cause, reason, 0),
	ORCH__J_STR("message", struct kube_cause, message, 0),
	ORCH__J_STR("field", struct kube_cause, field, 0));
/* clang-format on */

static const struct kube_status status_blank = { .code = ORCH_UNSET, .retry_after_s = ORCH_UNSET };

/* clang-format off */
ORCH__J_TABLE(kube_status_table, status_blank,
	ORCH__J_STR("kind", struct kube_status, kind, 0),
	ORCH__J_STR("status", struct kube_status, status, 0),
	ORCH__J_STR("message", struct kube_status, message, 0),
	ORCH__J_STR("reason", struct kube_status, reason, 0),
	ORCH__J_I64("code", struct kube_status, code, 0),
	ORCH__J_STR("details.name", struct kube_status, about_name, 0),
	ORCH__J_STR("details.group", struct kube_status, about_group, 0),
	ORCH__J_STR("details.kind", struct kube_status, about_kind, 0),
	ORCH__J_I64("details.retryAfterSeconds", struct kube_status, retry_after_s, 0),
	ORCH__J_OBJVEC("details.causes", struct kube_status, causes, 0, &kube_cause_table));
/* clang-format on */

static const struct kube_list_meta list_meta_blank = { NULL, NULL };

/* clang-format off */
ORCH__J_TABLE(kube_list_meta_table, list_meta_blank,
	ORCH__J_STR("metadata.resourceVersion", struct kube_list_meta, resource_version, 0),
	ORCH__J_STR("metadata.continue", struct kube_list_meta, next, 0));
/* clang-format on */

static const struct kube_version version_blank = { NULL, NULL };

/* clang-format off */
ORCH__J_TABLE(kube_version_table, version_blank,
	ORCH__J_STR("gitVersion", struct kube_version, git_version, 0),
	ORCH__J_STR("platform", struct kube_version, platform, 0));
/* clang-format on */

static const struct kube_namespace namespace_blank = { .meta = KUBE_META_BLANK };

/* clang-format off */
ORCH__J_TABLE(kube_namespace_table, namespace_blank,
	KUBE_META_ROWS(struct kube_namespace, meta.),
	ORCH__J_STR("status.phase", struct kube_namespace, phase, 0),
	ORCH__J_OBJVEC("status.conditions", struct kube_namespace, conditions, 0, &kube_condition_table));
/* clang-format on */
