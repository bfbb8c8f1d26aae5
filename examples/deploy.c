/* SPDX-License-Identifier: MIT */
/*
 * Run three copies of an image, make them five, look at them, clean up.
 *
 *	deploy [URL [IMAGE]]        deploy sim://        deploy swarm:// nginx:1.27
 */
#include <stdio.h>

#include <orch/orch.h>

static void show(void *payload, const orch_deployment *d)
{
	(void)payload;
	printf("  %lld of %lld ready\n", (long long)d->ready, (long long)d->desired);
}

static orch_status deploy(orch_client *client, const char *image)
{
	orch_deployment_spec web = ORCH_DEPLOYMENT_SPEC_INIT;
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
	orch_write_options until_done = ORCH_WRITE_OPTIONS_INIT;
	const orch_instances *found = NULL;
	orch_status st;

	web.name = "web";
	web.image = image;
	web.replicas = 3;
	wait.progress = show;
	until_done.wait = &wait;

	st = orch_deployment_apply(client, &web, &until_done, NULL);
	if (st == ORCH_OK)
		st = orch_deployment_scale(client, "web", 5, &until_done, NULL);
	if (st == ORCH_OK)
		st = orch_instance_list(client, "web", &found);
	for (size_t i = 0; found && i < found->count; i++)
		printf("  %s runs on %s\n", found->items[i]->name, found->items[i]->node);
	orch_instances_free(found);
	return st == ORCH_OK ? orch_deployment_delete(client, "web", &until_done) : st;
}

int main(int argc, char **argv)
{
	orch_client *client = NULL;
	orch_status st = orch_client_open(argc > 1 ? argv[1] : NULL, NULL, &client);

	if (st == ORCH_OK)
		st = deploy(client, argc > 2 ? argv[2] : "nginx:1.27");
	if (st < 0)
		fprintf(stderr, "deploy: %s\n", orch_error_last()->message);
	orch_client_close(client);
	return st < 0;
}
