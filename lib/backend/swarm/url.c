/* SPDX-License-Identifier: MIT */
/*
 * URLs and docker hosts. Messages never repeat what stands before an '@' or
 * behind a '?': people put passwords there.
 */
#include "backend/swarm/url.h"

#include <stdio.h>
#include <string.h>

#include "net/endpoint.h"
#include "net/target.h"
#include "util/error.h"
#include "util/number.h"
#include "util/text.h"

#define SSH_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

enum { PORT_PLAIN = 2375, PORT_TLS = 2376 };

static orch_status malformed(const char *why)
{
	return orch__fail(ORCH_E_INVALID, "the address of the engine is malformed: %s", why);
}

static bool take(char *out, size_t cap, const char *text, size_t len)
{
	if (len >= cap)
		return false;
	memcpy(out, text, len);
	out[len] = '\0';
	return true;
}

/* [host][:port], in front of the path. Returns what follows, NULL when it is none. */
static const char *take_authority(const char *at, struct swarm_host *out)
{
	const bool is_bracketed = *at == '[';
	const size_t n = is_bracketed ? strcspn(++at, "]") : strcspn(at, ":/");
	int64_t port;
	size_t digits;

	if ((is_bracketed && at[n] != ']') || !take(out->host, sizeof out->host, at, n) ||
		!orch__is_host(out->host) || is_bracketed != (strchr(out->host, ':') != NULL))
		return NULL;
	at += n + is_bracketed;
	if (*at != ':')
		return at;
	digits = strspn(++at, "0123456789");
	if (!orch__parse_i64(at, digits, &port) || port < 1 || port > 65535)
		return NULL;
	out->port = (int)port;
	return at + digits;
}

static orch_status parse_tcp(const char *rest, struct swarm_host *out)
{
	const char *path = take_authority(rest, out);

	if (!path)
		return malformed("expected host[:port], an IPv6 address in [brackets]");
	if ((*path && !orch__is_path(path)) ||
		!take(out->path, sizeof out->path, path, strlen(path)))
		return malformed("what follows the port is no path");
	return ORCH_OK;
}

static orch_status parse_unix(const char *rest, struct swarm_host *out)
{
	struct orch__endpoint checked;
	char url[SWARM_HOST_TEXT];

	out->kind = SWARM_HOST_UNIX;
	if (*rest != '/' || !take(out->path, sizeof out->path, rest, strlen(rest)))
		return malformed("a socket needs an absolute path of at most 107 bytes");
	return swarm_host_url(out, false, url, sizeof url) ? orch__endpoint_parse(url, &checked)
							   : malformed("it is too long");
}

/* Words of a command line later: no byte that ssh or a shell could take for more. */
static bool is_ssh_word(const char *word)
{
	return *word && *word != '-' && strspn(word, SSH_BYTES) == strlen(word);
}

static orch_status parse_ssh(const char *rest, struct swarm_host *out)
{
	const char *at = memchr(rest, '@', strcspn(rest, "/"));
	const char *path;

	out->kind = SWARM_HOST_SSH;
	if (at && memchr(rest, ':', (size_t)(at - rest)))
		return malformed("ssh takes no password in a URL; use keys or an agent");
	if (at &&
		(!take(out->user, sizeof out->user, rest, (size_t)(at - rest)) ||
			!is_ssh_word(out->user)))
		return malformed("the user of ssh must be letters, digits, '.', '_' and '-', and "
				 "not begin with '-'");
	path = take_authority(at ? at + 1 : rest, out);
	if (!path || !is_ssh_word(out->host))
		return malformed("expected ssh://[user@]host[:port][/path/of/the/socket]; the host "
				 "must be letters, digits, '.', '_' and '-'");
	if (strcmp(path, "/") == 0)
		path = "";
	if (strspn(path, SSH_BYTES "/") != strlen(path) ||
		!take(out->path, sizeof out->path, path, strlen(path)))
		return malformed("the path of the socket must be letters, digits, '.', '_', '-' "
				 "and '/'");
	return ORCH_OK;
}

