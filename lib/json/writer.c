/* SPDX-License-Identifier: MIT */
#include "json/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <yajl/yajl_gen.h>

#include "json/json.h"
#include "json/validate.h"
#include "util/number.h"
#include "util/utf8.h"

/* yajl prints into our buffer, so all it allocates is made at the start. */
enum { DEPTH_MAX = 64, YAJL_MEMORY_MAX = 4096 };

typedef struct orch__json_writer writer;

static void print(void *ctx, const char *text, size_t len)
{
	orch__buf_add(ctx, text, len);
}

static void make_generator(void *payload)
{
	writer *w = payload;
	yajl_alloc_funcs memory = { orch__foreign_take, orch__foreign_retake, orch__foreign_give,
		&w->memory };

	w->yajl = yajl_gen_alloc(&memory);
	yajl_gen_config(w->yajl, yajl_gen_print_callback, print, (void *)w->out);
}

void orch__json_write_start(writer *w, struct orch__buf *out)
{
	memset(w, 0, sizeof *w);
	w->out = out;
	w->start = out->len;
	w->memory.limit = YAJL_MEMORY_MAX;
	if (!orch__buf_ok(out)) {
		w->start = SIZE_MAX; /* what is broken stays broken */
		orch__json_fail_mem(&w->err, out->failed);
	} else if (!orch__foreign_guard(&w->memory, make_generator, w)) {
		orch__json_fail_mem(&w->err, w->memory.failed);
	}
}

/* ---- may this be written here? ------------------------------------------------------ */

static bool wrong(writer *w, const char *what)
{
	return orch__json_fail(
		&w->err, ORCH_E_INVALID, "%s%s%s", w->at ? w->at : "", w->at ? ": " : "", what);
}

/* Nothing is written after a failure: everything below asks this first. */
static bool usable(writer *w)
{
	if (!orch__buf_ok(w->out))
		orch__json_fail_mem(&w->err, w->out->failed);
	return !w->err.status;
}

static bool in_object(const writer *w)
{
	return w->depth && !(w->arrays >> (w->depth - 1) & 1);
}

static bool expects_value(writer *w)
{
	if (!usable(w))
		return false;
	if (w->complete || (in_object(w) && !w->after_key))
		return wrong(w, "JSON: a value where none may be");
	w->after_key = false;
	w->complete = w->depth == 0;
	return true;
}

static void latch(writer *w, yajl_gen_status st)
{
	if (st != yajl_gen_status_ok)
		orch__json_fail(&w->err, ORCH_E_INVALID, "JSON: generator status %d", (int)st);
}

/* ---- containers --------------------------------------------------------------------- */

static bool opens(writer *w, bool array)
{
	if (!expects_value(w))
		return false;
	if (w->depth == DEPTH_MAX)
		return orch__json_fail(
			&w->err, ORCH_E_TOO_LARGE, "JSON nested deeper than %d levels", DEPTH_MAX);
	w->complete = false;
	w->arrays &= ~(UINT64_C(1) << w->depth);
	w->arrays |= (uint64_t)array << w->depth;
	w->depth++;
	return true;
}

void orch__json_write_object(writer *w)
{
	if (opens(w, false))
		latch(w, yajl_gen_map_open(w->yajl));
}

void orch__json_write_array(writer *w)
{
	if (opens(w, true))
		latch(w, yajl_gen_array_open(w->yajl));
}

void orch__json_write_end(writer *w)
{
	bool object = in_object(w);

	if (!usable(w))
		return;
	if (w->depth == 0 || w->after_key) {
		wrong(w, "JSON: an end where none may be");
		return;
	}
	w->depth--;
	w->complete = w->depth == 0;
	latch(w, object ? yajl_gen_map_close(w->yajl) : yajl_gen_array_close(w->yajl));
}

/* ---- texts --------------------------------------------------------------------------- */

static void put_text(writer *w, const char *text, size_t len)
{
	if (orch__utf8_ok(text, len))
		latch(w, yajl_gen_string(w->yajl, (const unsigned char *)text, len));
	else
		wrong(w, "a string is not UTF-8");
}

void orch__json_write_name(writer *w, const char *text, size_t len)
{
	if (!usable(w))
		return;
	if (in_object(w) && !w->after_key) {
		w->after_key = true;
		put_text(w, text, len);
	} else {
		wrong(w, "JSON: a key where none may be");
	}
}

void orch__json_write_key(writer *w, const char *text)
{
	orch__json_write_name(w, text, strlen(text));
}

void orch__json_write_text(writer *w, const char *text, size_t len)
{
	if (expects_value(w))
		put_text(w, text, len);
}

void orch__json_write_str(writer *w, const char *text)
{
	if (text)
		orch__json_write_text(w, text, strlen(text));
	else
		orch__json_write_null(w);
}

void orch__json_write_pair(writer *w, const orch_kv *kv)
{
	struct orch__buf joined = ORCH__BUF_INIT(w->out->limit);

	orch__buf_add(&joined, kv->key, strlen(kv->key));
	if (kv->value) {
		orch__buf_add(&joined, "=", 1);
		orch__buf_add(&joined, kv->value, strlen(kv->value));
	}
	if (orch__buf_ok(&joined))
		orch__json_write_text(w, joined.text, joined.len);
	else
		orch__json_fail_mem(&w->err, joined.failed);
	orch__buf_dispose(&joined);
}

/* ---- other values ---------------------------------------------------------------------- */

void orch__json_write_verbatim(writer *w, const char *text, size_t len)
{
	if (expects_value(w)) /* which copies its text as it is */
		latch(w, yajl_gen_number(w->yajl, text, len));
}

void orch__json_write_number(writer *w, const char *text, size_t len)
{
	if (!usable(w))
		return;
	if (orch__is_json_number(text, len))
		orch__json_write_verbatim(w, text, len);
	else
		wrong(w, "a number is not one");
}

void orch__json_write_i64(writer *w, int64_t value)
{
	char text[24];
	int n = snprintf(text, sizeof text, "%" PRId64, value);

	orch__json_write_verbatim(w, text, (size_t)n);
}

void orch__json_write_raw(writer *w, const char *text, size_t len)
{
	struct orch__json_error err = { 0 };

	if (!usable(w))
		return;
	if (orch__json_check_document(text, len, true, &err))
		orch__json_write_verbatim(w, text, len);
	else
		orch__json_fail(&w->err,
			err.status == ORCH_E_PROTOCOL ? ORCH_E_INVALID : err.status, "%s%s%s",
			w->at ? w->at : "", w->at ? ": " : "", err.text);
}

void orch__json_write_bool(writer *w, bool value)
{
	if (expects_value(w))
		latch(w, yajl_gen_bool(w->yajl, value));
}

void orch__json_write_null(writer *w)
{
	if (expects_value(w))
		latch(w, yajl_gen_null(w->yajl));
}

bool orch__json_write_stop(writer *w)
{
	if (usable(w) && !w->complete)
		wrong(w, "JSON: the document is not complete");
	orch__foreign_dispose(&w->memory);
	w->yajl = NULL;
	if (w->err.status && w->start != SIZE_MAX)
		orch__buf_shorten(w->out, w->start);
	return !w->err.status;
}

orch_status orch__json_write_finish(writer *w)
{
	orch__json_write_stop(w);
	return orch__json_report(&w->err);
}
