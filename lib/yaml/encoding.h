/* SPDX-License-Identifier: MIT */
#ifndef ORCH_YAML_ENCODING_H
#define ORCH_YAML_ENCODING_H

#include <stddef.h>

#include "orch/error.h"

/* A text as UTF-8 without its byte order mark. */
struct orch__yaml_text {
	const char *text; /* in what was given, or in `copy` */
	size_t len;
	char *copy; /* owned: wiped and freed by orch__yaml_text_dispose() */
};

/* UTF-16 is told by its mark. ORCH_E_INVALID: it is not what it should be, or has control characters. */
orch_status orch__yaml_text_read(const char *given, size_t len, struct orch__yaml_text *out);
void orch__yaml_text_dispose(struct orch__yaml_text *text);

#endif
