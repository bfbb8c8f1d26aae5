/* SPDX-License-Identifier: MIT */
/*
 * libcurl opens sockets that a child process would inherit, and lets a peer that
 * vanished without a word go unnoticed for hours. So liborch opens them itself.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/curl_engine.h"

enum { KEEPALIVE_IDLE_S = 5, KEEPALIVE_INTERVAL_S = 3, KEEPALIVE_COUNT = 3 };
enum { UNACKNOWLEDGED_MS = 10000 };

/* The place of a descriptor, or of none yet: -1. */
static int place_of(const struct orch__curl_slot *slot, int fd)
{
	for (int i = 0; i < ORCH__CURL_SOCKETS; i++)
		if (slot->sockets[i] == fd)
			return i;
	return -1;
}

static curl_socket_t open_socket(void *payload, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct orch__curl_slot *slot = payload;
	int place = place_of(slot, -1);
	int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);

	(void)purpose;
	if (fd < 0)
		return CURL_SOCKET_BAD;
	if (place >= 0)
		slot->sockets[place] = fd;
	return fd;
}

static int close_socket(void *payload, curl_socket_t fd)
{
	struct orch__curl_slot *slot = payload;
	int place = place_of(slot, fd);

	if (place >= 0)
		slot->sockets[place] = -1;
	return close(fd);
}

/* ---- a command instead of a socket ---- */

/*
 * CURL_SOCKOPT_ALREADY_CONNECTED would be the way to hand over one end of a socket
 * pair, but 7.88 connects nevertheless. So libcurl gets a datagram socket, which
 * connects at once and to nothing; before the first byte is sent, the socket pair
 * takes its place under the same number.
 */
static curl_socket_t start_command(
	void *payload, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct orch__curl_slot *slot = payload;
	int place = place_of(slot, -1), fd;
	char why[64];

	(void)purpose;
	fd = place < 0 ? -1 : socket(address->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return CURL_SOCKET_BAD;
	if (!orch__dial_start(slot->engine->command, &slot->dialed[place])) {
		if (strerror_r(errno, why, sizeof why) != 0)
			why[0] = '\0';
		snprintf(slot->complaint, sizeof slot->complaint, "cannot start %.100s: %s",
			slot->engine->command[0], why);
		close(fd);
		return CURL_SOCKET_BAD;
	}
	slot->sockets[place] = fd;
	return fd;
}

bool orch__curl_attach_command(struct orch__curl_slot *slot)
{
	for (int i = 0; i < ORCH__CURL_SOCKETS; i++)
		if (slot->sockets[i] >= 0 && slot->dialed[i].fd != slot->sockets[i] &&
			!orch__dial_attach(&slot->dialed[i], slot->sockets[i]))
			return false;
	return true;
}

/* A command that failed has said why before it went. */
static void hear(struct orch__curl_slot *slot, int place)
{
	if (!slot->complaint[0])
		orch__dial_complaint(&slot->dialed[place], slot->complaint, sizeof slot->complaint);
}

void orch__curl_hear_command(struct orch__curl_slot *slot)
{
	for (int i = 0; i < ORCH__CURL_SOCKETS; i++)
		if (slot->sockets[i] >= 0)
			hear(slot, i);
}

static int end_command(void *payload, curl_socket_t fd)
{
	struct orch__curl_slot *slot = payload;
	int place = place_of(slot, fd);

	if (place < 0 || slot->dialed[place].fd != fd)
		close(fd);
	if (place < 0)
		return 0;
	hear(slot, place);
	slot->sockets[place] = -1;
	orch__dial_end(&slot->dialed[place]);
	return 0;
}

/* ---- options ---- */

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
	const struct orch__endpoint *at = &slot->engine->endpoint;
	CURL *h = slot->easy;

	curl_easy_setopt(
		h, CURLOPT_OPENSOCKETFUNCTION, at->is_dialed ? start_command : open_socket);
	curl_easy_setopt(h, CURLOPT_OPENSOCKETDATA, slot);
	curl_easy_setopt(
		h, CURLOPT_CLOSESOCKETFUNCTION, at->is_dialed ? end_command : close_socket);
	curl_easy_setopt(h, CURLOPT_CLOSESOCKETDATA, slot);
	if (!at->is_unix && !at->is_dialed)
		curl_easy_setopt(h, CURLOPT_SOCKOPTFUNCTION, tune_socket);
}

void orch__curl_abandon_sockets(struct orch__curl_slot *slot)
{
	for (int i = 0; i < ORCH__CURL_SOCKETS; i++) {
		if (slot->sockets[i] < 0)
			continue;
		if (slot->engine->command && slot->dialed[i].fd != slot->sockets[i])
			close(slot->dialed[i].fd);
		if (slot->engine->command)
			close(slot->dialed[i].errors);
		close(slot->sockets[i]);
	}
}
