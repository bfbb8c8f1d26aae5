/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* accept4 */
#include "fakes/evil_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "fakes/certs.h"

enum { CONNS_MAX = 4096, REQUESTS_MAX = 20000 };

struct evil_conn {
	struct evil *server;
	pthread_t thread;
	int fd;
	SSL *ssl;
	bool is_over;
	char *in; /* read and not yet used */
	size_t in_len, in_cap;
	char method[32], target[8192];
};

struct evil {
	struct evil_options options;
	char url[160], path[100], dir[64];
	int port, listener, stop; /* `stop`: an eventfd that stays readable */
	pthread_t thread;
	SSL_CTX *ctx;
	struct test_cert ca, own;
	atomic_uint accepts;

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t arrived;
	struct evil_conn *conns[CONNS_MAX];
	unsigned conn_count, request_count;
	char sni[256];
	char *requests[REQUESTS_MAX];
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

/* ---- bytes ---- */

/* Until it can be read or written; false: the server stops. */
static bool ready(struct evil_conn *c, short events, int ms)
{
	struct pollfd p[2] = { { c->server->stop, POLLIN, 0 }, { c->fd, events, 0 } };

	return poll(p, 2, ms) >= 0 && !p[0].revents;
}

static bool ssl_again(struct evil_conn *c, int rc)
{
	int why = SSL_get_error(c->ssl, rc);

	if (why == SSL_ERROR_WANT_READ)
		return ready(c, POLLIN, -1);
	return why == SSL_ERROR_WANT_WRITE && ready(c, POLLOUT, -1);
}

static ssize_t read_some(struct evil_conn *c, char *out, size_t cap)
{
	for (;;) {
		if (c->ssl) {
			int n = SSL_read(c->ssl, out, (int)cap);

			if (n > 0 || !ssl_again(c, n))
				return n;
		} else {
			if (!ready(c, POLLIN, -1))
				return 0;
			return recv(c->fd, out, cap, 0);
		}
	}
}

static ssize_t write_some(struct evil_conn *c, const char *data, size_t len)
{
	for (;;) {
		if (c->ssl) {
			int n = SSL_write(c->ssl, data, (int)(len < 1 << 20 ? len : 1 << 20));

			if (n > 0 || !ssl_again(c, n))
				return n;
		} else {
			if (!ready(c, POLLOUT, -1))
				return 0;
			return send(c->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT);
		}
	}
}

bool evil_send(struct evil_conn *c, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0 && !c->is_over) {
		ssize_t n = write_some(c, p, len);

		if (n <= 0) {
			c->is_over = true;
			return false;
		}
		p += n;
		len -= (size_t)n;
	}
	return !c->is_over;
}

bool evil_say(struct evil_conn *c, const char *text)
{
	return evil_send(c, text, strlen(text));
}

bool evil_reply(struct evil_conn *c, int status, const char *body)
{
	char head[200];

	snprintf(head, sizeof head,
		"HTTP/1.1 %d Whatever\r\nContent-Type: application/json\r\n"
		"Content-Length: %zu\r\n\r\n",
		status, strlen(body));
	return evil_say(c, head) && (strcmp(c->method, "HEAD") == 0 || evil_say(c, body));
}

bool evil_pause(struct evil_conn *c, int ms)
{
	struct pollfd p = { c->server->stop, POLLIN, 0 };

	return poll(&p, 1, ms) == 0;
}

bool evil_drip(struct evil_conn *c, const char *text, int pause_ms)
{
	for (; *text; text++)
		if (!evil_send(c, text, 1) || !evil_pause(c, pause_ms))
			return false;
	return true;
}

void evil_hang(struct evil_conn *c)
{
	char junk[4096];

	while (!c->is_over) /* not read_some(): TLS bytes are junk as well */
		if (!ready(c, POLLIN, -1) || recv(c->fd, junk, sizeof junk, 0) <= 0)
			c->is_over = true;
}

void evil_close(struct evil_conn *c)
{
	c->is_over = true;
}

