/* SPDX-License-Identifier: MIT */
/*
 * metadata.managedFields has a tree for each manager: {"f:spec":{"f:replicas":{}}}. Elements
 * of a list are called by their key: "k:{\"name\":\"web\"}".
 */
#include "backend/kubernetes/owner.h"

#include <stdio.h>
#include <string.h>

#include "backend/kubernetes/names.h"
#include "json/equal.h"
#include "util/error.h"
#include "util/text.h"

enum { STEPS = 12, STEP_MAX = 320 };

typedef const struct orch__json_row row;

/* A way down such a tree. */
struct way {
	char steps[STEPS][STEP_MAX];
	size_t count;
};

/* ---- is there such a way? ---- */

struct walk {
	const struct way *way;
	size_t depth, matched; /* open objects; and how many of them are on the way */
	bool is_next, found;
};

static bool on_key(void *ctx, const char *text, size_t len)
{
	struct walk *w = ctx;
	const char *step = w->way->steps[w->matched];

	w->is_next = w->depth == w->matched + 1 && w->matched < w->way->count &&
		strlen(step) == len && memcmp(step, text, len) == 0;
	return true;
}

static bool on_open(void *ctx, bool array)
{
	struct walk *w = ctx;

	(void)array;
	w->depth++;
	w->matched += w->is_next;
	w->is_next = false;
	w->found |= w->matched == w->way->count;
	return true;
}

static bool on_close(void *ctx, bool array)
{
	struct walk *w = ctx;

	(void)array;
	if (w->matched && w->depth == w->matched + 1)
		w->matched--;
	w->depth--;
	return true;
}

static bool on_scalar(void *ctx, enum orch__json_type type, const char *text, size_t len)
{
	struct walk *w = ctx;

	(void)type;
	(void)text;
	(void)len;
	w->is_next = false;
	return true;
}

static const struct orch__sax_ops events = {
	.scalar = on_scalar, .key = on_key, .open = on_open, .close = on_close
};

static orch_status leads_somewhere(const char *tree, const struct way *way, bool *found)
{
	struct walk walk = { .way = way };
	struct orch__json_error err = { 0 };
	struct orch__sax sax;

	orch__sax_open(&sax, &events, &walk, false, NULL, &err);
	orch__sax_feed(&sax, tree, strlen(tree));
	orch__sax_finish(&sax);
	orch__sax_dispose(&sax);
	*found = walk.found;
	return orch__json_report(&err);
}

/* ---- ways ---- */

static void step(struct way *way, const char *kind, const char *text, size_t len)
{
	if (way->count == STEPS)
		return;
	snprintf(way->steps[way->count++], STEP_MAX, "%s%.*s", kind, (int)len, text);
}

static void step_to_element(struct way *way, const char *name)
{
	char key[STEP_MAX];

	snprintf(key, sizeof key, "{\"name\":\"%s\"}", name);
	step(way, "k:", key, strlen(key));
}

/* The path of a row; our container is called by its name. */
static void way_of(row *r, const char *container, struct way *out)
{
	const char *p = r->path;

	out->count = 0;
	while (*p) {
		size_t n = strcspn(p, ".");

		if (*p == '[')
			step_to_element(out, container);
		else
			step(out, "f:", p, n);
		p += p[n] ? n + 1 : n;
	}
}

/* ---- who manages what would change ---- */

/* Who has written what: the trees are needed here alone. */
struct holder {
	const char *name, *tree;
};

struct holders {
	struct {
		const struct holder *items;
		size_t count;
	} managers;
};

static const struct holder holder_blank = { NULL, NULL };
static const struct holders holders_blank = { { NULL, 0 } };

/* clang-format off */
ORCH__J_LOCAL_TABLE(holder_table, holder_blank,
	ORCH__J_STR("manager", struct holder, name, 0),
	ORCH__J_RAW("fieldsV1", struct holder, tree, 0));
ORCH__J_LOCAL_TABLE(holders_table, holders_blank,
	ORCH__J_OBJVEC("metadata.managedFields", struct holders, managers, 0, &holder_table));
/* clang-format on */

struct check {
	struct holders holders;
	const struct kube_deployment *live, *want;
};

static bool is_other(const struct holder *h)
{
	return h->name && h->tree && strcmp(h->name, KUBE_MANAGER) != 0 &&
		strcmp(h->name, KUBE_MANAGER_OPS) != 0;
}

