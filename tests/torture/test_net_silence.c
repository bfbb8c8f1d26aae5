/* SPDX-License-Identifier: MIT */
/* A server that says nothing, and a program that has asked for no deadline of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "fakes/evil_server.h"
#include "orch/orch.h"
#include "util/clock.h"

static void say_nothing(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	(void)payload;
	(void)r;
	evil_hang(c);
}

static void r8_a_call_ends_though_no_option_says_so(void **state)
{
	struct evil *e = evil_start(&(struct evil_options){ .handle = say_nothing });
	const orch_deployment *d = NULL;
	orch_client *client = NULL;
	const int64_t began = orch__clock_ms();
	char url[64];

	(void)state;
	(void)snprintf(url, sizeof url, "swarm://127.0.0.1:%d", evil_port(e));
	assert_int_equal(orch_client_open(url, NULL, &client), ORCH_OK);
	assert_int_equal(orch_deployment_get(client, "web", &d), ORCH_E_TIMEOUT);
	assert_in_range(orch__clock_ms() - began, 20000, 40000);
	orch_client_close(client);
	evil_stop(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r8_a_call_ends_though_no_option_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
