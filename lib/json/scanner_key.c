/* SPDX-License-Identifier: MIT */
/* The rare keys: those with escapes, and those that come in two pieces. */
#include "json/scanner_key.h"

const unsigned char *orch__key_end(const unsigned char *p, const unsigned char *end, bool *escape)
{
	for (; p < end; p++) {
		if (*escape)
			*escape = false;
		else if (*p == '\\')
			*escape = true;
		else if (*p == '"')
			break;
	}
	return p;
}

static int hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \uXXXX of an ASCII character; 0: something that is in no name of ours. */
static unsigned char ascii_of(const unsigned char *digits, size_t len)
{
	int code = 0;

	if (len < 4)
		return 0;
	for (int i = 0; i < 4; i++) {
		int hex = hex_value(digits[i]);

		if (hex < 0)
			return 0;
		code = code * 16 + hex;
	}
	return code < 0x80 ? (unsigned char)code : 0;
}

/* One character of a key; moves on behind it. */
static unsigned char next_character(const unsigned char *key, size_t len, size_t *at)
{
	static const char letters[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	const unsigned char c = key[(*at)++];

	if (c != '\\' || *at == len)
		return c;
	if (key[*at] == 'u') {
		*at += 5;
		return ascii_of(key + *at - 4, *at <= len ? 4 : 0);
	}
	for (const char *l = letters; *l; l += 2)
		if ((unsigned char)*l == key[*at]) {
			++*at;
			return (unsigned char)l[1];
		}
	return 0;
}

const struct orch__plan_child *orch__find_escaped(
	const struct orch__plan_node *node, const unsigned char *key, size_t len)
{
	unsigned char name[ORCH__KEY_MAX];
	size_t n = 0;

	for (size_t at = 0; at < len && n < sizeof name; n++) {
		name[n] = next_character(key, len, &at);
		if (!name[n])
			return NULL;
		if (at >= len)
			return orch__plan_find(node, name, n + 1);
	}
	return NULL;
}
