/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "backend/sim/noun.h"
#include "backend/sim/view.h"
#include "util/error.h"

/* The last one that was read: what comes behind it is looked up again each
 * time, so a list costs the world nothing and sees what happens meanwhile. */
struct cursor {
	bool all_namespaces;
	char ns[64], name[64];
	char selector[];
};

orch_status sim_deployment_open(
	const orch_call *call, const orch_list_options *options, void **cursor)
{
	const char *selector = options->selector ? options->selector : "";
	struct sim_call c;
	struct cursor *list;
	orch_status st = sim_call_begin(&c, call, "deployment.open", SIM_READ);

	if (st < 0)
		return st;
	list = orch__zalloc(sizeof *list + strlen(selector) + 1);
	if (list) {
		list->all_namespaces = options->all_namespaces == 1;
		snprintf(list->ns, sizeof list->ns, "%s", list->all_namespaces ? "" : call->ns);
		memcpy(list->selector, selector, strlen(selector) + 1);
		*cursor = list;
	} else {
		st = orch__fail(ORCH_E_NOMEM, "list of deployments");
	}
	return sim_call_end(&c, st);
}

/* Those of a namespace stand together. */
static bool is_in_reach(const struct cursor *c, const struct sim_deployment *d)
{
	return d && (c->all_namespaces || !strcmp(d->ns, c->ns));
}

static bool is_wanted(const struct cursor *c, const struct sim_deployment *d)
{
	return orch_selector_matches(c->selector[0] ? c->selector : NULL, d->spec->spec.labels);
}

static const struct sim_deployment *step(struct sim_world *w, const struct cursor *c)
{
	const struct sim_deployment *d = sim_store_behind(w, c->ns, c->name);

	while (is_in_reach(c, d) && !is_wanted(c, d))
		d = sim_store_behind(w, d->ns, d->spec->spec.name);
	return is_in_reach(c, d) ? d : NULL;
}

orch_status sim_deployment_next(
	const orch_call *call, void *cursor, orch_deployment_entry *out, int *got)
{
	struct sim_world *w = sim_client_of(call->backend)->world;
	struct cursor *c = cursor;
	const struct sim_deployment *d;
	orch_status st = ORCH_OK;

	sim_world_lock(w);
	d = step(w, c);
	*got = d != NULL;
	if (d) {
		snprintf(c->ns, sizeof c->ns, "%s", d->ns);
		snprintf(c->name, sizeof c->name, "%s", d->spec->spec.name);
		st = sim_view_deployment(call, d, out);
	}
	sim_world_unlock(w);
	return st;
}

void sim_deployment_close(orch_backend *backend, void *cursor)
{
	(void)backend;
	orch__free(cursor);
}
