/* SPDX-License-Identifier: MIT */
#include "json/list.h"

#include <string.h>

#include "json/decode.h"
#include "json/scanner.h"
#include "json/validate.h"
#include "util/error.h"

struct orch__json_list {
	struct orch__json_error err;
	const struct orch__json_table *items, *envelope;
	struct orch__json_limits limits;
	struct orch__arena plan;
	const char *text; /* lent, or that of `input` */
	size_t len, at;   /* read up to `at`          */
	struct orch__buf input;
	bool keep_raw;
	struct orch__buf raw; /* of the item that is read, or was the last */
	struct orch__scanner scanner;
	struct orch__json_reader reader; /* of items, into what lies behind this */
};

static char *unfinished(struct orch__json_list *l)
{
	return (char *)(l + 1);
}

/* ---- open ------------------------------------------------------------------------------ */

/* What the scanner needs besides zeroes. */
static void set_up_scanner(struct orch__json_list *l, const char *member, bool stream, bool strict)
{
	struct orch__scanner *s = &l->scanner;

	s->err = &l->err;
	s->strict = strict;
	s->stream = stream;
	s->list = member;
	s->depth_max = l->limits.depth;
	/* with room for a piece of text and its names on top */
	s->text.limit = s->envelope.limit = SIZE_MAX / 4;
	s->key.limit = l->limits.token;
	if (!stream && member)
		s->root = orch__plan_make(&l->plan, l->envelope, member);
	s->item = orch__plan_make(&l->plan, l->items, NULL);
	if (s->item && (s->root || stream || !member))
		return;
	if (l->plan.failed)
		orch__json_fail_mem(&l->err, l->plan.failed);
	else
		orch__json_fail(
			&l->err, ORCH_E_INVALID, "JSON table %s is malformed", l->items->name);
}

static orch_status open_list(const struct orch__json_table *items, const char *member, bool stream,
	const struct orch__json_table *envelope, const struct orch__json_list_options *options,
	struct orch__json_list **out)
{
	struct orch__json_list *l = orch__resize(NULL, sizeof *l + items->size);
	struct orch__span root;
	orch_status st;

	if (!l)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	memset(l, 0, offsetof(struct orch__json_list, reader));
	l->items = items;
	l->envelope = envelope;
	l->limits = orch__json_limits_of(options ? &options->limits : NULL);
	l->input.limit = l->raw.limit = l->limits.document;
	l->keep_raw = options && options->keep_raw;
	set_up_scanner(l, member, stream, options && options->strict);
	root = orch__span_all(items, unfinished(l));
	root.node = l->scanner.item;
	orch__reader_start(&l->reader, &root, NULL, true, &l->limits);
	l->reader.numbered = !l->scanner.strict;
	if (l->reader.err.status)
		orch__json_fail(&l->err, l->reader.err.status, "%s", l->reader.err.text);
	st = orch__json_report(&l->err);
	if (st < 0)
		orch__json_list_close(l);
	else
		*out = l;
	return st;
}

orch_status orch__json_list_open(const struct orch__json_table *items, const char *member,
	const struct orch__json_table *envelope, const struct orch__json_list_options *options,
	struct orch__json_list **out)
{
	if (member && !*member)
		member = NULL;
	return open_list(items, member, false, envelope, options, out);
}

orch_status orch__json_stream_open(const struct orch__json_table *items,
	const struct orch__json_list_options *options, struct orch__json_list **out)
{
	return open_list(items, NULL, true, NULL, options, out);
}

/* ---- read ------------------------------------------------------------------------------ */

/* What was not read moves to the front; it may be lent, or ours already. */
static void keep_unread(struct orch__json_list *l)
{
	const size_t unread = l->len - l->at;

	if (unread == 0) {
		orch__buf_clear(&l->input);
	} else if (l->text == l->input.text) {
		memmove(l->input.text, l->text + l->at, unread);
		orch__buf_shorten(&l->input, unread);
	} else {
		orch__buf_clear(&l->input);
		orch__buf_add(&l->input, l->text + l->at, unread);
	}
}

orch_status orch__json_list_feed(struct orch__json_list *l, const char *text, size_t len)
{
	if (l->err.status)
		return orch__json_report(&l->err);
	keep_unread(l);
	orch__buf_add(&l->input, text, len);
	if (!orch__buf_ok(&l->input))
		orch__json_fail_mem(&l->err, l->input.failed);
	l->text = l->input.text;
	l->len = l->input.len;
	l->at = 0;
	return orch__json_report(&l->err);
}

orch_status orch__json_list_lend(struct orch__json_list *l, const char *text, size_t len)
{
	if (l->err.status || l->at < l->len)
		return orch__json_list_feed(l, text, len);
	l->text = text;
	l->len = len;
	l->at = 0;
	return ORCH_OK;
}

