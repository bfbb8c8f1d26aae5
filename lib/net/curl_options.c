/* SPDX-License-Identifier: MIT */
/*
 * The options of libcurl: those of the endpoint are set once, when a handle is
 * made; those of a request are set with each, all of them, so that no request
 * inherits anything from the one before.
 */
#include <string.h>

#include "net/crypto.h"
#include "net/curl_engine.h"
#include "net/trust.h"
#include "util/error.h"
#include "util/text.h"

enum { SMALL_BUFFER = 16 << 10, LARGE_BUFFER = 256 << 10 };
enum { RATIO_MAX = 100, RATIO_FREE = 1 << 20 };

/* ---- once per handle ---- */

static void note(struct orch__curl_slot *slot, CURLcode rc)
{
	if (rc && !slot->refused)
		slot->refused = rc;
}

static void set_long(struct orch__curl_slot *slot, CURLoption option, long value)
{
	note(slot, curl_easy_setopt(slot->easy, option, value));
}

static void set_text(struct orch__curl_slot *slot, CURLoption option, const char *value)
{
	note(slot, curl_easy_setopt(slot->easy, option, value));
}

static size_t on_header(char *data, size_t size, size_t n, void *payload)
{
	return orch__transfer_on_header(payload, data, size * n) ? size * n : 0;
}

/* A few kilobytes that unfold into gigabytes are an attack, not a list. */
static bool is_bomb(struct orch__curl_slot *slot, size_t len)
{
	curl_off_t wire = 0;

	if (!slot->has_gzip || slot->t.bytes_in + (int64_t)len < RATIO_FREE)
		return false;
	curl_easy_getinfo(slot->easy, CURLINFO_SIZE_DOWNLOAD_T, &wire);
	/* libcurl counts a piece after it has delivered it */
	return (slot->t.bytes_in + (int64_t)len) / RATIO_MAX > wire + LARGE_BUFFER;
}

static size_t on_data(char *data, size_t size, size_t n, void *payload)
{
	struct orch__curl_slot *slot = payload;

	if (orch__transfer_is_full(&slot->t)) {
		slot->is_paused = true;
		return CURL_WRITEFUNC_PAUSE;
	}
	if (is_bomb(slot, n)) {
		slot->t.is_stopped = true;
		orch__transfer_end(&slot->t, ORCH_E_TOO_LARGE,
			"the answer unfolds to more than %d times its size", RATIO_MAX);
		return 0;
	}
	return orch__transfer_on_data(&slot->t, data, size * n) ? size * n : 0;
}

/*
 * Called each time the request is about to go onto a connection: twice when an old
 * one turns out to be closed, because libcurl then sends again on its own, though
 * the server may have read the first copy. So writes that must not arrive twice
 * never use an old connection; of the others the caller learns it.
 */
static int before_sending(void *payload, char *to, char *from, int to_port, int from_port)
{
	struct orch__curl_slot *slot = payload;

	(void)to, (void)from, (void)to_port, (void)from_port;
	if (slot->engine->command && !orch__curl_attach_command(slot))
		return CURL_PREREQFUNC_ABORT;
	slot->t.sends++;
	return CURL_PREREQFUNC_OK;
}

