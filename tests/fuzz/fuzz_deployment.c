/* SPDX-License-Identifier: MIT */
/* A Deployment as a server answers it: read by rows, and laid over by what was read. */
#include <stdlib.h>

#include "backend/kubernetes/tables.h"
#include "fuzz/fuzz.h"
#include "util/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct orch__buf out = ORCH__BUF_INIT(1 << 20);
	struct orch__arena arena = { 0 };
	struct kube_deployment d;
	bool changed;
	orch_status st;

	st = orch__json_decode(&kube_deployment_table, &arena, (const char *)data, size, &d);
	if (st == ORCH_OK)
		st = orch__json_overlay(&kube_deployment_table, (const char *)data, size, &d,
			ORCH__JSON_KEEP_UNSET, &out, &changed);
	if (st == ORCH_OK && changed && !out.len)
		abort();
	orch__buf_dispose(&out);
	orch__arena_dispose(&arena);
	return 0;
}
