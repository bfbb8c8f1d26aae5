/* SPDX-License-Identifier: MIT */
/* What liborch makes of YAML: texts, aliases, merges, limits, and what messages say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "torture/alloc.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "yaml/yaml.h"

static struct orch__arena arena;
static const struct orch__yaml *root;

static int leave(void **state)
{
	(void)state;
	orch__arena_dispose(&arena);
	root = NULL;
	return 0;
}

static orch_status parse_bytes(const char *text, size_t len)
{
	orch__arena_dispose(&arena);
	root = NULL;
	return orch__yaml_parse(&arena, text, len, NULL, &root);
}

static orch_status parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

#define assert_read(text)                                                                          \
	do {                                                                                       \
		if (parse(text) != ORCH_OK)                                                        \
			fail_msg("%s", orch_error_last()->message);                                \
	} while (0)

/* Refused with that status, at that place, with that in the message. */
#define assert_refused(text, status, where, word)                                                  \
	do {                                                                                       \
		assert_int_equal(parse(text), status);                                             \
		if (!strstr(orch_error_last()->message, where ": ") ||                             \
			!strstr(orch_error_last()->message, word))                                 \
			fail_msg("%s", orch_error_last()->message);                                \
	} while (0)

static const char *text_at(const char *key)
{
	const struct orch__yaml *y = orch__yaml_get(root, key);

	assert_non_null(y);
	assert_int_equal(y->kind, ORCH__YAML_SCALAR);
	return y->text;
}

/* ---- values ---- */

static void every_scalar_is_text_as_it_stands(void **state)
{
	(void)state;
	assert_read("a: 12345\nb: 1e3\nc: yes\nd: 0o17\ne: ~\nf: '1'\ng: 1.0\nh: 2001-12-14\n");
	assert_string_equal(text_at("a"), "12345");
	assert_string_equal(text_at("b"), "1e3");
	assert_string_equal(text_at("c"), "yes");
	assert_string_equal(text_at("d"), "0o17");
	assert_string_equal(text_at("e"), "~");
	assert_string_equal(text_at("f"), "1");
	assert_string_equal(text_at("g"), "1.0");
	assert_string_equal(text_at("h"), "2001-12-14");
	assert_null(orch__yaml_get(root, "i"));
	assert_null(orch__yaml_get(NULL, "a"));
}

static void the_core_schema_says_what_a_scalar_is(void **state)
{
	static const struct {
		const char *text;
		enum orch__yaml_type type;
	} rows[] = {
		/* clang-format off */
		{ "~", ORCH__YAML_NULL }, { "null", ORCH__YAML_NULL }, { "nULL", ORCH__YAML_TEXT },
		{ "true", ORCH__YAML_TRUE }, { "FALSE", ORCH__YAML_FALSE }, { "yes", ORCH__YAML_TEXT },
		{ "0", ORCH__YAML_INT }, { "-12", ORCH__YAML_INT }, { "+12", ORCH__YAML_INT },
		{ "0o17", ORCH__YAML_INT }, { "0o18", ORCH__YAML_TEXT }, { "0xAf", ORCH__YAML_INT },
		{ "-0xA", ORCH__YAML_TEXT }, { "017", ORCH__YAML_INT }, { "1_000", ORCH__YAML_TEXT },
		{ "1.", ORCH__YAML_FLOAT }, { ".5", ORCH__YAML_FLOAT }, { "-.5e-3", ORCH__YAML_FLOAT },
		{ "1e3", ORCH__YAML_FLOAT }, { "1e", ORCH__YAML_TEXT }, { ".", ORCH__YAML_TEXT },
		{ ".inf", ORCH__YAML_FLOAT }, { "-.Inf", ORCH__YAML_FLOAT }, { ".nan", ORCH__YAML_FLOAT },
		{ "-.nan", ORCH__YAML_TEXT }, { "22:22", ORCH__YAML_TEXT }, { "1.2.3", ORCH__YAML_TEXT },
		{ "+", ORCH__YAML_TEXT }, { "e3", ORCH__YAML_TEXT },
		/* clang-format on */
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct orch__yaml y = { .is_plain = true, .text = rows[i].text };
		const struct orch__yaml quoted = { .is_plain = false, .text = rows[i].text };

		if (orch__yaml_type(&y) != rows[i].type)
			fail_msg("%s", rows[i].text);
		assert_int_equal(orch__yaml_type(&quoted), ORCH__YAML_TEXT);
	}
}

