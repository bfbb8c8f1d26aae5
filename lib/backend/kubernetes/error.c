/* SPDX-License-Identifier: MIT */
/*
 * What the server's answers mean. The number alone is not enough: a namespace that
 * is being deleted is a 403, a store without a leader a 500, and a 404 may mean that
 * there is no such kind of object. The first row that fits wins, so narrow rows
 * stand before wide ones.
 */
#include "backend/kubernetes/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "backend/kubernetes/tables.h"
#include "net/retry.h"
#include "util/error.h"
#include "util/text.h"

/* What an answer means. */
struct fault {
	int16_t http;        /* 0: any                                             */
	const char *reason;  /* of the Status; NULL: any, or none                  */
	const char *cause;   /* reason of one of its causes; NULL: any, or none    */
	const char *pattern; /* occurs in the message, "...$" at its end; NULL: any */
	orch_status status;
	enum kube_retry retry;
	orch_outcome outcome; /* of a write that was answered so                   */
	const char *word;     /* where the Status has no reason of its own         */
};

#define NO KUBE_RETRY_NO
#define READS KUBE_RETRY_READS
#define ALL KUBE_RETRY_ALL
#define REFUSED ORCH_OUTCOME_NOT_APPLIED
#define UNKNOWN ORCH_OUTCOME_UNKNOWN

/* clang-format off */
static const struct fault faults[] = {
	{ 401, NULL, NULL, NULL, ORCH_E_AUTH, NO, REFUSED, "Unauthorized" },
	{ 403, NULL, "NamespaceTerminating", NULL, ORCH_E_CONFLICT, NO, REFUSED, "NamespaceTerminating" },
	{ 403, NULL, NULL, "because it is being terminated", ORCH_E_CONFLICT, NO, REFUSED, "NamespaceTerminating" },
	{ 403, NULL, NULL, NULL, ORCH_E_FORBIDDEN, NO, REFUSED, "Forbidden" },
	/* What was not found has a name, or it is the kind that is not served: see find_row(). */
	{ 404, NULL, NULL, NULL, ORCH_E_NOTFOUND, NO, REFUSED, "NotFound" },

	/* An identical request may have arrived before this one, even if liborch sent it only
	 * once: whoever has sent it reads, and sees whose work it is. */
	{ 409, "AlreadyExists", NULL, NULL, ORCH_E_EXISTS, NO, UNKNOWN, "AlreadyExists" },
	{ 409, NULL, "FieldManagerConflict", NULL, ORCH_E_CONFLICT, NO, REFUSED, "FieldManagerConflict" },
	{ 409, NULL, NULL, NULL, ORCH_E_CONFLICT, NO, UNKNOWN, "Conflict" },

	{ 410, NULL, NULL, NULL, ORCH_E_EXPIRED, NO, REFUSED, "Expired" },
	{ 422, NULL, NULL, "field is immutable", ORCH_E_IMMUTABLE, NO, REFUSED, "Invalid" },
	{ 422, NULL, NULL, NULL, ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 400, NULL, NULL, NULL, ORCH_E_INVALID, NO, REFUSED, "BadRequest" },
	{ 405, NULL, NULL, NULL, ORCH_E_UNSUPPORTED, NO, REFUSED, "MethodNotAllowed" },
	{ 406, NULL, NULL, NULL, ORCH_E_UNSUPPORTED, NO, REFUSED, "NotAcceptable" },
	{ 413, NULL, NULL, NULL, ORCH_E_TOO_LARGE, NO, REFUSED, "RequestEntityTooLarge" },
	{ 415, NULL, NULL, NULL, ORCH_E_UNSUPPORTED, NO, REFUSED, "UnsupportedMediaType" },
	{ 429, NULL, NULL, NULL, ORCH_E_BUSY, ALL, REFUSED, "TooManyRequests" },

	/* The store behind the server; it says whether the write had a chance. */
	{ 500, NULL, NULL, "etcdserver: no leader$", ORCH_E_NO_QUORUM, ALL, REFUSED, "NoLeader" },
	{ 500, NULL, NULL, "etcdserver: leader changed$", ORCH_E_UNAVAILABLE, ALL, REFUSED, "LeaderChanged" },
	{ 500, NULL, NULL, "raft proposal dropped$", ORCH_E_UNAVAILABLE, ALL, REFUSED, "ProposalDropped" },
	{ 500, NULL, NULL, "etcdserver: request is too large", ORCH_E_TOO_LARGE, NO, REFUSED, "TooLarge" },
	{ 500, NULL, NULL, "trying to send message larger than max", ORCH_E_TOO_LARGE, NO, REFUSED, "TooLarge" },
	{ 500, NULL, NULL, "etcdserver: ", ORCH_E_UNAVAILABLE, ALL, UNKNOWN, "StoreUnavailable" },
	/* What is wrong with a request and yet comes as a failure of the server. */
	{ 500, NULL, NULL, "failed to create typed patch object", ORCH_E_INVALID, NO, REFUSED, "Invalid" },
	{ 500, "ServerTimeout", NULL, NULL, ORCH_E_UNAVAILABLE, ALL, UNKNOWN, "ServerTimeout" },
	/* It may hide a malformed request of ours, so only reads are sent again. */
	{ 500, NULL, NULL, NULL, ORCH_E_UNAVAILABLE, READS, UNKNOWN, "InternalError" },
	{ 501, NULL, NULL, NULL, ORCH_E_UNSUPPORTED, NO, REFUSED, "NotImplemented" },
	{ 502, NULL, NULL, NULL, ORCH_E_UNAVAILABLE, ALL, UNKNOWN, "BadGateway" },
	{ 503, NULL, NULL, NULL, ORCH_E_UNAVAILABLE, ALL, UNKNOWN, "ServiceUnavailable" },
	{ 504, NULL, NULL, NULL, ORCH_E_TIMEOUT, ALL, UNKNOWN, "Timeout" },
	{ 0, NULL, NULL, NULL, ORCH_E_REFUSED, NO, REFUSED, "UnknownError" },
};
/* clang-format on */

