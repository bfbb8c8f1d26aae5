/* SPDX-License-Identifier: MIT */
#ifndef ORCH_BACKEND_SIM_SPEC_H
#define ORCH_BACKEND_SIM_SPEC_H

#include <stdbool.h>

#include "backend/sim/world.h"

/* Where a copy takes its memory from: an arena, or the pool of a result. */
struct sim_memory {
	void *(*take)(void *from, size_t size);
	void *from;
	bool failed; /* sticky */
};

void *sim_take(struct sim_memory *m, size_t size);
const char *sim_copy_text(struct sim_memory *m, const char *text);

/* All of it, deep. Lists without elements become lists that are not given,
 * parts that say nothing become parts that are not there, labels are sorted:
 * two specs that mean the same then are the same. Look at `m->failed` afterwards. */
void sim_spec_copy(
	struct sim_memory *m, orch_deployment_spec *to, const orch_deployment_spec *from);
void sim_labels_copy(struct sim_memory *m, orch_kv_list *to, orch_kv_list from);

/* Of copies only. */
bool sim_spec_same(const orch_deployment_spec *a, const orch_deployment_spec *b);
/* All that an instance is made of: not name, labels, replicas and constraints. */
bool sim_spec_same_template(const orch_deployment_spec *a, const orch_deployment_spec *b);

/* One reference; NULL when memory is short. The template is for the caller to say. */
struct sim_spec *sim_spec_new(struct sim_world *w, const orch_deployment_spec *from);
struct sim_spec *sim_spec_ref(struct sim_spec *s);
void sim_spec_unref(struct sim_spec *s);

#endif