static void json_is_yaml(void **state)
{
	(void)state;
	assert_read("{\n\t\"a\": [1, {\"b\": null}],\n\t\"c\":\"\\u00e9\\n\\/\"}\n");
	assert_string_equal(text_at("c"), "\xC3\xA9\n/");
	assert_int_equal(orch__yaml_get(root, "a")->count, 2);
}

static void values_know_where_they_stand(void **state)
{
	(void)state;
	assert_read("a: 1\nb:\n  - x\n  - c: 2\n");
	assert_int_equal(orch__yaml_get(root, "b")->items->next->value->line, 4);
	assert_int_equal(orch__yaml_get(root, "b")->items->next->value->column, 5);
	assert_int_equal(orch__yaml_get(root, "a")->column, 4);
}

static void a_text_without_a_document_is_none(void **state)
{
	(void)state;
	assert_read("");
	assert_null(root);
	assert_read("# nothing\n\n");
	assert_null(root);
	assert_true(orch__yaml_is_null(root));
	assert_read("---\n");
	assert_true(orch__yaml_is_null(root));
	assert_read("''");
	assert_false(orch__yaml_is_null(root));
}

static void a_block_at_the_end_may_be_empty(void **state)
{
	(void)state;
	assert_read("a: |");
	assert_string_equal(text_at("a"), "");
	assert_read("a: >\n  ");
	assert_string_equal(text_at("a"), "");
	assert_read("a: |\n  x\n");
	assert_string_equal(text_at("a"), "x\n");
}

/* ---- encodings ---- */

static void a_byte_order_mark_is_no_part_of_the_text(void **state)
{
	(void)state;
	assert_read("\xEF\xBB\xBF"
		    "a: 1\n");
	assert_string_equal(text_at("a"), "1");
}

static void utf16_is_read_as_its_utf8_twin(void **state)
{
	static const char little[] = "\xFF\xFE"
				     "a\0:\0 \0\xE9\0\x3D\xD8\x00\xDE";
	static const char big[] = "\xFE\xFF"
				  "\0a\0:\0 \0\xE9\xD8\x3D\xDE\x00";

	(void)state;
	assert_int_equal(parse_bytes(little, sizeof little - 1), ORCH_OK);
	assert_string_equal(text_at("a"), "\xC3\xA9\xF0\x9F\x98\x80");
	assert_int_equal(parse_bytes(big, sizeof big - 1), ORCH_OK);
	assert_string_equal(text_at("a"), "\xC3\xA9\xF0\x9F\x98\x80");
	assert_int_equal(parse_bytes(little, sizeof little - 2), ORCH_E_INVALID);
	assert_int_equal(parse_bytes(little, sizeof little - 3), ORCH_E_INVALID);
	assert_int_equal(parse_bytes("\xFF\xFE\x00\xDC", 4), ORCH_E_INVALID);
	assert_int_equal(parse_bytes("\xFF\xFE", 2), ORCH_OK);
}

