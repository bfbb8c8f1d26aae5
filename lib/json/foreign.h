/* SPDX-License-Identifier: MIT */
#ifndef ORCH_JSON_FOREIGN_H
#define ORCH_JSON_FOREIGN_H

#include <setjmp.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/alloc.h"

/*
 * Memory for yajl, which uses what an allocator returns without a look. These
 * functions therefore never return NULL: when memory is short they jump back to
 * the guard that called into yajl. What yajl built until then is never touched
 * again, not even to free it; disposing takes all of it away.
 *
 * Between guard and jump there may be frames of yajl and of our own event
 * functions. Those own nothing that only their frame knows of.
 *
 * A zeroed struct with a limit is ready. The first requests are served from
 * within it, which is all that an ordinary document needs.
 */
enum { ORCH__FOREIGN_NEAR = 1024 };

struct orch__foreign {
	struct orch__foreign_block *blocks;
	size_t taken, limit; /* bytes in blocks */
	enum orch__mem failed;
	jmp_buf *way_out; /* set while foreign code runs */
	bool is_secret;   /* overwrite what is given back */
	size_t used;
	alignas(max_align_t) unsigned char near[ORCH__FOREIGN_NEAR];
};

/* Runs work(payload). False: it ran out of memory, `failed` says why. */
bool orch__foreign_guard(struct orch__foreign *f, void (*work)(void *payload), void *payload);

/* As yajl wants them; the context is the orch__foreign. */
void *orch__foreign_take(void *context, size_t size);
void *orch__foreign_retake(void *context, void *p, size_t size);
void orch__foreign_give(void *context, void *p);

void orch__foreign_dispose(struct orch__foreign *f);

#endif
