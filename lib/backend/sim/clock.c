/* SPDX-License-Identifier: MIT */
#include "backend/sim/clock.h"

#include <stddef.h>

int64_t sim_clock_after(const struct sim_clock *c, int64_t ms)
{
	if (ms <= 0)
		return c->now;
	return ms > INT64_MAX - c->now ? INT64_MAX : c->now + ms;
}

static bool is_before(const struct sim_timer *a, const struct sim_timer *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

/* Two heaps, each with one root, become one. */
static struct sim_timer *meld(struct sim_timer *a, struct sim_timer *b)
{
	if (!a || !b)
		return a ? a : b;
	if (is_before(b, a)) {
		struct sim_timer *swap = a;

		a = b;
		b = swap;
	}
	b->next = a->child;
	if (b->next)
		b->next->prev = b;
	b->prev = a;
	a->child = b;
	return a;
}

/* Pairs from left to right, then all of them from right to left: what makes
 * the heap fast. A loop, for a heap may be as deep as it is large. */
static struct sim_timer *meld_siblings(struct sim_timer *first)
{
	struct sim_timer *pairs = NULL, *root = NULL;

	while (first) {
		struct sim_timer *a = first, *b = a->next;

		first = b ? b->next : NULL;
		a->next = a->prev = NULL;
		if (b)
			b->next = b->prev = NULL;
		a = meld(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		struct sim_timer *next = pairs->next;

		pairs->next = NULL;
		root = meld(root, pairs);
		pairs = next;
	}
	return root;
}

static void cut(struct sim_timer *t)
{
	if (t->prev->child == t)
		t->prev->child = t->next;
	else
		t->prev->next = t->next;
	if (t->next)
		t->next->prev = t->prev;
}

void sim_timer_disarm(struct sim_clock *c, struct sim_timer *t)
{
	struct sim_timer *rest;

	if (!t->armed)
		return;
	rest = meld_siblings(t->child);
	if (c->first == t) {
		c->first = rest;
	} else {
		cut(t);
		c->first = meld(c->first, rest);
	}
	t->child = t->next = t->prev = NULL;
	t->armed = false;
}

void sim_timer_arm(struct sim_clock *c, struct sim_timer *t, int64_t ms)
{
	sim_timer_disarm(c, t);
	t->at = sim_clock_after(c, ms);
	t->order = c->orders++;
	t->armed = true;
	c->first = meld(c->first, t);
}

struct sim_timer *sim_clock_next(struct sim_clock *c, int64_t until)
{
	struct sim_timer *t = c->first;

	if (!t || t->at > until) {
		if (until > c->now)
			c->now = until;
		return NULL;
	}
	sim_timer_disarm(c, t);
	c->now = t->at;
	return t;
}
