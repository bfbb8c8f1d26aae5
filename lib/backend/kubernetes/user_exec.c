/* SPDX-License-Identifier: MIT */
/* The program that prints a credential: what the kubeconfig says of it. Whether it may be
 * run, and running it, is for those who need the credential. */
#include <string.h>

#include "backend/kubernetes/user.h"
#include "json/writer.h"
#include "util/error.h"
#include "util/number.h"
#include "util/text.h"

#define GROUP "client.authentication.k8s.io/"

enum { CONFIG_LIMIT = 1 << 20 };

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* ---- YAML as JSON ---- */

static void write_scalar(struct orch__json_writer *w, const struct orch__yaml *y)
{
	const enum orch__yaml_type type = orch__yaml_type(y);
	const size_t len = strlen(y->text);

	if (type == ORCH__YAML_NULL)
		orch__json_write_null(w);
	else if (type == ORCH__YAML_TRUE || type == ORCH__YAML_FALSE)
		orch__json_write_bool(w, type == ORCH__YAML_TRUE);
	else if (type != ORCH__YAML_TEXT && orch__is_json_number(y->text, len))
		orch__json_write_number(w, y->text, len);
	else /* numbers that JSON has no word for, too */
		orch__json_write_text(w, y->text, len);
}

/* As deep as the YAML may be, which is not much. */
static void write_value(struct orch__json_writer *w, const struct orch__yaml *y)
{
	if (y->kind == ORCH__YAML_SCALAR) {
		write_scalar(w, y);
		return;
	}
	if (y->kind == ORCH__YAML_MAP)
		orch__json_write_object(w);
	else
		orch__json_write_array(w);
	for (const struct orch__yaml_item *i = y->items; i; i = i->next) {
		if (i->key)
			orch__json_write_key(w, i->key->text);
		write_value(w, i->value);
	}
	orch__json_write_end(w);
}

static orch_status keep_json(const struct orch__yaml *y, struct orch__arena *keep, const char **out)
{
	struct orch__buf text = ORCH__BUF_SECRET(CONFIG_LIMIT);
	struct orch__json_writer w;
	orch_status st;

	orch__json_write_start(&w, &text);
	write_value(&w, y);
	st = orch__json_write_finish(&w);
	if (st == ORCH_OK) {
		*out = orch__arena_strndup(keep, text.text, text.len);
		if (!*out)
			st = no_memory();
	}
	orch__buf_dispose(&text);
	return st;
}

/* The extension that the cluster has for plugins. */
static orch_status read_config(
	const struct kube_entry *cluster, struct orch__arena *keep, struct kube_exec *out)
{
	const struct orch__yaml *list = orch__yaml_get(cluster->value, "extensions");

	if (!out->wants_cluster || orch__yaml_is_null(list) || list->kind != ORCH__YAML_LIST)
		return ORCH_OK;
	for (const struct orch__yaml_item *i = list->items; i; i = i->next) {
		const struct orch__yaml *name = orch__yaml_get(i->value, "name");
		const struct orch__yaml *it = orch__yaml_get(i->value, "extension");

		if (name && name->kind == ORCH__YAML_SCALAR && it &&
			strcmp(name->text, GROUP "exec") == 0)
			return keep_json(it, keep, &out->config);
	}
	return ORCH_OK;
}

/* ---- the entry ---- */

static orch_status check_version(const struct kube_entry *e, struct kube_exec *x)
{
	if (!x->api_version)
		return kube_entry_fail(e, ORCH_E_INVALID, "exec has no apiVersion");
	if (strcmp(x->api_version, GROUP "v1alpha1") == 0)
		return kube_entry_fail(e, ORCH_E_INVALID,
			"exec: %s ended with Kubernetes 1.24: use v1beta1 or v1", x->api_version);
	if (strcmp(x->api_version, GROUP "v1beta1") == 0) {
		if (!x->interactive)
			x->interactive = "IfAvailable";
		return ORCH_OK;
	}
	if (strcmp(x->api_version, GROUP "v1") != 0)
		return kube_entry_fail(e, ORCH_E_INVALID,
			"exec: its apiVersion is none of " GROUP "v1 and v1beta1");
	return x->interactive ? ORCH_OK
			      : kube_entry_fail(e, ORCH_E_INVALID,
					"exec has no interactiveMode, which " GROUP "v1 asks for");
}

