/* SPDX-License-Identifier: MIT */
#include "yaml/encoding.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "util/alloc.h"
#include "util/error.h"
#include "util/utf8.h"
#include "util/wipe.h"
#include "yaml/events.h"

/* ---- UTF-16 ---- */

struct utf16 {
	const unsigned char *at, *end;
	bool is_big;
};

static uint32_t unit(struct utf16 *u)
{
	const uint32_t first = u->at[0], second = u->at[1];

	u->at += 2;
	return u->is_big ? first << 8 | second : second << 8 | first;
}

/* One character; UINT32_MAX: half of one. */
static uint32_t character(struct utf16 *u)
{
	const uint32_t high = unit(u);
	uint32_t low;

	if (high < 0xD800 || high > 0xDFFF)
		return high;
	if (high > 0xDBFF || u->at == u->end)
		return UINT32_MAX;
	low = unit(u);
	if (low < 0xDC00 || low > 0xDFFF)
		return UINT32_MAX;
	return 0x10000 + ((high - 0xD800) << 10 | (low - 0xDC00));
}

static size_t put(uint32_t c, char *out)
{
	static const unsigned char lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
	const size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (n == 1) {
		out[0] = (char)c;
		return 1;
	}
	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (c & 0x3F));
		c >>= 6;
	}
	out[0] = (char)(lead[n] | c);
	return n;
}

/* A unit of two bytes becomes three at most. */
static orch_status convert(struct utf16 u, struct orch__yaml_text *out)
{
	const size_t units = (size_t)(u.end - u.at) / 2;

	if ((u.end - u.at) % 2)
		return orch__fail(ORCH_E_INVALID, "it is UTF-16 with half a character at its end");
	out->copy = orch__resize(NULL, units * 3 + 1);
	if (!out->copy)
		return orch__fail(ORCH_E_NOMEM, "out of memory");
	while (u.at < u.end) {
		const uint32_t c = character(&u);

		if (c == UINT32_MAX)
			return orch__fail(
				ORCH_E_INVALID, "it is UTF-16 with half a character in it");
		out->len += put(c, out->copy + out->len);
	}
	out->copy[out->len] = '\0';
	out->text = out->copy;
	return ORCH_OK;
}

/* ---- UTF-8 ---- */

/* None of them may stand in YAML or JSON, and libfyaml lets some through. */
static bool is_control(char c)
{
	return (unsigned char)c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

static orch_status check(const char *text, size_t len)
{
	struct orch__utf8 state = { 0 };
	int line = 1, column = 1;

	for (size_t i = 0; i < len; i++) {
		if (is_control(text[i]))
			return orch__yaml_fail(ORCH_E_INVALID, line, column, "a control character");
		if (!orch__utf8_step(&state, (unsigned char)text[i]))
			return orch__yaml_fail(ORCH_E_INVALID, line, column, "it is not UTF-8");
		if (state.left)
			continue;
		column++;
		if (text[i] == '\n') {
			line++;
			column = 1;
		}
	}
	return state.left ? orch__yaml_fail(ORCH_E_INVALID, line, column, "it is not UTF-8")
			  : ORCH_OK;
}

orch_status orch__yaml_text_read(const char *given, size_t len, struct orch__yaml_text *out)
{
	const unsigned char *at = (const unsigned char *)given;
	const bool is_little = len >= 2 && at[0] == 0xFF && at[1] == 0xFE;
	const bool is_big = len >= 2 && at[0] == 0xFE && at[1] == 0xFF;
	orch_status st = ORCH_OK;

	*out = (struct orch__yaml_text){ given, len, NULL };
	if (is_little || is_big) {
		out->len = 0;
		st = convert((struct utf16){ at + 2, at + len, is_big }, out);
	} else if (len >= 3 && memcmp(given, "\xEF\xBB\xBF", 3) == 0) {
		out->text += 3;
		out->len -= 3;
	}
	return st < 0 ? st : check(out->text, out->len);
}

void orch__yaml_text_dispose(struct orch__yaml_text *text)
{
	if (text->copy)
		orch__wipe(text->copy, text->len);
	orch__free(text->copy);
	*text = (struct orch__yaml_text){ NULL, 0, NULL };
}
