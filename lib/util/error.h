/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_ERROR_H
#define ORCH_UTIL_ERROR_H

#include <stdbool.h>

#include "orch/error.h"

/* Record a failure and return its status: `return orch__fail(ORCH_E_..., ...)`.
 * The outcome starts as NOT_SENT; the transport says otherwise. */
orch_status orch__fail(orch_status status, const char *fmt, ...) ORCH_PRINTF(2, 3);

/* Add where we were, outermost first: "scale web to 5: POST /services/...: 409".
 * Keeps outcome, reason and HTTP status of the failure. */
orch_status orch__fail_in(orch_status status, const char *fmt, ...) ORCH_PRINTF(2, 3);

/* The end of every public call: after success no error is left to be read, after a
 * failure the story begins with what was asked for. Returns `status`. */
orch_status orch__leave(orch_status status, const char *fmt, ...) ORCH_PRINTF(2, 3);

/* What only the transport and the error map of a backend know. */
void orch__error_outcome(orch_outcome outcome);
void orch__error_transient(bool transient);
void orch__error_remote(int32_t http_status, const char *reason, int64_t retry_after_ms);

void orch__error_clear(void);
/* Put a copied error back, after clean-up that may have overwritten it. */
orch_status orch__error_restore(const orch_error *saved);

#endif
