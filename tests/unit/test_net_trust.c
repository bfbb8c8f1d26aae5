/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/trust.h"

#define THERE "/dev/null"
#define NOT_THERE "/dev/null/not-there.pem"

static void the_place_libcurl_was_built_with_is_left_when_it_is_there(void **state)
{
	static const char *const places[] = { "/dev/zero", NULL };

	(void)state;
	assert_null(orch__trust_file(THERE, places));
}

static void another_system_keeps_its_authorities_elsewhere(void **state)
{
	static const char *const places[] = { NOT_THERE, THERE, "/dev/zero", NULL };

	(void)state;
	assert_string_equal(orch__trust_file(NOT_THERE, places), THERE);
}

static void a_system_without_any_is_libcurls_to_complain_about(void **state)
{
	static const char *const places[] = { NOT_THERE, NULL };

	(void)state;
	assert_null(orch__trust_file(NOT_THERE, places));
}

static void a_libcurl_without_a_file_has_another_way(void **state)
{
	static const char *const places[] = { THERE, NULL };

	(void)state;
	assert_null(orch__trust_file(NULL, places));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_place_libcurl_was_built_with_is_left_when_it_is_there),
		cmocka_unit_test(another_system_keeps_its_authorities_elsewhere),
		cmocka_unit_test(a_system_without_any_is_libcurls_to_complain_about),
		cmocka_unit_test(a_libcurl_without_a_file_has_another_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
