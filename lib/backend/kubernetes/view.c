/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/view.h"

#include <string.h>

#include "backend/kubernetes/names.h"
#include "backend/kubernetes/node.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/number.h"

#define REVISION "deployment.kubernetes.io/revision"

enum { SELECTOR_MAX = 65536 };

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

orch_status kube_view_read(const orch_call *call, const struct kube_live *live, enum kube_kind kind,
	struct kube_items *items)
{
	struct orch__buf selector = ORCH__BUF_INIT(SELECTOR_MAX);
	orch_status st;

	kube_object_selector(&live->object.spec, &selector);
	items->kind = kind;
	items->ns = live->object.spec.meta.ns ? live->object.spec.meta.ns : call->ns;
	items->label_selector = selector.text;
	st = orch__buf_ok(&selector) ? kube_items_read(call, items) : no_memory();
	orch__buf_dispose(&selector);
	return st;
}

int64_t kube_revision_of(const struct kube_meta *meta)
{
	const char *text = kube_label_find(meta->annotations, REVISION);
	int64_t n;

	return text && orch__parse_i64(text, strlen(text), &n) ? n : ORCH_UNSET;
}

/* ---- its replica sets ---- */

struct collect {
	const struct kube_live *live;
	struct orch__arena *arena;
	struct kube_sets *sets;
};

static void forget_sets(void *payload)
{
	struct collect *c = payload;

	c->sets->items.count = 0;
}

/* The one that the controller has numbered like the deployment itself. */
static bool is_current(const struct kube_live *live, const struct kube_meta *set)
{
	const int64_t revision = kube_revision_of(&live->object.spec.meta);

	return kube_object_is_observed(&live->object) && revision != ORCH_UNSET &&
		kube_revision_of(set) == revision;
}

static orch_status keep_set(void *payload, const void *item, const struct orch__json_list *list)
{
	struct collect *c = payload;
	const struct kube_replicaset *found = item;
	struct kube_set *set;

	(void)list;
	if (strcmp(kube_controller_of(&found->owners), c->live->object.spec.meta.uid) != 0)
		return ORCH_OK;
	set = orch__arena_alloc(c->arena, sizeof *set);
	if (!set)
		return no_memory();
	set->uid = orch__arena_strndup(c->arena, found->meta.uid, strlen(found->meta.uid));
	set->is_current = is_current(c->live, &found->meta);
	set->replicas = found->replicas;
	return set->uid && orch__vec_add(&c->sets->items, set) ? ORCH_OK : no_memory();
}

orch_status kube_sets_read(const orch_call *call, const struct kube_live *live,
	struct orch__arena *arena, struct kube_sets *out)
{
	struct collect collect = { live, arena, out };
	struct kube_items items = { .table = &kube_replicaset_table,
		.on_item = keep_set,
		.restart = forget_sets,
		.payload = &collect };

	memset(out, 0, sizeof *out);
	return kube_view_read(call, live, KUBE_REPLICASET, &items);
}

void kube_sets_dispose(struct kube_sets *sets)
{
	orch__vec_dispose(&sets->items);
}

struct kube_set *kube_sets_find(const struct kube_sets *sets, const struct kube_owners *owners)
{
	const char *uid = kube_controller_of(owners);

	for (size_t i = 0; i < sets->items.count; i++) {
		struct kube_set *set = sets->items.items[i];

		if (strcmp(set->uid, uid) == 0)
			return set;
	}
	return NULL;
}

/* ---- counting ---- */

/* Pods are counted as they come; only of those in doubt the node is remembered. */
struct counting {
	const struct kube_sets *sets;
	struct orch__arena arena;
	struct orch__vec_ptr doubts; /* struct doubt */
	struct kube_counts counts;
	int64_t now_ms;
};

struct doubt {
	const char *node;
	struct kube_counts alive, lost; /* what it adds, if its node does or does not answer */
};

