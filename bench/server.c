/* SPDX-License-Identifier: MIT */
/*
 * bench_server SOCKET [LOG]
 *
 * The least that an orchestrator can be: ready-made bodies over HTTP/1.1, on a
 * port of 127.0.0.1 that it prints, and on the unix socket SOCKET. It ends with
 * its standard input and then prints how many connections it accepted and how
 * many requests it answered. LOG gets one line a request.
 *
 * A line of the file "routes" is "PATH QUERY FILE": a request for PATH (without "/v1.41")
 * whose query contains QUERY ("-": any) gets FILE. The first line that fits
 * answers, and nothing else is looked at.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_ROUTES = 256, MAX_REQUEST = 64 << 10 };

struct route {
	char path[256], query[256];
	const char *body;
	size_t len;
};

static struct route routes[MAX_ROUTES];
static size_t route_count;
static FILE *request_log;
static atomic_uint accepts, requests;

static void die(const char *what)
{
	fprintf(stderr, "bench_server: ");
	perror(what);
	exit(1);
}

/* ---- what there is to serve ---- */

static void map_body(struct route *r, const char *file)
{
	struct stat st;
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st))
		die(file);
	r->len = (size_t)st.st_size;
	/* all of it now: the first request is to cost what the second does */
	r->body = mmap(NULL, r->len, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (r->body == MAP_FAILED)
		die(file);
	close(fd);
}

static void read_routes(const char *name)
{
	FILE *f = fopen(name, "r");
	char file[1024];

	if (!f)
		die(name);
	while (route_count < MAX_ROUTES) {
		struct route *r = &routes[route_count];

		if (fscanf(f, "%255s %255s %1023s", r->path, r->query, file) != 3)
			break;
		map_body(r, file);
		route_count++;
	}
	fclose(f);
}

static const struct route *find_route(const char *path, const char *query)
{
	if (!strncmp(path, "/v1.", 4))
		path = path + 1 + strcspn(path + 1, "/");
	for (size_t i = 0; i < route_count; i++)
		if (!strcmp(routes[i].path, path) &&
			(!strcmp(routes[i].query, "-") || strstr(query, routes[i].query)))
			return &routes[i];
	return NULL;
}

/* ---- one connection ---- */

static bool send_all(int fd, struct iovec *v, int n)
{
	while (n) {
		struct msghdr m = { .msg_iov = v, .msg_iovlen = (size_t)n };
		ssize_t sent = sendmsg(fd, &m, MSG_NOSIGNAL);

		if (sent < 0)
			return false;
		while (n && (size_t)sent >= v->iov_len) {
			sent -= (ssize_t)v->iov_len;
			v++;
			n--;
		}
		if (n) {
			v->iov_base = (char *)v->iov_base + sent;
			v->iov_len -= (size_t)sent;
		}
	}
	return true;
}

/* A `line` of "GET /path?query HTTP/1.1" is taken apart in place. */
static bool answer(int fd, char *line)
{
	static const char absent[] = "{\"message\":\"page not found\"}\n";
	char *path = strchr(line, ' '), head[512];
	char *query = path ? strpbrk(path + 1, " ?") : NULL;
	const struct route *r;
	struct iovec v[2];

	if (!query)
		return false;
	if (request_log)
		fprintf(request_log, "%.*s\n", (int)strcspn(line, "\r\n"), line);
	*path++ = '\0';
	if (*query == '?')
		query[strcspn(query, " ")] = '\0';
	*query++ = '\0';
	r = find_route(path, query);
	v[0].iov_base = head;
	v[0].iov_len = (size_t)snprintf(head, sizeof head,
		"HTTP/1.1 %s\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\n"
		"Docker-Experimental: false\r\nOstype: linux\r\n"
		"Server: Docker/20.10.24 (linux)\r\nContent-Length: %zu\r\n\r\n",
		r ? "200 OK" : "404 Not Found", r ? r->len : sizeof absent - 1);
	v[1].iov_base = (char *)(uintptr_t)(r ? r->body : absent);
	v[1].iov_len = r ? r->len : sizeof absent - 1;
	return send_all(fd, v, strcmp(line, "HEAD") ? 2 : 1);
}

static size_t body_length(const char *head)
{
	for (const char *at = head; (at = strstr(at, "\r\n")); at += 2)
		if (!strncasecmp(at + 2, "Content-Length:", 15))
			return strtoul(at + 17, NULL, 10);
	return 0;
}

/* Returns the bytes of a whole request at the start of `text`, or 0. */
static size_t whole_request(const char *text, size_t len)
{
	const char *end = strstr(text, "\r\n\r\n");
	size_t want = end ? (size_t)(end - text) + 4 + body_length(text) : 0;

	return want <= len ? want : 0;
}

static void *serve(void *payload)
{
	int fd = (int)(intptr_t)payload;
	char *text = malloc(MAX_REQUEST + 1);
	size_t len = 0, whole;
	bool is_open = text != NULL;

	while (is_open) {
		ssize_t got = read(fd, text + len, MAX_REQUEST - len);

		if (got <= 0)
			break;
		len += (size_t)got;
		text[len] = '\0';
		while (is_open && (whole = whole_request(text, len))) {
			requests++;
			is_open = answer(fd, text);
			memmove(text, text + whole, len - whole + 1);
			len -= whole;
		}
	}
	free(text);
	close(fd);
	return NULL;
}

/* ---- listening ---- */

static void *accept_all(void *payload)
{
	int listener = (int)(intptr_t)payload, on = 1, fd;
	pthread_t thread;

	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		accepts++;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* not of unix sockets */
		if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd))
			die("thread");
		pthread_detach(thread);
	}
	return NULL;
}

static void listen_on(int fd, const struct sockaddr *address, socklen_t len, const char *what)
{
	pthread_t thread;

	if (fd < 0 || bind(fd, address, len) || listen(fd, 64))
		die(what);
	if (pthread_create(&thread, NULL, accept_all, (void *)(intptr_t)fd))
		die("thread");
}

static void listen_all(const char *path)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int tcp = socket(AF_INET, SOCK_STREAM, 0), local = socket(AF_UNIX, SOCK_STREAM, 0);
	socklen_t len = sizeof in;

	if (snprintf(un.sun_path, sizeof un.sun_path, "%s", path) >= (int)sizeof un.sun_path) {
		fprintf(stderr, "bench_server: %s: too long\n", path);
		exit(1);
	}
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listen_on(local, (struct sockaddr *)&un, sizeof un, path);
	listen_on(tcp, (struct sockaddr *)&in, sizeof in, "127.0.0.1");
	if (getsockname(tcp, (struct sockaddr *)&in, &len))
		die("getsockname");
	printf("%d\n", ntohs(in.sin_port));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	char byte;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: bench_server SOCKET [LOG]\n");
		return 2;
	}
	read_routes("routes");
	if (argc == 3) {
		request_log = fopen(argv[2], "w");
		if (!request_log)
			die(argv[2]);
	}
	listen_all(argv[1]);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	if (request_log)
		fclose(request_log);
	printf("%u %u\n", accepts, requests);
	fflush(stdout);
	_exit(0); /* connections may still be open */
}
