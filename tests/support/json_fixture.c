/* SPDX-License-Identifier: MIT */
#include "support/json_fixture.h"

#include <inttypes.h>
#include <stdio.h>

#include "util/number.h"

/* ---- scalars: the same member, spelled differently -------------------------- */

static bool milli_parse(const char *text, size_t len, int64_t *out)
{
	if (len && text[len - 1] == 'm')
		return orch__parse_decimal(text, len - 1, 0, out);
	return orch__parse_decimal(text, len, 3, out);
}

static int milli_format(int64_t v, char *buf, size_t cap)
{
	return snprintf(buf, cap, "%" PRId64 "m", v);
}

static bool millionths_parse(const char *text, size_t len, int64_t *out)
{
	if (!orch__parse_i64(text, len, out))
		return false;
	*out /= 1000000;
	return true;
}

static int millionths_format(int64_t v, char *buf, size_t cap)
{
	if (v > INT64_MAX / 1000000 || v < INT64_MIN / 1000000)
		return -1;
	return snprintf(buf, cap, "%" PRId64, v * 1000000);
}

static bool seconds_parse(const char *text, size_t len, int64_t *out)
{
	return orch__parse_decimal(text, len, 3, out);
}

static int seconds_format(int64_t v, char *buf, size_t cap)
{
	return snprintf(buf, cap, "%" PRId64, (v + 999) / 1000);
}

static const struct orch__json_scalar kube_cpu = { "CPU quantity", true, milli_parse,
	milli_format };
static const struct orch__json_scalar nano_cpu = { "number of NanoCPUs", false, millionths_parse,
	millionths_format };
static const struct orch__json_scalar seconds = { "number of seconds", false, seconds_parse,
	seconds_format };
static const struct orch__json_scalar nanoseconds = { "duration in nanoseconds", false,
	millionths_parse, millionths_format };

/* ---- what "unset" is, once per struct ----------------------------------------- */

static const orch_kv kv_blank;
static const struct port port_blank = { .target = ORCH_UNSET, .published = ORCH_UNSET };
static const struct mount mount_blank = { .read_only = ORCH_UNSET };
static const struct health health_blank = { .period_ms = ORCH_UNSET, .retries = ORCH_UNSET };
const struct app app_blank = {
	.struct_size = sizeof(struct app),
	.replicas = ORCH_UNSET,
	.cpu_milli = ORCH_UNSET,
	.read_only = ORCH_UNSET,
	.ready = ORCH_UNSET,
};

/* clang-format off */

/* ---- Kubernetes ------------------------------------------------------------------ */

ORCH__J_LOCAL_TABLE(kube_env, kv_blank,
	ORCH__J_STR("name", orch_kv, key, ORCH__J_REQUIRED | ORCH__J_KEY),
	ORCH__J_STR("value", orch_kv, value, 0));

ORCH__J_LOCAL_TABLE(kube_port, port_blank,
	ORCH__J_I64("containerPort", struct port, target, ORCH__J_KEY),
	ORCH__J_STR("protocol", struct port, protocol, ORCH__J_KEY));

ORCH__J_LOCAL_TABLE(kube_health, health_blank,
	ORCH__J_STRVEC("exec.command", struct health, command, 0),
	ORCH__J_SCALAR("periodSeconds", struct health, period_ms, 0, &seconds),
	ORCH__J_I64("failureThreshold", struct health, retries, 0));

#define C0 "spec.template.spec.containers.[0]."
ORCH__J_TABLE(kube_app, app_blank,
	ORCH__J_LITERAL("apiVersion", "apps/v1"),
	ORCH__J_LITERAL("kind", "Deployment"),
	ORCH__J_STR("metadata.name", struct app, name, ORCH__J_REQUIRED),
	ORCH__J_STR("metadata.resourceVersion", struct app, version, ORCH__J_READONLY),
	ORCH__J_MAP("metadata.labels", struct app, labels, 0),
	ORCH__J_I64("spec.replicas", struct app, replicas, 0),
	ORCH__J_STR(C0 "image", struct app, image, 0),
	ORCH__J_STRVEC(C0 "args", struct app, args, 0),
	ORCH__J_OBJVEC(C0 "env", struct app, env, 0, &kube_env),
	ORCH__J_OBJVEC(C0 "ports", struct app, ports, 0, &kube_port),
	ORCH__J_SCALAR(C0 "resources.limits.cpu", struct app, cpu_milli, 0, &kube_cpu),
	ORCH__J_BOOL(C0 "securityContext.readOnlyRootFilesystem", struct app, read_only, 0),
	ORCH__J_OBJ(C0 "livenessProbe", struct app, health, 0, &kube_health),
	ORCH__J_I64("status.readyReplicas", struct app, ready, ORCH__J_READONLY));

/* ---- Docker Swarm ------------------------------------------------------------------ */

ORCH__J_LOCAL_TABLE(swarm_port, port_blank,
	ORCH__J_I64("TargetPort", struct port, target, ORCH__J_KEY),
	ORCH__J_I64("PublishedPort", struct port, published, 0),
	ORCH__J_STR("Protocol", struct port, protocol, ORCH__J_KEY));