void evil_reset(struct evil_conn *c)
{
	struct linger at_once = { 1, 0 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	c->is_over = true;
}

/* ---- requests ---- */

static bool read_more(struct evil_conn *c)
{
	ssize_t n;

	if (c->in_cap - c->in_len < 65537) {
		c->in_cap = c->in_cap * 2 + 131072;
		c->in = realloc(c->in, c->in_cap);
		must(c->in != NULL, "realloc");
	}
	n = read_some(c, c->in + c->in_len, 65536);
	if (n <= 0)
		return false;
	c->in_len += (size_t)n;
	c->in[c->in_len] = '\0';
	return true;
}

static size_t body_length(const char *head, const char *end)
{
	static const char name[] = "content-length:";

	for (const char *line = head; line < end; line = strstr(line, "\r\n") + 2)
		if (strncasecmp(line, name, sizeof name - 1) == 0)
			return strtoul(line + sizeof name - 1, NULL, 10);
	return 0;
}

static unsigned record(struct evil *e, const char *raw, size_t len)
{
	char *copy = malloc(len + 1);
	unsigned index;

	must(copy != NULL, "malloc");
	memcpy(copy, raw, len);
	copy[len] = '\0';
	pthread_mutex_lock(&e->lock);
	must(e->request_count < REQUESTS_MAX, "too many requests");
	index = e->request_count++;
	e->requests[index] = copy;
	pthread_cond_broadcast(&e->arrived);
	pthread_mutex_unlock(&e->lock);
	return index;
}

/* One whole request: false when the client has gone. */
static bool read_request(struct evil_conn *c, struct evil_request *r)
{
	char *end = NULL;

	while (!c->in_len || !(end = strstr(c->in, "\r\n\r\n")))
		if (!read_more(c))
			return false;
	r->body_len = body_length(c->in, end);
	r->len = (size_t)(end + 4 - c->in) + r->body_len;
	while (c->in_len < r->len)
		if (!read_more(c))
			return false;
	r->raw = c->in;
	r->body = c->in + r->len - r->body_len;
	must(sscanf(c->in, "%31s %8191s", c->method, c->target) == 2, "request line");
	r->method = c->method;
	r->target = c->target;
	r->index = record(c->server, c->in, r->len);
	return true;
}

static void serve(struct evil_conn *c)
{
	struct evil_request r = { 0 };

	while (!c->is_over && read_request(c, &r)) {
		c->server->options.handle(c->server->options.payload, c, &r);
		c->in_len -= r.len;
		memmove(c->in, c->in + r.len, c->in_len);
		c->in[c->in_len] = '\0';
		r.on_conn++;
	}
}

static void note_name(struct evil *e, const char *name)
{
	pthread_mutex_lock(&e->lock);
	snprintf(e->sni, sizeof e->sni, "%s", name ? name : "");
	pthread_mutex_unlock(&e->lock);
}

static bool shake_hands(struct evil_conn *c)
{
	int rc;

	c->ssl = SSL_new(c->server->ctx);
	SSL_set_fd(c->ssl, c->fd);
	while ((rc = SSL_accept(c->ssl)) <= 0)
		if (!ssl_again(c, rc))
			return false;
	note_name(c->server, SSL_get_servername(c->ssl, TLSEXT_NAMETYPE_host_name));
	return true;
}

/* Signals are for the client under test: here they would end a wait. */
static void block_signals(void)
{
	sigset_t set;

	sigfillset(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void *conn_main(void *payload)
{
	struct evil_conn *c = payload;

	block_signals();
	if (c->server->options.greeting)
		evil_say(c, c->server->options.greeting);
	if (c->server->options.is_silent)
		evil_hang(c);
	else if (!c->server->ctx || shake_hands(c))
		serve(c);
	if (c->ssl)
		SSL_free(c->ssl);
	close(c->fd);
	free(c->in);
	return NULL;
}

static void *listen_main(void *payload)
{
	struct evil *e = payload;
	int yes = 1;

	block_signals();
	for (;;) {
		struct pollfd p[2] = { { e->stop, POLLIN, 0 }, { e->listener, POLLIN, 0 } };
		struct evil_conn *c;
		int fd;

		if (poll(p, 2, -1) < 0 || p[0].revents)
			return NULL;
		fd = accept4(e->listener, NULL, NULL, SOCK_CLOEXEC | (e->ctx ? SOCK_NONBLOCK : 0));
		if (fd < 0)
			continue;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
		atomic_fetch_add(&e->accepts, 1);
		c = calloc(1, sizeof *c);
		must(c && e->conn_count < CONNS_MAX, "connection");
		c->server = e;
		c->fd = fd;
		e->conns[e->conn_count++] = c;
		must(pthread_create(&c->thread, NULL, conn_main, c) == 0, "thread");
	}
}

/* ---- start and stop ---- */

static void listen_tcp(struct evil *e)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof at;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	e->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	must(bind(e->listener, (struct sockaddr *)&at, sizeof at) == 0, "bind");
	getsockname(e->listener, (struct sockaddr *)&at, &len);
	e->port = ntohs(at.sin_port);
	snprintf(e->url, sizeof e->url, "http%s://127.0.0.1:%d", e->ctx ? "s" : "", e->port);
}

static void listen_unix(struct evil *e)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(e->dir, sizeof e->dir, "/tmp/orch-evil-XXXXXX");
	must(mkdtemp(e->dir) != NULL, "mkdtemp");
	snprintf(e->path, sizeof e->path, "%s/s", e->dir);
	snprintf(at.sun_path, sizeof at.sun_path, "%s", e->path);
	e->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	must(bind(e->listener, (struct sockaddr *)&at, sizeof at) == 0, "bind");
	snprintf(e->url, sizeof e->url, "unix://%s", e->path);
}

static int tls_version(int v)
{
	static const int versions[] = { TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION,
		TLS1_3_VERSION };

	return v ? versions[v - 10] : 0;
}

static X509 *read_cert(BIO *bio)
{
	return PEM_read_bio_X509(bio, NULL, NULL, NULL);
}

static void use_chain(SSL_CTX *ctx, const char *cert, const char *key)
{
	BIO *bio = BIO_new_mem_buf(cert, -1), *key_bio = BIO_new_mem_buf(key, -1);
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(key_bio, NULL, NULL, NULL);
	X509 *x = read_cert(bio);

	must(SSL_CTX_use_certificate(ctx, x) == 1, "certificate");
	X509_free(x);
	while ((x = read_cert(bio)))
		SSL_CTX_add_extra_chain_cert(ctx, x);
	must(SSL_CTX_use_PrivateKey(ctx, pkey) == 1, "key");
	EVP_PKEY_free(pkey);
	BIO_free(bio);
	BIO_free(key_bio);
}

static void use_client_ca(SSL_CTX *ctx, const char *ca)
{
	BIO *bio = BIO_new_mem_buf(ca, -1);
	X509 *x = read_cert(bio);

	X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), x);
	SSL_CTX_add_client_CA(ctx, x);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	X509_free(x);
	BIO_free(bio);
}

