/* SPDX-License-Identifier: MIT */
/* Arena and buffer with memory running short at every single request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "torture/alloc.h"
#include "util/arena.h"
#include "util/buf.h"
#include "util/error.h"

static orch_status fill_an_arena(void *payload)
{
	struct orch__arena a = { 0 };
	orch_status st;

	(void)payload;
	for (size_t size = 1; size < 100000; size *= 3)
		(void)orch__arena_alloc(&a, size);
	st = a.failed ? orch__fail(ORCH_E_NOMEM, "arena") : ORCH_OK;
	orch__arena_dispose(&a);
	return st;
}

static orch_status grow_a_buffer(void *payload)
{
	struct orch__buf b = ORCH__BUF_INIT((size_t)1 << 20);
	orch_status st;

	(void)payload;
	for (int i = 0; i < 2000; i++) {
		orch__buf_addf(&b, "%d,", i);
		orch__buf_add_urlencoded(&b, "a/b c");
	}
	st = orch__buf_ok(&b) ? ORCH_OK : orch__fail(ORCH_E_NOMEM, "buffer");
	orch__buf_dispose(&b);
	return st;
}

static void an_arena_survives_any_refused_request(void **state)
{
	(void)state;
	torture_run(fill_an_arena, NULL);
}

static void a_buffer_survives_any_refused_request(void **state)
{
	(void)state;
	torture_run(grow_a_buffer, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_arena_survives_any_refused_request),
		cmocka_unit_test(a_buffer_survives_any_refused_request),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
