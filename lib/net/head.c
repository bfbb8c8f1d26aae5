/* SPDX-License-Identifier: MIT */
#include "net/head.h"

#include <stdio.h>
#include <string.h>

#include "util/clock.h"
#include "util/number.h"
#include "util/text.h"

enum { RETRY_AFTER_MAX_MS = 60000 };

void orch__head_reset(struct orch__head *h)
{
	h->status = 0;
	h->is_complete = h->is_chunked = h->is_encoded = false;
	h->content_length = -1;
	h->seen = 0;
	h->fault = NULL;
	h->text.limit = ORCH__HEAD_MAX;
	orch__buf_clear(&h->text);
}

void orch__head_dispose(struct orch__head *h)
{
	orch__buf_dispose(&h->text);
}

static bool refuse(struct orch__head *h, const char *why)
{
	h->fault = why;
	return false;
}

static bool status_line(struct orch__head *h, const char *line, size_t len)
{
	int64_t status = 0;

	/* "HTTP/1.1 200 OK" */
	if (len < 12 || line[8] != ' ' || !orch__parse_i64(line + 9, 3, &status) || status < 100 ||
		status > 599 || (len > 12 && line[12] != ' '))
		return refuse(h, "malformed status line");
	if (status == 101)
		return refuse(h, "it switched protocols without being asked");
	h->status = (int)status;
	h->is_chunked = false;
	h->content_length = -1;
	orch__buf_clear(&h->text);
	return true;
}

static bool content_length(struct orch__head *h, const char *value, size_t len)
{
	int64_t n;

	if (!orch__parse_i64(value, len, &n) || n < 0)
		return refuse(h, "malformed Content-Length");
	if (h->content_length >= 0 && h->content_length != n)
		return refuse(h, "two different Content-Length headers");
	h->content_length = n;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void trim(const char **text, size_t *len)
{
	while (*len && is_blank(**text))
		(*text)++, (*len)--;
	while (*len && is_blank((*text)[*len - 1]))
		(*len)--;
}

static bool header(struct orch__head *h, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len), *value;
	size_t name_len, value_len;

	if (!colon)
		return refuse(h, "malformed header line");
	orch__buf_add(&h->text, line, len);
	orch__buf_add(&h->text, "\n", 1);
	name_len = (size_t)(colon - line);
	value = colon + 1;
	value_len = len - name_len - 1;
	trim(&value, &value_len);
	if (orch__text_equal_folded(line, name_len, "content-length"))
		return content_length(h, value, value_len) && orch__buf_ok(&h->text);
	if (orch__text_equal_folded(line, name_len, "transfer-encoding"))
		h->is_chunked = true;
	if (orch__text_equal_folded(line, name_len, "content-encoding"))
		h->is_encoded = value_len && !orch__text_equal_folded(value, value_len, "identity");
	return orch__buf_ok(&h->text);
}

/* An interim answer (100, 103) only announces the final one. */
static bool end_of_head(struct orch__head *h)
{
	if (h->status >= 200)
		h->is_complete = true;
	h->status = h->is_complete ? h->status : 0;
	return true;
}

bool orch__head_line(struct orch__head *h, const char *line, size_t len)
{
	if (h->is_complete)
		return true; /* trailers */
	h->seen += len;
	if (len > ORCH__HEAD_LINE_MAX)
		return refuse(h, "a header line is longer than 64 KiB");
	if (h->seen > ORCH__HEAD_MAX)
		return refuse(h, "headers are longer than 300 KiB");
	while (len && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		len--;
	if (len >= 5 && memcmp(line, "HTTP/", 5) == 0)
		return status_line(h, line, len);
	return len ? header(h, line, len) : end_of_head(h);
}

/* From the line `at` on. */
static const char *find_from(const char *at, const char *name, size_t *out_len)
{
	size_t n = strlen(name);

	for (const char *end; at && *at; at = end + 1) {
		end = strchr(at, '\n');
		if (!end)
			break;
		if ((size_t)(end - at) <= n || at[n] != ':' ||
			!orch__text_equal_folded(at, n, name))
			continue;
		at += n + 1;
		*out_len = (size_t)(end - at);
		trim(&at, out_len);
		return at;
	}
	return NULL;
}

const char *orch__head_find(const struct orch__head *h, const char *name, size_t *out_len)
{
	return find_from(h->text.text, name, out_len);
}

bool orch__head_copy(const struct orch__head *h, const char *name, char *out, size_t cap)
{
	size_t len = 0;
	const char *value = orch__head_find(h, name, &len);

	snprintf(out, cap, "%.*s", value ? (int)len : 0, value ? value : "");
	return value != NULL;
}

/* 299 - "text": RFC 7234, where a backslash takes away what a character means. */
static size_t add_warning(const char *value, const char *end, char *out, size_t room)
{
	const char *at = memchr(value, '"', (size_t)(end - value));
	size_t n = 0;

	if (!at || !orch__text_starts(value, "299 "))
		return 0;
	for (at++; at < end && *at != '"' && n + 1 < room; at++) {
		at += *at == '\\' && at + 1 < end;
		out[n++] = *at;
	}
	if (n)
		out[n++] = '\n';
	return n;
}

void orch__head_warnings(const struct orch__head *h, char *out, size_t cap)
{
	const char *value = h->text.text;
	size_t len = 0, n = 0;

	while ((value = find_from(value, "warning", &len)) != NULL) {
		n += add_warning(value, value + len, out + n, cap - 1 - n);
		value = strchr(value, '\n') + 1;
	}
	out[n ? n - 1 : 0] = '\0';
	orch__text_printable(out);
}

int64_t orch__head_retry_after_ms(const struct orch__head *h)
{
	size_t len;
	const char *value = orch__head_find(h, "retry-after", &len);
	int64_t n;

	if (!value)
		return -1;
	if (orch__parse_i64(value, len, &n))
		n = n > RETRY_AFTER_MAX_MS / 1000 ? RETRY_AFTER_MAX_MS : n * 1000;
	else if (orch__http_date(value, len, &n))
		n = n > orch__clock_wall_ms() ? n - orch__clock_wall_ms() : 0;
	else
		return -1;
	if (n < 0)
		return -1;
	return n > RETRY_AFTER_MAX_MS ? RETRY_AFTER_MAX_MS : n;
}

/* As RFC 3339, which the clock can read. Only the fixed form of RFC 9110: nobody has sent
 * the other two for decades. */
bool orch__http_date(const char *text, size_t len, int64_t *out_ms)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char iso[21];

	if (len != 29 || memcmp(text + 3, ", ", 2) != 0 || memcmp(text + 25, " GMT", 4) != 0 ||
		text[7] != ' ' || text[11] != ' ' || text[16] != ' ')
		return false;
	for (size_t m = 0; m < 12; m++)
		if (memcmp(months + 3 * m, text + 8, 3) == 0) {
			snprintf(iso, sizeof iso, "%.4s-%02zu-%.2sT%.8sZ", text + 12, m + 1,
				text + 5, text + 17);
			return orch__time_parse(iso, 20, out_ms);
		}
	return false;
}

bool orch__head_is_delimited(const struct orch__head *h)
{
	return h->is_chunked || h->content_length >= 0 || h->status == 204 || h->status == 304;
}
