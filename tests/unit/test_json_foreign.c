/* SPDX-License-Identifier: MIT */
/* Memory for code that cannot bear a NULL, and the plan that lists go by. */
#include "support/json_fixture.h"

#include <stdio.h>

#include "json/foreign.h"
#include "json/plan.h"
#include "torture/alloc.h"

/* ---- foreign memory -------------------------------------------------------------------- */

enum { MANY = 40 };

/* Blocks of all sizes, grown, given back in any order; what is in them stays. */
static void use_memory(void *payload)
{
	struct orch__foreign *f = payload;
	unsigned char *p[MANY];

	for (size_t i = 0; i < MANY; i++) {
		p[i] = orch__foreign_take(f, i * 13);
		assert_int_equal((uintptr_t)p[i] % _Alignof(max_align_t), 0);
		memset(p[i], (int)i, i * 13);
	}
	for (size_t i = 0; i < MANY; i++)
		p[i] = orch__foreign_retake(f, p[i], i * 29);
	for (size_t i = 0; i < MANY; i++)
		for (size_t k = 0; k < i * 13; k++)
			assert_int_equal(p[i][k], i);
	for (size_t i = 0; i < MANY; i++)
		orch__foreign_give(f, p[i * 7 % MANY]);
	orch__foreign_give(f, NULL);
	assert_int_equal(f->taken, 0);
	p[0] = orch__foreign_retake(f, NULL, 5000);
	p[0] = orch__foreign_retake(f, p[0], 10); /* and left for the end */
}

static orch_status run_memory(void *payload)
{
	struct orch__foreign f = { .limit = 1 << 20 };
	orch_status st = ORCH_OK;

	(void)payload;
	if (!orch__foreign_guard(&f, use_memory, &f)) {
		assert_int_equal(f.failed, ORCH__MEM_NONE_LEFT);
		st = ORCH_E_NOMEM;
		(void)!orch__json_validate("{", 1); /* torture wants a message */
	}
	orch__foreign_dispose(&f);
	return st;
}

static void memory_keeps_what_is_in_it_and_leaves_nothing(void **state)
{
	struct orch__foreign f = { .limit = 1 << 20 };

	(void)state;
	assert_true(orch__foreign_guard(&f, use_memory, &f));
	orch__foreign_dispose(&f);
	assert_int_equal(f.taken, 0);
}

static void a_refused_request_leads_out(void **state)
{
	(void)state;
	torture_run(run_memory, NULL);
}

static void take_too_much(void *payload)
{
	struct orch__foreign *f = payload;

	(void)orch__foreign_take(f, 600);
	(void)orch__foreign_take(f, 3000);
	(void)orch__foreign_take(f, 2000);
	fail();
}

static void the_limit_leads_out(void **state)
{
	struct orch__foreign f = { .limit = 4000 };

	(void)state;
	assert_false(orch__foreign_guard(&f, take_too_much, &f));
	assert_int_equal(f.failed, ORCH__MEM_OVER_LIMIT);
	orch__foreign_dispose(&f);
}

/* ---- plans -------------------------------------------------------------------------------- */

static void expect_agreement(const struct orch__span *plain, const struct orch__span *planned)
{
	static const char *const names[] = { "Name", "name", "spec", "metadata", "x", "", "a.b",
		"Image", "TaskTemplate", "[0]", "containers", "image", "labels", "Replicas",
		"env" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct orch__hit a = orch__span_find(plain, names[i], strlen(names[i]));
		struct orch__hit b = orch__span_find(planned, names[i], strlen(names[i]));

		assert_ptr_equal(a.leaf, b.leaf);
		assert_ptr_equal(a.group.t, b.group.t);
		if (!a.group.t)
			continue;
		assert_int_equal(a.group.lo, b.group.lo);
		assert_int_equal(a.group.hi, b.group.hi);
		assert_int_equal(a.group.skip, b.group.skip);
		expect_agreement(&a.group, &b.group);
	}
}

static void a_plan_finds_what_the_rows_say(void **state)
{
	const struct orch__json_table *const tables[] = { &kube_app, &swarm_app, &swarm_version };

	(void)state;
	for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
		struct orch__arena a = { 0 };
		struct orch__span plain = orch__span_all(tables[i], NULL), planned = plain;

		planned.node = orch__plan_make(&a, tables[i], NULL);
		assert_non_null(planned.node);
		expect_agreement(&plain, &planned);
		orch__arena_dispose(&a);
	}
}

