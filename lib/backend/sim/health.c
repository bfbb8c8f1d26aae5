/* SPDX-License-Identifier: MIT */
#include "backend/sim/process.h"
#include "backend/sim/world.h"
#include "util/options.h"

/* A check is one event: the moment when its result is known. */
static void arm(struct sim_task *t, const orch_health_spec *h)
{
	int64_t interval = orch__or_default(h->interval_ms, SIM_HEALTH_INTERVAL_MS);
	int64_t timeout = orch__or_default(h->timeout_ms, SIM_HEALTH_TIMEOUT_MS);
	int64_t takes = sim_process_check(h->command).ms;

	takes = takes < timeout ? takes : timeout;
	interval = interval > 0 ? interval : 1;
	sim_timer_arm(&t->world->clock, &t->check,
		interval < INT64_MAX - takes ? interval + takes : INT64_MAX);
}

void sim_health_begin(struct sim_task *t)
{
	const orch_health_spec *h = t->spec->spec.health;

	t->failed_checks = 0;
	if (h)
		arm(t, h);
	else if (!t->ready)
		sim_task_ready(t);
}

static bool passes(const struct sim_task *t, const orch_health_spec *h)
{
	struct sim_run run = sim_process_check(h->command);

	return !t->spec->image->unhealthy && run.exit_code == 0 &&
		run.ms <= orch__or_default(h->timeout_ms, SIM_HEALTH_TIMEOUT_MS);
}

/* Failures do not count while it comes up; once it was ready they always do. */
static bool is_starting(const struct sim_task *t, const orch_health_spec *h)
{
	return !t->ready &&
		t->world->clock.now - t->started_ms < orch__or_default(h->start_period_ms, 0);
}

void sim_health_fire(struct sim_world *w, void *task)
{
	struct sim_task *t = task;
	const orch_health_spec *h = t->spec->spec.health;

	(void)w;
	if (passes(t, h)) {
		t->failed_checks = 0;
		if (!t->ready)
			sim_task_ready(t);
	} else if (!is_starting(t, h)) {
		t->failed_checks++;
	}
	if (t->failed_checks >= (h->retries > 0 ? h->retries : SIM_HEALTH_RETRIES))
		sim_task_fail(t, ORCH_CAUSE_UNHEALTHY, 137);
	else
		arm(t, h);
}
