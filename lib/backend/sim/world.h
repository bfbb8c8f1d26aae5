/* SPDX-License-Identifier: MIT */
#ifndef ORCH_BACKEND_SIM_WORLD_H
#define ORCH_BACKEND_SIM_WORLD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "backend/sim/clock.h"
#include "backend/sim/config.h"
#include "backend/sim/turns.h"
#include "orch/deployment.h"
#include "orch/instance.h"
#include "orch/sim.h"
#include "util/arena.h"
#include "util/random.h"

/*
 * A world: all that there is, under one lock. What a client asks for changes
 * the specs; loops then make the rest follow, one event after another:
 *
 *	store.c       deployments by name: create, update, remove, versions
 *	rollout.c     a deployment's spec against its tasks: which to make, replace, stop
 *	scheduler.c   tasks that wait for a node
 *	task.c        the life of one task; health.c its checks
 *	node.c, image.c, fault.c   the rest of the furniture
 *
 * Every function here but lock, new and free wants the lock held.
 */

/* Durations of a world, in virtual milliseconds. Where Swarm has a default it is this one. */
enum {
	SIM_SILENCE_MS = 15000, /* until a node that does not answer is given up         */
	SIM_RESTART_DELAY_MS = 5000,
	SIM_STOP_GRACE_MS = 10000,
	SIM_MONITOR_MS = 5000, /* how long a new task must be ready before the next one */
	SIM_RETRY_MS = 1000,   /* after memory was short                                */
	SIM_REFUSED_MS = 300,  /* until an image is known not to be there               */
	SIM_HEALTH_INTERVAL_MS = 30000,
	SIM_HEALTH_TIMEOUT_MS = 30000,
	SIM_HEALTH_RETRIES = 3
};

#define SIM_EPOCH_MS INT64_C(1767225600000) /* where virtual time begins: 2026-01-01, UTC */
#define SIM_REPLICAS_MAX INT64_C(1000000)

enum { SIM_ID_LEN = 25, SIM_OP_ID_MAX = 32 };

struct sim_node {
	struct sim_world *world;
	char *name;
	size_t index;
	int64_t cpu_milli, memory_bytes;           /* there are            */
	int64_t used_cpu, used_memory, used_tasks; /* set aside            */
	int64_t mine; /* scratch of the scheduler: tasks of the deployment in hand */
	bool silent;  /* it does not answer                                        */
	bool down;    /* ... for so long that it has been given up                 */
	struct sim_timer giving_up;
	orch_kv_list labels;
	struct orch__arena memory; /* of the labels */
};

struct sim_image {
	struct sim_image *next;
	int64_t missing, pull_ms, start_ms, crash_after_ms, exit_code, unhealthy;
	unsigned char *pulled; /* by index of node */
	size_t pulled_count;
	char name[];
};

/* What a deployment was or is: immutable, shared by it and its tasks. */
struct sim_spec {
	int64_t refs;
	int64_t forced;       /* how many restarts were asked for before it           */
	uint64_t template_id; /* the same as another's: no task need be replaced      */
	struct sim_image *image;
	orch_deployment_spec spec;
	struct orch__arena memory;
};

enum sim_task_state {
	SIM_TASK_WAITING, /* for a node                                */
	SIM_TASK_PULLING,
	SIM_TASK_STARTING,
	SIM_TASK_RUNNING,
	SIM_TASK_RESTING, /* failed; tried again after a delay         */
	SIM_TASK_ENDED,   /* and not to be started again               */
	SIM_TASK_STOPPING
};

/* One place in a deployment, and who holds it: when a task has failed or was
 * replaced, the next one lives in the same struct, so that this needs no memory. */
struct sim_task {
	struct sim_task *prev, *next; /* of the deployment, in the order of slots */
	struct sim_world *world;
	struct sim_deployment *deployment;
	struct sim_spec *spec;
	struct sim_node *node; /* where it is, or was last */
	struct sim_timer life, check;
	enum sim_task_state state;
	bool placed; /* it holds a part of its node                                    */
	bool lost;   /* its node was given up, and its place taken; it is to be stopped */
	bool heir;   /* STOPPING: another one follows in its place                      */
	bool ready;  /* RUNNING, and its check has passed                               */
	int64_t slot, restarts;
	int64_t created_ms, started_ms, ready_ms;
	int64_t run_ms, run_exit_code; /* what its program is going to do      */
	int64_t failed_checks;         /* in a row                             */
	enum orch_cause cause;         /* what went wrong last; NONE once ready */
	int64_t exit_code;             /* of the last end, or ORCH_UNSET       */
	int64_t unfit, full, gone;     /* nodes that could not take it, by reason */
	char id[SIM_ID_LEN + 1];
};

struct sim_deployment {
	struct sim_world *world;
	struct sim_spec *spec;
	struct sim_task *first, *last;
	int64_t tasks, waiting; /* how many, and how many of them WAITING */
	uint64_t version;
	int64_t created_ms, updated_ms;
	struct sim_timer again; /* look at it once more            */
	bool removed;           /* its tasks are still stopping    */
	bool rolling;           /* some tasks are not of this spec */
	bool dirty;             /* rollout.c has to look           */
	struct sim_deployment *next_dirty;
	struct sim_deployment *prev, *next; /* of those that are removed       */
	char id[SIM_ID_LEN + 1];
	char op_id[SIM_OP_ID_MAX + 1]; /* of the last write               */
	char ns[];
};

