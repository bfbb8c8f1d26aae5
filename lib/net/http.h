/* SPDX-License-Identifier: MIT */
#ifndef ORCH_NET_HTTP_H
#define ORCH_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/head.h"
#include "orch/error.h"
#include "orch/trace.h"
#include "util/buf.h"
#include "util/cancel.h"

/*
 * The seam between backends, which know what to say, and HTTP.
 *
 * "There is an answer" is ORCH_OK, whatever its HTTP status: what a 404 means
 * is for the backend. Everything else is a failure whose error carries the
 * outcome of a write: NOT_SENT, NOT_APPLIED, APPLIED (a complete 2xx status
 * line came) or UNKNOWN. Redirects are never followed: they are ORCH_E_PROTOCOL.
 *
 * An orch__http is one endpoint with a pool of connections. It may be used from
 * any number of threads; a transfer belongs to one.
 */
struct orch__http;

/* Keys and certificates: PEM text in memory. Copied, the key is wiped in the end. */
struct orch__tls {
	const char *ca;          /* NULL: the system's */
	const char *cert, *key;  /* both or none */
	const char *server_name; /* to check instead of the host's; NULL: the host's */
	bool is_insecure;        /* take any certificate */
};

/* An engine that is reached by the command ssh; see net/ssh.h. Copied. */
struct orch__ssh {
	const char *host;
	const char *user;    /* NULL: ssh decides */
	int port;            /* 0: ssh decides */
	const char *socket;  /* of the engine over there; NULL: the default one */
	const char *program; /* NULL: "ssh" */
};

struct orch__http_config {
	/* "unix:///run/docker.sock", "http://host:port" or "https://host:port[/prefix]". */
	const char *url;
	const struct orch__ssh *ssh; /* instead of `url` */
	const struct orch__tls *tls; /* NULL: defaults */
	/* "http://[user:password@]host:port", "https://", "socks5://" or "socks5h://", which are
	 * the same: the proxy looks names up. NULL: none; the environment is never asked. */
	const char *proxy;
	const char *user_agent; /* NULL: "liborch/VERSION" */
	const char *accept;     /* of requests that name none; NULL: application/json */
	const orch_kv *headers; /* sent with every request */
	size_t header_count;
	int64_t connect_timeout_ms; /* 0: 10 s */
	size_t max_idle;            /* connections kept open; 0: 16 */
	bool wants_local_gzip;      /* compress even where it costs more than it saves */
	orch_trace_fn *trace;
	void *trace_payload;
};

/* Checks the configuration and connects nothing. Everything is copied. */
orch_status orch__http_open(const struct orch__http_config *config, struct orch__http **out);
/* Every transfer must be closed before. NULL is fine. */
void orch__http_close(struct orch__http *http);
/* For messages: "unix:/run/docker.sock", "10.0.0.1:2376". */
const char *orch__http_address(const struct orch__http *http);

/* Zeroed members are defaults. Borrowed until the call returns, but the body of
 * orch__transfer_open(), which must stay until the transfer is closed. */
struct orch__request {
	const char *method;       /* "GET" */
	const char *path;         /* see net/target.h */
	const char *query;        /* encoded, without '?'; NULL: none */
	const char *accept;       /* NULL: that of the configuration */
	const char *content_type; /* NULL: application/json, if there is a body */
	const char *body;         /* NULL: none */
	size_t body_len;
	const orch_kv *headers; /* beside the usual ones */
	size_t header_count;
	int64_t deadline_ms; /* on orch__clock_ms(); 0: 30 s from now. Of a stream: for its head */
	int64_t idle_ms;     /* fail when no byte comes for so long; 0: never */
	size_t response_limit; /* decoded bytes of a 2xx body; 0: 64 MiB, of streams none */
	struct orch__cancel_ticket cancel;
	bool is_stream;
	bool is_large;  /* a long list: larger buffer, and compressed when it comes from afar */
	bool is_plain;  /* but never compressed */
	bool is_fenced; /* a write that has no second effect when it arrives twice; others never
			   use an old connection, on which libcurl might send them again */
};

struct orch__response {
	/* In: takes the body of a 2xx answer as it arrives; NULL: it goes to `body`. A status
	 * other than ORCH_OK, with its error, ends the call. It must not call lib/net. */
	orch_status (*write)(void *payload, const char *data, size_t len);
	void *payload;
	bool wants_head; /* keep the headers */

	/* Out. Zero before the first use; may be used again, which spares allocations. */
	int http_status;
	int sends;              /* 2: libcurl sent it again on a new connection */
	int64_t retry_after_ms; /* -1: not said */
	bool is_delimited;      /* false: a body that was cut would look complete */
	bool is_truncated;      /* an error body of which 64 KiB were kept */
	struct orch__buf body;  /* of 2xx without `write`, and of errors */
	struct orch__head head; /* if wanted */
};

orch_status orch__http_perform(struct orch__http *http, const struct orch__request *request,
	struct orch__response *response);
void orch__response_dispose(struct orch__response *response);

/*
 * The same step by step, for answers that do not end: the caller pulls.
 *
 *	st = orch__transfer_open(http, &request, &t);
 *	st = orch__transfer_wait_head(t, &head);
 *	while ((st = orch__transfer_read(t, 200, &chunk)) == ORCH_OK && !chunk.is_end)
 *		use(chunk.data, chunk.len);
 *	orch__transfer_close(t);
 */
struct orch__transfer;

struct orch__chunk {
	const char *data; /* valid until the next call with this transfer */
	size_t len;       /* 0: nothing came in time, or the end */
	bool is_end;
};

orch_status orch__transfer_open(
	struct orch__http *http, const struct orch__request *request, struct orch__transfer **out);
/* Waits until status and headers are there. Borrowed from the transfer. */
orch_status orch__transfer_wait_head(struct orch__transfer *t, const struct orch__head **out);
/* Waits up to `timeout_ms` for bytes. Of an answer that is no 2xx, 64 KiB come at most. */
orch_status orch__transfer_read(
	struct orch__transfer *t, int64_t timeout_ms, struct orch__chunk *out);
/* Ends it wherever it is. NULL is fine. */
void orch__transfer_close(struct orch__transfer *t);

#endif
