/* SPDX-License-Identifier: MIT */
/* The worst comes last: a node that is no member any more. The cluster is not used afterwards. */
#include "live/live.h"

#include <stdio.h>

static void a_node_that_left_the_swarm_is_passed_over_and_says_so_alone(void **state)
{
	struct world *w = *state;
	const char *left = live_env("SWARM_W1_TCP") + 6, *good = live_env("SWARM_M1_TCP") + 6;
	orch_client_options o = ORCH_CLIENT_OPTIONS_INIT;
	orch_client *client = NULL;
	char url[256];

	live_ok("docker -H \"$SWARM_W1_UNIX\" swarm leave --force");
	o.ns = w->ns;
	o.timeout_ms = 5000;
	(void)snprintf(url, sizeof url, "swarm://%s,%s", left, good);
	world_up(w, "found", 0);
	assert_ok(orch_client_open(url, &o, &client));
	assert_ok(world_probe(client, "found"));
	orch_client_close(client);
	(void)snprintf(url, sizeof url, "swarm://%s", left);
	assert_ok(orch_client_open(url, &o, &client));
	assert_status(world_probe(client, "found"), ORCH_E_UNAVAILABLE);
	assert_message_names("docker swarm init");
	orch_client_close(client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_node_that_left_the_swarm_is_passed_over_and_says_so_alone),
	};

	return world_run(tests);
}
