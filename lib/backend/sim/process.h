/* SPDX-License-Identifier: MIT */
#ifndef ORCH_BACKEND_SIM_PROCESS_H
#define ORCH_BACKEND_SIM_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "orch/common.h"

/*
 * What a command would do, told from its words alone: `sleep N`, `exit N`,
 * `true`, `false`, `:`, joined by `;` or `&&`, also behind `sh -c`.
 */
struct sim_run {
	int64_t ms; /* how long it takes; SIM_FOREVER: until it is stopped */
	int64_t exit_code;
};

#define SIM_FOREVER INT64_MAX

/* The program of an instance: what is not understood runs for ever. */
struct sim_run sim_process_program(orch_string_list command, orch_string_list args);

/* A health check: what is not understood succeeds at once. */
struct sim_run sim_process_check(orch_string_list command);

#endif
