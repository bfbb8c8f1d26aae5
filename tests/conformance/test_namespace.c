/* SPDX-License-Identifier: MIT */
/* Namespaces isolate names. */
#include "conformance/world.h"

#include <stdio.h>

static orch_deployment_spec empty_spec(struct world *w, const char *name, const char *image)
{
	orch_deployment_spec spec = world_server(w, name);

	spec.replicas = 0;
	spec.image = image;
	return spec;
}

static void put(struct world *w, orch_client *client, const char *name, const char *image)
{
	orch_deployment_spec spec = empty_spec(w, name, image);

	assert_ok(orch_deployment_apply(client, &spec, NULL, NULL));
}

static void one_name_in_two_namespaces_is_two_deployments(void **state)
{
	struct world *w = *state;
	const orch_deployment *a = NULL, *b = NULL;

	put(w, w->client, "web", w->image);
	put(w, w->other, "web", w->image2);
	assert_ok(orch_deployment_get(w->client, "web", &a));
	assert_ok(orch_deployment_get(w->other, "web", &b));
	assert_string_not_equal(a->id, b->id);
	assert_string_equal(a->spec->name, "web");
	assert_string_equal(b->spec->name, "web");
	assert_string_equal(a->spec->image, w->image);
	assert_string_equal(b->spec->image, w->image2);
	assert_string_equal(a->ns, w->ns);
	assert_string_equal(b->ns, orch_client_namespace(w->other));
	orch_deployment_free(a);
	orch_deployment_free(b);
}

static void a_change_in_one_namespace_leaves_the_other_alone(void **state)
{
	struct world *w = *state;
	const orch_deployment *b = NULL;

	put(w, w->client, "web", w->image);
	put(w, w->other, "web", w->image);
	assert_ok(orch_deployment_scale(w->client, "web", 1, NULL, NULL));
	assert_ok(orch_deployment_get(w->other, "web", &b));
	assert_int_equal(b->spec->replicas, 0);
	orch_deployment_free(b);
	assert_ok(orch_deployment_delete(w->client, "web", NULL));
	assert_ok(world_probe(w->other, "web"));
}

static void lists_end_at_the_namespace(void **state)
{
	struct world *w = *state;
	const orch_deployments *list = NULL;

	put(w, w->client, "mine", w->image);
	put(w, w->other, "yours", w->image);
	assert_ok(orch_deployment_list(w->client, NULL, &list));
	assert_int_equal(list->count, 1);
	assert_string_equal(list->items[0]->spec->name, "mine");
	orch_deployments_free(list);
}

/* Joining namespace and name must not make two of them one. */
static void namespaces_that_begin_alike_are_apart(void **state)
{
	struct world *w = *state;

	put(w, w->client, "b-web", w->image);
	put(w, w->other, "web", w->image2);
	assert_absent(w, "web");
	assert_status(world_probe(w->other, "b-web"), ORCH_E_NOTFOUND);
}

static bool has(const orch_deployments *list, const char *ns, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++) {
		const orch_deployment *d = list->items[i];

		n += strcmp(d->ns, ns) == 0 && strcmp(d->spec->name, name) == 0;
	}
	return n == 1;
}

static void a_list_of_all_namespaces_has_each_once(void **state)
{
	struct world *w = *state;
	orch_list_options o = ORCH_LIST_OPTIONS_INIT;
	const orch_deployments *list = NULL;

	put(w, w->client, "web", w->image);
	put(w, w->other, "web", w->image);
	put(w, w->outside, w->own, w->image);
	o.all_namespaces = 1;
	assert_ok(orch_deployment_list(w->client, &o, &list));
	assert_true(has(list, w->ns, "web"));
	assert_true(has(list, orch_client_namespace(w->other), "web"));
	assert_true(has(list, "default", w->own));
	orch_deployments_free(list);
}

static void the_default_namespace_is_one_like_the_others(void **state)
{
	struct world *w = *state;
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	const orch_deployment *d = NULL;
	orch_client *client;

	put(w, w->outside, w->own, w->image);
	assert_absent(w, w->own);
	o.ns = "default";
	client = world_client(w, &o);
	assert_string_equal(orch_client_namespace(client), "default");
	assert_ok(orch_deployment_get(client, w->own, &d));
	assert_string_equal(d->ns, "default");
	orch_deployment_free(d);
	orch_client_close(client);
}

