/* SPDX-License-Identifier: MIT */
/*
 * libcurl opens sockets that a child process would inherit, and lets a peer that
 * vanished without a word go unnoticed for hours. So liborch opens them itself.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/curl_engine.h"

enum { KEEPALIVE_IDLE_S = 5, KEEPALIVE_INTERVAL_S = 3, KEEPALIVE_COUNT = 3 };
enum { UNACKNOWLEDGED_MS = 10000 };

static void remember(struct orch__curl_slot *slot, int from, int to)
{
	for (int i = 0; i < ORCH__CURL_SOCKETS; i++)
		if (slot->sockets[i] == from) {
			slot->sockets[i] = to;
			return;
		}
}

static curl_socket_t open_socket(void *payload, curlsocktype purpose, struct curl_sockaddr *address)
{
	int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);

	(void)purpose;
	if (fd < 0)
		return CURL_SOCKET_BAD;
	remember(payload, -1, fd);
	return fd;
}

static int close_socket(void *payload, curl_socket_t fd)
{
	remember(payload, fd, -1);
	return close(fd);
}

static void set_int(int fd, int level, int option, int value)
{
	(void)!setsockopt(fd, level, option, &value, sizeof value);
}

/* A peer that is gone is noticed after 5 + 3 * 3 seconds of silence, or 10 seconds after
 * bytes that it did not acknowledge. */
static int tune_socket(void *payload, curl_socket_t fd, curlsocktype purpose)
{
	(void)payload;
	(void)purpose;
	set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
	set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
	set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_COUNT);
	set_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS);
	return CURL_SOCKOPT_OK;
}

void orch__curl_use_sockets(struct orch__curl_slot *slot)
{
	for (int i = 0; i < ORCH__CURL_SOCKETS; i++)
		slot->sockets[i] = -1;
	curl_easy_setopt(slot->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(slot->easy, CURLOPT_OPENSOCKETDATA, slot);
	curl_easy_setopt(slot->easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
	curl_easy_setopt(slot->easy, CURLOPT_CLOSESOCKETDATA, slot);
	if (!slot->engine->endpoint.is_unix)
		curl_easy_setopt(slot->easy, CURLOPT_SOCKOPTFUNCTION, tune_socket);
}

void orch__curl_abandon_sockets(struct orch__curl_slot *slot)
{
	for (int i = 0; i < ORCH__CURL_SOCKETS; i++)
		if (slot->sockets[i] >= 0)
			close(slot->sockets[i]);
}
