/* SPDX-License-Identifier: MIT */
#include "net/endpoint.h"

#include <stdio.h>
#include <string.h>

#include "net/target.h"
#include "util/error.h"
#include "util/number.h"
#include "util/text.h"

#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_"
#define ADDRESS_BYTES "0123456789abcdefABCDEF:."

bool orch__is_host(const char *host)
{
	size_t n = strlen(host);

	if (n == 0 || n > 253 || *host == '-')
		return false;
	return strspn(host, NAME_BYTES) == n ||
		(strchr(host, ':') && strspn(host, ADDRESS_BYTES) == n);
}

static bool is_loopback(const char *host)
{
	return orch__text_starts(host, "127.") || orch__text_equal(host, "localhost") ||
		orch__text_equal(host, "::1");
}

static orch_status parse_socket(const char *path, struct orch__endpoint *out)
{
	if (*path != '/' || strlen(path) >= sizeof out->socket)
		return orch__fail(ORCH_E_INVALID,
			"address unix://%.120s: the path of a socket starts with / and is shorter "
			"than %zu bytes",
			path, sizeof out->socket);
	out->is_unix = out->is_local = true;
	out->port = 80;
	snprintf(out->host, sizeof out->host, "localhost");
	snprintf(out->socket, sizeof out->socket, "%s", path);
	return ORCH_OK;
}

/* The host at `at`; returns what follows it, NULL if it is malformed. */
static const char *take_host(const char *at, struct orch__endpoint *out)
{
	bool is_bracketed = *at == '[';
	size_t n = is_bracketed ? strcspn(++at, "]") : strcspn(at, ":/?#@");

	if (n >= sizeof out->host || (is_bracketed && at[n] != ']'))
		return NULL;
	memcpy(out->host, at, n);
	out->host[n] = '\0';
	if (!orch__is_host(out->host) || is_bracketed != (strchr(out->host, ':') != NULL))
		return NULL;
	return at + n + is_bracketed;
}

static const char *take_port(const char *at, struct orch__endpoint *out)
{
	size_t n;
	int64_t port;

	out->port = out->is_tls ? 443 : 80;
	if (*at != ':')
		return at;
	n = strspn(++at, "0123456789");
	if (!orch__parse_i64(at, n, &port) || port < 1 || port > 65535)
		return NULL;
	out->port = (int)port;
	return at + n;
}

static orch_status parse_tcp(const char *rest, struct orch__endpoint *out)
{
	const char *at = take_host(rest, out);

	at = at ? take_port(at, out) : NULL;
	if (!at || (*at && !orch__is_path(at)) || strlen(at) >= sizeof out->prefix)
		return orch__fail(
			ORCH_E_INVALID, "address: not of the form http[s]://host[:port][/prefix]");
	snprintf(out->prefix, sizeof out->prefix, "%s", at);
	for (size_t n = strlen(out->prefix); n && out->prefix[n - 1] == '/'; n--)
		out->prefix[n - 1] = '\0';
	out->is_local = is_loopback(out->host);
	return ORCH_OK;
}

orch_status orch__endpoint_parse(const char *url, struct orch__endpoint *out)
{
	memset(out, 0, sizeof *out);
	if (orch__text_starts(url, "unix://"))
		return parse_socket(url + 7, out);
	if (orch__text_starts(url, "http://"))
		return parse_tcp(url + 7, out);
	out->is_tls = true;
	if (orch__text_starts(url, "https://"))
		return parse_tcp(url + 8, out);
	return orch__fail(
		ORCH_E_INVALID, "address: starts with neither unix://, http:// nor https://");
}

void orch__endpoint_address(const struct orch__endpoint *e, char *out, unsigned cap)
{
	if (e->is_dialed)
		snprintf(out, cap, "%s", e->address);
	else if (e->is_unix)
		snprintf(out, cap, "unix:%s", e->socket);
	else if (strchr(e->host, ':'))
		snprintf(out, cap, "[%s]:%d", e->host, e->port);
	else
		snprintf(out, cap, "%s:%d", e->host, e->port);
}
