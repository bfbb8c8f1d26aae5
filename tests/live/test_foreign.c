/* SPDX-License-Identifier: MIT */
/*
 * A service that somebody made with the docker command, with all that liborch
 * does not model: whatever liborch changes on it, the rest stays as it was.
 */
#include "live/live.h"

#include <stdio.h>
#include <stdlib.h>

#define DOCKER "docker -H \"$SWARM_M1_UNIX\" "

/* What every engine from 20.10 on keeps. */
#define RICH                                                                                       \
	" --hostname '{{.Node.Hostname}}-x' --mount type=tmpfs,dst=/scratch,tmpfs-size=1048576"    \
	" --mount type=volume,src=rich-data,dst=/data,volume-label=a=b"                            \
	" --dns 192.0.2.53 --dns-search example.com --dns-option timeout:3"                        \
	" --host db:192.0.2.7 --log-driver json-file --log-opt max-size=1m"                        \
	" --secret source=rich-secret,target=pass,mode=0400 --config source=rich-config,target=/c" \
	" --network name=rich-net,alias=friend --endpoint-mode dnsrr"                              \
	" --publish mode=host,published=18099,target=80"                                           \
	" --ulimit nofile=2048:4096 --cap-add NET_ADMIN --cap-drop MKNOD --sysctl "                \
	"net.core.somaxconn=256"                                                                   \
	" --container-label inside=yes --label outside=yes --init --read-only --tty"               \
	" --isolation default --stop-signal SIGINT --group 1002 --limit-pids 50"                   \
	" --update-delay 2s --update-parallelism 2 --update-order stop-first --update-monitor 3s"  \
	" --update-max-failure-ratio 0.25 --rollback-parallelism 3 --rollback-delay 4s"            \
	" --rollback-monitor 6s --placement-pref spread=node.labels.zone"                          \
	" --replicas-max-per-node 9 --restart-window 7s --stop-grace-period 1500ms"                \
	" --health-cmd 'test -e /' --health-interval 9s --env A=1 --reserve-memory 6M"             \
	" --constraint 'node.role==manager' --constraint 'engine.labels.nosuch!=1'"

struct bench {
	struct world *w;
	char folder[64];
};

static void snapshot(const struct bench *b, const char *when)
{
	live_ok(DOCKER "service inspect %s > %s/%s", b->w->own, b->folder, when);
}

/* Everything outside of `paths` is as it was at the first snapshot. */
static void assert_kept(const struct bench *b, const char *paths)
{
	snapshot(b, "after");
	live_ok("\"$LIVE_FOLDER\"/differ %s/before %s/after %s", b->folder, b->folder, paths);
}

/* Until the engine has noted all of its own: addresses, ports. */
static void let_it_settle(struct bench *b)
{
	orch_wait_options wait = world_wait();

	wait.timeout_ms = 30000;
	assert_ok(orch_deployment_wait(b->w->outside, b->w->own, &wait, NULL));
}

static void make_service(struct bench *b, struct world *w, const char *options)
{
	(void)live_env("SWARM_M1_UNIX");
	(void)live_env("LIVE_FOLDER");
	b->w = w;
	(void)snprintf(b->folder, sizeof b->folder, "/tmp/liborch-%s", w->ns);
	live_ok("mkdir -p %s", b->folder);
	(void)live_sh(DOCKER "network create -d overlay rich-net >/dev/null 2>&1");
	(void)live_sh("echo s | " DOCKER "secret create rich-secret - >/dev/null 2>&1");
	(void)live_sh("echo c | " DOCKER "config create rich-config - >/dev/null 2>&1");
	live_ok(DOCKER "service create -d -q --no-resolve-image --name %s --replicas 1 %s %s"
		       " sh -c 'sleep 100000' >/dev/null",
		w->own, options, w->image);
	let_it_settle(b);
	snapshot(b, "before");
}

static void end_service(struct bench *b)
{
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);

	assert_ok(orch_deployment_delete(b->w->outside, b->w->own, &how));
	(void)live_sh("rm -rf %s", b->folder);
}

static orch_deployment_spec read_spec(struct bench *b, const orch_deployment **d)
{
	assert_ok(orch_deployment_get(b->w->outside, b->w->own, d));
	return *(*d)->spec;
}

static void change_image(struct bench *b)
{
	const orch_deployment *d = NULL;
	orch_deployment_spec spec = read_spec(b, &d);

	spec.image = b->w->image2;
	assert_ok(orch_deployment_apply(b->w->outside, &spec, NULL, NULL));
	orch_deployment_free(d);
}

static void change_label(struct bench *b)
{
	static const orch_kv labels[] = { { "outside", "yes" }, { "added", "now" } };
	const orch_deployment *d = NULL;
	orch_deployment_spec spec = read_spec(b, &d);

	spec.labels.items = labels;
	spec.labels.count = 2;
	assert_ok(orch_deployment_apply(b->w->outside, &spec, NULL, NULL));
	orch_deployment_free(d);
}

static void apply_as_read(struct bench *b)
{
	const orch_deployment *d = NULL, *again = NULL;
	orch_deployment_spec spec = read_spec(b, &d);

	assert_ok(orch_deployment_apply(b->w->outside, &spec, NULL, &again));
	assert_string_equal(again->version, d->version);
	orch_deployment_free(again);
	orch_deployment_free(d);
}

