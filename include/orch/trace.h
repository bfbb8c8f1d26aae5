/* SPDX-License-Identifier: MIT */
#ifndef ORCH_TRACE_H
#define ORCH_TRACE_H

#include "orch/error.h"

/**
 * @file orch/trace.h
 * @brief See what goes over the wire, without the secrets.
 *
 * A trace shows method, path, status, sizes and times of each request, and what the
 * server warns of. Other headers, query values and bodies are never shown: they may
 * hold secrets.
 */
ORCH_BEGIN_DECLS

/** A moment in the life of a request. */
typedef enum orch_trace_phase {
	ORCH_TRACE_START = 1, /**< About to be sent.                   */
	ORCH_TRACE_HEAD = 2,  /**< Status line and headers have come.  */
	ORCH_TRACE_END = 3    /**< Over, well or not.                  */
} orch_trace_phase;

/** What happened. Borrowed: valid during the call of the hook. Grows at the end. */
typedef struct orch_trace_event {
	size_t struct_size;
	orch_trace_phase phase;
	const char *method;   /**< "GET".                                        */
	const char *path;     /**< Without the query.                            */
	const char *endpoint; /**< "unix:/var/run/docker.sock", "10.0.0.1:2376". */
	int64_t http_status;  /**< 0 before there is one.                        */
	orch_status status;   /**< At the end: ::ORCH_OK when there was an answer. */
	int64_t bytes_in;     /**< Of the body, decoded.                         */
	int64_t duration_ms;  /**< Since the start.                              */
	const char *audit_id; /**< Under which the log of an API server has it, or "". */
	const char *warnings; /**< One in each line: what is deprecated, and the like; or "". */
} orch_trace_event;

/**
 * Called by every thread that makes a call, while it makes it. It must return
 * soon and must not call liborch.
 */
typedef void orch_trace_fn(void *payload, const orch_trace_event *event);

ORCH_END_DECLS
#endif
