/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "backend/sim/world.h"
#include "util/error.h"
#include "util/options.h"
#include "util/text.h"

static const orch_sim_image blank = ORCH_SIM_IMAGE_INIT;

static void set_behaviour(struct sim_image *i, const orch_sim_image *from)
{
	i->missing = from->missing == 1;
	i->pull_ms = from->pull_ms;
	i->start_ms = from->start_ms;
	i->crash_after_ms = from->crash_after_ms;
	i->exit_code = from->exit_code == ORCH_UNSET ? 1 : from->exit_code;
	i->unhealthy = from->unhealthy == 1;
}

static struct sim_image *add(struct sim_world *w, const char *name)
{
	size_t size = strlen(name) + 1;
	struct sim_image *i = orch__zalloc(sizeof *i + size);

	if (!i)
		return NULL;
	memcpy(i->name, name, size);
	set_behaviour(i, &blank);
	i->next = w->images;
	w->images = i;
	return i;
}

struct sim_image *sim_image_find(struct sim_world *w, const char *name)
{
	struct sim_image *i = w->images;

	while (i && strcmp(i->name, name) != 0)
		i = i->next;
	return i ? i : add(w, name);
}

static orch_status check_time(const char *image, const char *what, int64_t ms)
{
	if (ms == ORCH_UNSET || ms >= 0)
		return ORCH_OK;
	return orch__fail(ORCH_E_INVALID, "image %s: %s must not be negative", image, what);
}

static orch_status check(const orch_sim_image *i)
{
	orch_status st;

	if (!i->name || !i->name[0])
		return orch__fail(ORCH_E_INVALID, "image: it has no name");
	st = check_time(i->name, "pull_ms", i->pull_ms);
	if (st == ORCH_OK)
		st = check_time(i->name, "start_ms", i->start_ms);
	if (st == ORCH_OK)
		st = check_time(i->name, "crash_after_ms", i->crash_after_ms);
	return st;
}

orch_status sim_image_put(struct sim_world *w, const orch_sim_image *image)
{
	orch_sim_image given = ORCH_SIM_IMAGE_INIT;
	struct sim_image *i;
	orch_status st = orch__options_copy("orch_sim_image", &given, sizeof given, image);

	if (st == ORCH_OK)
		st = check(&given);
	if (st < 0)
		return st;
	i = sim_image_find(w, given.name);
	if (!i)
		return orch__fail(ORCH_E_NOMEM, "image %s", given.name);
	set_behaviour(i, &given);
	return ORCH_OK;
}

/* The registry in front of the first slash, if that is one: "r.invalid/x", "127.0.0.1:1/x". */
static bool is_unreachable(const char *name)
{
	static const char invalid[] = ".invalid";
	size_t host = strcspn(name, "/"), len = strcspn(name, ":/");
	const char *port = name + len;

	if (!name[host])
		return false;
	if (*port == ':' && host - len == 2 && port[1] == '1')
		return true;
	return len >= sizeof invalid - 1 &&
		!strncmp(name + len - (sizeof invalid - 1), invalid, sizeof invalid - 1);
}

bool sim_image_is_missing(const struct sim_image *i)
{
	return i->missing || is_unreachable(i->name);
}

bool sim_image_is_on(const struct sim_image *i, const struct sim_node *n)
{
	return n->index < i->pulled_count && i->pulled[n->index];
}

/* When there is no memory for the note, the next task pulls again: no harm. */
void sim_image_pulled(struct sim_world *w, struct sim_image *i, const struct sim_node *n)
{
	if (n->index >= i->pulled_count) {
		unsigned char *grown = orch__resize(i->pulled, w->node_count);

		if (!grown)
			return;
		memset(grown + i->pulled_count, 0, w->node_count - i->pulled_count);
		i->pulled = grown;
		i->pulled_count = w->node_count;
	}
	i->pulled[n->index] = 1;
}

void sim_image_free(struct sim_image *i)
{
	orch__free(i->pulled);
	orch__free(i);
}