struct sim_fault {
	struct sim_fault *next;
	const char *operation; /* NULL: any; else a name of fault.c */
	int64_t skip, times, latency_ms, status, applied;
};

struct orch_sim {
	struct sim_world *world;
};

struct sim_world {
	struct orch_sim handle; /* what the program holds of it */
	struct sim_world *next; /* of the named ones            */
	int64_t refs;           /* both under the lock of worlds.c */
	char name[SIM_WORLD_NAME_MAX + 1];

	pthread_mutex_t lock;
	struct sim_turns turns;
	struct sim_config config;
	struct sim_clock clock;
	int64_t real_ms, virtual_ms; /* with a speed: a moment on both clocks */
	struct orch__random random;
	uint64_t index, templates; /* last version, last template */
	int64_t writes, operations;

	struct sim_node **nodes;
	size_t node_count;
	struct sim_image *images;
	struct sim_fault *faults;
	struct sim_deployment **deployments; /* sorted by namespace and name */
	size_t deployment_count, deployment_cap;
	struct sim_deployment *removed;
	struct sim_task *spares; /* taken in advance, so that a write cannot fail halfway */
	size_t spare_count;
	struct sim_deployment *dirty, **dirty_end;
	bool place; /* the scheduler has to look */
};

/* world.c */
orch_status sim_world_new(const struct sim_config *config, struct sim_world **out);
void sim_world_free(struct sim_world *w);
void sim_world_lock(struct sim_world *w); /* time that has really passed has passed then */
void sim_world_unlock(struct sim_world *w);
void sim_world_advance(struct sim_world *w, int64_t ms);
void sim_world_sleep(struct sim_world *w, int64_t ms); /* the same, in turn with other threads */
void sim_world_settle(struct sim_world *w);            /* after each change: let the loops look */
void sim_world_dirty(struct sim_world *w, struct sim_deployment *d);
int64_t sim_world_draw(struct sim_world *w, int64_t least, int64_t most);
void sim_world_new_id(struct sim_world *w, char id[SIM_ID_LEN + 1]);
typedef void sim_task_fn(struct sim_task *t, void *payload); /* may free the task */
void sim_world_each_task(struct sim_world *w, sim_task_fn *fn, void *payload);

/* worlds.c: named worlds are shared in the process, as long as someone holds them. */
orch_status sim_worlds_open(const struct sim_config *config, struct sim_world **out);
void sim_world_ref(struct sim_world *w);
void sim_world_unref(struct sim_world *w);

/* rollout.c */
void sim_rollout(struct sim_world *w, struct sim_deployment *d);

/* scheduler.c */
void sim_schedule(struct sim_world *w);
bool sim_node_satisfies(const struct sim_node *n, orch_constraint_list constraints);

/* task.c */
bool sim_task_reserve(struct sim_world *w, int64_t count); /* false: memory is short */
void sim_task_drop_spares(struct sim_world *w);
/* In front of `before`, NULL: last. NULL: memory is short. */
struct sim_task *sim_task_add(struct sim_deployment *d, int64_t slot, struct sim_task *before);
void sim_task_free(struct sim_task *t); /* gone, in whatever state it is */
void sim_task_assign(struct sim_task *t, struct sim_node *node);
void sim_task_retire(struct sim_task *t);  /* stop it; may free it           */
void sim_task_replace(struct sim_task *t); /* by one of the spec that is now */
void sim_task_fail(struct sim_task *t, enum orch_cause cause, int64_t exit_code);
void sim_task_ready(struct sim_task *t);
void sim_task_freeze(struct sim_task *t); /* its node has become silent      */
void sim_task_lose(struct sim_task *t);   /* its node is given up            */
void sim_task_thaw(struct sim_task *t);   /* its node is back                */
bool sim_task_is_serving(const struct sim_task *t);
bool sim_task_is_updated(const struct sim_task *t);

/* health.c */
void sim_health_begin(struct sim_task *t); /* it runs: check it again and again */
void sim_health_fire(struct sim_world *w, void *task);

/* node.c */
orch_status sim_node_put(struct sim_world *w, const orch_sim_node *node);
orch_status sim_node_fail(struct sim_world *w, const char *name);
orch_status sim_node_recover(struct sim_world *w, const char *name);
void sim_node_free(struct sim_node *n);

/* image.c */
struct sim_image *sim_image_find(struct sim_world *w, const char *name); /* made if need be */
orch_status sim_image_put(struct sim_world *w, const orch_sim_image *image);
bool sim_image_is_missing(const struct sim_image *i);
bool sim_image_is_on(const struct sim_image *i, const struct sim_node *n);
void sim_image_pulled(struct sim_world *w, struct sim_image *i, const struct sim_node *n);
void sim_image_free(struct sim_image *i);

/* fault.c */
struct sim_verdict {
	int64_t latency_ms, status, applied;
};
orch_status sim_fault_add(struct sim_world *w, const orch_sim_fault *fault);
struct sim_verdict sim_fault_take(struct sim_world *w, const char *operation);

#endif
