/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/names.h"

#include <string.h>

#include "util/error.h"
#include "util/text.h"

#define OURS "orch.io/"

enum { GIVEN_MAX = 1024 };

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

const char *kube_label_find(orch_kv_list labels, const char *key)
{
	for (size_t i = labels.count; i > 0; i--)
		if (strcmp(labels.items[i - 1].key, key) == 0)
			return labels.items[i - 1].value;
	return NULL;
}

bool kube_given_has(orch_kv_list annotations, const char *member)
{
	const char *at = kube_label_find(annotations, KUBE_NOTE_GIVEN);
	const size_t len = strlen(member);

	while (at && *at) {
		const char *end = strchr(at, ',');
		size_t n = end ? (size_t)(end - at) : strlen(at);

		if (n == len && memcmp(at, member, len) == 0)
			return true;
		at = end ? end + 1 : NULL;
	}
	return false;
}

bool kube_label_is_mark(const char *name, const orch_kv *label)
{
	if (strcmp(label->key, KUBE_LABEL_MANAGED) == 0)
		return strcmp(label->value, KUBE_MANAGER) == 0;
	return (strcmp(label->key, KUBE_LABEL_NAME) == 0 ||
		       strcmp(label->key, KUBE_LABEL_INSTANCE) == 0) &&
		strcmp(label->value, name) == 0;
}

bool kube_meta_is_ours(const struct kube_meta *meta)
{
	return kube_label_find(meta->annotations, KUBE_NOTE_OP) != NULL;
}

/* Others write such labels, too: ours are those of an object that we have written. */
static bool is_hidden(const struct kube_meta *meta, const orch_kv *label)
{
	if (orch__text_starts(label->key, OURS))
		return true;
	return kube_label_is_mark(meta->name, label) && kube_meta_is_ours(meta) &&
		!kube_given_has(meta->annotations, label->key);
}

static orch_kv *take(orch_pool *pool, size_t count)
{
	return orch_pool_take(pool, (count ? count : 1) * sizeof(orch_kv));
}

static orch_kv_list list_of(orch_kv *items, size_t n)
{
	return n ? (orch_kv_list){ items, n } : (orch_kv_list){ NULL, 0 };
}

/* Nothing, in the spelling that is there: `{}` or no word at all. */
static orch_kv_list list_over(orch_kv_list live, orch_kv *items, size_t n)
{
	return n || live.count ? list_of(items, n) : live;
}

orch_status kube_labels_of_user(orch_pool *pool, const struct kube_meta *meta, orch_kv_list *out)
{
	orch_kv *items = take(pool, meta->labels.count);
	size_t n = 0;

	if (!items)
		return no_memory();
	for (size_t i = 0; i < meta->labels.count; i++)
		if (!is_hidden(meta, &meta->labels.items[i]))
			items[n++] = meta->labels.items[i];
	*out = list_of(items, n);
	return ORCH_OK;
}

orch_status kube_labels_for(
	orch_pool *pool, orch_kv_list users, const struct kube_meta *live, orch_kv_list *out)
{
	const orch_kv_list before = live ? live->labels : (orch_kv_list){ NULL, 0 };
	orch_kv *items = take(pool, users.count + before.count);
	size_t n = users.count;

	if (!items)
		return no_memory();
	if (n)
		memcpy(items, users.items, n * sizeof *items);
	for (size_t i = 0; i < before.count; i++) {
		const orch_kv *label = &before.items[i];

		if (is_hidden(live, label) && !kube_label_find(users, label->key))
			items[n++] = *label;
	}
	*out = list_over(before, items, n);
	return ORCH_OK;
}

static void set(orch_kv *items, size_t *count, const char *key, const char *value)
{
	for (size_t i = 0; i < *count; i++) {
		if (strcmp(items[i].key, key) != 0)
			continue;
		items[i].value = value;
		return;
	}
	items[(*count)++] = (orch_kv){ key, value };
}

