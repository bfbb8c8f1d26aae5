/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_CREDENTIALS_H
#define ORCH_KUBE_CREDENTIALS_H

#include "backend/kubernetes/config.h"
#include "net/http.h"
#include "util/cancel.h"

/*
 * What proves who we are, kept fresh for all threads of a client: files that are read
 * again when they change, plugins that are run again when their credential expires or is
 * refused, one at a time.
 */
struct kube_credentials;

/* Borrows `config`, which must outlive it. Reads and runs nothing. */
orch_status kube_credentials_open(const struct kube_config *config,
	const orch_client_options *options, struct kube_credentials **out);
void kube_credentials_close(struct kube_credentials *c); /* wipes; NULL is fine */

/* How long what holds; tests make it short. Before the first use only. */
struct kube_credential_limits {
	int64_t look_ms; /* between looks at a token's file      */
	int64_t exec_ms; /* for a plugin to print its credential */
};

struct kube_credential_limits *kube_credentials_limits(struct kube_credentials *c);

/* Of one request. Dispose of it in either case. */
struct kube_credential {
	unsigned generation; /* of the TLS material: another one means other connections */
	unsigned token_generation;
	struct orch__buf header; /* value of Authorization: "Bearer ..."; empty: none */
};

/*
 * The credential to use now; looks at files and runs a plugin where it is time. The
 * deadline is on orch__clock_ms(). Failures: ORCH_E_AUTH and what reading files says, but
 * never ORCH_E_NOTFOUND. Over plain http there is no credential, whatever is configured.
 */
orch_status kube_credentials_get(struct kube_credentials *c, int64_t deadline_ms,
	struct orch__cancel_ticket cancel, struct kube_credential *out);

/*
 * The server has answered 401 to `used`. Renew once for all threads that were refused
 * with the same: `*is_other` when there is another one now and the request may be sent
 * again. A failure says why there is none; it is no failure when nothing can be renewed.
 */
orch_status kube_credentials_refused(struct kube_credentials *c, const struct kube_credential *used,
	int64_t deadline_ms, struct orch__cancel_ticket cancel, bool *is_other);

/*
 * The TLS material of a generation, for a new orch__http: PEM in memory, copied into
 * `texts`, which the caller wipes (orch__arena_dispose after use of orch__http_open).
 */
orch_status kube_credentials_tls(struct kube_credentials *c, unsigned generation,
	struct orch__arena *texts, struct orch__tls *out);

void kube_credential_dispose(struct kube_credential *credential); /* wipes */

#endif
