/* SPDX-License-Identifier: MIT */
#ifndef ORCH_CLIENT_H
#define ORCH_CLIENT_H

#include "orch/error.h"
#include "orch/trace.h"

/**
 * @file orch/client.h
 * @brief A connection to one orchestrator.
 *
 * | URL                             | opens                                             |
 * |---------------------------------|---------------------------------------------------|
 * | `swarm://host[:port][,host2..]` | managers of a Docker Swarm over TCP               |
 * | `swarm+unix:///path`            | the engine behind a socket                        |
 * | `swarm+ssh://user@host[:port]`  | an engine behind ssh                              |
 * | `swarm://`                      | what the docker command would use                 |
 * | `kubernetes://CONTEXT`          | the cluster of that context of the kubeconfig     |
 * | `kubernetes://`                 | the cluster the program runs in, else that of the |
 * |                                 | kubeconfig's current context                      |
 * | `sim://[name][?nodes=3&seed=7]` | the simulator, in this process; see orch/sim.h    |
 *
 * Names of contexts are percent-encoded where they need it: `kubernetes://a%20b`.
 *
 * A client may be used from many threads at once. It is reference counted, and
 * so cheap to hand around; orch_client_with_namespace() makes another view of
 * the same connections. Opening costs no request: the first call connects.
 */
ORCH_BEGIN_DECLS

/** Whether programs may be run that a kubeconfig names to get a credential. */
typedef enum orch_exec_policy {
	ORCH_EXEC_DEFAULT = 0,  /**< As kubectl does when the kubeconfig is the user's own: a file
	                             of the user or of root that nobody else may write. Else not. */
	ORCH_EXEC_ALLOW = 1,    /**< Run them.                                                    */
	ORCH_EXEC_DENY = 2,     /**< Run none.                                                    */
	ORCH_EXEC_ALLOWLIST = 3 /**< Run those in `exec_allowed`.                                 */
} orch_exec_policy;

/**
 * Whether the call that this thread makes is to end. Asked by that thread, every
 * 50 ms at the latest while it waits. It must return soon and must not call liborch,
 * and what it has said holds until the call has returned.
 *
 * For programs whose signals take effect only where they look for them, such as
 * interpreters; others have orch_client_cancel().
 *
 * @return 0: go on. Else the call returns ::ORCH_E_CANCELLED.
 */
typedef int orch_interrupted_fn(void *payload);

/**
 * How to connect. Initialise with ::ORCH_CLIENT_OPTIONS_INIT. Grows at the end.
 * Texts that are NULL and numbers that are ::ORCH_UNSET take the default.
 *
 * An option that cannot be honoured is ::ORCH_E_INVALID, not ignored:
 *
 * | options                                                 | Kubernetes | Swarm: TCP | socket, ssh | sim |
 * |---------------------------------------------------------|------------|------------|-------------|-----|
 * | `context`, with a URL that names no host                | yes        | yes        | yes         | no  |
 * | `ca_file`, `cert_file`, `key_file`, `insecure`, `proxy` | yes        | yes        | no          | no  |
 * | `kubeconfig` to `exec_allowed`, `create_namespace` of 0 | yes        | no         | no          | no  |
 * | all others                                              | yes        | yes        | yes         | yes |
 *
 * How a Swarm is reached may be decided by DOCKER_HOST or a context, not by the URL.
 * To an API server of http:// there are no certificates and no credentials, and
 * `ca_file` is nothing to be given where certificates are not checked.
 */
