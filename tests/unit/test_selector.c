/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/selector.h"

static const orch_kv items[] = { { "app", "web" }, { "tier", "front" }, { "empty", "" } };
static const orch_kv_list labels = { items, 3 };

static void each_operator_says_what_kubernetes_says(void **state)
{
	static const struct {
		const char *selector;
		bool matches;
	} cases[] = {
		{ NULL, true },
		{ "", true },
		{ "app", true },
		{ "nope", false },
		{ "!nope", true },
		{ "!app", false },
		{ "app=web", true },
		{ "app==web", true },
		{ "app=we", false },
		{ "app!=web", false },
		{ "nope!=web", true },
		{ "app in (api, web)", true },
		{ "app in (api)", false },
		{ "nope in (api)", false },
		{ "app notin (api)", true },
		{ "app notin (api,web)", false },
		{ "nope notin (api)", true },
		{ "empty=", true },
		{ "app=web,tier=front", true },
		{ "app=web, tier in (back)", false },
		{ " app = web ", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_null(orch__selector_check(cases[i].selector));
		if (orch__selector_matches(cases[i].selector, labels) != cases[i].matches)
			fail_msg("\"%s\" should %smatch", cases[i].selector,
				cases[i].matches ? "" : "not ");
	}
}

static void a_malformed_selector_is_found_where_it_is(void **state)
{
	static const char *const bad[] = { ",", "=web", "app=web,", "app in", "app in (",
		"app in ()", "app in (a", "app in (a,)", "a b", "!", "app=web&x", "a=b#f", "app>1",
		"app=(a)" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (!orch__selector_check(bad[i]))
			fail_msg("\"%s\" should be refused", bad[i]);
	assert_string_equal(orch__selector_check("app=web,a b"), "a b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_operator_says_what_kubernetes_says),
		cmocka_unit_test(a_malformed_selector_is_found_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
