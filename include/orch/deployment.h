/* SPDX-License-Identifier: MIT */
#ifndef ORCH_DEPLOYMENT_H
#define ORCH_DEPLOYMENT_H

#include "orch/error.h"

/**
 * @file orch/deployment.h
 * @brief Run N instances of an image, and change your mind about it.
 *
 * | liborch              | Kubernetes                            | Docker Swarm                          |
 * |----------------------|---------------------------------------|---------------------------------------|
 * | deployment           | Deployment                            | service, mode replicated              |
 * | instance             | Pod                                   | task                                  |
 * | labels               | metadata.labels                       | Spec.Labels                           |
 * | image, command, args | container image, command, args        | ContainerSpec Image, Command, Args    |
 * | env                  | container env                         | ContainerSpec.Env                     |
 * | working_dir, user    | workingDir, securityContext.runAs...  | ContainerSpec Dir, User               |
 * | replicas             | spec.replicas                         | Mode.Replicated.Replicas              |
 * | requests, limits     | resources                             | Resources Reservations, Limits        |
 * | health               | readinessProbe, livenessProbe         | ContainerSpec.Healthcheck             |
 * | restart              | always                                | TaskTemplate.RestartPolicy            |
 * | constraints          | required node affinity                | Placement.Constraints                 |
 * | stop_grace_ms        | terminationGracePeriodSeconds         | StopGracePeriod                       |
 *
 * Read, change, apply is three lines:
 *
 *     orch_deployment_spec s = *d->spec;
 *     s.image = "nginx:2";
 *     st = orch_deployment_apply(client, &s, NULL, NULL);
 */
ORCH_BEGIN_DECLS

/** How to tell that an instance works: a command inside it. Optional part of a spec. */
typedef struct orch_health_spec {
	orch_string_list command; /**< Program and arguments; exit code 0: healthy. Required. */
	int64_t interval_ms;      /**< Between checks. Default: the orchestrator's.           */
	int64_t timeout_ms;       /**< A check that takes longer has failed.                  */
	int64_t start_period_ms;  /**< Failures do not count so long after the start; 0 reads
	                               as ::ORCH_UNSET.                                       */
	int64_t retries;          /**< Failures in a row until it is unhealthy.               */
	const void *reserved[2];  /**< Leave NULL.                                            */
} orch_health_spec;

/* clang-format off */
#define ORCH_HEALTH_SPEC_INIT \
	{ { NULL, 0 }, ORCH_UNSET, ORCH_UNSET, ORCH_UNSET, ORCH_UNSET, { NULL, NULL } }
/* clang-format on */

/** When an instance that has ended is started again. */
typedef enum orch_restart_condition {
	ORCH_RESTART_ANY = 1, /**< Always. The default everywhere.                       */
	ORCH_RESTART_ON_FAILURE =
		2,            /**< Unless it exited with 0; see ::ORCH_CAP_RESTART_CONDITION. */
	ORCH_RESTART_NONE = 3 /**< Never; see ::ORCH_CAP_RESTART_CONDITION.              */
} orch_restart_condition;

/**
 * What happens when an instance ends. Optional part of a spec. In a result it is
 * there when it says more than what holds without it, and then `condition` is set.
 */
typedef struct orch_restart_spec {
	int64_t condition;    /**< ::orch_restart_condition; default ::ORCH_RESTART_ANY.        */
	int64_t delay_ms;     /**< Pause before it; see ::ORCH_CAP_RESTART_DELAY.               */
	int64_t max_attempts; /**< Give up after so many; see ::ORCH_CAP_RESTART_CONDITION.     */
	const void *reserved[2]; /**< Leave NULL.                                              */
} orch_restart_spec;

/* clang-format off */
#define ORCH_RESTART_SPEC_INIT { ORCH_UNSET, ORCH_UNSET, ORCH_UNSET, { NULL, NULL } }
/* clang-format on */

/** What a placement constraint asks of a node's label. */
typedef enum orch_constraint_op {
	ORCH_CONSTRAINT_EQUAL = 1,    /**< The label has this value.                       */
	ORCH_CONSTRAINT_NOT_EQUAL = 2 /**< It has another value, or the node has no such label. */
} orch_constraint_op;

/**
 * Where instances may run. All constraints of a spec must hold. Frozen.
 *
 * | key                      | Kubernetes        | Docker Swarm                     |
 * |--------------------------|-------------------|----------------------------------|
 * | `kubernetes.io/hostname` | the same          | `node.hostname`                  |
 * | `kubernetes.io/os`       | the same          | `node.platform.os`               |
 * | `kubernetes.io/arch`     | the same          | `node.platform.arch`             |
 * | any other                | label of the node | `node.labels.KEY`                |
 * | any other with a '/'     | label of the node | see ::ORCH_CAP_PREFIXED_NODE_LABEL |
 */
