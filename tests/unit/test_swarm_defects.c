/* SPDX-License-Identifier: MIT */
/*
 * Defects that other clients of orchestrators were seen to have: one test each,
 * through the public API. docs/testing.md lists them, and where the others are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "fakes/evil_server.h"
#include "orch/orch.h"

#define FORBIDDEN "deployments.apps is forbidden: user \\\"u\\\" cannot list"

/* An engine without services, which takes any new one; or one that forbids everything. */
static void engine(void *payload, struct evil_conn *c, const struct evil_request *r)
{
	if (strstr(r->target, "_ping"))
		evil_reply(c, 200, "OK");
	else if (payload)
		evil_reply(c, 403, "{\"message\":\"" FORBIDDEN "\"}");
	else if (strcmp(r->method, "POST") == 0)
		evil_reply(c, 201, "{\"ID\":\"s1\"}");
	else if (strstr(r->target, "/services/"))
		evil_reply(c, 404, "{\"message\":\"service web not found\"}");
	else
		evil_reply(c, 200, "[]");
}

static orch_client *open_at(int port)
{
	orch_client *client = NULL;
	char url[64];

	(void)snprintf(url, sizeof url, "swarm://127.0.0.1:%d", port);
	assert_int_equal(orch_client_open(url, NULL, &client), ORCH_OK);
	return client;
}

static void r1_a_refusal_keeps_the_words_of_the_server(void **state)
{
	struct evil *e = evil_start(&(struct evil_options){ .handle = engine, .payload = "403" });
	orch_client *client = open_at(evil_port(e));
	const orch_deployment *d = NULL;

	(void)state;
	assert_int_equal(orch_deployment_get(client, "web", &d), ORCH_E_FORBIDDEN);
	assert_int_equal(orch_error_last()->http_status, 403);
	assert_non_null(strstr(orch_error_last()->message,
		"deployments.apps is forbidden: user \"u\" cannot list"));
	assert_string_not_equal(orch_error_last()->reason, "");
	orch_client_close(client);
	evil_stop(e);
}

/* A port that nobody listens on: bound, so that nobody else can take it meanwhile. */
static int deaf_port(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

/* What a call writes to stdout and stderr, in bytes. */
static long bytes_printed(orch_client *client, orch_status *st)
{
	const orch_deployment *d = NULL;
	FILE *file = tmpfile();
	int out, err;
	long n;

	assert_non_null(file);
	fflush(stdout);
	fflush(stderr);
	out = dup(1);
	err = dup(2);
	dup2(fileno(file), 1);
	dup2(fileno(file), 2);
	*st = orch_deployment_get(client, "web", &d);
	fflush(stdout);
	fflush(stderr);
	dup2(out, 1);
	dup2(err, 2);
	close(out);
	close(err);
	n = lseek(fileno(file), 0, SEEK_END);
	fclose(file);
	return n;
}

static void r2_a_refused_connection_is_told_in_the_error_and_nowhere_else(void **state)
{
	int port, fd = deaf_port(&port);
	orch_client *all = open_at(port), *client = NULL;
	orch_status st = ORCH_OK;
	char address[32];

	(void)state;
	assert_int_equal(orch_client_with_timeout(all, 1000, &client), ORCH_OK);
	assert_int_equal(bytes_printed(client, &st), 0);
	assert_int_equal(st, ORCH_E_NETWORK);
	(void)snprintf(address, sizeof address, "127.0.0.1:%d", port);
	assert_non_null(strstr(orch_error_last()->message, address));
	assert_non_null(strstr(orch_error_last()->message, "refused"));
	orch_client_close(client);
	orch_client_close(all);
	close(fd);
}

static int count_header(const char *raw, const char *name)
{
	const char *end = strstr(raw, "\r\n\r\n");
	int n = 0;

	for (const char *line = strstr(raw, "\r\n"); line && line < end;
		line = strstr(line + 2, "\r\n"))
		n += strncasecmp(line + 2, name, strlen(name)) == 0;
	return n;
}

/* Apply a deployment of no instances, and hand each request to `look`. */
static void create_of_none(void (*look)(const char *raw))
{
	struct evil *e = evil_start(&(struct evil_options){ .handle = engine });
	orch_client *client = open_at(evil_port(e));
	orch_deployment_spec spec = ORCH_DEPLOYMENT_SPEC_INIT;

	spec.name = "web";
	spec.image = "nginx";
	spec.replicas = 0;
	assert_int_equal(orch_deployment_apply(client, &spec, NULL, NULL), ORCH_OK);
	assert_true(evil_request_count(e) >= 3);
	for (unsigned i = 0; i < evil_request_count(e); i++) {
		char *raw = evil_raw(e, i);

		look(raw);
		free(raw);
	}
	orch_client_close(client);
	evil_stop(e);
}

static void look_for_headers(const char *raw)
{
	const bool has_body = strncmp(raw, "POST", 4) == 0;

	assert_int_equal(count_header(raw, "Accept:"), 1);
	assert_int_equal(count_header(raw, "Host:"), 1);
	assert_int_equal(count_header(raw, "Content-Type:"), has_body ? 1 : 0);
}

static void r4_every_request_has_each_header_once(void **state)
{
	(void)state;
	create_of_none(look_for_headers);
}

static void look_for_zero(const char *raw)
{
	if (strncmp(raw, "POST", 4) != 0)
		return;
	assert_non_null(strstr(raw, "\"Replicas\":0"));
	assert_null(strstr(raw, "NanoCPUs")); /* what is left open is not sent */
}

static void r5_zero_is_sent_and_what_is_left_open_is_not(void **state)
{
	(void)state;
	create_of_none(look_for_zero);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(r1_a_refusal_keeps_the_words_of_the_server),
		cmocka_unit_test(r2_a_refused_connection_is_told_in_the_error_and_nowhere_else),
		cmocka_unit_test(r4_every_request_has_each_header_once),
		cmocka_unit_test(r5_zero_is_sent_and_what_is_left_open_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
