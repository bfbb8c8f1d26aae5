/* SPDX-License-Identifier: MIT */
/*
 * libcurl as an engine. A handle and its connection are kept for the next
 * request; whoever calls takes one, so that threads never share one.
 */
#include "net/curl_engine.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net/ssh.h"
#include "util/error.h"
#include "util/text.h"

enum { CONNECT_TIMEOUT_MS = 10000, MAX_IDLE = 16 };

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;

/* If it fails, curl_easy_init() tries again and says so. */
static void start_curl(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* ---- SIGPIPE ---- */

/* OpenSSL may write to a connection that the peer has closed. The signal is kept from the
 * program in this thread alone; plain sockets are written to with MSG_NOSIGNAL. */
struct quiet {
	bool is_on;
	sigset_t before;
};

static void quiet_begin(const struct orch__curl *e, struct quiet *q)
{
	sigset_t pipe, pending;

	q->is_on = false;
	if (!e->endpoint.is_tls)
		return;
	sigemptyset(&pending);
	sigpending(&pending);
	if (sigismember(&pending, SIGPIPE)) /* the program's own: not ours to take away */
		return;
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	q->is_on = pthread_sigmask(SIG_BLOCK, &pipe, &q->before) == 0;
}

static void quiet_end(const struct quiet *q)
{
	static const struct timespec now = { 0, 0 };
	sigset_t pipe, pending;

	if (!q->is_on)
		return;
	sigemptyset(&pending);
	sigpending(&pending);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	if (sigismember(&pending, SIGPIPE))
		(void)sigtimedwait(&pipe, NULL, &now);
	pthread_sigmask(SIG_SETMASK, &q->before, NULL);
}

/* ---- handles ---- */

static void slot_free(struct orch__curl_slot *slot, bool is_forked)
{
	if (is_forked) {
		/* Cleaning up might say goodbye on the parent's connections. */
		orch__curl_abandon_sockets(slot);
	} else {
		if (slot->is_running)
			curl_multi_remove_handle(slot->multi, slot->easy);
		curl_multi_cleanup(slot->multi);
		curl_easy_cleanup(slot->easy);
	}
	orch__curl_forget_headers(slot);
	orch__buf_dispose(&slot->header_text);
	orch__transfer_dispose(&slot->t);
	orch__free(slot);
}

static orch_status slot_new(struct orch__curl *e, struct orch__curl_slot **out)
{
	struct orch__curl_slot *slot = orch__zalloc(sizeof *slot);
	orch_status st;

	if (!slot)
		return orch__fail(ORCH_E_NOMEM, "connection to %s", e->http.address);
	slot->engine = e;
	slot->header_text.is_secret = true; /* Authorization */
	slot->t.http = &e->http;
	for (int i = 0; i < ORCH__CURL_SOCKETS; i++)
		slot->sockets[i] = -1;
	slot->easy = curl_easy_init();
	slot->multi = curl_multi_init();
	if (!slot->easy || !slot->multi)
		st = orch__fail(ORCH_E_NOMEM, "connection to %s", e->http.address);
	else
		st = orch__curl_configure(slot);
	if (st < 0) {
		slot_free(slot, false);
		return st;
	}
	curl_multi_setopt(slot->multi, CURLMOPT_MAXCONNECTS, 1L);
	*out = slot;
	return ORCH_OK;
}

/* The one used last: its connection is the most likely to be alive. */
static orch_status acquire(struct orch__http *http, struct orch__transfer **out)
{
	struct orch__curl *e = (struct orch__curl *)http;
	struct orch__curl_slot *slot;
	orch_status st = ORCH_OK;

	pthread_mutex_lock(&e->lock);
	slot = e->idle;
	if (slot) {
		e->idle = slot->next;
		e->idle_count--;
	}
	pthread_mutex_unlock(&e->lock);
	if (!slot)
		st = slot_new(e, &slot);
	if (st == ORCH_OK)
		*out = &slot->t;
	return st;
}

static bool put_back(struct orch__curl *e, struct orch__curl_slot *slot)
{
	bool has_room;

	if (e->command && slot->t.fault < 0) /* a command that failed stays for nobody */
		return false;
	/* Two ways to tell where the answer ended: the next one may begin anywhere. */
	if (slot->t.head.is_chunked && slot->t.head.content_length >= 0)
		return false;
	pthread_mutex_lock(&e->lock);
	has_room = e->idle_count < e->max_idle;
	if (has_room) {
		slot->next = e->idle;
		e->idle = slot;
		e->idle_count++;
	}
	pthread_mutex_unlock(&e->lock);
	return has_room;
}

static void release(struct orch__transfer *t)
{
	struct orch__curl_slot *slot = (struct orch__curl_slot *)t;
	struct orch__curl *e = slot->engine;
	struct quiet q;

	if (e->http.owner != getpid()) {
		slot_free(slot, true);
		return;
	}
	quiet_begin(e, &q);
	if (slot->is_running)
		curl_multi_remove_handle(slot->multi, slot->easy);
	slot->is_running = false;
	orch__curl_forget_headers(slot);
	if (!put_back(e, slot))
		slot_free(slot, false);
	quiet_end(&q);
}

/* ---- moving bytes ---- */

static void take_result(struct orch__curl_slot *slot)
{
	int left;
	CURLMsg *message = curl_multi_info_read(slot->multi, &left);

	if (!message || message->msg != CURLMSG_DONE)
		orch__transfer_end(&slot->t, ORCH_E_NETWORK, "libcurl lost the transfer");
	else if (message->data.result == CURLE_OK)
		orch__transfer_end(&slot->t, ORCH_OK, NULL);
	else
		orch__curl_fault(slot, message->data.result);
}

static void resume(struct orch__curl_slot *slot)
{
	CURLcode rc;

	if (!slot->is_paused)
		return;
	slot->is_paused = false; /* it may be paused again before that returns */
	rc = curl_easy_pause(slot->easy, CURLPAUSE_CONT);
	if (rc)
		orch__curl_fault(slot, rc);
}

static void perform(struct orch__curl_slot *slot)
{
	int running = 0;
	CURLMcode rc;

	resume(slot);
	if (slot->t.is_done)
		return;
	rc = curl_multi_perform(slot->multi, &running);
	if (rc)
		orch__transfer_end(&slot->t,
			rc == CURLM_OUT_OF_MEMORY ? ORCH_E_NOMEM : ORCH_E_NETWORK, "%s",
			curl_multi_strerror(rc));
	else if (running == 0)
		take_result(slot);
}

static void pump(struct orch__transfer *t, int64_t wait_ms)
{
	struct orch__curl_slot *slot = (struct orch__curl_slot *)t;
	int64_t bytes = t->bytes_in;
	size_t head = t->head.seen;
	struct quiet q;

	quiet_begin(slot->engine, &q);
	perform(slot);
	if (!t->is_done && wait_ms > 0 && bytes == t->bytes_in && head == t->head.seen) {
		int timeout = wait_ms > INT_MAX ? INT_MAX : (int)wait_ms;

		curl_multi_poll(slot->multi, NULL, 0, timeout, NULL);
		perform(slot);
	}
	quiet_end(&q);
}

static orch_status start(struct orch__transfer *t, const struct orch__request *request)
{
	struct orch__curl_slot *slot = (struct orch__curl_slot *)t;
	orch_status st = orch__curl_prepare(slot, request);
	CURLMcode rc;

	if (st < 0)
		return st;
	rc = curl_multi_add_handle(slot->multi, slot->easy);
	if (rc)
		return orch__fail(ORCH_E_NOMEM, "%s %.100s: %s", request->method, request->path,
			curl_multi_strerror(rc));
	slot->is_running = true;
	return ORCH_OK;
}

/* ---- the endpoint ---- */

static void dispose(struct orch__http *http, bool is_forked)
{
	struct orch__curl *e = (struct orch__curl *)http;
	struct quiet q;

	quiet_begin(e, &q);
	for (struct orch__curl_slot *slot = e->idle, *next; slot; slot = next) {
		next = slot->next;
		slot_free(slot, is_forked);
	}
	quiet_end(&q);
	if (!is_forked)
		pthread_mutex_destroy(&e->lock);
	orch__arena_dispose(&e->texts);
	orch__http_free(http);
}

static const struct orch__engine engine = { acquire, start, pump, release, dispose };

static const char *copy(struct orch__curl *e, const char *text)
{
	return text ? orch__arena_strndup(&e->texts, text, strlen(text)) : NULL;
}

/* Names are looked up by the proxy, as everybody else does who is given such a URL. */
static const char *copy_proxy(struct orch__curl *e, const char *url)
{
	static const char plain[] = "socks5://", remote[] = "socks5h://";
	const size_t n = sizeof remote - 1;
	char *out;

	if (!url || !orch__text_starts(url, plain))
		return copy(e, url);
	url += sizeof plain - 1;
	out = orch__arena_take(&e->texts, n + strlen(url) + 1);
	if (!out)
		return NULL;
	memcpy(out, remote, n);
	memcpy(out + n, url, strlen(url) + 1);
	return out;
}

static orch_status take_config(struct orch__curl *e, const struct orch__http_config *c)
{
	const struct orch__tls *tls = c->tls;

	e->user_agent = copy(e, c->user_agent ? c->user_agent : "liborch/" ORCH_VERSION);
	e->proxy = copy_proxy(e, c->proxy);
	e->wants_local_gzip = c->wants_local_gzip;
	e->connect_timeout_ms =
		(long)(c->connect_timeout_ms ? c->connect_timeout_ms : CONNECT_TIMEOUT_MS);
	e->max_idle = c->max_idle ? c->max_idle : MAX_IDLE;
	if (c->ssh)
		e->command = orch__ssh_command(&e->texts, c->ssh, e->connect_timeout_ms);
	if (tls) {
		e->ca = copy(e, tls->ca);
		e->cert = copy(e, tls->cert);
		e->key = copy(e, tls->key);
		e->server_name = copy(e, tls->server_name);
		e->is_insecure = tls->is_insecure;
	}
	return orch__curl_shared_headers(e, c); /* and looks whether the arena failed */
}

/* "https://name:port": the name to be checked, while CONNECT_TO says where to go. */
static void write_base(const struct orch__curl *e, char *out, size_t cap)
{
	const struct orch__endpoint *at = &e->endpoint;
	char address[320];

	if (at->is_unix || at->is_dialed)
		snprintf(address, sizeof address, "%s", at->host);
	else if (e->server_name)
		snprintf(address, sizeof address, "%s:%d", e->server_name, at->port);
	else
		orch__endpoint_address(at, address, sizeof address);
	snprintf(out, cap, "%s://%s%s", at->is_tls ? "https" : "http", address, at->prefix);
}

static orch_status redirect_connection(struct orch__curl *e)
{
	char address[300], text[320];

	if (!e->server_name)
		return ORCH_OK;
	orch__endpoint_address(&e->endpoint, address, sizeof address);
	snprintf(text, sizeof text, "::%s", address);
	e->connect_to = orch__arena_alloc(&e->texts, sizeof *e->connect_to);
	if (e->connect_to)
		e->connect_to->data = orch__arena_strndup(&e->texts, text, strlen(text));
	return e->texts.failed ? orch__fail(ORCH_E_NOMEM, "connection to %s", address) : ORCH_OK;
}

orch_status orch__curl_open(const struct orch__http_config *config,
	const struct orch__endpoint *endpoint, struct orch__http **out)
{
	struct orch__curl *e;
	char address[320];
	char base[900];
	orch_status st;

	pthread_once(&curl_once, start_curl);
	orch__endpoint_address(endpoint, address, sizeof address);
	e = (struct orch__curl *)orch__http_new(sizeof *e, &engine, address);
	if (!e)
		return orch__fail(ORCH_E_NOMEM, "connection to %s", address);
	e->endpoint = *endpoint;
	e->texts.is_secret = true; /* a key, the password of a proxy, headers */
	pthread_mutex_init(&e->lock, NULL);
	st = take_config(e, config);
	if (st == ORCH_OK)
		st = redirect_connection(e);
	write_base(e, base, sizeof base);
	if (st == ORCH_OK && !orch__http_set_base(&e->http, base))
		st = orch__fail(ORCH_E_NOMEM, "connection to %s", address);
	if (st < 0) {
		dispose(&e->http, false);
		return st;
	}
	e->http.trace = config->trace;
	e->http.trace_payload = config->trace_payload;
	*out = &e->http;
	return ORCH_OK;
}
