/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/constraint.h"

#include <stdbool.h>
#include <string.h>

#include "util/error.h"

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

static bool is_same(const orch_constraint *a, const orch_constraint *b)
{
	return a->op == b->op && strcmp(a->key, b->key) == 0 && strcmp(a->value, b->value) == 0;
}

static bool is_among(const orch_constraint *c, orch_constraint_list list)
{
	for (size_t i = 0; i < list.count; i++)
		if (is_same(c, &list.items[i]))
			return true;
	return false;
}

/* ---- reading ---- */

/* False: a requirement that no constraint says. */
static bool read_one(const struct kube_requirement *r, orch_constraint *out)
{
	if (r->values.count != 1)
		return false;
	if (strcmp(r->op, "In") == 0)
		out->op = ORCH_CONSTRAINT_EQUAL;
	else if (strcmp(r->op, "NotIn") == 0)
		out->op = ORCH_CONSTRAINT_NOT_EQUAL;
	else
		return false;
	out->key = r->key;
	out->value = r->values.items[0];
	return true;
}

static bool term_has(const struct kube_term *term, const orch_constraint *c)
{
	for (size_t i = 0; i < term->labels.count; i++) {
		orch_constraint other;

		if (read_one(&term->labels.items[i], &other) && is_same(&other, c))
			return true;
	}
	return false;
}

static bool all_terms_have(const struct kube_placement *p, const orch_constraint *c)
{
	for (size_t i = 0; i < p->terms.count; i++)
		if (!term_has(&p->terms.items[i], c))
			return false;
	return true;
}

static size_t first_term_count(const struct kube_placement *p)
{
	return p && p->terms.count ? p->terms.items[0].labels.count : 0;
}

orch_status kube_constraints_read(
	orch_pool *pool, const struct kube_spec *wire, orch_constraint_list *out)
{
	const size_t required = first_term_count(wire->placement);
	const size_t most = wire->node_selector.count + required;
	orch_constraint *items = orch_pool_take(pool, (most ? most : 1) * sizeof *items);
	size_t n = 0;

	*out = (orch_constraint_list){ NULL, 0 };
	if (!items)
		return no_memory();
	for (size_t i = 0; i < wire->node_selector.count; i++) {
		const orch_kv *label = &wire->node_selector.items[i];

		items[n++] = (orch_constraint){ label->key, ORCH_CONSTRAINT_EQUAL, label->value };
	}
	for (size_t i = 0; i < required; i++)
		if (read_one(&wire->placement->terms.items[0].labels.items[i], &items[n]) &&
			all_terms_have(wire->placement, &items[n]))
			n++;
	if (n)
		*out = (orch_constraint_list){ items, n };
	return ORCH_OK;
}

/* ---- writing ---- */

/* Their order says nothing, and a rollout for it would be one for nothing. */
static bool is_same_set(orch_constraint_list a, orch_constraint_list b)
{
	for (size_t i = 0; i < a.count; i++)
		if (!is_among(&a.items[i], b))
			return false;
	for (size_t i = 0; i < b.count; i++)
		if (!is_among(&b.items[i], a))
			return false;
	return true;
}

/* Entries of nodeSelector that are still wanted stay there. */
static orch_status write_selector(orch_pool *pool, orch_constraint_list want,
	const struct kube_spec *live, struct kube_spec *out)
{
	const size_t had = live ? live->node_selector.count : 0;
	orch_kv *items;
	size_t n = 0;

	if (!had)
		return ORCH_OK;
	items = orch_pool_take(pool, had * sizeof *items);
	if (!items)
		return no_memory();
	for (size_t i = 0; i < had; i++) {
		const orch_kv *label = &live->node_selector.items[i];
		const orch_constraint c = { label->key, ORCH_CONSTRAINT_EQUAL, label->value };

		if (is_among(&c, want))
			items[n++] = *label;
	}
	if (n)
		out->node_selector = (orch_kv_list){ items, n };
	return ORCH_OK;
}

