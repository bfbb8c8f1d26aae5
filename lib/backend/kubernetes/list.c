/* SPDX-License-Identifier: MIT */
/*
 * Lists of deployments. Pods are counted first, replica set by replica set, then the sets
 * say whose they are, and the deployments are handed out as they arrive. What stays in
 * memory is one small row for each deployment that has pods, however large all of it is.
 */
#include <string.h>

#include "backend/kubernetes/items.h"
#include "backend/kubernetes/names.h"
#include "backend/kubernetes/node.h"
#include "backend/kubernetes/noun.h"
#include "backend/kubernetes/view.h"
#include "model/deployment.h"
#include "model/selector.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/pool.h"
#include "util/table.h"
#include "util/text.h"

#define HAS_NOT_ENDED "status.phase!=Succeeded,status.phase!=Failed"

enum { SELECTOR_MAX = 65536, NAME_MAX_LEN = 63, PREFIX_MAX = 253 };

/* What is known of a deployment or a replica set while a list goes on: small, there are many. */
struct counts {
	const char *uid;
	uint32_t revision; /* of what `updated` counts; of a replica set: unused */
	uint32_t total, ready, updated;
};

struct cursor {
	struct orch__table tally; /* struct counts, by uid of the deployment */
	struct orch__arena texts;
	const char *wanted; /* the selector; NULL: all */
	struct kube_pages *pages;
	struct orch_pool scratch; /* of the one that is handed out */
};

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* ---- what the server can select ---- */

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* What labels may be made of, where the server is concerned. */
static bool is_name(struct orch__slice s, size_t most)
{
	if (!s.len || s.len > most || !is_alnum(s.text[0]) || !is_alnum(s.text[s.len - 1]))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!is_alnum(s.text[i]) && !memchr("-_.", s.text[i], 3))
			return false;
	return true;
}

static bool is_key(struct orch__slice key)
{
	const char *slash = memchr(key.text, '/', key.len);
	struct orch__slice prefix = { key.text, 0 };

	if (!slash)
		return is_name(key, NAME_MAX_LEN);
	prefix.len = (size_t)(slash - key.text);
	key.text = slash + 1;
	key.len -= prefix.len + 1;
	return is_name(prefix, PREFIX_MAX) && is_name(key, NAME_MAX_LEN);
}

static bool are_values(struct orch__slice rest)
{
	struct orch__slice value;

	while (rest.text && orch__selector_value(&rest, &value))
		if (value.len && !is_name(value, NAME_MAX_LEN))
			return false;
	return true;
}

static bool is(struct orch__slice key, const char *name)
{
	return key.len == strlen(name) && memcmp(key.text, name, key.len) == 0;
}

/* Labels that liborch writes for itself are none for its user. */
static bool is_hidden(struct orch__slice key)
{
	return is(key, KUBE_LABEL_NAME) || is(key, KUBE_LABEL_INSTANCE) ||
		is(key, KUBE_LABEL_MANAGED) ||
		(key.len > 8 && memcmp(key.text, "orch.io/", 8) == 0);
}

static void add_values(struct orch__buf *out, struct orch__slice rest)
{
	struct orch__slice value;
	const char *before = "(";

	while (rest.text && orch__selector_value(&rest, &value)) {
		orch__buf_addf(out, "%s%.*s", before, (int)value.len, value.text);
		before = ",";
	}
	orch__buf_addf(out, ")");
}

static void add_requirement(struct orch__buf *out, const struct orch__requirement *r)
{
	const char *comma = out->len ? "," : "";
	const int len = (int)r->key.len;

	if (r->op == ORCH__SELECT_EXISTS || r->op == ORCH__SELECT_ABSENT) {
		orch__buf_addf(out, "%s%s%.*s", comma, r->op == ORCH__SELECT_ABSENT ? "!" : "", len,
			r->key.text);
		return;
	}
	orch__buf_addf(out, "%s%.*s %s ", comma, len, r->key.text,
		r->op == ORCH__SELECT_IN ? "in" : "notin");
	add_values(out, r->values);
}

/* What the server can sort out by itself need not be sent to us. */
static orch_status write_selector(const char *selector, struct orch__buf *out)
{
	const char *at = selector ? selector : "";
	struct orch__requirement r;

	while (orch__selector_next(&at, &r))
		if (is_key(r.key) && !is_hidden(r.key) && are_values(r.values))
			add_requirement(out, &r);
	return orch__buf_ok(out) ? ORCH_OK : no_memory();
}

