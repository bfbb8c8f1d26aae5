/* SPDX-License-Identifier: MIT */
/* Asks every table of lib/ whether it is well formed; see json_tables.cmake. */
#include "torture/json_tables.h"

#include <stdio.h>

static int tables;

int json_table_is_wrong(const char *file, const struct orch__json_table *t)
{
	const char *path = orch__json_table_check(t);

	tables++;
	if (!path)
		return 0;
	printf("%s: table %s: %s\n", file, t->name, path);
	return 1;
}

int main(void)
{
	int wrong = 0;

#define X(function) wrong += function();
#include "all.inc"
#undef X
	printf("%d tables, %d of them wrong\n", tables, wrong);
	return wrong || tables == 0;
}
