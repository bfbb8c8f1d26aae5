/* SPDX-License-Identifier: MIT */
/*
 * bench_orch URL OPERATION N: the public API, N times.
 *
 *   get        deployment "web"
 *   list       all deployments, kept until they are counted
 *   each       all deployments one by one, none kept
 *   instances  of "web"
 *   open       open a client and close it, while another one is open
 *   allocations  the same, and counts liborch's allocations instead of items
 */
#include <orch/orch.h>

#include "measure.h"

static void must(orch_status st)
{
	if (st == ORCH_OK)
		return;
	fprintf(stderr, "bench_orch: %s\n", orch_error_last()->message);
	exit(1);
}

static size_t get(orch_client *client)
{
	const orch_deployment *one = NULL;

	must(orch_deployment_get(client, "web", &one));
	orch_deployment_free(one);
	return 1;
}

static size_t list(orch_client *client)
{
	const orch_deployments *all = NULL;
	size_t count;

	must(orch_deployment_list(client, NULL, &all));
	count = all->count;
	orch_deployments_free(all);
	return count;
}

static size_t each(orch_client *client)
{
	const orch_deployment *one = NULL;
	orch_deployment_cursor *cursor = NULL;
	size_t count = 0;

	must(orch_deployment_open(client, NULL, &cursor));
	for (;;) {
		must(orch_deployment_next(cursor, &one));
		if (!one)
			break;
		orch_deployment_free(one);
		count++;
	}
	orch_deployment_close(cursor);
	return count;
}

static size_t instances(orch_client *client)
{
	const orch_instances *all = NULL;
	size_t count;

	must(orch_instance_list(client, "web", &all));
	count = all->count;
	orch_instances_free(all);
	return count;
}

static const char *url;

static size_t open_another(orch_client *client)
{
	orch_client *other = NULL;

	(void)client;
	must(orch_client_open(url, NULL, &other));
	orch_client_close(other);
	return 1;
}

/* ---- counting ---- */

static size_t allocations;

static void *count_allocation(void *payload, void *p, size_t size)
{
	(void)payload;
	if (!size) {
		free(p);
		return NULL;
	}
	allocations++;
	return realloc(p, size);
}

static size_t count_open(orch_client *client)
{
	size_t before = allocations;

	open_another(client);
	return allocations - before;
}

static const struct {
	const char *name;
	size_t (*run)(orch_client *client);
} operations[] = {
	{ "get", get },
	{ "list", list },
	{ "each", each },
	{ "instances", instances },
	{ "open", open_another },
	{ "allocations", count_open },
};

static void run(orch_client *client, size_t (*operation)(orch_client *), long n)
{
	struct measure m;
	size_t items = 0;

	measure_begin(&m);
	for (long i = 0; i < n; i++)
		items += operation(client);
	measure_end(&m, items);
}

int main(int argc, char **argv)
{
	const orch_client_info *info = NULL;
	orch_client *client = NULL;

	if (argc != 4) {
		fprintf(stderr, "usage: bench_orch URL OPERATION N\n");
		return 2;
	}
	url = argv[1];
	if (!strcmp(argv[2], "allocations"))
		orch_set_allocator(count_allocation, NULL);
	must(orch_client_open(url, NULL, &client));
	must(orch_client_info_get(client, &info)); /* connects */
	orch_client_info_free(info);
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
		if (!strcmp(operations[i].name, argv[2]))
			run(client, operations[i].run, strtol(argv[3], NULL, 10));
	orch_client_close(client);
	return 0;
}
