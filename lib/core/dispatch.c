/* SPDX-License-Identifier: MIT */
#include "core/dispatch.h"

#include <stdbool.h>
#include <string.h>

#include "core/client.h"
#include "emulate/emulate.h"
#include "util/error.h"

/*
 * The one place that decides "native, else emulated, else unavailable". The
 * support matrix of the documentation is printed from these tables and those of
 * the backends: nobody types it, so it cannot lie.
 */
struct cap_row {
	orch_cap cap;
	const char *name, *text;
	size_t noun, slot; /* offsets in orch_backend_ops and in the noun's ops; 0: a feature */
};

static const struct cap_row caps[] = {
#define X(name_, value_, noun_, slot_, text_)                                                      \
	{ ORCH_CAP_##name_, #name_, text_, offsetof(struct orch_backend_ops, noun_),               \
		offsetof(struct orch_##noun_##_ops, slot_) },
#define Y(name_, value_, text_) { ORCH_CAP_##name_, #name_, text_, 0, 0 },
	ORCH_CAP_MAP(X) ORCH_FEATURE_MAP(Y)
#undef X
#undef Y
};

enum { CAPS = sizeof caps / sizeof caps[0] };

static const struct {
	orch_cap cap;
	orch__any_fn *fn;
	const char *how;
} emulations[] = {
	{ ORCH_CAP_DEPLOYMENT_SCALE, (orch__any_fn *)orch__emulate_scale,
		"liborch reads the deployment, changes the number and writes it back" },
	{ ORCH_CAP_DEPLOYMENT_WAIT, (orch__any_fn *)orch__emulate_wait,
		"liborch reads the deployment and its instances until they are complete" },
	{ ORCH_CAP_NAMESPACE_LIST, (orch__any_fn *)orch__emulate_ns_list,
		"a namespace is there as long as a deployment is in it" },
	{ ORCH_CAP_NAMESPACE_APPLY, (orch__any_fn *)orch__emulate_ns_put,
		"a namespace is a part of names, so there is nothing to make" },
	{ ORCH_CAP_NAMESPACE_DELETE, (orch__any_fn *)orch__emulate_ns_remove,
		"liborch deletes the deployments in it one by one" },
};

static const struct cap_row *find_row(orch_cap cap)
{
	for (size_t i = 0; i < CAPS; i++)
		if (caps[i].cap == cap)
			return &caps[i];
	return NULL;
}

/* Slots are read only within the struct_size of a table: it may be an older one. */
static orch__any_fn *read_slot(const struct orch_backend_ops *ops, size_t noun, size_t slot)
{
	orch__any_fn *fn = NULL;
	const char *table = NULL;
	size_t size;

	if (ops->struct_size < noun + sizeof table)
		return NULL;
	memcpy(&table, (const char *)ops + noun, sizeof table);
	if (!table)
		return NULL;
	memcpy(&size, table, sizeof size);
	if (size >= slot + sizeof fn)
		memcpy(&fn, table + slot, sizeof fn);
	return fn;
}

static bool has_ns_remove(const struct orch_backend_ops *ops)
{
	const struct cap_row *row = find_row(ORCH_CAP_NAMESPACE_DELETE);

	return read_slot(ops, row->noun, row->slot) != NULL;
}

orch__any_fn *orch__slot(const struct orch_backend_ops *ops, orch_cap cap)
{
	const struct cap_row *row = find_row(cap);
	orch__any_fn *fn = row && row->noun ? read_slot(ops, row->noun, row->slot) : NULL;

	for (size_t i = 0; !fn && i < sizeof emulations / sizeof emulations[0]; i++)
		if (emulations[i].cap == cap)
			fn = emulations[i].fn;
	return fn;
}

orch__ns_remaining_fn *orch__ns_remaining(const struct orch_backend_ops *ops)
{
	return has_ns_remove(ops) ? ops->ns->remaining : orch__emulate_ns_remaining;
}

static orch_level operation_level(
	const struct orch_backend_ops *ops, const struct cap_row *row, const char **reason)
{
	*reason = "";
	if (read_slot(ops, row->noun, row->slot))
		return ORCH_LEVEL_NATIVE;
	for (size_t i = 0; i < sizeof emulations / sizeof emulations[0]; i++) {
		if (emulations[i].cap != row->cap)
			continue;
		*reason = emulations[i].how;
		return ORCH_LEVEL_EMULATED;
	}
	*reason = "this orchestrator does not have it";
	return ORCH_LEVEL_UNAVAILABLE;
}

static orch_level feature_level(
	const struct orch_backend_ops *ops, orch_cap cap, const char **reason)
{
	for (const struct orch_feature *f = ops->features; f && f->cap; f++) {
		if (f->cap != cap)
			continue;
		*reason = f->reason ? f->reason : "";
		return f->level;
	}
	*reason = "this orchestrator does not have it";
	return ORCH_LEVEL_UNAVAILABLE;
}

orch_level orch__level(const struct orch_backend_ops *ops, orch_cap cap, const char **reason)
{
	const struct cap_row *row = find_row(cap);
	const char *why = "there is no such capability";
	orch_level level = ORCH_LEVEL_UNAVAILABLE;

	if (row)
		level = row->noun ? operation_level(ops, row, &why) : feature_level(ops, cap, &why);
	if (reason)
		*reason = why;
	return level;
}

orch_level orch_capability(const orch_client *client, orch_cap cap, const char **reason)
{
	if (client)
		return orch__level(client->session->backend->ops, cap, reason);
	if (reason)
		*reason = "there is no client";
	return ORCH_LEVEL_UNAVAILABLE;
}

orch_status orch__unsupported(const struct orch_backend_ops *ops, orch_cap cap)
{
	const struct cap_row *row = find_row(cap);
	const char *reason;

	(void)orch__level(ops, cap, &reason);
	return orch__fail(ORCH_E_UNSUPPORTED, "%s cannot %s: %s", ops->name,
		row ? row->text : "do that", reason);
}

orch_status orch__require(const struct orch_backend_ops *ops, orch_cap cap, const char *part)
{
	if (orch__level(ops, cap, NULL) != ORCH_LEVEL_UNAVAILABLE)
		return ORCH_OK;
	(void)orch__unsupported(ops, cap);
	return orch__fail_in(ORCH_E_UNSUPPORTED, "%s", part);
}

const char *orch_cap_name(orch_cap cap)
{
	const struct cap_row *row = find_row(cap);

	return row ? row->name : NULL;
}

const char *orch_cap_text(orch_cap cap)
{
	const struct cap_row *row = find_row(cap);

	return row ? row->text : NULL;
}

int orch_cap_at(size_t i, orch_cap *cap)
{
	if (i >= CAPS || !cap)
		return 0;
	*cap = caps[i].cap;
	return 1;
}

const char *orch_level_name(orch_level level)
{
	switch (level) {
	case ORCH_LEVEL_NATIVE:
		return "native";
	case ORCH_LEVEL_EMULATED:
		return "emulated";
	case ORCH_LEVEL_UNAVAILABLE:
		break;
	}
	return "unavailable";
}

/* clang-format off */
#define NOUN(noun_) offsetof(struct orch_backend_ops, noun_)
static const struct {
	const char *name;
	size_t noun, slot;
} required[] = {
#define R(noun_, slot_) { #noun_ "." #slot_, NOUN(noun_), offsetof(struct orch_##noun_##_ops, slot_) }
	R(deployment, get), R(deployment, open), R(deployment, next), R(deployment, close),
	R(deployment, put), R(deployment, restart), R(deployment, remove), R(deployment, remaining),
	R(instance, list),
#undef R
};
/* clang-format on */

const char *orch__backend_missing(const struct orch_backend_ops *ops)
{
	if (ops->struct_size != sizeof *ops)
		return "struct_size of this version";
	if (!ops->name || !ops->schemes || !ops->schemes[0])
		return "name or schemes";
	if (!ops->open || !ops->close || !ops->info)
		return "open, close or info";
	if (!ops->now != !ops->sleep)
		return "one of now and sleep";
	if (has_ns_remove(ops) &&
		!read_slot(ops, offsetof(struct orch_backend_ops, ns),
			offsetof(struct orch_ns_ops, remaining)))
		return "ns.remaining";
	for (size_t i = 0; i < sizeof required / sizeof required[0]; i++)
		if (!read_slot(ops, required[i].noun, required[i].slot))
			return required[i].name;
	return NULL;
}
