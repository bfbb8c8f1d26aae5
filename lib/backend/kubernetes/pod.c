/* SPDX-License-Identifier: MIT */
/*
 * The phase of a pod tells little: it stays Pending while one container waits for its image
 * and another runs, and Running while one ends again and again. So containers are looked at
 * first. Nor is "CrashLoopBackOff" always said: how often a container was started, and how
 * it ended last, decides.
 */
#include "backend/kubernetes/pod.h"

#include <inttypes.h>
#include <string.h>

#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

enum { MESSAGE_MAX = 1024, PART_MAX = 300, LATE_MS = 10000 };

/* ---- words of kubelets and of the scheduler ---- */

struct word {
	const char *word;
	enum orch_cause cause;
};

/* Why a container waits. All else is on its way, or explained by how the last one ended. */
static const struct word waiting_words[] = {
	{ "ErrImagePull", ORCH_CAUSE_IMAGE },
	{ "ImagePullBackOff", ORCH_CAUSE_IMAGE },
	{ "InvalidImageName", ORCH_CAUSE_IMAGE },
	{ "ErrImageNeverPull", ORCH_CAUSE_IMAGE },
	{ "ImageInspectError", ORCH_CAUSE_IMAGE },
	{ "RegistryUnavailable", ORCH_CAUSE_IMAGE },
	{ "SignatureValidationFailed", ORCH_CAUSE_IMAGE },
	{ "CreateContainerConfigError", ORCH_CAUSE_START },
	{ "CreateContainerError", ORCH_CAUSE_START },
	{ "CreatePodSandboxError", ORCH_CAUSE_START },
	{ "ConfigPodSandboxError", ORCH_CAUSE_START },
	{ "RunContainerError", ORCH_CAUSE_START },
	{ "PreCreateHookError", ORCH_CAUSE_START },
	{ "PreStartHookError", ORCH_CAUSE_START },
	{ "PostStartHookError", ORCH_CAUSE_START },
	{ NULL, ORCH_CAUSE_NONE },
};

/* Why one ended, where it is not the program's own doing. */
static const struct word end_words[] = {
	{ "OOMKilled", ORCH_CAUSE_MEMORY },
	{ "StartError", ORCH_CAUSE_START },
	{ "ContainerCannotRun", ORCH_CAUSE_START },
	{ NULL, ORCH_CAUSE_NONE },
};

/* Why a whole pod failed: its node would not have it, or went away. */
static const struct word pod_words[] = {
	{ "Evicted", ORCH_CAUSE_UNSCHEDULABLE },
	{ "Preempting", ORCH_CAUSE_UNSCHEDULABLE },
	{ "Preempted", ORCH_CAUSE_UNSCHEDULABLE },
	{ "OutOfcpu", ORCH_CAUSE_UNSCHEDULABLE },
	{ "OutOfmemory", ORCH_CAUSE_UNSCHEDULABLE },
	{ "OutOfpods", ORCH_CAUSE_UNSCHEDULABLE },
	{ "OutOfephemeral-storage", ORCH_CAUSE_UNSCHEDULABLE },
	{ "NodeAffinity", ORCH_CAUSE_UNSCHEDULABLE },
	{ "NodePorts", ORCH_CAUSE_UNSCHEDULABLE },
	{ "NodeShutdown", ORCH_CAUSE_NODE },
	{ "Shutdown", ORCH_CAUSE_NODE },
	{ "Terminated", ORCH_CAUSE_NODE },
	{ "NodeLost", ORCH_CAUSE_NODE },
	{ "DeadlineExceeded", ORCH_CAUSE_CRASH },
	{ NULL, ORCH_CAUSE_NONE },
};

/* What is in the way of a pod whose containers have not begun, by the newest event. */
static const struct word event_words[] = {
	{ "FailedMount", ORCH_CAUSE_START },
	{ "FailedAttachVolume", ORCH_CAUSE_START },
	{ "FailedMapVolume", ORCH_CAUSE_START },
	{ "FailedCreatePodSandBox", ORCH_CAUSE_START },
	{ "FailedPrepareDynamicResources", ORCH_CAUSE_START },
	{ NULL, ORCH_CAUSE_NONE },
};

