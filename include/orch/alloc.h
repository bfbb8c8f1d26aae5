/* SPDX-License-Identifier: MIT */
#ifndef ORCH_ALLOC_H
#define ORCH_ALLOC_H

#include "orch/common.h"

/**
 * @file orch/alloc.h
 * @brief Where liborch takes its memory from.
 *
 * Every byte that liborch itself allocates goes through one function, so that
 * an embedding program can account for it and a test can make any single
 * allocation fail. libcurl and OpenSSL use the C library's allocator.
 */
ORCH_BEGIN_DECLS

/**
 * One function allocates, grows and frees:
 *
 * | call                    | must                                              |
 * |-------------------------|---------------------------------------------------|
 * | `(payload, NULL, size)` | allocate; NULL when memory is short               |
 * | `(payload, p, size)`    | move `p` to a block of `size`; NULL leaves `p` be |
 * | `(payload, p, 0)`       | free `p`; the result is ignored                   |
 *
 * It may be called from every thread that uses liborch, and must align as
 * malloc() does.
 */
typedef void *orch_resize_fn(void *payload, void *p, size_t size);

/**
 * Replace the allocator of the whole process. Call it before anything else of
 * liborch, or when nothing of liborch's is allocated.
 *
 * @param resize  NULL restores the C library's.
 * @param payload Handed back with every call. Borrowed for as long as it is set.
 * @since 0.1
 */
ORCH_API_NOFAIL(void) orch_set_allocator(orch_resize_fn *resize, void *payload);

ORCH_END_DECLS
#endif