typedef struct orch_client_options {
	size_t struct_size;           /**< Set by the initialiser; leave alone.              */
	const char *ns;               /**< Namespace, as orch_client_with_namespace() takes it.
	                                 Default: the URL's, else "default".               */
	const char *context;          /**< Name of a Docker or Kubernetes context.           */
	int64_t timeout_ms;           /**< Deadline of each call, retries included. 30000.   */
	int64_t connect_timeout_ms;   /**< For name look-up, TCP and TLS together. 10000.    */
	const char *ca_file;          /**< PEM: whom to trust. Default: what the context or
	                                 environment says, else the system's.              */
	const char *cert_file;        /**< PEM: who we are.                                  */
	const char *key_file;         /**< PEM: the key of `cert_file`.                      */
	int64_t insecure;             /**< 1: do not check the server's certificate. 0. Where a
	                                 context or kubeconfig is used it must say so, too. */
	const char *proxy;            /**< URL of an HTTP proxy. Default: none, and the
	                                 environment is not asked.                         */
	const char *user_agent;       /**< Default "liborch/VERSION".                        */
	int64_t raw_json;             /**< 1: results keep the orchestrator's JSON. 0.       */
	int64_t strict_json;          /**< 1: every byte of lists is checked, not only what
	                                 liborch reads; slower. 0.                         */
	orch_trace_fn *trace;         /**< NULL: none.                                       */
	void *trace_payload;          /**< Handed to `trace`. Borrowed by the client.        */
	const char *kubeconfig;       /**< Path. Default: the files of the variable
	                                 KUBECONFIG, else `~/.kube/config`.                */
	const char *kubeconfig_text;  /**< The content of one instead. It names no files,
	                                 and programs only as `exec_policy` allows.        */
	const char *server;           /**< "https://host[:port][/prefix]" of an API server:
	                                 instead of a kubeconfig.                          */
	const char *token;            /**< Bearer token: instead of what the kubeconfig has. */
	const char *token_file;       /**< The same in a file, read again when it changes.   */
	const char *impersonate_user; /**< Act as this user.                               */
	orch_string_list impersonate_groups; /**< And as a member of these groups.         */
	int64_t exec_policy;              /**< ::orch_exec_policy. ::ORCH_EXEC_DEFAULT.          */
	orch_string_list exec_allowed;    /**< For ::ORCH_EXEC_ALLOWLIST: commands, as the
	                                 kubeconfig spells them or as absolute paths.      */
	int64_t create_namespace;         /**< 1: an apply into a namespace that does not exist
	                                 makes it. 0: that is ::ORCH_E_NOTFOUND. 1.        */
	orch_interrupted_fn *interrupted; /**< NULL: nobody is asked.                      */
	void *interrupted_payload;        /**< Handed to `interrupted`. Borrowed by the client. */
} orch_client_options;

/* clang-format off */
#define ORCH_CLIENT_OPTIONS_INIT \
	{ sizeof(orch_client_options), NULL, NULL, ORCH_UNSET, ORCH_UNSET, NULL, NULL, NULL, \
	  ORCH_UNSET, NULL, NULL, ORCH_UNSET, ORCH_UNSET, NULL, NULL, NULL, NULL, NULL, NULL, \
	  NULL, NULL, { NULL, 0 }, ORCH_UNSET, { NULL, 0 }, ORCH_UNSET, NULL, NULL }
/* clang-format on */

/** What a client is connected to, and why. Read-only. Grows at the end. */
typedef struct orch_client_info {
	const char *backend;        /**< "kubernetes", "swarm", "sim": for people, not for
	                                 decisions.                                     */
	const char *url;            /**< As chosen.                                     */
	const char *chosen_by;      /**< "the URL", "ORCH_URL", "context prod" ...      */
	const char *endpoint;       /**< That answered, such as "10.0.0.1:2376".        */
	const char *server_version; /**< "20.10.24".                                    */
	const char *api_version;    /**< Spoken with it, "1.41".                        */
	const char *ns;             /**< Namespace of this view.                        */
} orch_client_info;

