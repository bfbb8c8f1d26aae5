/* SPDX-License-Identifier: MIT */
/*
 * The one file that knows libfyaml (0.7.12 and newer). Of its layers this is the one of
 * events, not that of documents: so no tree of libfyaml's is built, a bomb of aliases is
 * never expanded, and reading ends at the first value too many.
 *
 * What libfyaml 0.7.12 does when memory is short, each request refused in turn: the stream
 * ends, mostly without a message, so errno is asked; a text that has to be copied (an escape,
 * several lines) becomes "" without a word, so lengths are compared; and the first two
 * requests of fy_parser_set_string() are not looked at, it would crash: see can_allocate(). It
 * takes memory by malloc(), not by the hook of orch/alloc.h.
 */
#include "yaml/events.h"

#include <errno.h>
#include <libfyaml.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "util/error.h"
#include "util/wipe.h"

struct orch__yaml_events {
	struct fy_diag *diag;
	struct fy_parser *parser;
	struct fy_event *event;
	const char *text;
	size_t len;
	int line, column;
};

orch_status orch__yaml_fail(orch_status status, int line, int column, const char *why)
{
	return orch__fail(status, "line %d, column %d: %s", line, column, why);
}

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

/* ---- opening ---- */

/* It would write to stderr otherwise. */
static void say_nothing(struct fy_diag *diag, void *user, const char *text, size_t len)
{
	(void)diag;
	(void)user;
	(void)text;
	(void)len;
}

static struct fy_diag *open_diag(void)
{
	struct fy_diag_cfg cfg = { .output_fn = say_nothing, .level = FYET_ERROR };
	struct fy_diag *diag = fy_diag_create(&cfg);

	if (diag)
		fy_diag_set_collect_errors(diag, true);
	return diag;
}

/* What a parser gives back is there for who asks next. */
static bool can_allocate(const struct fy_parse_cfg *cfg)
{
	struct fy_parser *parser = fy_parser_create(cfg);

	fy_parser_destroy(parser);
	return parser != NULL;
}

struct orch__yaml_events *orch__yaml_events_open(const char *text, size_t len)
{
	struct orch__yaml_events *e = orch__zalloc(sizeof *e);
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 };

	if (!e)
		return NULL;
	e->text = text;
	e->len = len;
	e->line = e->column = 1;
	e->diag = cfg.diag = open_diag();
	e->parser = cfg.diag ? fy_parser_create(&cfg) : NULL;
	if (e->parser && can_allocate(&cfg) && fy_parser_set_string(e->parser, text, len) == 0)
		return e;
	orch__yaml_events_close(e);
	return NULL;
}

/* ---- texts ---- */

static bool is_copy(const struct orch__yaml_events *e, const char *text)
{
	return (uintptr_t)text < (uintptr_t)e->text ||
		(uintptr_t)text >= (uintptr_t)e->text + e->len;
}

/* Of a block scalar at the end of everything libfyaml says that it is one NUL, having looked
 * at memory that it has not set: it is not asked. */
static bool is_empty(const struct orch__yaml_events *e, struct fy_token *token)
{
	const enum fy_scalar_style style = fy_token_scalar_style(token);
	const struct fy_mark *mark = fy_token_start_mark(token);
	size_t at = mark ? mark->input_pos : 0;

	if (!mark || (style != FYSS_LITERAL && style != FYSS_FOLDED))
		return false;
	while (at < e->len && (e->text[at] == ' ' || e->text[at] == '\t'))
		at++;
	return at >= e->len;
}

/* NULL: no memory. */
static const char *text_of(const struct orch__yaml_events *e, struct fy_token *token, size_t *len)
{
	size_t expected;
	const char *text;

	*len = 0;
	if (!token || is_empty(e, token))
		return "";
	expected = fy_token_get_text_length(token);
	text = fy_token_get_text(token, len);
	return text && *len == expected ? text : NULL;
}

/* Most texts lie in what was given; a copy is made of the others, and nobody else reads it. */
static void wipe_scalar(struct orch__yaml_events *e)
{
	struct fy_token *token;
	const char *text;
	size_t len;

	if (!e->event || e->event->type != FYET_SCALAR)
		return;
	token = e->event->scalar.value;
	text = text_of(e, token, &len);
	if (text && len && is_copy(e, text))
		orch__wipe((char *)(uintptr_t)text, len);
}

static void drop_event(struct orch__yaml_events *e)
{
	wipe_scalar(e);
	if (e->event)
		fy_parser_event_free(e->parser, e->event);
	e->event = NULL;
}