orch_status kube_notes_for(orch_pool *pool, orch_kv_list live, const char *given, orch_kv_list *out)
{
	orch_kv *items = take(pool, live.count + 1);
	size_t n = 0;

	if (!items)
		return no_memory();
	for (size_t i = 0; i < live.count; i++)
		if (strcmp(live.items[i].key, KUBE_NOTE_GIVEN) != 0)
			items[n++] = live.items[i];
	if (given && *given)
		set(items, &n, KUBE_NOTE_GIVEN, given);
	*out = list_over(live, items, n);
	return ORCH_OK;
}

/* The list with room for more. */
static orch_kv *copy_list(orch_pool *pool, orch_kv_list list, size_t extra)
{
	orch_kv *items = take(pool, list.count + extra);

	if (items && list.count)
		memcpy(items, list.items, list.count * sizeof *items);
	return items;
}

static void set_if_missing(orch_kv *items, size_t *count, const char *key, const char *value)
{
	if (!kube_label_find((orch_kv_list){ items, *count }, key))
		set(items, count, key, value);
}

void kube_given_add(struct orch__buf *list, const char *member)
{
	orch__buf_addf(list, "%s%s", list->len ? "," : "", member);
}

void kube_given_add_labels(struct orch__buf *list, const char *name, orch_kv_list labels)
{
	for (size_t i = 0; i < labels.count; i++)
		if (kube_label_is_mark(name, &labels.items[i]))
			kube_given_add(list, labels.items[i].key);
}

/* What we write for the first time has no marks yet: those that are there are the user's. */
static orch_status note_given(orch_pool *pool, struct kube_meta *meta)
{
	const char *before = kube_label_find(meta->annotations, KUBE_NOTE_GIVEN);
	struct orch__buf given = ORCH__BUF_INIT(GIVEN_MAX);
	const char *text;

	if (before)
		orch__buf_add(&given, before, strlen(before));
	kube_given_add_labels(&given, meta->name, meta->labels);
	text = orch__buf_ok(&given) ? orch_pool_copy(pool, given.text ? given.text : "") : NULL;
	orch__buf_dispose(&given);
	return text ? kube_notes_for(pool, meta->annotations, text, &meta->annotations)
		    : no_memory();
}

bool kube_meta_is_made(const struct kube_meta *meta)
{
	return kube_meta_is_ours(meta) &&
		orch__text_equal(kube_label_find(meta->labels, KUBE_LABEL_MANAGED), KUBE_MANAGER);
}

orch_status kube_meta_sign(orch_pool *pool, struct kube_meta *meta, bool is_made, const char *op_id)
{
	orch_status st = kube_meta_is_ours(meta) ? ORCH_OK : note_given(pool, meta);
	orch_kv *labels = copy_list(pool, meta->labels, 3);
	orch_kv *notes = copy_list(pool, meta->annotations, 1);
	size_t n = meta->labels.count, k = meta->annotations.count;

	if (st < 0)
		return st;
	if (!labels || !notes)
		return no_memory();
	if (is_made) {
		set_if_missing(labels, &n, KUBE_LABEL_NAME, meta->name);
		set_if_missing(labels, &n, KUBE_LABEL_INSTANCE, meta->name);
		set_if_missing(labels, &n, KUBE_LABEL_MANAGED, KUBE_MANAGER);
	}
	set(notes, &k, KUBE_NOTE_OP, op_id);
	meta->labels = (orch_kv_list){ labels, n };
	meta->annotations = (orch_kv_list){ notes, k };
	return ORCH_OK;
}

orch_status kube_labels_of_pods(orch_pool *pool, const char *name, orch_kv_list *out)
{
	orch_kv *items = take(pool, 2);

	if (!items)
		return no_memory();
	items[0] = (orch_kv){ KUBE_LABEL_NAME, name };
	items[1] = (orch_kv){ KUBE_LABEL_INSTANCE, name };
	*out = (orch_kv_list){ items, 2 };
	return ORCH_OK;
}

bool kube_meta_is_signed(const struct kube_meta *meta, const char *op_id)
{
	return orch__text_equal(kube_label_find(meta->annotations, KUBE_NOTE_OP), op_id);
}
