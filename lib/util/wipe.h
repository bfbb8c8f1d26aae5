/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_WIPE_H
#define ORCH_UTIL_WIPE_H

#include <stddef.h>

/* Overwrite a secret; compilers do not leave it out. NULL is fine. */
void orch__wipe(void *p, size_t len);
void orch__wipe_text(char *text);

/* Like orch__resize() and orch__free() for memory of `before` bytes that holds secrets: what
 * is given back has been overwritten. */
void *orch__resize_wiped(void *p, size_t before, size_t size);
void orch__free_wiped(void *p, size_t size);

#endif