static void what_is_no_utf8_is_refused_with_its_place(void **state)
{
	(void)state;
	assert_refused("a: 1\nb: \xFF\n", ORCH_E_INVALID, "line 2, column 4", "UTF-8");
	assert_refused("a: \xC3", ORCH_E_INVALID, "line 1, column 4", "UTF-8");
	assert_refused("a: \xED\xA0\x80", ORCH_E_INVALID, "line 1, column 4", "UTF-8");
	assert_int_equal(parse_bytes("a: x\0y\n", 7), ORCH_E_INVALID);
	assert_non_null(strstr(orch_error_last()->message, "line 1, column 5: a control"));
	assert_refused("a: \"x\\0y\"\n", ORCH_E_INVALID, "line 1, column 4", "NUL");
	assert_int_equal(parse("a: \"\\ud83d\"\n"), ORCH_E_INVALID);
}

/* ---- aliases and merges ---- */

static void an_alias_is_what_its_anchor_names(void **state)
{
	(void)state;
	assert_read("a: &x {k: 1}\nb: *x\nc: &x 2\nd: *x\n*x : e\n");
	assert_ptr_equal(orch__yaml_get(root, "a"), orch__yaml_get(root, "b"));
	assert_string_equal(text_at("d"), "2");
	assert_string_equal(text_at("2"), "e");
	assert_refused("a: *x\n", ORCH_E_INVALID, "line 1, column 5", "no anchor");
	assert_refused("a: &x\n  b: *x\n", ORCH_E_INVALID, "line 2, column 7", "stands in");
}

static void a_merge_brings_in_what_is_not_there(void **state)
{
	(void)state;
	assert_read("x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\n"
		    "one: {<<: *x, b: 9}\nlist: {<<: [*y, *x]}\nquoted: {'<<': *x}\n");
	root = orch__yaml_get(root, "one");
	assert_int_equal(root->count, 2);
	assert_string_equal(text_at("a"), "1");
	assert_string_equal(text_at("b"), "9");
	assert_read("x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nlist: {<<: [*y, *x]}\n");
	root = orch__yaml_get(root, "list");
	assert_int_equal(root->count, 3);
	assert_string_equal(text_at("b"), "3");
	assert_string_equal(text_at("a"), "1");
	assert_read("x: &x {a: 1}\nz: &z {<<: *x, b: 2}\nnested: {<<: *z}\n");
	root = orch__yaml_get(root, "nested");
	assert_string_equal(text_at("a"), "1");
	assert_read("x: &x {a: 1}\nq: {'<<': *x}\n");
	assert_non_null(orch__yaml_get(orch__yaml_get(root, "q"), "<<"));
	assert_refused("a: {<<: 1}\n", ORCH_E_INVALID, "line 1, column 5", "<<");
	assert_refused("a: {<<: [1]}\n", ORCH_E_INVALID, "line 1, column 5", "<<");
	assert_refused("a: {<<: {}, <<: {}}\n", ORCH_E_INVALID, "line 1, column 13", "already");
}

/* ---- what is refused ---- */

static void a_key_twice_is_refused(void **state)
{
	(void)state;
	assert_refused("b: 1\na: 2\nb: 3\n", ORCH_E_INVALID, "line 3, column 1", "already");
	assert_refused("{a: 1, 'a': 2}", ORCH_E_INVALID, "line 1, column 8", "already");
	assert_refused("{1: 1, \"1\": 2}", ORCH_E_INVALID, "line 1, column 8", "already");
}

static void what_liborch_has_no_use_for_is_refused(void **state)
{
	(void)state;
	assert_refused("a: 1\n---\nb: 2\n", ORCH_E_INVALID, "line 2, column 1", "second document");
	assert_refused("a: !!python/object x\n", ORCH_E_INVALID, "line 1, column 20", "tag");
	assert_refused("a: !!str 1\n", ORCH_E_INVALID, "line 1, column 10", "tag");
	assert_refused("a: ! x\n", ORCH_E_INVALID, "line 1, column 6", "tag");
	assert_refused("- !x {}\n", ORCH_E_INVALID, "line 1, column 6", "tag");
	assert_refused("{[a]: b}", ORCH_E_INVALID, "line 1, column 2", "key");
	assert_refused("? {a: b}\n: c\n", ORCH_E_INVALID, "line 1, column 3", "key");
}

