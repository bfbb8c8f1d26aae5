/* SPDX-License-Identifier: MIT */
/*
 * A day of a deployment: it comes up, grows, is updated one instance after
 * another, gets a broken update, is mended, survives the loss of a node, goes.
 *
 *	demo [URL [IMAGE [ARGUMENT...]]]        by default sim://?speed=5 nginx:1.27
 *
 * The loss of a node is left out where the orchestrator is a real one.
 */
#include <stdio.h>

#include <orch/orch.h>
#include <orch/sim.h>

struct demo {
	orch_client *client;
	const char *image;
	orch_string_list args;
	orch_wait_options wait;
	orch_write_options until_done;
};

static void say(const char *what)
{
	printf("\n== %s\n", what);
	fflush(stdout);
}

/* "   [###-...]  3 of 7 ready, ...": ready, on its way, to come. */
static void show(void *payload, const orch_deployment *d)
{
	(void)payload;
	printf("   [");
	for (int64_t i = 0; i < d->desired; i++)
		putchar(i < d->ready ? '#' : i < d->total ? '-' : '.');
	printf("]  %lld of %lld ready, %lld of the present spec\n", (long long)d->ready,
		(long long)d->desired, (long long)d->updated);
	fflush(stdout);
}

/* The version is a variable, so that any image will do. ORCH_UNSET: as many as there are. */
static orch_status apply(
	struct demo *demo, const char *image, const char *version, int64_t replicas)
{
	const orch_kv variable = { "VERSION", version };
	orch_deployment_spec web = ORCH_DEPLOYMENT_SPEC_INIT;

	web.name = "web";
	web.image = image;
	web.args = demo->args;
	web.env = (orch_kv_list){ &variable, 1 };
	web.replicas = replicas;
	return orch_deployment_apply(demo->client, &web, &demo->until_done, NULL);
}

static orch_status list(struct demo *demo)
{
	const orch_instances *found = NULL;
	orch_status st = orch_instance_list(demo->client, "web", &found);

	for (size_t i = 0; found && i < found->count; i++) {
		const orch_instance *one = found->items[i];

		printf("   %s on %s is %s%s%s\n", one->name, one->node,
			one->ready ? "ready" : orch_instance_state_name(one->state),
			*one->message ? ": " : "", one->message);
	}
	orch_instances_free(found);
	return st;
}

static orch_status come_up(struct demo *demo)
{
	say("Deploy web: three instances");
	return apply(demo, demo->image, "1", 3);
}

static orch_status grow(struct demo *demo)
{
	orch_status st;

	say("Make them six");
	st = orch_deployment_scale(demo->client, "web", 6, &demo->until_done, NULL);
	return st < 0 ? st : list(demo);
}

static orch_status update(struct demo *demo)
{
	say("Update it: one instance after another, while the others serve");
	return apply(demo, demo->image, "2", ORCH_UNSET);
}

/* The error says why; what served before goes on serving. */
static orch_status update_badly(struct demo *demo)
{
	orch_status st;

	say("Update it to an image that does not exist");
	st = apply(demo, "registry.invalid/web:3", "3", ORCH_UNSET);
	if (st != ORCH_E_FAILED)
		return st;
	printf("   error: %s\n   cause: %s\n", orch_error_last()->message,
		orch_error_last()->reason);
	return list(demo);
}

static orch_status go_back(struct demo *demo)
{
	say("Go back: only what was touched is replaced");
	return apply(demo, demo->image, "2", ORCH_UNSET);
}

static orch_status lose_a_node(struct demo *demo)
{
	orch_sim *sim = NULL;
	orch_status st = orch_sim_from_client(demo->client, &sim);

	if (st < 0)
		return st == ORCH_E_UNSUPPORTED ? ORCH_OK : st;
	say("node-2 stops answering: after a while others take over");
	st = orch_sim_node_fail(sim, "node-2");
	orch_sim_advance(sim, 15000);
	if (st == ORCH_OK)
		st = orch_deployment_wait(demo->client, "web", &demo->wait, NULL);
	if (st == ORCH_OK)
		st = list(demo);
	if (st == ORCH_OK)
		st = orch_sim_node_recover(sim, "node-2");
	orch_sim_close(sim);
	return st;
}

static orch_status clean_up(struct demo *demo)
{
	orch_status st;

	say("Delete it, and wait until the last instance is gone");
	st = orch_deployment_delete(demo->client, "web", &demo->until_done);
	if (st == ORCH_OK)
		puts("   gone");
	return st;
}

int main(int argc, char **argv)
{
	static orch_status (*const acts[])(struct demo *) = { come_up, grow, update, update_badly,
		go_back, lose_a_node, clean_up };
	struct demo demo = { NULL, argc > 2 ? argv[2] : "nginx:1.27", { NULL, 0 },
		ORCH_WAIT_OPTIONS_INIT, ORCH_WRITE_OPTIONS_INIT };
	orch_status st;

	if (argc > 3)
		demo.args = (orch_string_list){ (const char *const *)argv + 3, (size_t)argc - 3 };
	demo.wait.progress = show;
	demo.until_done.wait = &demo.wait;
	st = orch_client_open(argc > 1 ? argv[1] : "sim://?speed=5", NULL, &demo.client);
	for (size_t i = 0; st == ORCH_OK && i < sizeof acts / sizeof *acts; i++)
		st = acts[i](&demo);
	if (st < 0)
		fprintf(stderr, "demo: %s\n", orch_error_last()->message);
	orch_client_close(demo.client);
	return st < 0;
}