typedef struct orch_constraint {
	const char *key;
	int64_t op; /**< ::orch_constraint_op. */
	const char *value;
} orch_constraint;

/** Zero or more constraints; `items` NULL means "not given". Frozen. */
typedef struct orch_constraint_list {
	const orch_constraint *items;
	size_t count;
} orch_constraint_list;

/**
 * What a deployment should be: input of orch_deployment_apply(), and part of
 * every result. Initialise with ::ORCH_DEPLOYMENT_SPEC_INIT, or copy one out
 * of a result and change it. Its size is fixed within an ABI.
 */
typedef struct orch_deployment_spec {
	const char *name;  /**< A DNS label. Required.                                       */
	const char *image; /**< Required.                                                    */
	orch_string_list command;     /**< In place of the image's entry point.                  */
	orch_string_list args;        /**< In place of the image's arguments.                    */
	orch_kv_list env;             /**< In this order; a later one of a name wins.            */
	orch_kv_list labels;          /**< Of the deployment. Keys `orch.io/...` are liborch's.  */
	const char *working_dir;      /**< Absolute. Default: the image's.                       */
	const char *user;             /**< "UID", "UID:GID", or a name where
	                               ::ORCH_CAP_NAMED_USER is there. Default: the image's. */
	int64_t replicas;             /**< 0 is zero. ::ORCH_UNSET: as it is; 1 when created.    */
	int64_t cpu_request_milli;    /**< Set aside on the node; 500 is half a CPU.         */
	int64_t cpu_limit_milli;      /**< Never more than this.                             */
	int64_t memory_request_bytes; /**< Set aside on the node.                            */
	int64_t memory_limit_bytes;   /**< Killed when it takes more. At least 4 MiB.        */
	const orch_health_spec *health;   /**< NULL: none beside the image's own.            */
	const orch_restart_spec *restart; /**< NULL: the orchestrator's default.             */
	orch_constraint_list constraints; /**< Where instances may run.                      */
	int64_t stop_grace_ms;   /**< From the friendly to the hard signal.                  */
	const void *reserved[8]; /**< Leave NULL.                                            */
} orch_deployment_spec;

/* clang-format off */
#define ORCH_DEPLOYMENT_SPEC_INIT \
	{ NULL, NULL, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, NULL, NULL, ORCH_UNSET, \
	  ORCH_UNSET, ORCH_UNSET, ORCH_UNSET, ORCH_UNSET, NULL, NULL, { NULL, 0 }, ORCH_UNSET, \
	  { NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL } }
/* clang-format on */

/** How far a deployment is with becoming what its spec says. */
typedef enum orch_deployment_state {
	ORCH_DEPLOYMENT_PROGRESSING = 1,  /**< On its way.                                   */
	ORCH_DEPLOYMENT_COMPLETE = 2,     /**< All instances are ready and of this spec.     */
	ORCH_DEPLOYMENT_PAUSED = 3,       /**< The orchestrator stopped the rollout.         */
	ORCH_DEPLOYMENT_FAILED = 4,       /**< The orchestrator gave up.                     */
	ORCH_DEPLOYMENT_ROLLING_BACK = 5, /**< On its way back to the earlier spec.          */
	ORCH_DEPLOYMENT_ROLLED_BACK = 6   /**< The earlier spec is in force again.           */
} orch_deployment_state;

/**
 * A deployment as the orchestrator reports it. Read-only and immutable: may be
 * shared between threads. Everything it points to lives exactly as long as it
 * does. Grows at the end.
 */
typedef struct orch_deployment {
	const orch_deployment_spec *spec; /**< As it is now. Never NULL.                     */
	const char *id;                   /**< The orchestrator's own. Never NULL.           */
	const char *ns;                   /**< Namespace. Never NULL.                        */
	const char *version;              /**< Opaque; changes with every write. Never NULL. */
	int64_t state;                    /**< ::orch_deployment_state.                      */
	const char *message;              /**< Why, in the orchestrator's words; or "".      */
	int64_t desired;                  /**< Instances there should be.                    */
	int64_t ready;                    /**< Instances that run and pass their check.      */
	int64_t updated;                  /**< Instances of the present spec.                */
	int64_t total;                    /**< Instances that have not ended, old ones and
	                                       those that are stopping included.             */
	int64_t created_ms;               /**< Milliseconds since 1970, or ::ORCH_UNSET.     */
	int64_t updated_ms;               /**< The last write, or ::ORCH_UNSET.              */
	const char *raw_json;             /**< NULL unless the client asks for it.           */
} orch_deployment;

