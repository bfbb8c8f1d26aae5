/* SPDX-License-Identifier: MIT */
/* Ways in: several managers, some of them none; what DOCKER_* and contexts say. */
#include "live/live.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *host_port(const char *endpoint)
{
	assert_memory_equal(endpoint, "tcp://", 6);
	return endpoint + 6;
}

static orch_client *open_url(struct world *w, const char *url)
{
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	orch_client *client = NULL;

	print_message("# %s\n", url ? url : "(no URL)");
	o.ns = w->ns;
	assert_ok(orch_client_open(url, &o, &client));
	return client;
}

/* A URL whose first manager is `first` works like the second alone. */
static void assert_works_behind(struct world *w, const char *first)
{
	const char *good = host_port(live_env("SWARM_M1_TCP"));
	const orch_client_info *info = NULL;
	orch_client *client;
	char url[256];

	(void)snprintf(url, sizeof url, "swarm://%s,%s", first, good);
	client = open_url(w, url);
	world_up(w, "found", 0);
	assert_ok(world_probe(client, "found"));
	assert_ok(orch_client_info_get(client, &info));
	assert_string_equal(info->endpoint, good);
	orch_client_info_free(info);
	orch_client_close(client);
}

static void a_worker_first_in_the_url_is_passed_over(void **state)
{
	assert_works_behind(*state, host_port(live_env("SWARM_W1_TCP")));
}

static void a_dead_address_first_in_the_url_is_passed_over(void **state)
{
	assert_works_behind(*state, "127.0.0.1:1");
}

static void a_hung_manager_first_in_the_url_is_passed_over(void **state)
{
	const char *second = host_port(live_env("SWARM_M2_TCP"));

	live_ok("$LIVE_CLUSTER pause --name $LIVE_NAME m2");
	assert_works_behind(*state, second);
	live_ok("$LIVE_CLUSTER resume --name $LIVE_NAME >/dev/null");
}

static void a_manager_without_a_network_first_in_the_url_is_passed_over(void **state)
{
	const char *third = host_port(live_env("SWARM_M3_TCP"));

	live_ok("$LIVE_CLUSTER cut --name $LIVE_NAME m3");
	assert_works_behind(*state, third);
	live_ok("$LIVE_CLUSTER resume --name $LIVE_NAME >/dev/null");
}

static void a_worker_alone_is_unavailable_in_the_engines_words(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, "misplaced");
	orch_client *client, *view = NULL;
	char url[128];

	(void)snprintf(url, sizeof url, "swarm://%s", host_port(live_env("SWARM_W1_TCP")));
	client = open_url(w, url);
	assert_ok(orch_client_with_timeout(client, 5000, &view));
	assert_status(world_probe(view, "x"), ORCH_E_UNAVAILABLE);
	assert_message_names("not a swarm manager");
	assert_status(orch_deployment_apply(view, &spec, NULL, NULL), ORCH_E_UNAVAILABLE);
	assert_int_not_equal(orch_error_last()->outcome, ORCH_OUTCOME_APPLIED);
	assert_int_not_equal(orch_error_last()->outcome, ORCH_OUTCOME_UNKNOWN);
	orch_client_close(view);
	orch_client_close(client);
	assert_absent(w, "misplaced");
}

static void nobody_there_is_a_network_error_that_names_the_address(void **state)
{
	struct world *w = *state;
	orch_client *client = open_url(w, "swarm://127.0.0.1:1"), *view = NULL;

	assert_ok(orch_client_with_timeout(client, 3000, &view));
	assert_status(world_probe(view, "x"), ORCH_E_NETWORK);
	assert_message_names("127.0.0.1:1");
	assert_int_equal(orch_error_last()->transient, 1);
	orch_client_close(view);
	orch_client_close(client);
	client = open_url(w, "swarm+unix:///no/such/socket");
	assert_ok(orch_client_with_timeout(client, 3000, &view));
	assert_status(world_probe(view, "x"), ORCH_E_NETWORK);
	assert_message_names("/no/such/socket");
	orch_client_close(view);
	orch_client_close(client);
}

