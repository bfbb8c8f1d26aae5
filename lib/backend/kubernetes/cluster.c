/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/cluster.h"

#include <stdio.h>
#include <string.h>

#include "net/endpoint.h"
#include "util/error.h"
#include "util/text.h"

orch_status kube_server_read(
	const char *what, const char *text, struct orch__arena *keep, const char **out)
{
	struct orch__endpoint parsed;
	size_t len = strcspn(text, "?#");
	const char *url;
	orch_status st;

	while (len && text[len - 1] == '/')
		len--;
	if (!orch__text_starts(text, "https://") && !orch__text_starts(text, "http://"))
		return orch__fail(ORCH_E_INVALID,
			"%s does not begin with https:// (or http://, for a server that asks for "
			"no "
			"credentials)",
			what);
	url = orch__arena_strndup(keep, text, len);
	if (!url)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	st = orch__endpoint_parse(url, &parsed);
	if (st < 0)
		return orch__fail_in(st, "%s", what);
	*out = url;
	return ORCH_OK;
}

static orch_status read_server(const struct kube_entry *e, struct kube_config *out)
{
	char what[400];
	const char *text = NULL;
	orch_status st = kube_entry_text(e, e->value, "server", &out->texts, &text);

	if (st < 0)
		return st;
	if (!text)
		return kube_entry_fail(e, ORCH_E_INVALID, "it has no server");
	snprintf(what, sizeof what, "%.200s: cluster %.120s: server", e->file->name, e->name);
	return kube_server_read(what, text, &out->texts, &out->server);
}

static orch_status read_proxy(const struct kube_entry *e, struct kube_config *out)
{
	orch_status st = kube_entry_text(e, e->value, "proxy-url", &out->texts, &out->proxy);

	if (st < 0 || !out->proxy || orch__text_starts(out->proxy, "http://") ||
		orch__text_starts(out->proxy, "https://") ||
		orch__text_starts(out->proxy, "socks5://"))
		return st;
	return kube_entry_fail(
		e, ORCH_E_INVALID, "proxy-url begins with none of http://, https:// and socks5://");
}

static orch_status read_trust(const struct kube_entry *e, struct kube_config *out)
{
	orch_status st = kube_entry_source(e, "certificate-authority", &out->texts, &out->ca);

	if (st == ORCH_OK)
		st = kube_entry_bool(e, e->value, "insecure-skip-tls-verify", &out->is_insecure);
	if (st == ORCH_OK)
		st = kube_entry_text(
			e, e->value, "tls-server-name", &out->texts, &out->tls_server_name);
	if (st == ORCH_OK && out->is_insecure && (out->ca.path || out->ca.data))
		return kube_entry_fail(e, ORCH_E_INVALID,
			"there are a certificate-authority and insecure-skip-tls-verify: "
			"specifying "
			"a root certificates file with the insecure flag is not allowed");
	return st;
}

orch_status kube_cluster_read(const struct kube_entry *e, struct kube_config *out)
{
	orch_status st = read_server(e, out);

	if (st == ORCH_OK)
		st = read_proxy(e, out);
	if (st == ORCH_OK)
		st = kube_entry_bool(e, e->value, "disable-compression", &out->no_compression);
	return st == ORCH_OK ? read_trust(e, out) : st;
}
