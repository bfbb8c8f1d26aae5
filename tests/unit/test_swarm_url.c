/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "backend/swarm/url.h"

static void good_hosts_become_what_the_network_takes(void **state)
{
	static const struct {
		const char *text, *plain, *tls;
	} good[] = {
		{ "tcp://10.0.0.1", "http://10.0.0.1:2375", "https://10.0.0.1:2376" },
		{ "tcp://10.0.0.1:99", "http://10.0.0.1:99", "https://10.0.0.1:99" },
		{ "10.0.0.1:2375", "http://10.0.0.1:2375", "https://10.0.0.1:2375" },
		{ "manager", "http://manager:2375", "https://manager:2376" },
		{ "tcp://[fe80::1]", "http://[fe80::1]:2375", "https://[fe80::1]:2376" },
		{ "tcp://[::1]:5", "http://[::1]:5", "https://[::1]:5" },
		{ "tcp://proxy:80/engines/a", "http://proxy:80/engines/a",
			"https://proxy:80/engines/a" },
		{ "http://h:1", "http://h:1", "https://h:1" },
		{ "unix:///var/run/docker.sock", "unix:///var/run/docker.sock",
			"unix:///var/run/docker.sock" },
		{ "ssh://me@host.example", "ssh://me@host.example:22", "ssh://me@host.example:22" },
		{ "ssh://host:2222/run/d.sock", "ssh://host:2222/run/d.sock",
			"ssh://host:2222/run/d.sock" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct swarm_host host;
		char url[SWARM_HOST_TEXT];

		if (swarm_host_parse(good[i].text, &host) != ORCH_OK)
			fail_msg("%s: %s", good[i].text, orch_error_last()->message);
		assert_true(swarm_host_url(&host, false, url, sizeof url));
		assert_string_equal(url, good[i].plain);
		assert_true(swarm_host_url(&host, true, url, sizeof url));
		assert_string_equal(url, good[i].tls);
	}
}

static void bad_hosts_are_refused_and_not_repeated(void **state)
{
	static const char *const bad[] = { "", "tcp://", "tcp://:2375", "tcp://h:0",
		"tcp://h:65536", "tcp://h:-1", "tcp://h:2375x", "tcp://h:", "tcp://-h",
		"tcp://h?x=secret", "tcp://h#secret", "tcp://u:secret@h", "tcp://[::1", "tcp://::1",
		"tcp://[h]", "tcp://h/../secret", "unix://relative", "unix://",
		"npipe:////./pipe/docker", "fd://", "ssh://", "ssh://u:secret@h", "ssh://-u@h",
		"ssh://u@-h", "ssh://u@h;x", "ssh://u$@h", "ssh://u@h:x", "ssh://u@h:0",
		"ssh://u@h/a b", "ssh://u@h/$(secret)", "ssh://@h", "ssh://u@h?secret",
		"ssh://[::1]", "ftp://h" };

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct swarm_host host;

		if (swarm_host_parse(bad[i], &host) != ORCH_E_INVALID)
			fail_msg("%s was taken", bad[i]);
		assert_null(strstr(orch_error_last()->message, "secret"));
		assert_true(*orch_error_last()->message);
	}
}

static void a_socket_longer_than_the_kernel_takes_is_refused(void **state)
{
	struct swarm_host host;
	char text[200] = "unix:///";

	(void)state;
	memset(text + 8, 'a', 106);
	text[8 + 106] = '\0';
	assert_int_equal(swarm_host_parse(text, &host), ORCH_OK);
	text[8 + 106] = 'a';
	assert_int_equal(swarm_host_parse(text, &host), ORCH_E_INVALID);
}

static void urls_name_one_engine_or_several(void **state)
{
	struct swarm_host hosts[SWARM_HOSTS_MAX];
	size_t count = 99;

	(void)state;
	assert_int_equal(swarm_url_parse("swarm://", hosts, &count), ORCH_OK);
	assert_int_equal(count, 0);
	assert_int_equal(swarm_url_parse("swarm://m1,m2:1,[::1]:2", hosts, &count), ORCH_OK);
	assert_int_equal(count, 3);
	assert_string_equal(hosts[0].host, "m1");
	assert_int_equal(hosts[0].port, 0);
	assert_int_equal(hosts[1].port, 1);
	assert_string_equal(hosts[2].host, "::1");
	assert_int_equal(swarm_url_parse("swarm+unix:///run/d.sock", hosts, &count), ORCH_OK);
	assert_int_equal(count, 1);
	assert_int_equal(hosts[0].kind, SWARM_HOST_UNIX);
	assert_string_equal(hosts[0].path, "/run/d.sock");
	assert_int_equal(swarm_url_parse("swarm+ssh://me@h:7/s", hosts, &count), ORCH_OK);
	assert_int_equal(hosts[0].kind, SWARM_HOST_SSH);
	assert_string_equal(hosts[0].user, "me");
	assert_string_equal(hosts[0].host, "h");
	assert_int_equal(hosts[0].port, 7);
	assert_string_equal(hosts[0].path, "/s");
}

static void malformed_urls_are_refused(void **state)
{
	static const char *const bad[] = { "swarm://,", "swarm://a,", "swarm://,a", "swarm://a,,b",
		"swarm://a/x", "swarm://u@a", "swarm://a?x", "swarm://a b", "swarm+unix://x",
		"swarm+tcp://a", "kubernetes://", "swarm+ssh://a,b" };
	char many[600] = "swarm://a";

	(void)state;
	for (size_t i = 0; i < 32; i++)
		strncat(many, ",a", sizeof many - strlen(many) - 1);
	for (size_t i = 0; i <= sizeof bad / sizeof *bad; i++) {
		const char *url = i < sizeof bad / sizeof *bad ? bad[i] : many;
		struct swarm_host hosts[SWARM_HOSTS_MAX];
		size_t count;

		if (swarm_url_parse(url, hosts, &count) != ORCH_E_INVALID)
			fail_msg("%s was taken", url);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_hosts_become_what_the_network_takes),
		cmocka_unit_test(bad_hosts_are_refused_and_not_repeated),
		cmocka_unit_test(a_socket_longer_than_the_kernel_takes_is_refused),
		cmocka_unit_test(urls_name_one_engine_or_several),
		cmocka_unit_test(malformed_urls_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
