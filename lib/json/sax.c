/* SPDX-License-Identifier: MIT */
#include "json/sax.h"

#include <stdio.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#define TOKEN_MAX ((size_t)16 << 20)
#define DOCUMENT_MAX ((size_t)64 << 20)
/* yajl collects a string with escapes, and the first token of a piece, in two
 * buffers that double. */
#define MEMORY_MAX(token) (4 * (token) + ((size_t)64 << 10))

typedef struct orch__sax sax;

struct orch__json_limits orch__json_limits_of(const struct orch__json_limits *limits)
{
	struct orch__json_limits l = { 0, 0, 0 };

	if (limits)
		l = *limits;
	if (l.depth == 0 || l.depth > ORCH__JSON_DEPTH)
		l.depth = ORCH__JSON_DEPTH;
	if (l.token == 0 || l.token > TOKEN_MAX)
		l.token = TOKEN_MAX;
	if (l.document == 0)
		l.document = DOCUMENT_MAX;
	return l;
}

static bool fail_at(sax *s, orch_status status, size_t at, const char *why)
{
	char where[192] = "";

	if (s->ops->where)
		s->ops->where(s->ctx, where, sizeof where);
	if (s->cut_out)
		return orch__json_fail(s->err, status, "%s%s%s", why, *where ? " in " : "", where);
	return orch__json_fail(
		s->err, status, "byte %zu: %s%s%s", at, why, *where ? " in " : "", where);
}

/* ---- events -------------------------------------------------------------------- */

static int on_null(void *ctx)
{
	sax *s = ctx;

	return s->ops->scalar(s->ctx, ORCH__T_NULL, "", 0);
}

static int on_boolean(void *ctx, int value)
{
	sax *s = ctx;

	return s->ops->scalar(s->ctx, ORCH__T_BOOLEAN, value ? "true" : "false", value ? 4 : 5);
}

static int on_number(void *ctx, const char *text, size_t len)
{
	sax *s = ctx;

	if (len > s->limits.token)
		return fail_at(s, ORCH_E_TOO_LARGE, orch__sax_offset(s), "number too long");
	return s->ops->scalar(s->ctx, ORCH__T_NUMBER, text, len);
}

static int on_string(void *ctx, const unsigned char *text, size_t len)
{
	sax *s = ctx;

	return s->ops->scalar(s->ctx, ORCH__T_STRING, (const char *)text, len);
}

static int on_key(void *ctx, const unsigned char *text, size_t len)
{
	sax *s = ctx;

	return s->ops->key(s->ctx, (const char *)text, len);
}

static int on_open(sax *s, bool array)
{
	if (s->depth == s->limits.depth)
		return fail_at(s, ORCH_E_TOO_LARGE, orch__sax_offset(s), "nested too deeply");
	s->depth++;
	return s->ops->open(s->ctx, array);
}

static int on_close(sax *s, bool array)
{
	s->depth--;
	return s->ops->close(s->ctx, array);
}

static int on_open_map(void *ctx)
{
	return on_open(ctx, false);
}

static int on_open_array(void *ctx)
{
	return on_open(ctx, true);
}

static int on_close_map(void *ctx)
{
	return on_close(ctx, false);
}

static int on_close_array(void *ctx)
{
	return on_close(ctx, true);
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number, /* the text: exact, of any size, in any locale */
	.yajl_string = on_string,
	.yajl_map_key = on_key,
	.yajl_start_map = on_open_map,
	.yajl_end_map = on_close_map,
	.yajl_start_array = on_open_array,
	.yajl_end_array = on_close_array,
};

/* ---- what runs under the guard ----------------------------------------------------- */

static void make_parser(void *payload)
{
	sax *s = payload;
	yajl_alloc_funcs memory = { orch__foreign_take, orch__foreign_retake, orch__foreign_give,
		&s->memory };

	s->yajl = yajl_alloc(&callbacks, &memory, s);
	yajl_config(s->yajl, yajl_allow_multiple_values, (int)s->stream);
}

/* Our words where they are better; yajl's short message otherwise, never its
 * long one, which quotes the document. */
static void explain(sax *s, size_t at)
{
	char why[64];

	snprintf(why, sizeof why, "%s", (const char *)yajl_get_error(s->yajl, 0, NULL, 0));
	why[strcspn(why, "\n")] = '\0';
	fail_at(s, ORCH_E_PROTOCOL, at, why);
}

static void parse_piece(void *payload)
{
	sax *s = payload;

	s->result = (int)yajl_parse(s->yajl, (const unsigned char *)s->piece, s->piece_len);
	if (s->result == (int)yajl_status_error)
		explain(s, orch__sax_offset(s));
}