/* ---- counting ---- */

struct counting {
	const orch_call *call;
	const char *ns;
	struct orch__table sets, *deployments; /* struct counts, by uid */
	struct orch__vec_ptr doubts;           /* struct doubt */
	struct orch__arena arena;              /* of doubts */
	int64_t now_ms;
};

/* A pod that may be on a node which does not answer. */
struct doubt {
	const char *node, *set;
	struct kube_counts alive, lost;
};

static orch_status add(struct orch__table *tally, const char *uid, const struct kube_counts *more)
{
	struct counts *row = orch__table_at(tally, uid);

	if (!row)
		return no_memory();
	row->total += (uint32_t)more->total;
	row->ready += (uint32_t)more->ready;
	row->updated += (uint32_t)more->updated;
	return ORCH_OK;
}

static const char *copy(struct counting *c, const char *text)
{
	return orch__arena_strndup(&c->arena, text, strlen(text));
}

static orch_status doubt(struct counting *c, const struct kube_pod *pod, const char *set)
{
	struct doubt *d = orch__arena_alloc(&c->arena, sizeof *d);

	if (!d)
		return no_memory();
	d->node = copy(c, pod->node);
	d->set = copy(c, set);
	kube_pod_count(pod, true, false, &d->alive);
	kube_pod_count(pod, true, true, &d->lost);
	return d->node && d->set && orch__vec_add(&c->doubts, d) ? ORCH_OK : no_memory();
}

/* `updated` is what it would be if the set were of the present spec. */
static orch_status count_pod(void *payload, const void *item, const struct orch__json_list *list)
{
	struct counting *c = payload;
	const struct kube_pod *pod = item;
	const char *set = kube_controller_of(&pod->owners);
	struct kube_counts one = { 0, 0, 0 };

	(void)list;
	if (!*set)
		return ORCH_OK;
	if (kube_pod_is_suspect(pod, c->now_ms))
		return doubt(c, pod, set);
	kube_pod_count(pod, true, false, &one);
	return one.total ? add(&c->sets, set, &one) : ORCH_OK;
}

static void forget_pods(void *payload)
{
	struct counting *c = payload;

	orch__table_zero(&c->sets);
	c->doubts.count = 0;
}

static orch_status settle_doubts(struct counting *c)
{
	struct kube_nodes nodes;
	orch_status st;

	if (!c->doubts.count)
		return ORCH_OK;
	st = kube_nodes_read(c->call, NULL, &c->arena, &nodes);
	for (size_t i = 0; st == ORCH_OK && i < c->doubts.count; i++) {
		const struct doubt *d = c->doubts.items[i];
		const bool is_lost = kube_nodes_lost(&nodes, d->node, NULL);

		st = add(&c->sets, d->set, is_lost ? &d->lost : &d->alive);
	}
	kube_nodes_dispose(&nodes);
	return st;
}

/* Counted from 1, so 0 is none; nobody rolls out so often that it would not fit. */
static uint32_t short_revision(const struct kube_meta *meta)
{
	const int64_t revision = kube_revision_of(meta);

	return revision < 0 ? 0 : revision > UINT32_MAX ? UINT32_MAX : (uint32_t)revision;
}

/* Of the sets of a deployment the one with the highest number is that of its present spec,
 * unless the deployment itself has a higher one: then that has no pods yet. */
static orch_status join_set(void *payload, const void *item, const struct orch__json_list *list)
{
	struct counting *c = payload;
	const struct kube_replicaset *set = item;
	const struct counts *pods = orch__table_find(&c->sets, set->meta.uid);
	const uint32_t revision = short_revision(&set->meta);
	struct counts *row;

	(void)list;
	if (!pods)
		return ORCH_OK;
	row = orch__table_at(c->deployments, kube_controller_of(&set->owners));
	if (!row)
		return no_memory();
	row->total += pods->total;
	row->ready += pods->ready;
	if (revision > row->revision) {
		row->revision = revision;
		row->updated = pods->updated;
	}
	return ORCH_OK;
}

static void forget_sets(void *payload)
{
	struct counting *c = payload;

	orch__table_zero(c->deployments);
}

