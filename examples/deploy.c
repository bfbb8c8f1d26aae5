/* SPDX-License-Identifier: MIT */
/*
 * Run three copies of an image, make them five, list them, and clean up.
 *
 *	deploy [URL [IMAGE]]        for example   deploy sim://   deploy swarm://manager
 *
 * Without a URL: $ORCH_URL, else what the environment says (orch/client.h).
 */
#include <stdio.h>

#include <orch/orch.h>

static void show(void *payload, const orch_deployment *d)
{
	(void)payload;
	printf("%lld of %lld are ready\n", (long long)d->ready, (long long)d->desired);
}

int main(int argc, char **argv)
{
	orch_deployment_spec web = ORCH_DEPLOYMENT_SPEC_INIT;
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;
	orch_write_options until_done = ORCH_WRITE_OPTIONS_INIT;
	orch_client *client = NULL;
	const orch_instances *found = NULL;

	web.name = "web";
	web.image = argc > 2 ? argv[2] : "nginx:1.27";
	web.replicas = 3;
	wait.progress = show;
	until_done.wait = &wait;

	int ok = orch_client_open(argc > 1 ? argv[1] : NULL, NULL, &client) == ORCH_OK &&
		orch_deployment_apply(client, &web, &until_done, NULL) == ORCH_OK &&
		orch_deployment_scale(client, "web", 5, &until_done, NULL) == ORCH_OK &&
		orch_instance_list(client, "web", &found) == ORCH_OK &&
		orch_deployment_delete(client, "web", &until_done) == ORCH_OK;

	if (!ok)
		fprintf(stderr, "deploy: %s\n", orch_error_last()->message);
	for (size_t i = 0; found && i < found->count; i++)
		printf("%s ran on %s\n", found->items[i]->name, found->items[i]->node);
	orch_instances_free(found);
	orch_client_close(client);
	return !ok;
}
