/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* accept4 */
#include "fakes/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/base64.h"

enum { CONNS_MAX = 64, SOCKS_VERSION = 5, BY_PASSWORD = 2, BY_ADDRESS = 1, BY_NAME = 3 };

struct conn {
	struct test_proxy *proxy;
	pthread_t thread;
	int fd;
};

struct test_proxy {
	struct test_proxy_options options;
	int listener, stop, port;
	pthread_t thread;
	struct conn conns[CONNS_MAX];
	unsigned count;
	pthread_mutex_t lock;
	char log[16384];
	char wanted[512]; /* header of a CONNECT; "" none */
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

static void note(struct test_proxy *p, const char *text)
{
	size_t n;

	pthread_mutex_lock(&p->lock);
	n = strlen(p->log);
	snprintf(p->log + n, sizeof p->log - n, "%s", text);
	pthread_mutex_unlock(&p->lock);
}

/* ---- bytes ---- */

static bool ready(const struct conn *c, int fd)
{
	struct pollfd p[2] = { { c->proxy->stop, POLLIN, 0 }, { fd, POLLIN, 0 } };

	return poll(p, 2, -1) >= 0 && !p[0].revents;
}

static bool take(const struct conn *c, void *out, size_t len)
{
	for (char *at = out; len > 0;) {
		ssize_t n = ready(c, c->fd) ? recv(c->fd, at, len, 0) : 0;

		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static bool say(int fd, const void *data, size_t len)
{
	return send(fd, data, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static int dial(int port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0)
		return fd;
	close(fd);
	return -1;
}

/* ---- CONNECT ---- */

static bool read_head(const struct conn *c, char *out, size_t cap)
{
	size_t n = 0;

	while (n + 1 < cap && take(c, out + n, 1)) {
		out[++n] = '\0';
		if (n >= 4 && strcmp(out + n - 4, "\r\n\r\n") == 0)
			return true;
	}
	return false;
}

/* Before the first thread: a test may change the allocator behind these buffers. */
static void write_wanted(struct test_proxy *p)
{
	struct orch__buf pair = ORCH__BUF_INIT(512), want = ORCH__BUF_INIT(1024);

	if (!p->options.user)
		return;
	orch__buf_addf(&pair, "%s:%s", p->options.user, p->options.password);
	orch__base64_encode(pair.text, pair.len, &want);
	snprintf(p->wanted, sizeof p->wanted, "Proxy-Authorization: Basic %s\r\n", want.text);
	orch__buf_dispose(&pair);
	orch__buf_dispose(&want);
}

static int open_tunnel(const struct conn *c)
{
	static const char yes[] = "HTTP/1.1 200 Connected\r\n\r\n";
	static const char no[] = "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
				 "Content-Length: 0\r\n\r\n";
	char head[8192] = "", *colon;
	int fd;

	if (!read_head(c, head, sizeof head))
		return -1;
	note(c->proxy, head);
	if (!strstr(head, c->proxy->wanted)) {
		(void)say(c->fd, no, sizeof no - 1);
		return -1;
	}
	head[strcspn(head, "\r")] = '\0';
	colon = strrchr(head, ':'); /* "CONNECT host:port HTTP/1.1" */
	fd = colon ? dial(atoi(colon + 1)) : -1;
	if (fd >= 0)
		(void)say(c->fd, yes, sizeof yes - 1);
	return fd;
}

/* ---- SOCKS 5: RFC 1928, 1929 ---- */

static bool take_text(const struct conn *c, char out[256])
{
	unsigned char len;

	if (!take(c, &len, 1) || !take(c, out, len))
		return false;
	out[len] = '\0';
	return true;
}

static bool log_in(const struct conn *c)
{
	const struct test_proxy_options *o = &c->proxy->options;
	const unsigned char way[2] = { SOCKS_VERSION, o->user ? BY_PASSWORD : 0 };
	unsigned char ways[256], version, answer[2] = { 1, 0 };
	char user[256], password[256];

	if (!take(c, ways, 2) || ways[0] != SOCKS_VERSION || !take(c, ways + 2, ways[1]) ||
		!say(c->fd, way, 2))
		return false;
	if (!o->user)
		return true;
	if (!take(c, &version, 1) || !take_text(c, user) || !take_text(c, password))
		return false;
	answer[1] = strcmp(user, o->user) || strcmp(password, o->password);
	return say(c->fd, answer, 2) && !answer[1];
}

static int open_socks(const struct conn *c)
{
	static const unsigned char yes[10] = { SOCKS_VERSION, 0, 0, BY_ADDRESS };
	unsigned char head[4], address[4], port[2];
	char name[256] = "", line[300];
	int fd;

	if (!log_in(c) || !take(c, head, 4))
		return -1;
	if (head[3] == BY_NAME) {
		if (!take_text(c, name))
			return -1;
	} else {
		if (head[3] != BY_ADDRESS || !take(c, address, 4))
			return -1;
		snprintf(name, sizeof name, "%d.%d.%d.%d", address[0], address[1], address[2],
			address[3]);
	}
	if (!take(c, port, 2))
		return -1;
	snprintf(line, sizeof line, "%s %s:%d\n", head[3] == BY_NAME ? "name" : "address", name,
		port[0] << 8 | port[1]);
	note(c->proxy, line);
	fd = dial(port[0] << 8 | port[1]);
	if (fd >= 0)
		(void)say(c->fd, yes, sizeof yes);
	return fd;
}

/* ---- both ---- */

static bool pass_on(int from, int to)
{
	char data[8192];
	ssize_t n = recv(from, data, sizeof data, 0);

	return n > 0 && say(to, data, (size_t)n);
}

static void *serve(void *payload)
{
	struct conn *c = payload;
	int fd = c->proxy->options.is_socks ? open_socks(c) : open_tunnel(c);

	while (fd >= 0) {
		struct pollfd p[3] = { { c->proxy->stop, POLLIN, 0 }, { c->fd, POLLIN, 0 },
			{ fd, POLLIN, 0 } };

		if (poll(p, 3, -1) < 0 || p[0].revents || (p[1].revents && !pass_on(c->fd, fd)) ||
			(p[2].revents && !pass_on(fd, c->fd)))
			break;
	}
	if (fd >= 0)
		close(fd);
	close(c->fd);
	return NULL;
}

static void *listen_main(void *payload)
{
	struct test_proxy *p = payload;

	for (;;) {
		struct pollfd wait[2] = { { p->stop, POLLIN, 0 }, { p->listener, POLLIN, 0 } };
		struct conn *c = &p->conns[p->count];

		if (poll(wait, 2, -1) < 0 || wait[0].revents)
			return NULL;
		must(p->count < CONNS_MAX, "too many connections");
		c->proxy = p;
		c->fd = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
		if (c->fd < 0)
			continue;
		must(pthread_create(&c->thread, NULL, serve, c) == 0, "thread");
		p->count++;
	}
}

struct test_proxy *test_proxy_start(const struct test_proxy_options *options)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	struct test_proxy *p = calloc(1, sizeof *p);
	socklen_t len = sizeof at;

	must(p != NULL, "calloc");
	p->options = *options;
	write_wanted(p);
	pthread_mutex_init(&p->lock, NULL);
	p->stop = eventfd(0, EFD_CLOEXEC);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(bind(p->listener, (struct sockaddr *)&at, sizeof at) == 0, "bind");
	must(listen(p->listener, 16) == 0, "listen");
	getsockname(p->listener, (struct sockaddr *)&at, &len);
	p->port = ntohs(at.sin_port);
	must(pthread_create(&p->thread, NULL, listen_main, p) == 0, "thread");
	return p;
}

void test_proxy_stop(struct test_proxy *p)
{
	uint64_t one = 1;

	must(write(p->stop, &one, sizeof one) == sizeof one, "eventfd");
	pthread_join(p->thread, NULL);
	for (unsigned i = 0; i < p->count; i++)
		pthread_join(p->conns[i].thread, NULL);
	close(p->listener);
	close(p->stop);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

int test_proxy_port(const struct test_proxy *p)
{
	return p->port;
}

char *test_proxy_log(struct test_proxy *p)
{
	char *copy;

	pthread_mutex_lock(&p->lock);
	copy = strdup(p->log);
	pthread_mutex_unlock(&p->lock);
	must(copy != NULL, "strdup");
	return copy;
}
