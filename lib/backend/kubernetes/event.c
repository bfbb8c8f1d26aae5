/* SPDX-License-Identifier: MIT */
#include "backend/kubernetes/event.h"

#include <string.h>

#include "backend/kubernetes/items.h"
#include "backend/kubernetes/tables.h"
#include "util/error.h"
#include "util/text.h"

struct hearing {
	struct orch__arena *arena;
	struct kube_rumour *rumours;
	size_t count;
};

static orch_status no_memory(void)
{
	return orch__fail(ORCH_E_NOMEM, "out of memory");
}

static void forget(void *payload)
{
	struct hearing *h = payload;

	for (size_t i = 0; i < h->count; i++)
		h->rumours[i] = (struct kube_rumour){ .uid = h->rumours[i].uid };
}

/* Any of them may be missing. */
static int64_t time_of(const struct kube_event *e)
{
	if (e->last_observed_ms != ORCH_UNSET)
		return e->last_observed_ms;
	if (e->last_ms != ORCH_UNSET)
		return e->last_ms;
	return e->event_ms != ORCH_UNSET ? e->event_ms : e->created_ms;
}

/* False: out of memory. */
static bool copy(struct hearing *h, const char *text, const char **out)
{
	text = text ? text : "";
	*out = orch__arena_strndup(h->arena, text, strlen(text));
	return *out != NULL;
}

static orch_status note(struct hearing *h, const struct kube_event *e, struct kube_rumour *r)
{
	const int64_t at = time_of(e);
	bool ok = true;

	if (orch__text_equal(e->reason, "Unhealthy") && (!r->unhealthy || at >= r->unhealthy_ms)) {
		r->unhealthy_ms = at;
		ok = copy(h, e->message, &r->unhealthy);
	}
	if (!r->reason || at >= r->at_ms) {
		r->at_ms = at;
		ok = copy(h, e->reason, &r->reason) && copy(h, e->message, &r->message) && ok;
	}
	return ok ? ORCH_OK : no_memory();
}

static orch_status hear(void *payload, const void *item, const struct orch__json_list *list)
{
	struct hearing *h = payload;
	const struct kube_event *e = item;

	(void)list;
	for (size_t i = 0; i < h->count; i++)
		if (orch__text_equal(e->about_uid, h->rumours[i].uid))
			return note(h, e, &h->rumours[i]);
	return ORCH_OK;
}

orch_status kube_events_read(const orch_call *call, const char *ns, struct orch__arena *arena,
	struct kube_rumour *rumours, size_t count)
{
	struct hearing hearing = { arena, rumours, count };
	struct orch__buf field = ORCH__BUF_INIT(512);
	struct kube_items items = { .kind = KUBE_EVENT,
		.ns = ns,
		.table = &kube_event_table,
		.on_item = hear,
		.restart = forget,
		.payload = &hearing };
	orch_status st;

	orch__buf_addf(&field, "involvedObject.%s=%s", count == 1 ? "uid" : "kind",
		count == 1 ? rumours[0].uid : "Pod");
	items.field_selector = field.text;
	st = orch__buf_ok(&field) ? kube_items_read(call, &items) : no_memory();
	orch__buf_dispose(&field);
	if (st != ORCH_E_FORBIDDEN)
		return st;
	orch__error_clear();
	forget(&hearing);
	return ORCH_OK;
}
