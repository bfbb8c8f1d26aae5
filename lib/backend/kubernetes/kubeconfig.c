/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/kubeconfig.h"

#include <string.h>

#include "backend/kubernetes/entry.h"
#include "util/base64.h"
#include "util/env.h"
#include "util/error.h"
#include "util/file.h"
#include "util/wipe.h"

enum { FILE_LIMIT = 1 << 20 };

const struct kube_section kube_clusters = { "clusters", "cluster" };
const struct kube_section kube_users = { "users", "user" };
const struct kube_section kube_contexts = { "contexts", "context" };

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* ---- what a file must be ---- */

static orch_status fail_in(const struct kube_file *f, const struct orch__yaml *at, const char *why)
{
	return orch__fail(ORCH_E_INVALID, "%.200s: line %d, column %d: %s", f->name, at->line,
		at->column, why);
}

static const char *text_of(const struct orch__yaml *map, const char *key)
{
	const struct orch__yaml *y = orch__yaml_get(map, key);

	return y && y->kind == ORCH__YAML_SCALAR ? y->text : NULL;
}

/* As kubectl: a file in which any of them is broken does not load. */
static orch_status check_data(const struct kube_entry *e, const char *key)
{
	const char *text = text_of(e->value, key);
	struct orch__buf data = ORCH__BUF_SECRET(FILE_LIMIT);
	bool ok = !text || orch__base64_decode(text, strlen(text), &data);
	const bool is_short = data.failed == ORCH__MEM_NONE_LEFT;

	orch__buf_dispose(&data);
	if (is_short)
		return no_memory();
	return ok ? ORCH_OK : kube_entry_fail(e, ORCH_E_INVALID, "%s is no base64", key);
}

static orch_status check_entry(const struct kube_file *f, const struct kube_section *s,
	const struct orch__yaml *item, struct kube_entry *e)
{
	static const char *const data[] = { "certificate-authority-data", "client-certificate-data",
		"client-key-data" };
	const char *name = text_of(item, "name");
	orch_status st = ORCH_OK;

	if (item->kind != ORCH__YAML_MAP)
		return fail_in(f, item, "an entry that is no map");
	*e = (struct kube_entry){ f, s->noun, name ? name : "", orch__yaml_get(item, s->noun) };
	if (orch__yaml_is_null(e->value))
		e->value = NULL;
	if (e->value && e->value->kind != ORCH__YAML_MAP)
		return kube_entry_fail(e, ORCH_E_INVALID, "%s is no map", s->noun);
	for (size_t i = 0; st == ORCH_OK && i < sizeof data / sizeof data[0]; i++)
		st = check_data(e, data[i]);
	return st;
}

/* Entry `name` among the first `count` of a list. */
static const struct orch__yaml *find(const struct orch__yaml *list, const char *name, size_t count)
{
	for (const struct orch__yaml_item *i = list->items; i && count; i = i->next, count--) {
		const char *text = text_of(i->value, "name");

		if (strcmp(text ? text : "", name) == 0)
			return i->value;
	}
	return NULL;
}

static orch_status check_section(const struct kube_file *f, const struct kube_section *s)
{
	const struct orch__yaml *list = orch__yaml_get(f->root, s->list);
	size_t before = 0;

	if (orch__yaml_is_null(list))
		return ORCH_OK;
	if (list->kind != ORCH__YAML_LIST)
		return fail_in(f, list, "it should be a list");
	for (const struct orch__yaml_item *i = list->items; i; i = i->next, before++) {
		struct kube_entry e;
		orch_status st = check_entry(f, s, i->value, &e);

		if (st < 0)
			return st;
		if (find(list, e.name, before))
			return kube_entry_fail(&e, ORCH_E_INVALID, "that name is there twice");
	}
	return ORCH_OK;
}

/* An empty file is an empty configuration. */
static orch_status check_file(struct kube_file *f)
{
	orch_status st;

	if (orch__yaml_is_null(f->root)) {
		f->root = NULL;
		return ORCH_OK;
	}
	if (f->root->kind != ORCH__YAML_MAP)
		return fail_in(f, f->root, "this is no kubeconfig");
	st = check_section(f, &kube_clusters);
	if (st == ORCH_OK)
		st = check_section(f, &kube_users);
	return st == ORCH_OK ? check_section(f, &kube_contexts) : st;
}

/* ---- reading ---- */

