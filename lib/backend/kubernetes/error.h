/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_ERROR_H
#define ORCH_KUBE_ERROR_H

#include "backend/kubernetes/tables.h"
#include "net/http.h"
#include "orch/error.h"

/* Whether it helps to ask again. */
enum kube_retry {
	KUBE_RETRY_NO,    /* the answer would be the same                             */
	KUBE_RETRY_READS, /* it may pass, or be what the request itself brings about  */
	KUBE_RETRY_ALL    /* it passes                                                */
};

/* What an answer means. */
struct kube_fault {
	int16_t http;        /* 0: any                                             */
	const char *reason;  /* of the Status; NULL: any, or none                  */
	const char *cause;   /* reason of one of its causes; NULL: any, or none    */
	const char *pattern; /* occurs in the message, "...$" at its end; NULL: any */
	orch_status status;
	enum kube_retry retry;
	orch_outcome outcome; /* of a write that was answered so                   */
	const char *word;     /* where the Status has no reason of its own         */
};

/* The first row that fits; the last one fits everything. Never NULL. `status` is zeroed where
 * the answer is none. */
const struct kube_fault *kube_fault_find(int http, const struct kube_status *status);

/*
 * Record what an answer that is no 2xx means, in the server's own words, and say whether it
 * helps to ask again. The reason is that of the Status, or of the cause that tells more:
 * "FieldManagerConflict", "NamespaceTerminating".
 */
enum kube_retry kube_fault_report(const struct orch__response *answer, const char *method,
	const char *path, const char *address);

#endif