static void walk(struct bench *b)
{
	apply_as_read(b);
	assert_kept(b, "");
	assert_ok(orch_deployment_scale(b->w->outside, b->w->own, 2, NULL, NULL));
	assert_kept(b, "Spec.Mode.Replicated.Replicas");
	assert_ok(orch_deployment_restart(b->w->outside, b->w->own, NULL, NULL));
	assert_kept(b, "Spec.Mode.Replicated.Replicas Spec.TaskTemplate.ForceUpdate");
	change_image(b);
	assert_kept(b,
		"Spec.Mode.Replicated.Replicas Spec.TaskTemplate.ForceUpdate "
		"Spec.TaskTemplate.ContainerSpec.Image");
	change_label(b);
	assert_kept(b,
		"Spec.Mode.Replicated.Replicas Spec.TaskTemplate.ForceUpdate "
		"Spec.TaskTemplate.ContainerSpec.Image Spec.Labels.added");
}

static void a_rich_service_keeps_all_that_liborch_does_not_model(void **state)
{
	struct bench b;

	make_service(&b, *state, RICH);
	walk(&b);
	end_service(&b);
}

/* These came later: an engine that has them must not lose them. */
static void a_service_of_a_newer_engine_keeps_what_is_new(void **state)
{
	const char *api = live_env("SWARM_M1_API");
	struct bench b;

	if (atoi(api) == 1 && atoi(strchr(api, '.') + 1) < 46) {
		print_message(
			"# the engine speaks %s, and what is looked at came with 1.46\n", api);
		skip();
	}
	make_service(&b, *state, RICH " --health-start-interval 2s --oom-score-adj 100");
	walk(&b);
	end_service(&b);
}

/* A routing mesh port has a number of the engine's choice, which must not move. */
static void published_ports_stay_as_they_are(void **state)
{
	struct bench b;

	make_service(
		&b, *state, "--publish 80 --publish 18098:81/udp --hostname h --label outside=yes");
	walk(&b);
	end_service(&b);
}

static void a_service_of_another_mode_cannot_be_turned_into_a_deployment(void **state)
{
	struct world *w = *state;
	orch_deployment_spec spec = world_server(w, w->own);
	const orch_deployment *out = UNTOUCHED(const orch_deployment *);

	(void)live_env("SWARM_M1_UNIX");
	live_ok(DOCKER "service create -d -q --no-resolve-image --mode global --name %s %s"
		       " sleep 1000 >/dev/null",
		w->own, w->image);
	assert_status(orch_deployment_apply(w->outside, &spec, NULL, &out), ORCH_E_IMMUTABLE);
	assert_message_names(w->own);
	assert_untouched(out);
	live_ok(DOCKER "service rm %s >/dev/null", w->own);
}

static void what_liborch_made_shows_as_a_stack(void **state)
{
	struct world *w = *state;
	char *found;

	(void)live_env("SWARM_M1_UNIX");
	world_up(w, "seen", 0);
	found = live_output(DOCKER "stack services %s --format '{{.Name}}'", w->ns);
	assert_non_null(strstr(found, w->ns));
	assert_non_null(strstr(found, "_seen"));
	free(found);
	found = live_output(DOCKER "stack ls --format '{{.Name}}' | grep %s", w->ns);
	assert_non_null(strstr(found, w->ns));
	free(found);
}

static void a_namespace_of_docker_stack_deploy_is_a_namespace_here(void **state)
{
	struct world *w = *state;
	orch_client *view = NULL;
	const orch_deployment *d = NULL;
	char ns[40];

	(void)live_env("SWARM_M1_UNIX");
	(void)snprintf(ns, sizeof ns, "%s-s", w->ns);
	live_ok("printf 'version: \"3.8\"\\nservices:\\n  web:\\n    image: %s\\n    command: "
		"sleep 1000\\n"
		"    stop_grace_period: 1s\\n' | " DOCKER
		"stack deploy --resolve-image never -c - %s >/dev/null",
		w->image, ns);
	assert_ok(orch_client_with_namespace(w->client, ns, &view));
	assert_ok(orch_deployment_get(view, "web", &d));
	assert_string_equal(d->spec->name, "web");
	assert_string_equal(d->ns, ns);
	orch_deployment_free(d);
	assert_ok(orch_deployment_scale(view, "web", 0, NULL, NULL));
	orch_client_close(view);
	live_ok(DOCKER "stack rm %s >/dev/null", ns);
}

static void a_deletion_that_was_waited_for_leaves_no_container(void **state)
{
	struct world *w = *state;
	orch_wait_options wait = world_wait();
	orch_write_options how = world_write(&wait);
	char *left;

	(void)live_env("SWARM_M1_UNIX");
	world_up(w, "gone", 3);
	left = live_output(
		DOCKER "ps -q --filter label=com.docker.swarm.service.name=%s_gone", w->ns);
	assert_true(left[0] != '\0');
	free(left);
	assert_ok(orch_deployment_delete(w->client, "gone", &how));
	left = live_output(
		DOCKER "ps -q --filter label=com.docker.swarm.service.name=%s_gone", w->ns);
	assert_string_equal(left, "");
	free(left);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_rich_service_keeps_all_that_liborch_does_not_model),
		world_test(a_service_of_a_newer_engine_keeps_what_is_new),
		world_test(published_ports_stay_as_they_are),
		world_test(a_service_of_another_mode_cannot_be_turned_into_a_deployment),
		world_test(a_deletion_that_was_waited_for_leaves_no_container),
		world_test(what_liborch_made_shows_as_a_stack),
		world_test(a_namespace_of_docker_stack_deploy_is_a_namespace_here),
	};

	return world_run(tests);
}