/* Where an item came from: it has no bytes of its own in the text. */
static bool fail_in_item(struct orch__json_list *l)
{
	const struct orch__scanner *s = &l->scanner;

	return orch__json_fail(&l->err, l->reader.err.status, "%s[%zu], from byte %llu: %s",
		s->list ? s->list : "", s->items - 1, (unsigned long long)s->item_at,
		l->reader.err.text);
}

static bool decode_item(struct orch__json_list *l, struct orch__arena *a)
{
	struct orch__json_reader *r = &l->reader;
	struct orch__buf *text = &l->scanner.text;

	if (text->len > l->limits.document)
		return orch__json_fail(&l->err, ORCH_E_TOO_LARGE, "an item of more than %zu bytes",
			l->limits.document);
	r->arena = a;
	r->documents = 0;
	orch__json_init(l->items, unfinished(l));
	orch__sax_feed(&r->sax, text->text, text->len);
	orch__buf_clear(text);
	l->scanner.item_ready = false;
	if (!r->err.status && r->documents != 1)
		orch__json_fail(&r->err, ORCH_E_PROTOCOL, "brackets do not match");
	return r->err.status ? fail_in_item(l) : true;
}

static void keep_raw(struct orch__json_list *l, const char *text, size_t len)
{
	const struct orch__scanner *s = &l->scanner;
	const uint64_t offset = s->offset - len; /* of the text */
	size_t from = 0;

	if (s->item_at >= offset) {
		orch__buf_clear(&l->raw);
		from = (size_t)(s->item_at - offset);
	}
	orch__buf_add(&l->raw, text + from, len - from);
	if (!orch__buf_ok(&l->raw))
		orch__json_fail_mem(&l->err, l->raw.failed);
}

static void scan(struct orch__json_list *l)
{
	const char *text = l->text + l->at;
	const size_t len = orch__scanner_run(&l->scanner, text, l->len - l->at);

	l->at += len;
	if (l->keep_raw && (l->scanner.item_open || l->scanner.item_ready))
		keep_raw(l, text, len);
}

orch_status orch__json_list_next(
	struct orch__json_list *l, struct orch__arena *a, void *out, bool *got)
{
	struct orch__scanner *s = &l->scanner;

	if (!l->err.status && l->at < l->len)
		scan(l);
	if (s->text.len > l->limits.document || s->envelope.len > l->limits.document)
		orch__json_fail(&l->err, ORCH_E_TOO_LARGE, "more than %zu bytes of JSON",
			l->limits.document);
	if (s->item_ready && !l->err.status && decode_item(l, a)) {
		memcpy(out, unfinished(l), l->items->size);
		*got = true;
		return ORCH_OK;
	}
	if (!l->err.status)
		*got = false;
	return orch__json_report(&l->err);
}

const char *orch__json_list_raw(const struct orch__json_list *l, size_t *len)
{
	*len = l->raw.len;
	return l->raw.text;
}

/* ---- the end ----------------------------------------------------------------------------- */

static void decode_envelope(struct orch__json_list *l, struct orch__arena *a, void *out)
{
	const struct orch__buf *text = &l->scanner.envelope;
	struct orch__json_error err = { 0 };
	struct orch__span all;
	char *scratch = NULL;

	if (l->envelope && out) {
		scratch = orch__arena_take(a, l->envelope->size);
		if (!scratch) {
			orch__json_fail_mem(&l->err, a->failed);
			return;
		}
		all = orch__span_all(l->envelope, scratch);
		orch__json_init(l->envelope, scratch);
		orch__decode_into(&all, a, text->text, text->len, &err);
	} else {
		orch__json_check_document(text->text, text->len, true, &err);
	}
	if (err.status)
		orch__json_fail(&l->err, err.status, "beside the items: %s", err.text);
	else if (scratch)
		memcpy(out, scratch, l->envelope->size);
}

orch_status orch__json_list_finish(struct orch__json_list *l, struct orch__arena *a, void *envelope)
{
	if (!l->err.status && (l->at < l->len || l->scanner.item_ready))
		return orch__fail(ORCH_E_INVALID, "the list was not read to its end");
	if (orch__scanner_finish(&l->scanner) && !l->scanner.stream)
		decode_envelope(l, a, envelope);
	return orch__json_report(&l->err);
}

void orch__json_list_close(struct orch__json_list *l)
{
	if (!l)
		return;
	orch__reader_stop(&l->reader);
	orch__scanner_dispose(&l->scanner);
	orch__buf_dispose(&l->input);
	orch__buf_dispose(&l->raw);
	orch__arena_dispose(&l->plan);
	orch__free(l);
}
