/* SPDX-License-Identifier: MIT */
#include "backend/sim/turns.h"

#include <time.h>

#include "util/clock.h"

void sim_turns_init(struct sim_turns *t)
{
	pthread_cond_init(&t->changed, NULL);
}

void sim_turns_dispose(struct sim_turns *t)
{
	pthread_cond_destroy(&t->changed);
}

static bool is_mine(const struct sim_turns *t, int i)
{
	return t->busy[i].until_ms && pthread_equal(t->busy[i].thread, pthread_self());
}

/* One more thread than there is room for is not waited for: no harm but a time that runs. */
void sim_turns_hold(struct sim_turns *t)
{
	const int64_t now = orch__clock_ms();
	int free = -1;

	for (int i = 0; i < SIM_BUSY_MAX; i++) {
		if (is_mine(t, i)) {
			free = i;
			break;
		}
		if (free < 0 && t->busy[i].until_ms <= now)
			free = i;
	}
	if (free < 0)
		return;
	t->busy[free].thread = pthread_self();
	t->busy[free].until_ms = now + SIM_HOLD_MS;
}

void sim_turns_release(struct sim_turns *t)
{
	for (int i = 0; i < SIM_BUSY_MAX; i++)
		if (is_mine(t, i)) {
			t->busy[i].until_ms = 0;
			pthread_cond_broadcast(&t->changed);
		}
}

/* How long others may still hold time; this thread itself does not: it sleeps. */
static int64_t held_ms(const struct sim_turns *t)
{
	const int64_t now = orch__clock_ms();
	int64_t ms = 0;

	for (int i = 0; i < SIM_BUSY_MAX; i++)
		if (t->busy[i].until_ms - now > ms)
			ms = t->busy[i].until_ms - now;
	return ms;
}

static void wait_for_change(struct sim_turns *t, pthread_mutex_t *lock, int64_t ms)
{
	const int64_t until = orch__clock_wall_ms() + ms;
	const struct timespec at = { (time_t)(until / 1000), (long)(until % 1000) * 1000000 };

	(void)pthread_cond_timedwait(&t->changed, lock, &at);
}

static void join(struct sim_turns *t, struct sim_sleeper *s)
{
	struct sim_sleeper **at = &t->first;

	while (*at && (*at)->until <= s->until)
		at = &(*at)->next;
	s->next = *at;
	*at = s;
}

void sim_turns_wait(struct sim_turns *t, pthread_mutex_t *lock, struct sim_sleeper *s)
{
	join(t, s);
	sim_turns_release(t);
	for (;;) {
		const int64_t ms = t->first == s ? held_ms(t) : SIM_HOLD_MS;

		if (ms <= 0)
			return;
		wait_for_change(t, lock, ms);
	}
}

void sim_turns_leave(struct sim_turns *t, struct sim_sleeper *s)
{
	struct sim_sleeper **at = &t->first;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	sim_turns_hold(t);
	pthread_cond_broadcast(&t->changed);
}