static orch_status check_interactive(const struct kube_entry *e, const struct kube_exec *x)
{
	static const char *const modes[] = { "Never", "IfAvailable", "Always" };

	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
		if (strcmp(x->interactive, modes[i]) == 0)
			return ORCH_OK;
	return kube_entry_fail(e, ORCH_E_INVALID,
		"exec: interactiveMode is none of Never, IfAvailable and Always");
}

/* With a slash it is relative to the file, without one it is looked for in PATH. */
static orch_status read_command(const struct kube_entry *e, const struct orch__yaml *exec,
	struct orch__arena *keep, struct kube_exec *x)
{
	orch_status st = kube_entry_text(e, exec, "command", keep, &x->command);

	if (st < 0)
		return st;
	if (!x->command)
		return kube_entry_fail(e, ORCH_E_INVALID, "exec has no command");
	if (!strchr(x->command, '/') || *x->command == '/')
		return ORCH_OK;
	return kube_entry_path(e, exec, "command", keep, &x->command);
}

static orch_status read_env(const struct kube_entry *e, const struct orch__yaml *exec,
	struct orch__arena *keep, struct kube_exec *x)
{
	const struct orch__yaml *list = orch__yaml_get(exec, "env");
	orch_kv *items;
	size_t n = 0;

	if (orch__yaml_is_null(list))
		return ORCH_OK;
	if (list->kind != ORCH__YAML_LIST)
		return kube_entry_fail(e, ORCH_E_INVALID, "exec: env is no list");
	items = orch__arena_alloc(keep, (list->count + 1) * sizeof *items);
	if (!items)
		return no_memory();
	for (const struct orch__yaml_item *i = list->items; i; i = i->next, n++) {
		orch_status st = kube_entry_text(e, i->value, "name", keep, &items[n].key);

		items[n].value = "";
		if (st == ORCH_OK)
			st = kube_entry_text(e, i->value, "value", keep, &items[n].value);
		if (st < 0)
			return st;
		if (!items[n].key || strchr(items[n].key, '='))
			return kube_entry_fail(e, ORCH_E_INVALID,
				"exec: env[%zu] has no name, or one with '='", n);
	}
	x->env = (orch_kv_list){ items, n };
	return ORCH_OK;
}

/* A terminal may get to see it. */
static orch_status read_hint(const struct kube_entry *e, const struct orch__yaml *exec,
	struct orch__arena *keep, struct kube_exec *x)
{
	orch_status st = kube_entry_text(e, exec, "installHint", keep, &x->install_hint);

	if (st == ORCH_OK && x->install_hint)
		orch__text_printable((char *)(uintptr_t)x->install_hint);
	return st;
}

orch_status kube_user_read_exec(const struct kube_entry *e, const struct kube_entry *cluster,
	const struct orch__yaml *exec, struct kube_config *out)
{
	struct orch__arena *keep = &out->texts;
	struct kube_exec *x = orch__arena_alloc(keep, sizeof *x);
	orch_status st;

	if (!x)
		return no_memory();
	if (exec->kind != ORCH__YAML_MAP)
		return kube_entry_fail(e, ORCH_E_INVALID, "exec is no map");
	x->is_trusted = e->file->is_own;
	st = read_command(e, exec, keep, x);
	if (st == ORCH_OK)
		st = kube_entry_text(e, exec, "apiVersion", keep, &x->api_version);
	if (st == ORCH_OK)
		st = kube_entry_text(e, exec, "interactiveMode", keep, &x->interactive);
	if (st == ORCH_OK)
		st = check_version(e, x);
	if (st == ORCH_OK)
		st = check_interactive(e, x);
	if (st == ORCH_OK)
		st = kube_entry_list(e, exec, "args", keep, &x->args);
	if (st == ORCH_OK)
		st = read_env(e, exec, keep, x);
	if (st == ORCH_OK)
		st = kube_entry_bool(e, exec, "provideClusterInfo", &x->wants_cluster);
	if (st == ORCH_OK)
		st = read_hint(e, exec, keep, x);
	if (st == ORCH_OK)
		st = read_config(cluster, keep, x);
	if (st == ORCH_OK)
		out->user.exec = x;
	return st;
}