static void forget_pods(void *payload)
{
	struct counting *c = payload;

	c->counts = (struct kube_counts){ 0, 0, 0 };
	c->doubts.count = 0;
}

static void add(struct kube_counts *to, const struct kube_counts *more)
{
	to->total += more->total;
	to->ready += more->ready;
	to->updated += more->updated;
}

static orch_status doubt(struct counting *c, const struct kube_pod *pod, bool is_updated)
{
	struct doubt *d = orch__arena_alloc(&c->arena, sizeof *d);

	if (!d)
		return no_memory();
	d->node = orch__arena_strndup(&c->arena, pod->node, strlen(pod->node));
	kube_pod_count(pod, is_updated, false, &d->alive);
	kube_pod_count(pod, is_updated, true, &d->lost);
	return d->node && orch__vec_add(&c->doubts, d) ? ORCH_OK : no_memory();
}

static orch_status count_pod(void *payload, const void *item, const struct orch__json_list *list)
{
	struct counting *c = payload;
	const struct kube_pod *pod = item;
	const struct kube_set *set = kube_sets_find(c->sets, &pod->owners);

	(void)list;
	if (!set)
		return ORCH_OK;
	if (kube_pod_is_suspect(pod, c->now_ms))
		return doubt(c, pod, set->is_current);
	kube_pod_count(pod, set->is_current, false, &c->counts);
	return ORCH_OK;
}

static const char *only_node(const struct orch__vec_ptr *doubts)
{
	const struct doubt *first = doubts->items[0];

	for (size_t i = 1; i < doubts->count; i++) {
		const struct doubt *d = doubts->items[i];

		if (strcmp(d->node, first->node) != 0)
			return NULL;
	}
	return first->node;
}

static orch_status settle_doubts(const orch_call *call, struct counting *c)
{
	struct kube_nodes nodes;
	orch_status st;

	if (!c->doubts.count)
		return ORCH_OK;
	st = kube_nodes_read(call, only_node(&c->doubts), &c->arena, &nodes);
	for (size_t i = 0; st == ORCH_OK && i < c->doubts.count; i++) {
		const struct doubt *d = c->doubts.items[i];

		add(&c->counts, kube_nodes_lost(&nodes, d->node, NULL) ? &d->lost : &d->alive);
	}
	kube_nodes_dispose(&nodes);
	return st;
}

static orch_status count_pods(
	const orch_call *call, const struct kube_live *live, struct counting *c)
{
	struct kube_items items = {
		.table = &kube_pod_brief, .on_item = count_pod, .restart = forget_pods, .payload = c
	};
	orch_status st;

	if (!c->sets->items.count)
		return ORCH_OK;
	st = kube_view_read(call, live, KUBE_POD, &items);
	return st < 0 ? st : settle_doubts(call, c);
}

void kube_view_tell(const struct kube_deployment *object, const struct kube_counts *counts,
	orch_deployment *out)
{
	const int64_t want = out->desired;

	out->total = counts->total;
	out->ready = counts->ready;
	out->updated = kube_object_is_observed(object) ? counts->updated : 0;
	if (!out->state &&
		(object->updated < want || object->total > object->updated ||
			object->available < object->updated))
		out->state = ORCH_DEPLOYMENT_PROGRESSING;
}

orch_status kube_view_count(
	const orch_call *call, const struct kube_live *live, orch_deployment *out)
{
	struct kube_sets sets;
	struct counting counting = { .sets = &sets, .now_ms = orch__clock_wall_ms() };
	orch_status st = kube_sets_read(call, live, &counting.arena, &sets);

	if (st == ORCH_OK)
		st = count_pods(call, live, &counting);
	if (st == ORCH_OK)
		kube_view_tell(&live->object, &counting.counts, out);
	orch__vec_dispose(&counting.doubts);
	orch__arena_dispose(&counting.arena);
	kube_sets_dispose(&sets);
	return st;
}
