/* SPDX-License-Identifier: MIT */
#include "core/options.h"

#include <stdbool.h>
#include <string.h>

#include "core/check.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/options.h"

void orch__client_options_fill(orch_client_options *o)
{
	o->timeout_ms = orch__or_default(o->timeout_ms, 30000);
	o->connect_timeout_ms = orch__or_default(o->connect_timeout_ms, 10000);
	o->insecure = orch__or_default(o->insecure, 0);
	o->raw_json = orch__or_default(o->raw_json, 0);
	o->strict_json = orch__or_default(o->strict_json, 0);
	o->exec_policy = orch__or_default(o->exec_policy, ORCH_EXEC_DEFAULT);
	o->create_namespace = orch__or_default(o->create_namespace, 1);
	if (!o->user_agent)
		o->user_agent = "liborch/" ORCH_VERSION;
}

static orch_status check_list(const char *name, const orch_string_list *list)
{
	if (list->count && !list->items)
		return orch__fail(ORCH_E_INVALID, "%s: there is a count but no items", name);
	for (size_t i = 0; i < list->count; i++)
		if (!list->items[i] || !*list->items[i])
			return orch__fail(ORCH_E_INVALID, "%s[%zu] is empty", name, i);
	return ORCH_OK;
}

static orch_status check_exec(const orch_client_options *o)
{
	if (o->exec_policy < ORCH_EXEC_DEFAULT || o->exec_policy > ORCH_EXEC_ALLOWLIST)
		return orch__fail(ORCH_E_INVALID, "exec_policy is none of orch_exec_policy");
	if (o->exec_allowed.count && o->exec_policy != ORCH_EXEC_ALLOWLIST)
		return orch__fail(ORCH_E_INVALID,
			"exec_allowed is given, but exec_policy is not ORCH_EXEC_ALLOWLIST");
	return check_list("exec_allowed", &o->exec_allowed);
}

static orch_status check_identity(const orch_client_options *o)
{
	if (!o->cert_file != !o->key_file)
		return orch__fail(ORCH_E_INVALID, "cert_file and key_file go together");
	if (o->token && o->token_file)
		return orch__fail(ORCH_E_INVALID, "token and token_file: give one of them");
	if (o->kubeconfig && o->kubeconfig_text)
		return orch__fail(
			ORCH_E_INVALID, "kubeconfig and kubeconfig_text: give one of them");
	if (o->impersonate_user && !*o->impersonate_user) /* a server takes it for "nobody else" */
		return orch__fail(ORCH_E_INVALID, "impersonate_user is empty");
	if (o->impersonate_groups.count && !o->impersonate_user)
		return orch__fail(
			ORCH_E_INVALID, "impersonate_groups are given, but no impersonate_user");
	return check_list("impersonate_groups", &o->impersonate_groups);
}

orch_status orch__client_options_check(const orch_client_options *o)
{
	orch_status st;

	if (o->timeout_ms <= 0 || o->connect_timeout_ms <= 0)
		return orch__fail(ORCH_E_INVALID, "timeouts must be more than 0");
	if (o->create_namespace != 0 && o->create_namespace != 1)
		return orch__fail(ORCH_E_INVALID, "create_namespace is neither 0 nor 1");
	st = check_identity(o);
	if (st == ORCH_OK)
		st = check_exec(o);
	if (st == ORCH_OK && o->ns)
		st = orch__check_label_name("namespace", o->ns, ORCH__NAMESPACE_MAX);
	return st;
}

/* ---- what not every backend has ---- */

enum kind { TEXT, LIST, NUMBER };

/* `nothing` is the number that asks for nothing. */
static const struct row {
	const char *name;
	size_t offset;
	enum kind kind;
	int64_t nothing;
} rows[] = {
/* clang-format off */
#define ROW(member, kind, nothing) { #member, offsetof(orch_client_options, member), kind, nothing }
	ROW(context, TEXT, 0),
	ROW(ca_file, TEXT, 0),
	ROW(cert_file, TEXT, 0),
	ROW(key_file, TEXT, 0),
	ROW(insecure, NUMBER, 0),
	ROW(proxy, TEXT, 0),
	ROW(kubeconfig, TEXT, 0),
	ROW(kubeconfig_text, TEXT, 0),
	ROW(server, TEXT, 0),
	ROW(token, TEXT, 0),
	ROW(token_file, TEXT, 0),
	ROW(impersonate_user, TEXT, 0),
	ROW(impersonate_groups, LIST, 0),
	ROW(exec_policy, NUMBER, ORCH_EXEC_DEFAULT),
	ROW(exec_allowed, LIST, 0),
	ROW(create_namespace, NUMBER, 1),
#undef ROW
	/* clang-format on */
};
enum { ROWS = sizeof rows / sizeof rows[0] };

static bool is_asked_for(const struct row *r, const orch_client_options *o)
{
	const char *at = (const char *)o + r->offset;
	orch_string_list list;
	const char *text;
	int64_t number;

	switch (r->kind) {
	case TEXT:
		memcpy(&text, at, sizeof text);
		return text != NULL;
	case LIST:
		memcpy(&list, at, sizeof list);
		return list.count > 0;
	default:
		memcpy(&number, at, sizeof number);
		return number != r->nothing;
	}
}

static bool honours(const struct orch_backend_ops *ops, const char *name)
{
	for (const char *const *o = ops->options; o && *o; o++)
		if (strcmp(*o, name) == 0)
			return true;
	return false;
}

static orch_status refuse(const struct orch_backend_ops *ops, const char *name)
{
	struct orch__buf list = ORCH__BUF_INIT(1024);
	orch_status st;

	for (const char *const *o = ops->options; o && *o; o++)
		orch__buf_addf(&list, "%s%s", list.len ? ", " : "", *o);
	st = orch__fail(ORCH_E_INVALID,
		"the option %s is given, but %s has no use for it; of such options it takes %s",
		name, ops->name, orch__buf_ok(&list) && list.len ? list.text : "none");
	orch__buf_dispose(&list);
	return st;
}

orch_status orch__client_options_suit(
	const struct orch_backend_ops *ops, const orch_client_options *o)
{
	for (size_t i = 0; i < ROWS; i++)
		if (is_asked_for(&rows[i], o) && !honours(ops, rows[i].name))
			return refuse(ops, rows[i].name);
	return ORCH_OK;
}
