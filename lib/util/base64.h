/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_BASE64_H
#define ORCH_UTIL_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "util/buf.h"

/* Base64 of RFC 4648, section 4: with padding. Both append to `out`. */
void orch__base64_encode(const void *data, size_t len, struct orch__buf *out);

/* White space anywhere is skipped. False: it is something else, `out` is as it was; or `out`
 * has failed. */
bool orch__base64_decode(const char *text, size_t len, struct orch__buf *out);

#endif
