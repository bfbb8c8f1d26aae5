/* SPDX-License-Identifier: MIT */
#ifndef TESTS_LIVE_KUBE_H
#define TESTS_LIVE_KUBE_H

#include <stdio.h>

#include "live/live.h"

/*
 * For tests that know that they run on a real Kubernetes: kubeconfigs of their
 * own, kubectl beside liborch, and a proxy that makes single requests go wrong.
 */

/* For live_sh() and its kin: as the administrator. */
#define KUBECTL "\"$KUBE_BIN/kubectl\" --kubeconfig \"$KUBE_ADMIN\" "

/* The API server dies at once, and is back when this has ended. */
#define KUBE_KILL_SERVER "\"$LIVE_CLUSTER\" kill --name \"$LIVE_NAME\" apiserver"
#define KUBE_START_SERVER "\"$LIVE_CLUSTER\" restart --name \"$LIVE_NAME\" >/dev/null"

/* What jsonpath finds in an object of the world's namespace; the caller frees. */
char *kube_see(const struct world *w, const char *object, const char *jsonpath);
/* The same as a number; 0 when there is nothing. */
int64_t kube_count(const struct world *w, const char *object, const char *jsonpath);

/* A folder of a test's own, with the certificates of the cluster in it. */
struct kube_files {
	char path[64];
};
void kube_files_begin(struct kube_files *files);
void kube_files_end(struct kube_files *files);
void kube_file(const struct kube_files *files, const char *name, const char *format, ...)
	ORCH_PRINTF(3, 4);

/* A kubeconfig there, whose context "test" is of these members in YAML's flow style. */
void kube_config(
	const struct kube_files *files, const char *name, const char *cluster, const char *user);
/* What `cluster` and `user` are for most tests. */
#define KUBE_CLUSTER "server: '%s', certificate-authority: ca.crt"
#define KUBE_USER_ADMIN "client-certificate: admin.crt, client-key: admin.key"

/* A client of the context "test" in that file, in the namespace of the world. */
orch_client *kube_client(const struct world *w, const struct kube_files *files, const char *name,
	const orch_client_options *options);

/* tests/live/kube_proxy, and a client that has nothing but that. */
struct kube_proxy {
	struct kube_files files;
	FILE *life;
	orch_client *client;
};
void kube_proxy_begin(struct kube_proxy *p, struct world *w, const orch_client_options *options);
void kube_proxy_end(struct kube_proxy *p);
/* Another client behind it. */
orch_client *kube_proxy_client(
	struct kube_proxy *p, struct world *w, const orch_client_options *options);
/* From now on these faults, and a log that begins anew. */
void kube_proxy_faults(struct kube_proxy *p, const char *json);
/* How many requests since then match an extended regular expression. */
int kube_proxy_count(struct kube_proxy *p, const char *pattern);

/*
 * tests/live/kube_tunnel of this kind instead, which ends as the proxy does; its log is counted
 * likewise. A client through it is of a kubeconfig whose cluster names the port between two texts.
 */
void kube_tunnel_begin(struct kube_proxy *p, const char *kind);
orch_client *kube_tunnel_client(struct kube_proxy *p, struct world *w, const char *before_port,
	const char *after_port, const orch_client_options *options);

#endif
