/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_CONFIG_H
#define ORCH_KUBE_CONFIG_H

#include <stdbool.h>

#include "orch/client.h"
#include "util/arena.h"

/* A file, or its content in memory; both NULL: none. `data` is decoded: PEM text. */
struct kube_source {
	const char *path; /* absolute, or relative to where the program runs */
	const char *data;
};

/* The entry `exec` of a user: a program that prints a credential. */
struct kube_exec {
	const char *api_version; /* "client.authentication.k8s.io/v1", ".../v1beta1" */
	const char *command;     /* with '/': a path; else looked for in PATH */
	orch_string_list args;
	orch_kv_list env;
	const char *install_hint;
	const char *interactive; /* "Never", "IfAvailable", "Always" */
	const char *config;      /* JSON of the cluster's extension for plugins; NULL: none */
	bool wants_cluster;      /* provideClusterInfo */
	bool is_trusted;         /* by ORCH_EXEC_DEFAULT: a file that is the user's own says so */
};

/* How to prove who we are: at most one of token, token_file, username, exec; with or
 * without a certificate. */
struct kube_user {
	struct kube_source cert, key;
	const char *token, *token_file;
	const char *username, *password;
	const struct kube_exec *exec;
	const char *as, *as_uid; /* impersonation */
	orch_string_list as_groups;
	orch_kv_list as_extra; /* a key of several values is there several times */
};

/* Which cluster to talk to, as whom, and why this one. Texts live in `texts`. */
struct kube_config {
	struct orch__arena texts;
	const char *url;       /* as chosen: "kubernetes://prod"                     */
	const char *chosen_by; /* "the URL", "context prod of ~/.kube/config" */
	const char *ns;        /* of the context; NULL: none                         */
	const char *server;    /* "https://host:6443/prefix", no query               */
	const char *proxy;     /* NULL: none                                         */
	const char *tls_server_name;
	struct kube_source ca;
	struct kube_user user;
	bool is_insecure, no_compression;
};

/*
 * Decide: a context in the URL or in the options, or a kubeconfig in the options, means
 * kubeconfig; a server in the options means that one; else in-cluster, else kubeconfig
 * (KUBECONFIG, ~/.kube/config). Reads no secret but what stands in the kubeconfig itself,
 * runs nothing. Dispose of `out` in either case.
 */
orch_status kube_config_resolve(
	const char *url, const orch_client_options *options, struct kube_config *out);
void kube_config_dispose(struct kube_config *config); /* wipes what is secret */

#endif
