/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_SAX_H
#define ORCH_JSON_SAX_H

#include "json/check.h"
#include "json/fail.h"
#include "json/foreign.h"
#include "json/json.h"

/*
 * The parser seam: sax.c is one of the two files that include yajl. Feed it
 * text as it arrives; it calls back for each event. A callback that returns
 * false ends the parse, after filling `err`.
 */
enum { ORCH__JSON_DEPTH = 64 };

enum orch__json_type { ORCH__T_NULL, ORCH__T_BOOLEAN, ORCH__T_NUMBER, ORCH__T_STRING };

struct orch__sax_ops {
	bool (*scalar)(void *ctx, enum orch__json_type type, const char *text, size_t len);
	bool (*key)(void *ctx, const char *text, size_t len);
	bool (*open)(void *ctx, bool array);
	bool (*close)(void *ctx, bool array);
	/* Names the place of the current value, for messages. May be NULL. */
	void (*where)(void *ctx, char *text, size_t size);
};

struct orch__sax {
	const struct orch__sax_ops *ops;
	void *ctx;
	struct orch__json_error *err;
	struct orch__json_limits limits;
	bool stream, cut_out; /* cut_out: its bytes are not those of the text that was sent */

	void *yajl;
	int result; /* of the last call of yajl */
	const char *piece;
	size_t piece_len;
	size_t offset; /* of the piece within the text */
	size_t depth;

	struct orch__json_check check;
	struct orch__buf held; /* an unfinished token */

	bool capturing;
	size_t capture_from; /* within the piece */
	struct orch__buf captured;

	struct orch__foreign memory; /* all that yajl uses */
};

/* From here on all that is kept of the text is overwritten when it is given back. */
void orch__sax_keep_secret(struct orch__sax *s);

/* `stream`: any number of values one after another; otherwise exactly one.
 * `err` must be clear. Dispose of it whatever happens. */
bool orch__sax_open(struct orch__sax *s, const struct orch__sax_ops *ops, void *ctx, bool stream,
	const struct orch__json_limits *limits, struct orch__json_error *err);
bool orch__sax_feed(struct orch__sax *s, const char *text, size_t len);
bool orch__sax_finish(struct orch__sax *s);
void orch__sax_dispose(struct orch__sax *s);

/* Inside a callback: the offset just behind the current token. */
size_t orch__sax_offset(const struct orch__sax *s);

/* Inside a callback: keep the text from behind the current token on, until
 * behind a later one. The text is valid until the callback returns; NULL when
 * there is no memory for it. */
void orch__sax_capture(struct orch__sax *s);
const char *orch__sax_captured(struct orch__sax *s, size_t *len);

/* The limits with defaults filled in. */
struct orch__json_limits orch__json_limits_of(const struct orch__json_limits *limits);

#endif
