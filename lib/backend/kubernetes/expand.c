/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/expand.h"

#include <string.h>

#include "util/error.h"

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* As the kubelet reads it: after a '$' the next character belongs to it, whatever it is. */
const char *kube_expand_read(orch_pool *pool, const char *wire)
{
	char *out, *to;

	if (!strstr(wire, "$$"))
		return wire;
	to = out = orch_pool_take(pool, strlen(wire) + 1);
	if (!out)
		return NULL;
	while (*wire) {
		const char *end = wire[0] == '$' && wire[1] == '(' ? strchr(wire, ')') : NULL;
		size_t n = end ? (size_t)(end - wire) + 1 : wire[0] == '$' && wire[1] ? 2 : 1;

		if (n == 2 && wire[1] == '$') {
			*to++ = '$';
		} else {
			memcpy(to, wire, n);
			to += n;
		}
		wire += n;
	}
	return out;
}

static bool needs_another(const char *at)
{
	return at[0] == '$' && (at[1] == '$' || at[1] == '(');
}

static const char *escape(orch_pool *pool, const char *text)
{
	size_t extra = 0;
	char *out, *to;

	for (const char *p = text; *p; p++)
		extra += needs_another(p);
	if (!extra)
		return text;
	to = out = orch_pool_take(pool, strlen(text) + extra + 1);
	if (!out)
		return NULL;
	for (; *text; text++) {
		if (needs_another(text))
			*to++ = '$';
		*to++ = *text;
	}
	return out;
}

const char *kube_expand_write(orch_pool *pool, const char *text, const char *live)
{
	const char *meant = live ? kube_expand_read(pool, live) : NULL;

	if (live && !meant)
		return NULL;
	return meant && strcmp(meant, text) == 0 ? live : escape(pool, text);
}

orch_status kube_expand_read_all(orch_pool *pool, orch_string_list wire, orch_string_list *out)
{
	const char **items;

	*out = (orch_string_list){ NULL, 0 };
	if (!wire.count)
		return ORCH_OK;
	items = orch_pool_take(pool, wire.count * sizeof *items);
	if (!items)
		return no_memory();
	for (size_t i = 0; i < wire.count; i++) {
		items[i] = kube_expand_read(pool, wire.items[i]);
		if (!items[i])
			return no_memory();
	}
	*out = (orch_string_list){ items, wire.count };
	return ORCH_OK;
}

orch_status kube_expand_write_all(
	orch_pool *pool, orch_string_list texts, orch_string_list live, orch_string_list *out)
{
	const char **items;

	*out = live.count ? (orch_string_list){ NULL, 0 } : live; /* [] or no word at all */
	if (!texts.count)
		return ORCH_OK;
	items = orch_pool_take(pool, texts.count * sizeof *items);
	if (!items)
		return no_memory();
	for (size_t i = 0; i < texts.count; i++) {
		items[i] = kube_expand_write(
			pool, texts.items[i], i < live.count ? live.items[i] : NULL);
		if (!items[i])
			return no_memory();
	}
	*out = (orch_string_list){ items, texts.count };
	return ORCH_OK;
}
