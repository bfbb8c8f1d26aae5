/* SPDX-License-Identifier: MIT */
/* Depth, size and time: what hostile text costs. */
#include "support/json_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "json/list.h"
#include "torture/alloc.h"

enum { PIECE = 16384, DEPTH = 64 };

#define TOKEN ((size_t)16 << 20)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { STACK = 1 << 20 };
#else
enum { STACK = 128 << 10 };
#endif

struct nothing {
	const char *name;
};

static const struct nothing nothing_blank;

/* clang-format off */
ORCH__J_LOCAL_TABLE(nothing_table, nothing_blank,
	ORCH__J_STR("name", struct nothing, name, 0));
/* clang-format on */

/* ---- depth --------------------------------------------------------------------------- */

static const char *const openings[] = { "[", "{\"a\":", "[{\"name\":" };
static const char *const closings[] = { "]", "}", "}]" };
static const size_t levels[] = { 1, 1, 2 };

/* `depth` levels around a number, in the member of a document. */
static char *nested(size_t kind, size_t depth, bool closed, size_t *len)
{
	const size_t n = (depth - 1) / levels[kind];
	char *text = malloc(n * 12 + 100);
	size_t at = (size_t)sprintf(text, "{\"x\":");

	for (size_t i = 0; i < n; i++)
		at += (size_t)sprintf(text + at, "%s", openings[kind]);
	if ((depth - 1) % levels[kind])
		at += (size_t)sprintf(text + at, "[");
	at += (size_t)sprintf(text + at, "1");
	if (closed && (depth - 1) % levels[kind])
		at += (size_t)sprintf(text + at, "]");
	for (size_t i = 0; closed && i < n; i++)
		at += (size_t)sprintf(text + at, "%s", closings[kind]);
	*len = at + (size_t)sprintf(text + at, closed ? "}" : "");
	return text;
}

static orch_status read_reader(const char *text, size_t len, size_t *peak)
{
	struct orch__json_reader *r = NULL;
	struct orch__arena a = { 0 };
	struct nothing n;
	orch_status st = orch__json_reader_open(&nothing_table, &a, NULL, &r);
	const size_t before = torture_alloc_bytes();

	for (size_t at = 0; at < len && st == ORCH_OK; at += PIECE)
		st = orch__json_reader_feed(r, text + at, len - at < PIECE ? len - at : PIECE);
	*peak = torture_alloc_bytes() - before;
	if (st == ORCH_OK)
		st = orch__json_reader_finish(r, &n);
	orch__json_reader_dispose(r);
	orch__arena_dispose(&a);
	return st;
}

static orch_status read_stream(const char *text, size_t len, bool strict, size_t *peak)
{
	const struct orch__json_list_options o = { .strict = strict };
	struct orch__json_list *l = NULL;
	struct orch__arena a = { 0 };
	struct nothing n;
	bool got;
	orch_status st = orch__json_stream_open(&nothing_table, &o, &l);
	const size_t before = torture_alloc_bytes();

	for (size_t at = 0; at < len && st == ORCH_OK; at += PIECE) {
		st = orch__json_list_lend(l, text + at, len - at < PIECE ? len - at : PIECE);
		for (got = true; st == ORCH_OK && got;)
			st = orch__json_list_next(l, &a, &n, &got);
	}
	*peak = torture_alloc_bytes() - before;
	if (st == ORCH_OK)
		st = orch__json_list_finish(l, &a, NULL);
	orch__json_list_close(l);
	orch__arena_dispose(&a);
	return st;
}

/* Memory for depth alone: a strict stream also keeps the item that comes. */
static void expect_depth(size_t kind, size_t depth, bool closed, orch_status want)
{
	size_t len, peak;
	char *text = nested(kind, depth, closed, &len);

	assert_int_equal(read_reader(text, len, &peak), want);
	assert_in_range(peak, 0, 64 << 10);
	assert_int_equal(read_stream(text, len, false, &peak), want);
	assert_in_range(peak, 0, 64 << 10);
	assert_int_equal(read_stream(text, len, true, &peak), want);
	assert_in_range(peak, 0, 64 << 10);
	free(text);
}

static void depth_has_a_limit_and_costs_nothing(void **state)
{
	(void)state;
	torture_alloc_install();
	for (size_t kind = 0; kind < 3; kind++) {
		expect_depth(kind, DEPTH, true, ORCH_OK);
		expect_depth(kind, DEPTH + 1, true, ORCH_E_TOO_LARGE);
		expect_depth(kind, DEPTH, false, ORCH_E_PROTOCOL);
		expect_depth(kind, 100000, false, ORCH_E_TOO_LARGE);
	}
	expect_depth(0, 20000000, false, ORCH_E_TOO_LARGE);
	torture_alloc_remove();
}

static void *run_depth(void *payload)
{
	(void)payload;
	depth_has_a_limit_and_costs_nothing(NULL);
	return NULL;
}

