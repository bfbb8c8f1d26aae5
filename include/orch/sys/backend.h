/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SYS_BACKEND_H
#define ORCH_SYS_BACKEND_H

#include "orch/capability.h"
#include "orch/client.h"
#include "orch/deployment.h"
#include "orch/instance.h"
#include "orch/namespace.h"

/**
 * @file orch/sys/backend.h
 * @brief For those who write a backend, not for those who use one.
 *
 * Stable within a minor release only. Operations marked `required` must be
 * set; registration refuses a table that lacks one. A NULL optional operation
 * means "not native here": liborch then emulates it from the required ones
 * where it can, and reports ::ORCH_E_UNSUPPORTED where it cannot.
 *
 * Backends see checked arguments, fill plain public structs and take memory
 * from the pool of the call; they never free results and never wrap. They
 * report failures with orch_fail() and return the status. They retry what is
 * safe to retry, within the deadline of the call; the loop against
 * ::ORCH_E_CONFLICT is liborch's, in one place.
 */
ORCH_BEGIN_DECLS

/** The memory of one result: whatever is taken lives and dies with it. */
typedef struct orch_pool orch_pool;

/** Zeroed. NULL when memory is short: return ::ORCH_E_NOMEM. @since 0.1 */
ORCH_API_NOFAIL(void *) orch_pool_take(orch_pool *pool, size_t size);

/** A copy of `text`; NULL for NULL and when memory is short. @since 0.1 */
ORCH_API_NOFAIL(const char *) orch_pool_copy(orch_pool *pool, const char *text);

/** Record a failure, printf-like, and return `status`. @since 0.1 */
ORCH_API_NOFAIL(orch_status)
orch_fail(orch_status status, orch_outcome outcome, const char *format, ...) ORCH_PRINTF(3, 4);

/** One open backend. Embed it as the first member of your own struct. */
typedef struct orch_backend {
	const struct orch_backend_ops *ops; /**< Set by liborch after open(). */
} orch_backend;

/**
 * The backend behind a client, for a backend that offers calls of its own.
 *
 * @return Borrowed from the client; look at `ops` before you cast it. NULL for NULL.
 * @since 0.1
 */
ORCH_API_NOFAIL(orch_backend *) orch_client_backend(const orch_client *client);

/** What one public call hands down to the backend. Grows at the end. */
typedef struct orch_call {
	size_t struct_size;
	orch_backend *backend;
	orch_pool *pool;     /**< Of the result.                                          */
	const char *ns;      /**< Never NULL; "default" is the unprefixed one.            */
	const char *op_id;   /**< 32 hex digits that name this call: goes into what a write
	                          makes, so that it can be recognised.                    */
	int64_t deadline_ms; /**< On the backend's clock: see orch_call_now().            */
	int64_t raw_json;    /**< 1: fill `raw_json` of results.                          */
	const void *ticket;  /**< liborch's own, for orch_call_cancelled().               */
	int64_t spec_only;   /**< 1: get() need not count instances: a write follows, and
	                          the sooner it comes, the rarer are conflicts; or a list
	                          of the instances themselves.                            */
	int64_t force;       /**< 0: put() takes over no field that someone else manages.
	                          Else 1; never 0 without ::ORCH_CAP_FIELD_OWNERSHIP.     */
} orch_call;

/** 1 when the caller has cancelled. Whoever waits asks at least every 50 ms. @since 0.1 */
ORCH_API_NOFAIL(int) orch_call_cancelled(const orch_call *call);

/** Milliseconds on the clock that `deadline_ms` is a point of. @since 0.1 */
ORCH_API_NOFAIL(int64_t) orch_call_now(const orch_call *call);

/**
 * Sleep, but not beyond the deadline and not after a cancel.
 *
 * @retval ORCH_E_TIMEOUT   The deadline has come; no error is recorded.
 * @retval ORCH_E_CANCELLED Cancelled; no error is recorded.
 * @since 0.1
 */
ORCH_API(orch_status) orch_call_sleep(const orch_call *call, int64_t ms);

/** A deployment as found, and what the backend needs to change it. */
typedef struct orch_deployment_entry {
	orch_deployment deployment; /**< `state` 0: liborch derives it from the counts. */
	const void *live;           /**< The backend's own, in the pool of the call. May be NULL. */
} orch_deployment_entry;

/**
 * All names are non-NULL and valid, without the namespace. `out` is zeroed
 * before each call.
 */
