/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/noun.h"

#include <stdlib.h>
#include <string.h>

#include "backend/kubernetes/event.h"
#include "backend/kubernetes/node.h"
#include "backend/kubernetes/view.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/pool.h"

enum { PATIENCE_MS = 3000 };

/* A pod and where it belongs. */
struct found {
	struct kube_pod pod;
	struct kube_set *set;
	const char *raw_json;
};

/* What is being put together. */
struct listing {
	const orch_call *call;
	const char *deployment;
	int64_t now_ms;
	struct kube_sets sets;
	struct orch__vec_ptr pods; /* struct found, the newest first */
	struct kube_nodes nodes;
	orch_instance **items;
	size_t count;
};

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* ---- reading ---- */

static void forget(void *payload)
{
	struct listing *l = payload;

	l->pods.count = 0;
}

static const char *copy_raw(const struct orch__json_list *list, orch_pool *pool)
{
	size_t len;
	const char *text = orch__json_list_raw(list, &len);

	return orch__arena_strndup(&pool->arena, text, len);
}

static orch_status keep(void *payload, const void *item, const struct orch__json_list *list)
{
	struct listing *l = payload;
	const struct kube_pod *pod = item;
	struct kube_set *set = kube_sets_find(&l->sets, &pod->owners);
	struct found *f;

	if (!set)
		return ORCH_OK;
	f = orch_pool_take(l->call->pool, sizeof *f);
	if (!f)
		return no_memory();
	f->pod = *pod;
	f->set = set;
	if (l->call->raw_json) {
		f->raw_json = copy_raw(list, l->call->pool);
		if (!f->raw_json)
			return no_memory();
	}
	return orch__vec_add(&l->pods, f) ? ORCH_OK : no_memory();
}

static int newest_first(const void *a, const void *b)
{
	const struct found *x = *(const struct found *const *)a;
	const struct found *y = *(const struct found *const *)b;

	if (x->pod.meta.created_ms != y->pod.meta.created_ms)
		return x->pod.meta.created_ms > y->pod.meta.created_ms ? -1 : 1;
	return strcmp(x->pod.meta.name, y->pod.meta.name);
}

static orch_status read_pods(struct listing *l, const struct kube_live *live)
{
	struct kube_items items = { .table = &kube_pod_table,
		.arena = &l->call->pool->arena,
		.keep_raw = l->call->raw_json,
		.on_item = keep,
		.restart = forget,
		.payload = l };
	orch_status st = ORCH_OK;

	if (l->sets.items.count)
		st = kube_view_read(l->call, live, KUBE_POD, &items);
	if (st == ORCH_OK && l->pods.count > 1)
		qsort(l->pods.items, l->pods.count, sizeof *l->pods.items, newest_first);
	return st;
}

/* Those that work need no excuse. */
static bool needs_node(const struct found *f)
{
	struct kube_counts c = { 0, 0, 0 };

	kube_pod_count(&f->pod, false, false, &c);
	return f->pod.node && c.total && !c.ready;
}

static orch_status read_nodes(struct listing *l)
{
	const char *only = NULL;
	size_t differ = 0;

	for (size_t i = 0; i < l->pods.count; i++) {
		const struct found *f = l->pods.items[i];

		if (!needs_node(f) || (only && strcmp(only, f->pod.node) == 0))
			continue;
		only = f->pod.node;
		differ++;
	}
	if (!differ)
		return ORCH_OK;
	return kube_nodes_read(
		l->call, differ == 1 ? only : NULL, &l->call->pool->arena, &l->nodes);
}

/* ---- showing ---- */

/*
 * A pod that has ended and was replaced is history. It is shown as long as nothing has taken
 * its place: the newest ones, as many as are missing.
 */
static bool is_history(const struct found *f)
{
	if (kube_pod_has_ended(&f->pod))
		return f->set->replicas-- <= 0;
	return false;
}

static void count_places(struct listing *l)
{
	for (size_t i = 0; i < l->pods.count; i++) {
		const struct found *f = l->pods.items[i];

		if (!kube_pod_has_ended(&f->pod) && f->pod.meta.deleted_ms == ORCH_UNSET)
			f->set->replicas--;
	}
}

