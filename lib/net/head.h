/* SPDX-License-Identifier: MIT */
#ifndef ORCH_NET_HEAD_H
#define ORCH_NET_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

/*
 * Status line and headers of an answer, fed line by line. It refuses what a
 * lenient reader would smooth over, because two readers that disagree about
 * where an answer ends are a hole: differing lengths, unknown status codes,
 * headers without end.
 */
struct orch__head {
	int status; /* 0 until a complete final status line was seen: a 2xx means "applied" */
	bool is_complete;
	bool is_chunked;
	bool is_encoded;        /* compressed, one way or other */
	int64_t content_length; /* -1: none */
	size_t seen;            /* bytes so far, interim answers included */
	struct orch__buf text;  /* the header lines, each ended by '\n' */
	const char *fault;      /* why it was refused: static text */
};

enum { ORCH__HEAD_LINE_MAX = 64 << 10, ORCH__HEAD_MAX = 300 << 10 };

void orch__head_reset(struct orch__head *h); /* keeps the memory */
void orch__head_dispose(struct orch__head *h);

/* One line with its line end. False: refused, see `fault`. NULL there: out of memory. */
bool orch__head_line(struct orch__head *h, const char *line, size_t len);

/* Value of the first header of that name, given in small letters; not terminated. NULL: there is
 * none. */
const char *orch__head_find(const struct orch__head *h, const char *name, size_t *out_len);
/* The same copied, cut to `cap` - 1 bytes; empty when there is none. */
bool orch__head_copy(const struct orch__head *h, const char *name, char *out, size_t cap);

/* What the server warns of, a line each, fit for people; what is too long is cut. Static texts of
 * HTTP itself, of caches, are left out. */
void orch__head_warnings(const struct orch__head *h, char *out, size_t cap);

/* Retry-After in milliseconds from now: seconds or an HTTP date; -1: absent, negative or
 * garbage. At most a minute. */
int64_t orch__head_retry_after_ms(const struct orch__head *h);

/* "Sun, 06 Nov 1994 08:49:37 GMT" in milliseconds since 1970. */
bool orch__http_date(const char *text, size_t len, int64_t *out_ms);

/* Is the end of the body known from the head? If not, a cut is not noticed here. */
bool orch__head_is_delimited(const struct orch__head *h);

#endif
