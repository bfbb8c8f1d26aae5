/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_VERSION_H
#define ORCH_SWARM_VERSION_H

#include <stdbool.h>
#include <stdint.h>

#include "orch/error.h"

/*
 * Versions of the Engine API. An engine that is spoken to in an older version
 * than its own forgets members of what is written: so the newest that both
 * know, and the newest that was tested here is kept high.
 */
struct swarm_api {
	int32_t major, minor; /* both 0: not known yet */
};

#define SWARM_API_MIN ((struct swarm_api){ 1, 41 }) /* Engine 20.10 */
#define SWARM_API_MAX ((struct swarm_api){ 1, 56 }) /* Engine 29.8  */

/* "1.41" */
bool swarm_api_parse(const char *text, struct swarm_api *out);
int swarm_api_compare(struct swarm_api a, struct swarm_api b);

/*
 * What to speak with an engine that offers `offered` (the header Api-Version,
 * "" when there was none). `forced`, the variable DOCKER_API_VERSION, ends the
 * negotiation; NULL or "": none. ORCH_E_UNSUPPORTED names both numbers.
 */
orch_status swarm_api_choose(const char *offered, const char *forced, struct swarm_api *out);

#endif