static void the_default_namespace_does_not_list_the_others(void **state)
{
	struct world *w = *state;
	const orch_deployments *list = NULL;

	put(w, w->client, "hidden", w->image);
	assert_ok(orch_deployment_list(w->outside, NULL, &list));
	for (size_t i = 0; i < list->count; i++) {
		assert_string_equal(list->items[i]->ns, "default");
		assert_null(strstr(list->items[i]->spec->name, "hidden"));
	}
	orch_deployments_free(list);
}

static void two_clients_see_the_same(void **state)
{
	struct world *w = *state;
	orch_client *client = world_client(w, NULL);

	put(w, w->client, "shared", w->image);
	assert_ok(world_probe(client, "shared"));
	assert_ok(orch_deployment_delete(client, "shared", NULL));
	assert_absent(w, "shared");
	orch_client_close(client);
}

/* ---- namespaces themselves ---- */

/* A view of one that only this test uses. */
static orch_client *view_of(struct world *w, const char *suffix)
{
	orch_client *view = NULL;
	char name[sizeof w->ns + 8];

	(void)snprintf(name, sizeof name, "%s-%s", w->ns, suffix);
	assert_ok(orch_client_with_namespace(w->client, name, &view));
	return view;
}

static int64_t state_of(struct world *w, const char *name)
{
	const orch_namespaces *list = NULL;
	int64_t state = 0;

	assert_ok(orch_namespace_list(w->client, NULL, &list));
	for (size_t i = 0; i < list->count; i++) {
		const orch_namespace *n = list->items[i];

		assert_non_null(n->message);
		if (i > 0)
			assert_true(strcmp(list->items[i - 1]->name, n->name) != 0);
		if (strcmp(n->name, name) == 0)
			state = n->state;
	}
	orch_namespaces_free(list);
	return state;
}

static void delete_and_wait(orch_client *view)
{
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);

	assert_ok(orch_namespace_delete(view, &how));
}

static void run_two(struct world *w, orch_client *view)
{
	orch_deployment_spec spec = world_server(w, "web");
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);

	spec.replicas = 2;
	assert_ok(orch_deployment_apply(view, &spec, &how, NULL));
	put(w, view, "idle", w->image);
}

static void a_namespace_goes_with_all_that_is_in_it(void **state)
{
	struct world *w = *state;
	orch_client *view = view_of(w, "d");

	run_two(w, view);
	put(w, w->other, "web", w->image);
	delete_and_wait(view);
	assert_status(world_probe(view, "web"), ORCH_E_NOTFOUND);
	assert_status(world_probe(view, "idle"), ORCH_E_NOTFOUND);
	assert_int_equal(state_of(w, orch_client_namespace(view)), 0);
	assert_ok(world_probe(w->other, "web"));
	orch_client_close(view);
}

/* A view of a namespace whose name is padded to that length. */
static orch_client *long_view(struct world *w, size_t length)
{
	orch_client *view = NULL;
	char name[64];
	size_t n = (size_t)snprintf(name, sizeof name, "%s-", w->ns);

	while (n < length)
		name[n++] = 'x';
	name[n] = '\0';
	assert_ok(orch_client_with_namespace(w->client, name, &view));
	return view;
}

static void a_namespace_may_have_a_long_name(void **state)
{
	struct world *w = *state;
	orch_client *view = long_view(w, 59);
	const orch_deployment *d = NULL;

	put(w, view, "web", w->image);
	assert_ok(orch_deployment_get(view, "web", &d));
	assert_string_equal(d->ns, orch_client_namespace(view));
	orch_deployment_free(d);
	assert_int_equal(state_of(w, orch_client_namespace(view)), ORCH_NAMESPACE_ACTIVE);
	delete_and_wait(view);
	orch_client_close(view);
}

/* Whether a name has room behind it is the orchestrator's; if not it says why. */
static void in_a_namespace_of_the_longest_name_nothing_is_confused(void **state)
{
	struct world *w = *state;
	orch_client *view = long_view(w, 63);
	const orch_deployments *list = NULL;

	assert_ok(orch_deployment_list(view, NULL, &list));
	assert_int_equal(list->count, 0);
	orch_deployments_free(list);
	if (world_probe(view, "web") == ORCH_E_INVALID)
		assert_message_names("namespace and name");
	else
		assert_int_equal(orch_error_last()->status, ORCH_E_NOTFOUND);
	orch_client_close(view);
}

static void the_name_of_a_namespace_that_is_gone_can_be_used_again(void **state)
{
	struct world *w = *state;
	orch_client *view = view_of(w, "d");

	for (int i = 0; i < 2; i++) {
		run_two(w, view);
		delete_and_wait(view);
	}
	orch_client_close(view);
}

