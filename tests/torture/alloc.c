/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include "torture/alloc.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#include <valgrind/memcheck.h>
#endif
#endif

#include <cmocka.h>

#include "orch/alloc.h"

/* Stands in front of every block; its size keeps the block aligned. */
struct block {
	_Alignas(max_align_t) struct block *next;
	struct block *prev;
	size_t size, request;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct block *blocks;
static size_t requests, nth_refused;
static enum torture_mode refuse_mode;
static bool was_refused;
static char complaint[512];
static const char *const *secrets;
static size_t spilled;

/* A place for a breakpoint. */
__attribute__((noinline)) void torture_refuse(void);
void torture_refuse(void)
{
	was_refused = true;
}

static bool is_refused(void)
{
	requests++;
	if (!nth_refused || requests < nth_refused || refuse_mode == TORTURE_COUNT)
		return false;
	if (requests > nth_refused && refuse_mode == TORTURE_ONE)
		return false;
	torture_refuse();
	return true;
}

static struct block *take(size_t size)
{
	struct block *b = malloc(sizeof *b + size);

	if (!b)
		return NULL;
	if (secrets) /* what the C library left in it is not ours */
		memset(b + 1, 0xA5, size);
	*b = (struct block){ .next = blocks, .size = size, .request = requests };
	if (blocks)
		blocks->prev = b;
	blocks = b;
	return b;
}

static bool holds_secret(const struct block *b)
{
#ifdef VALGRIND_MAKE_MEM_DEFINED
	if (secrets) /* to look at what nobody has written is no error here */
		(void)VALGRIND_MAKE_MEM_DEFINED(b + 1, b->size);
#endif
	for (size_t i = 0; secrets && secrets[i]; i++)
		if (memmem(b + 1, b->size, secrets[i], strlen(secrets[i])))
			return true;
	return false;
}

/* A place for a breakpoint. */
__attribute__((noinline)) void torture_spill(void);
void torture_spill(void)
{
	spilled++;
}

static void give_back(struct block *b)
{
	if (holds_secret(b))
		torture_spill();
	if (b->next)
		b->next->prev = b->prev;
	if (b->prev)
		b->prev->next = b->next;
	else
		blocks = b->next;
	free(b);
}

static struct block *resized(struct block *old, size_t size)
{
	struct block *b = is_refused() ? NULL : take(size);

	if (b && old) {
		memcpy(b + 1, old + 1, old->size < size ? old->size : size);
		give_back(old);
	}
	return b;
}

static void *torture_resize(void *payload, void *p, size_t size)
{
	struct block *b = p ? (struct block *)p - 1 : NULL;

	(void)payload;
	pthread_mutex_lock(&lock);
	if (size) {
		b = resized(b, size);
	} else if (b) {
		give_back(b);
		b = NULL;
	}
	pthread_mutex_unlock(&lock);
	return b ? b + 1 : NULL;
}

void torture_alloc_install(void)
{
	blocks = NULL; /* what a test that failed left behind is not ours */
	torture_alloc_refuse(TORTURE_COUNT, 0);
	orch_set_allocator(torture_resize, NULL);
}

void torture_alloc_remove(void)
{
	orch_set_allocator(NULL, NULL);
}

void torture_alloc_look_for(const char *const *texts)
{
	pthread_mutex_lock(&lock);
	secrets = texts;
	spilled = 0;
	pthread_mutex_unlock(&lock);
}

size_t torture_alloc_spilled(void)
{
	size_t n;

	pthread_mutex_lock(&lock);
	n = spilled;
	pthread_mutex_unlock(&lock);
	return n;
}

void torture_alloc_refuse(enum torture_mode mode, size_t nth)
{
	pthread_mutex_lock(&lock);
	refuse_mode = mode;
	nth_refused = nth;
	requests = 0;
	was_refused = false;
	pthread_mutex_unlock(&lock);
}

bool torture_alloc_refused(void)
{
	bool refused;

	pthread_mutex_lock(&lock);
	refused = was_refused;
	pthread_mutex_unlock(&lock);
	return refused;
}

size_t torture_alloc_requests(void)
{
	size_t n;

	pthread_mutex_lock(&lock);
	n = requests;
	pthread_mutex_unlock(&lock);
	return n;
}

static size_t sum_blocks(bool bytes)
{
	size_t sum = 0;

	pthread_mutex_lock(&lock);
	for (const struct block *b = blocks; b; b = b->next)
		sum += bytes ? b->size : 1;
	pthread_mutex_unlock(&lock);
	return sum;
}

size_t torture_alloc_live(void)
{
	return sum_blocks(false);
}

size_t torture_alloc_bytes(void)
{
	return sum_blocks(true);
}

ORCH_PRINTF(1, 2)
static const char *complain(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(complaint, sizeof complaint, fmt, args);
	va_end(args);
	return complaint;
}

/* What a run left behind is freed, or the leak checker reports it once more. */
static const char *look_for_leaks(size_t nth)
{
	size_t count = torture_alloc_live(), bytes = torture_alloc_bytes();
	size_t first = SIZE_MAX, size = 0;

	while (blocks) {
		if (blocks->request < first) {
			first = blocks->request;
			size = blocks->size;
		}
		give_back(blocks);
	}
	if (!count)
		return NULL;
	return complain("refusing request %zu leaked %zu blocks of %zu bytes; the first is "
			"request %zu of %zu bytes",
		nth, count, bytes, first, size);
}

static const char *judge(orch_status st, size_t nth, bool refused)
{
	if (!refused && st != ORCH_OK)
		return complain("failed with enough memory: %s: %s", orch_status_name(st),
			orch_error_last()->message);
	if (refused && st != ORCH_E_NOMEM)
		return complain("refusing request %zu gave %s, not ORCH_E_NOMEM", nth,
			orch_status_name(st));
	return NULL;
}

static const char *try_once(torture_fn *fn, void *payload, enum torture_mode mode, size_t nth,
	bool tolerant, bool *refused)
{
	const char *wrong, *leak;
	orch_status st;

	torture_alloc_install();
	torture_alloc_refuse(mode, nth);
	st = fn(payload);
	*refused = torture_alloc_refused();
	torture_alloc_remove();
	wrong = tolerant && st == ORCH_OK ? NULL : judge(st, nth, *refused);
	leak = look_for_leaks(nth);
	return leak ? leak : wrong;
}

const char *torture_try(
	torture_fn *fn, void *payload, enum torture_mode mode, size_t nth, bool *refused)
{
	bool any;

	return try_once(fn, payload, mode, nth, false, refused ? refused : &any);
}

static void run_all(torture_fn *fn, void *payload, bool tolerant)
{
	const char *at = getenv("ORCH_TORTURE_AT");
	size_t first = at ? (size_t)strtoul(at, NULL, 10) : 1;
	bool refused = true;

	for (size_t nth = first; refused && (!at || nth == first); nth++) {
		for (int mode = TORTURE_ONE; mode <= TORTURE_ALL; mode++) {
			const char *wrong = try_once(
				fn, payload, (enum torture_mode)mode, nth, tolerant, &refused);

			if (wrong)
				fail_msg("%s (%s)", wrong,
					mode == TORTURE_ONE ? "it alone" : "and all later");
		}
	}
}

void torture_run(torture_fn *fn, void *payload)
{
	run_all(fn, payload, false);
}

void torture_run_tolerant(torture_fn *fn, void *payload)
{
	run_all(fn, payload, true);
}
