/* SPDX-License-Identifier: MIT */
#include "util/quantity.h"

#include <stdio.h>
#include <string.h>

#include "util/number.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits of a number, without sign and point. */
struct digits {
	const char *text;
	size_t len, point; /* bytes; where the point stands, `len` if there is none */
	int64_t places;    /* digits in front of the point, once that has moved     */
};

/* The next digit behind `*at`, which moves over it and over the point; 0 behind the last. */
static unsigned next_digit(const struct digits *d, size_t *at)
{
	if (*at == d->point)
		(*at)++;
	return *at < d->len ? (unsigned)(d->text[(*at)++] - '0') : 0;
}

/* ---- what stands behind the digits ---- */

struct scale {
	int ten;      /* 10^ten   */
	unsigned two; /* 2^two    */
};

/* clang-format off */
static const struct {
	const char *suffix;
	struct scale scale;
} suffixes[] = {
	{ "", { 0, 0 } }, { "n", { -9, 0 } }, { "u", { -6, 0 } }, { "m", { -3, 0 } },
	{ "k", { 3, 0 } }, { "M", { 6, 0 } }, { "G", { 9, 0 } }, { "T", { 12, 0 } },
	{ "P", { 15, 0 } }, { "E", { 18, 0 } },
	{ "Ki", { 0, 10 } }, { "Mi", { 0, 20 } }, { "Gi", { 0, 30 } }, { "Ti", { 0, 40 } },
	{ "Pi", { 0, 50 } }, { "Ei", { 0, 60 } },
};
/* clang-format on */

/* Beyond this a number is nothing or too large, whatever its digits are. */
enum { EXPONENT_MAX = 1000 };

/* "e3", "E-2", "e+5"; "E" alone is a suffix. */
static bool read_exponent(const char *text, size_t len, struct scale *out)
{
	int64_t n;
	size_t skip = 1;

	if (len < 2 || (*text != 'e' && *text != 'E'))
		return false;
	if (text[1] == '+')
		skip = 2;
	if (skip == len || !(is_digit(text[skip]) || (skip == 1 && text[1] == '-')))
		return false;
	if (!orch__parse_i64(text + skip, len - skip, &n))
		return false;
	if (n > EXPONENT_MAX)
		n = EXPONENT_MAX;
	if (n < -EXPONENT_MAX)
		n = -EXPONENT_MAX;
	*out = (struct scale){ (int)n, 0 };
	return true;
}

static bool read_scale(const char *text, size_t len, struct scale *out)
{
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
		if (strlen(suffixes[i].suffix) != len || memcmp(text, suffixes[i].suffix, len) != 0)
			continue;
		*out = suffixes[i].scale;
		return true;
	}
	return read_exponent(text, len, out);
}

/* ---- the value ---- */

/* Digits from `*at` to the point as a whole number; INT64_MAX when it is larger. */
static uint64_t whole_part(const struct digits *d, size_t *at)
{
	const uint64_t most = INT64_MAX;
	uint64_t n = 0;

	for (int64_t i = 0; i < d->places; i++) {
		unsigned digit = next_digit(d, at);

		n = n > (most - digit) / 10 ? most : n * 10 + digit;
	}
	return n;
}

/* The fraction that is left of the digits, times 2^two, rounded up. From its last digit
 * to its first: what is cut off at each is remembered as "there was more". */
static uint64_t fraction_part(const struct digits *d, size_t at, unsigned two)
{
	uint64_t n = 0;
	bool more = false;

	for (size_t i = d->len; i > at; i--) {
		if (i - 1 == d->point)
			continue;
		n += (uint64_t)(unsigned)(d->text[i - 1] - '0') << two;
		more |= n % 10 != 0;
		n /= 10;
	}
	for (int64_t zeros = d->places; zeros < 0 && (n || more); zeros++) {
		more |= n % 10 != 0;
		n /= 10;
	}
	return n + more;
}

static int64_t value_of(struct digits *d, struct scale scale, unsigned shift)
{
	size_t at = 0;
	uint64_t whole, rest;

	d->places = (int64_t)d->point + scale.ten + (int64_t)shift;
	whole = whole_part(d, &at);
	if (whole > (uint64_t)INT64_MAX >> scale.two)
		return INT64_MAX;
	rest = fraction_part(d, at, scale.two);
	whole <<= scale.two;
	return rest > (uint64_t)INT64_MAX - whole ? INT64_MAX : (int64_t)(whole + rest);
}

/* How many bytes are digits, with one point at most; 0: none. */
static size_t read_digits(const char *text, size_t len, struct digits *out)
{
	size_t i = 0, points = 0;

	*out = (struct digits){ .text = text };
	for (; i < len && (is_digit(text[i]) || (text[i] == '.' && !points)); i++) {
		if (text[i] != '.')
			continue;
		points = 1;
		out->point = i;
	}
	out->len = i;
	if (!points)
		out->point = i;
	return i - points;
}

bool orch__parse_quantity(const char *text, size_t len, unsigned digits, int64_t *out)
{
	const bool negative = len > 0 && *text == '-';
	const size_t from = negative || (len > 0 && *text == '+');
	struct digits d;
	struct scale scale;
	int64_t n;

	if (!read_digits(text + from, len - from, &d) ||
		!read_scale(d.text + d.len, len - from - d.len, &scale))
		return false;
	n = value_of(&d, scale, digits);
	*out = negative ? -n : n;
	return true;
}

/* ---- writing ---- */

int orch__format_bytes(int64_t bytes, char *buf, size_t cap)
{
	static const char *const units[] = { "", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei" };
	unsigned unit = 0;
	int n;

	while (bytes && bytes % 1024 == 0 && unit + 1 < sizeof units / sizeof *units) {
		bytes /= 1024;
		unit++;
	}
	n = snprintf(buf, cap, "%lld%s", (long long)bytes, units[unit]);
	return n > 0 && (size_t)n < cap ? n : -1;
}

int orch__format_milli(int64_t milli, char *buf, size_t cap)
{
	const bool is_whole = milli % 1000 == 0;
	int n = snprintf(buf, cap, "%lld%s", (long long)(is_whole ? milli / 1000 : milli),
		is_whole ? "" : "m");

	return n > 0 && (size_t)n < cap ? n : -1;
}
