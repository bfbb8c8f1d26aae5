/* SPDX-License-Identifier: MIT */
#include "backend/swarm/names.h"

#include <string.h>

#include "util/error.h"
#include "util/text.h"

#define DOCKERS "com.docker.stack."
#define OURS "orch.io/"

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

static bool is_default(const char *ns)
{
	return strcmp(ns, SWARM_NS_DEFAULT) == 0;
}

orch_status swarm_name_join(orch_pool *pool, const char *ns, const char *name, const char **out)
{
	const size_t n = strlen(ns), m = strlen(name);
	char *full;

	if (is_default(ns)) {
		*out = name;
		return ORCH_OK;
	}
	if (n + 1 + m > SWARM_NAME_MAX)
		return orch__fail(ORCH_E_INVALID,
			"namespace and name have %zu characters together, as %s_%s; Docker Swarm "
			"allows %d",
			n + 1 + m, ns, name, SWARM_NAME_MAX);
	full = orch_pool_take(pool, n + m + 2);
	if (!full)
		return no_memory();
	memcpy(full, ns, n);
	full[n] = '_';
	memcpy(full + n + 1, name, m);
	*out = full;
	return ORCH_OK;
}

const char *swarm_label_find(orch_kv_list labels, const char *key)
{
	for (size_t i = labels.count; i > 0; i--)
		if (strcmp(labels.items[i - 1].key, key) == 0)
			return labels.items[i - 1].value;
	return NULL;
}

void swarm_name_split(const char *full, orch_kv_list labels, const char **ns, const char **name)
{
	const char *label = swarm_label_find(labels, SWARM_LABEL_NAMESPACE);
	size_t n;

	*ns = SWARM_NS_DEFAULT;
	*name = full;
	if (!label)
		label = swarm_label_find(labels, SWARM_LABEL_STACK);
	if (!label || !*label || is_default(label) || !orch__text_starts(full, label))
		return;
	n = strlen(label);
	if (full[n] != '_' || !full[n + 1])
		return;
	*ns = label;
	*name = full + n + 1;
}

bool swarm_label_is_users(const char *key)
{
	return !orch__text_starts(key, OURS) && !orch__text_starts(key, DOCKERS);
}

static size_t count_users(orch_kv_list all)
{
	size_t n = 0;

	for (size_t i = 0; i < all.count; i++)
		n += swarm_label_is_users(all.items[i].key);
	return n;
}

orch_status swarm_labels_of_user(orch_pool *pool, orch_kv_list all, orch_kv_list *out)
{
	const size_t n = count_users(all);
	orch_kv *items;

	*out = (orch_kv_list){ NULL, 0 };
	if (n == 0)
		return ORCH_OK;
	if (n == all.count) {
		*out = all;
		return ORCH_OK;
	}
	items = orch_pool_take(pool, n * sizeof *items);
	if (!items)
		return no_memory();
	for (size_t i = 0, k = 0; i < all.count; i++)
		if (swarm_label_is_users(all.items[i].key))
			items[k++] = all.items[i];
	*out = (orch_kv_list){ items, n };
	return ORCH_OK;
}

/* Room for `extra` more than the list holds. */
static orch_kv *copy_list(orch_pool *pool, orch_kv_list list, size_t extra)
{
	orch_kv *items = orch_pool_take(pool, (list.count + extra) * sizeof *items);

	if (items && list.count)
		memcpy(items, list.items, list.count * sizeof *items);
	return items;
}

static void set(orch_kv *items, size_t *count, const char *key, const char *value)
{
	for (size_t i = 0; i < *count; i++) {
		if (strcmp(items[i].key, key) != 0)
			continue;
		items[i].value = value;
		return;
	}
	items[(*count)++] = (orch_kv){ key, value };
}

static orch_status check_users(orch_kv_list users)
{
	for (size_t i = 0; i < users.count; i++)
		if (!swarm_label_is_users(users.items[i].key))
			return orch__fail(ORCH_E_INVALID,
				"label %s: keys that begin with " DOCKERS " are Docker's own",
				users.items[i].key);
	return ORCH_OK;
}

orch_status swarm_labels_for(
	orch_pool *pool, orch_kv_list users, orch_kv_list live, orch_kv_list *out)
{
	orch_status st = check_users(users);
	orch_kv *items = st < 0 ? NULL : copy_list(pool, users, live.count);
	size_t n = users.count;

	if (st < 0)
		return st;
	if (!items)
		return no_memory();
	for (size_t i = 0; i < live.count; i++)
		if (!swarm_label_is_users(live.items[i].key))
			set(items, &n, live.items[i].key, live.items[i].value);
	*out = (orch_kv_list){ items, n };
	return ORCH_OK;
}

orch_status swarm_labels_sign(
	orch_pool *pool, orch_kv_list labels, const char *ns, const char *op_id, orch_kv_list *out)
{
	orch_kv *items = copy_list(pool, labels, 4);
	size_t n = labels.count;

	if (!items)
		return no_memory();
	set(items, &n, SWARM_LABEL_OP, op_id);
	if (ns)
		set(items, &n, SWARM_LABEL_MANAGED, "true");
	if (ns && !is_default(ns))
		set(items, &n, SWARM_LABEL_NAMESPACE, ns);
	if (ns && !is_default(ns) && !swarm_label_find(labels, SWARM_LABEL_STACK))
		set(items, &n, SWARM_LABEL_STACK, ns);
	*out = (orch_kv_list){ items, n };
	return ORCH_OK;
}