/** Elements are pointers, so that ::orch_deployment may grow. */
typedef struct orch_deployments {
	const orch_deployment *const *items;
	size_t count;
} orch_deployments;

/** Reads deployments one by one; belongs to one thread. */
typedef struct orch_deployment_cursor orch_deployment_cursor;

/** Which ones to list. Initialise with ::ORCH_LIST_OPTIONS_INIT. Grows at the end. */
typedef struct orch_list_options {
	size_t struct_size;     /**< Set by the initialiser; leave alone.                    */
	const char *selector;   /**< "k=v", "k!=v", "k", "!k", "k in (a,b)", "k notin (a,b)",
	                             several with commas: all must hold. NULL: all.          */
	int64_t all_namespaces; /**< 1: not only those of the client's namespace. 0.         */
	int64_t timeout_ms;     /**< Deadline. Default: the client's, at least 120000.       */
} orch_list_options;

/* clang-format off */
#define ORCH_LIST_OPTIONS_INIT { sizeof(orch_list_options), NULL, ORCH_UNSET, ORCH_UNSET }
/* clang-format on */

/** Told during a wait, each time something has changed. It must not call liborch. */
typedef void orch_deployment_progress_fn(void *payload, const orch_deployment *now);

/** How to wait. Initialise with ::ORCH_WAIT_OPTIONS_INIT. Grows at the end. */
typedef struct orch_wait_options {
	size_t struct_size; /**< Set by the initialiser; leave alone.                       */
	int64_t timeout_ms; /**< Then give up. Default 600000.                              */
	int64_t settle_ms;  /**< Complete only when it stays so for this long. Default 2000. */
	int64_t stall_ms;   /**< Instances that fail, and no progress for so long: give up
	                          with ::ORCH_E_FAILED. Default 10000.                       */
	orch_deployment_progress_fn *progress; /**< NULL: none.                              */
	void *progress_payload;                /**< Handed to `progress`.                    */
} orch_wait_options;

/* clang-format off */
#define ORCH_WAIT_OPTIONS_INIT \
	{ sizeof(orch_wait_options), ORCH_UNSET, ORCH_UNSET, ORCH_UNSET, NULL, NULL }
/* clang-format on */

/** How to carry out a change. Initialise with ::ORCH_WRITE_OPTIONS_INIT. Grows at the end. */
typedef struct orch_write_options {
	size_t struct_size;            /**< Set by the initialiser; leave alone.               */
	int64_t timeout_ms;            /**< Until it is accepted. Default: the client's.       */
	const char *version;           /**< Only if the object is still this version, else
	                                    ::ORCH_E_CONFLICT. NULL: whatever it is.           */
	const orch_wait_options *wait; /**< NULL: return once accepted. Else wait as well: for
	                                    a deletion until no instance is left, for all else
	                                    as orch_deployment_wait().                         */
	int64_t force;                 /**< Of an apply: 1: fields that someone else manages are
	                                    taken over. 0: ::ORCH_E_CONFLICT, whose message names
	                                    that manager and the field; see
	                                    ::ORCH_CAP_FIELD_OWNERSHIP. Default 1.             */
} orch_write_options;

/* clang-format off */
#define ORCH_WRITE_OPTIONS_INIT { sizeof(orch_write_options), ORCH_UNSET, NULL, NULL, ORCH_UNSET }
/* clang-format on */

/**
 * Read one deployment.
 *
 * @param[out] out Owned; release it with orch_deployment_free(). Untouched on error.
 * @retval ORCH_E_NOTFOUND No such deployment in this namespace.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_deployment_get(orch_client *client, const char *name, const orch_deployment **out);

/**
 * Read all deployments of the namespace, in the order of their names.
 *
 * @param options  NULL for the defaults.
 * @param[out] out Owned; release it with orch_deployments_free(). Untouched on error.
 * @retval ORCH_E_INVALID The selector is malformed.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_deployment_list(
	orch_client *client, const orch_list_options *options, const orch_deployments **out);

/**
 * Begin to read deployments one by one, in the orchestrator's order. Memory
 * stays flat however many there are.
 *
 * @param options  NULL for the defaults; the deadline is that of the whole.
 * @param[out] out Owned; give it back with orch_deployment_close(). It keeps the
 *                 client alive. Untouched on error.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_deployment_open(
	orch_client *client, const orch_list_options *options, orch_deployment_cursor **out);

/**
 * The next one.
 *
 * @param[out] out Owned; release it with orch_deployment_free(). NULL after the last.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_deployment_next(orch_deployment_cursor *cursor, const orch_deployment **out);

/** End the reading, also before its end. NULL is ignored. @since 0.1 */
ORCH_API_NOFAIL(void) orch_deployment_close(orch_deployment_cursor *cursor);

