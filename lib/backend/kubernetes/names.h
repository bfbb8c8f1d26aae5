/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_NAMES_H
#define ORCH_KUBE_NAMES_H

#include <stdbool.h>

#include "backend/kubernetes/tables.h"
#include "orch/sys/backend.h"
#include "util/buf.h"

/*
 * What liborch writes for itself. Labels: `app.kubernetes.io/name`, `.../instance` and
 * `.../managed-by` on the object, the first two on its pods and in its selector, which
 * cannot be changed later. Annotations, on the object alone: on the pods they would begin
 * a rollout.
 */
#define KUBE_MANAGER "liborch"         /* who writes the fields of a spec            */
#define KUBE_MANAGER_OPS "liborch-ops" /* who scales and restarts                    */
#define KUBE_LABEL_NAME "app.kubernetes.io/name"
#define KUBE_LABEL_INSTANCE "app.kubernetes.io/instance"
#define KUBE_LABEL_MANAGED "app.kubernetes.io/managed-by"
#define KUBE_NOTE_OP "orch.io/op" /* which call wrote it last */
/* Members that were given although the object looks the same without: "a,b". */
#define KUBE_NOTE_GIVEN "orch.io/given"
#define KUBE_NOTE_RESTARTED "kubectl.kubernetes.io/restartedAt"

/* The last one of that key; NULL: none. */
const char *kube_label_find(orch_kv_list labels, const char *key);

/* Has the member been given, as the annotations of the object say? */
bool kube_given_has(orch_kv_list annotations, const char *member);

/* Labels of an object as its user sees them. ORCH_E_NOMEM. */
orch_status kube_labels_of_user(orch_pool *pool, const struct kube_meta *meta, orch_kv_list *out);

/* All labels it shall have: the user's, and those of liborch that are there. `live` may be
 * NULL. */
orch_status kube_labels_for(
	orch_pool *pool, orch_kv_list users, const struct kube_meta *live, orch_kv_list *out);

/* Would liborch write this very label by itself, on the object `name`? */
bool kube_label_is_mark(const char *name, const orch_kv *label);

/* Add a member, or those labels that would otherwise pass for marks, to "a,b". */
void kube_given_add(struct orch__buf *list, const char *member);
void kube_given_add_labels(struct orch__buf *list, const char *name, orch_kv_list labels);

/* Has liborch written this object? Scaling and restarting is not writing it. */
bool kube_meta_is_ours(const struct kube_meta *meta);

/* The annotations it shall have: those that are there, and `given` in place of what was said
 * before; "" or NULL: nothing. */
orch_status kube_notes_for(
	orch_pool *pool, orch_kv_list live, const char *given, orch_kv_list *out);

/* Was it made by liborch? Only then its labels say so: what somebody else has made stays his,
 * whoever writes it. */
bool kube_meta_is_made(const struct kube_meta *meta);

/*
 * Labels and annotations of `meta`, signed: with the name of the call, and what is made by
 * liborch with its labels, unless the user says otherwise. These marks alone are never a
 * reason to write.
 */
orch_status kube_meta_sign(
	orch_pool *pool, struct kube_meta *meta, bool is_made, const char *op_id);

/* The two labels that tell the pods of a deployment. */
orch_status kube_labels_of_pods(orch_pool *pool, const char *name, orch_kv_list *out);

/* Did the call of that name write this? */
bool kube_meta_is_signed(const struct kube_meta *meta, const char *op_id);

#endif
