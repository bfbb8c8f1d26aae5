/* SPDX-License-Identifier: MIT */
/* Ways to the server: through proxies, by its IPv6 address, and how much goes over them. */
#include <stdatomic.h>
#include <stdlib.h>

#include "live/kube.h"

/* A name that the server's certificate has and that nobody here can look up. */
#define INSIDE "server: 'https://kubernetes.default.svc:6443'"

/* Reads and writes through it; what it opens is in the tunnel's log as `way`, and is used again. */
static void assert_works(
	struct world *w, struct kube_proxy *p, orch_client *client, const char *way)
{
	orch_deployment_spec spec = world_server(w, "far");
	const orch_deployments *list = NULL;
	int opened;

	spec.replicas = 0;
	assert_ok(orch_deployment_apply(client, &spec, NULL, NULL));
	assert_ok(orch_deployment_list(client, NULL, &list));
	assert_int_equal(list->count, 1);
	orch_deployments_free(list);
	opened = kube_proxy_count(p, way);
	assert_in_range(opened, 1, 5); /* a creation has one of its own */
	for (int i = 0; i < 10; i++)
		assert_ok(world_probe(client, "far"));
	assert_int_equal(kube_proxy_count(p, way), opened);
	assert_ok(orch_deployment_delete(client, "far", NULL));
	assert_absent(w, "far");
}

/* Through a tunnel of that kind, by a cluster of which `before_port` is the beginning. */
static void assert_leads(struct world *w, const char *kind, const char *before_port,
	const char *way, const char *other_way)
{
	struct kube_proxy p;
	orch_client *client;

	kube_tunnel_begin(&p, kind);
	client = kube_tunnel_client(&p, w, before_port, "'", NULL);
	assert_works(w, &p, client, way);
	assert_int_equal(kube_proxy_count(&p, other_way), 0);
	orch_client_close(client);
	kube_proxy_end(&p);
}

static void an_http_proxy_leads_to_a_server_that_it_alone_can_find(void **state)
{
	assert_leads(*state, "connect", INSIDE ", proxy-url: 'http://orch:s3cret@127.0.0.1:",
		"^connect kubernetes[.]default[.]svc:6443$", "^refused");
}

static void a_proxy_that_does_not_let_us_through_is_told_without_its_password(void **state)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	struct kube_proxy p;
	orch_client *client;

	o.timeout_ms = 3000;
	kube_tunnel_begin(&p, "connect");
	client = kube_tunnel_client(
		&p, *state, INSIDE ", proxy-url: 'http://orch:wr0ng@127.0.0.1:", "'", &o);
	assert_int_not_equal(world_probe(client, "far"), ORCH_OK);
	print_message("# %s: %s\n", orch_status_name(orch_error_last()->status),
		orch_error_last()->message);
	assert_message_names("407");
	assert_null(strstr(orch_error_last()->message, "wr0ng"));
	assert_true(kube_proxy_count(&p, "^refused$") > 0);
	assert_int_equal(kube_proxy_count(&p, "^connect"), 0);
	orch_client_close(client);
	kube_proxy_end(&p);
}

/* As kubectl does: who asks a SOCKS proxy leaves it the name. */
static void a_socks_proxy_looks_the_name_up(void **state)
{
	assert_leads(*state, "socks", INSIDE ", proxy-url: 'socks5://127.0.0.1:",
		"^socks name kubernetes[.]default[.]svc:6443$", "^socks address");
}

static void an_ipv6_address_stands_in_brackets(void **state)
{
	if (live_sh("ip -6 -o addr show dev lo | grep -q '::1/128'")) {
		print_message("# this machine has no ::1\n");
		skip();
	}
	assert_leads(*state, "v6", "server: 'https://[::1]:", "^v6$", "^refused");
}

/* ---- sizes ---- */

enum { SOME = 60 };

static void count_body(void *payload, const orch_trace_event *e)
{
	if (e->phase == ORCH_TRACE_END)
		atomic_fetch_add((atomic_llong *)payload, e->bytes_in);
}

static bool has_ended(struct world *w, void *payload)
{
	(void)w;
	return kube_proxy_count(payload, "^bytes ") == 1;
}

/* A list through a tunnel of its own: bytes of the list, and of what came for them. */
static void measure(struct world *w, const char *more, int64_t *body, int64_t *wire)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	const orch_deployments *list = NULL;
	atomic_llong seen = 0;
	struct kube_proxy p;
	orch_client *client;
	char after[64], *text;

	o.trace = count_body;
	o.trace_payload = &seen;
	(void)snprintf(after, sizeof after, "'%s", more);
	kube_tunnel_begin(&p, "connect");
	client = kube_tunnel_client(
		&p, w, INSIDE ", proxy-url: 'http://orch:s3cret@127.0.0.1:", after, &o);
	assert_ok(orch_deployment_list(client, NULL, &list));
	assert_int_equal(list->count, SOME);
	orch_deployments_free(list);
	orch_client_close(client);
	await(w, has_ended, &p);
	text = live_output("sed -n 's/^bytes //p' %s/log", p.files.path);
	*wire = strtoll(text, NULL, 10);
	*body = atomic_load(&seen);
	print_message("# %lld bytes came for %lld\n", (long long)*wire, (long long)*body);
	free(text);
	kube_proxy_end(&p);
}

static void a_long_list_comes_compressed_unless_the_kubeconfig_says_no(void **state)
{
	struct world *w = *state;
	static char text[4096];
	orch_kv env = { "TEXT", text };
	int64_t body, wire;

	memset(text, 'x', sizeof text - 1);
	for (int i = 0; i < SOME; i++) {
		orch_deployment_spec spec = world_server(w, NULL);
		char name[16];

		(void)snprintf(name, sizeof name, "long-%d", i);
		spec.name = name;
		spec.replicas = 0;
		spec.env = (orch_kv_list){ &env, 1 };
		assert_ok(orch_deployment_apply(w->client, &spec, NULL, NULL));
	}
	measure(w, "", &body, &wire);
	assert_true(body > (int64_t)SOME * (int64_t)sizeof text);
	assert_true(wire < body / 4);
	measure(w, ", disable-compression: true", &body, &wire);
	assert_true(wire > body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(an_http_proxy_leads_to_a_server_that_it_alone_can_find),
		world_test(a_proxy_that_does_not_let_us_through_is_told_without_its_password),
		world_test(a_socks_proxy_looks_the_name_up),
		world_test(an_ipv6_address_stands_in_brackets),
		world_test(a_long_list_comes_compressed_unless_the_kubeconfig_says_no),
	};

	return world_run(tests);
}
