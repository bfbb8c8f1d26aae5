/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "util/table.h"

enum { ROWS = 10000 };

struct row {
	const char *name;
	uint32_t number;
};

static struct row *at(struct orch__table *t, int i)
{
	char name[32];

	snprintf(name, sizeof name, "name-%d", i);
	return orch__table_at(t, name);
}

static struct orch__table filled(void)
{
	struct orch__table t = { .row_size = sizeof(struct row) };

	for (int i = 0; i < ROWS; i++) {
		struct row *row = at(&t, i);

		assert_non_null(row);
		assert_int_equal(row->number, 0);
		row->number = (uint32_t)i;
	}
	assert_int_equal(t.count, ROWS);
	return t;
}

static void every_name_keeps_its_own_row(void **state)
{
	struct orch__table t = filled();

	(void)state;
	for (int i = 0; i < ROWS; i++)
		assert_int_equal(at(&t, i)->number, i);
	assert_int_equal(t.count, ROWS);
	assert_null(orch__table_find(&t, "name-10000"));
	orch__table_dispose(&t);
	assert_null(orch__table_find(&t, "name-7"));
	assert_non_null(at(&t, 7)); /* it may be used again */
	orch__table_dispose(&t);
}

static void each_row_comes_once(void **state)
{
	struct orch__table t = filled();
	uint64_t sum = 0;
	size_t count = 0;

	(void)state;
	for (const struct row *row = NULL; (row = orch__table_next(&t, row)) != NULL; count++)
		sum += row->number;
	assert_int_equal(count, ROWS);
	assert_int_equal(sum, (uint64_t)ROWS * (ROWS - 1) / 2);
	orch__table_dispose(&t);
	assert_null(orch__table_next(&t, NULL));
}

static void zeroed_rows_keep_their_names(void **state)
{
	struct orch__table t = filled();

	(void)state;
	orch__table_zero(&t);
	assert_int_equal(at(&t, 7)->number, 0);
	assert_string_equal(at(&t, 7)->name, "name-7");
	assert_int_equal(t.count, ROWS);
	orch__table_dispose(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_keeps_its_own_row),
		cmocka_unit_test(each_row_comes_once),
		cmocka_unit_test(zeroed_rows_keep_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
