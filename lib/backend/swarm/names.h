/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_NAMES_H
#define ORCH_SWARM_NAMES_H

#include <stdbool.h>

#include "orch/sys/backend.h"

/*
 * Swarm has one flat space of names. A namespace is a prefix of the name and a
 * label: `web` of namespace `shop` is the service `shop_web`, which `docker
 * stack ls` shows too. "default" has neither.
 */
#define SWARM_NS_DEFAULT "default"
#define SWARM_LABEL_MANAGED "orch.io/managed"
#define SWARM_LABEL_NAMESPACE "orch.io/namespace"
#define SWARM_LABEL_OP "orch.io/op"
#define SWARM_LABEL_STACK "com.docker.stack.namespace"

enum { SWARM_NAME_MAX = 63 };

/* The name of the service. ORCH_E_INVALID when prefix and name are too long together. */
orch_status swarm_name_join(orch_pool *pool, const char *ns, const char *name, const char **out);

/*
 * And back: the namespace its labels say, if its name has that prefix; else
 * "default" and the whole name. Borrowed from the arguments.
 */
void swarm_name_split(const char *full, orch_kv_list labels, const char **ns, const char **name);

/* Does a key belong to the one who deploys, and not to liborch or to Docker? */
bool swarm_label_is_users(const char *key);
/* The last one of that key; NULL: none. */
const char *swarm_label_find(orch_kv_list labels, const char *key);

/* Those of the user. ORCH_E_NOMEM. */
orch_status swarm_labels_of_user(orch_pool *pool, orch_kv_list all, orch_kv_list *out);

/*
 * All labels a service shall have: the user's, and what Docker and liborch have
 * put there before. `live` may be empty.
 */
orch_status swarm_labels_for(
	orch_pool *pool, orch_kv_list users, orch_kv_list live, orch_kv_list *out);

/*
 * The same list, signed with the name of the call that writes it. `ns` not NULL:
 * and marked as managed by liborch, in that namespace. These marks alone are
 * never a reason to write.
 */
orch_status swarm_labels_sign(
	orch_pool *pool, orch_kv_list labels, const char *ns, const char *op_id, orch_kv_list *out);

#endif
