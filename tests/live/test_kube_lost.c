/* SPDX-License-Identifier: MIT */
/* Packets that no longer arrive: of connections with a call in flight, of a whole node. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "live/kube.h"

/* ---- connections ---- */

#define INSIDE "\"$LIVE_CLUSTER\" exec --name \"$LIVE_NAME\" cp "
#define PAUSE "\"$LIVE_CLUSTER\" pause --name \"$LIVE_NAME\" apiserver"

/* A call whose request reaches a server that has been stopped, and whose answer gets lost. */
struct call {
	const char *method; /* of the request that this happens to */
	struct kube_files files;
	orch_client *client;
	pthread_t thread;
	orch_status status;
	orch_error error;
	const orch_deployment *out;
	atomic_int paused;
	atomic_llong longest_ms; /* of its requests, repeated on another connection or not */
};

/* liborch is about to send it: the server hears it only after it has been continued. */
static void watch_call(void *payload, const orch_trace_event *e)
{
	struct call *c = payload;

	if (strcmp(e->method, c->method) != 0)
		return;
	if (e->phase == ORCH_TRACE_START && !atomic_load(&c->paused)) {
		(void)system(PAUSE);
		atomic_store(&c->paused, 1);
	}
	if (e->phase == ORCH_TRACE_END && e->duration_ms > atomic_load(&c->longest_ms))
		atomic_store(&c->longest_ms, e->duration_ms);
}

static void begin(struct call *c, struct world *w, const char *method)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	char cluster[256];

	memset(c, 0, sizeof *c);
	c->method = "none yet";
	o.timeout_ms = 60000;
	o.trace = watch_call;
	o.trace_payload = c;
	kube_files_begin(&c->files);
	(void)snprintf(cluster, sizeof cluster, KUBE_CLUSTER, live_env("KUBE_SERVER"));
	kube_config(&c->files, "config", cluster, KUBE_USER_ADMIN);
	c->client = kube_client(w, &c->files, "config", &o);
	assert_ok(world_probe(c->client, "web")); /* there is a connection */
	c->method = method;
}

static void end(struct call *c)
{
	assert_int_equal(pthread_join(c->thread, NULL), 0);
	print_message("# %lld ms\n", (long long)atomic_load(&c->longest_ms));
	orch_client_close(c->client);
	kube_files_end(&c->files);
}

static void *restart_web(void *payload)
{
	struct call *c = payload;

	c->status = orch_deployment_restart(c->client, "web", NULL, &c->out);
	c->error = *orch_error_last();
	return NULL;
}

static void *read_web(void *payload)
{
	struct call *c = payload;

	c->status = orch_deployment_get(c->client, "web", &c->out);
	c->error = *orch_error_last();
	return NULL;
}

/* The request has come to the server's machine and lies there; from now on its connection is dead. */
static void cut_the_connection_in_use(void)
{
	live_ok(INSIDE
		"sh -ec 'for i in $(seq 300); do port=$(ss -Htn state established sport = :6443 | "
		"awk \"\\$1 > 0 && \\$4 ~ /[.]254:/ {sub(/.*:/, \\\"\\\", \\$4); print \\$4; "
		"exit}\"); "
		"[ -z \"$port\" ] || break; sleep 0.1; done; [ -n \"$port\" ]; "
		"nft \"table ip lost { "
		"chain in { type filter hook input priority 0; tcp sport $port drop; }; "
		"chain out { type filter hook output priority 0; tcp dport $port drop; }; }\"'");
}

static void mend_connections(void)
{
	(void)live_sh(INSIDE "nft delete table ip lost 2>/dev/null");
	(void)live_sh(KUBE_START_SERVER);
}

