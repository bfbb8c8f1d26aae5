/* SPDX-License-Identifier: MIT */
#ifndef ORCH_INSTANCE_H
#define ORCH_INSTANCE_H

#include "orch/error.h"

/**
 * @file orch/instance.h
 * @brief One running copy of a deployment, and why it does not run.
 *
 * | liborch          | Kubernetes                                     | Docker Swarm                                          |
 * |------------------|------------------------------------------------|-------------------------------------------------------|
 * | instance         | Pod                                            | the newest task of a slot, and tasks still stopping   |
 * | name             | name of the Pod                                | `SERVICE.SLOT`                                        |
 * | state PENDING    | Pending, container waiting                     | new .. ready                                          |
 * | state RUNNING    | container running                              | starting, running                                     |
 * | state SUCCEEDED  | Succeeded                                      | complete                                              |
 * | state FAILED     | Failed                                         | failed, rejected                                      |
 * | state STOPPING   | deletionTimestamp                              | desired state shutdown or remove, not ended yet       |
 * | state UNKNOWN    | node lost                                      | orphaned, or its node is down                         |
 * | restarts         | restartCount                                   | ended tasks of the slot that Swarm still remembers    |
 */
ORCH_BEGIN_DECLS

/** Where an instance is in its life. */
typedef enum orch_instance_state {
	ORCH_INSTANCE_PENDING = 1,   /**< Not started yet: placement, image, preparation.    */
	ORCH_INSTANCE_RUNNING = 2,   /**< Its process runs; `ready` says whether it works.   */
	ORCH_INSTANCE_SUCCEEDED = 3, /**< Ended with exit code 0.                            */
	ORCH_INSTANCE_FAILED = 4,    /**< Ended otherwise, or could not be started.          */
	ORCH_INSTANCE_STOPPING = 5,  /**< Being stopped.                                     */
	ORCH_INSTANCE_UNKNOWN = 6    /**< Its node does not answer.                          */
} orch_instance_state;

/* clang-format off */
/** X(name, value, text): why an instance does not work. Values are never reused. */
#define ORCH_CAUSE_MAP(X)                                                          \
	X(NONE,          0, "")                                                    \
	X(IMAGE,         1, "its image cannot be had")                             \
	X(UNSCHEDULABLE, 2, "no node can take it")                                 \
	X(START,         3, "it cannot be started")                                \
	X(CRASH,         4, "it ends by itself")                                   \
	X(UNHEALTHY,     5, "its health check fails")                              \
	X(NODE,          6, "its node does not answer")                            \
	X(MEMORY,        7, "it took more memory than its limit")
/* clang-format on */

#define X(name, value, text) ORCH_CAUSE_##name = (value),
/** Why an instance does not work, the same word on every orchestrator. */
typedef enum orch_cause { ORCH_CAUSE_MAP(X) } orch_cause;
#undef X

/** An instance as the orchestrator reports it. Read-only. Grows at the end. */
typedef struct orch_instance {
	const char *id;         /**< The orchestrator's own. Never NULL.                      */
	const char *name;       /**< For people. Never NULL.                                  */
	const char *deployment; /**< Name of the deployment. Never NULL.                      */
	const char *node;       /**< Host name of the node, or "" while there is none.        */
	const char *image;      /**< Never NULL.                                              */
	int64_t state;          /**< ::orch_instance_state.                                   */
	int64_t ready;          /**< 1: runs and passes its health check, if it has one.      */
	int64_t updated;        /**< 1: of the deployment's present spec.                     */
	int64_t cause;          /**< ::orch_cause; NONE while nothing is wrong.               */
	const char *message;    /**< The orchestrator's words, or "".                         */
	int64_t restarts;       /**< Ended before in its place; may be a lower bound.         */
	int64_t exit_code;      /**< Of the last end, or ::ORCH_UNSET.                        */
	int64_t created_ms;     /**< Milliseconds since 1970, or ::ORCH_UNSET.                */
	const char *raw_json;   /**< NULL unless the client asks for it.                      */
} orch_instance;

/** Elements are pointers, so that ::orch_instance may grow. */
typedef struct orch_instances {
	const orch_instance *const *items;
	size_t count;
} orch_instances;

/**
 * The instances of a deployment, in the order of their names.
 *
 * @param[out] out Owned; release it with orch_instances_free(). Untouched on error.
 * @retval ORCH_E_NOTFOUND No such deployment.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_instance_list(orch_client *client, const char *deployment, const orch_instances **out);

/** Name of an ::orch_instance_state: "running". Never NULL. @since 0.1 */
ORCH_API_NOFAIL(const char *) orch_instance_state_name(int64_t state);

/** Name of an ::orch_cause: "IMAGE"; "" for NONE. Never NULL. @since 0.1 */
ORCH_API_NOFAIL(const char *) orch_cause_name(int64_t cause);

/** What an ::orch_cause means: "its image cannot be had". Never NULL. @since 0.1 */
ORCH_API_NOFAIL(const char *) orch_cause_text(int64_t cause);

/** Release a list and all in it. NULL is ignored. @since 0.1 */
ORCH_API_NOFAIL(void) orch_instances_free(const orch_instances *list);

ORCH_END_DECLS
#endif
