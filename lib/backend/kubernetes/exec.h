/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_EXEC_H
#define ORCH_KUBE_EXEC_H

#include "backend/kubernetes/config.h"
#include "util/buf.h"
#include "util/cancel.h"

/*
 * Plugins: programs named by a kubeconfig that print a credential. They are asked
 * and answer as client.authentication.k8s.io says.
 */

/* One run. All is borrowed. */
struct kube_exec_call {
	const struct kube_config *config; /* its user has an `exec` */
	int64_t policy;                   /* orch_exec_policy */
	orch_string_list allowed;
	const char *ca;      /* of the cluster, for plugins that want to know it; NULL: none */
	int64_t patience_ms; /* of ours, whatever the deadline of the call is */
	int64_t deadline_ms; /* on orch__clock_ms() */
	struct orch__cancel_ticket cancel;
};

/* What a plugin has printed. A zeroed one is empty. */
struct kube_issued {
	struct orch__arena texts;
	const char *token;      /* NULL: none */
	const char *cert, *key; /* PEM; both or none */
	int64_t expires_ms;     /* on the wall clock; ORCH_UNSET: when it is refused */
};

/*
 * Run it and take what it prints. ORCH_E_DENIED: it may not be run. ORCH_E_TIMEOUT,
 * ORCH_E_CANCELLED: it took too long. ORCH_E_AUTH: it failed or printed something else;
 * no message quotes what it printed. `out` is untouched on failure.
 */
orch_status kube_exec_run(const struct kube_exec_call *call, struct kube_issued *out);
void kube_issued_dispose(struct kube_issued *issued); /* wipes */

/* exec_json.c: the value of KUBERNETES_EXEC_INFO. */
orch_status kube_exec_info(const struct kube_config *config, const char *ca, struct orch__buf *out);
/* What a plugin has printed, checked. */
orch_status kube_exec_answer(
	const struct kube_exec *exec, const char *text, size_t len, struct kube_issued *out);

#endif
