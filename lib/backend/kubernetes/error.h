/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_ERROR_H
#define ORCH_KUBE_ERROR_H

#include "net/http.h"
#include "orch/error.h"

/* Whether it helps to ask again. */
enum kube_retry {
	KUBE_RETRY_NO,    /* the answer would be the same                             */
	KUBE_RETRY_READS, /* it may pass, or be what the request itself brings about  */
	KUBE_RETRY_ALL    /* it passes                                                */
};

/*
 * Record what an answer that is no 2xx means, in the server's own words, and say whether it
 * helps to ask again. The reason is that of the Status, or of the cause that tells more:
 * "FieldManagerConflict", "NamespaceTerminating".
 */
enum kube_retry kube_fault_report(const struct orch__response *answer, const char *method,
	const char *path, const char *address);

#endif