static enum orch_cause look_up(const struct word *words, const char *word)
{
	if (!word)
		return ORCH_CAUSE_NONE;
	while (words->word && strcmp(words->word, word) != 0)
		words++;
	return words->cause;
}

/* ---- small questions ---- */

bool kube_pod_has_ended(const struct kube_pod *pod)
{
	return orch__text_equal(pod->phase, "Succeeded") || orch__text_equal(pod->phase, "Failed");
}

const char *kube_controller_of(const struct kube_owners *owners)
{
	for (size_t i = 0; i < owners->count; i++)
		if (owners->items[i].is_controller == 1 && owners->items[i].uid)
			return owners->items[i].uid;
	return "";
}

static bool is_unwanted(const struct kube_pod *pod)
{
	return pod->meta.deleted_ms != ORCH_UNSET;
}

static const struct kube_condition *condition(const struct kube_pod *pod, const char *type)
{
	for (size_t i = 0; i < pod->conditions.count; i++)
		if (orch__text_equal(pod->conditions.items[i].type, type))
			return &pod->conditions.items[i];
	return NULL;
}

static bool is(const struct kube_condition *c, const char *status)
{
	return c && orch__text_equal(c->status, status);
}

static bool is_ready(const struct kube_pod *pod)
{
	return !kube_pod_has_ended(pod) && !is_unwanted(pod) && is(condition(pod, "Ready"), "True");
}

/* Whoever says that it is not, it is not its containers. */
static bool all_containers_ready(const struct kube_pod *pod)
{
	return is(condition(pod, "ContainersReady"), "True");
}

bool kube_pod_is_suspect(const struct kube_pod *pod, int64_t now_ms)
{
	const struct kube_condition *ready = condition(pod, "Ready");

	if (!pod->node || kube_pod_has_ended(pod))
		return false;
	if (is_unwanted(pod) &&
		(orch__text_equal(pod->reason, "NodeLost") ||
			now_ms > pod->meta.deleted_ms + LATE_MS))
		return true;
	return is(ready, "False") && all_containers_ready(pod) &&
		!orch__text_equal(ready->reason, "ReadinessGatesNotReady");
}

/* Nobody can tell when a dead node's pods end: they count no more once replaced. */
void kube_pod_count(
	const struct kube_pod *pod, bool is_updated, bool node_is_lost, struct kube_counts *counts)
{
	if (kube_pod_has_ended(pod) || (is_unwanted(pod) && node_is_lost))
		return;
	counts->total++;
	counts->ready += is_ready(pod) && !node_is_lost;
	counts->updated += is_updated && !is_unwanted(pod);
}

/* ---- who is to blame ---- */

/* What is wrong with a pod, as far as its containers tell. */
struct blame {
	enum orch_cause cause;
	const struct kube_container_status *who;
	const struct kube_container_end *end; /* by which; NULL: it has not ended */
};

static const struct kube_container *spec_of(const struct kube_containers *specs, const char *name)
{
	for (size_t i = 0; i < specs->count; i++)
		if (orch__text_equal(specs->items[i].name, name))
			return &specs->items[i];
	return NULL;
}

/* So many failures in a row take at least so long. */
static int64_t patience_ms(const struct kube_check *check)
{
	return 1000 * (check->delay_s + check->period_s * (check->failures - 1));
}

/*
 * A container whose health check has failed is told to end, and ends as it can: the server
 * keeps no trace of why. So one that had a check, lived long enough for it to fail and did
 * not end with an error of its own is held for unhealthy.
 */
