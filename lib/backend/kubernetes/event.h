/* SPDX-License-Identifier: MIT */
#ifndef ORCH_KUBE_EVENT_H
#define ORCH_KUBE_EVENT_H

#include "orch/sys/backend.h"
#include "util/arena.h"

/*
 * What was said of a pod, where it says too little of itself: a volume that cannot be mounted
 * or a check that fails shows in events alone. They are kept for an hour, and some are
 * dropped when there are many: that there is none proves nothing.
 */
struct kube_rumour {
	const char *uid;
	const char *reason, *message; /* of the newest one; NULL: none           */
	const char *unhealthy;        /* message of the newest failed check      */
	int64_t at_ms, unhealthy_ms;  /* when that was                           */
};

/* One request for all of them; `uid` is set. Who may not read events finds none. */
orch_status kube_events_read(const orch_call *call, const char *ns, struct orch__arena *arena,
	struct kube_rumour *rumours, size_t count);

#endif