/**
 * Open a client.
 *
 * Without a URL the environment decides, and orch_client_info_get() says what was
 * chosen and why. The first of these that is there:
 *
 * | sign                                                              | opens            |
 * |-------------------------------------------------------------------|------------------|
 * | `ORCH_URL`                                                        | that             |
 * | `KUBERNETES_SERVICE_HOST` and the token of a service account      | `kubernetes://`  |
 * | `KUBECONFIG`, or the file `~/.kube/config`                        | `kubernetes://`  |
 * | `DOCKER_HOST`, `DOCKER_CONTEXT`, a current context, nothing of it | `swarm://`       |
 *
 * So a kubeconfig goes before DOCKER_HOST: a program that means one of them says
 * so by a URL. The options `kubeconfig`, `kubeconfig_text` and `server` are such a
 * sign, too. A backend that was not built in is not asked.
 *
 * @param url      See the table at the top of this file. NULL: the environment decides.
 * @param options  NULL for the defaults. Copied.
 * @param[out] out Owned; give it back with orch_client_close(). Untouched on error.
 *
 * @retval ORCH_E_INVALID     The URL or an option is malformed; the message says which.
 * @retval ORCH_E_UNSUPPORTED The scheme is known but was not built in.
 * @retval ORCH_E_NOTFOUND    A file or context that was named does not exist.
 * @retval ORCH_E_DENIED      A file that was named may not be read; or the context asks
 *                            not to check certificates, and `insecure` does not.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_client_open(const char *url, const orch_client_options *options, orch_client **out);

/**
 * One more owner of the same client.
 *
 * @return `client`, owned once more: close it once more. NULL for NULL.
 * @since 0.1
 */
ORCH_API_NOFAIL(orch_client *) orch_client_ref(orch_client *client);

/**
 * Another view of the same connections, whose calls mean another namespace.
 *
 * The namespace need not exist yet. Namespaces isolate names:
 *
 * | liborch   | Kubernetes | Docker Swarm                                                     |
 * |-----------|------------|------------------------------------------------------------------|
 * | namespace | Namespace  | `NS_` before the name, labels `orch.io/namespace`, `com.docker.stack.namespace` |
 * | "default" | `default`  | no prefix, no label                                              |
 *
 * Docker Swarm has 63 characters for `NS_NAME`. A deployment whose name does not fit
 * behind that of its namespace is ::ORCH_E_INVALID there; where names of 22 characters
 * shall fit everywhere, a namespace has at most 40.
 *
 * @param ns       A DNS label of at most 63 characters.
 * @param[out] out Owned; give it back with orch_client_close(). Untouched on error.
 * @retval ORCH_E_INVALID `ns` is no DNS label.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_client_with_namespace(orch_client *client, const char *ns, orch_client **out);

/**
 * Another view of the same connections, whose calls have another deadline.
 *
 * @param timeout_ms More than 0.
 * @param[out] out   Owned; give it back with orch_client_close(). Untouched on error.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_client_with_timeout(orch_client *client, int64_t timeout_ms, orch_client **out);

/**
 * Ask the orchestrator who it is. This is a request, and so a test of the connection.
 *
 * @param[out] out Owned; release it with orch_client_info_free(). Untouched on error.
 * @since 0.1
 */
ORCH_API(orch_status)
orch_client_info_get(orch_client *client, const orch_client_info **out);

/** Release what orch_client_info_get() gave. NULL is ignored. @since 0.1 */
ORCH_API_NOFAIL(void) orch_client_info_free(const orch_client_info *info);

/** Namespace of this view. Borrowed from the client. Never NULL. @since 0.1 */
ORCH_API_NOFAIL(const char *) orch_client_namespace(const orch_client *client);

/**
 * End every call that runs on this view now, in any thread: each returns
 * ::ORCH_E_CANCELLED within 50 ms. Later calls are not affected. May be called
 * from any thread, and from a signal handler.
 * @since 0.1
 */
ORCH_API_NOFAIL(void) orch_client_cancel(orch_client *client);

/**
 * Drop one reference. The connections close with the last view; streams keep
 * their client alive. NULL is ignored.
 * @since 0.1
 */
ORCH_API_NOFAIL(void) orch_client_close(orch_client *client);

ORCH_END_DECLS
#endif
