/* SPDX-License-Identifier: MIT */
#include "util/base64.h"

#include <stdint.h>
#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void orch__base64_encode(const void *data, size_t len, struct orch__buf *out)
{
	const unsigned char *at = data;

	if (len > SIZE_MAX / 2 || !orch__buf_reserve(out, (len + 2) / 3 * 4))
		return;
	for (; len > 0; at += 3) {
		const size_t n = len < 3 ? len : 3;
		const uint32_t bits = (uint32_t)at[0] << 16 | (n > 1 ? (uint32_t)at[1] << 8 : 0) |
			(n > 2 ? at[2] : 0);
		const char group[4] = { alphabet[bits >> 18], alphabet[bits >> 12 & 63],
			n > 1 ? alphabet[bits >> 6 & 63] : '=', n > 2 ? alphabet[bits & 63] : '=' };

		orch__buf_add(out, group, 4);
		len -= n;
	}
}

static int value_of(char c)
{
	const char *at = c ? strchr(alphabet, c) : NULL;

	return at ? (int)(at - alphabet) : -1;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* What was read so far: digits not yet written, how many of all kinds. */
struct decoder {
	uint32_t bits;
	size_t digits, padding;
};

static bool take(struct decoder *d, char c, struct orch__buf *out)
{
	const int value = value_of(c);
	char bytes[3];

	if (c == '=')
		return ++d->padding <= 2;
	if (value < 0 || d->padding)
		return false;
	d->bits = d->bits << 6 | (uint32_t)value;
	if (++d->digits % 4)
		return true;
	bytes[0] = (char)(d->bits >> 16 & 255);
	bytes[1] = (char)(d->bits >> 8 & 255);
	bytes[2] = (char)(d->bits & 255);
	orch__buf_add(out, bytes, 3);
	return true;
}

/* The last group, which is not whole. */
static bool finish(struct decoder *d, struct orch__buf *out)
{
	const size_t left = d->digits % 4;
	char bytes[2];

	if (left == 0)
		return d->padding == 0;
	if (left == 1 || left + d->padding != 4)
		return false;
	d->bits <<= 6 * (4 - left);
	bytes[0] = (char)(d->bits >> 16 & 255);
	bytes[1] = (char)(d->bits >> 8 & 255);
	orch__buf_add(out, bytes, left - 1);
	return true;
}

bool orch__base64_decode(const char *text, size_t len, struct orch__buf *out)
{
	const size_t before = out->len;
	struct decoder d = { 0 };
	bool ok = orch__buf_reserve(out, len / 4 * 3 + 3);

	if (!ok)
		return false;
	for (size_t i = 0; ok && i < len; i++)
		ok = is_space(text[i]) || take(&d, text[i], out);
	ok = ok && finish(&d, out);
	if (!ok)
		orch__buf_shorten(out, before);
	return ok;
}