struct orch_deployment_ops {
	size_t struct_size;
	/** required. ::ORCH_E_NOTFOUND when it is not there. */
	orch_status (*get)(const orch_call *call, const char *name, orch_deployment_entry *out);
	/**
	 * required. Begin a list; `*cursor` is the backend's own. The selector is
	 * well formed; filtering by it is the backend's, see orch_selector_matches().
	 */
	orch_status (*open)(const orch_call *call, const orch_list_options *options, void **cursor);
	/** required. The next one, into `call->pool`; `*got` 0 after the last. */
	orch_status (*next)(
		const orch_call *call, void *cursor, orch_deployment_entry *out, int *got);
	/** required. */
	void (*close)(orch_backend *backend, void *cursor);
	/**
	 * required. Make the modelled fields what `want` says, keep all others.
	 * `live` is what get() found: ::ORCH_E_CONFLICT if it is no longer that;
	 * NULL creates, ::ORCH_E_EXISTS if it is there already. With `call->force` 0
	 * a field that someone else manages is ::ORCH_E_CONFLICT too, one that is not
	 * transient and names both. Nothing is written when nothing would change.
	 * `out` needs no counts: liborch reads again when the caller wants them.
	 */
	orch_status (*put)(const orch_call *call, const orch_deployment_entry *live,
		const orch_deployment_spec *want, orch_deployment_entry *out);
	/** optional: NULL means put() of the same spec with another number. */
	orch_status (*scale)(const orch_call *call, const orch_deployment_entry *live,
		int64_t replicas, orch_deployment_entry *out);
	/** required. Have every instance replaced. */
	orch_status (*restart)(const orch_call *call, const orch_deployment_entry *live,
		orch_deployment_entry *out);
	/** required. Delete this one and no other that bears its name. */
	orch_status (*remove)(const orch_call *call, const orch_deployment_entry *live);
	/**
	 * required. How many instances of the deployment exist, which is deleted or on
	 * its way. `live` is what get() found and remove() was given, with what that
	 * may have added to it; it is not read again in between.
	 */
	orch_status (*remaining)(
		const orch_call *call, const orch_deployment_entry *live, int64_t *count);
	/** optional: NULL means that liborch reads again and again. */
	orch_status (*wait)(const orch_call *call, const char *name,
		const orch_wait_options *options, orch_deployment_entry *out);
};

/** As above. */
struct orch_instance_ops {
	size_t struct_size;
	/** required. Instances of the deployment that get() found, in any order. */
	orch_status (*list)(
		const orch_call *call, const orch_deployment_entry *of, orch_instances *out);
};

/**
 * Of orchestrators that have namespaces. Without this table they are a part of the
 * names of deployments, and liborch does it all. `call->ns` is never "default" where
 * something is deleted.
 */
struct orch_ns_ops {
	size_t struct_size;
	/** optional. All of them, in any order; filtering by the selector is the backend's. */
	orch_status (*list)(
		const orch_call *call, const orch_list_options *options, orch_namespaces *out);
	/** optional. Make `call->ns` exist; ::ORCH_E_CONFLICT while it is being deleted. */
	orch_status (*put)(const orch_call *call);
	/**
	 * optional. Begin to delete `call->ns` with all in it: ::ORCH_E_NOTFOUND when there
	 * is none, success when that has begun already. `*live` is for remaining().
	 */
	orch_status (*remove)(const orch_call *call, const void **live);
	/**
	 * required beside remove(). 0: all is gone, and the name can be used again. Else
	 * `*why` may say what is still there, in the pool of this call.
	 */
	orch_status (*remaining)(
		const orch_call *call, const void *live, int64_t *count, const char **why);
};

/** How well a feature of ::ORCH_FEATURE_MAP is there. */
struct orch_feature {
	orch_cap cap;
	orch_level level;
	const char *reason; /**< A sentence for people; "" when native. */
};

/** A backend: its name, its URL schemes, its tables. */
struct orch_backend_ops {
	size_t struct_size;
	const char *name;           /**< "kubernetes", "swarm", "sim".   */
	const char *const *schemes; /**< URL schemes, NULL terminated.   */
	/**
	 * required, unless this build lacks the backend: NULL says so. `url` has one
	 * of the schemes; `options` has every default filled in. `*ns` may be set to a
	 * namespace that URL or context name; borrowed from the backend.
	 */
	orch_status (*open)(const char *url, const orch_client_options *options, orch_backend **out,
		const char **ns);
	/** required. */
	void (*close)(orch_backend *backend);
	/** required. Contact the server; texts in the pool; `ns` is filled in by liborch. */
	orch_status (*info)(const orch_call *call, orch_client_info *out);
	/** optional, both or none: a clock of its own. NULL: the system's. */
	int64_t (*now)(orch_backend *backend);
	void (*sleep)(orch_backend *backend, int64_t ms);
	/**
	 * optional: for a client that is opened without a URL. Does the environment name
	 * one of this kind, in so many words? `*url`: static text, or left NULL. Looks at
	 * variables and files, and asks no server. NULL: it never does.
	 */
	orch_status (*detect)(const orch_client_options *options, const char **url);
	/** Features, ended by a row with cap 0; one that is missing is unavailable. */
	const struct orch_feature *features;
	/** Required. */
	const struct orch_deployment_ops *deployment;
	const struct orch_instance_ops *instance;
	/** Optional. */
	const struct orch_ns_ops *ns;
	/**
	 * optional: those of these client options that it honours, by the names of the
	 * members, NULL terminated: `context`, `ca_file`, `cert_file`, `key_file`, `insecure`,
	 * `proxy`, `kubeconfig` and what follows it. liborch refuses the others for it. NULL: none.
	 */
	const char *const *options;
};

/**
 * Add a backend to this process. Built-in ones need no registration.
 *
 * @param ops Borrowed for the rest of the process.
 * @retval ORCH_E_INVALID A required operation is missing; the message names it.
 * @retval ORCH_E_EXISTS  One of its schemes is taken.
 * @since 0.1
 */
ORCH_API(orch_status) orch_backend_register(const struct orch_backend_ops *ops);

/** Do these labels match a well-formed selector? NULL matches all. @since 0.1 */
ORCH_API_NOFAIL(int) orch_selector_matches(const char *selector, orch_kv_list labels);

ORCH_END_DECLS
#endif