static void a_hung_manager_alone_costs_no_more_than_the_deadline(void **state)
{
	struct world *w = *state;
	orch_client *client, *view = NULL;
	char url[128];
	int64_t began;

	(void)snprintf(url, sizeof url, "swarm://%s", host_port(live_env("SWARM_M2_TCP")));
	live_ok("$LIVE_CLUSTER pause --name $LIVE_NAME m2");
	client = open_url(w, url);
	assert_ok(orch_client_with_timeout(client, 3000, &view));
	began = world_now_ms();
	assert_status(world_probe(view, "x"), ORCH_E_TIMEOUT);
	assert_true(world_now_ms() - began < 3000 + 1000);
	orch_client_close(view);
	orch_client_close(client);
	live_ok("$LIVE_CLUSTER resume --name $LIVE_NAME >/dev/null");
}

static void note_start(void *payload, const orch_trace_event *event)
{
	if (event->phase == ORCH_TRACE_START)
		atomic_store((atomic_int *)payload, 1);
}

struct stuck {
	orch_client *client;
	orch_status status;
};

static void *ask(void *payload)
{
	struct stuck *s = payload;

	s->status = world_probe(s->client, "x");
	return NULL;
}

static void a_request_that_hangs_is_cancelled_at_once(void **state)
{
	struct world *w = *state;
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	struct stuck s = { NULL, ORCH_OK };
	struct timespec moment = { 0, 300000000 };
	atomic_int sent = 0;
	pthread_t thread;
	char url[128];
	int64_t began;

	(void)w;
	(void)snprintf(url, sizeof url, "swarm://%s", host_port(live_env("SWARM_M2_TCP")));
	live_ok("$LIVE_CLUSTER pause --name $LIVE_NAME m2");
	o.trace = note_start;
	o.trace_payload = &sent;
	assert_ok(orch_client_open(url, &o, &s.client));
	assert_int_equal(pthread_create(&thread, NULL, ask, &s), 0);
	while (!atomic_load(&sent))
		(void)nanosleep(&moment, NULL);
	(void)nanosleep(&moment, NULL);
	began = world_now_ms();
	orch_client_cancel(s.client);
	assert_int_equal(pthread_join(thread, NULL), 0);
	print_message("# %lld ms\n", (long long)(world_now_ms() - began));
	assert_true(world_now_ms() - began < 1000);
	assert_int_equal(s.status, ORCH_E_CANCELLED);
	orch_client_close(s.client);
	live_ok("$LIVE_CLUSTER resume --name $LIVE_NAME >/dev/null");
}

/* What a child with this environment sees: the variables are the test's own business. */
static void with_api_version(struct world *w, const char *version, orch_status want)
{
	orch_client *client;

	assert_int_equal(setenv("DOCKER_API_VERSION", version, 1), 0);
	client = open_url(w, w->url);
	assert_status(world_probe(client, "x"), want);
	if (want != ORCH_E_NOTFOUND)
		assert_message_names(version);
	orch_client_close(client);
	assert_int_equal(unsetenv("DOCKER_API_VERSION"), 0);
}

static void an_api_version_that_the_engine_does_not_speak_is_unsupported(void **state)
{
	with_api_version(*state, "1.99", ORCH_E_UNSUPPORTED);
	with_api_version(*state, "1.23", ORCH_E_UNSUPPORTED);
}

static void an_api_version_that_it_speaks_is_used(void **state)
{
	struct world *w = *state;
	const char *api = live_env("SWARM_M1_API");
	const orch_client_info *info = NULL;

	with_api_version(w, api, ORCH_E_NOTFOUND);
	assert_ok(orch_client_info_get(w->client, &info));
	assert_string_equal(info->api_version, api);
	orch_client_info_free(info);
}