/**
 * Make a deployment what `spec` says, creating it if need be.
 *
 * Modelled parts that `spec` leaves open are removed or return to the
 * orchestrator's default, but for `replicas`, which stays. Fields of the
 * orchestrator's object that liborch does not model are kept. When nothing
 * differs, nothing is written. A change by someone else in between is not
 * lost: liborch reads again and applies `spec` to that.
 *
 * Some orchestrators remember who set which field: another tool, a controller,
 * an autoscaler. Fields of `spec` become this program's, unless `options->force`
 * is 0: then one that another manages and that would change is left alone, all
 * others too, and the call fails.
 *
 * Where an orchestrator counts in whole seconds, durations are rounded up, and
 * results tell what it made of them.
 *
 * @param spec     Copied.
 * @param options  NULL for the defaults.
 * @param[out] out The deployment as accepted (or as waited for), owned; release
 *                 it with orch_deployment_free(). May be NULL. Untouched on error.
 *
 * @retval ORCH_E_INVALID     A part of the spec is wrong; the message names it.
 * @retval ORCH_E_UNSUPPORTED This orchestrator lacks a part of it; see orch/capability.h.
 * @retval ORCH_E_CONFLICT    It is not of `options->version`, or `options->force` is 0
 *                            and someone else manages a field.
 * @retval ORCH_E_IMMUTABLE   It is there, but as something this cannot be turned into.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_deployment_apply(orch_client *client, const orch_deployment_spec *spec,
	const orch_write_options *options, const orch_deployment **out);

/**
 * Change how many instances a deployment runs, and nothing else.
 *
 * @param replicas 0 or more.
 * @param options  NULL for the defaults.
 * @param[out] out As for orch_deployment_apply().
 *
 * @retval ORCH_E_NOTFOUND No such deployment.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_deployment_scale(orch_client *client, const char *name, int64_t replicas,
	const orch_write_options *options, const orch_deployment **out);

/**
 * Replace every instance by a new one, in the orchestrator's rolling way.
 *
 * @param options  NULL for the defaults.
 * @param[out] out As for orch_deployment_apply().
 * @retval ORCH_E_NOTFOUND No such deployment.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_deployment_restart(orch_client *client, const char *name, const orch_write_options *options,
	const orch_deployment **out);

/**
 * Delete a deployment and its instances.
 *
 * @param options NULL: return once accepted; instances may still be stopping.
 *                With `wait`: return when the last of them is gone.
 * @retval ORCH_E_NOTFOUND No such deployment.
 * @retval ORCH_E_TIMEOUT  Deleted (the error's outcome is APPLIED), but instances
 *                         are still there.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_deployment_delete(orch_client *client, const char *name, const orch_write_options *options);

/**
 * Wait until a deployment is complete: all its instances are ready, of its
 * present spec, and no others are left.
 *
 * @param options  NULL for the defaults.
 * @param[out] out As it was at the end, owned; release it with
 *                 orch_deployment_free(). May be NULL. Untouched on error.
 *
 * @retval ORCH_E_FAILED   It will not get there by itself: the message says which
 *                         instance fails and why, `orch_error.reason` holds the
 *                         name of its ::orch_cause.
 * @retval ORCH_E_TIMEOUT  Not yet; message and reason say what it waits for.
 * @retval ORCH_E_NOTFOUND No such deployment, or it was deleted meanwhile.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_deployment_wait(orch_client *client, const char *name, const orch_wait_options *options,
	const orch_deployment **out);

/** Name of an ::orch_deployment_state: "complete". Never NULL. @since 0.1 */
ORCH_API_NOFAIL(const char *) orch_deployment_state_name(int64_t state);

/** Release a deployment. NULL is ignored. @since 0.1 */
ORCH_API_NOFAIL(void) orch_deployment_free(const orch_deployment *deployment);

/** Release a list and all in it. NULL is ignored. @since 0.1 */
ORCH_API_NOFAIL(void) orch_deployments_free(const orch_deployments *list);

ORCH_END_DECLS
#endif
