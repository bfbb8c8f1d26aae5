/* SPDX-License-Identifier: MIT */
/*
 * The transfer machine: one request and its answer, whatever moves the bytes.
 * Deadlines, cancelling, limits and the meaning of a failure are decided here
 * and nowhere else.
 */
#include "net/transfer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/target.h"
#include "util/clock.h"
#include "util/error.h"
#include "util/text.h"

#define DEFAULT_LIMIT ((size_t)64 << 20)
#define CHUNK_LIMIT ((size_t)16 << 20)   /* of a stream, between two reads */
#define CHUNK_ENOUGH ((size_t)112 << 10) /* a piece of 16 KiB more, and it fits into 128 */
#define ERROR_BODY_LIMIT ((size_t)64 << 10)
#define FOREVER INT64_MAX

enum { DEFAULT_DEADLINE_MS = 30000, PATH_SHOWN = 160 };

static bool is_success(const struct orch__transfer *t)
{
	return t->head.status >= 200 && t->head.status < 300;
}

void orch__transfer_end(struct orch__transfer *t, orch_status fault, const char *fmt, ...)
{
	va_list ap;

	if (t->is_done)
		return;
	if (fault == ORCH_OK && !t->head.is_complete) { /* libcurl finds that well */
		fault = ORCH_E_NETWORK;
		fmt = "the answer was cut short inside its headers";
	}
	t->is_done = true;
	t->fault = fault;
	t->fault_text[0] = '\0';
	if (!fmt)
		return;
	va_start(ap, fmt);
	vsnprintf(t->fault_text, sizeof t->fault_text, fmt, ap);
	va_end(ap);
}

/* ---- what arrives ---- */

static bool stop(struct orch__transfer *t, orch_status fault, const char *why)
{
	t->is_stopped = true;
	orch__transfer_end(t, fault, "%s", why);
	return false;
}

static void trace(const struct orch__transfer *t, orch_trace_phase phase, orch_status status)
{
	char path[512], audit_id[64], warnings[2048];
	orch_trace_event event = {
		.struct_size = sizeof event,
		.phase = phase,
		.method = t->method,
		.path = path,
		.endpoint = t->http->address,
		.http_status = t->head.status,
		.status = status,
		.bytes_in = t->bytes_in,
		.duration_ms = orch__clock_ms() - t->started_ms,
		.audit_id = audit_id,
		.warnings = warnings,
	};

	orch__head_copy(&t->head, "audit-id", audit_id, sizeof audit_id);
	orch__text_printable(audit_id);
	orch__head_warnings(&t->head, warnings, sizeof warnings);
	snprintf(path, sizeof path, "%.*s", (int)t->path_len, t->url.text + t->path_at);
	t->http->trace(t->http->trace_payload, &event);
}

/* "302 to https://other/x": without what may be secret in it. */
static bool stop_redirect(struct orch__transfer *t)
{
	char to[200] = "";
	char *at, *slash;

	orch__head_copy(&t->head, "location", to, sizeof to);
	to[strcspn(to, "?#")] = '\0';
	slash = strstr(to, "//");
	at = slash ? memchr(slash + 2, '@', strcspn(slash + 2, "/")) : NULL;
	if (at)
		memmove(slash + 2, at + 1, strlen(at));
	t->is_stopped = true;
	orch__transfer_end(t, ORCH_E_PROTOCOL,
		"HTTP %d redirects to \"%s\", which is never followed", t->head.status, to);
	return false;
}