/* Where liborch and the docker command end up without being told. */
static void assert_chosen(struct world *w, const char *endpoint, const char *by)
{
	const char *plain = strstr(endpoint, "://") + 3;
	const orch_client_info *info = NULL;
	orch_client *client = open_url(w, NULL);
	char *host;

	assert_ok(orch_client_info_get(client, &info));
	print_message("# chosen by %s: %s\n", info->chosen_by, info->endpoint);
	assert_non_null(strstr(info->endpoint, plain));
	assert_non_null(strstr(info->chosen_by, by));
	orch_client_info_free(info);
	orch_client_close(client);
	host = live_output("docker info --format '{{.Swarm.NodeAddr}}'");
	assert_true(host[0]);
	free(host);
}

static void make_contexts(const char *folder)
{
	assert_int_equal(setenv("DOCKER_CONFIG", folder, 1), 0);
	live_ok("docker context create by-socket --docker host=$SWARM_M1_UNIX >/dev/null 2>&1");
	live_ok("docker context create by-address --docker host=$SWARM_M1_TCP >/dev/null 2>&1");
}

static void docker_host_context_and_current_context_rank_as_for_docker(void **state)
{
	struct world *w = *state;
	const char *socket = live_env("SWARM_M1_UNIX"), *address = live_env("SWARM_M1_TCP");
	char *folder = live_output("mktemp -d");

	(void)unsetenv("DOCKER_HOST");
	make_contexts(folder);
	live_ok("docker context use by-address >/dev/null 2>&1");
	assert_chosen(w, address, "by-address");
	(void)setenv("DOCKER_CONTEXT", "by-socket", 1);
	assert_chosen(w, socket, "by-socket");
	(void)setenv("DOCKER_HOST", address, 1);
	assert_chosen(w, address, "DOCKER_HOST");
	(void)unsetenv("DOCKER_CONTEXT");
	(void)setenv("DOCKER_HOST", socket, 1);
	assert_chosen(w, socket, "DOCKER_HOST");
	(void)unsetenv("DOCKER_HOST");
	(void)unsetenv("DOCKER_CONFIG");
	live_ok("rm -rf %s", folder);
	free(folder);
}

static void a_context_that_does_not_exist_is_not_found(void **state)
{
	struct world *w = *state;
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	orch_client *client = UNTOUCHED(orch_client *);
	char *folder = live_output("mktemp -d");

	(void)w;
	(void)setenv("DOCKER_CONFIG", folder, 1);
	(void)setenv("DOCKER_CONTEXT", "nope", 1);
	assert_status(orch_client_open("swarm://", NULL, &client), ORCH_E_NOTFOUND);
	assert_message_names("nope");
	(void)unsetenv("DOCKER_CONTEXT");
	o.context = "neither";
	assert_status(orch_client_open("swarm://", &o, &client), ORCH_E_NOTFOUND);
	assert_message_names("neither");
	assert_untouched(client);
	(void)unsetenv("DOCKER_CONFIG");
	live_ok("rm -rf %s", folder);
	free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_worker_first_in_the_url_is_passed_over),
		world_test(a_dead_address_first_in_the_url_is_passed_over),
		world_test(a_hung_manager_first_in_the_url_is_passed_over),
		world_test(a_manager_without_a_network_first_in_the_url_is_passed_over),
		world_test(a_worker_alone_is_unavailable_in_the_engines_words),
		world_test(nobody_there_is_a_network_error_that_names_the_address),
		world_test(a_hung_manager_alone_costs_no_more_than_the_deadline),
		world_test(a_request_that_hangs_is_cancelled_at_once),
		world_test(an_api_version_that_the_engine_does_not_speak_is_unsupported),
		world_test(an_api_version_that_it_speaks_is_used),
		world_test(docker_host_context_and_current_context_rank_as_for_docker),
		world_test(a_context_that_does_not_exist_is_not_found),
	};

	return world_run(tests);
}
