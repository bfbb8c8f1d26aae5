/* SPDX-License-Identifier: MIT */
/* Namespaces on demand: where there is none of the name, the first object makes it. */
#include "backend/kubernetes/namespace.h"

#include <string.h>

#include "backend/kubernetes/call.h"
#include "backend/kubernetes/names.h"
#include "backend/kubernetes/resource.h"
#include "json/writer.h"
#include "util/error.h"

enum { BODY_MAX = 4096, PAUSE_MS = 200 };

/* ---- making one ---- */

static orch_status write_body(const char *ns, struct orch__buf *out)
{
	struct orch__json_writer w;

	orch__json_write_start(&w, out);
	orch__json_write_object(&w);
	orch__json_write_key(&w, "apiVersion");
	orch__json_write_str(&w, kube_resource_version(KUBE_NAMESPACE));
	orch__json_write_key(&w, "kind");
	orch__json_write_str(&w, kube_resource_kind(KUBE_NAMESPACE));
	orch__json_write_key(&w, "metadata");
	orch__json_write_object(&w);
	orch__json_write_key(&w, "name");
	orch__json_write_str(&w, ns);
	orch__json_write_key(&w, "labels");
	orch__json_write_object(&w);
	orch__json_write_key(&w, KUBE_LABEL_MANAGED);
	orch__json_write_str(&w, KUBE_MANAGER);
	orch__json_write_end(&w);
	orch__json_write_end(&w);
	orch__json_write_end(&w);
	return orch__json_write_finish(&w);
}

static orch_status post(
	const orch_call *call, struct orch__target *to, const struct orch__buf *body)
{
	/* A second copy meets the first. */
	const struct kube_request request = { .method = "POST",
		.path = to->path.text,
		.query = to->query.text,
		.body = body->text,
		.body_len = body->len,
		.again = KUBE_REPEAT };
	struct orch__response answer = { 0 };
	orch_status st = kube_send(call, &request, &answer);

	orch__response_dispose(&answer);
	return st;
}

/* ORCH_E_EXISTS: somebody else was faster, or it is there after all. */
static orch_status make(const orch_call *call)
{
	struct orch__target to = ORCH__TARGET_INIT;
	struct orch__buf body = ORCH__BUF_INIT(BODY_MAX);
	orch_status st;

	kube_resource_path(&to, KUBE_NAMESPACE, NULL, NULL, NULL);
	orch__target_query(&to, "fieldManager", KUBE_MANAGER);
	st = orch__target_end(&to);
	if (st == ORCH_OK)
		st = write_body(call->ns, &body);
	if (st == ORCH_OK)
		st = post(call, &to, &body);
	orch__buf_dispose(&body);
	orch__target_dispose(&to);
	return st < 0 ? orch__fail_in(st, "create namespace %s", call->ns) : ORCH_OK;
}

/* ---- what is the matter ---- */

/* What is created has no name yet that could not be found: only its namespace can be missing. */
static bool is_missing(const orch_error *e)
{
	return e->status == ORCH_E_NOTFOUND && e->http_status == 404;
}

static bool is_going(const orch_error *e)
{
	return strcmp(e->reason, "NamespaceTerminating") == 0;
}

static orch_status rest(const orch_call *call, const orch_error *why)
{
	orch_status st = orch_call_sleep(call, PAUSE_MS);

	if (st == ORCH_E_CANCELLED)
		return orch__fail(st, "cancelled by the caller");
	return st < 0 ? orch__error_restore(why) : ORCH_OK;
}

orch_status kube_namespace_mend(const orch_call *call)
{
	const orch_error why = *orch_error_last();
	orch_status st;

	if (is_going(&why))
		return rest(call, &why);
	if (!is_missing(&why))
		return why.status;
	if (!kube_of(call)->creates_namespaces)
		return orch__fail_in(why.status,
			"there is no namespace %s, and this client was told to create none",
			call->ns);
	st = make(call);
	return st == ORCH_E_EXISTS ? rest(call, &why) : st;
}
