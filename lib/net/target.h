/* SPDX-License-Identifier: MIT */
#ifndef ORCH_NET_TARGET_H
#define ORCH_NET_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "orch/error.h"
#include "util/buf.h"

/*
 * What a request asks for, built so that no byte of a name reaches the request
 * line unchecked. Failure is sticky, so a caller appends freely and looks once:
 *
 *	struct orch__target to = ORCH__TARGET_INIT;
 *
 *	orch__target_add(&to, "/services");
 *	orch__target_segment(&to, "service", name);
 *	orch__target_add(&to, "/update");
 *	orch__target_query(&to, "version", version);
 *	st = orch__target_end(&to);
 */
struct orch__target {
	struct orch__buf path, query;
	orch_status failed; /* with the story in the last error */
};

/* clang-format off */
#define ORCH__TARGET_INIT { ORCH__BUF_INIT(8192), ORCH__BUF_INIT(65536), ORCH_OK }
/* clang-format on */

/* Text of ours, not of a caller or a server: "/services", "/update". */
void orch__target_add(struct orch__target *to, const char *text);
/* "/" and one name: 1 to 253 bytes of [A-Za-z0-9._:@-], not "." or "..". `noun` is for the
 * message. */
void orch__target_segment(struct orch__target *to, const char *noun, const char *name);
/* key=value, the value percent-encoded. A NULL value adds nothing. */
void orch__target_query(struct orch__target *to, const char *key, const char *value);
void orch__target_query_i64(struct orch__target *to, const char *key, int64_t value);

/* ORCH_OK, or what went wrong first. */
orch_status orch__target_end(struct orch__target *to);
void orch__target_dispose(struct orch__target *to);

/* The checks behind it, and those of requests that a caller wrote himself. */
bool orch__is_segment(const char *name);
bool orch__is_path(const char *path);   /* RFC 3986, no dot segment */
bool orch__is_query(const char *query); /* RFC 3986 */
bool orch__is_header_name(const char *name);
bool orch__is_header_value(const char *value); /* bytes 20-7E and TAB */

#endif
