/* SPDX-License-Identifier: MIT */
#include "util/text.h"

#include <string.h>

#include "util/utf8.h"

bool orch__text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool orch__text_ends(const char *text, const char *suffix)
{
	size_t n = strlen(text), m = strlen(suffix);

	return n >= m && memcmp(text + n - m, suffix, m) == 0;
}

bool orch__text_equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool orch__text_equal_folded(const char *a, size_t len, const char *b)
{
	size_t i = 0;

	while (i < len && b[i] && fold(a[i]) == b[i])
		i++;
	return i == len && !b[i];
}

/* Length of the UTF-8 character at `s`, 0 if it is none. */
static size_t utf8_len(const unsigned char *s)
{
	struct orch__utf8 u = { 0 };
	size_t n = 0;

	do {
		if (!s[n] || !orch__utf8_step(&u, s[n]))
			return 0;
		n++;
	} while (u.left);
	return n;
}

static bool is_cut_off(const unsigned char *s)
{
	struct orch__utf8 u = { 0 };

	while (*s)
		if (!orch__utf8_step(&u, *s++))
			return false;
	return u.left != 0;
}

/* U+200E, U+200F, U+202A-U+202E, U+2066-U+2069: they reorder what is around. */
static bool is_bidi(const unsigned char *s, size_t n)
{
	if (n != 3 || s[0] != 0xE2)
		return false;
	return (s[1] == 0x80 && (s[2] == 0x8E || s[2] == 0x8F || (s[2] >= 0xAA && s[2] <= 0xAE))) ||
		(s[1] == 0x81 && s[2] >= 0xA6 && s[2] <= 0xA9);
}

static bool is_control(const unsigned char *s, size_t n)
{
	if (n == 1)
		return (*s < 0x20 && *s != '\n' && *s != '\t') || *s == 0x7F;
	return (n == 2 && s[0] == 0xC2 && s[1] < 0xA0) || is_bidi(s, n);
}

void orch__text_printable(char *text)
{
	unsigned char *s = (unsigned char *)text;

	while (*s) {
		size_t n = utf8_len(s);

		if (n == 0 && is_cut_off(s)) {
			*s = '\0';
			return;
		}
		if (n == 0 || is_control(s, n))
			memset(s, '?', n ? n : 1);
		s += n ? n : 1;
	}
}
