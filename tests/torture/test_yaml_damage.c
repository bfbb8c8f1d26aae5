/* SPDX-License-Identifier: MIT */
/*
 * YAML that was damaged: cut at every byte, and with bytes that are changed, left out and put
 * in. It is read or refused, with the sanitizers watching; a message never quotes it.
 * ORCH_SEED and ORCH_RUNS in the environment choose others than the usual ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "util/random.h"
#include "yaml/yaml.h"

enum { MAX_TEXT = 1024 };

static const char *const texts[] = {
	"apiVersion: v1\nkind: Config\nclusters:\n- name: canary\n  cluster: {server: "
	"\"https://canary\\u00e9\","
	" x: 'it''s'}\n- &b\n  name: |\n    canary\n    bar\n  other: plain\n    multi "
	"line\ncontexts:\n- *b\n"
	"- {a: [1, 2, \"x\\\n   y\"], <<: *b}\n",
	("%YAML 1.2\n---\n? key\n: >-\n  folded canary\n\n  more\n\n# comment\nlist:\n- - a\n"
	 "  - b\n-\n  ? x\n  :\n    - y\n...\n"),
	("{\"users\":[{\"name\":\"canary\",\"user\":{\"token\":\"canary\",\"list\":[1,2.5e3,true,"
	 "null]}}],"
	 "\"s\":\"\\\"\\\\\\n\\u20ac\"}"),
	"\357\273\277a: &x [&y z, *y]\nb: !!str canary\nc: |2-\n   canary\nd: 'x\n\n  y'\n\te: f\n",
};

static struct orch__random state_of_random;

static int64_t setting(const char *name, int64_t fallback)
{
	const char *value = getenv(name);

	return value && *value ? strtoll(value, NULL, 10) : fallback;
}

/* Exactly as long as it is: a byte too far is seen. */
static void read_it(const char *text, size_t len)
{
	struct orch__arena a = { 0 };
	const struct orch__yaml *root = NULL;
	char *exact = malloc(len + !len);
	orch_status st;

	assert_non_null(exact);
	memcpy(exact, text, len);
	st = orch__yaml_parse(&a, exact, len, NULL, &root);
	if (st != ORCH_OK && st != ORCH_E_INVALID && st != ORCH_E_TOO_LARGE)
		fail_msg("%s: %s", orch_status_name(st), orch_error_last()->message);
	if (st < 0 && strstr(orch_error_last()->message, "canary"))
		fail_msg("%s", orch_error_last()->message);
	free(exact);
	orch__arena_dispose(&a);
}

static void a_text_may_end_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		for (size_t len = 0; len <= strlen(texts[i]); len++)
			read_it(texts[i], len);
}

static size_t below(size_t n)
{
	return (size_t)orch__random_below(&state_of_random, (int64_t)n);
}

/* One byte changed, left out or put in; of those that mean something most of the time. */
static size_t damage(char *text, size_t len)
{
	static const char bytes[] = "{}[],:?-&*!|>'\"%@`#~<\n\r\t \\.0aZ\x80\xC3\xFF\x01";
	const size_t at = below(len);
	const char c = below(4) ? bytes[below(sizeof bytes - 1)] : (char)below(256);

	switch (below(3)) {
	case 0:
		text[at] = c;
		return len;
	case 1:
		memmove(text + at, text + at + 1, len - at - 1);
		return len > 1 ? len - 1 : len;
	default:
		if (len + 1 >= MAX_TEXT)
			return len;
		memmove(text + at + 1, text + at, len - at);
		text[at] = c;
		return len + 1;
	}
}

static void any_damage_is_read_or_refused(void **state)
{
	const int64_t seed = setting("ORCH_SEED", 20261125), runs = setting("ORCH_RUNS", 3000);
	char text[MAX_TEXT];

	(void)state;
	print_message("# ORCH_SEED=%lld ORCH_RUNS=%lld\n", (long long)seed, (long long)runs);
	state_of_random = (struct orch__random){ (uint64_t)seed };
	for (int64_t i = 0; i < runs; i++) {
		const char *from = texts[below(sizeof texts / sizeof texts[0])];
		size_t len = strlen(from);

		memcpy(text, from, len + 1);
		for (size_t n = 1 + below(8); n; n--)
			len = damage(text, len);
		read_it(text, len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_may_end_anywhere),
		cmocka_unit_test(any_damage_is_read_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
