/* SPDX-License-Identifier: MIT */
#ifndef ORCH_NET_TRANSFER_H
#define ORCH_NET_TRANSFER_H

#include <sys/types.h>

#include "net/http.h"

/*
 * Inside lib/net: what lies between the transfer machine (transfer.c: when to
 * wait, when to stop, what a failure means) and an engine (libcurl, or a fake of
 * the tests), which moves bytes and decides nothing.
 */
struct orch__engine {
	/* A transfer ready to go, zeroed or reset; it stays the engine's. */
	orch_status (*acquire)(struct orch__http *http, struct orch__transfer **out);
	/* Take the request; `t->url` is what to ask for. Nothing needs to be sent yet. */
	orch_status (*start)(struct orch__transfer *t, const struct orch__request *request);
	/* Send and receive what is possible; if nothing came, wait for it up to `wait_ms`. */
	void (*pump)(struct orch__transfer *t, int64_t wait_ms);
	/* Back into the pool, whatever state it is in. */
	void (*release)(struct orch__transfer *t);
	/* Close everything; after a fork only what is safe in the child. Frees `http`. */
	void (*dispose)(struct orch__http *http, bool is_forked);
};

struct orch__http {
	const struct orch__engine *engine;
	char *base; /* in front of every path: "http://localhost" */
	size_t base_len;
	char *address;
	orch_trace_fn *trace;
	void *trace_payload;
	pid_t owner;
};

enum { ORCH__FAULT_TEXT = 320 };

struct orch__transfer {
	struct orch__http *http;
	struct orch__head head;
	struct orch__buf url;     /* whole, as sent */
	struct orch__buf data;    /* arrived and not yet handed out */
	size_t path_at, path_len; /* in `url`: what messages may show */
	char method[16];

	int64_t started_ms, deadline_ms, heard_ms, idle_ms;
	int64_t bytes_in;
	size_t limit;
	struct orch__cancel_ticket cancel;
	orch_status (*write)(void *payload, const char *data, size_t len);
	void *payload;

	int sends; /* by the engine: how often the request went onto a connection */
	bool is_read, is_fenced, is_stream, is_head_request;
	bool takes_gzip;   /* by the engine: it asked for compression and undoes it */
	bool is_done;      /* nothing more will come */
	bool is_stopped;   /* by us: what the engine says afterwards does not count */
	bool is_truncated; /* an error body, cut on purpose */
	bool is_refused;   /* by the peer, before it looked at the request */
	bool is_reported;  /* the last error already holds the story */
	bool is_traced;
	bool is_handed_out;
	orch_status fault; /* why it ended, if not well */
	char fault_text[ORCH__FAULT_TEXT];
};

/* Called by the engine. True: whoever pulls has enough for now; on_data comes when it pulls again.
 * Without this a fast server fills the memory of a slow reader. */
bool orch__transfer_is_full(struct orch__transfer *t);
/* Called by the engine. False: stop, the reason is in the transfer. */
bool orch__transfer_on_header(struct orch__transfer *t, const char *line, size_t len);
bool orch__transfer_on_data(struct orch__transfer *t, const char *data, size_t len);
/* The transfer is over; `fault` ORCH_OK: well. The first one to say so wins. */
void orch__transfer_end(struct orch__transfer *t, orch_status fault, const char *fmt, ...)
	ORCH_PRINTF(3, 4);

/* For engines: an orch__http at the head of their own struct of `size`, zeroed. NULL: out of
 * memory. Base and address are copied. */
struct orch__http *orch__http_new(
	size_t size, const struct orch__engine *engine, const char *address);
bool orch__http_set_base(struct orch__http *http, const char *base);
void orch__http_free(struct orch__http *http);
void orch__transfer_dispose(struct orch__transfer *t);

#endif