static void what_is_in_use_is_listed_and_so_is_default(void **state)
{
	struct world *w = *state;

	put(w, w->client, "web", w->image);
	put(w, w->other, "web", w->image);
	assert_int_equal(state_of(w, w->ns), ORCH_NAMESPACE_ACTIVE);
	assert_int_equal(state_of(w, orch_client_namespace(w->other)), ORCH_NAMESPACE_ACTIVE);
	assert_int_equal(state_of(w, "default"), ORCH_NAMESPACE_ACTIVE);
	assert_int_equal(state_of(w, "nobody-has-this-one"), 0);
}

static void namespaces_come_in_the_order_of_their_names(void **state)
{
	struct world *w = *state;
	const orch_namespaces *list = NULL;
	size_t mine = 0, others = 0, at_default = 0;

	put(w, w->client, "web", w->image);
	put(w, w->other, "web", w->image);
	assert_ok(orch_namespace_list(w->client, NULL, &list));
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i]->name, w->ns) == 0)
			mine = i + 1;
		if (strcmp(list->items[i]->name, orch_client_namespace(w->other)) == 0)
			others = i + 1;
		if (strcmp(list->items[i]->name, "default") == 0)
			at_default = i + 1;
	}
	orch_namespaces_free(list);
	assert_true(at_default > 0 && at_default < mine && mine < others);
}

static void a_selector_without_a_match_leaves_no_namespace(void **state)
{
	struct world *w = *state;
	orch_list_options o = ORCH_LIST_OPTIONS_INIT;
	const orch_namespaces *list = NULL;

	put(w, w->client, "web", w->image);
	o.selector = "a-label=nobody-has";
	assert_ok(orch_namespace_list(w->client, &o, &list));
	assert_int_equal(list->count, 0);
	orch_namespaces_free(list);
	list = UNTOUCHED(const orch_namespaces *);
	o.selector = "=";
	assert_status(orch_namespace_list(w->client, &o, &list), ORCH_E_INVALID);
	assert_untouched(list);
}

static void the_default_namespace_cannot_be_deleted(void **state)
{
	struct world *w = *state;

	put(w, w->outside, w->own, w->image);
	assert_status(orch_namespace_delete(w->outside, NULL), ORCH_E_INVALID);
	assert_message_names("default");
	assert_ok(world_probe(w->outside, w->own));
}

static void a_namespace_that_is_not_there_is_not_found(void **state)
{
	struct world *w = *state;
	orch_client *view = view_of(w, "never");

	assert_status(orch_namespace_delete(view, NULL), ORCH_E_NOTFOUND);
	assert_message_names(orch_client_namespace(view));
	orch_client_close(view);
}

static void a_namespace_that_was_made_can_be_used_and_made_again(void **state)
{
	struct world *w = *state;
	orch_client *view = view_of(w, "d");
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);

	assert_ok(orch_namespace_apply(view, &how));
	assert_ok(orch_namespace_apply(view, NULL));
	assert_ok(orch_namespace_apply(w->outside, NULL));
	put(w, view, "web", w->image);
	assert_int_equal(state_of(w, orch_client_namespace(view)), ORCH_NAMESPACE_ACTIVE);
	assert_ok(orch_namespace_delete(view, NULL));
	assert_ok(orch_namespace_apply(view, &how)); /* waits for the end of the first */
	put(w, view, "web", w->image2);
	delete_and_wait(view);
	orch_client_close(view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(one_name_in_two_namespaces_is_two_deployments),
		world_test(a_change_in_one_namespace_leaves_the_other_alone),
		world_test(lists_end_at_the_namespace),
		world_test(namespaces_that_begin_alike_are_apart),
		world_test(a_list_of_all_namespaces_has_each_once),
		world_test(the_default_namespace_is_one_like_the_others),
		world_test(the_default_namespace_does_not_list_the_others),
		world_test(two_clients_see_the_same),
		world_test(a_namespace_goes_with_all_that_is_in_it),
		world_test(a_namespace_may_have_a_long_name),
		world_test(in_a_namespace_of_the_longest_name_nothing_is_confused),
		world_test(the_name_of_a_namespace_that_is_gone_can_be_used_again),
		world_test(what_is_in_use_is_listed_and_so_is_default),
		world_test(namespaces_come_in_the_order_of_their_names),
		world_test(a_selector_without_a_match_leaves_no_namespace),
		world_test(the_default_namespace_cannot_be_deleted),
		world_test(a_namespace_that_is_not_there_is_not_found),
		world_test(a_namespace_that_was_made_can_be_used_and_made_again),
	};

	return world_run(tests);
}