static orch_status count_all(struct counting *c)
{
	const struct kube_items pods = { .kind = KUBE_POD,
		.ns = c->ns,
		.field_selector = HAS_NOT_ENDED,
		.table = &kube_pod_brief,
		.on_item = count_pod,
		.restart = forget_pods,
		.payload = c };
	const struct kube_items sets = { .kind = KUBE_REPLICASET,
		.ns = c->ns,
		.table = &kube_replicaset_table,
		.on_item = join_set,
		.restart = forget_sets,
		.payload = c };
	orch_status st = kube_items_read(c->call, &pods);

	if (st == ORCH_OK)
		st = settle_doubts(c);
	if (st == ORCH_OK && c->sets.count)
		st = kube_items_read(c->call, &sets);
	return st;
}

static orch_status count_pods(const orch_call *call, const char *ns, struct orch__table *out)
{
	struct counting c = { .call = call,
		.ns = ns,
		.sets = { .row_size = sizeof(struct counts) },
		.deployments = out,
		.now_ms = orch__clock_wall_ms() };
	orch_status st = count_all(&c);

	orch__table_dispose(&c.sets);
	orch__vec_dispose(&c.doubts);
	orch__arena_dispose(&c.arena);
	return st;
}

/* ---- the deployments ---- */

static void tell(const struct cursor *c, const struct kube_deployment *object, orch_deployment *out)
{
	const struct counts *row = orch__table_find(&c->tally, object->spec.meta.uid);
	struct kube_counts counts = { 0, 0, 0 };

	if (row) {
		counts.total = row->total;
		counts.ready = row->ready;
		if (short_revision(&object->spec.meta) == row->revision)
			counts.updated = row->updated;
	}
	kube_view_tell(object, &counts, out);
}

/* Of what is read of an object most is not shown: the result gets a copy of what is. */
static orch_status show(const orch_call *call, struct cursor *c,
	const struct kube_deployment *object, orch_deployment_entry *out, int *got)
{
	orch_deployment d = { .raw_json = call->raw_json ? kube_pages_raw(c->pages) : NULL };
	orch_status st;

	if (object->spec.meta.deleted_ms != ORCH_UNSET)
		return ORCH_OK;
	orch__arena_reset(&c->scratch.arena);
	st = kube_object_show(&c->scratch, object, &d);
	if (st < 0 || !orch__selector_matches(c->wanted, d.spec->labels))
		return st;
	tell(c, object, &d);
	if (!orch__deployment_copy(&call->pool->arena, &d, &out->deployment))
		return no_memory();
	*got = 1;
	return ORCH_OK;
}

orch_status kube_deployment_next(
	const orch_call *call, void *cursor, orch_deployment_entry *out, int *got)
{
	struct cursor *c = cursor;

	*got = 0;
	for (;;) {
		const void *item;
		orch_status st = kube_pages_next(c->pages, call, &item);

		if (st == ORCH_OK && item)
			st = show(call, c, item, out, got);
		if (st < 0 || !item || *got)
			return st;
	}
}

static orch_status prepare(
	const orch_call *call, const orch_list_options *options, struct cursor *c)
{
	const char *ns = options->all_namespaces == 1 ? NULL : call->ns;
	struct kube_items what = { .kind = KUBE_DEPLOYMENT,
		.ns = ns,
		.table = &kube_deployment_table,
		.keep_raw = call->raw_json };
	struct orch__buf selector = ORCH__BUF_INIT(SELECTOR_MAX);
	orch_status st = write_selector(options->selector, &selector);

	if (st == ORCH_OK && options->selector) {
		c->wanted = orch__arena_strndup(
			&c->texts, options->selector, strlen(options->selector));
		st = c->wanted ? ORCH_OK : no_memory();
	}
	if (st == ORCH_OK)
		st = count_pods(call, ns, &c->tally);
	what.label_selector = selector.text;
	if (st == ORCH_OK)
		st = kube_pages_open(call, &what, &c->pages);
	orch__buf_dispose(&selector);
	return st;
}

orch_status kube_deployment_open(
	const orch_call *call, const orch_list_options *options, void **cursor)
{
	struct cursor *c = orch__zalloc(sizeof *c);
	orch_status st;

	if (!c)
		return no_memory();
	c->tally.row_size = sizeof(struct counts);
	st = prepare(call, options, c);
	if (st < 0)
		kube_deployment_close(call->backend, c);
	else
		*cursor = c;
	return st;
}

void kube_deployment_close(orch_backend *backend, void *cursor)
{
	struct cursor *c = cursor;

	(void)backend;
	kube_pages_close(c->pages);
	orch__table_dispose(&c->tally);
	orch__arena_dispose(&c->texts);
	orch__arena_dispose(&c->scratch.arena);
	orch__free(c);
}
