/* SPDX-License-Identifier: MIT */
/* Lists: order, selectors, whole and one by one. */
#include "conformance/world.h"

#include <stdio.h>

static void put(struct world *w, const char *name, const orch_kv *labels, size_t count)
{
	orch_deployment_spec spec = world_server(w, name);

	spec.replicas = 0;
	spec.labels.items = labels;
	spec.labels.count = count;
	assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
}

static const orch_deployments *list(struct world *w, const char *selector)
{
	orch_list_options o = ORCH_LIST_OPTIONS_INIT;
	const orch_deployments *found = NULL;

	o.selector = selector;
	assert_ok(orch_deployment_list(w->client, &o, &found));
	return found;
}

/* "a b c": names in the order of the list. */
static void join_names(const orch_deployments *found, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < found->count; i++) {
		int n = snprintf(text + used, size - used, "%s%s", i ? " " : "",
			found->items[i]->spec->name);

		assert_true(n > 0 && (size_t)n < size - used);
		used += (size_t)n;
	}
}

static void an_empty_namespace_has_an_empty_list(void **state)
{
	struct world *w = *state;
	const orch_deployments *found = list(w, NULL);

	assert_int_equal(found->count, 0);
	orch_deployments_free(found);
	assert_ok(orch_deployment_list(w->client, NULL, &found));
	assert_int_equal(found->count, 0);
	orch_deployments_free(found);
}

static void a_list_is_in_the_order_of_names(void **state)
{
	static const char *const names[] = { "delta", "b", "a", "c-2", "c-10", "c" };
	struct world *w = *state;
	const orch_deployments *found;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		put(w, names[i], NULL, 0);
	found = list(w, NULL);
	assert_int_equal(found->count, 6);
	assert_string_equal(found->items[0]->spec->name, "a");
	assert_string_equal(found->items[1]->spec->name, "b");
	assert_string_equal(found->items[2]->spec->name, "c");
	assert_string_equal(found->items[5]->spec->name, "delta");
	orch_deployments_free(found);
}

static void what_a_list_tells_is_what_get_tells(void **state)
{
	static const orch_kv labels[] = { { "app", "x" } };
	struct world *w = *state;
	const orch_deployments *found;
	const orch_deployment *d, *in;

	put(w, "twin", labels, 1);
	world_tick(w);
	found = list(w, NULL);
	d = world_get(w, "twin");
	assert_int_equal(found->count, 1);
	in = found->items[0];
	assert_null(world_difference(in->spec, d->spec));
	assert_string_equal(in->id, d->id);
	assert_string_equal(in->ns, d->ns);
	assert_string_equal(in->version, d->version);
	assert_int_equal(in->state, d->state);
	assert_int_equal(in->desired, d->desired);
	assert_int_equal(in->created_ms, d->created_ms);
	orch_deployment_free(d);
	orch_deployments_free(found);
}

static void counts_in_a_list_are_those_of_get(void **state)
{
	struct world *w = *state;
	const orch_deployments *found;

	world_up(w, "counted", 2);
	found = list(w, NULL);
	assert_int_equal(found->count, 1);
	assert_int_equal(found->items[0]->state, ORCH_DEPLOYMENT_COMPLETE);
	assert_int_equal(found->items[0]->desired, 2);
	assert_int_equal(found->items[0]->ready, 2);
	assert_int_equal(found->items[0]->updated, 2);
	assert_int_equal(found->items[0]->total, 2);
	orch_deployments_free(found);
}

static const orch_kv web[] = { { "app", "web" }, { "tier", "front" } };
static const orch_kv api[] = { { "app", "api" }, { "tier", "back" }, { "example.com/team", "a" } };
static const orch_kv db[] = { { "app", "db" }, { "empty", "" } };

/* clang-format off */
static const struct {
	const char *selector, *names;
} selections[] = {
	{ NULL, "api bare db web" },
	{ "", "api bare db web" },
	{ "app=web", "web" },
	{ "app==web", "web" },
	{ "app!=web", "api bare db" },
	{ "app", "api db web" },
	{ "!app", "bare" },
	{ "app in (web,api)", "api web" },
	{ "app in (web)", "web" },
	{ "app notin (web,api)", "bare db" },
	{ "tier=front,app=web", "web" },
	{ "tier=front,app=api", "" },
	{ "app,tier!=front", "api db" },
	{ "app in (web,api), tier notin (back)", "web" },
	{ " app = web ", "web" },
	{ "example.com/team=a", "api" },
	{ "empty=", "db" },
	{ "empty", "db" },
	{ "app=we", "" },
	{ "nosuch=x", "" },
	{ "nosuch!=x", "api bare db web" },
};
/* clang-format on */

static void assert_one_by_one_gives(struct world *w, const char *selector, const char *want)
{
	orch_list_options o = ORCH_LIST_OPTIONS_INIT;
	const orch_deployments *whole = list(w, selector);
	orch_deployment_cursor *cursor = NULL;
	const orch_deployment *d = NULL;
	size_t n = 0;

	o.selector = selector;
	assert_ok(orch_deployment_open(w->client, &o, &cursor));
	for (;; n++) {
		assert_ok(orch_deployment_next(cursor, &d));
		if (!d)
			break;
		assert_non_null(strstr(want, d->spec->name));
		assert_string_equal(d->ns, w->ns);
		orch_deployment_free(d);
	}
	assert_int_equal(n, whole->count);
	orch_deployment_close(cursor);
	orch_deployments_free(whole);
}

