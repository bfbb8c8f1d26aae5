/* SPDX-License-Identifier: MIT */
#ifndef ORCH_BACKEND_SIM_CLOCK_H
#define ORCH_BACKEND_SIM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Virtual time, and what is to happen in it, in the order of time and, at the
 * same time, of arming. Timers live inside what they belong to (a pairing
 * heap), so that time can pass when memory is short.
 */
struct sim_world;

typedef void sim_fire_fn(struct sim_world *w, void *owner);

struct sim_timer {
	sim_fire_fn *fire;
	void *owner;
	int64_t at;
	uint64_t order;
	bool armed;
	struct sim_timer *child, *next, *prev; /* prev: the left sibling, else the parent */
};

struct sim_clock {
	int64_t now;
	uint64_t orders;
	struct sim_timer *first;
};

/* `now` and `ms` later; never beyond what can be counted, never back. */
int64_t sim_clock_after(const struct sim_clock *c, int64_t ms);

/* Fire `ms` from now; an armed timer moves. */
void sim_timer_arm(struct sim_clock *c, struct sim_timer *t, int64_t ms);
void sim_timer_disarm(struct sim_clock *c, struct sim_timer *t);

/* Take out the next timer that is due by `until`, and move `now` there. NULL: none is;
 * `now` is `until`. */
struct sim_timer *sim_clock_next(struct sim_clock *c, int64_t until);

#endif
