/* SPDX-License-Identifier: MIT */
/* What a plugin is told and what it answers: two documents of the kind ExecCredential. */
#include <string.h>

#include "backend/kubernetes/exec.h"
#include "backend/kubernetes/tables.h"
#include "json/json.h"
#include "net/target.h"
#include "util/base64.h"
#include "util/error.h"
#include "util/text.h"

enum { CA_LIMIT = 4 << 20 };

struct cluster {
	const char *server, *tls_server_name, *ca, *proxy, *config;
	int64_t is_insecure, no_compression;
};

struct info {
	const char *api_version;
	const struct cluster *cluster;
	int64_t is_interactive;
};

static const struct cluster cluster_blank = { .is_insecure = ORCH_UNSET,
	.no_compression = ORCH_UNSET };
static const struct info info_blank = { .is_interactive = ORCH_UNSET };

struct status {
	const char *token, *cert, *key;
	int64_t expires_ms;
};

struct answer {
	const char *api_version, *kind;
	const struct status *status;
};

static const struct status status_blank = { .expires_ms = ORCH_UNSET };
static const struct answer answer_blank = { 0 };

/* clang-format off */
ORCH__J_LOCAL_TABLE(cluster_table, cluster_blank,
	ORCH__J_STR("server", struct cluster, server, 0),
	ORCH__J_STR("tls-server-name", struct cluster, tls_server_name, 0),
	ORCH__J_BOOL("insecure-skip-tls-verify", struct cluster, is_insecure, 0),
	ORCH__J_STR("certificate-authority-data", struct cluster, ca, 0),
	ORCH__J_STR("proxy-url", struct cluster, proxy, 0),
	ORCH__J_BOOL("disable-compression", struct cluster, no_compression, 0),
	ORCH__J_RAW("config", struct cluster, config, 0));

ORCH__J_LOCAL_TABLE(info_table, info_blank,
	ORCH__J_LITERAL("kind", "ExecCredential"),
	ORCH__J_STR("apiVersion", struct info, api_version, 0),
	ORCH__J_OBJ("spec.cluster", struct info, cluster, 0, &cluster_table),
	ORCH__J_BOOL("spec.interactive", struct info, is_interactive, 0));

ORCH__J_LOCAL_TABLE(status_table, status_blank,
	ORCH__J_STR("token", struct status, token, 0),
	ORCH__J_STR("clientCertificateData", struct status, cert, 0),
	ORCH__J_STR("clientKeyData", struct status, key, 0),
	ORCH__J_SCALAR("expirationTimestamp", struct status, expires_ms, 0, &kube_timestamp));

ORCH__J_LOCAL_TABLE(answer_table, answer_blank,
	ORCH__J_STR("apiVersion", struct answer, api_version, 0),
	ORCH__J_STR("kind", struct answer, kind, 0),
	ORCH__J_OBJ("status", struct answer, status, 0, &status_table));
/* clang-format on */

/* ---- what it is told ---- */

static const char *or_none(const char *text)
{
	return text && *text ? text : NULL;
}

static orch_status encode(const struct info *info, struct orch__buf *out)
{
	orch_status st = orch__json_encode(&info_table, info, out);

	return st < 0 ? orch__fail_in(st, "exec: what the plugin is told") : ORCH_OK;
}

/* stdin is not given away by a library, so no plugin may ask anything. */
orch_status kube_exec_info(const struct kube_config *config, const char *ca, struct orch__buf *out)
{
	const struct kube_exec *exec = config->user.exec;
	struct orch__buf encoded = ORCH__BUF_SECRET(CA_LIMIT);
	struct cluster cluster = { .server = config->server,
		.tls_server_name = or_none(config->tls_server_name),
		.is_insecure = config->is_insecure ? 1 : ORCH_UNSET,
		.proxy = or_none(config->proxy),
		.no_compression = config->no_compression ? 1 : ORCH_UNSET,
		.config = exec->config ? exec->config : "null" };
	struct info info = { .api_version = exec->api_version, .is_interactive = 0 };
	orch_status st;

	if (exec->wants_cluster)
		info.cluster = &cluster;
	if (ca && info.cluster) {
		orch__base64_encode(ca, strlen(ca), &encoded);
		cluster.ca = encoded.text;
	}
	st = orch__buf_ok(&encoded) ? encode(&info, out)
				    : orch__fail(ORCH_E_NOMEM, "out of memory");
	orch__buf_dispose(&encoded);
	return st;
}

/* ---- what it answers ---- */

static bool is_pem(const char *text)
{
	return strstr(text, "-----BEGIN ") != NULL;
}

static orch_status refuse(const struct kube_exec *exec, const char *why)
{
	return orch__fail(
		ORCH_E_AUTH, "exec: executable %.200s: its answer %s", exec->command, why);
}

static orch_status check_status(const struct kube_exec *exec, const struct status *s)
{
	const char *token = or_none(s->token), *cert = or_none(s->cert), *key = or_none(s->key);

	if (!cert != !key)
		return refuse(exec,
			cert ? "has a certificate without its key"
			     : "has a key without its certificate");
	if (!token && !cert)
		return refuse(exec, "has neither a token nor a certificate");
	if (token && (!orch__is_header_value(token) || strpbrk(token, " \t")))
		return orch__fail(ORCH_E_INVALID,
			"exec: executable %.200s: its token holds bytes that no token has",
			exec->command);
	if (cert && (!is_pem(cert) || !is_pem(key)))
		return refuse(exec, "has a certificate or key that is no PEM text");
	return ORCH_OK;
}

static orch_status check_answer(const struct kube_exec *exec, const struct answer *a)
{
	if (!orch__text_equal(a->kind, "ExecCredential"))
		return refuse(exec, "is not of the kind ExecCredential");
	if (!orch__text_equal(a->api_version, exec->api_version))
		return orch__fail(ORCH_E_AUTH,
			"exec: executable %.200s: its answer is of another apiVersion than %.64s, "
			"which the kubeconfig asks for",
			exec->command, exec->api_version);
	if (!a->status)
		return refuse(exec, "has no status");
	return check_status(exec, a->status);
}

orch_status kube_exec_answer(
	const struct kube_exec *exec, const char *text, size_t len, struct kube_issued *out)
{
	struct kube_issued fresh = { .texts.is_secret = true };
	struct answer a = answer_blank;
	orch_status st = orch__json_decode(&answer_table, &fresh.texts, text, len, &a);

	if (st == ORCH_E_PROTOCOL || st == ORCH_E_TOO_LARGE)
		st = ORCH_E_AUTH; /* no server said this */
	if (st < 0)
		(void)orch__fail_in(st, "exec: executable %.200s: its answer", exec->command);
	else
		st = check_answer(exec, &a);
	if (st < 0) {
		kube_issued_dispose(&fresh);
		return st;
	}
	fresh.token = or_none(a.status->token);
	fresh.cert = or_none(a.status->cert);
	fresh.key = or_none(a.status->key);
	fresh.expires_ms = a.status->expires_ms;
	*out = fresh;
	return ORCH_OK;
}

void kube_issued_dispose(struct kube_issued *issued)
{
	orch__arena_dispose(&issued->texts);
	memset(issued, 0, sizeof *issued);
}