static bool is_redirect(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool orch__transfer_on_header(struct orch__transfer *t, const char *line, size_t len)
{
	bool was_complete = t->head.is_complete;

	t->heard_ms = 0;
	if (!orch__head_line(&t->head, line, len))
		return t->head.fault ? stop(t, ORCH_E_PROTOCOL, t->head.fault)
				     : stop(t, ORCH_E_NOMEM, "out of memory");
	if (t->head.is_complete && !was_complete) {
		if (t->http->trace)
			trace(t, ORCH_TRACE_HEAD, ORCH_OK);
		if (is_redirect(t->head.status))
			return stop_redirect(t);
		if (t->head.is_encoded && !t->takes_gzip && !t->is_head_request &&
			t->head.status / 100 == 2)
			return stop(t, ORCH_E_PROTOCOL, "compression that was not asked for");
	}
	return true;
}

static bool keep(struct orch__transfer *t, const char *data, size_t len, size_t limit)
{
	t->data.limit = limit;
	orch__buf_add(&t->data, data, len);
	if (orch__buf_ok(&t->data))
		return true;
	return t->data.failed == ORCH__MEM_OVER_LIMIT
		? stop(t, ORCH_E_TOO_LARGE, "more bytes at once than the limit")
		: stop(t, ORCH_E_NOMEM, "out of memory");
}

/* The text of an error matters, the rest of an endless one does not. */
static bool keep_error(struct orch__transfer *t, const char *data, size_t len)
{
	size_t room = ERROR_BODY_LIMIT - (size_t)(t->bytes_in - (int64_t)len);

	if (len <= room)
		return keep(t, data, len, ERROR_BODY_LIMIT);
	if (!keep(t, data, room, ERROR_BODY_LIMIT))
		return false;
	t->bytes_in = (int64_t)ERROR_BODY_LIMIT;
	t->is_truncated = true;
	return stop(t, ORCH_OK, "");
}

bool orch__transfer_is_full(struct orch__transfer *t)
{
	t->heard_ms = 0;
	return t->is_stream && !t->write && t->data.len >= CHUNK_ENOUGH;
}

static bool is_over(struct orch__transfer *t);

bool orch__transfer_on_data(struct orch__transfer *t, const char *data, size_t len)
{
	orch_status st;

	/* An engine may have megabytes to hand over before anybody looks again. */
	if (is_over(t))
		return false;
	t->heard_ms = 0;
	t->bytes_in += (int64_t)len;
	if (!is_success(t))
		return keep_error(t, data, len);
	if (t->limit && (uint64_t)t->bytes_in > t->limit) {
		t->is_stopped = true;
		orch__transfer_end(
			t, ORCH_E_TOO_LARGE, "the answer is longer than %zu bytes", t->limit);
		return false;
	}
	if (!t->write)
		return keep(t, data, len, t->limit ? t->limit : CHUNK_LIMIT);
	st = t->write(t->payload, data, len);
	if (st == ORCH_OK)
		return true;
	t->is_reported = true;
	return stop(t, st, "");
}

/* ---- failures ---- */

static orch_outcome outcome_of(const struct orch__transfer *t)
{
	if (t->is_read || t->sends == 0)
		return ORCH_OUTCOME_NOT_SENT;
	if (is_success(t))
		return ORCH_OUTCOME_APPLIED;
	return t->is_refused ? ORCH_OUTCOME_NOT_APPLIED : ORCH_OUTCOME_UNKNOWN;
}

/* "GET /services at 10.0.0.1:2376: connection refused" */
static orch_status report(struct orch__transfer *t)
{
	const char *path = t->url.text ? t->url.text + t->path_at : "";
	int shown = t->path_len > PATH_SHOWN ? PATH_SHOWN : (int)t->path_len;

	if (t->is_reported) {
		(void)!orch__fail_in(
			t->fault, "%s %.*s at %s", t->method, shown, path, t->http->address);
	} else {
		(void)!orch__fail(t->fault, "%s %.*s at %s: %s", t->method, shown, path,
			t->http->address, t->fault_text);
		orch__error_remote(t->head.status, NULL, ORCH_UNSET);
	}
	orch__error_outcome(outcome_of(t));
	return t->fault;
}

static void end_in_time(struct orch__transfer *t, int64_t now)
{
	long long ms = (long long)(now - t->started_ms);

	t->is_stopped = true;
	if (t->sends == 0)
		orch__transfer_end(t, ORCH_E_TIMEOUT, "no connection within %lld ms", ms);
	else if (!t->head.is_complete)
		orch__transfer_end(t, ORCH_E_TIMEOUT, "no answer within %lld ms", ms);
	else
		orch__transfer_end(t, ORCH_E_TIMEOUT,
			"the answer is not complete within %lld ms, %lld bytes came", ms,
			(long long)t->bytes_in);
}

/* ---- waiting ---- */

static int64_t min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The deadline of a stream is one for its head. */
static int64_t deadline(const struct orch__transfer *t)
{
	return t->is_stream && t->head.is_complete ? FOREVER : t->deadline_ms;
}

static int64_t idle_end(struct orch__transfer *t, int64_t now)
{
	if (!t->idle_ms)
		return FOREVER;
	if (!t->heard_ms) /* bytes came since we last looked */
		t->heard_ms = now;
	return t->heard_ms + t->idle_ms;
}

/* Cancelled, or at its deadline: then it has been stopped. */
static bool is_over(struct orch__transfer *t)
{
	const int64_t now = orch__clock_ms();

	if (orch__cancelled(&t->cancel))
		stop(t, ORCH_E_CANCELLED, "cancelled");
	else if (now >= deadline(t))
		end_in_time(t, now);
	else
		return false;
	return true;
}

/* One look at what may end the transfer, then let bytes flow, at most until `until`. */
static void step(struct orch__transfer *t, int64_t until)
{
	int64_t now = orch__clock_ms(), wait;

	if (is_over(t))
		return;
	if (now >= idle_end(t, now)) {
		t->is_stopped = true;
		/* Whoever has begun to answer and stops is no longer there. */
		orch__transfer_end(t, t->head.is_complete ? ORCH_E_NETWORK : ORCH_E_TIMEOUT,
			"silent for %lld ms", (long long)t->idle_ms);
		return;
	}
	wait = min64(until, min64(deadline(t), idle_end(t, now))) - now;
	if (t->cancel.source)
		wait = min64(wait, ORCH__CANCEL_SLICE_MS);
	t->http->engine->pump(t, wait > 0 ? wait : 0);
}

/* ---- opening ---- */

static orch_status check_owner(const struct orch__http *http)
{
	if (http->owner == getpid())
		return ORCH_OK;
	return orch__fail(
		ORCH_E_FORKED, "connection to %s: it belongs to the parent process", http->address);
}

static orch_status check_request(const struct orch__request *r)
{
	if (!r->method || strspn(r->method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(r->method) ||
		!*r->method || strlen(r->method) > 15)
		return orch__fail(ORCH_E_INVALID, "request: method is not a word in capitals");
	if (!r->path || !orch__is_path(r->path))
		return orch__fail(ORCH_E_INVALID, "%s: path is malformed", r->method);
	if (r->query && !orch__is_query(r->query))
		return orch__fail(ORCH_E_INVALID, "%s %s: query is malformed", r->method, r->path);
	return ORCH_OK;
}

static orch_status build_url(struct orch__transfer *t, const struct orch__request *r)
{
	t->url.limit = (size_t)1 << 20;
	orch__buf_clear(&t->url);
	orch__buf_add(&t->url, t->http->base, t->http->base_len);
	t->path_at = t->http->base_len;
	t->path_len = strlen(r->path);
	orch__buf_add(&t->url, r->path, t->path_len);
	if (r->query && *r->query) {
		orch__buf_add(&t->url, "?", 1);
		orch__buf_add(&t->url, r->query, strlen(r->query));
	}
	if (orch__buf_ok(&t->url))
		return ORCH_OK;
	return t->url.failed == ORCH__MEM_OVER_LIMIT
		? orch__fail(ORCH_E_TOO_LARGE, "%s %.100s: query", r->method, r->path)
		: orch__fail(ORCH_E_NOMEM, "%s %.100s", r->method, r->path);
}

static void reset(struct orch__transfer *t, const struct orch__request *r)
{
	int64_t now = orch__clock_ms();

	orch__head_reset(&t->head);
	orch__buf_clear(&t->data);
	snprintf(t->method, sizeof t->method, "%s", r->method);
	t->started_ms = now;
	t->heard_ms = now;
	t->deadline_ms = r->deadline_ms ? r->deadline_ms : now + DEFAULT_DEADLINE_MS;
	t->idle_ms = r->idle_ms;
	t->bytes_in = 0;
	t->limit = r->response_limit || r->is_stream ? r->response_limit : DEFAULT_LIMIT;
	t->cancel = r->cancel;
	t->write = NULL;
	t->payload = NULL;
	t->sends = 0;
	t->is_head_request = orch__text_equal(r->method, "HEAD");
	t->is_read = t->is_head_request || orch__text_equal(r->method, "GET");
	t->is_fenced = r->is_fenced;
	t->is_stream = r->is_stream;
	t->is_done = t->is_stopped = t->is_truncated = t->is_refused = t->is_reported = false;
	t->is_traced = t->is_handed_out = false;
	t->fault = ORCH_OK;
	t->fault_text[0] = '\0';
}

static orch_status start(struct orch__transfer *t, const struct orch__request *r)
{
	orch_status st;

	reset(t, r);
	st = build_url(t, r);
	if (st < 0)
		return st;
	if (orch__clock_ms() >= t->deadline_ms)
		return orch__fail(
			ORCH_E_TIMEOUT, "%s %.100s: the deadline is over", r->method, r->path);
	st = t->http->engine->start(t, r);
	if (st == ORCH_OK && t->http->trace) {
		t->is_traced = true;
		trace(t, ORCH_TRACE_START, ORCH_OK);
	}
	return st;
}

orch_status orch__transfer_open(
	struct orch__http *http, const struct orch__request *request, struct orch__transfer **out)
{
	struct orch__transfer *t = NULL;
	orch_status st = check_owner(http);

	if (st == ORCH_OK)
		st = check_request(request);
	if (st == ORCH_OK)
		st = http->engine->acquire(http, &t);
	if (st < 0)
		return st;
	st = start(t, request);
	if (st < 0) {
		orch__transfer_close(t);
		return st;
	}
	*out = t;
	return ORCH_OK;
}

orch_status orch__transfer_wait_head(struct orch__transfer *t, const struct orch__head **out)
{
	int keep_errno = errno;

	if (check_owner(t->http) < 0)
		return ORCH_E_FORKED;
	while (!t->head.is_complete && !t->is_done)
		step(t, FOREVER);
	/* Bytes that came before the end are handed out first, the failure afterwards. */
	if (t->is_done && t->fault < 0 && !(t->head.is_complete && t->data.len))
		return report(t);
	errno = keep_errno;
	*out = &t->head;
	return ORCH_OK;
}

orch_status orch__transfer_read(
	struct orch__transfer *t, int64_t timeout_ms, struct orch__chunk *out)
{
	int64_t until = orch__clock_ms() + (timeout_ms > 0 ? timeout_ms : 0);
	int keep_errno = errno;

	if (check_owner(t->http) < 0)
		return ORCH_E_FORKED;
	if (t->is_handed_out)
		orch__buf_clear(&t->data);
	t->is_handed_out = false;
	while (!t->data.len && !t->is_done) {
		step(t, until);
		if (orch__clock_ms() >= until)
			break;
	}
	if (!t->data.len && t->is_done && t->fault < 0)
		return report(t);
	errno = keep_errno;
	t->is_handed_out = t->data.len > 0;
	out->data = t->data.text;
	out->len = t->data.len;
	out->is_end = t->is_done && !t->data.len;
	return ORCH_OK;
}

void orch__transfer_close(struct orch__transfer *t)
{
	if (!t)
		return;
	if (t->is_traced)
		trace(t, ORCH_TRACE_END, t->is_done ? t->fault : ORCH_OK);
	t->is_traced = false;
	t->http->engine->release(t);
}

void orch__transfer_dispose(struct orch__transfer *t)
{
	orch__head_dispose(&t->head);
	orch__buf_dispose(&t->url);
	orch__buf_dispose(&t->data);
}

/* ---- all at once ---- */

static void swap_bufs(struct orch__buf *a, struct orch__buf *b)
{
	struct orch__buf c = *a;

	*a = *b;
	*b = c;
}

static void deliver(struct orch__transfer *t, struct orch__response *response)
{
	response->http_status = t->head.status;
	response->sends = t->sends;
	response->retry_after_ms = orch__head_retry_after_ms(&t->head);
	response->is_delimited = orch__head_is_delimited(&t->head) || t->is_head_request;
	response->is_truncated = t->is_truncated;
	swap_bufs(&response->body, &t->data);
	if (response->wants_head) {
		struct orch__head had = response->head;

		response->head = t->head;
		t->head = had;
	}
}

orch_status orch__http_perform(struct orch__http *http, const struct orch__request *request,
	struct orch__response *response)
{
	struct orch__transfer *t = NULL;
	int keep_errno = errno;
	orch_status st = orch__transfer_open(http, request, &t);

	if (st < 0)
		return st;
	t->write = response->write;
	t->payload = response->payload;
	while (!t->is_done)
		step(t, FOREVER);
	st = t->fault < 0 ? report(t) : ORCH_OK;
	if (st == ORCH_OK) {
		deliver(t, response);
		errno = keep_errno;
	}
	orch__transfer_close(t);
	return st;
}

void orch__response_dispose(struct orch__response *response)
{
	orch__buf_dispose(&response->body);
	orch__head_dispose(&response->head);
}
