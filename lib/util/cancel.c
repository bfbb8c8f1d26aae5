/* SPDX-License-Identifier: MIT */
#include "util/cancel.h"

#include <stddef.h>

void orch__cancel_fire(struct orch__cancel *c)
{
	atomic_fetch_add(&c->fired, 1);
}

struct orch__cancel_ticket orch__cancel_watch(const struct orch__cancel *c)
{
	struct orch__cancel_ticket t = { c, c ? atomic_load(&c->fired) : 0 };

	return t;
}

bool orch__cancelled(const struct orch__cancel_ticket *t)
{
	const struct orch__cancel *c = t->source;

	if (!c)
		return false;
	return atomic_load(&c->fired) != t->seen || (c->ask && c->ask(c->payload) != 0);
}