static orch_status refuse(const struct holder *h, const char *field, const char *key)
{
	const bool has_key = key != NULL;

	(void)orch__fail(ORCH_E_CONFLICT, "%s%s%s%s is managed by %s", field, has_key ? "[" : "",
		has_key ? key : "", has_key ? "]" : "", h->name);
	orch__error_remote(0, "FieldManagerConflict", ORCH_UNSET);
	orch__error_transient(false); /* who manages it goes on doing so */
	return ORCH_E_CONFLICT;
}

static orch_status check_way(
	const struct check *c, const struct way *way, const char *field, const char *key)
{
	for (size_t i = 0; i < c->holders.managers.count; i++) {
		const struct holder *h = &c->holders.managers.items[i];
		bool found = false;
		orch_status st = is_other(h) ? leads_somewhere(h->tree, way, &found) : ORCH_OK;

		if (st == ORCH_OK && found)
			st = refuse(h, field, key);
		if (st < 0)
			return st;
	}
	return ORCH_OK;
}

/* Labels are somebody's one by one. `all` has those of one side, `other` those of the other. */
static orch_status check_labels(
	const struct check *c, struct way *way, orch_kv_list all, orch_kv_list other)
{
	orch_status st = ORCH_OK;

	for (size_t i = 0; st == ORCH_OK && i < all.count; i++) {
		const orch_kv *label = &all.items[i];

		if (orch__text_equal(kube_label_find(other, label->key), label->value))
			continue;
		step(way, "f:", label->key, strlen(label->key));
		st = check_way(c, way, "metadata.labels", label->key);
		way->count--;
	}
	return st;
}

static const struct kube_variable *find_variable(
	const struct kube_variables *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i].name, name) == 0)
			return &list->items[i];
	return NULL;
}

/* So are variables. */
static orch_status check_env(const struct check *c, struct way *way, struct kube_variables all,
	struct kube_variables other)
{
	orch_status st = ORCH_OK;

	for (size_t i = 0; st == ORCH_OK && i < all.count; i++) {
		const struct kube_variable *v = &all.items[i];
		const struct kube_variable *there = find_variable(&other, v->name);

		if (there && orch__text_equal(v->value, there->value) &&
			orch__text_equal(v->source, there->source))
			continue;
		step_to_element(way, v->name);
		st = check_way(c, way, "env", v->name);
		way->count--;
	}
	return st;
}

static orch_status check_row(const struct check *c, row *r)
{
	const struct kube_spec *live = &c->live->spec, *want = &c->want->spec;
	struct way way;
	orch_status st;

	way_of(r, live->container ? live->container : "", &way);
	if (strcmp(r->path, "metadata.annotations") == 0)
		return ORCH_OK; /* of those we write our own alone */
	if (strcmp(r->path, "metadata.labels") == 0) {
		st = check_labels(c, &way, live->meta.labels, want->meta.labels);
		return st < 0 ? st : check_labels(c, &way, want->meta.labels, live->meta.labels);
	}
	if (strcmp(r->path, "spec.template.spec.containers.[0].env") == 0) {
		st = check_env(c, &way, live->env, want->env);
		return st < 0 ? st : check_env(c, &way, want->env, live->env);
	}
	return check_way(c, &way, r->path, NULL);
}

static bool would_change(
	row *r, const struct kube_deployment *live, const struct kube_deployment *want)
{
	if (!orch__row_writable(r) || orch__row_equal(r, (const char *)live, (const char *)want))
		return false;
	return orch__row_is_set(r, (const char *)want) || !(r->flags & ORCH__J_KEEP);
}

orch_status kube_owner_check(const struct kube_live *live, const struct kube_deployment *want)
{
	const struct orch__json_table *t = &kube_deployment_table;
	struct check c = { .live = &live->object, .want = want };
	struct orch__arena arena = { 0 };
	orch_status st = orch__json_decode(
		&holders_table, &arena, live->text, strlen(live->text), &c.holders);

	for (size_t i = 0; st == ORCH_OK && i < t->count; i++)
		if (would_change(&t->rows[i], c.live, want))
			st = check_row(&c, &t->rows[i]);
	orch__arena_dispose(&arena);
	return st;
}
