/* SPDX-License-Identifier: MIT */
#ifndef ORCH_NAMESPACE_H
#define ORCH_NAMESPACE_H

#include "orch/deployment.h"

/**
 * @file orch/namespace.h
 * @brief What keeps the names of one team, program or test apart from all others.
 *
 * | liborch           | Kubernetes                   | Docker Swarm                                 |
 * |-------------------|------------------------------|----------------------------------------------|
 * | namespace         | Namespace                    | `NS_` before the names of what is in it      |
 * | exists            | once made, also when empty   | as long as something is in it                |
 * | "default"         | `default`                    | what has neither that label nor a prefix     |
 * | state TERMINATING | deletionTimestamp            | never: its services are gone at once         |
 * | labels            | metadata.labels              | none                                         |
 *
 * Which one a client works in is said when it is opened, or by
 * orch_client_with_namespace(). A deployment that is applied makes its namespace
 * if need be (`create_namespace` of ::orch_client_options), so a program that only
 * deploys needs none of this.
 */
ORCH_BEGIN_DECLS

/** Where a namespace is in its life. */
typedef enum orch_namespace_state {
	ORCH_NAMESPACE_ACTIVE = 1,     /**< It can be used.                                   */
	ORCH_NAMESPACE_TERMINATING = 2 /**< Being deleted: nothing can be made in it.         */
} orch_namespace_state;

/** A namespace as the orchestrator reports it. Read-only. Grows at the end. */
typedef struct orch_namespace {
	const char *name;     /**< Never NULL.                                                */
	int64_t state;        /**< ::orch_namespace_state.                                    */
	const char *message;  /**< Why it is still there, in the orchestrator's words; or "". */
	orch_kv_list labels;  /**< Where the orchestrator keeps any.                          */
	int64_t created_ms;   /**< Milliseconds since 1970, or ::ORCH_UNSET.                  */
	const char *raw_json; /**< NULL unless the client asks for it and there is some.      */
} orch_namespace;

/** Elements are pointers, so that ::orch_namespace may grow. */
typedef struct orch_namespaces {
	const orch_namespace *const *items;
	size_t count;
} orch_namespaces;

/**
 * All namespaces, in the order of their names; "default" is always among them.
 *
 * @param options  NULL for the defaults. `all_namespaces` makes no difference.
 * @param[out] out Owned; release it with orch_namespaces_free(). Untouched on error.
 * @retval ORCH_E_INVALID The selector is malformed.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_namespace_list(
	orch_client *client, const orch_list_options *options, const orch_namespaces **out);

/**
 * Make the namespace of this client exist. It may be there already.
 *
 * @param options NULL for the defaults; `version` and `force` are not for namespaces.
 *                With `wait`: one that is being deleted is waited for and made anew.
 * @retval ORCH_E_CONFLICT It is being deleted.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_namespace_apply(orch_client *client, const orch_write_options *options);

/**
 * Delete the namespace of this client, with everything in it.
 *
 * @param options NULL: return once accepted. With `wait`: return when all of it is
 *                gone and the name can be used again. `version` and `force` are not
 *                for namespaces.
 * @retval ORCH_E_INVALID  It is "default", which can never be deleted.
 * @retval ORCH_E_NOTFOUND There is no such namespace; where one exists only as long
 *                         as something is in it: nothing is.
 * @retval ORCH_E_TIMEOUT  Deleted (the error's outcome is APPLIED), but something is
 *                         still there: the message says what.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_namespace_delete(orch_client *client, const orch_write_options *options);

/** Name of an ::orch_namespace_state: "active". Never NULL. @since 0.1 */
ORCH_API_NOFAIL(const char *) orch_namespace_state_name(int64_t state);

/** Release a list and all in it. NULL is ignored. @since 0.1 */
ORCH_API_NOFAIL(void) orch_namespaces_free(const orch_namespaces *list);

ORCH_END_DECLS
#endif