static orch_status add_text(
	struct kube_files *files, struct kube_file f, const char *text, size_t len)
{
	orch_status st;

	if (files->count == KUBE_FILES_MAX)
		return orch__fail(
			ORCH_E_TOO_LARGE, "KUBECONFIG names more than %d files", KUBE_FILES_MAX);
	st = orch__yaml_parse(&files->arena, text, len, NULL, &f.root);
	if (st < 0)
		return orch__fail_in(st, "%.200s", f.name);
	st = check_file(&f);
	if (st == ORCH_OK)
		files->items[files->count++] = f;
	return st;
}

static orch_status add_file(struct kube_files *files, const char *path)
{
	const char *slash = strrchr(path, '/');
	const size_t len = slash ? (size_t)(slash - path) : 0;
	struct kube_file f = { .name = path };
	char *text = NULL;
	size_t text_len = 0;
	orch_status st = orch__file_read(path, FILE_LIMIT, &text, &text_len);

	if (st < 0)
		return st;
	f.is_own = orch__file_is_own(path);
	f.folder = slash == path ? "/" : orch__arena_strndup(&files->arena, path, len);
	st = f.folder ? add_text(files, f, text, text_len) : no_memory();
	orch__free_wiped(text, text_len);
	return st;
}

static bool is_there(const struct kube_files *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->items[i].name, path) == 0)
			return true;
	return false;
}

static orch_status add_if_there(struct kube_files *files, const char *path, size_t len)
{
	const char *copy = orch__arena_strndup(&files->arena, path, len);
	orch_status st;

	if (!copy)
		return no_memory();
	if (!len || is_there(files, copy))
		return ORCH_OK;
	st = add_file(files, copy);
	if (st != ORCH_E_NOTFOUND)
		return st;
	orch__error_clear();
	return ORCH_OK;
}

static orch_status add_list(struct kube_files *files, const char *list)
{
	orch_status st = ORCH_OK;

	for (;;) {
		const size_t len = strcspn(list, ":");

		st = add_if_there(files, list, len);
		if (st < 0 || !list[len])
			break;
		list += len + 1;
	}
	if (st < 0)
		return orch__fail_in(st, "KUBECONFIG");
	return files->count ? ORCH_OK
			    : orch__fail(ORCH_E_NOTFOUND, "KUBECONFIG: none of its files exists");
}

static orch_status add_home(struct kube_files *files)
{
	const char *home = orch__env("HOME");
	const char *path = home ? kube_path_join(&files->arena, home, ".kube/config") : NULL;

	if (home && !path)
		return no_memory();
	if (!path || !orch__file_exists(path))
		return orch__fail(ORCH_E_NOTFOUND,
			"there is no kubeconfig: neither KUBECONFIG nor ~/.kube/config, and no "
			"cluster around the program");
	return add_file(files, path);
}

orch_status kube_files_read(const orch_client_options *options, struct kube_files *out)
{
	const char *list = orch__env("KUBECONFIG");

	memset(out, 0, sizeof *out);
	out->arena.is_secret = true;
	if (options->kubeconfig_text)
		return add_text(out, (struct kube_file){ .name = "kubeconfig_text" },
			options->kubeconfig_text, strlen(options->kubeconfig_text));
	if (options->kubeconfig)
		return add_file(out, options->kubeconfig);
	return list ? add_list(out, list) : add_home(out);
}

void kube_files_dispose(struct kube_files *files)
{
	orch__arena_dispose(&files->arena);
	files->count = 0;
}

/* ---- finding ---- */

orch_status kube_files_find(const struct kube_files *files, const struct kube_section *section,
	const char *name, struct kube_entry *out)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct kube_file *f = &files->items[i];
		const struct orch__yaml *list = orch__yaml_get(f->root, section->list);
		const struct orch__yaml *item =
			orch__yaml_is_null(list) ? NULL : find(list, name, list->count);

		if (item)
			return check_entry(f, section, item, out);
	}
	return orch__fail(ORCH_E_NOTFOUND, "%s%s has no %s \"%.120s\"",
		files->count ? files->items[0].name : "the kubeconfig",
		files->count > 1 ? ", with the others of KUBECONFIG," : "", section->noun, name);
}

const char *kube_files_current(const struct kube_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		const char *name = text_of(files->items[i].root, "current-context");

		if (name && *name)
			return name;
	}
	return NULL;
}
