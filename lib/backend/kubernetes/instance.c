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
#include "util/text.h"

enum { PATIENCE_MS = 3000 };

/* A pod that needs a second look, and where it belongs. */
struct found {
	struct kube_pod pod;
	struct kube_set *set;
	const char *raw_json;
};

/*
 * What is being put together. Of most pods there is nothing to find out but what they say:
 * those are shown as they arrive, and what was read of them is forgotten.
 */
struct listing {
	const orch_call *call;
	const char *deployment;
	int64_t now_ms;
	struct kube_sets sets;
	struct orch__arena scratch;    /* what was read */
	struct orch__arena_mark mark;  /* of what must stay there */
	struct orch__arena_mark begun; /* of the pool, before the first was shown */
	struct orch__vec_ptr pods;     /* struct found, the newest first */
	struct kube_nodes nodes;
	struct orch__vec_ptr shown; /* orch_instance */
	const char *image, *node;   /* of the one shown last: most are alike */
};

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* ---- showing ---- */

static bool keep_text(struct listing *l, const char **text)
{
	if (**text)
		*text = orch_pool_copy(l->call->pool, *text);
	return *text != NULL;
}

static bool keep_same(struct listing *l, const char **text, const char **last)
{
	if (!orch__text_equal(*text, *last) && !keep_text(l, text))
		return false;
	if (orch__text_equal(*text, *last))
		*text = *last;
	*last = *text;
	return true;
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

/* `lost`: why its node does not answer; NULL: it may do. */
static orch_status show(struct listing *l, const struct kube_pod *pod, const struct kube_set *set,
	const char *raw_json, const char *lost)
{
	const struct kube_sight sight = {
		.is_updated = set->is_current, .node_is_lost = lost != NULL, .now_ms = l->now_ms
	};
	orch_instance *one = orch_pool_take(l->call->pool, sizeof *one);
	orch_status st = one ? kube_pod_show(l->call->pool, pod, &sight, one) : no_memory();

	if (st < 0)
		return st;
	one->id = pod->meta.uid;
	one->name = pod->meta.name;
	one->deployment = l->deployment;
	one->raw_json = raw_json;
	if (lost)
		one->message = say_node(l, pod->node, lost);
	else if (!keep_text(l, &one->message))
		one->message = NULL;
	if (!one->message || !keep_text(l, &one->id) || !keep_text(l, &one->name) ||
		!keep_same(l, &one->image, &l->image) || !keep_same(l, &one->node, &l->node))
		return no_memory();
	return orch__vec_add(&l->shown, one) ? ORCH_OK : no_memory();
}

/* ---- reading ---- */

static void forget(void *payload)
{
	struct listing *l = payload;

	l->pods.count = l->shown.count = 0;
	l->image = l->node = "";
	for (size_t i = 0; i < l->sets.items.count; i++)
		((struct kube_set *)l->sets.items.items[i])->working = 0;
	orch__arena_rewind(&l->call->pool->arena, l->begun);
	l->mark = orch__arena_mark(&l->scratch);
}

static const char *copy_raw(const struct orch__json_list *list, orch_pool *pool)
{
	size_t len;
	const char *text = orch__json_list_raw(list, &len);

	return orch__arena_strndup(&pool->arena, text, len);
}

static bool works(const struct kube_pod *pod)
{
	struct kube_counts c = { 0, 0, 0 };

	kube_pod_count(pod, false, false, &c);
	return c.ready && pod->meta.deleted_ms == ORCH_UNSET;
}

static orch_status look_later(
	struct listing *l, const struct kube_pod *pod, struct kube_set *set, const char *raw_json)
{
	struct found *f = orch__arena_alloc(&l->scratch, sizeof *f);

	if (!f || !orch__vec_add(&l->pods, f))
		return no_memory();
	*f = (struct found){ *pod, set, raw_json };
	l->mark = orch__arena_mark(&l->scratch);
	return ORCH_OK;
}

static orch_status keep(void *payload, const void *item, const struct orch__json_list *list)
{
	struct listing *l = payload;
	const struct kube_pod *pod = item;
	struct kube_set *set = kube_sets_find(&l->sets, &pod->owners);
	const char *raw_json = NULL;
	orch_status st = ORCH_OK;

	if (set && l->call->raw_json) {
		raw_json = copy_raw(list, l->call->pool);
		if (!raw_json)
			return no_memory();
	}
	if (set && !works(pod))
		return look_later(l, pod, set, raw_json);
	if (set) {
		set->working++;
		st = show(l, pod, set, raw_json, NULL);
	}
	orch__arena_rewind(&l->scratch, l->mark);
	return st;
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
		.arena = &l->scratch,
		.keep_raw = l->call->raw_json,
		.on_item = keep,
		.restart = forget,
		.payload = l };
	orch_status st = ORCH_OK;

	l->begun = orch__arena_mark(&l->call->pool->arena);
	forget(l);
	if (l->sets.items.count)
		st = kube_view_read(l->call, live, KUBE_POD, &items);
	if (st == ORCH_OK && l->pods.count > 1)
		qsort(l->pods.items, l->pods.count, sizeof *l->pods.items, newest_first);
	return st;
}

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
	return kube_nodes_read(l->call, differ == 1 ? only : NULL, &l->scratch, &l->nodes);
}