static void what_is_malformed_is_told_with_its_place_and_not_quoted(void **state)
{
	static const char *const texts[] = { "canary: \"x\n", "canary: [1, 2\n", "\tcanary: 1\n",
		"a: 1\n b: canary\n", "a: %canary\n", "a: @canary\n", "a: \"\\canary\"\n",
		"%YAML canary\n---\na\n", "%TAG ! canary\n%TAG ! canary\n---\na\n", "a: |canary\n",
		"- !canary!x y\n", "a: b: canary\n", "{canary: 1\n", "a: 'canary\n",
		"a: |0\n canary\n", "a: *canary\n", "&canary &canary a\n", "a: !<canary x\n",
		"]canary\n", "- a\ncanary\n", "a: \001canary\n", "%canary x\n--- >canary\n" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		int line = 0, column = 0;

		if (parse(texts[i]) != ORCH_E_INVALID)
			fail_msg("%s", texts[i]);
		if (sscanf(orch_error_last()->message, "line %d, column %d: ", &line, &column) != 2)
			fail_msg("%s", orch_error_last()->message);
		if (strstr(orch_error_last()->message, "canary"))
			fail_msg("%s", orch_error_last()->message);
	}
}

/* ---- limits ---- */

static char *repeat(const char *begin, const char *text, size_t times, const char *end)
{
	struct orch__buf b = ORCH__BUF_INIT(8 << 20);

	orch__buf_add(&b, begin, strlen(begin));
	for (size_t i = 0; i < times; i++)
		orch__buf_add(&b, text, strlen(text));
	orch__buf_add(&b, end, strlen(end));
	assert_true(orch__buf_ok(&b));
	return orch__buf_detach(&b);
}

static void assert_too_large(char *text, const char *word)
{
	assert_int_equal(parse(text), ORCH_E_TOO_LARGE);
	if (!strstr(orch_error_last()->message, word))
		fail_msg("%s", orch_error_last()->message);
	assert_true(arena.used < (size_t)4 << 20);
	orch__free(text);
}

static void assert_fits(char *text)
{
	assert_read(text);
	orch__free(text);
}

