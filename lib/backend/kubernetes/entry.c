/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/entry.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "util/base64.h"
#include "util/error.h"

enum { DATA_LIMIT = 1 << 20 };

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

orch_status kube_entry_fail(const struct kube_entry *e, orch_status status, const char *fmt, ...)
{
	char why[320];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	return orch__fail(status, "%.200s: %s %.120s: %s", e->file->name, e->noun, e->name, why);
}

const char *kube_path_join(struct orch__arena *keep, const char *folder, const char *path)
{
	const size_t n = strlen(folder), m = strlen(path);
	char *joined;

	if (*path == '/' || !n)
		return orch__arena_strndup(keep, path, m);
	joined = orch__arena_take(keep, n + m + 2);
	if (!joined)
		return NULL;
	memcpy(joined, folder, n);
	joined[n] = '/';
	memcpy(joined + n + 1, path, m + 1);
	return joined;
}

/* NULL: nothing is there. */
static orch_status find_scalar(const struct kube_entry *e, const struct orch__yaml *map,
	const char *key, const struct orch__yaml **out)
{
	const struct orch__yaml *y = orch__yaml_get(map, key);

	*out = NULL;
	if (orch__yaml_is_null(y))
		return ORCH_OK;
	if (y->kind != ORCH__YAML_SCALAR)
		return kube_entry_fail(e, ORCH_E_INVALID, "%s is no text", key);
	if (*y->text)
		*out = y;
	return ORCH_OK;
}

orch_status kube_entry_text(const struct kube_entry *e, const struct orch__yaml *map,
	const char *key, struct orch__arena *keep, const char **out)
{
	const struct orch__yaml *y;
	orch_status st = find_scalar(e, map, key, &y);
	const char *copy;

	if (st < 0 || !y)
		return st;
	copy = orch__arena_strndup(keep, y->text, strlen(y->text));
	if (!copy)
		return no_memory();
	*out = copy;
	return ORCH_OK;
}

orch_status kube_entry_bool(
	const struct kube_entry *e, const struct orch__yaml *map, const char *key, bool *out)
{
	const struct orch__yaml *y;
	orch_status st = find_scalar(e, map, key, &y);
	enum orch__yaml_type type;

	if (st < 0 || !y)
		return st;
	type = orch__yaml_type(y);
	if (type != ORCH__YAML_TRUE && type != ORCH__YAML_FALSE)
		return kube_entry_fail(e, ORCH_E_INVALID, "%s is neither true nor false", key);
	*out = type == ORCH__YAML_TRUE;
	return ORCH_OK;
}

orch_status kube_entry_list(const struct kube_entry *e, const struct orch__yaml *map,
	const char *key, struct orch__arena *keep, orch_string_list *out)
{
	const struct orch__yaml *y = orch__yaml_get(map, key);
	const char **items;
	size_t n = 0;

	if (orch__yaml_is_null(y))
		return ORCH_OK;
	if (y->kind != ORCH__YAML_LIST)
		return kube_entry_fail(e, ORCH_E_INVALID, "%s is no list", key);
	items = orch__arena_alloc(keep, (y->count + 1) * sizeof *items);
	if (!items)
		return no_memory();
	for (const struct orch__yaml_item *i = y->items; i; i = i->next) {
		if (i->value->kind != ORCH__YAML_SCALAR)
			return kube_entry_fail(e, ORCH_E_INVALID, "%s[%zu] is no text", key, n);
		items[n] = orch__arena_strndup(keep, i->value->text, strlen(i->value->text));
		if (!items[n++])
			return no_memory();
	}
	*out = (orch_string_list){ items, n };
	return ORCH_OK;
}

orch_status kube_entry_path(const struct kube_entry *e, const struct orch__yaml *map,
	const char *key, struct orch__arena *keep, const char **out)
{
	const struct orch__yaml *y;
	orch_status st = find_scalar(e, map, key, &y);
	const char *path;

	if (st < 0 || !y)
		return st;
	if (!e->file->folder)
		return kube_entry_fail(e, ORCH_E_INVALID,
			"%s: a kubeconfig that is given as text may name no file, it is relative "
			"to nothing",
			key);
	path = kube_path_join(keep, e->file->folder, y->text);
	if (!path)
		return no_memory();
	*out = path;
	return ORCH_OK;
}

/* PEM text: a NUL in it would hide what follows. */
static orch_status decode(const struct kube_entry *e, const char *key, const char *text,
	struct orch__arena *keep, const char **out)
{
	struct orch__buf data = ORCH__BUF_SECRET(DATA_LIMIT);
	orch_status st = ORCH_OK;
	const char *copy = NULL;

	if (!orch__base64_decode(text, strlen(text), &data))
		st = data.failed == ORCH__MEM_NONE_LEFT
			? no_memory()
			: kube_entry_fail(e, ORCH_E_INVALID, "%s-data is no base64", key);
	else if (data.len && memchr(data.text, '\0', data.len))
		st = kube_entry_fail(e, ORCH_E_INVALID, "%s-data is base64, but not of text", key);
	else
		copy = orch__arena_strndup(keep, data.len ? data.text : "", data.len);
	orch__buf_dispose(&data);
	if (st == ORCH_OK && !copy)
		st = no_memory();
	if (st == ORCH_OK)
		*out = copy;
	return st;
}

orch_status kube_entry_source(const struct kube_entry *e, const char *key, struct orch__arena *keep,
	struct kube_source *out)
{
	const struct orch__yaml *data;
	char data_key[64];
	orch_status st;

	snprintf(data_key, sizeof data_key, "%s-data", key);
	st = find_scalar(e, e->value, data_key, &data);
	if (st == ORCH_OK)
		st = kube_entry_path(e, e->value, key, keep, &out->path);
	if (st == ORCH_OK && data && out->path)
		return kube_entry_fail(
			e, ORCH_E_INVALID, "%s-data and %s are both specified", key, key);
	return st == ORCH_OK && data ? decode(e, key, data->text, keep, &out->data) : st;
}