/* ---- those that were left for later ---- */

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
	for (size_t i = 0; i < l->sets.items.count; i++) {
		struct kube_set *set = l->sets.items.items[i];

		set->replicas -= set->working;
	}
	for (size_t i = 0; i < l->pods.count; i++) {
		const struct found *f = l->pods.items[i];

		if (!kube_pod_has_ended(&f->pod) && f->pod.meta.deleted_ms == ORCH_UNSET)
			f->set->replicas--;
	}
}

static orch_status show_rest(struct listing *l)
{
	orch_status st = ORCH_OK;

	count_places(l);
	for (size_t i = 0; st == ORCH_OK && i < l->pods.count; i++) {
		const struct found *f = l->pods.items[i];
		const char *why = "";
		bool is_lost = needs_node(f) && kube_nodes_lost(&l->nodes, f->pod.node, &why);

		if (!is_history(f))
			st = show(l, &f->pod, f->set, f->raw_json, is_lost ? why : NULL);
	}
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

	for (size_t i = 0, k = 0; st == ORCH_OK && i < l->shown.count && k < count; i++) {
		const struct kube_rumour *r = &rumours[k];
		orch_instance *one = l->shown.items[i];

		if (strcmp(one->id, r->uid) != 0)
			continue;
		k++;
		if (r->reason)
			st = kube_pod_hear(l->call->pool, r->reason, r->message, r->unhealthy, one);
	}
	return st;
}

/* Events are much text, and say nothing new of most pods. */
static orch_status hear_rumours(struct listing *l, const char *ns)
{
	struct kube_rumour *rumours =
		orch__arena_alloc(&l->scratch, (l->shown.count + 1) * sizeof *rumours);
	size_t n = 0;
	orch_status st;

	if (!rumours)
		return no_memory();
	for (size_t i = 0; i < l->shown.count; i++) {
		const orch_instance *one = l->shown.items[i];

		if (is_silent(l, one))
			rumours[n++].uid = one->id;
	}
	if (!n)
		return ORCH_OK;
	st = kube_events_read(l->call, ns, &l->call->pool->arena, rumours, n);
	return st < 0 ? st : tell_rumours(l, rumours, n);
}

static orch_status hand_over(struct listing *l, orch_instances *out)
{
	const size_t size = l->shown.count * sizeof *out->items;
	void *items = orch__arena_take(&l->call->pool->arena, size + sizeof *out->items);

	if (!items)
		return no_memory();
	if (size)
		memcpy(items, l->shown.items, size);
	*out = (orch_instances){ items, l->shown.count };
	return ORCH_OK;
}

orch_status kube_instance_list(
	const orch_call *call, const orch_deployment_entry *of, orch_instances *out)
{
	const struct kube_live *live = of->live;
	struct listing l = { .call = call,
		.deployment = of->deployment.spec->name,
		.now_ms = orch__clock_wall_ms() };
	orch_status st = kube_sets_read(call, live, &l.scratch, &l.sets);

	if (st == ORCH_OK)
		st = read_pods(&l, live);
	if (st == ORCH_OK)
		st = read_nodes(&l);
	if (st == ORCH_OK)
		st = show_rest(&l);
	if (st == ORCH_OK)
		st = hear_rumours(&l, call->ns);
	if (st == ORCH_OK)
		st = hand_over(&l, out);
	kube_nodes_dispose(&l.nodes);
	orch__vec_dispose(&l.pods);
	orch__vec_dispose(&l.shown);
	kube_sets_dispose(&l.sets);
	orch__arena_dispose(&l.scratch);
	return st;
}
