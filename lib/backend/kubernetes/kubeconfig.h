/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_KUBECONFIG_H
#define ORCH_KUBE_KUBECONFIG_H

#include <stdbool.h>

#include "orch/client.h"
#include "util/arena.h"
#include "yaml/yaml.h"

/* Kubeconfig files, and how their entries are found: by name, the first file wins. */

enum { KUBE_FILES_MAX = 64 };

struct kube_file {
	const char *name;   /* for messages: its path, "kubeconfig_text"             */
	const char *folder; /* that its relative paths begin in; NULL: from memory   */
	bool is_own;        /* nobody but the user and root can write it             */
	const struct orch__yaml *root;
};

struct kube_files {
	struct orch__arena arena; /* of the trees; secret */
	struct kube_file items[KUBE_FILES_MAX];
	size_t count;
};

/*
 * Those of the options, else of KUBECONFIG, else ~/.kube/config. Every name is there once in
 * its file, and what is called base64 is. Dispose of `out` in either case.
 */
orch_status kube_files_read(const orch_client_options *options, struct kube_files *out);
void kube_files_dispose(struct kube_files *files);

/* "clusters: [{name: N, cluster: {...}}]" and the like. */
struct kube_section {
	const char *list, *noun; /* "clusters", "cluster" */
};

extern const struct kube_section kube_clusters, kube_users, kube_contexts;

/* An entry. Borrows from the files. */
struct kube_entry {
	const struct kube_file *file;
	const char *noun, *name;
	const struct orch__yaml *value; /* a map, or NULL: nothing in it */
};

/* ORCH_E_NOTFOUND. */
orch_status kube_files_find(const struct kube_files *files, const struct kube_section *section,
	const char *name, struct kube_entry *out);

/* The current context and the file that says so; NULL: none does. */
const char *kube_files_current(const struct kube_files *files);

#endif
