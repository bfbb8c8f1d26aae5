/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKES_PROXY_H
#define TESTS_FAKES_PROXY_H

#include <stdbool.h>

/*
 * A proxy on threads of this process: CONNECT or SOCKS 5. It notes where it is asked to
 * connect to and connects to that port of 127.0.0.1, so that it can "resolve" any name.
 */
struct test_proxy;

struct test_proxy_options {
	bool is_socks;
	const char *user, *password; /* that it wants; NULL: none */
};

struct test_proxy *test_proxy_start(const struct test_proxy_options *options);
void test_proxy_stop(struct test_proxy *p);
int test_proxy_port(const struct test_proxy *p);
/* "name api.example:443\n" and "address 127.0.0.1:443\n" of SOCKS, the whole requests of
 * CONNECT. A copy; free() it. */
char *test_proxy_log(struct test_proxy *p);

#endif