void orch__yaml_events_close(struct orch__yaml_events *e)
{
	if (!e)
		return;
	if (e->parser) {
		drop_event(e);
		fy_parser_destroy(e->parser);
	}
	fy_diag_destroy(e->diag);
	orch__free(e);
}

/* ---- failures ---- */

/* libfyaml puts pieces of the text in quotes and brackets: out they go. */
static void copy_message(char *out, size_t cap, const char *message)
{
	const size_t head = strcspn(message, "'\"(");
	const char *tail = message + strlen(message);

	while (tail > message + head && !strchr("'\")", tail[-1]))
		tail--;
	if (!message[head])
		snprintf(out, cap, "%s", message);
	else
		snprintf(out, cap, "%.*s...%s", (int)head, message, tail);
}

/* Few failures have no message: they are where reading stood. */
static orch_status failed(struct orch__yaml_events *e, bool is_out_of_memory)
{
	void *next = NULL;
	const struct fy_diag_error *first = fy_diag_errors_iterate(e->diag, &next);
	char why[128];

	if (is_out_of_memory)
		return no_memory();
	if (!first || !first->msg)
		return orch__yaml_fail(
			ORCH_E_INVALID, e->line, e->column, "what follows is malformed");
	copy_message(why, sizeof why, first->msg);
	return orch__yaml_fail(ORCH_E_INVALID, first->line, first->column, why);
}

/* ---- events ---- */

/* What was opened by nothing that stands in the text is where the last thing was. */
static void locate(
	struct orch__yaml_events *e, struct fy_token *token, struct orch__yaml_event *out)
{
	const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;

	if (mark && mark->line >= 0 && mark->column >= 0) {
		e->line = mark->line + 1;
		e->column = mark->column + 1;
	}
	out->line = e->line;
	out->column = e->column;
}

static orch_status take_anchor(struct fy_token *token, struct orch__yaml_event *out)
{
	if (!token)
		return ORCH_OK;
	out->anchor = fy_token_get_text(token, &out->anchor_len);
	return out->anchor && out->anchor_len ? ORCH_OK : no_memory();
}

static orch_status take_scalar(
	struct orch__yaml_events *e, const struct fy_event *event, struct orch__yaml_event *out)
{
	struct fy_token *value = event->scalar.value;

	const enum fy_scalar_style style = value ? fy_token_scalar_style(value) : FYSS_PLAIN;

	locate(e, value, out);
	out->kind = ORCH__YAML_E_SCALAR;
	out->has_tag = event->scalar.tag != NULL;
	out->is_plain = style == FYSS_PLAIN;
	if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED)
		out->column--; /* it was of what is in the quotes */
	out->text = text_of(e, value, &out->len);
	if (!out->text)
		return no_memory();
	return take_anchor(event->scalar.anchor, out);
}

static orch_status take(
	struct orch__yaml_events *e, const struct fy_event *event, struct orch__yaml_event *out)
{
	switch (event->type) {
	case FYET_SCALAR:
		return take_scalar(e, event, out);
	case FYET_ALIAS:
		locate(e, event->alias.anchor, out);
		out->kind = ORCH__YAML_E_ALIAS;
		return take_anchor(event->alias.anchor, out);
	case FYET_SEQUENCE_START:
		locate(e, event->sequence_start.sequence_start, out);
		out->kind = ORCH__YAML_E_LIST;
		out->has_tag = event->sequence_start.tag != NULL;
		return take_anchor(event->sequence_start.anchor, out);
	case FYET_MAPPING_START:
		locate(e, event->mapping_start.mapping_start, out);
		out->kind = ORCH__YAML_E_MAP;
		out->has_tag = event->mapping_start.tag != NULL;
		return take_anchor(event->mapping_start.anchor, out);
	case FYET_DOCUMENT_START:
		locate(e, event->document_start.document_start, out);
		out->kind = ORCH__YAML_E_DOCUMENT;
		return ORCH_OK;
	default:
		locate(e, NULL, out);
		out->kind = event->type == FYET_STREAM_END ? ORCH__YAML_E_END : ORCH__YAML_E_CLOSE;
		return ORCH_OK;
	}
}

static bool is_silent(const struct fy_event *event)
{
	return event->type == FYET_STREAM_START || event->type == FYET_DOCUMENT_END;
}

orch_status orch__yaml_events_next(struct orch__yaml_events *e, struct orch__yaml_event *out)
{
	*out = (struct orch__yaml_event){ .kind = ORCH__YAML_E_END };
	do {
		drop_event(e);
		errno = 0;
		e->event = fy_parser_parse(e->parser);
		if (!e->event || fy_parser_get_stream_error(e->parser))
			return failed(e, errno == ENOMEM);
	} while (is_silent(e->event));
	return take(e, e->event, out);
}