/* Nothing here calls itself for each level. */
static void a_small_stack_is_enough(void **state)
{
	pthread_attr_t attr;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_attr_init(&attr), 0);
	assert_int_equal(pthread_attr_setstacksize(&attr, STACK), 0);
	assert_int_equal(pthread_create(&thread, &attr, run_depth, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	pthread_attr_destroy(&attr);
}

/* ---- size ----------------------------------------------------------------------------- */

static char *long_string(const char *unit, size_t size, size_t *len)
{
	const size_t n = strlen(unit);
	char *text = malloc(size + 32);
	size_t at = (size_t)sprintf(text, "{\"name\":\"");

	for (size_t i = 0; i < size / n; i++, at += n)
		memcpy(text + at, unit, n);
	for (size_t i = size / n * n; i < size; i++)
		text[at++] = 'x';
	*len = at + (size_t)sprintf(text + at, "\"}");
	return text;
}

static void a_string_has_a_limit(void **state)
{
	static const char *const units[] = { "x", "\\n" };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (size_t over = 0; over <= 1; over++) {
			const orch_status want = over ? ORCH_E_TOO_LARGE : ORCH_OK;
			size_t len, peak;
			char *text = long_string(units[i], TOKEN + over, &len);

			assert_int_equal(read_reader(text, len, &peak), want);
			assert_int_equal(read_stream(text, len, false, &peak), want);
			assert_int_equal(read_stream(text, len, true, &peak), want);
			free(text);
		}
}

static void a_number_has_a_limit(void **state)
{
	const size_t size = TOKEN + 1;
	char *text = malloc(size + 32);
	size_t len = (size_t)sprintf(text, "{\"x\":"), peak;

	(void)state;
	memset(text + len, '1', size);
	len += size;
	text[len++] = '}';
	assert_int_equal(read_reader(text, len, &peak), ORCH_E_TOO_LARGE);
	assert_int_equal(read_stream(text, len, true, &peak), ORCH_E_TOO_LARGE);
	free(text);
}

static void a_long_list_takes_no_more_memory_than_a_short_one(void **state)
{
	static const char item[] = "{\"name\":\"abc\",\"unknown\":[1,2,3]},";
	struct orch__arena a = { 0 };
	struct orch__json_list *l = NULL;
	struct nothing n;
	size_t items = 0;
	bool got;

	(void)state;
	torture_alloc_install();
	assert_int_equal(orch__json_list_open(&nothing_table, NULL, NULL, NULL, &l), ORCH_OK);
	assert_int_equal(orch__json_list_feed(l, "[", 1), ORCH_OK);
	for (int i = 0; i < 50000; i++) {
		assert_int_equal(orch__json_list_feed(l, item, sizeof item - 1), ORCH_OK);
		while (orch__json_list_next(l, &a, &n, &got) == ORCH_OK && got)
			items++;
		orch__arena_reset(&a);
		if (i % 1000 == 0)
			assert_in_range(torture_alloc_bytes(), 0, 64 << 10);
	}
	assert_int_equal(items, 50000);
	orch__json_list_close(l);
	orch__arena_dispose(&a);
	torture_alloc_remove();
}

/* ---- time ----------------------------------------------------------------------------- */

static double seconds_for(const char *text, size_t len, size_t step, int way)
{
	const struct orch__json_list_options o = { .strict = way == 1 };
	struct orch__json_reader *r = NULL;
	struct orch__json_list *l = NULL;
	struct orch__arena a = { 0 };
	const clock_t start = clock();
	struct nothing n;
	bool got;

	assert_int_equal(orch__json_reader_open(&nothing_table, &a, NULL, &r), ORCH_OK);
	assert_int_equal(orch__json_stream_open(&nothing_table, &o, &l), ORCH_OK);
	for (size_t at = 0; at < len; at += step) {
		const size_t piece = len - at < step ? len - at : step;

		if (way == 2) {
			assert_int_equal(orch__json_reader_feed(r, text + at, piece), ORCH_OK);
			continue;
		}
		assert_int_equal(orch__json_list_feed(l, text + at, piece), ORCH_OK);
		for (got = true; got;)
			assert_int_equal(orch__json_list_next(l, &a, &n, &got), ORCH_OK);
	}
	if (way == 2)
		assert_int_equal(orch__json_reader_finish(r, &n), ORCH_OK);
	orch__json_reader_dispose(r);
	orch__json_list_close(l);
	orch__arena_dispose(&a);
	return (double)(clock() - start) / CLOCKS_PER_SEC;
}

static double best_of_two(const char *text, size_t len, size_t step, int way)
{
	double best = 1e9;

	for (int i = 0; i < 2; i++) {
		const double s = seconds_for(text, len, step, way);

		best = s < best ? s : best;
	}
	return best;
}

/* yajl alone needs more than a thousand times as long. */
static void a_long_string_in_small_pieces_takes_no_longer(void **state)
{
	size_t len;
	char *text = long_string("\\n\xC3\xA9xxxxxxxx", 4 << 20, &len);

	(void)state;
	for (int way = 0; way < 3; way++) {
		const double whole = best_of_two(text, len, len, way);
		const double pieces = best_of_two(text, len, 1024, way);

		print_message("way %d: whole %.1f ms, in pieces of 1 KB %.1f ms\n", way,
			whole * 1e3, pieces * 1e3);
		assert_true(pieces < 20 * whole + 0.01);
	}
	free(text);
}

static void bytes_that_come_one_by_one_take_linear_time(void **state)
{
	size_t len;
	char *text = long_string("x", 1 << 18, &len);
	const double half = best_of_two(text, len / 2, 1, 0);
	const double all = best_of_two(text, len, 1, 0);

	(void)state;
	print_message("half %.1f ms, all %.1f ms\n", half * 1e3, all * 1e3);
	assert_true(all < 4 * half + 0.05);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(depth_has_a_limit_and_costs_nothing),
		cmocka_unit_test(a_small_stack_is_enough),
		cmocka_unit_test(a_string_has_a_limit),
		cmocka_unit_test(a_number_has_a_limit),
		cmocka_unit_test(a_long_list_takes_no_more_memory_than_a_short_one),
		cmocka_unit_test(a_long_string_in_small_pieces_takes_no_longer),
		cmocka_unit_test(bytes_that_come_one_by_one_take_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
