/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/remains.h"

#include <string.h>

#include "backend/kubernetes/items.h"
#include "backend/kubernetes/pod.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/text.h"

enum { SELECTOR_MAX = 65536 };

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

static bool is_owned_by(const struct kube_owners *owners, const char *uid)
{
	for (size_t i = 0; i < owners->count; i++)
		if (owners->items[i].is_controller == 1 &&
			orch__text_equal(owners->items[i].uid, uid))
			return true;
	return false;
}

static bool is_remembered(const struct kube_live *live, const char *uid)
{
	for (size_t i = 0; i < live->sets.count; i++)
		if (strcmp(live->sets.items[i], uid) == 0)
			return true;
	return false;
}

/* In the memory of `live`, which outlives the call that finds out. */
static orch_status remember(struct kube_live *live, const char *uid)
{
	struct kube_uids *sets = &live->sets;

	if (sets->count == sets->cap) {
		const size_t cap = sets->cap ? 2 * sets->cap : 8;
		const char **items = orch_pool_take(live->pool, cap * sizeof *items);

		if (!items)
			return no_memory();
		if (sets->count)
			memcpy(items, sets->items, sets->count * sizeof *items);
		sets->items = items;
		sets->cap = cap;
	}
	sets->items[sets->count] = orch_pool_copy(live->pool, uid);
	if (!sets->items[sets->count])
		return no_memory();
	sets->count++;
	return ORCH_OK;
}

struct search {
	struct kube_live *live;
	int64_t count;
};

static void forget(void *payload)
{
	struct search *s = payload;

	s->count = 0;
}

static orch_status note_set(void *payload, const void *item, const struct orch__json_list *list)
{
	const struct search *s = payload;
	const struct kube_replicaset *set = item;

	(void)list;
	if (!is_owned_by(&set->owners, s->live->object.spec.meta.uid) ||
		is_remembered(s->live, set->meta.uid))
		return ORCH_OK;
	return remember(s->live, set->meta.uid);
}

static orch_status count_pod(void *payload, const void *item, const struct orch__json_list *list)
{
	struct search *s = payload;
	const struct kube_pod *pod = item;

	(void)list;
	for (size_t i = 0; i < s->live->sets.count; i++)
		if (is_owned_by(&pod->owners, s->live->sets.items[i])) {
			s->count += !kube_pod_has_ended(pod);
			break;
		}
	return ORCH_OK;
}

static orch_status read_all(
	const orch_call *call, enum kube_kind kind, kube_item_fn *on_item, struct search *s)
{
	struct orch__buf selector = ORCH__BUF_INIT(SELECTOR_MAX);
	struct kube_items items = { .kind = kind,
		.ns = call->ns,
		.table = kind == KUBE_POD ? &kube_pod_brief : &kube_replicaset_table,
		.on_item = on_item,
		.restart = forget,
		.payload = s };
	orch_status st;

	kube_object_selector(&s->live->object.spec, &selector);
	items.label_selector = selector.text;
	st = orch__buf_ok(&selector) ? kube_items_read(call, &items) : no_memory();
	orch__buf_dispose(&selector);
	return st;
}

orch_status kube_remains_note(const orch_call *call, struct kube_live *live)
{
	struct search s = { .live = live };

	return read_all(call, KUBE_REPLICASET, note_set, &s);
}

orch_status kube_remains_count(const orch_call *call, struct kube_live *live, int64_t *count)
{
	struct search s = { .live = live };
	orch_status st = kube_remains_note(call, live);

	if (st == ORCH_OK && live->sets.count)
		st = read_all(call, KUBE_POD, count_pod, &s);
	if (st == ORCH_OK)
		*count = s.count;
	return st;
}