static bool was_unhealthy(const struct kube_container_end *end, const struct kube_container *spec)
{
	const int64_t code = end->exit_code;

	if (!spec || !spec->liveness || end->began_ms == ORCH_UNSET || end->ended_ms == ORCH_UNSET)
		return false;
	return (code == 0 || code == 137 || code == 143) &&
		end->ended_ms - end->began_ms >= patience_ms(spec->liveness);
}

static enum orch_cause cause_of_end(
	const struct kube_container_end *end, const struct kube_container *spec)
{
	const enum orch_cause cause = look_up(end_words, end->reason);

	if (cause != ORCH_CAUSE_NONE)
		return cause;
	return was_unhealthy(end, spec) ? ORCH_CAUSE_UNHEALTHY : ORCH_CAUSE_CRASH;
}

/* It runs, and was given the time that its check takes to fail. */
static bool is_unhealthy(
	const struct kube_container_status *s, const struct kube_container *spec, int64_t now_ms)
{
	return s->ready != 1 && s->started != 0 && s->running_since_ms != ORCH_UNSET && spec &&
		spec->readiness &&
		now_ms - s->running_since_ms >
		patience_ms(spec->readiness) + 1000 * spec->readiness->period_s;
}

/* A step on the way to the start, not something that stays. */
static bool is_step(const struct kube_container *spec)
{
	return spec && !orch__text_equal(spec->restart, "Always");
}

static struct blame judge(const struct kube_container_status *s, const struct kube_container *spec,
	bool is_done, int64_t now_ms)
{
	struct blame b = { look_up(waiting_words, s->waiting_reason), s, NULL };

	if (is_done || b.cause != ORCH_CAUSE_NONE)
		return b;
	if (is_unhealthy(s, spec, now_ms)) {
		b.cause = ORCH_CAUSE_UNHEALTHY;
		return b;
	}
	b.end = s->ended ? s->ended : s->before;
	if (b.end)
		b.cause = cause_of_end(b.end, spec);
	return b;
}

/* The first container that keeps the others waiting, or itself does not work. */
static struct blame find_blame(const struct kube_pod *pod, int64_t now_ms)
{
	const struct blame none = { ORCH_CAUSE_NONE, NULL, NULL };

	for (size_t i = 0; i < pod->init.count; i++) {
		const struct kube_container_status *s = &pod->init.items[i];
		const struct kube_container *spec = spec_of(&pod->init_specs, s->name);
		const bool ended_well = s->ended && s->ended->exit_code == 0;
		const bool is_done = is_step(spec) ? ended_well : s->ready == 1;
		const struct blame b = judge(s, spec, is_done, now_ms);

		if (b.cause != ORCH_CAUSE_NONE)
			return b;
	}
	for (size_t i = 0; i < pod->containers.count; i++) {
		const struct kube_container_status *s = &pod->containers.items[i];
		const struct blame b =
			judge(s, spec_of(&pod->specs, s->name), s->ready == 1, now_ms);

		if (b.cause != ORCH_CAUSE_NONE)
			return b;
	}
	return none;
}

/* ---- in words ---- */

/* The first line of what may be a whole log, cut between two characters. */
static void add_part(struct orch__buf *out, const char *before, const char *text)
{
	size_t n = text ? strcspn(text, "\r\n") : 0;

	if (n > PART_MAX)
		for (n = PART_MAX; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80; n--)
			;
	if (n)
		orch__buf_addf(out, "%s%.*s", before, (int)n, text);
}

static void tell_end(struct orch__buf *out, const struct blame *b)
{
	const struct kube_container_end *end = b->end;

	orch__buf_addf(out, "container %s ", b->who->name ? b->who->name : "");
	if (b->cause == ORCH_CAUSE_START)
		orch__buf_addf(out, "could not be started");
	else
		orch__buf_addf(out, "ended with exit code %" PRId64, end->exit_code);
	if (end->reason && !orch__text_equal(end->reason, "Error") &&
		!orch__text_equal(end->reason, "Completed"))
		orch__buf_addf(out, " (%.60s)", end->reason);
	add_part(out, ": ", end->message);
	if (b->cause == ORCH_CAUSE_UNHEALTHY)
		orch__buf_addf(out, ", as it does when its health check has failed");
	add_part(out, "; ", b->who->waiting_message);
}

