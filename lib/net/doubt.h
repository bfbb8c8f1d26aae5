/* SPDX-License-Identifier: MIT */
#ifndef ORCH_NET_DOUBT_H
#define ORCH_NET_DOUBT_H

#include <pthread.h>
#include <stdbool.h>

#include "orch/sys/backend.h"

/*
 * Creations of which another copy may still be on its way, because it was sent
 * again when no answer came. While the object is there, the copy is refused: the
 * name is taken. When the object is deleted soon, the copy would bring it back. So
 * whoever deletes waits until no copy can arrive any more, and takes away what did.
 */
struct orch__doubt {
	char name[136], op_id[40];
	int64_t until_ms; /* on orch__clock_ms(); 0: none */
};

enum { ORCH__DOUBTS_MAX = 32 };

/* Of one client. */
struct orch__doubts {
	pthread_mutex_t lock; /* of what follows */
	struct orch__doubt items[ORCH__DOUBTS_MAX];
	unsigned next;
};

void orch__doubts_open(struct orch__doubts *all);
void orch__doubts_close(struct orch__doubts *all);

/* Names that are too long for `name` are of no orchestrator. */
void orch__doubts_add(
	struct orch__doubts *all, const char *name, const char *op_id, int64_t until_ms);

/* Is it back? Then it goes once more. Settled: there is, or was, one of that name. */
typedef orch_status orch__doubt_look(
	const orch_call *call, const struct orch__doubt *doubt, bool *is_settled);

/*
 * After what bears that name was deleted. Returns at once where there is no doubt, which
 * is nearly always. ORCH_E_TIMEOUT, with the outcome APPLIED: it is deleted, and may come
 * back.
 */
orch_status orch__doubts_settle(
	struct orch__doubts *all, const orch_call *call, const char *name, orch__doubt_look *look);

#endif
