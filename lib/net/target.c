/* SPDX-License-Identifier: MIT */
#include "net/target.h"

#include <string.h>

#include "util/error.h"

#define ALNUM "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define PCHAR ALNUM "-._~!$&'()*+,;=:@"

enum { SEGMENT_MAX = 253, HEADER_MAX = 64 << 10 };

static bool is_dots(const char *s, size_t n)
{
	return (n == 1 && s[0] == '.') || (n == 2 && s[0] == '.' && s[1] == '.');
}

bool orch__is_segment(const char *name)
{
	size_t n = strspn(name, ALNUM "._:@-");

	return n >= 1 && n <= SEGMENT_MAX && !name[n] && !is_dots(name, n);
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Length of what is plain or well encoded from here on. */
static size_t span_encoded(const char *s, const char *plain)
{
	size_t n = strspn(s, plain);

	while (s[n] == '%' && is_hex(s[n + 1]) && is_hex(s[n + 2]))
		n += 3 + strspn(s + n + 3, plain);
	return n;
}

/* "%2e" is a dot to servers that decode before they look. */
static bool is_dot_segment(const char *s, size_t n)
{
	char plain[3];
	size_t len = 0;

	for (size_t i = 0; i < n; len++) {
		if (len == 2)
			return false;
		if (s[i] == '%' && s[i + 1] == '2' && (s[i + 2] | 0x20) == 'e') {
			plain[len] = '.';
			i += 3;
		} else {
			plain[len] = s[i++];
		}
	}
	return is_dots(plain, len);
}

bool orch__is_path(const char *path)
{
	if (*path != '/')
		return false;
	while (*path == '/') {
		size_t n = span_encoded(++path, PCHAR);

		if (n > 0 && n <= 6 && is_dot_segment(path, n))
			return false;
		path += n;
	}
	return !*path;
}

bool orch__is_query(const char *query)
{
	return !query[span_encoded(query, PCHAR "/?")];
}

bool orch__is_header_name(const char *name)
{
	size_t n = strspn(name, ALNUM "!#$%&'*+-.^_`|~");

	return n > 0 && n <= SEGMENT_MAX && !name[n];
}

bool orch__is_header_value(const char *value)
{
	const char *p = value;

	while ((*p >= 0x20 && *p < 0x7F) || *p == '\t')
		p++;
	return !*p && p - value <= HEADER_MAX;
}

void orch__target_add(struct orch__target *to, const char *text)
{
	orch__buf_add(&to->path, text, strlen(text));
}

void orch__target_segment(struct orch__target *to, const char *noun, const char *name)
{
	if (to->failed)
		return;
	if (!name || !orch__is_segment(name)) {
		to->failed = orch__fail(ORCH_E_INVALID,
			"%s \"%.64s\": a name is 1 to 253 letters, digits or ._:@-", noun,
			name ? name : "");
		return;
	}
	orch__buf_add(&to->path, "/", 1);
	orch__buf_add(&to->path, name, strlen(name));
}

void orch__target_query(struct orch__target *to, const char *key, const char *value)
{
	if (!value)
		return;
	if (to->query.len)
		orch__buf_add(&to->query, "&", 1);
	orch__buf_add_urlencoded(&to->query, key);
	orch__buf_add(&to->query, "=", 1);
	orch__buf_add_urlencoded(&to->query, value);
}

void orch__target_query_i64(struct orch__target *to, const char *key, int64_t value)
{
	if (to->query.len)
		orch__buf_add(&to->query, "&", 1);
	orch__buf_add_urlencoded(&to->query, key);
	orch__buf_addf(&to->query, "=%lld", (long long)value);
}

orch_status orch__target_end(struct orch__target *to)
{
	if (to->failed)
		return to->failed;
	if (to->path.failed == ORCH__MEM_OVER_LIMIT || to->query.failed == ORCH__MEM_OVER_LIMIT)
		to->failed = orch__fail(ORCH_E_TOO_LARGE, "path or query of a request");
	else if (to->path.failed || to->query.failed)
		to->failed = orch__fail(ORCH_E_NOMEM, "path of a request");
	return to->failed;
}

void orch__target_dispose(struct orch__target *to)
{
	orch__buf_dispose(&to->path);
	orch__buf_dispose(&to->query);
	to->failed = ORCH_OK;
}
