/* SPDX-License-Identifier: MIT */
#include "fakes/fake_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/transfer.h"
#include "util/alloc.h"
#include "util/clock.h"
#include "util/error.h"

struct fake {
	struct orch__http http;
	fake_http_fn *answer;
	void *payload;
};

struct fake_transfer {
	struct orch__transfer t;
	struct fake_reply reply;
	size_t at; /* in the body */
};

static orch_status acquire(struct orch__http *http, struct orch__transfer **out)
{
	struct fake_transfer *f = orch__zalloc(sizeof *f);

	if (!f)
		return orch__fail(ORCH_E_NOMEM, "fake transfer");
	f->t.http = http;
	*out = &f->t;
	return ORCH_OK;
}

static orch_status start(struct orch__transfer *t, const struct orch__request *request)
{
	struct fake_transfer *f = (struct fake_transfer *)t;
	struct fake *fake = (struct fake *)t->http;

	f->reply = (struct fake_reply){ .status = 200, .body = "", .sends = 1 };
	fake->answer(fake->payload, request, t->url.text + t->path_at, &f->reply);
	t->sends = f->reply.sends;
	return ORCH_OK;
}

static bool send_head(struct fake_transfer *f)
{
	char line[64];
	const char *at = f->reply.headers ? f->reply.headers : "";

	snprintf(line, sizeof line, "HTTP/1.1 %d Fake\r\n", f->reply.status);
	if (!orch__transfer_on_header(&f->t, line, strlen(line)))
		return false;
	for (; *at; at = strstr(at, "\r\n") + 2)
		if (!orch__transfer_on_header(&f->t, at, (size_t)(strstr(at, "\r\n") + 2 - at)))
			return false;
	if (!f->reply.fault) {
		snprintf(line, sizeof line, "Content-Length: %zu\r\n", strlen(f->reply.body));
		if (!orch__transfer_on_header(&f->t, line, strlen(line)))
			return false;
	}
	return orch__transfer_on_header(&f->t, "\r\n", 2);
}

/* One piece at a time, so that whoever pulls sees the seams. */
static void pump(struct orch__transfer *t, int64_t wait_ms)
{
	struct fake_transfer *f = (struct fake_transfer *)t;
	size_t left = strlen(f->reply.body) - f->at;
	size_t n = f->reply.piece && f->reply.piece < left ? f->reply.piece : left;

	if (f->reply.silent_ms > 0) {
		orch__clock_sleep(wait_ms < f->reply.silent_ms ? wait_ms : f->reply.silent_ms);
		f->reply.silent_ms -= (int)wait_ms;
		return;
	}
	if (f->reply.status && !t->head.is_complete) {
		if (!send_head(f))
			return;
	} else if (f->reply.status && n) {
		f->at += n;
		(void)orch__transfer_on_data(t, f->reply.body + f->at - n, n);
	} else {
		orch__transfer_end(t, f->reply.fault, "fake fault");
	}
}

static void release(struct orch__transfer *t)
{
	orch__transfer_dispose(t);
	orch__free(t);
}

static void dispose(struct orch__http *http, bool is_forked)
{
	(void)is_forked;
	orch__http_free(http);
}

static const struct orch__engine engine = { acquire, start, pump, release, dispose };

struct orch__http *fake_http_open(fake_http_fn *answer, void *payload)
{
	struct fake *fake = (struct fake *)orch__http_new(sizeof *fake, &engine, "fake");

	if (!fake || !orch__http_set_base(&fake->http, ""))
		abort();
	fake->answer = answer;
	fake->payload = payload;
	return &fake->http;
}
