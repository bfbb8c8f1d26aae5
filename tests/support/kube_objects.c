/* SPDX-License-Identifier: MIT */
#include "support/kube_objects.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { KEPT = 8, TEXT_MAX = 32768 };

struct text {
	char text[TEXT_MAX];
	size_t len;
};

static struct text *next_text(void)
{
	static struct text kept[KEPT];
	static size_t at;
	struct text *t = &kept[at++ % KEPT];

	t->len = 0;
	return t;
}

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->text + t->len, TEXT_MAX - t->len, format, args);
	va_end(args);
	assert_true(n >= 0 && (size_t)n < TEXT_MAX - t->len);
	t->len += (size_t)n;
}

static const char *or_else(const char *text, const char *other)
{
	return text ? text : other;
}

static void add_meta(struct text *t, const struct kube_object *o, const char *ns, const char *kind)
{
	add(t,
		"\"metadata\":{\"name\":\"%s\",\"namespace\":\"%s\",\"uid\":\"%s\","
		"\"resourceVersion\":\"7\",\"creationTimestamp\":\"%s\",\"labels\":{%s}",
		o->name, ns, o->name, or_else(o->created, "2026-11-25T16:00:00Z"),
		or_else(o->labels, ""));
	if (o->generation)
		add(t, ",\"generation\":%d", o->generation);
	if (o->deleted)
		add(t, ",\"deletionTimestamp\":\"%s\"", o->deleted);
	if (o->revision)
		add(t, ",\"annotations\":{\"deployment.kubernetes.io/revision\":\"%d\"}",
			o->revision);
	if (o->owner)
		add(t,
			",\"ownerReferences\":[{\"kind\":\"Other\",\"uid\":\"other\"},{\"kind\":"
			"\"%s\",\"name\":\"x\",\"uid\":\"%s\",\"controller\":true}]",
			kind, o->owner);
	add(t, "}");
}

static void add_deployment(struct text *t, const struct kube_object *o)
{
	add(t, "{");
	add_meta(t, o, "default", "");
	add(t,
		",\"spec\":{\"replicas\":%d,\"selector\":{\"matchLabels\":{\"app\":\"web\"}},"
		"\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i:1\"}]}}},"
		"\"status\":{\"observedGeneration\":%d,\"replicas\":%d,\"updatedReplicas\":%d,"
		"\"availableReplicas\":%d}}",
		o->replicas, o->observed, o->updated, o->updated, o->available);
}

static void add_set(struct text *t, const struct kube_object *o)
{
	add(t, "{");
	add_meta(t, o, "default", "Deployment");
	add(t, ",\"spec\":{\"replicas\":%d}}", o->replicas);
}

static void add_pod(struct text *t, const struct kube_object *o)
{
	const char *ready = or_else(o->ready, "True");
	const char *able = or_else(o->able, ready);

	add(t, "{");
	add_meta(t, o, "default", "ReplicaSet");
	add(t,
		",\"spec\":{\"nodeName\":\"%s\",\"containers\":[{\"name\":\"c\",\"image\":\"i:1\"}]"
		"},"
		"\"status\":{\"phase\":\"%s\",\"conditions\":[{\"type\":\"ContainersReady\","
		"\"status\":\"%s\"},{\"type\":\"Ready\",\"status\":\"%s\"}],\"containerStatuses\":"
		"[{\"name\":\"c\",\"ready\":%s,\"restartCount\":0,\"state\":{",
		or_else(o->node, "n1"), or_else(o->phase, "Running"), able, ready,
		able[0] == 'T' ? "true" : "false");
	if (o->waits)
		add(t, "\"waiting\":{\"reason\":\"%s\"}}}]}}", o->waits);
	else
		add(t, "\"running\":{\"startedAt\":\"2026-11-25T16:00:00Z\"}}}]}}");
}

static void add_node(struct text *t, const struct kube_object *o)
{
	const char *ready = or_else(o->ready, "True");

	add(t,
		"{\"metadata\":{\"name\":\"%s\"},\"status\":{\"conditions\":[{\"type\":"
		"\"MemoryPressure\",\"status\":\"Unknown\"},{\"type\":\"Ready\",\"status\":\"%s\","
		"\"message\":\"Kubelet stopped posting node status.\"}]}}",
		o->name, ready);
}

static const char *list_of(const struct kube_object *o, size_t count, const char *meta,
	void add_one(struct text *t, const struct kube_object *o))
{
	struct text *t = next_text();

	add(t, "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"metadata\":{%s},\"items\":[", meta);
	for (size_t i = 0; i < count; i++) {
		add(t, "%s", i ? "," : "");
		add_one(t, &o[i]);
	}
	add(t, "]}");
	return t->text;
}

const char *kube_deployment_json(const struct kube_object *o)
{
	struct text *t = next_text();

	add_deployment(t, o);
	return t->text;
}

const char *kube_deployments_json(const struct kube_object *o, size_t count, const char *meta)
{
	return list_of(o, count, meta, add_deployment);
}

const char *kube_sets_json(const struct kube_object *o, size_t count)
{
	return list_of(o, count, "", add_set);
}

const char *kube_pods_json(const struct kube_object *o, size_t count)
{
	return list_of(o, count, "", add_pod);
}

const char *kube_nodes_json(const struct kube_object *o, size_t count)
{
	return list_of(o, count, "", add_node);
}
