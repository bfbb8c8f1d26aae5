/* SPDX-License-Identifier: MIT */
#include "net/http.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/curl_open.h"
#include "net/endpoint.h"
#include "net/ssh.h"
#include "net/target.h"
#include "net/transfer.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/text.h"

struct orch__http *orch__http_new(
	size_t size, const struct orch__engine *engine, const char *address)
{
	struct orch__http *http = orch__zalloc(size);

	if (!http)
		return NULL;
	http->engine = engine;
	http->owner = getpid();
	http->address = orch__strdup(address);
	if (!http->address) {
		orch__free(http);
		return NULL;
	}
	return http;
}

bool orch__http_set_base(struct orch__http *http, const char *base)
{
	http->base = orch__strdup(base);
	http->base_len = http->base ? strlen(base) : 0;
	return http->base != NULL;
}

void orch__http_free(struct orch__http *http)
{
	orch__free(http->base);
	orch__free(http->address);
	orch__free(http);
}

/* Values are not shown: they may be secrets. */
static orch_status check_tls(const struct orch__tls *tls)
{
	if (!tls->cert != !tls->key)
		return orch__fail(ORCH_E_INVALID,
			"TLS: a certificate needs its key and a key its certificate");
	if (tls->server_name && !orch__is_host(tls->server_name))
		return orch__fail(ORCH_E_INVALID, "TLS: the server name is malformed");
	return ORCH_OK;
}

static orch_status check_proxy(const char *proxy)
{
	static const char *const schemes[] = { "http://", "https://", "socks5://", "socks5h://" };

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (orch__text_starts(proxy, schemes[i]) && proxy[strlen(schemes[i])] &&
			orch__is_header_value(proxy) && !strpbrk(proxy, " \t"))
			return ORCH_OK;
	return orch__fail(
		ORCH_E_INVALID, "proxy: not an http://, https://, socks5:// or socks5h:// address");
}

static orch_status check_config(const struct orch__http_config *c)
{
	orch_status st = ORCH_OK;

	if (!c->url == !c->ssh)
		return orch__fail(ORCH_E_INVALID, "address: either a URL or ssh is needed");
	if (c->user_agent && (!*c->user_agent || !orch__is_header_value(c->user_agent)))
		return orch__fail(ORCH_E_INVALID, "user agent: malformed header value");
	if (c->connect_timeout_ms < 0)
		return orch__fail(ORCH_E_INVALID, "connect timeout: negative");
	if (c->tls)
		st = check_tls(c->tls);
	if (st == ORCH_OK && c->proxy)
		st = check_proxy(c->proxy);
	return st;
}

/* To libcurl an address that needs no look-up; where it leads is up to the command. */
static orch_status ssh_endpoint(const struct orch__ssh *ssh, struct orch__endpoint *out)
{
	orch_status st = orch__ssh_check(ssh);

	memset(out, 0, sizeof *out);
	out->is_dialed = true;
	snprintf(out->host, sizeof out->host, "127.0.0.1");
	if (st == ORCH_OK)
		orch__ssh_address(ssh, out->address, sizeof out->address);
	return st;
}

orch_status orch__http_open(const struct orch__http_config *config, struct orch__http **out)
{
	struct orch__endpoint endpoint;
	orch_status st = check_config(config);

	if (st == ORCH_OK)
		st = config->ssh ? ssh_endpoint(config->ssh, &endpoint)
				 : orch__endpoint_parse(config->url, &endpoint);
	return st == ORCH_OK ? orch__curl_open(config, &endpoint, out) : st;
}

void orch__http_close(struct orch__http *http)
{
	if (http)
		http->engine->dispose(http, http->owner != getpid());
}

const char *orch__http_address(const struct orch__http *http)
{
	return http->address;
}
