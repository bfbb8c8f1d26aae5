/* SPDX-License-Identifier: MIT */
#include "support/kube_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fakes/fake_http.h"
#include "net/transfer.h"
#include "util/clock.h"
#include "util/pool.h"
#include "util/text.h"

static void complain(struct kube_world *w, const char *why, const char *asked)
{
	if (!*w->problem)
		snprintf(w->problem, sizeof w->problem, "%s: asked %.200s, step %zu is %.200s", why,
			asked, w->at,
			w->steps[w->at].request ? w->steps[w->at].request : "the end");
}

/* ---- what was asked ---- */

static void decode_query(const char *text, char *out, size_t cap)
{
	size_t n = 0;

	for (; *text && n + 1 < cap; text++) {
		char hex[3] = { 0 };

		if (*text == '%' && text[1] && text[2]) {
			memcpy(hex, text + 1, 2);
			out[n++] = (char)strtol(hex, NULL, 16);
			text += 2;
		} else {
			out[n++] = *text;
		}
	}
	out[n] = '\0';
}

static void note_headers(struct kube_world *w, const orch_kv *headers, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const size_t n = strlen(w->headers);

		snprintf(w->headers + n, sizeof w->headers - n, "%s: %s\n", headers[i].key,
			headers[i].value);
	}
}

static void note(struct kube_world *w, const struct orch__request *r)
{
	w->asked++;
	w->headers[0] = '\0';
	note_headers(w, r->headers, r->header_count);
	note_headers(w, w->k->http.headers, w->k->http.header_count);
	decode_query(r->query ? r->query : "", w->query, sizeof w->query);
	if (!r->body)
		return;
	snprintf(w->posted, sizeof w->posted, "%.*s", (int)r->body_len, r->body);
	snprintf(w->content_type, sizeof w->content_type, "%s",
		r->content_type ? r->content_type : "application/json");
}

static bool has_token(const struct kube_world *w, const char *token)
{
	char line[256];

	snprintf(line, sizeof line, "Authorization: Bearer %s\n", token);
	return strstr(w->headers, line) != NULL;
}

/* ---- what is answered ---- */

static void take_step(struct kube_world *w, const struct kube_step *s, struct fake_reply *reply)
{
	reply->status = s->fault ? s->status : s->status ? s->status : 200;
	reply->body = s->body ? s->body : "";
	reply->headers = s->headers;
	reply->fault = s->fault;
	reply->piece = s->piece;
	reply->silent_ms = s->silent_ms * KUBE_WORLD_SLOW;
	reply->sends = s->is_unsent ? 0 : s->sends ? s->sends : 1;
	w->at++;
}

static void answer(void *payload, const struct orch__request *request, const char *target,
	struct fake_reply *reply)
{
	struct kube_world *w = payload;
	const struct kube_step *s = &w->steps[w->at];
	char asked[2048];

	snprintf(asked, sizeof asked, "%s %s", request->method, target);
	note(w, request);
	if (!s->request || !orch__text_starts(asked, s->request)) {
		complain(w, "not expected", asked);
		reply->status = 418;
	} else {
		if (s->token && !has_token(w, s->token))
			complain(w, "with another token", asked);
		take_step(w, s, reply);
	}
	atomic_fetch_add(&w->answered, 1);
}

/* ---- a server that counts how often it is opened and closed ---- */

static struct orch__engine counting; /* that of fake_http.c, and counts */
static void (*dispose_fake)(struct orch__http *http, bool is_forked);
static struct kube_world *counted;

static void dispose(struct orch__http *http, bool is_forked)
{
	counted->closed++;
	dispose_fake(http, is_forked);
}

static void count_for(struct kube_world *w)
{
	struct orch__http *http = fake_http_open(NULL, NULL);

	counting = *http->engine;
	dispose_fake = counting.dispose;
	counting.dispose = dispose;
	counted = w;
	orch__http_close(http);
}

static orch_status open_fake(
	void *payload, const struct orch__http_config *config, struct orch__http **out)
{
	struct kube_world *w = payload;

	(void)config;
	*out = fake_http_open(answer, w);
	(*out)->engine = &counting;
	w->opened++;
	return ORCH_OK;
}

/* ---- open and close ---- */

void kube_world_open_as(
	struct kube_world *w, struct kube_config *config, const struct kube_step *steps)
{
	orch_client_options options = ORCH_CLIENT_OPTIONS_INIT;

	memset(w, 0, sizeof *w);
	count_for(w);
	options.connect_timeout_ms = 10000;
	if (!config->url)
		config->url = "kubernetes://";
	if (!config->chosen_by)
		config->chosen_by = "the URL";
	if (!config->server)
		config->server = "https://k0:6443";
	assert_int_equal(kube_session_open(config, &options, open_fake, w, &w->k), ORCH_OK);
	w->k->limits = (struct kube_limits){ 100 * KUBE_WORLD_SLOW, 200 * KUBE_WORLD_SLOW,
		20 * KUBE_WORLD_SLOW, 1000 };
	w->call.struct_size = sizeof w->call;
	w->call.backend = &w->k->base;
	w->call.ns = "default";
	w->call.op_id = KUBE_WORLD_OP;
	w->call.force = 1;
	kube_world_expect(w, steps);
}

void kube_world_open(struct kube_world *w, const struct kube_step *steps)
{
	struct kube_config config = { .user.token = KUBE_WORLD_TOKEN };

	kube_world_open_as(w, &config, steps);
}

static void forget_result(struct kube_world *w)
{
	struct orch__arena arena;

	if (!w->call.pool)
		return;
	arena = w->call.pool->arena; /* which lies in itself */
	orch__arena_dispose(&arena);
	w->call.pool = NULL;
}

void kube_world_expect(struct kube_world *w, const struct kube_step *steps)
{
	forget_result(w);
	w->call.pool = orch__result_pool(orch__result_new(1));
	w->call.deadline_ms = orch__clock_ms() + 20000;
	w->steps = steps;
	w->at = w->asked = 0;
	atomic_store(&w->answered, 0);
	w->posted[0] = w->content_type[0] = w->query[0] = w->headers[0] = w->problem[0] = '\0';
}

void kube_world_done(struct kube_world *w)
{
	if (*w->problem)
		fail_msg("%s", w->problem);
	if (w->steps[w->at].request)
		fail_msg("nobody asked %s", w->steps[w->at].request);
}

void kube_world_close(struct kube_world *w)
{
	forget_result(w);
	kube_session_close(w->k);
}