static void tell_blame(struct orch__buf *out, const struct kube_pod *pod, const struct blame *b)
{
	const struct kube_condition *ready = condition(pod, "Ready");

	if (b->end) {
		tell_end(out, b);
	} else if (b->who->waiting_reason) {
		orch__buf_addf(out, "%.60s", b->who->waiting_reason);
		add_part(out, ": ", b->who->waiting_message);
	} else {
		orch__buf_addf(out, "container %s does not pass its health check",
			b->who->name ? b->who->name : "");
		add_part(out, ": ", ready ? ready->message : NULL);
	}
}

static orch_status put_message(orch_pool *pool, struct orch__buf *text, orch_instance *out)
{
	out->message =
		orch__buf_ok(text) ? orch_pool_copy(pool, text->text ? text->text : "") : NULL;
	orch__buf_dispose(text);
	return out->message ? ORCH_OK : orch__fail(ORCH_E_NOMEM, "out of memory");
}

static orch_status accuse(
	orch_pool *pool, const struct kube_pod *pod, const struct blame *b, orch_instance *out)
{
	struct orch__buf text = ORCH__BUF_INIT(MESSAGE_MAX);

	out->cause = b->cause;
	tell_blame(&text, pod, b);
	return put_message(pool, &text, out);
}

/* ---- the whole ---- */

static enum orch_instance_state state_of(const struct kube_pod *pod, const struct kube_sight *sight)
{
	if (orch__text_equal(pod->phase, "Succeeded"))
		return ORCH_INSTANCE_SUCCEEDED;
	if (orch__text_equal(pod->phase, "Failed"))
		return ORCH_INSTANCE_FAILED;
	if (sight->node_is_lost || orch__text_equal(pod->phase, "Unknown"))
		return ORCH_INSTANCE_UNKNOWN;
	if (is_unwanted(pod))
		return ORCH_INSTANCE_STOPPING;
	for (size_t i = 0; i < pod->containers.count; i++)
		if (pod->containers.items[i].running_since_ms == ORCH_UNSET)
			return ORCH_INSTANCE_PENDING;
	return pod->containers.count ? ORCH_INSTANCE_RUNNING : ORCH_INSTANCE_PENDING;
}

/* Nothing runs yet, and no container is known to be wrong. */
static void explain_wait(const struct kube_pod *pod, orch_instance *out)
{
	const struct kube_condition *placed = condition(pod, "PodScheduled");

	if (!is(placed, "False"))
		return;
	if (orch__text_equal(placed->reason, "Unschedulable") ||
		orch__text_equal(placed->reason, "SchedulingGated"))
		out->cause = ORCH_CAUSE_UNSCHEDULABLE;
	out->message = placed->message ? placed->message : "";
}

static orch_status explain_failure(orch_pool *pool, const struct kube_pod *pod,
	const struct kube_sight *sight, orch_instance *out)
{
	const struct blame b = find_blame(pod, sight->now_ms);
	struct orch__buf text = ORCH__BUF_INIT(MESSAGE_MAX);

	if (!pod->reason && b.cause != ORCH_CAUSE_NONE)
		return accuse(pool, pod, &b, out);
	out->cause = look_up(pod_words, pod->reason);
	if (out->cause == ORCH_CAUSE_NONE)
		out->cause = b.cause != ORCH_CAUSE_NONE ? b.cause : ORCH_CAUSE_START;
	add_part(&text, "", pod->reason);
	add_part(&text, text.len ? ": " : "", pod->message);
	return put_message(pool, &text, out);
}

