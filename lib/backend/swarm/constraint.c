/* SPDX-License-Identifier: MIT */
#include "backend/swarm/constraint.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "util/error.h"
#include "util/text.h"

#define NODE_LABEL "node.labels."
#define ARCH "kubernetes.io/arch"

enum { TEXT_MAX = 640 };

static const struct {
	const char *ours, *swarms;
} keys[] = {
	{ "kubernetes.io/hostname", "node.hostname" },
	{ "kubernetes.io/os", "node.platform.os" },
	{ ARCH, "node.platform.arch" },
};
enum { KEYS = sizeof keys / sizeof *keys };

/* Kubernetes speaks Go's names of architectures, Swarm the kernel's. */
static const struct {
	const char *ours, *swarms;
} architectures[] = {
	{ "amd64", "x86_64" },
	{ "arm64", "aarch64" },
	{ "386", "i686" },
};
enum { ARCHITECTURES = sizeof architectures / sizeof *architectures };

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* ---- reading ---- */

static const char *copy_trimmed(orch_pool *pool, const char *from, const char *end)
{
	char *text;

	while (from < end && *from == ' ')
		from++;
	while (end > from && end[-1] == ' ')
		end--;
	text = orch_pool_take(pool, (size_t)(end - from) + 1);
	if (text)
		memcpy(text, from, (size_t)(end - from));
	return text;
}

/* NULL when it is none of what we show. */
static const char *our_key(const char *key)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(key, keys[i].swarms) == 0)
			return keys[i].ours;
	if (orch__text_starts(key, NODE_LABEL) && key[strlen(NODE_LABEL)])
		return key + strlen(NODE_LABEL);
	return NULL;
}

static const char *our_value(const char *key, const char *value)
{
	for (size_t i = 0; i < ARCHITECTURES && strcmp(key, ARCH) == 0; i++)
		if (strcmp(value, architectures[i].swarms) == 0)
			return architectures[i].ours;
	return value;
}

/* `*shown` false: a constraint that we do not show. */
static orch_status read_one(orch_pool *pool, const char *text, orch_constraint *out, bool *shown)
{
	const char *op = strstr(text, "==");
	const char *other = strstr(text, "!=");
	const char *key, *value;

	*shown = false;
	if (other && (!op || other < op))
		op = other;
	if (!op)
		return ORCH_OK;
	key = copy_trimmed(pool, text, op);
	value = copy_trimmed(pool, op + 2, text + strlen(text));
	if (!key || !value)
		return no_memory();
	key = our_key(key);
	if (!key)
		return ORCH_OK;
	out->key = key;
	out->op = *op == '!' ? ORCH_CONSTRAINT_NOT_EQUAL : ORCH_CONSTRAINT_EQUAL;
	out->value = our_value(key, value);
	*shown = true;
	return ORCH_OK;
}

orch_status swarm_constraints_read(
	orch_pool *pool, orch_string_list wire, orch_constraint_list *out)
{
	orch_constraint *items;
	size_t n = 0;

	*out = (orch_constraint_list){ NULL, 0 };
	if (wire.count == 0)
		return ORCH_OK;
	items = orch_pool_take(pool, wire.count * sizeof *items);
	if (!items)
		return no_memory();
	for (size_t i = 0; i < wire.count; i++) {
		bool shown;
		orch_status st = read_one(pool, wire.items[i], &items[n], &shown);

		if (st < 0)
			return st;
		n += shown;
	}
	if (n)
		*out = (orch_constraint_list){ items, n };
	return ORCH_OK;
}

/* ---- writing ---- */

static const char *swarms_key(const char *key)
{
	for (size_t i = 0; i < KEYS; i++)
		if (strcmp(key, keys[i].ours) == 0)
			return keys[i].swarms;
	return NULL;
}

static const char *swarms_value(const orch_constraint *c)
{
	for (size_t i = 0; i < ARCHITECTURES && strcmp(c->key, ARCH) == 0; i++)
		if (strcmp(c->value, architectures[i].ours) == 0)
			return architectures[i].swarms;
	return c->value;
}

static orch_status write_one(orch_pool *pool, const orch_constraint *c, const char **out)
{
	const char *key = swarms_key(c->key);
	const char *op = c->op == ORCH_CONSTRAINT_NOT_EQUAL ? "!=" : "==";
	char text[TEXT_MAX];

	if (!key && strchr(c->key, '/'))
		return orch__fail(ORCH_E_INVALID,
			"constraint %s: Docker Swarm takes no '/' in the key of a node label",
			c->key);
	snprintf(text, sizeof text, "%s%s%s%s", key ? key : NODE_LABEL, key ? "" : c->key, op,
		swarms_value(c));
	*out = orch_pool_copy(pool, text);
	return *out ? ORCH_OK : no_memory();
}

static bool is_same(const orch_constraint *a, const orch_constraint *b)
{
	return a->op == b->op && strcmp(a->key, b->key) == 0 &&
		strcmp(swarms_value(a), swarms_value(b)) == 0;
}

static bool is_among(const orch_constraint *c, orch_constraint_list list)
{
	for (size_t i = 0; i < list.count; i++)
		if (is_same(c, &list.items[i]))
			return true;
	return false;
}

/* Of what is there: what we do not show, and what is still wanted. */
static orch_status keep_live(orch_pool *pool, orch_constraint_list want, orch_string_list live,
	const char **items, size_t *count)
{
	for (size_t i = 0; i < live.count; i++) {
		orch_constraint c;
		bool shown;
		orch_status st = read_one(pool, live.items[i], &c, &shown);

		if (st < 0)
			return st;
		if (!shown || is_among(&c, want))
			items[(*count)++] = live.items[i];
	}
	return ORCH_OK;
}

orch_status swarm_constraints_write(
	orch_pool *pool, orch_constraint_list want, orch_string_list live, orch_string_list *out)
{
	const char **items;
	orch_constraint_list had;
	size_t n = 0;
	orch_status st;

	*out = (orch_string_list){ NULL, 0 };
	if (want.count + live.count == 0)
		return ORCH_OK;
	items = orch_pool_take(pool, (want.count + live.count) * sizeof *items);
	if (!items)
		return no_memory();
	st = keep_live(pool, want, live, items, &n);
	if (st == ORCH_OK)
		st = swarm_constraints_read(pool, live, &had);
	for (size_t i = 0; st == ORCH_OK && i < want.count; i++)
		if (!is_among(&want.items[i], had))
			st = write_one(pool, &want.items[i], &items[n++]);
	if (st == ORCH_OK && n)
		*out = (orch_string_list){ items, n };
	return st;
}
