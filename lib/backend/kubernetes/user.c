/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/user.h"

#include <string.h>

#include "backend/kubernetes/oidc.h"
#include "util/error.h"

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

static orch_status read_certificate(const struct kube_entry *e, struct kube_config *out)
{
	struct kube_user *u = &out->user;
	orch_status st = kube_entry_source(e, "client-certificate", &out->texts, &u->cert);
	bool has_cert, has_key;

	if (st == ORCH_OK)
		st = kube_entry_source(e, "client-key", &out->texts, &u->key);
	if (st < 0)
		return st;
	has_cert = u->cert.path || u->cert.data;
	has_key = u->key.path || u->key.data;
	if (has_cert && !has_key)
		return kube_entry_fail(
			e, ORCH_E_INVALID, "there is a client-certificate, but no client-key");
	if (has_key && !has_cert)
		return kube_entry_fail(
			e, ORCH_E_INVALID, "there is a client-key, but no client-certificate");
	return ORCH_OK;
}

/* ---- impersonation ---- */

static size_t count_values(const struct orch__yaml *map)
{
	size_t n = 0;

	for (const struct orch__yaml_item *i = map->items; i; i = i->next)
		n += i->value->kind == ORCH__YAML_LIST ? i->value->count : 0;
	return n;
}

static orch_status read_extra(const struct kube_entry *e, struct kube_config *out)
{
	const struct orch__yaml *map = orch__yaml_get(e->value, "as-user-extra");
	orch_kv *items;
	size_t n = 0;

	if (orch__yaml_is_null(map))
		return ORCH_OK;
	if (map->kind != ORCH__YAML_MAP)
		return kube_entry_fail(e, ORCH_E_INVALID, "as-user-extra is no map");
	items = orch__arena_alloc(&out->texts, (count_values(map) + 1) * sizeof *items);
	if (!items)
		return no_memory();
	for (const struct orch__yaml_item *i = map->items; i; i = i->next) {
		const char *key =
			orch__arena_strndup(&out->texts, i->key->text, strlen(i->key->text));
		orch_string_list values = { NULL, 0 };
		orch_status st = kube_entry_list(e, map, i->key->text, &out->texts, &values);

		if (st < 0 || !key)
			return st < 0 ? st : no_memory();
		for (size_t k = 0; k < values.count; k++)
			items[n++] = (orch_kv){ key, values.items[k] };
	}
	if (n)
		out->user.as_extra = (orch_kv_list){ items, n };
	return ORCH_OK;
}

static orch_status read_impersonation(const struct kube_entry *e, struct kube_config *out)
{
	struct kube_user *u = &out->user;
	orch_status st = kube_entry_text(e, e->value, "as", &out->texts, &u->as);

	if (st == ORCH_OK)
		st = kube_entry_text(e, e->value, "as-uid", &out->texts, &u->as_uid);
	if (st == ORCH_OK)
		st = kube_entry_list(e, e->value, "as-groups", &out->texts, &u->as_groups);
	if (st == ORCH_OK)
		st = read_extra(e, out);
	if (st == ORCH_OK && !u->as && (u->as_uid || u->as_groups.count || u->as_extra.count))
		return kube_entry_fail(e, ORCH_E_INVALID,
			"there is as-uid, as-groups or as-user-extra, but no `as`");
	return st;
}

/* ---- what proves it ---- */

static orch_status read_oidc(
	const struct kube_entry *e, const struct orch__yaml *provider, struct kube_config *out)
{
	const struct orch__yaml *config = orch__yaml_get(provider, "config");
	const char *token = NULL;
	bool is_fresh = false;
	orch_status st = kube_entry_text(e, config, "id-token", &out->texts, &token);

	if (st == ORCH_OK && token)
		st = kube_oidc_is_fresh(token, &is_fresh);
	if (st < 0)
		return st;
	if (!is_fresh)
		return kube_entry_fail(e, ORCH_E_AUTH,
			"auth-provider oidc: %s, refresh not supported: use an exec plugin such as "
			"kubelogin",
			token ? "token expired" : "there is no id-token");
	out->user.token = token;
	return ORCH_OK;
}

static orch_status read_provider(
	const struct kube_entry *e, const struct orch__yaml *provider, struct kube_config *out)
{
	static const char *const gone[][2] = { { "gcp", "gke-gcloud-auth-plugin" },
		{ "azure", "kubelogin" } };
	const char *name = NULL;
	orch_status st = kube_entry_text(e, provider, "name", &out->texts, &name);

	if (st < 0)
		return st;
	if (name && strcmp(name, "oidc") == 0)
		return read_oidc(e, provider, out);
	for (size_t i = 0; name && i < sizeof gone / sizeof gone[0]; i++)
		if (strcmp(name, gone[i][0]) == 0)
			return kube_entry_fail(e, ORCH_E_INVALID,
				"auth-provider %s ended with Kubernetes 1.26: use an exec entry "
				"with "
				"%s instead",
				gone[i][0], gone[i][1]);
	return kube_entry_fail(e, ORCH_E_INVALID,
		"auth-provider: of those only oidc is known; use an exec entry instead");
}

static orch_status read_secret(const struct kube_entry *e, struct kube_config *out)
{
	struct kube_user *u = &out->user;
	orch_status st = kube_entry_text(e, e->value, "token", &out->texts, &u->token);

	if (st == ORCH_OK)
		st = kube_entry_path(e, e->value, "tokenFile", &out->texts, &u->token_file);
	if (st == ORCH_OK)
		st = kube_entry_text(e, e->value, "username", &out->texts, &u->username);
	if (st == ORCH_OK)
		st = kube_entry_text(e, e->value, "password", &out->texts, &u->password);
	if (st < 0)
		return st;
	if ((u->token || u->token_file) && (u->username || u->password))
		return kube_entry_fail(e, ORCH_E_INVALID,
			"there is a token as well as a username and password: one of them");
	if (u->token_file)
		u->token = NULL; /* the file is the one that is kept fresh */
	return ORCH_OK;
}

/* What the entry has beside a plugin is enough: it is static, and the plugin is not run. */
static orch_status read_plugin(
	const struct kube_entry *e, const struct kube_entry *cluster, struct kube_config *out)
{
	const struct kube_user *u = &out->user;
	const struct orch__yaml *exec = orch__yaml_get(e->value, "exec");
	const struct orch__yaml *provider = orch__yaml_get(e->value, "auth-provider");
	const bool is_static =
		u->token || u->token_file || u->username || u->cert.path || u->cert.data;
	orch_status st = ORCH_OK;

	if (!orch__yaml_is_null(exec) && !orch__yaml_is_null(provider))
		return kube_entry_fail(
			e, ORCH_E_INVALID, "there are exec and auth-provider: one of them");
	if (!orch__yaml_is_null(exec))
		st = kube_user_read_exec(e, cluster, exec, out);
	else if (!orch__yaml_is_null(provider) && !is_static)
		st = read_provider(e, provider, out);
	if (st == ORCH_OK && is_static)
		out->user.exec = NULL;
	return st;
}

orch_status kube_user_read(const struct kube_entry *user, const struct kube_entry *cluster,
	bool has_token, struct kube_config *out)
{
	orch_status st = read_certificate(user, out);

	if (st == ORCH_OK)
		st = read_impersonation(user, out);
	if (st < 0 || has_token)
		return st;
	st = read_secret(user, out);
	return st == ORCH_OK ? read_plugin(user, cluster, out) : st;
}
