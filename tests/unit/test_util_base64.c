/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/base64.h"

static const struct {
	const char *plain, *encoded;
} rows[] = { /* RFC 4648, section 10 */
	{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" }, { "\xff\xfb", "//s=" }
};

static void texts_go_there_and_back(void **state)
{
	struct orch__buf b = ORCH__BUF_INIT(100);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		orch__buf_clear(&b);
		orch__base64_encode(rows[i].plain, strlen(rows[i].plain), &b);
		assert_int_equal(b.len, strlen(rows[i].encoded));
		assert_memory_equal(b.len ? b.text : "", rows[i].encoded, b.len);
		orch__buf_clear(&b);
		assert_true(orch__base64_decode(rows[i].encoded, strlen(rows[i].encoded), &b));
		assert_int_equal(b.len, strlen(rows[i].plain));
		assert_memory_equal(b.text, rows[i].plain, b.len);
	}
	orch__buf_dispose(&b);
}

static void every_byte_is_kept(void **state)
{
	struct orch__buf text = ORCH__BUF_INIT(400), back = ORCH__BUF_INIT(400);
	unsigned char all[256];

	(void)state;
	for (int i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	orch__base64_encode(all, sizeof all, &text);
	assert_true(orch__base64_decode(text.text, text.len, &back));
	assert_int_equal(back.len, sizeof all);
	assert_memory_equal(back.text, all, sizeof all);
	orch__buf_dispose(&text);
	orch__buf_dispose(&back);
}

static void lines_may_be_broken(void **state)
{
	struct orch__buf b = ORCH__BUF_INIT(100);

	(void)state;
	assert_true(orch__base64_decode("Zm9v\r\n Ym\tE=\n", 13, &b));
	assert_string_equal(b.text, "fooba");
	orch__buf_dispose(&b);
}

static void what_is_something_else_is_refused(void **state)
{
	static const char *const bad[] = { "Z", "Zg",
		"Zg=", "Zg===", "Zm8==", "Z===", "====", "Zm9v=", "Zg==Zg==", "Zm9v-_==", "Zm9\x80",
		"{}" };
	struct orch__buf b = ORCH__BUF_INIT(100);

	(void)state;
	orch__buf_add(&b, "old", 3);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_false(orch__base64_decode(bad[i], strlen(bad[i]), &b));
		assert_string_equal(b.text, "old");
	}
	assert_false(orch__base64_decode("Zm\0v", 4, &b));
	orch__buf_dispose(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_go_there_and_back),
		cmocka_unit_test(every_byte_is_kept),
		cmocka_unit_test(lines_may_be_broken),
		cmocka_unit_test(what_is_something_else_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
