/* SPDX-License-Identifier: MIT */
/* A fork while a thread waits for a plugin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "backend/kubernetes/credentials.h"
#include "support/plugin_world.h"
#include "util/clock.h"
#include "util/error.h"

enum { LONG_MS = 60000 };

struct call {
	pthread_t thread;
	struct kube_credentials *c;
	orch_status st;
	char header[64];
};

static void *get_in_thread(void *payload)
{
	static const struct orch__cancel_ticket never;
	struct call *call = payload;
	struct kube_credential credential = { 0 };

	call->st = kube_credentials_get(call->c, orch__clock_ms() + LONG_MS, never, &credential);
	if (call->st == ORCH_OK)
		snprintf(call->header, sizeof call->header, "%s", credential.header.text);
	kube_credential_dispose(&credential);
	return NULL;
}

/* The plugin is no child of the child: it can do without it, and takes nothing from the parent. */
static void a_fork_while_a_plugin_runs_disturbs_nobody(void **state)
{
	const orch_client_options defaults = ORCH_CLIENT_OPTIONS_INIT;
	struct call call = { .st = ORCH_E_AUTH };
	struct plugin_world w;
	pid_t child;
	int status;

	(void)state;
	plugin_world_open(&w,
		"for i in $(seq 6000); do test -e hold || break; sleep 0.01; done\n" PLUGIN_TOKEN);
	plugin_world_write(&w, "hold", "");
	assert_int_equal(kube_credentials_open(&w.config, &defaults, &call.c), ORCH_OK);
	assert_int_equal(pthread_create(&call.thread, NULL, get_in_thread, &call), 0);
	while (plugin_world_runs(&w) == 0)
		orch__clock_sleep(1);
	child = fork();
	if (child == 0) {
		kube_credentials_close(call.c);
		raise(SIGKILL); /* nobody looks for leaks: what the other thread had is lost here */
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	assert_int_equal(unlink(plugin_world_path(&w, "hold")), 0);
	pthread_join(call.thread, NULL);
	assert_int_equal(call.st, ORCH_OK);
	assert_string_equal(call.header, "Bearer canary-exec");
	assert_int_equal(plugin_world_runs(&w), 1);
	kube_credentials_close(call.c);
	plugin_world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_fork_while_a_plugin_runs_disturbs_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
