/* SPDX-License-Identifier: MIT */
/* Namespaces isolate names. */
#include "conformance/world.h"

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
	};

	return world_run(tests);
}