static bool is_in_selector(const orch_constraint *c, orch_kv_list selector)
{
	for (size_t i = 0; i < selector.count; i++)
		if (c->op == ORCH_CONSTRAINT_EQUAL && strcmp(selector.items[i].key, c->key) == 0 &&
			strcmp(selector.items[i].value, c->value) == 0)
			return true;
	return false;
}

static orch_status write_one(
	orch_pool *pool, const orch_constraint *c, struct kube_requirement *out)
{
	const char **value = orch_pool_take(pool, sizeof *value);

	if (!value)
		return no_memory();
	*value = c->value;
	out->key = c->key;
	out->op = c->op == ORCH_CONSTRAINT_NOT_EQUAL ? "NotIn" : "In";
	out->values = (orch_string_list){ value, 1 };
	return ORCH_OK;
}

/* What is to be said of nodes: in each term, and beside what it says already. */
struct wanted {
	orch_constraint_list all, before; /* `before`: what has been shown */
	orch_kv_list selector;            /* says some of them already     */
};

/* What nobody was shown stays, in front; what is wanted follows. */
static orch_status write_term(orch_pool *pool, const struct wanted *want,
	const struct kube_term *live, struct kube_term *out)
{
	const size_t had = live ? live->labels.count : 0;
	struct kube_requirement *items =
		orch_pool_take(pool, (had + want->all.count + 1) * sizeof *items);
	size_t n = 0;
	orch_status st = items ? ORCH_OK : no_memory();

	for (size_t i = 0; st == ORCH_OK && i < had; i++) {
		orch_constraint c;

		if (!read_one(&live->labels.items[i], &c) || !is_among(&c, want->before))
			items[n++] = live->labels.items[i];
	}
	for (size_t i = 0; st == ORCH_OK && i < want->all.count; i++)
		if (!is_in_selector(&want->all.items[i], want->selector))
			st = write_one(pool, &want->all.items[i], &items[n++]);
	out->labels.items = n ? items : NULL;
	out->labels.count = n;
	out->fields = live ? live->fields : NULL;
	return st;
}

/* A term that says nothing matches no node: one that would is left out. And as one term is
 * enough, the others have no say then. */
static bool says_nothing(const struct kube_term *term)
{
	return !term->labels.count && !term->fields;
}

static orch_status write_placement(orch_pool *pool, const struct wanted *want,
	const struct kube_placement *live, const struct kube_placement **out)
{
	const size_t count = live && live->terms.count ? live->terms.count : 1;
	struct kube_placement *placement = orch_pool_take(pool, sizeof *placement);
	struct kube_term *terms = orch_pool_take(pool, count * sizeof *terms);

	if (!placement || !terms)
		return no_memory();
	for (size_t i = 0; i < count; i++) {
		const struct kube_term *term =
			live && live->terms.count ? &live->terms.items[i] : NULL;
		orch_status st = write_term(pool, want, term, &terms[i]);

		if (st < 0)
			return st;
		if (says_nothing(&terms[i]) && !(term && says_nothing(term)))
			return ORCH_OK;
	}
	placement->terms.items = terms;
	placement->terms.count = count;
	*out = placement;
	return ORCH_OK;
}

orch_status kube_constraints_write(orch_pool *pool, orch_constraint_list want,
	const struct kube_spec *live, struct kube_spec *out)
{
	struct wanted wanted = { .all = want };
	orch_status st = ORCH_OK;

	if (live)
		st = kube_constraints_read(pool, live, &wanted.before);
	if (st < 0)
		return st;
	if (live && is_same_set(want, wanted.before)) {
		out->node_selector = live->node_selector;
		out->placement = live->placement;
		return ORCH_OK;
	}
	st = write_selector(pool, want, live, out);
	wanted.selector = out->node_selector;
	return st < 0
		? st
		: write_placement(pool, &wanted, live ? live->placement : NULL, &out->placement);
}
