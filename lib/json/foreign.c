/* SPDX-License-Identifier: MIT */
#include "json/foreign.h"

#include <stdint.h>
#include <string.h>

#include "util/wipe.h"

/* In front of what yajl gets, wherever that lies: a resize has to know. */
struct cell {
	alignas(max_align_t) size_t size;
};

struct orch__foreign_block {
	struct orch__foreign_block *older, *newer;
	struct cell cell;
};

bool orch__foreign_guard(struct orch__foreign *f, void (*work)(void *payload), void *payload)
{
	jmp_buf here;

	if (setjmp(here) != 0) {
		f->way_out = NULL;
		return false;
	}
	f->way_out = &here;
	work(payload);
	f->way_out = NULL;
	return true;
}

static void *refuse(struct orch__foreign *f, enum orch__mem why)
{
	f->failed = why;
	longjmp(*f->way_out, 1);
}

static struct orch__foreign_block *block_of(void *p)
{
	return (struct orch__foreign_block *)(void *)((char *)p -
		sizeof(struct orch__foreign_block));
}

static bool is_near(const struct orch__foreign *f, const void *p)
{
	uintptr_t at = (uintptr_t)p, from = (uintptr_t)f->near;

	return at >= from && at < from + sizeof f->near;
}

static void *take_near(struct orch__foreign *f, size_t size)
{
	const size_t align = sizeof(struct cell);
	struct cell *c;

	if (size > sizeof f->near - f->used || sizeof f->near - f->used - size < 2 * align)
		return NULL;
	c = (struct cell *)(void *)(f->near + f->used);
	c->size = size;
	f->used += sizeof *c + ((size + align - 1) & ~(align - 1));
	return c + 1;
}

static void link_block(struct orch__foreign *f, struct orch__foreign_block *b)
{
	if (b->older)
		b->older->newer = b;
	if (b->newer)
		b->newer->older = b;
	else
		f->blocks = b;
}

/* A new block, or an old one (not NULL) of another size. */
static void *resize_block(struct orch__foreign *f, struct orch__foreign_block *old, size_t size)
{
	const size_t before = old ? old->cell.size : 0;
	struct orch__foreign_block *b;

	if (size > f->limit || f->limit - size < f->taken - before)
		return refuse(f, ORCH__MEM_OVER_LIMIT);
	b = f->is_secret && old ? orch__resize_wiped(old, sizeof *b + before, sizeof *b + size)
				: orch__resize(old, sizeof *b + size);
	if (!b)
		return refuse(f, ORCH__MEM_NONE_LEFT);
	if (!old) {
		b->older = f->blocks;
		b->newer = NULL;
	}
	b->cell.size = size;
	f->taken += size - before;
	link_block(f, b);
	return b + 1;
}

void *orch__foreign_take(void *context, size_t size)
{
	struct orch__foreign *f = context;
	void *p = take_near(f, size);

	return p ? p : resize_block(f, NULL, size);
}

void *orch__foreign_retake(void *context, void *p, size_t size)
{
	struct orch__foreign *f = context;
	size_t before;
	void *q;

	if (!p)
		return orch__foreign_take(f, size);
	if (!is_near(f, p))
		return resize_block(f, block_of(p), size);
	before = ((struct cell *)p)[-1].size;
	if (size <= before)
		return p;
	q = orch__foreign_take(f, size);
	memcpy(q, p, before);
	return q;
}

static void free_block(const struct orch__foreign *f, struct orch__foreign_block *b)
{
	if (f->is_secret)
		orch__wipe(b + 1, b->cell.size);
	orch__free(b);
}

void orch__foreign_give(void *context, void *p)
{
	struct orch__foreign *f = context;
	struct orch__foreign_block *b;

	if (!p || is_near(f, p))
		return;
	b = block_of(p);
	if (b->older)
		b->older->newer = b->newer;
	if (b->newer)
		b->newer->older = b->older;
	else
		f->blocks = b->older;
	f->taken -= b->cell.size;
	free_block(f, b);
}

void orch__foreign_dispose(struct orch__foreign *f)
{
	while (f->blocks) {
		struct orch__foreign_block *older = f->blocks->older;

		free_block(f, f->blocks);
		f->blocks = older;
	}
	if (f->is_secret)
		orch__wipe(f->near, sizeof f->near);
	f->taken = f->used = 0;
	f->failed = ORCH__MEM_OK;
}