static const char *say_node(struct listing *l, const char *node, const char *why)
{
	struct orch__buf text = ORCH__BUF_INIT(1024);
	const char *copy = NULL;

	orch__buf_addf(&text, "node %.253s does not answer%s%.300s", node, *why ? ": " : "", why);
	if (orch__buf_ok(&text))
		copy = orch_pool_copy(l->call->pool, text.text);
	orch__buf_dispose(&text);
	return copy;
}

static orch_status show(struct listing *l, const struct found *f)
{
	const struct kube_meta *meta = &f->pod.meta;
	struct kube_sight sight = { .is_updated = f->set->is_current, .now_ms = l->now_ms };
	orch_instance *one = orch_pool_take(l->call->pool, sizeof *one);
	const char *why = "";
	orch_status st;

	if (!one)
		return no_memory();
	sight.node_is_lost = needs_node(f) && kube_nodes_lost(&l->nodes, f->pod.node, &why);
	st = kube_pod_show(l->call->pool, &f->pod, &sight, one);
	if (st < 0)
		return st;
	one->id = meta->uid;
	one->name = meta->name;
	one->deployment = l->deployment;
	one->raw_json = f->raw_json;
	if (sight.node_is_lost) {
		one->message = say_node(l, f->pod.node, why);
		if (!one->message)
			return no_memory();
	}
	l->items[l->count++] = one;
	return ORCH_OK;
}

static orch_status show_all(struct listing *l)
{
	orch_status st = ORCH_OK;

	l->items = orch_pool_take(l->call->pool, (l->pods.count + 1) * sizeof *l->items);
	if (!l->items)
		return no_memory();
	count_places(l);
	for (size_t i = 0; st == ORCH_OK && i < l->pods.count; i++)
		if (!is_history(l->pods.items[i]))
			st = show(l, l->pods.items[i]);
	return st;
}

/* ---- asking around ---- */

static bool is_silent(const struct listing *l, const orch_instance *it)
{
	return kube_pod_is_silent(it) && it->created_ms != ORCH_UNSET &&
		l->now_ms - it->created_ms > PATIENCE_MS;
}

static orch_status tell_rumours(struct listing *l, const struct kube_rumour *rumours, size_t count)
{
	orch_status st = ORCH_OK;

	for (size_t i = 0, k = 0; st == ORCH_OK && i < l->count && k < count; i++) {
		const struct kube_rumour *r = &rumours[k];

		if (strcmp(l->items[i]->id, r->uid) != 0)
			continue;
		k++;
		if (r->reason)
			st = kube_pod_hear(
				l->call->pool, r->reason, r->message, r->unhealthy, l->items[i]);
	}
	return st;
}

/* Events are much text, and say nothing new of most pods. */
static orch_status hear_rumours(struct listing *l, const char *ns)
{
	struct kube_rumour *rumours =
		orch_pool_take(l->call->pool, (l->count + 1) * sizeof *rumours);
	size_t n = 0;
	orch_status st;

	if (!rumours)
		return no_memory();
	for (size_t i = 0; i < l->count; i++)
		if (is_silent(l, l->items[i]))
			rumours[n++].uid = l->items[i]->id;
	if (!n)
		return ORCH_OK;
	st = kube_events_read(l->call, ns, &l->call->pool->arena, rumours, n);
	return st < 0 ? st : tell_rumours(l, rumours, n);
}

orch_status kube_instance_list(
	const orch_call *call, const orch_deployment_entry *of, orch_instances *out)
{
	const struct kube_live *live = of->live;
	struct listing l = { .call = call,
		.deployment = of->deployment.spec->name,
		.now_ms = orch__clock_wall_ms() };
	orch_status st = kube_sets_read(call, live, &call->pool->arena, &l.sets);

	if (st == ORCH_OK)
		st = read_pods(&l, live);
	if (st == ORCH_OK)
		st = read_nodes(&l);
	if (st == ORCH_OK)
		st = show_all(&l);
	if (st == ORCH_OK)
		st = hear_rumours(&l, call->ns);
	kube_nodes_dispose(&l.nodes);
	orch__vec_dispose(&l.pods);
	kube_sets_dispose(&l.sets);
	if (st == ORCH_OK)
		*out = (orch_instances){ (const orch_instance *const *)l.items, l.count };
	return st;
}
