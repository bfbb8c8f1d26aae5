/* SPDX-License-Identifier: MIT */
#ifndef ORCH_CAPABILITY_H
#define ORCH_CAPABILITY_H

#include "orch/error.h"

/**
 * @file orch/capability.h
 * @brief Ask before you call.
 *
 * Everything a program may want is done by the orchestrator (native), done by
 * liborch because the orchestrator lacks it (emulated), or not to be had
 * (unavailable, with a reason for people). A call that is unavailable returns
 * ::ORCH_E_UNSUPPORTED; nothing is ever accepted and then ignored.
 */
ORCH_BEGIN_DECLS

/* clang-format off */
/** Operations: X(name, value, noun, slot, text). Values are never reused. */
#define ORCH_CAP_MAP(X)                                                                            \
	X(DEPLOYMENT_GET,          1, deployment, get,       "read a deployment")                  \
	X(DEPLOYMENT_LIST,         2, deployment, open,      "list deployments")                   \
	X(DEPLOYMENT_APPLY,        3, deployment, put,       "create or change a deployment")      \
	X(DEPLOYMENT_SCALE,        4, deployment, scale,     "change the number of instances")     \
	X(DEPLOYMENT_RESTART,      5, deployment, restart,   "replace all instances")              \
	X(DEPLOYMENT_DELETE,       6, deployment, remove,    "delete a deployment")                \
	X(DEPLOYMENT_WAIT,         7, deployment, wait,      "wait until a deployment is complete") \
	X(INSTANCE_LIST,           8, instance,   list,      "list instances")                     \
	X(NAMESPACE_LIST,          9, ns,         list,      "list namespaces")                    \
	X(NAMESPACE_APPLY,        10, ns,         put,       "make a namespace exist")             \
	X(NAMESPACE_DELETE,       11, ns,         remove,    "delete a namespace with all in it")

/** What not every orchestrator has in a spec or an option: X(name, value, text). */
#define ORCH_FEATURE_MAP(X)                                                                        \
	X(RESTART_CONDITION,     100, "instances that are not started again when they end")        \
	X(RESTART_DELAY,         101, "a chosen delay between restarts")                           \
	X(NAMED_USER,            102, "run instances as a user given by name")                     \
	X(SEVERAL_ENDPOINTS,     103, "several API servers behind one client")                     \
	X(PREFIXED_NODE_LABEL,   104, "constraints on node labels with a prefix: example.com/disk") \
	X(FIELD_OWNERSHIP,       105, "tell whose a field is")
/* clang-format on */

#define X(name, value, noun, slot, text) ORCH_CAP_##name = (value),
#define Y(name, value, text) ORCH_CAP_##name = (value),
/** Something that an orchestrator may or may not be able to do. */
typedef enum orch_cap { ORCH_CAP_MAP(X) ORCH_FEATURE_MAP(Y) } orch_cap;
#undef X
#undef Y

/** How well it is done. */
typedef enum orch_level {
	ORCH_LEVEL_UNAVAILABLE = 0, /**< The call returns ::ORCH_E_UNSUPPORTED.    */
	ORCH_LEVEL_EMULATED = 1,    /**< liborch does what the orchestrator lacks. */
	ORCH_LEVEL_NATIVE = 2       /**< The orchestrator does it.                 */
} orch_level;

/**
 * How well this client can do something.
 *
 * @param[out] reason Why it is not native, a sentence for people; "" when it
 *                    is. Borrowed: valid until the client is closed. May be NULL.
 * @return Unavailable for a NULL client and for a `cap` that does not exist.
 * @since 0.1
 */
ORCH_API_NOFAIL(orch_level)
orch_capability(const orch_client *client, orch_cap cap, const char **reason);

/** Name of a capability: "DEPLOYMENT_SCALE". NULL when it does not exist. @since 0.1 */
ORCH_API_NOFAIL(const char *) orch_cap_name(orch_cap cap);

/** What it is, in words: "change the number of instances". NULL as above. @since 0.1 */
ORCH_API_NOFAIL(const char *) orch_cap_text(orch_cap cap);

/** Name of a level: "native", "emulated", "unavailable". Never NULL. @since 0.1 */
ORCH_API_NOFAIL(const char *) orch_level_name(orch_level level);

/**
 * The i-th capability, in the order of the support matrix.
 *
 * @return 1 and `*cap` for i below their number, else 0.
 * @since 0.1
 */
ORCH_API_NOFAIL(int) orch_cap_at(size_t i, orch_cap *cap);

ORCH_END_DECLS
#endif