/* As many rows as there may be; names that share all that the hash looks at. */
static void wide_tables_are_planned(void **state)
{
	static char names[ORCH__JSON_MAX_ROWS][8];
	static struct orch__json_row rows[ORCH__JSON_MAX_ROWS];
	const struct orch__json_table wide = { "wide", &app_blank, sizeof app_blank,
		ORCH__JSON_MAX_ROWS, rows };
	struct orch__arena a = { 0 };
	const struct orch__plan_node *node;

	(void)state;
	for (size_t i = 0; i < ORCH__JSON_MAX_ROWS; i++) {
		snprintf(names[i], sizeof names[i], "a%03zub", i);
		rows[i] = (struct orch__json_row)ORCH__J_STR(names[i], struct app, name, 0);
	}
	assert_null(orch__json_table_check(&wide));
	node = orch__plan_make(&a, &wide, NULL);
	assert_non_null(node);
	for (size_t i = 0; i < ORCH__JSON_MAX_ROWS; i++) {
		const struct orch__plan_child *c = orch__plan_find(node, names[i], 5);

		assert_ptr_equal(c->leaf, &rows[i]);
		assert_ptr_equal(orch__plan_numbered(node, c->key + 1, 2), c);
	}
	assert_null(orch__plan_find(node, "a999b", 5));
	assert_null(orch__plan_numbered(node, "9a", 2));
	assert_null(orch__plan_make(&a, &wide, "items")); /* one too many */
	orch__arena_dispose(&a);
}

/* Of each length, and with each byte another one. */
static void a_name_is_found_by_all_of_its_bytes(void **state)
{
	static const char full[] = "abcdefghijklmnopqrstuvwxyz";

	(void)state;
	for (size_t len = 1; len < sizeof full; len++) {
		char name[sizeof full] = "", other[sizeof full];
		struct orch__json_row row;
		const struct orch__json_table one = { "one", &app_blank, sizeof app_blank, 1,
			&row };
		struct orch__arena a = { 0 };
		const struct orch__plan_node *node;

		memcpy(name, full, len);
		row = (struct orch__json_row)ORCH__J_STR(name, struct app, name, 0);
		node = orch__plan_make(&a, &one, NULL);
		assert_non_null(node);
		assert_non_null(orch__plan_find(node, name, len));
		for (size_t i = 0; i < len; i++) {
			memcpy(other, name, sizeof other);
			other[i] ^= 1;
			assert_null(orch__plan_find(node, other, len));
		}
		orch__arena_dispose(&a);
	}
}

static void rows_that_lists_have_no_use_for_are_not_planned(void **state)
{
	static const struct orch__json_row rows[] = {
		ORCH__J_STR("kind", struct app, name, ORCH__J_UNLISTED),
		ORCH__J_STR("meta.uid", struct app, name, ORCH__J_UNLISTED),
		ORCH__J_STR("meta.name", struct app, name, 0),
		ORCH__J_STR("gone.a", struct app, name, ORCH__J_UNLISTED),
		ORCH__J_STR("gone.b", struct app, name, ORCH__J_UNLISTED),
	};
	const struct orch__json_table t = { "t", &app_blank, sizeof app_blank, 5, rows };
	struct orch__arena a = { 0 };
	const struct orch__plan_node *node = orch__plan_make(&a, &t, NULL);
	const struct orch__plan_child *meta;

	(void)state;
	assert_non_null(node);
	assert_null(orch__plan_find(node, "kind", 4));
	assert_null(orch__plan_find(node, "gone", 4));
	meta = orch__plan_find(node, "meta", 4);
	assert_non_null(meta);
	assert_null(orch__plan_find(meta->inner, "uid", 3));
	assert_ptr_equal(orch__plan_find(meta->inner, "name", 4)->leaf, &rows[2]);
	orch__arena_dispose(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_keeps_what_is_in_it_and_leaves_nothing),
		cmocka_unit_test(a_refused_request_leads_out),
		cmocka_unit_test(the_limit_leads_out),
		cmocka_unit_test(a_plan_finds_what_the_rows_say),
		cmocka_unit_test(wide_tables_are_planned),
		cmocka_unit_test(a_name_is_found_by_all_of_its_bytes),
		cmocka_unit_test(rows_that_lists_have_no_use_for_are_not_planned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