static void configure_callbacks(struct orch__curl_slot *slot)
{
	CURL *h = slot->easy;

	curl_easy_setopt(h, CURLOPT_ERRORBUFFER, slot->text);
	curl_easy_setopt(h, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(h, CURLOPT_HEADERDATA, &slot->t);
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(h, CURLOPT_WRITEDATA, slot);
	curl_easy_setopt(h, CURLOPT_PREREQFUNCTION, before_sending);
	curl_easy_setopt(h, CURLOPT_PREREQDATA, slot);
	orch__curl_use_sockets(slot);
}

/* Nothing that this process did not ask for: no signals, no other protocols, no redirects
 * (off unless asked for, like netrc and cookies), no proxy from the environment. */
static void configure_manners(struct orch__curl_slot *slot)
{
	const char *proxy = slot->engine->command ? NULL : slot->engine->proxy;

	set_long(slot, CURLOPT_NOSIGNAL, 1);
	set_long(slot, CURLOPT_FOLLOWLOCATION, 0);
	set_long(slot, CURLOPT_NETRC, CURL_NETRC_IGNORED);
	set_long(slot, CURLOPT_PATH_AS_IS, 1);
	set_long(slot, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	set_long(slot, CURLOPT_HTTP09_ALLOWED, 0);
	set_long(slot, CURLOPT_CONNECTTIMEOUT_MS, slot->engine->connect_timeout_ms);
	set_long(slot, CURLOPT_MAXLIFETIME_CONN, 3600);
	set_long(slot, CURLOPT_BUFFERSIZE, SMALL_BUFFER);
	set_long(slot, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
	set_text(slot, CURLOPT_PROXY, proxy ? proxy : "");
	set_text(slot, CURLOPT_NOPROXY, "");
	set_long(slot, CURLOPT_PROXY_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	set_long(slot, CURLOPT_HEADEROPT, CURLHEADER_SEPARATE); /* the proxy gets none of ours */
	set_text(slot, CURLOPT_USERAGENT, slot->engine->user_agent);
#if LIBCURL_VERSION_NUM >= 0x075500
	set_text(slot, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	set_long(slot, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
	set_long(slot, CURLOPT_QUICK_EXIT, 1); /* or a slow name look-up outlives the deadline */
#endif
	if (slot->engine->endpoint.is_unix)
		set_text(slot, CURLOPT_UNIX_SOCKET_PATH, slot->engine->endpoint.socket);
	if (slot->engine->connect_to)
		note(slot,
			curl_easy_setopt(slot->easy, CURLOPT_CONNECT_TO, slot->engine->connect_to));
}

static CURLcode on_tls_context(CURL *easy, void *ssl_ctx, void *payload)
{
	(void)easy;
	(void)payload;
	orch__tls_harden(ssl_ctx);
	return CURLE_OK;
}

/* Borrowed by libcurl from the configuration's texts, which outlive every handle. */
static void set_pem(struct orch__curl_slot *slot, CURLoption option, const char *pem)
{
	struct curl_blob blob = { (void *)(uintptr_t)pem, strlen(pem), CURL_BLOB_NOCOPY };

	note(slot, curl_easy_setopt(slot->easy, option, &blob));
}

static void trust_system(struct orch__curl_slot *slot)
{
	const curl_version_info_data *built = curl_version_info(CURLVERSION_NOW);
	const char *file = orch__trust_file(built->cainfo, NULL);

	if (file)
		set_text(slot, CURLOPT_CAINFO, file);
}

static void configure_tls(struct orch__curl_slot *slot)
{
	const struct orch__curl *e = slot->engine;

	set_long(slot, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2); /* or newer */
	set_long(slot, CURLOPT_SSL_VERIFYPEER, !e->is_insecure);
	set_long(slot, CURLOPT_SSL_VERIFYHOST, e->is_insecure ? 0 : 2);
	note(slot, curl_easy_setopt(slot->easy, CURLOPT_SSL_CTX_FUNCTION, on_tls_context));
	if (e->ca) {
		set_pem(slot, CURLOPT_CAINFO_BLOB, e->ca);
		set_text(slot, CURLOPT_CAPATH, NULL); /* this CA and no other */
	} else {
		trust_system(slot);
	}
	if (e->cert) {
		set_pem(slot, CURLOPT_SSLCERT_BLOB, e->cert);
		set_text(slot, CURLOPT_SSLCERTTYPE, "PEM");
		set_pem(slot, CURLOPT_SSLKEY_BLOB, e->key);
		set_text(slot, CURLOPT_SSLKEYTYPE, "PEM");
	}
}

orch_status orch__curl_configure(struct orch__curl_slot *slot)
{
	configure_callbacks(slot);
	configure_manners(slot);
	if (slot->engine->endpoint.is_tls)
		configure_tls(slot);
	if (slot->refused == CURLE_OK)
		return ORCH_OK;
	if (slot->refused == CURLE_OUT_OF_MEMORY)
		return orch__fail(ORCH_E_NOMEM, "connection to %s", slot->engine->http.address);
	return orch__fail(ORCH_E_UNSUPPORTED, "connection to %s: this libcurl (%s): %s",
		slot->engine->http.address, curl_version(), curl_easy_strerror(slot->refused));
}

/* ---- with each request ---- */

static void prepare_method(struct orch__curl_slot *slot, const struct orch__request *r)
{
	bool has_post = r->body || orch__text_equal(r->method, "POST") ||
		orch__text_equal(r->method, "PUT") || orch__text_equal(r->method, "PATCH");
	const char *custom = NULL;

	if (slot->t.is_head_request) {
		set_long(slot, CURLOPT_NOBODY, 1);
	} else if (has_post) {
		set_long(slot, CURLOPT_POST, 1);
		note(slot,
			curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDSIZE_LARGE,
				(curl_off_t)(r->body ? r->body_len : 0)));
		set_text(slot, CURLOPT_POSTFIELDS, r->body ? r->body : "");
		custom = orch__text_equal(r->method, "POST") ? NULL : slot->t.method;
	} else {
		set_long(slot, CURLOPT_HTTPGET, 1);
		custom = slot->t.is_read ? NULL : slot->t.method;
	}
	slot->has_body = has_post;
	set_text(slot, CURLOPT_CUSTOMREQUEST, custom);
}

static void prepare_size(struct orch__curl_slot *slot, const struct orch__request *r)
{
	const struct orch__curl *e = slot->engine;
	bool has_gzip = r->is_large && slot->t.is_read && !r->is_stream && !r->is_plain &&
		(!e->endpoint.is_local || e->wants_local_gzip);

	if (has_gzip != slot->has_gzip)
		set_text(slot, CURLOPT_ACCEPT_ENCODING, has_gzip ? "gzip" : NULL);
	if (r->is_large != slot->has_large_buffer)
		set_long(slot, CURLOPT_BUFFERSIZE, r->is_large ? LARGE_BUFFER : SMALL_BUFFER);
	slot->has_gzip = slot->t.takes_gzip = has_gzip;
	slot->has_large_buffer = r->is_large;
}

orch_status orch__curl_prepare(struct orch__curl_slot *slot, const struct orch__request *r)
{
	struct curl_slist *headers = NULL;
	orch_status st = orch__curl_headers(slot, r, &headers);

	if (st < 0)
		return st;
	slot->refused = CURLE_OK;
	slot->text[0] = slot->complaint[0] = '\0';
	set_text(slot, CURLOPT_URL, slot->t.url.text);
	prepare_method(slot, r);
	prepare_size(slot, r);
	note(slot, curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, headers));
	set_long(slot, CURLOPT_FRESH_CONNECT, !slot->t.is_read && !r->is_fenced);
	if (slot->refused == CURLE_OK)
		return ORCH_OK;
	return orch__fail(slot->refused == CURLE_OUT_OF_MEMORY ? ORCH_E_NOMEM : ORCH_E_INVALID,
		"%s %.100s: %s", r->method, r->path, curl_easy_strerror(slot->refused));
}