static orch_status explain(orch_pool *pool, const struct kube_pod *pod,
	const struct kube_sight *sight, orch_instance *out)
{
	const struct kube_condition *ready = condition(pod, "Ready");
	const struct blame b = find_blame(pod, sight->now_ms);

	if (b.cause != ORCH_CAUSE_NONE)
		return accuse(pool, pod, &b, out);
	if (out->state == ORCH_INSTANCE_PENDING)
		explain_wait(pod, out);
	else if (is(ready, "False") && all_containers_ready(pod) && ready->message)
		out->message = ready->message; /* somebody else has a say in it */
	return ORCH_OK;
}

static const struct kube_container_end *last_end(const struct kube_container_statuses *list)
{
	const struct kube_container_end *last = NULL;

	for (size_t i = 0; i < list->count; i++) {
		const struct kube_container_status *s = &list->items[i];
		const struct kube_container_end *end = s->ended ? s->ended : s->before;

		if (end && (!last || end->ended_ms > last->ended_ms))
			last = end;
	}
	return last;
}

/* What could not be started has not ended. */
static int64_t exit_code(const struct kube_pod *pod, const struct kube_sight *sight)
{
	const struct blame b = find_blame(pod, sight->now_ms);
	const struct kube_container_end *end = b.end ? b.end : last_end(&pod->containers);

	if (!end || look_up(end_words, end->reason) == ORCH_CAUSE_START)
		return ORCH_UNSET;
	return end->exit_code;
}

static int64_t restarts(const struct kube_container_statuses *list)
{
	int64_t n = 0;

	for (size_t i = 0; i < list->count; i++)
		n += list->items[i].restarts;
	return n;
}

orch_status kube_pod_show(orch_pool *pool, const struct kube_pod *pod,
	const struct kube_sight *sight, orch_instance *out)
{
	const char *image = pod->specs.count ? pod->specs.items[0].image : NULL;

	out->node = pod->node ? pod->node : "";
	out->image = image ? image : "";
	out->created_ms = pod->meta.created_ms;
	out->state = state_of(pod, sight);
	out->ready = is_ready(pod) && !sight->node_is_lost;
	out->updated = sight->is_updated;
	out->restarts = restarts(&pod->init) + restarts(&pod->containers);
	out->exit_code = exit_code(pod, sight);
	out->cause = ORCH_CAUSE_NONE;
	out->message = "";
	switch (out->state) {
	case ORCH_INSTANCE_UNKNOWN:
		out->cause = ORCH_CAUSE_NODE;
		return ORCH_OK;
	case ORCH_INSTANCE_FAILED:
		return explain_failure(pool, pod, sight, out);
	case ORCH_INSTANCE_PENDING:
	case ORCH_INSTANCE_RUNNING:
		return out->ready ? ORCH_OK : explain(pool, pod, sight, out);
	default:
		return ORCH_OK;
	}
}

/* ---- what was said of it ---- */

bool kube_pod_is_silent(const orch_instance *shown)
{
	if (shown->state == ORCH_INSTANCE_PENDING)
		return shown->cause == ORCH_CAUSE_NONE && *shown->node;
	if (shown->state != ORCH_INSTANCE_RUNNING || shown->ready)
		return false;
	return shown->cause == ORCH_CAUSE_UNHEALTHY ||
		(shown->cause == ORCH_CAUSE_NONE && !*shown->message);
}

orch_status kube_pod_hear(orch_pool *pool, const char *reason, const char *message,
	const char *unhealthy, orch_instance *shown)
{
	struct orch__buf text = ORCH__BUF_INIT(MESSAGE_MAX);
	const enum orch_cause cause = look_up(event_words, reason);

	if (shown->state == ORCH_INSTANCE_RUNNING && unhealthy) {
		add_part(&text, "", unhealthy);
	} else if (shown->state == ORCH_INSTANCE_PENDING && cause != ORCH_CAUSE_NONE) {
		shown->cause = cause;
		add_part(&text, "", reason);
		add_part(&text, ": ", message);
	} else {
		return ORCH_OK;
	}
	return put_message(pool, &text, shown);
}
