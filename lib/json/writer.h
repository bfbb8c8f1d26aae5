/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_WRITER_H
#define ORCH_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/fail.h"
#include "json/foreign.h"
#include "orch/common.h"
#include "util/buf.h"

/*
 * Small documents by hand: query filters, credentials in a header.
 *
 *	struct orch__json_writer w;
 *
 *	orch__json_write_start(&w, &buf);
 *	orch__json_write_object(&w);
 *	orch__json_write_key(&w, "label");
 *	orch__json_write_array(&w);
 *	orch__json_write_str(&w, label);
 *	orch__json_write_end(&w);
 *	orch__json_write_end(&w);
 *	st = orch__json_write_finish(&w);
 *
 * Failure is sticky, as in the buffer it appends to: say what you have to say
 * and look at what orch__json_write_finish() returns. It is ORCH_E_INVALID for
 * text that is not UTF-8, a number that is none, and for what is no document.
 */
struct orch__json_writer {
	struct orch__buf *out;
	size_t start; /* length of `out` before us */
	struct orch__json_error err;
	const char *at; /* the row being written, for messages; or NULL */
	void *yajl;
	size_t depth;
	uint64_t arrays; /* one bit per open container */
	bool after_key, complete;
	struct orch__foreign memory;
};

void orch__json_write_start(struct orch__json_writer *w, struct orch__buf *out);
void orch__json_write_object(struct orch__json_writer *w);
void orch__json_write_array(struct orch__json_writer *w);
void orch__json_write_end(struct orch__json_writer *w); /* of the innermost container */
void orch__json_write_key(struct orch__json_writer *w, const char *text);
void orch__json_write_str(struct orch__json_writer *w, const char *text); /* NULL: null */
void orch__json_write_text(struct orch__json_writer *w, const char *text, size_t len);
void orch__json_write_i64(struct orch__json_writer *w, int64_t value);
void orch__json_write_number(struct orch__json_writer *w, const char *text, size_t len);
void orch__json_write_bool(struct orch__json_writer *w, bool value);
void orch__json_write_null(struct orch__json_writer *w);
/* "k=v" or, without a value, "k". */
void orch__json_write_pair(struct orch__json_writer *w, const orch_kv *kv);
/* One document as a value, byte for byte. It is checked. */
void orch__json_write_raw(struct orch__json_writer *w, const char *text, size_t len);
/* The first thing that went wrong; `out` is then as it was at the start. */
orch_status orch__json_write_finish(struct orch__json_writer *w);

/* For encode and overlay: a key of known length, text that yajl has parsed
 * already, and the end without a word to the thread's last error. */
void orch__json_write_name(struct orch__json_writer *w, const char *text, size_t len);
void orch__json_write_verbatim(struct orch__json_writer *w, const char *text, size_t len);
bool orch__json_write_stop(struct orch__json_writer *w);

#endif
