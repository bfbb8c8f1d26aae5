/* SPDX-License-Identifier: MIT */
/*
 * bench_decode FILE CHUNK      the pods of a PodList, in chunks as they come from
 *                              a connection
 * bench_decode hostile CHUNK   a PodList whose only pod has a label of 4 MB
 *
 * CHUNK 0 is all at once. Callgrind counts inside of decode_list(), so that
 * start-up and reading the file are left out. Prints the pods it has seen.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/list.h"

#if defined(__GNUC__)
#define NOT_INLINED __attribute__((noinline))
#else
#define NOT_INLINED
#endif

enum { HOSTILE = 4 << 20 };

/* ---- what a list view and a rollout need of a pod ---- */

struct owner {
	const char *kind, *name;
};

struct container {
	const char *name, *image, *cpu, *memory;
};

struct condition {
	const char *type, *status, *reason;
};

struct container_status {
	const char *name, *image, *container_id, *started, *waiting_reason;
	int64_t ready, restarts;
};

struct pod {
	const char *name, *ns, *uid, *version, *created, *deleted;
	const char *node, *service_account;
	const char *phase, *reason, *pod_ip, *host_ip, *started;
	orch_kv_list labels;
	struct {
		struct owner *items;
		size_t count;
	} owners;
	struct {
		struct container *items;
		size_t count;
	} containers;
	struct {
		struct condition *items;
		size_t count;
	} conditions;
	struct {
		struct container_status *items;
		size_t count;
	} statuses;
};

struct envelope {
	const char *version, *next;
};

static const struct owner owner_blank;
static const struct container container_blank;
static const struct condition condition_blank;
static const struct container_status status_blank = { .ready = ORCH_UNSET, .restarts = ORCH_UNSET };
static const struct pod pod_blank;
static const struct envelope envelope_blank;

/* clang-format off */
ORCH__J_LOCAL_TABLE(owner_table, owner_blank,
	ORCH__J_STR("kind", struct owner, kind, 0),
	ORCH__J_STR("name", struct owner, name, 0));

ORCH__J_LOCAL_TABLE(container_table, container_blank,
	ORCH__J_STR("name", struct container, name, 0),
	ORCH__J_STR("image", struct container, image, 0),
	ORCH__J_STR("resources.requests.cpu", struct container, cpu, 0),
	ORCH__J_STR("resources.requests.memory", struct container, memory, 0));

ORCH__J_LOCAL_TABLE(condition_table, condition_blank,
	ORCH__J_STR("type", struct condition, type, 0),
	ORCH__J_STR("status", struct condition, status, 0),
	ORCH__J_STR("reason", struct condition, reason, 0));

ORCH__J_LOCAL_TABLE(status_table, status_blank,
	ORCH__J_STR("name", struct container_status, name, 0),
	ORCH__J_STR("image", struct container_status, image, 0),
	ORCH__J_STR("containerID", struct container_status, container_id, 0),
	ORCH__J_BOOL("ready", struct container_status, ready, 0),
	ORCH__J_I64("restartCount", struct container_status, restarts, 0),
	ORCH__J_STR("state.running.startedAt", struct container_status, started, 0),
	ORCH__J_STR("state.waiting.reason", struct container_status, waiting_reason, 0));