static void complete(void *payload)
{
	sax *s = payload;

	s->result = (int)yajl_complete_parse(s->yajl);
	if (s->result == (int)yajl_status_error)
		explain(s, s->offset);
}

/* ---- pieces -------------------------------------------------------------------------- */

static bool guarded(sax *s, void (*work)(void *payload))
{
	if (!orch__foreign_guard(&s->memory, work, s))
		orch__json_fail_mem(s->err, s->memory.failed);
	else if (s->result == (int)yajl_status_client_canceled)
		orch__json_fail(s->err, ORCH_E_PROTOCOL, "stopped");
	return !s->err->status;
}

/* Whole tokens. */
static bool parse(sax *s, const char *text, size_t len)
{
	if (s->err->status || len == 0)
		return !s->err->status;
	s->piece = text;
	s->piece_len = len;
	if (!guarded(s, parse_piece))
		return false;
	if (s->capturing) {
		orch__buf_add(&s->captured, text + s->capture_from, len - s->capture_from);
		s->capture_from = 0;
	}
	s->offset += len;
	return true;
}

static void hold(sax *s, const char *text, size_t len)
{
	orch__buf_add(&s->held, text, len);
	if (!orch__buf_ok(&s->held))
		orch__json_fail_mem(s->err, s->held.failed);
}

static bool parse_held(sax *s)
{
	bool ok = parse(s, s->held.text, s->held.len);

	orch__buf_clear(&s->held);
	return ok;
}

static void hand_over(sax *s, const char *text, const struct orch__json_cut *cut)
{
	hold(s, text, cut->head);
	if (cut->more)
		return;
	parse_held(s);
	parse(s, text + cut->head, cut->tail - cut->head);
	hold(s, text + cut->tail, cut->at - cut->tail);
}

/* ---- the interface ---------------------------------------------------------------------- */

bool orch__sax_open(sax *s, const struct orch__sax_ops *ops, void *ctx, bool stream,
	const struct orch__json_limits *limits, struct orch__json_error *err)
{
	memset(s, 0, sizeof *s);
	s->ops = ops;
	s->ctx = ctx;
	s->err = err;
	s->stream = s->cut_out = stream;
	s->limits = orch__json_limits_of(limits);
	s->check.token_max = s->limits.token;
	s->held.limit = s->limits.token + 64;
	s->captured.limit = s->limits.document;
	s->memory.limit = MEMORY_MAX(s->limits.token);
	return guarded(s, make_parser);
}

void orch__sax_keep_secret(sax *s)
{
	s->held.is_secret = s->captured.is_secret = s->memory.is_secret = true;
}

bool orch__sax_feed(sax *s, const char *text, size_t len)
{
	struct orch__json_cut cut;
	size_t before = s->check.base;

	if (s->err->status || len == 0)
		return !s->err->status;
	if (!s->stream && len > s->limits.document - before)
		return orch__json_fail(s->err, ORCH_E_TOO_LARGE, "more than %zu bytes of JSON",
			s->limits.document);
	orch__json_check(&s->check, text, len, &cut);
	if (s->check.too_long)
		return fail_at(s, ORCH_E_TOO_LARGE, before + cut.at, "string too long");
	hand_over(s, text, &cut);
	if (cut.wrong)
		fail_at(s, ORCH_E_PROTOCOL, before + cut.at, cut.wrong);
	return !s->err->status;
}

bool orch__sax_finish(sax *s)
{
	if (s->err->status)
		return false;
	/* yajl would take half a string behind a complete document for white space */
	if (orch__json_check_in_string(&s->check))
		return fail_at(s, ORCH_E_PROTOCOL, s->check.base, "parse error: premature EOF");
	return parse_held(s) && guarded(s, complete);
}

void orch__sax_dispose(sax *s)
{
	orch__buf_dispose(&s->held);
	orch__buf_dispose(&s->captured);
	orch__foreign_dispose(&s->memory);
	s->yajl = NULL;
}

size_t orch__sax_offset(const sax *s)
{
	return s->offset + yajl_get_bytes_consumed(s->yajl);
}

void orch__sax_capture(sax *s)
{
	s->capturing = true;
	s->capture_from = yajl_get_bytes_consumed(s->yajl);
	orch__buf_clear(&s->captured);
}

const char *orch__sax_captured(sax *s, size_t *len)
{
	const char *from = s->piece + s->capture_from;
	size_t n = yajl_get_bytes_consumed(s->yajl) - s->capture_from;

	s->capturing = false;
	*len = n;
	if (s->captured.len == 0)
		return from; /* the usual case: all in one piece */
	orch__buf_add(&s->captured, from, n);
	*len = s->captured.len;
	if (orch__buf_ok(&s->captured))
		return s->captured.text;
	orch__json_fail_mem(s->err, s->captured.failed);
	return NULL;
}
