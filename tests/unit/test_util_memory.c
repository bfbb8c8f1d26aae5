/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "torture/alloc.h"
#include "util/arena.h"
#include "util/buf.h"

static void a_full_buffer_stays_full(void **state)
{
	struct orch__buf b = ORCH__BUF_INIT(5);

	(void)state;
	orch__buf_add(&b, "abc", 3);
	orch__buf_addf(&b, "%d", 1234);
	orch__buf_add(&b, "d", 1); /* would fit, but something is missing before it */
	assert_false(orch__buf_ok(&b));
	assert_string_equal(b.text, "abc");
	assert_null(orch__buf_detach(&b));
	orch__buf_clear(&b);
	orch__buf_add_urlencoded(&b, "a/");
	assert_string_equal(b.text, "a%2F");
	orch__buf_shorten(&b, 1);
	assert_string_equal(b.text, "a");
	orch__buf_shorten(&b, 7); /* longer than it is */
	assert_int_equal(b.len, 1);
	orch__buf_dispose(&b);
}

static void room_that_was_made_needs_no_more_memory(void **state)
{
	struct orch__buf b = ORCH__BUF_INIT(100);
	const char *text;

	(void)state;
	assert_true(orch__buf_reserve(&b, 100));
	text = b.text;
	for (int i = 0; i < 100; i++)
		orch__buf_add(&b, "x", 1);
	assert_ptr_equal(b.text, text);
	assert_false(orch__buf_reserve(&b, 1));
	assert_int_equal(b.failed, ORCH__MEM_OVER_LIMIT);
	orch__buf_dispose(&b);
}

static void a_full_arena_stays_full(void **state)
{
	struct orch__arena a = { .limit = 64 };

	(void)state;
	assert_non_null(orch__arena_alloc(&a, 48));
	assert_null(orch__arena_alloc(&a, SIZE_MAX));
	assert_null(orch__arena_alloc(&a, 1));
	assert_int_equal(a.failed, ORCH__MEM_OVER_LIMIT);
	orch__arena_dispose(&a);
	assert_non_null(orch__arena_strndup(&a, "x", 1));
	orch__arena_dispose(&a);
	orch__arena_dispose(NULL);
}

/* Structs from the front, texts from the back, and neither into the other. */
static void structs_and_texts_share_a_block(void **state)
{
	struct orch__arena a = { 0 };
	char *texts[300];
	uint64_t *numbers[300];

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		texts[i] = orch__arena_strndup(&a, "0123456789abcdef", i % 17);
		numbers[i] = orch__arena_take(&a, (i % 5 + 1) * sizeof *numbers[i]);
		assert_int_equal((uintptr_t)numbers[i] % _Alignof(max_align_t), 0);
		memset(numbers[i], 0xA5, (i % 5 + 1) * sizeof *numbers[i]);
	}
	for (size_t i = 0; i < 300; i++) {
		assert_int_equal(strlen(texts[i]), i % 17);
		assert_memory_equal(texts[i], "0123456789abcdef", i % 17);
		for (size_t k = 0; k <= i % 5; k++)
			assert_true(numbers[i][k] == UINT64_C(0xA5A5A5A5A5A5A5A5));
	}
	orch__arena_dispose(&a);
}

static void use(struct orch__arena *a)
{
	for (size_t i = 0; i < 20; i++) {
		assert_non_null(orch__arena_strndup(a, "some text", 9));
		assert_non_null(orch__arena_alloc(a, 20));
	}
}

static void work_that_repeats_takes_no_more_memory(void **state)
{
	struct orch__arena a = { 0 };
	struct orch__arena_mark mark;

	(void)state;
	torture_alloc_install();
	use(&a);
	mark = orch__arena_mark(&a);
	use(&a);
	orch__arena_rewind(&a, mark);
	torture_alloc_refuse(TORTURE_COUNT, 0);
	for (int i = 0; i < 50; i++) {
		use(&a);
		orch__arena_rewind(&a, mark);
		assert_int_equal(a.used, mark.used);
	}
	assert_int_equal(torture_alloc_requests(), 0);
	for (int i = 0; i < 50; i++) {
		orch__arena_reset(&a);
		use(&a);
	}
	assert_int_equal(torture_alloc_requests(), 0);
	assert_int_equal(torture_alloc_live(), 1);
	orch__arena_dispose(&a);
	orch__arena_reset(&a);
	torture_alloc_remove();
}

static void rewinding_gives_back_newer_blocks(void **state)
{
	struct orch__arena a = { 0 };
	struct orch__arena_mark none = orch__arena_mark(&a), mark;

	(void)state;
	torture_alloc_install();
	use(&a);
	mark = orch__arena_mark(&a);
	for (int i = 0; i < 50; i++)
		use(&a);
	assert_true(torture_alloc_live() > 1);
	orch__arena_rewind(&a, mark);
	assert_int_equal(torture_alloc_live(), 1);
	orch__arena_rewind(&a, none);
	assert_int_equal(torture_alloc_live(), 0);
	torture_alloc_remove();
}

/* ---- secrets ---- */

static const char *const secrets[] = { "canary", NULL };

static void fill_buf(struct orch__buf *b)
{
	for (int i = 0; i < 200; i++) /* grows, and so moves */
		orch__buf_add(b, "canary", 6);
	orch__buf_dispose(b);
}

static void fill_arena(struct orch__arena *a)
{
	const struct orch__arena_mark mark = orch__arena_mark(a);

	for (int i = 0; i < 200; i++) {
		assert_non_null(orch__arena_strndup(a, "canary", 6));
		assert_non_null(orch__arena_alloc(a, 100));
	}
	orch__arena_rewind(a, mark);
	for (int i = 0; i < 200; i++)
		assert_non_null(orch__arena_strndup(a, "the canary", 10));
	orch__arena_reset(a);
	orch__arena_dispose(a);
}

static void secret_memory_is_overwritten_before_it_is_given_back(void **state)
{
	struct orch__buf plain = ORCH__BUF_INIT(4096), secret = ORCH__BUF_SECRET(4096);
	struct orch__arena open = { 0 }, closed = { .is_secret = true };

	(void)state;
	torture_alloc_install();
	torture_alloc_look_for(secrets);
	fill_buf(&plain);
	fill_arena(&open);
	assert_true(torture_alloc_spilled() > 0); /* so that this test can see it at all */
	torture_alloc_look_for(secrets);
	fill_buf(&secret);
	fill_arena(&closed);
	assert_int_equal(torture_alloc_spilled(), 0);
	torture_alloc_look_for(NULL);
	torture_alloc_remove();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secret_memory_is_overwritten_before_it_is_given_back),
		cmocka_unit_test(a_full_buffer_stays_full),
		cmocka_unit_test(room_that_was_made_needs_no_more_memory),
		cmocka_unit_test(a_full_arena_stays_full),
		cmocka_unit_test(structs_and_texts_share_a_block),
		cmocka_unit_test(work_that_repeats_takes_no_more_memory),
		cmocka_unit_test(rewinding_gives_back_newer_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