/* No FIN and no RST tells: the server has taken the request and its answer never comes. */
static void assert_noticed(struct world *w, const char *method, void *(*body)(void *))
{
	const struct timespec moment = { 0, 50000000 };
	struct call c;

	world_up(w, "web", 0);
	begin(&c, w, method);
	assert_int_equal(pthread_create(&c.thread, NULL, body, &c), 0);
	while (!atomic_load(&c.paused))
		(void)nanosleep(&moment, NULL);
	cut_the_connection_in_use();
	live_ok(KUBE_START_SERVER); /* it answers now */
	end(&c);
	if (c.status != ORCH_OK)
		print_error("%s\n", c.error.message);
	assert_int_equal(c.status, ORCH_OK);
	/* By the connection, after 12 s; patience with a server that thinks lasts 20 s, and 36 s. */
	assert_in_range(atomic_load(&c.longest_ms), 5000, 18000);
	orch_deployment_free(c.out);
}

static void a_read_whose_connection_dies_in_silence_is_answered_by_another(void **state)
{
	assert_noticed(*state, "GET", read_web);
}

static void a_change_whose_connection_dies_in_silence_is_made_once(void **state)
{
	struct world *w = *state;

	assert_noticed(w, "PATCH", restart_web);
	assert_int_equal(kube_count(w, "deployment web", ".metadata.generation"), 2);
}

/* ---- nodes ---- */

struct census {
	int64_t on_it, unknown, ready_on_it, ready;
};

static struct census take_census(struct world *w, const char *node)
{
	const orch_instances *list = world_instances(w, "spread");
	struct census c = { 0, 0, 0, 0 };

	for (size_t i = 0; i < list->count; i++) {
		const orch_instance *one = list->items[i];
		bool there = strcmp(one->node, node) == 0;

		c.on_it += there;
		c.unknown += there && one->state == ORCH_INSTANCE_UNKNOWN;
		c.ready_on_it += there && one->ready;
		c.ready += one->ready;
		if (there && one->state == ORCH_INSTANCE_UNKNOWN)
			assert_int_equal(one->cause, ORCH_CAUSE_NODE);
	}
	orch_instances_free(list);
	return c;
}

static bool is_given_up(struct world *w, void *payload)
{
	const orch_deployment *d = world_get(w, "spread");
	struct census c = take_census(w, payload);

	assert_true(d->ready <= d->desired);
	orch_deployment_free(d);
	return c.unknown > 0 && c.unknown == c.on_it && !c.ready_on_it;
}

static bool is_replaced(struct world *w, void *payload)
{
	const orch_deployment *d = world_get(w, "spread");
	struct census c = take_census(w, payload);
	bool complete = d->state == ORCH_DEPLOYMENT_COMPLETE;

	assert_true(d->ready <= d->desired);
	orch_deployment_free(d);
	return complete && c.ready == 4 && !c.ready_on_it;
}

static bool is_empty(struct world *w, void *payload)
{
	return take_census(w, payload).on_it == 0;
}

/* Kubernetes gives a node five minutes to come back; here it is one second. */
static void hurry(const struct world *w)
{
	live_ok(KUBECTL
		"-n %s patch deployment spread --patch '{\"spec\": {\"template\": {\"spec\": "
		"{\"tolerations\": [{\"effect\": \"NoExecute\", \"operator\": \"Exists\", "
		"\"tolerationSeconds\": 1}]}}}}' >/dev/null",
		w->ns);
}

static void instances_of_a_node_that_went_silent_are_unknown_and_are_replaced(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = world_wait();
	char node[] = "n2";

	(void)live_env("KUBE_N2_IP");
	world_up(w, "spread", 4);
	hurry(w);
	assert_ok(orch_deployment_wait(w->client, "spread", &wait, NULL));
	assert_in_range(take_census(w, node).ready_on_it, 1, 3);
	live_ok("\"$LIVE_CLUSTER\" cut --name \"$LIVE_NAME\" n2");
	await(w, is_given_up, node);
	await(w, is_replaced, node);
	live_ok(KUBE_START_SERVER); /* the wire is back */
	await(w, is_empty, node);
}

/* However a test ended, the next one finds the cluster whole. */
static int mend(void **state)
{
	mend_connections();
	return world_end(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(a_read_whose_connection_dies_in_silence_is_answered_by_another, mend),
		live_test(a_change_whose_connection_dies_in_silence_is_made_once, mend),
		live_test(instances_of_a_node_that_went_silent_are_unknown_and_are_replaced, mend),
	};

	return world_run(tests);
}
