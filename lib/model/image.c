/* SPDX-License-Identifier: MIT */
#include "model/image.h"

#include <string.h>

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

enum { REFERENCE_MAX = 1024, TAG_MAX = 128, DIGEST_MIN = 32 };

/* "[a-z0-9]+" parts joined by '.', '_', "__" or any number of '-'. */
static bool is_component(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len) {
		size_t word = i;

		while (i < len && strchr(LOWER DIGIT, s[i]))
			i++;
		if (i == word)
			return false;
		if (i == len)
			return true;
		if (s[i] == '.')
			i++;
		else if (s[i] == '_')
			i += i + 1 < len && s[i + 1] == '_' ? 2 : 1;
		else if (s[i] == '-')
			while (i < len && s[i] == '-')
				i++;
		else
			return false;
	}
	return false;
}

/* The first component names a registry when it could be a host. */
static bool is_host(const char *s, size_t len)
{
	size_t name = 0;

	while (name < len && strchr(LOWER UPPER DIGIT "-.", s[name]))
		name++;
	if (name == 0 || (name < len && s[name] != ':'))
		return false;
	if (name < len && strspn(s + name + 1, DIGIT) != len - name - 1)
		return false;
	return memchr(s, '.', len) || memchr(s, ':', len) ||
		(len == 9 && memcmp(s, "localhost", 9) == 0);
}

static bool is_path(const char *s, size_t len)
{
	const char *slash = memchr(s, '/', len);
	size_t first = slash ? (size_t)(slash - s) : len;

	if (slash && is_host(s, first)) {
		s += first + 1;
		len -= first + 1;
	}
	for (;;) {
		slash = memchr(s, '/', len);
		first = slash ? (size_t)(slash - s) : len;
		if (!is_component(s, first))
			return false;
		if (!slash)
			return true;
		s += first + 1;
		len -= first + 1;
	}
}

static bool is_tag(const char *s, size_t len)
{
	if (len == 0 || len > TAG_MAX || *s == '.' || *s == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!strchr(LOWER UPPER DIGIT "_.-", s[i]))
			return false;
	return true;
}

static bool is_digest(const char *s)
{
	size_t algorithm = strspn(s, LOWER DIGIT "+._-");

	return algorithm > 0 && s[algorithm] == ':' &&
		strspn(s + algorithm + 1, "abcdef" DIGIT) == strlen(s + algorithm + 1) &&
		strlen(s + algorithm + 1) >= DIGEST_MIN;
}

bool orch__image_is_reference(const char *text)
{
	size_t len = strlen(text);
	const char *at = strchr(text, '@'), *tag;

	if (len == 0 || len > REFERENCE_MAX || (at && !is_digest(at + 1)))
		return false;
	if (at)
		len = (size_t)(at - text);
	tag = NULL;
	for (size_t i = len; i > 0 && text[i - 1] != '/'; i--)
		if (text[i - 1] == ':')
			tag = text + i;
	if (tag && !is_tag(tag, len - (size_t)(tag - text)))
		return false;
	return is_path(text, tag ? (size_t)(tag - text) - 1 : len);
}