static void each_selector_selects(void **state)
{
	struct world *w = *state;

	put(w, "web", web, 2);
	put(w, "api", api, 3);
	put(w, "db", db, 2);
	put(w, "bare", NULL, 0);
	for (size_t i = 0; i < sizeof selections / sizeof selections[0]; i++) {
		const orch_deployments *found = list(w, selections[i].selector);
		char names[64];

		join_names(found, names, sizeof names);
		if (strcmp(names, selections[i].names) != 0)
			print_error("selector '%s'\n", selections[i].selector);
		assert_string_equal(names, selections[i].names);
		orch_deployments_free(found);
		assert_one_by_one_gives(w, selections[i].selector, selections[i].names);
	}
}

/* Labels that liborch writes for itself are no labels of the deployment. */
static void selectors_do_not_see_liborchs_own_labels(void **state)
{
	struct world *w = *state;
	const orch_deployments *found;

	put(w, "plain", NULL, 0);
	found = list(w, "!orch.io/managed");
	assert_int_equal(found->count, 1);
	orch_deployments_free(found);
	found = list(w, "orch.io/namespace");
	assert_int_equal(found->count, 0);
	orch_deployments_free(found);
}

static void a_selector_that_cannot_be_read_is_refused(void **state)
{
	static const char *const bad[] = { "=x", "a=b,", ",", "a in b", "a in (", "a in (b",
		"a in ()", "a notin", "!", "a b", "a==b==c", "a=b\nc", "a(b)", "!a=b" };
	struct world *w = *state;
	orch_list_options o = ORCH_LIST_OPTIONS_INIT;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		const orch_deployments *whole = UNTOUCHED(const orch_deployments *);
		orch_deployment_cursor *cursor = UNTOUCHED(orch_deployment_cursor *);
		orch_status st;

		o.selector = bad[i];
		st = orch_deployment_list(w->client, &o, &whole);
		if (st == ORCH_OK)
			print_error("selector '%s' was taken\n", bad[i]);
		assert_status(st, ORCH_E_INVALID);
		assert_message_names("selector");
		assert_untouched(whole);
		assert_status(orch_deployment_open(w->client, &o, &cursor), ORCH_E_INVALID);
		assert_untouched(cursor);
	}
}

static void fifty_are_listed_each_once(void **state)
{
	struct world *w = *state;
	const orch_deployments *found;
	char name[16];

	for (int i = 0; i < 50; i++) {
		(void)snprintf(name, sizeof name, "n%02d", i);
		put(w, name, web, 2);
	}
	found = list(w, "app=web");
	assert_int_equal(found->count, 50);
	for (size_t i = 0; i < found->count; i++) {
		(void)snprintf(name, sizeof name, "n%02d", (int)i);
		assert_string_equal(found->items[i]->spec->name, name);
	}
	orch_deployments_free(found);
	assert_one_by_one_gives(w, "app=web",
		"n00 n01 n02 n03 n04 n05 n06 n07 n08 n09 n10 n11 n12 n13 n14 n15 n16 n17 n18 n19 "
		"n20 n21 n22 n23 n24 n25 n26 n27 n28 n29 n30 n31 n32 n33 n34 n35 n36 n37 n38 n39 "
		"n40 n41 n42 n43 n44 n45 n46 n47 n48 n49");
}

static void a_cursor_can_be_closed_before_its_end(void **state)
{
	struct world *w = *state;
	orch_deployment_cursor *cursor = NULL;
	const orch_deployment *d = NULL;

	put(w, "first", NULL, 0);
	put(w, "second", NULL, 0);
	assert_ok(orch_deployment_open(w->client, NULL, &cursor));
	assert_ok(orch_deployment_next(cursor, &d));
	assert_non_null(d);
	orch_deployment_close(cursor);
	assert_true(d->spec->name[0]); /* outlives its cursor */
	orch_deployment_free(d);
	assert_ok(orch_deployment_open(w->client, NULL, &cursor));
	orch_deployment_close(cursor);
	orch_deployment_close(NULL);
}

static void a_cursor_stays_at_its_end(void **state)
{
	struct world *w = *state;
	orch_deployment_cursor *cursor = NULL;

	assert_ok(orch_deployment_open(w->client, NULL, &cursor));
	for (int i = 0; i < 3; i++) {
		const orch_deployment *d = UNTOUCHED(const orch_deployment *);

		assert_ok(orch_deployment_next(cursor, &d));
		assert_null(d);
	}
	orch_deployment_close(cursor);
}

static void calls_go_on_while_a_cursor_is_open(void **state)
{
	struct world *w = *state;
	orch_deployment_cursor *a = NULL, *b = NULL;
	const orch_deployment *d = NULL;

	put(w, "one", NULL, 0);
	put(w, "two", NULL, 0);
	assert_ok(orch_deployment_open(w->client, NULL, &a));
	assert_ok(orch_deployment_next(a, &d));
	orch_deployment_free(d);
	assert_ok(orch_deployment_open(w->client, NULL, &b));
	assert_ok(orch_deployment_scale(w->client, "one", 1, NULL, NULL));
	assert_ok(orch_deployment_next(b, &d));
	orch_deployment_free(d);
	orch_deployment_close(a);
	assert_ok(orch_deployment_next(b, &d));
	assert_non_null(d);
	orch_deployment_free(d);
	orch_deployment_close(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(an_empty_namespace_has_an_empty_list),
		world_test(a_list_is_in_the_order_of_names),
		world_test(what_a_list_tells_is_what_get_tells),
		world_test(counts_in_a_list_are_those_of_get),
		world_test(each_selector_selects),
		world_test(selectors_do_not_see_liborchs_own_labels),
		world_test(a_selector_that_cannot_be_read_is_refused),
		world_test(fifty_are_listed_each_once),
		world_test(a_cursor_can_be_closed_before_its_end),
		world_test(a_cursor_stays_at_its_end),
		world_test(calls_go_on_while_a_cursor_is_open),
	};

	return world_run(tests);
}