/* A 5xx that has no row of its own. */
static const struct fault unknown_trouble = { 0, NULL, NULL, NULL, ORCH_E_UNAVAILABLE, READS,
	UNKNOWN, "InternalError" };
/* The server knows no such kind of object, or is none of Kubernetes. */
static const struct fault not_served = { 404, NULL, NULL, NULL, ORCH_E_UNSUPPORTED, NO, REFUSED,
	"NotServed" };

static bool has_cause(const struct kube_status *s, const char *reason)
{
	for (size_t i = 0; i < s->causes.count; i++)
		if (orch__text_equal(s->causes.items[i].reason, reason))
			return true;
	return false;
}

static bool has_words(const struct kube_status *s, const char *pattern)
{
	const size_t n = strlen(pattern);
	size_t len;

	if (!s->message)
		return false;
	if (pattern[n - 1] != '$')
		return strstr(s->message, pattern) != NULL;
	len = strlen(s->message);
	return len >= n - 1 && memcmp(s->message + len - (n - 1), pattern, n - 1) == 0;
}

static bool fits(const struct fault *f, int http, const struct kube_status *s)
{
	return (!f->http || f->http == http) &&
		(!f->reason || orch__text_equal(f->reason, s->reason)) &&
		(!f->cause || has_cause(s, f->cause)) && (!f->pattern || has_words(s, f->pattern));
}

/* `status` is zeroed where the answer is none. */
static const struct fault *find_row(int http, const struct kube_status *status)
{
	const struct fault *f = faults;

	if (http == 404 && !status->about_name)
		return &not_served;
	while (!fits(f, http, status))
		f++;
	return f->http || http < 500 ? f : &unknown_trouble;
}

/* ---- words ---- */

/* As much as fits; what is too long is cut. */
struct words {
	char text[768];
	size_t len;
};

