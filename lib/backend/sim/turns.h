/* SPDX-License-Identifier: MIT */
#ifndef ORCH_BACKEND_SIM_TURNS_H
#define ORCH_BACKEND_SIM_TURNS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Virtual time passes as fast as a processor can, and so it would run away
 * from a thread that is not on one just now: its deadline would be over before
 * it could look. So threads take turns. Of those that sleep, the one that
 * wakes first moves time; and time stands still while a thread that has woken
 * or looked at the clock is not through with what it does, for it is about to
 * ask or to sleep again. That ends after SIM_HOLD_MS real milliseconds, for it
 * may do neither.
 *
 * All this is under the lock of the world.
 */
enum { SIM_BUSY_MAX = 64, SIM_HOLD_MS = 20 };

struct sim_sleeper {
	struct sim_sleeper *next; /* in the order of waking */
	int64_t until;
};

struct sim_turns {
	pthread_cond_t changed;
	struct sim_sleeper *first;
	struct {
		pthread_t thread;
		int64_t until_ms; /* real; 0: nobody */
	} busy[SIM_BUSY_MAX];
};

void sim_turns_init(struct sim_turns *t);
void sim_turns_dispose(struct sim_turns *t);

/* This thread is about to ask or to sleep; it has. */
void sim_turns_hold(struct sim_turns *t);
void sim_turns_release(struct sim_turns *t);

/* Returns when it is this sleeper's turn to move time to `until`. */
void sim_turns_wait(struct sim_turns *t, pthread_mutex_t *lock, struct sim_sleeper *s);
void sim_turns_leave(struct sim_turns *t, struct sim_sleeper *s);

#endif
