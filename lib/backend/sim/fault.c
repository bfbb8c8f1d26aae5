/* SPDX-License-Identifier: MIT */
#include "backend/sim/world.h"
#include "util/error.h"
#include "util/options.h"
#include "util/text.h"

/* Noun and slot, as in orch/capability.h and orch/sys/backend.h. */
static const char *const operations[] = {
	"client.info",
	"deployment.get",
	"deployment.open",
	"deployment.put",
	"deployment.scale",
	"deployment.restart",
	"deployment.remove",
	"deployment.remaining",
	"instance.list",
};

static const char *find_operation(const char *name)
{
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
		if (orch__text_equal(operations[i], name))
			return operations[i];
	return NULL;
}

static bool is_known_status(int64_t status)
{
	switch (status) {
#define X(name, value, text)                                                                       \
	case ORCH_##name:                                                                          \
		return true;
		ORCH_STATUS_MAP(X)
#undef X
	}
	return false;
}

static orch_status check(const orch_sim_fault *f)
{
	if (f->operation && !find_operation(f->operation))
		return orch__fail(ORCH_E_INVALID,
			"fault: no operation \"%s\"; there are deployment.get, .open, .put, "
			".scale, "
			".restart, .remove, .remaining, instance.list, client.info",
			f->operation);
	if (f->skip < 0 || f->times < 1 || f->latency_ms < 0)
		return orch__fail(ORCH_E_INVALID,
			"fault: skip and latency_ms are at least 0, times is at least 1");
	if (!is_known_status(f->status))
		return orch__fail(ORCH_E_INVALID, "fault: status %lld is no orch_status",
			(long long)f->status);
	if (f->applied != 0 && f->applied != 1)
		return orch__fail(ORCH_E_INVALID, "fault: applied is 0 or 1");
	return ORCH_OK;
}

orch_status sim_fault_add(struct sim_world *w, const orch_sim_fault *fault)
{
	orch_sim_fault given = ORCH_SIM_FAULT_INIT;
	struct sim_fault *f, **end = &w->faults;
	orch_status st = orch__options_copy("orch_sim_fault", &given, sizeof given, fault);

	if (st == ORCH_OK)
		st = check(&given);
	if (st < 0)
		return st;
	f = orch__zalloc(sizeof *f);
	if (!f)
		return orch__fail(ORCH_E_NOMEM, "fault");
	*f = (struct sim_fault){ NULL, find_operation(given.operation), given.skip, given.times,
		given.latency_ms, given.status, given.applied };
	while (*end)
		end = &(*end)->next;
	*end = f;
	return ORCH_OK;
}

/* One failure a call: a second fault that fails is kept for the next call. */
static bool hits(struct sim_fault *f, const char *operation, const struct sim_verdict *so_far)
{
	if (f->operation && !orch__text_equal(f->operation, operation))
		return false;
	if (f->skip > 0) {
		f->skip--;
		return false;
	}
	if (f->status != ORCH_OK && so_far->status != ORCH_OK)
		return false;
	f->times--;
	return true;
}

struct sim_verdict sim_fault_take(struct sim_world *w, const char *operation)
{
	struct sim_verdict v = { 0, ORCH_OK, 0 };
	struct sim_fault **at = &w->faults;

	while (*at) {
		struct sim_fault *f = *at;

		if (hits(f, operation, &v)) {
			v.latency_ms = f->latency_ms > INT64_MAX - v.latency_ms
				? INT64_MAX
				: v.latency_ms + f->latency_ms;
			v.applied = v.applied || f->applied;
			if (f->status != ORCH_OK)
				v.status = f->status;
		}
		if (f->times > 0) {
			at = &f->next;
		} else {
			*at = f->next;
			orch__free(f);
		}
	}
	return v;
}
