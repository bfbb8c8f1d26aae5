/* SPDX-License-Identifier: MIT */
#ifndef ORCH_ERROR_H
#define ORCH_ERROR_H

#include "orch/common.h"

/**
 * @file orch/error.h
 * @brief What went wrong, whether it took effect, and whether to try again.
 *
 * A failing call returns a negative ::orch_status and leaves the full story in
 * this thread's last error. Every public call first clears that error, so
 * after success there is never a stale message to read. Output parameters are
 * untouched on failure.
 *
 * | liborch       | Kubernetes                       | Docker Swarm                           |
 * |---------------|----------------------------------|----------------------------------------|
 * | E_NOTFOUND    | 404 NotFound                     | 404; 500 "network x not found"         |
 * | E_EXISTS      | 409 AlreadyExists                | 409 "name conflicts"                   |
 * | E_CONFLICT    | 409 Conflict                     | **500** "update out of sequence"       |
 * | E_INVALID     | 400, 422 Invalid                 | 400; 500 "constraint expected ..."     |
 * | E_UNAVAILABLE | 503, 500 of etcd                 | 503 "not a swarm manager"              |
 * | E_NO_QUORUM   | 500 "etcdserver: no leader"      | 500 "does not have a leader"           |
 */
ORCH_BEGIN_DECLS

/* clang-format off */
/** X(name, value, text): the only place where a status is defined. Values are never reused. */
#define ORCH_STATUS_MAP(X)                                                    \
	X(OK,              0, "success")                                      \
	X(E_INVALID,      -1, "invalid argument")                             \
	X(E_NOMEM,        -2, "out of memory")                                \
	X(E_NOTFOUND,     -3, "no such object")                               \
	X(E_EXISTS,       -4, "object already exists")                        \
	X(E_CONFLICT,     -5, "object was changed by someone else")           \
	X(E_AUTH,         -6, "not authenticated")                            \
	X(E_FORBIDDEN,    -7, "not allowed")                                  \
	X(E_UNSUPPORTED,  -8, "not available on this orchestrator")           \
	X(E_NETWORK,      -9, "orchestrator unreachable")                     \
	X(E_TIMEOUT,     -10, "timed out")                                    \
	X(E_CANCELLED,   -11, "cancelled by the caller")                      \
	X(E_PROTOCOL,    -12, "unintelligible answer")                        \
	X(E_REFUSED,     -13, "the orchestrator refused")                     \
	X(E_EXPIRED,     -14, "resume point is gone; list again")             \
	X(E_TOO_LARGE,   -15, "larger than the limit")                        \
	X(E_TLS,         -16, "secure connection failed")                     \
	X(E_DENIED,      -17, "refused by local policy")                      \
	X(E_BUSY,        -18, "too many requests")                            \
	X(E_UNAVAILABLE, -19, "orchestrator cannot serve this now")           \
	X(E_NO_QUORUM,   -20, "orchestrator has no leader")                   \
	X(E_FORKED,      -21, "handle belongs to the parent process")         \
	X(E_IN_USE,      -22, "object is in use")                             \
	X(E_IMMUTABLE,   -23, "this cannot be changed after creation")        \
	X(E_FAILED,      -24, "instances do not come up")
/* clang-format on */

#define X(name, value, text) ORCH_##name = (value),
/** Result of a call. Zero is success; every other value is negative. */
typedef enum orch_status { ORCH_STATUS_MAP(X) } orch_status;
#undef X

/** What a failed write did to the orchestrator. */
typedef enum orch_outcome {
	ORCH_OUTCOME_NOT_SENT = 0,    /**< Nothing left this process.                 */
	ORCH_OUTCOME_NOT_APPLIED = 1, /**< Sent, and refused.                         */
	ORCH_OUTCOME_APPLIED = 2,     /**< In effect; what failed came afterwards.    */
	ORCH_OUTCOME_UNKNOWN = 3      /**< Sent, and no answer: read before retrying. */
} orch_outcome;

/** The story of a failure. Fixed size: reporting "out of memory" must not need any. */
typedef struct orch_error {
	orch_status status;     /**< What the call returned.                       */
	orch_outcome outcome;   /**< What a write did; of a read NOT_SENT.         */
	int32_t http_status;    /**< Of the refused request, or 0.                 */
	int32_t transient;      /**< 1: the same call may succeed later, unchanged. */
	int64_t retry_after_ms; /**< What the server asked for, or ::ORCH_UNSET.   */
	char reason[64];        /**< Its own word, "AlreadyExists"; or empty.      */
	char message[512];      /**< Operation, object and cause. Empty only when OK. */
} orch_error;

/**
 * Symbolic name of a status, such as "ORCH_E_CONFLICT". Never NULL.
 * @since 0.1
 */
ORCH_API_NOFAIL(const char *) orch_status_name(orch_status status);

/**
 * What a status means, in a few words: "object already exists". Never NULL.
 * @since 0.1
 */
ORCH_API_NOFAIL(const char *) orch_status_text(orch_status status);

/**
 * Name of an outcome: "not sent", "not applied", "applied", "unknown". Never NULL.
 * @since 0.1
 */
ORCH_API_NOFAIL(const char *) orch_outcome_name(orch_outcome outcome);

/**
 * The last error of the calling thread.
 *
 * @return Borrowed; valid until this thread's next liborch call. Never NULL:
 *         with nothing to report its status is ::ORCH_OK. Copy the struct to
 *         keep it or to hand it to another thread.
 * @since 0.1
 */
ORCH_API_NOFAIL(const orch_error *) orch_error_last(void);

ORCH_END_DECLS
#endif