static void nesting_is_bounded(void **state)
{
	(void)state;
	assert_fits(repeat("", "[", 32, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"));
	assert_too_large(repeat("", "[", 33, ""), "line 1, column 33: nested deeper than 32");
	assert_too_large(repeat("", "{a: ", 1000, ""), "nested deeper");
	assert_too_large(repeat("", "- ", 500000, ""), "nested deeper");
	/* An alias counts as deep as what it names: 20 levels within 20. */
	assert_too_large(
		repeat("- &x [[[[[[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]]]]]\n- ", "[", 20, "*x"),
		"nested deeper");
}

static void values_are_counted(void **state)
{
	(void)state;
	assert_fits(repeat("[", "1,", 9999, "]"));
	assert_too_large(repeat("[", "1,", 10000, "]"), "more than 10000 values");
}

/* libfyaml would take hundreds of megabytes, at one place, before it came to the first value. */
static void what_costs_libfyaml_much_does_not_get_there(void **state)
{
	(void)state;
	assert_too_large(repeat("", "[", 1 << 20, ""), "line 1, column 1: more brackets");
	assert_too_large(repeat("", "[\n", 1 << 19, ""), "line 10001, column 1: more brackets");
	assert_too_large(repeat("", "{a: ", 1 << 18, ""), "more brackets");
	assert_too_large(repeat("[", "1,", (1 << 19) - 1, ""), "commas in a line");
	assert_fits(repeat("a: '", ",", 10000, "'\n"));
}

static void aliases_are_counted_in_full(void **state)
{
	char text[2048];
	size_t n = 0;

	(void)state;
	/* 9 levels of 10, 30 of 2, and a chain of merges: each brings in all before it. */
	n += (size_t)snprintf(
		text + n, sizeof text - n, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 9; i++)
		n += (size_t)snprintf(text + n, sizeof text - n,
			"a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n",
			i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	assert_int_equal(parse(text), ORCH_E_TOO_LARGE);
	assert_non_null(strstr(orch_error_last()->message, "line 4"));
	n = (size_t)snprintf(text, sizeof text, "a0: &a0 x\n");
	for (int i = 1; i < 30; i++)
		n += (size_t)snprintf(
			text + n, sizeof text - n, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
	assert_int_equal(parse(text), ORCH_E_TOO_LARGE);
}

static void merges_are_counted_in_full(void **state)
{
	struct orch__buf b = ORCH__BUF_INIT(1 << 20);
	char *text;

	(void)state;
	orch__buf_addf(&b, "m0: &m0 {k0: v}\n");
	for (int i = 1; i < 900; i++)
		orch__buf_addf(&b, "m%d: &m%d {<<: *m%d, k%d: v}\n", i, i, i - 1, i);
	text = orch__buf_detach(&b);
	assert_too_large(text, "more than 10000 values");
}

static void the_text_is_bounded(void **state)
{
	(void)state;
	assert_fits(repeat("#", "x", (1 << 20) - 2, "\n"));
	assert_too_large(repeat("#", "x", 1 << 20, "\n"), "more than 1048576 bytes");
	assert_fits(repeat("a: ", "x", (1 << 20) - 4, "\n"));
}

static void a_caller_has_limits_of_its_own(void **state)
{
	const struct orch__yaml_limits limits = { 100, 3, 1 };

	(void)state;
	assert_int_equal(orch__yaml_parse(&arena, "a: 1", 4, &limits, &root), ORCH_OK);
	assert_int_equal(orch__yaml_parse(&arena, "[1,2,3]", 7, &limits, &root), ORCH_E_TOO_LARGE);
	assert_int_equal(orch__yaml_parse(&arena, "[[]]", 4, &limits, &root), ORCH_E_TOO_LARGE);
}

/* ---- memory ---- */

static orch_status parse_and_drop(void *payload)
{
	struct orch__arena a = { 0 };
	const struct orch__yaml *ignored;
	orch_status st = orch__yaml_parse(&a, payload, strlen(payload), NULL, &ignored);

	orch__arena_dispose(&a);
	return st;
}

static void every_allocation_may_fail(void **state)
{
	char yaml[] = "a: &x {b: 1}\nc: [*x, \"\\u00e9\", {<<: *x}]\n";

	(void)state;
	torture_run(parse_and_drop, yaml);
}

int main(void)
{
#define ROW(f) cmocka_unit_test_teardown(f, leave)
	const struct CMUnitTest tests[] = {
		ROW(every_scalar_is_text_as_it_stands),
		ROW(the_core_schema_says_what_a_scalar_is),
		ROW(json_is_yaml),
		ROW(values_know_where_they_stand),
		ROW(a_text_without_a_document_is_none),
		ROW(a_block_at_the_end_may_be_empty),
		ROW(a_byte_order_mark_is_no_part_of_the_text),
		ROW(utf16_is_read_as_its_utf8_twin),
		ROW(what_is_no_utf8_is_refused_with_its_place),
		ROW(an_alias_is_what_its_anchor_names),
		ROW(a_merge_brings_in_what_is_not_there),
		ROW(a_key_twice_is_refused),
		ROW(what_liborch_has_no_use_for_is_refused),
		ROW(what_is_malformed_is_told_with_its_place_and_not_quoted),
		ROW(nesting_is_bounded),
		ROW(values_are_counted),
		ROW(what_costs_libfyaml_much_does_not_get_there),
		ROW(aliases_are_counted_in_full),
		ROW(merges_are_counted_in_full),
		ROW(the_text_is_bounded),
		ROW(a_caller_has_limits_of_its_own),
		ROW(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
