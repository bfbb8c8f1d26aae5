/* SPDX-License-Identifier: MIT */
#include "json/check.h"

#include "json/masks.h"

enum { OUTSIDE, IN_STRING, AFTER_BACKSLASH, IN_ESCAPE };

#define STILL_OPEN SIZE_MAX

typedef struct orch__json_check check;

static const char unpaired[] = "unpaired surrogate escape";

static void string_begins(check *c, size_t at)
{
	c->opened = c->base + at;
	c->where = IN_STRING;
}

static void string_ends(check *c, size_t at)
{
	if (c->head == STILL_OPEN)
		c->head = at + 1;
	c->too_long |= c->base + at - c->opened - 1 > c->token_max;
	c->where = OUTSIDE;
}

/* ---- one byte ---------------------------------------------------------------- */

static int hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static const char *outside(check *c, unsigned char byte, size_t at)
{
	if (byte == '"')
		string_begins(c, at);
	else if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r')
		return "control character";
	else if (byte >= 0x80)
		return "character outside a string";
	return NULL;
}

static const char *in_string(check *c, unsigned char byte, size_t at)
{
	if (c->high && byte != '\\')
		return unpaired;
	if (!orch__utf8_step(&c->utf8, byte))
		return "invalid UTF-8";
	if (byte == '"')
		string_ends(c, at);
	else if (byte == '\\')
		c->where = AFTER_BACKSLASH;
	else if (byte < 0x20)
		return "control character in a string";
	return NULL;
}

static const char *after_backslash(check *c, unsigned char byte, size_t at)
{
	(void)at;
	if (byte == 'u') {
		c->where = IN_ESCAPE;
		c->digits = 0;
		c->code = 0;
		return NULL;
	}
	c->where = IN_STRING; /* yajl knows which letters are allowed */
	if (c->high)
		return unpaired;
	return byte >= 0x20 && byte < 0x80 ? NULL : "bad escape";
}

static const char *in_escape(check *c, unsigned char byte, size_t at)
{
	int hex = hex_value(byte);
	bool low, high;

	(void)at;
	if (hex < 0)
		return "bad \\u escape";
	c->code = (uint16_t)(c->code << 4 | hex);
	if (++c->digits < 4)
		return NULL;

	c->nul |= c->code == 0;
	high = (c->code & 0xFC00) == 0xD800;
	low = (c->code & 0xFC00) == 0xDC00;
	if (low != c->high)
		return unpaired;
	c->high = high;
	c->where = IN_STRING;
	return NULL;
}

static const char *one_byte(check *c, unsigned char byte, size_t at)
{
	static const char *(*const step[])(check *, unsigned char, size_t) = {
		[OUTSIDE] = outside,
		[IN_STRING] = in_string,
		[AFTER_BACKSLASH] = after_backslash,
		[IN_ESCAPE] = in_escape,
	};

	return step[c->where](c, byte, at);
}

/* ---- 64 bytes ----------------------------------------------------------------- */

/* Escapes of one letter, and none that goes on behind the block: their quotes
 * do not count. */
static bool plain_escapes(const unsigned char *p, size_t len, struct orch__masks *m)
{
	bool carry = false;
	const uint64_t escaped = orch__escaped(m->backslash, len, &carry);

	for (uint64_t rest = escaped; rest; rest &= rest - 1)
		if (p[__builtin_ctzll(rest)] == 'u')
			return false;
	m->quote &= ~escaped;
	return !carry;
}

/* Nothing special but quotes: only what they leave open matters. False: look
 * at every byte. */
static bool plain_block(check *c, const unsigned char *p, size_t len, size_t at)
{
	unsigned char tail[ORCH__BLOCK];
	struct orch__masks m;

	if (c->where > IN_STRING || c->utf8.left || c->high || c->token_max < ORCH__BLOCK)
		return false;
	if (len < ORCH__BLOCK) {
		memset(tail, ' ', sizeof tail);
		p = memcpy(tail, p, len);
	}
	m = orch__masks(p);
	if (m.odd || (m.backslash && !plain_escapes(p, len, &m)))
		return false;
	if (!m.quote)
		return true;
	if (c->where == IN_STRING) {
		string_ends(c, at + (size_t)__builtin_ctzll(m.quote));
		m.quote &= m.quote - 1;
	}
	if (orch__count(m.quote) % 2)
		string_begins(c, at + 63 - (size_t)__builtin_clzll(m.quote));
	return true;
}

static size_t check_bytes(check *c, const unsigned char *p, size_t len, struct orch__json_cut *cut)
{
	size_t at = 0;

	while (at < len) {
		size_t end = len - at < ORCH__BLOCK ? len : at + ORCH__BLOCK;

		if (plain_block(c, p + at, end - at, at)) {
			at = end;
			continue;
		}
		for (; at < end; at++) {
			cut->wrong = one_byte(c, p[at], at);
			if (cut->wrong)
				return at;
		}
	}
	return at;
}

/* ---- where to cut ------------------------------------------------------------- */

static size_t primitive_run(const unsigned char *p, size_t len)
{
	size_t n = 0;

	while (n < len && orch__json_is_primitive(p[n]))
		n++;
	return n;
}

static void begin_chunk(check *c, const unsigned char *p, size_t len)
{
	c->head = 0;
	if (c->where != OUTSIDE)
		c->head = STILL_OPEN;
	else if (c->primitive)
		c->head = primitive_run(p, len);
}

static void end_chunk(check *c, const unsigned char *p, struct orch__json_cut *cut)
{
	size_t tail = cut->at;

	cut->more = c->head == STILL_OPEN || (c->primitive && c->head == cut->at);
	cut->head = c->head < cut->at ? c->head : cut->at;
	if (c->where != OUTSIDE)
		tail = c->opened > c->base ? c->opened - c->base : 0;
	else
		while (tail > cut->head && orch__json_is_primitive(p[tail - 1]))
			tail--;
	cut->tail = cut->more ? cut->at : tail;
	c->primitive = c->where == OUTSIDE && (cut->more || tail < cut->at);
	if (c->where != OUTSIDE && c->base + cut->at - c->opened - 1 > c->token_max)
		c->too_long = true;
	c->base += cut->at;
}

void orch__json_check(check *c, const char *text, size_t len, struct orch__json_cut *cut)
{
	const unsigned char *p = (const unsigned char *)text;

	cut->wrong = NULL;
	begin_chunk(c, p, len);
	cut->at = check_bytes(c, p, len, cut);
	end_chunk(c, p, cut);
}

bool orch__json_check_in_string(const check *c)
{
	return c->where != OUTSIDE;
}