ORCH_PRINTF(2, 3)
static void add(struct words *w, const char *fmt, ...)
{
	const size_t room = sizeof w->text - w->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(w->text + w->len, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		w->len += (size_t)n < room ? (size_t)n : room - 1;
}

/* conflict with "kubectl" using apps/v1: whose the field is. */
static int manager(const char *message, const char **out)
{
	const char *begin = message ? strchr(message, '"') : NULL;
	const char *end = begin ? strchr(begin + 1, '"') : NULL;

	*out = end ? begin + 1 : "somebody";
	return end ? (int)(end - begin - 1) : (int)strlen(*out);
}

/* "Apply failed with 2 conflicts: helm: .spec.replicas, kubectl: .spec.paused" */
static void add_owners(struct words *w, const struct kube_status *s)
{
	const char *colon = s->message ? strchr(s->message, ':') : NULL;
	const char *between = ": ";

	if (colon)
		add(w, "%.*s", (int)(colon - s->message), s->message);
	else
		add(w, "fields belong to somebody else");
	for (size_t i = 0; i < s->causes.count; i++) {
		const struct kube_cause *c = &s->causes.items[i];
		const char *who;
		int len;

		if (!orch__text_equal(c->reason, "FieldManagerConflict"))
			continue;
		len = manager(c->message, &who);
		add(w, "%s%.*s: %s", between, len, who, c->field ? c->field : "?");
		between = ", ";
	}
}

/* The server's message, and the fields that it does not name. */
static void add_status(struct words *w, const struct kube_status *s)
{
	add(w, "%s", s->message ? s->message : "");
	for (size_t i = 0; i < s->causes.count; i++) {
		const struct kube_cause *c = &s->causes.items[i];

		if (!c->field || !*c->field || strstr(w->text, c->field))
			continue;
		add(w, "%s%s%s%s", w->len ? "; " : "", c->field, c->message ? ": " : "",
			c->message ? c->message : "");
	}
}

/* One line of what is no Status: plain text is the server's, all else somebody's document. */
static void add_text(struct words *w, int http, const struct orch__buf *body)
{
	const char *text = body->text ? body->text : "";

	text += strspn(text, " \t\r\n");
	if (*text == '<')
		add(w, "HTTP %d with a page of HTML, as proxies send it", http);
	else if (*text == '{' || *text == '[')
		add(w, "HTTP %d with a document that is no Status", http);
	else
		add(w, "%.*s", (int)strcspn(text, "\r\n"), text);
}

static void compose(struct words *w, const struct fault *f, const struct kube_status *s,
	const struct orch__response *answer)
{
	if (!s->kind)
		add_text(w, answer->http_status, &answer->body);
	else if (orch__text_equal(f->cause, "FieldManagerConflict"))
		add_owners(w, s);
	else
		add_status(w, s);
	if (!w->len)
		add(w, "HTTP %d without a word", answer->http_status);
	if (f == &not_served)
		add(w, " (this server has no such kind of object)");
}

/* ---- reporting ---- */

static bool is_write(const char *method)
{
	return !orch__text_equal(method, "GET") && !orch__text_equal(method, "HEAD");
}

/* Zeroed where the answer is no Status; false: out of memory. */
static bool read_status(
	const struct orch__buf *body, struct orch__arena *arena, struct kube_status *out)
{
	orch_status st = ORCH_E_PROTOCOL;

	if (body->len)
		st = orch__json_decode(&kube_status_table, arena, body->text, body->len, out);
	if (st == ORCH_OK && orch__text_equal(out->kind, "Status"))
		return true;
	memset(out, 0, sizeof *out);
	out->retry_after_s = ORCH_UNSET;
	return st != ORCH_E_NOMEM;
}

static int64_t retry_after(const struct orch__response *answer, const struct kube_status *s)
{
	enum { LONGEST_S = 3600 };

	if (answer->retry_after_ms >= 0)
		return answer->retry_after_ms;
	return s->retry_after_s > 0 && s->retry_after_s < LONGEST_S ? 1000 * s->retry_after_s
								    : ORCH_UNSET;
}

/* A plain 409 to a creation, as proxies send it, means that the object is there. */
static const struct fault *find(int http, const struct kube_status *s, const char *method)
{
	static const struct kube_status exists = { .reason = "AlreadyExists" };

	if (http == 409 && !s->reason && orch__text_equal(method, "POST"))
		return find_row(http, &exists);
	return find_row(http, s);
}

static void record(const struct fault *f, const struct kube_status *s,
	const struct orch__response *answer, const char *at, bool is_write_)
{
	const bool is_special = f->cause || !s->reason || !*s->reason;
	struct words words = { "", 0 };

	compose(&words, f, s, answer);
	(void)orch__fail(f->status, "%s: %s", at, words.text);
	orch__error_remote(
		answer->http_status, is_special ? f->word : s->reason, retry_after(answer, s));
	orch__error_outcome(is_write_ ? f->outcome : ORCH_OUTCOME_NOT_SENT);
	/* Reading anew settles a conflict of versions, but not whose a field is. */
	orch__error_transient(f->retry != KUBE_RETRY_NO ||
		(f->status == ORCH_E_CONFLICT && orch__text_equal(f->word, "Conflict")));
}

enum kube_retry kube_fault_report(const struct orch__response *answer, const char *method,
	const char *path, const char *address)
{
	const int http = answer->http_status;
	struct orch__arena arena = { 0 };
	struct kube_status status;
	const struct fault *f;
	enum kube_retry retry;
	char at[320];

	if (!read_status(&answer->body, &arena, &status)) {
		orch__arena_dispose(&arena);
		(void)orch__fail(ORCH_E_NOMEM, "out of memory");
		orch__error_outcome(
			is_write(method) ? orch__http_outcome(http) : ORCH_OUTCOME_NOT_SENT);
		return KUBE_RETRY_NO;
	}
	f = find(http, &status, method);
	/* The object is named by the message of a Status, but by nothing in other texts. */
	if (status.kind && f != &not_served)
		snprintf(at, sizeof at, "%s", address);
	else
		snprintf(at, sizeof at, "%s %.120s at %s", method, path, address);
	record(f, &status, answer, at, is_write(method));
	retry = f->retry;
	if (retry == KUBE_RETRY_READS && orch_error_last()->retry_after_ms != ORCH_UNSET)
		retry = KUBE_RETRY_ALL;
	orch__arena_dispose(&arena);
	return retry;
}
