/* SPDX-License-Identifier: MIT */
#include "support/swarm_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "backend/swarm/session.h"
#include "backend/swarm/swarm.h"
#include "fakes/fake_http.h"
#include "util/clock.h"
#include "util/pool.h"
#include "util/text.h"

struct manager {
	struct swarm_world *world;
	int number;
};

static struct manager managers[SWARM_WORLD_MANAGERS];

static void complain(struct swarm_world *w, const char *why, int manager, const char *asked)
{
	if (!*w->problem)
		snprintf(w->problem, sizeof w->problem, "%s: m%d was asked %s, step %zu is %s", why,
			manager, asked, w->at,
			w->steps[w->at].request ? w->steps[w->at].request : "the end");
}

static bool is_ping(const char *asked)
{
	return strstr(asked, " /_ping") != NULL;
}

static void ping(struct swarm_world *w, struct fake_reply *reply)
{
	static char header[64];

	snprintf(header, sizeof header, "Api-Version: %s\r\n", w->api);
	reply->headers = header;
}

static void take_step(struct swarm_world *w, const struct swarm_step *s,
	const struct orch__request *request, struct fake_reply *reply)
{
	if (request->body)
		snprintf(
			w->posted, sizeof w->posted, "%.*s", (int)request->body_len, request->body);
	reply->status = s->fault ? s->status : s->status ? s->status : 200;
	reply->body = s->body ? s->body : "";
	reply->headers = s->headers;
	reply->fault = s->fault;
	reply->piece = s->piece;
	reply->silent_ms = s->silent_ms * SWARM_WORLD_SLOW;
	reply->sends = s->is_unsent ? 0 : 1;
	w->at++;
}

static void answer(void *payload, const struct orch__request *request, const char *target,
	struct fake_reply *reply)
{
	const struct manager *m = payload;
	struct swarm_world *w = m->world;
	const struct swarm_step *s = &w->steps[w->at];
	char asked[2048];

	snprintf(asked, sizeof asked, "%s %s", request->method, target);
	w->asked++;
	if (s->request && orch__text_starts(asked, s->request) &&
		(!s->endpoint || s->endpoint - 1 == m->number)) {
		take_step(w, s, request, reply);
	} else if (is_ping(asked)) {
		ping(w, reply);
	} else {
		complain(w, "not expected", m->number, asked);
		reply->status = 418;
	}
}

static orch_status open_fake(
	void *payload, const struct orch__http_config *config, struct orch__http **out)
{
	struct swarm_world *w = payload;
	const int number = config->url[8] - '0'; /* http://m0:2375 */

	managers[number] = (struct manager){ w, number };
	*out = fake_http_open(answer, &managers[number]);
	return ORCH_OK;
}

void swarm_world_open(struct swarm_world *w, size_t count, const struct swarm_step *steps)
{
	orch_client_options options = ORCH_CLIENT_OPTIONS_INIT;
	struct swarm_config config = { .url = "swarm://", .chosen_by = "the URL" };
	struct swarm *s;

	memset(w, 0, sizeof *w);
	options.connect_timeout_ms = 10000;
	for (; config.host_count < count; config.host_count++)
		snprintf(config.hosts[config.host_count].host, 8, "m%d", (int)config.host_count);
	assert_int_equal(swarm_session_open(&config, &options, open_fake, w, &s), ORCH_OK);
	s->base.ops = &swarm_backend;
	s->limits = (struct swarm_limits){ 50 * SWARM_WORLD_SLOW, 100 * SWARM_WORLD_SLOW,
		50 * SWARM_WORLD_SLOW, 50 * SWARM_WORLD_SLOW, 50 * SWARM_WORLD_SLOW,
		200 * SWARM_WORLD_SLOW, 0, 0 };
	w->api = "1.41";
	w->call.struct_size = sizeof w->call;
	w->call.backend = &s->base;
	w->call.ns = "default";
	w->call.op_id = SWARM_WORLD_OP;
	swarm_world_expect(w, steps);
}

void swarm_world_expect(struct swarm_world *w, const struct swarm_step *steps)
{
	struct orch__arena arena;

	if (w->call.pool) {
		arena = w->call.pool->arena;
		orch__arena_dispose(&arena);
	}
	w->call.pool = orch__result_pool(orch__result_new(1));
	w->call.deadline_ms = orch__clock_ms() + 20000;
	w->steps = steps;
	w->at = w->asked = 0;
	w->posted[0] = w->problem[0] = '\0';
}

void swarm_world_done(struct swarm_world *w)
{
	if (*w->problem)
		fail_msg("%s", w->problem);
	if (w->steps[w->at].request)
		fail_msg("nobody asked %s", w->steps[w->at].request);
}

void swarm_world_close(struct swarm_world *w)
{
	struct orch__arena arena = w->call.pool->arena;

	orch__arena_dispose(&arena);
	swarm_session_close((struct swarm *)w->call.backend);
}

const char *swarm_world_service(int version, const char *labels, const char *spec)
{
	static char texts[4][4096];
	static unsigned next;
	char *text = texts[next++ % 4];

	snprintf(text, sizeof texts[0],
		"{\"ID\":\"s1\",\"Version\":{\"Index\":%d},\"CreatedAt\":\"2026-11-25T10:00:00Z\","
		"\"UpdatedAt\":\"2026-11-25T10:00:01.5Z\",\"Spec\":{\"Name\":\"web\",\"Labels\":{%"
		"s},"
		"%s}}",
		version, labels,
		spec ? spec
		     : "\"TaskTemplate\":{\"ContainerSpec\":{\"Image\":\"i:1\",\"Isolation\":"
		       "\"default\"},\"ForceUpdate\":4},\"Mode\":{\"Replicated\":{\"Replicas\":2}"
		       "}");
	return text;
}
