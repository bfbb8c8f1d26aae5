/* SPDX-License-Identifier: MIT */
#include "net/ssh.h"

#include <stdio.h>
#include <string.h>

#include "util/error.h"

#define WORD "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

enum { WORDS = 20 };

/* A leading '-' would make it an option of ssh. */
static bool is_word(const char *text, size_t max)
{
	size_t n = strspn(text, WORD);

	return n > 0 && n <= max && !text[n] && *text != '-';
}

static bool is_address(const char *host)
{
	size_t n = strspn(host, "0123456789abcdefABCDEF:.");

	return n > 0 && n < 64 && !host[n] && strchr(host, ':');
}

static bool is_socket(const char *path)
{
	size_t n = strspn(path, WORD "/");

	return *path == '/' && n < 108 && !path[n];
}

orch_status orch__ssh_check(const struct orch__ssh *ssh)
{
	if (!ssh->host || (!is_word(ssh->host, 253) && !is_address(ssh->host)))
		return orch__fail(ORCH_E_INVALID, "ssh: the host is no name and no address");
	if (ssh->user && !is_word(ssh->user, 64))
		return orch__fail(ORCH_E_INVALID,
			"ssh: the user is not made of letters, digits and ._- alone");
	if (ssh->port < 0 || ssh->port > 65535)
		return orch__fail(ORCH_E_INVALID, "ssh: the port is not within 1 to 65535");
	if (ssh->socket && !is_socket(ssh->socket))
		return orch__fail(ORCH_E_INVALID,
			"ssh: the path of the socket is not made of letters, digits and ._-/");
	return ORCH_OK;
}

struct words {
	struct orch__arena *arena;
	const char **words;
	size_t count;
};

static void add(struct words *w, const char *before, const char *text)
{
	size_t n = strlen(before), m = strlen(text);
	char *word = orch__arena_alloc(w->arena, n + m + 1);

	if (word) {
		memcpy(word, before, n);
		memcpy(word + n, text, m);
	}
	w->words[w->count++] = word;
}

static void add_number(struct words *w, const char *before, int64_t number)
{
	char text[24];

	snprintf(text, sizeof text, "%lld", (long long)number);
	add(w, before, text);
}

const char *const *orch__ssh_command(
	struct orch__arena *a, const struct orch__ssh *ssh, int64_t connect_timeout_ms)
{
	struct words w = { a, orch__arena_alloc(a, (WORDS + 1) * sizeof *w.words), 0 };

	if (!w.words)
		return NULL;
	add(&w, "", ssh->program ? ssh->program : "ssh");
	if (ssh->user) {
		add(&w, "", "-l");
		add(&w, "", ssh->user);
	}
	if (ssh->port) {
		add(&w, "", "-p");
		add_number(&w, "", ssh->port);
	}
	add(&w, "", "-oBatchMode=yes");
	add(&w, "", "-oStrictHostKeyChecking=yes");
	add_number(&w, "-oConnectTimeout=", (connect_timeout_ms + 999) / 1000);
	add(&w, "", "-T");
	add(&w, "", "--");
	add(&w, "", ssh->host);
	add(&w, "", "docker");
	if (ssh->socket)
		add(&w, "--host=unix://", ssh->socket);
	add(&w, "", "system");
	add(&w, "", "dial-stdio");
	return a->failed ? NULL : w.words;
}

void orch__ssh_address(const struct orch__ssh *ssh, char *out, size_t cap)
{
	bool is_v6 = strchr(ssh->host, ':') != NULL;

	snprintf(out, cap, "ssh://%s%s%s%s%s", ssh->user ? ssh->user : "", ssh->user ? "@" : "",
		is_v6 ? "[" : "", ssh->host, is_v6 ? "]" : "");
	if (ssh->port && strlen(out) + 8 < cap)
		snprintf(out + strlen(out), 8, ":%d", ssh->port);
}