ORCH__J_LOCAL_TABLE(swarm_health, health_blank,
	ORCH__J_STRVEC("Test", struct health, command, 0),
	ORCH__J_SCALAR("Interval", struct health, period_ms, 0, &nanoseconds),
	ORCH__J_I64("Retries", struct health, retries, 0));

ORCH__J_LOCAL_TABLE(swarm_mount, mount_blank,
	ORCH__J_STR("Source", struct mount, source, 0),
	ORCH__J_STR("Target", struct mount, target, ORCH__J_REQUIRED | ORCH__J_KEY),
	ORCH__J_BOOL("ReadOnly", struct mount, read_only, 0));

#define CS "TaskTemplate.ContainerSpec."
ORCH__J_TABLE(swarm_app, app_blank,
	ORCH__J_STR("Name", struct app, name, ORCH__J_REQUIRED),
	ORCH__J_MAP("Labels", struct app, labels, 0),
	ORCH__J_STR(CS "Image", struct app, image, 0),
	ORCH__J_STRVEC(CS "Args", struct app, args, 0),
	ORCH__J_KVLIST(CS "Env", struct app, env, 0),
	ORCH__J_BOOL(CS "ReadOnly", struct app, read_only, 0),
	ORCH__J_PTRVEC(CS "Mounts", struct app, mounts, 0, &swarm_mount),
	ORCH__J_RAW(CS "Privileges", struct app, driver, 0),
	ORCH__J_OBJ(CS "Healthcheck", struct app, health, 0, &swarm_health),
	ORCH__J_SCALAR("TaskTemplate.Resources.Limits.NanoCPUs", struct app, cpu_milli, 0,
		&nano_cpu),
	ORCH__J_I64("Mode.Replicated.Replicas", struct app, replicas, ORCH__J_KEEP),
	ORCH__J_OBJVEC("EndpointSpec.Ports", struct app, ports, 0, &swarm_port));

ORCH__J_TABLE(swarm_version, app_blank,
	ORCH__J_NUMTEXT("Version.Index", struct app, version, 0));

const char kube_doc[] =
	"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\","
	"\"uid\":\"u-1\",\"resourceVersion\":\"812\","
	"\"labels\":{\"app.kubernetes.io/name\":\"web\"}},"
	"\"spec\":{\"paused\":false,\"replicas\":3,\"template\":{\"metadata\":null,\"spec\":{"
	"\"containers\":[{\"image\":\"nginx:1\",\"name\":\"c\",\"env\":[{\"name\":\"A\","
	"\"value\":\"x=y\"},{\"name\":\"B\",\"value\":\"\"}],\"ports\":[{\"containerPort\":80,"
	"\"protocol\":\"TCP\"}],\"resources\":{\"limits\":{\"cpu\":\"0.5\",\"memory\":\"1Gi\"}},"
	"\"livenessProbe\":{\"exec\":{\"command\":[\"true\"]},\"periodSeconds\":10}},"
	"{\"image\":\"sidecar\"}]}}},\"status\":{\"readyReplicas\":2}}";

const char swarm_doc[] =
	"{\"Name\":\"web\",\"Labels\":null,\"TaskTemplate\":{\"ContainerSpec\":{"
	"\"Image\":\"nginx:1\",\"Isolation\":\"default\",\"Env\":[\"OLD=1\",\"BARE\"],"
	"\"Healthcheck\":{\"Test\":[\"NONE\"],\"StartPeriod\":5}},\"ForceUpdate\":0,"
	"\"Runtime\":\"container\"},\"Mode\":null,"
	"\"UpdateConfig\":{\"Parallelism\":2,\"Order\":\"start-first\"},"
	"\"EndpointSpec\":{\"Ports\":["
	"{\"TargetPort\":80,\"Protocol\":\"tcp\",\"PublishMode\":\"host\",\"Name\":\"a}]\"},"
	"{\"TargetPort\":53,\"Protocol\":\"udp\",\"PublishMode\":\"host\"}]}}";

/* clang-format on */

orch_status decode(
	const struct orch__json_table *t, struct orch__arena *a, const char *json, void *out)
{
	return orch__json_decode(t, a, json, strlen(json), out);
}

char *encode(const struct orch__json_table *t, const void *in)
{
	struct orch__buf out = ORCH__BUF_INIT(1 << 16);

	if (orch__json_encode(t, in, &out) == ORCH_OK)
		return orch__buf_detach(&out);
	orch__buf_dispose(&out);
	return NULL;
}

char *overlay(const struct orch__json_table *t, const char *json, const void *in,
	enum orch__json_unset unset, bool *changed)
{
	struct orch__buf out = ORCH__BUF_INIT(1 << 16);

	if (orch__json_overlay(t, json, strlen(json), in, unset, &out, changed) == ORCH_OK)
		return orch__buf_detach(&out);
	orch__buf_dispose(&out);
	return NULL;
}
