/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_ENTRY_H
#define ORCH_KUBE_ENTRY_H

#include "backend/kubernetes/config.h"
#include "backend/kubernetes/kubeconfig.h"

/*
 * Members of an entry of a kubeconfig, or of a map in one. What is absent, null or "" is
 * left as it is in `out`. Texts are copied into `keep`. Failures begin with the file and the
 * entry and never quote a value.
 */
orch_status kube_entry_text(const struct kube_entry *e, const struct orch__yaml *map,
	const char *key, struct orch__arena *keep, const char **out);
orch_status kube_entry_bool(
	const struct kube_entry *e, const struct orch__yaml *map, const char *key, bool *out);
orch_status kube_entry_list(const struct kube_entry *e, const struct orch__yaml *map,
	const char *key, struct orch__arena *keep, orch_string_list *out);

/* A path, relative to the folder of the file; from memory there is none. */
orch_status kube_entry_path(const struct kube_entry *e, const struct orch__yaml *map,
	const char *key, struct orch__arena *keep, const char **out);

/* `key` is a path, KEY-data its content in base64: one of them, or none. */
orch_status kube_entry_source(const struct kube_entry *e, const char *key, struct orch__arena *keep,
	struct kube_source *out);

/* "FILE: user NAME: why". */
orch_status kube_entry_fail(const struct kube_entry *e, orch_status status, const char *fmt, ...)
	ORCH_PRINTF(3, 4);

/* "folder/path", unless `path` is absolute. NULL: no memory. */
const char *kube_path_join(struct orch__arena *keep, const char *folder, const char *path);

#endif
