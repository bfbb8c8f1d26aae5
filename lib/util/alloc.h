/* SPDX-License-Identifier: MIT */
#ifndef ORCH_UTIL_ALLOC_H
#define ORCH_UTIL_ALLOC_H

#include <stddef.h>

#include "orch/alloc.h"

/* Every byte goes through the hook of orch/alloc.h. Contents are not zeroed. */
void *orch__resize(void *p, size_t size);
void *orch__zalloc(size_t size); /* zeroed; NULL when memory is short */
char *orch__strdup(const char *text);
void orch__free(void *p); /* NULL is fine */

/* Why memory was refused: arenas and buffers remember it until disposed. */
enum orch__mem { ORCH__MEM_OK, ORCH__MEM_NONE_LEFT, ORCH__MEM_OVER_LIMIT };

#endif
