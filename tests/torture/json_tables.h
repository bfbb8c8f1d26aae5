/* SPDX-License-Identifier: MIT */
#ifndef TESTS_TORTURE_JSON_TABLES_H
#define TESTS_TORTURE_JSON_TABLES_H

#include "json/json.h"

/* 1, and a line on the terminal, for a table that is not well formed. */
int json_table_is_wrong(const char *file, const struct orch__json_table *t);

/* One for each file of lib/ that has tables: made by json_tables.cmake. */
#define X(function) int function(void);
#include "all.inc"
#undef X

#endif