static orch_status refuse_extras(const char *text)
{
	if (strchr(text, '?'))
		return malformed("it has no '?'");
	if (strchr(text, '#'))
		return malformed("it has no '#'");
	return ORCH_OK;
}

orch_status swarm_host_parse(const char *text, struct swarm_host *out)
{
	const char *scheme_end = strstr(text, "://");
	orch_status st = refuse_extras(text);

	memset(out, 0, sizeof *out);
	if (st < 0)
		return st;
	if (!scheme_end || orch__text_starts(text, "tcp://"))
		return parse_tcp(scheme_end ? scheme_end + 3 : text, out);
	if (orch__text_starts(text, "unix://"))
		return parse_unix(text + 7, out);
	if (orch__text_starts(text, "ssh://"))
		return parse_ssh(text + 6, out);
	out->wants_tls = orch__text_starts(text, "https://");
	if (out->wants_tls || orch__text_starts(text, "http://"))
		return parse_tcp(scheme_end + 3, out);
	return malformed("it begins with none of tcp://, unix://, ssh://, http:// and https://");
}

bool swarm_host_url(const struct swarm_host *h, bool with_tls, char *out, size_t cap)
{
	const bool is_v6 = strchr(h->host, ':') != NULL;
	const int port = h->port ? h->port : with_tls ? PORT_TLS : PORT_PLAIN;
	int n;

	if (h->kind == SWARM_HOST_UNIX)
		n = snprintf(out, cap, "unix://%s", h->path);
	else if (h->kind == SWARM_HOST_SSH)
		n = snprintf(out, cap, "ssh://%s%s%s:%d%s", h->user, *h->user ? "@" : "", h->host,
			h->port ? h->port : 22, h->path);
	else
		n = snprintf(out, cap, "%s://%s%s%s:%d%s", with_tls ? "https" : "http",
			is_v6 ? "[" : "", h->host, is_v6 ? "]" : "", port, h->path);
	return n > 0 && (size_t)n < cap;
}

/* One of "host1,host2:port". */
static orch_status parse_one(const char *at, size_t len, struct swarm_host *out)
{
	char text[SWARM_HOST_TEXT];

	if (len == 0)
		return malformed("a host is missing beside a comma");
	if (!take(text, sizeof text, at, len))
		return malformed("a host is too long");
	if (strpbrk(text, "/@"))
		return malformed("swarm:// takes host[:port], several with commas, and no more");
	memset(out, 0, sizeof *out);
	return parse_tcp(text, out);
}

static orch_status parse_several(
	const char *rest, struct swarm_host hosts[SWARM_HOSTS_MAX], size_t *count)
{
	orch_status st = refuse_extras(rest);

	for (size_t n = 0; st == ORCH_OK; n++) {
		const size_t len = strcspn(rest, ",");

		if (n == SWARM_HOSTS_MAX)
			return malformed("more than 32 hosts");
		st = parse_one(rest, len, &hosts[n]);
		*count = n + 1;
		if (!rest[len])
			break;
		rest += len + 1;
	}
	return st;
}

orch_status swarm_url_parse(
	const char *url, struct swarm_host hosts[SWARM_HOSTS_MAX], size_t *count)
{
	*count = 0;
	if (orch__text_equal(url, "swarm://") || orch__text_equal(url, "swarm:///"))
		return ORCH_OK;
	if (orch__text_starts(url, "swarm://"))
		return parse_several(url + 8, hosts, count);
	if (!orch__text_starts(url, "swarm+unix://") && !orch__text_starts(url, "swarm+ssh://"))
		return malformed("it begins with none of swarm://, swarm+unix:// and swarm+ssh://");
	*count = 1;
	return swarm_host_parse(url + 6, &hosts[0]);
}