ORCH__J_LOCAL_TABLE(pod_table, pod_blank,
	ORCH__J_STR("metadata.name", struct pod, name, 0),
	ORCH__J_STR("metadata.namespace", struct pod, ns, 0),
	ORCH__J_STR("metadata.uid", struct pod, uid, 0),
	ORCH__J_STR("metadata.resourceVersion", struct pod, version, 0),
	ORCH__J_STR("metadata.creationTimestamp", struct pod, created, 0),
	ORCH__J_STR("metadata.deletionTimestamp", struct pod, deleted, 0),
	ORCH__J_MAP("metadata.labels", struct pod, labels, 0),
	ORCH__J_OBJVEC("metadata.ownerReferences", struct pod, owners, 0, &owner_table),
	ORCH__J_STR("spec.nodeName", struct pod, node, 0),
	ORCH__J_STR("spec.serviceAccountName", struct pod, service_account, 0),
	ORCH__J_OBJVEC("spec.containers", struct pod, containers, 0, &container_table),
	ORCH__J_STR("status.phase", struct pod, phase, 0),
	ORCH__J_STR("status.reason", struct pod, reason, 0),
	ORCH__J_STR("status.podIP", struct pod, pod_ip, 0),
	ORCH__J_STR("status.hostIP", struct pod, host_ip, 0),
	ORCH__J_STR("status.startTime", struct pod, started, 0),
	ORCH__J_OBJVEC("status.conditions", struct pod, conditions, 0, &condition_table),
	ORCH__J_OBJVEC("status.containerStatuses", struct pod, statuses, 0, &status_table));

ORCH__J_LOCAL_TABLE(envelope_table, envelope_blank,
	ORCH__J_STR("metadata.resourceVersion", struct envelope, version, 0),
	ORCH__J_STR("metadata.continue", struct envelope, next, 0));
/* clang-format on */

/* ---- reading ---- */

static void must(orch_status st)
{
	if (st == ORCH_OK)
		return;
	fprintf(stderr, "bench_decode: %s\n", orch_error_last()->message);
	exit(1);
}

static size_t read_items(struct orch__json_list *list, struct orch__arena *arena)
{
	struct pod pod;
	size_t count = 0;

	for (;;) {
		bool got = false;

		must(orch__json_list_next(list, arena, &pod, &got));
		if (!got)
			return count;
		count++;
	}
}

static NOT_INLINED size_t decode_list(const char *text, size_t len, size_t chunk)
{
	struct orch__arena arena = { 0 };
	struct orch__json_list *list = NULL;
	struct envelope envelope;
	size_t count = 0;

	must(orch__json_list_open(&pod_table, "items", &envelope_table, NULL, &list));
	for (size_t at = 0; at < len; at += chunk) {
		must(orch__json_list_lend(list, text + at, len - at < chunk ? len - at : chunk));
		count += read_items(list, &arena);
	}
	must(orch__json_list_finish(list, &arena, &envelope));
	orch__json_list_close(list);
	orch__arena_dispose(&arena);
	return count;
}

/* ---- the text ---- */

static char *read_file(const char *name, size_t *len)
{
	FILE *f = fopen(name, "rb");
	char *text = NULL;
	long size = 0;

	if (f && !fseek(f, 0, SEEK_END)) {
		size = ftell(f);
		rewind(f);
		text = malloc((size_t)size);
	}
	if (!text || fread(text, 1, (size_t)size, f) != (size_t)size) {
		perror(name);
		exit(1);
	}
	fclose(f);
	*len = (size_t)size;
	return text;
}

static char *hostile(size_t *len)
{
	static const char head[] = "{\"items\":[{\"metadata\":{\"name\":\"x\",\"labels\":{\"a\":\"";
	static const char tail[] = "\"}}}]}";
	char *text = malloc(HOSTILE + sizeof head + sizeof tail);

	if (!text)
		exit(1);
	memcpy(text, head, sizeof head - 1);
	memset(text + sizeof head - 1, 'a', HOSTILE);
	memcpy(text + sizeof head - 1 + HOSTILE, tail, sizeof tail);
	*len = strlen(text);
	return text;
}

int main(int argc, char **argv)
{
	size_t len, chunk;
	char *text;

	if (argc != 3) {
		fprintf(stderr, "usage: bench_decode FILE|hostile CHUNK\n");
		return 2;
	}
	text = strcmp(argv[1], "hostile") ? read_file(argv[1], &len) : hostile(&len);
	chunk = strtoul(argv[2], NULL, 10);
	printf("%zu\n", decode_list(text, len, chunk ? chunk : len));
	free(text);
	return 0;
}