static void start_tls(struct evil *e)
{
	const struct evil_options *o = &e->options;

	if (!o->cert) {
		e->ca = test_cert_make(
			&(struct test_cert_wish){ .name = "Test CA", .is_ca = true });
		e->own = test_cert_make(&(struct test_cert_wish){
			.name = "evil", .san = "DNS:localhost,IP:127.0.0.1", .issuer = &e->ca });
	}
	e->ctx = SSL_CTX_new(TLS_server_method());
	must(e->ctx != NULL, "TLS");
	SSL_CTX_set_security_level(e->ctx, 0); /* it is evil */
	SSL_CTX_set_min_proto_version(e->ctx, tls_version(o->min_tls));
	SSL_CTX_set_max_proto_version(e->ctx, tls_version(o->max_tls));
	use_chain(e->ctx, o->cert ? o->cert : e->own.cert, o->cert ? o->key : e->own.key);
	if (o->client_ca)
		use_client_ca(e->ctx, o->client_ca);
}

struct evil *evil_start(const struct evil_options *options)
{
	struct evil *e = calloc(1, sizeof *e);

	must(e != NULL, "calloc");
	e->options = *options;
	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->arrived, NULL);
	e->stop = eventfd(0, EFD_CLOEXEC);
	if (options->kind == EVIL_TLS)
		start_tls(e);
	if (options->kind == EVIL_UNIX)
		listen_unix(e);
	else
		listen_tcp(e);
	must(listen(e->listener, 128) == 0, "listen");
	must(pthread_create(&e->thread, NULL, listen_main, e) == 0, "thread");
	return e;
}

void evil_stop(struct evil *e)
{
	uint64_t one = 1;

	must(write(e->stop, &one, sizeof one) == sizeof one, "eventfd");
	pthread_join(e->thread, NULL);
	for (unsigned i = 0; i < e->conn_count; i++) {
		pthread_join(e->conns[i]->thread, NULL);
		free(e->conns[i]);
	}
	for (unsigned i = 0; i < e->request_count; i++)
		free(e->requests[i]);
	close(e->listener);
	close(e->stop);
	if (*e->path)
		unlink(e->path);
	if (*e->dir)
		rmdir(e->dir);
	SSL_CTX_free(e->ctx);
	test_cert_free(&e->ca);
	test_cert_free(&e->own);
	pthread_mutex_destroy(&e->lock);
	pthread_cond_destroy(&e->arrived);
	free(e);
}

/* ---- questions ---- */

const char *evil_url(const struct evil *e)
{
	return e->url;
}

const char *evil_path(const struct evil *e)
{
	return e->path;
}

int evil_port(const struct evil *e)
{
	return e->port;
}

const char *evil_ca(const struct evil *e)
{
	return e->ca.cert;
}

/* After a request has been answered: then the name is there. */
const char *evil_sni(const struct evil *e)
{
	(void)evil_request_count(e); /* takes the lock, as the writer did */
	return e->sni;
}

unsigned evil_accepts(const struct evil *e)
{
	return atomic_load(&e->accepts);
}

unsigned evil_request_count(const struct evil *e)
{
	struct evil *m = (struct evil *)(uintptr_t)e;
	unsigned n;

	pthread_mutex_lock(&m->lock);
	n = e->request_count;
	pthread_mutex_unlock(&m->lock);
	return n;
}

char *evil_raw(const struct evil *e, unsigned index)
{
	struct evil *m = (struct evil *)(uintptr_t)e;
	char *copy;

	pthread_mutex_lock(&m->lock);
	must(index < e->request_count, "no such request");
	copy = strdup(e->requests[index]);
	pthread_mutex_unlock(&m->lock);
	return copy;
}

bool evil_wait_requests(struct evil *e, unsigned count)
{
	struct timespec end;
	int rc = 0;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += 10;
	pthread_mutex_lock(&e->lock);
	while (e->request_count < count && rc == 0)
		rc = pthread_cond_timedwait(&e->arrived, &e->lock, &end);
	pthread_mutex_unlock(&e->lock);
	return rc == 0;
}
