/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_TEXT_H
#define ORCH_UTIL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Small questions about text. ASCII only and without the locale of the program. */

bool orch__text_starts(const char *text, const char *prefix);
bool orch__text_ends(const char *text, const char *suffix);
bool orch__text_equal(const char *a, const char *b); /* NULL equals NULL only */
/* `len` bytes at `a` against all of `b`, which is in small letters: "Content-Type". */
bool orch__text_equal_folded(const char *a, size_t len, const char *b);

/*
 * Replace in place what must not reach a terminal: control characters but for
 * newline and tab, DEL, C1, bidirectional overrides, and bytes that are not
 * UTF-8. Each of their bytes becomes '?', so the text never grows. A character
 * that was cut off at the end is dropped.
 */
void orch__text_printable(char *text);

#endif
