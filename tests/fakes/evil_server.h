/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FAKES_EVIL_SERVER_H
#define TESTS_FAKES_EVIL_SERVER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A server on threads of this process that answers as it is told, also wrongly:
 * cut off, slowly, endlessly, or not at all. It counts connections and keeps
 * every request as it came.
 *
 *	static void say_hello(void *payload, struct evil_conn *c, const struct evil_request *r)
 *	{
 *		evil_reply(c, 200, "{}");
 *	}
 *
 *	struct evil *e = evil_start(&(struct evil_options){ .handle = say_hello });
 *	... evil_url(e) ...
 *	evil_stop(e);
 */
struct evil;
struct evil_conn;

struct evil_request {
	const char *raw; /* request line, headers and body, terminated */
	size_t len;
	const char *method, *target; /* "GET", "/x?y=z" */
	const char *body;            /* inside `raw` */
	size_t body_len;
	unsigned index;   /* of all requests of the server, from 0 */
	unsigned on_conn; /* of this connection, from 0 */
};

enum evil_kind { EVIL_TCP, EVIL_UNIX, EVIL_TLS };

struct evil_options {
	enum evil_kind kind;
	void (*handle)(void *payload, struct evil_conn *c, const struct evil_request *r);
	void *payload;
	const char *greeting; /* said at once, before any request, in clear */
	bool is_silent;       /* accept connections and read nothing */
	const char *cert;     /* PEM chain, of EVIL_TLS; NULL: one for localhost and 127.0.0.1 */
	const char *key;
	const char *client_ca; /* ask for a client certificate signed by this */
	int min_tls, max_tls;  /* 10 to 13 for TLS 1.0 to 1.3; 0: any */
};

struct evil *evil_start(const struct evil_options *options);
void evil_stop(struct evil *e);

const char *evil_url(const struct evil *e);  /* what orch__http_open() takes */
const char *evil_path(const struct evil *e); /* of the unix socket */
int evil_port(const struct evil *e);
const char *evil_ca(const struct evil *e); /* PEM: whom to trust, if `cert` was NULL */
unsigned evil_accepts(const struct evil *e);
unsigned evil_request_count(const struct evil *e);
/* The name that the last TLS client asked for; "" if it named none. */
const char *evil_sni(const struct evil *e);
/* A copy of one request, terminated; free() it. */
char *evil_raw(const struct evil *e, unsigned index);
/* Wait until so many requests have been read whole. False after ten seconds. */
bool evil_wait_requests(struct evil *e, unsigned count);

/* For handlers. All of them are quiet when the client has gone; false says so. */
bool evil_send(struct evil_conn *c, const void *data, size_t len);
bool evil_say(struct evil_conn *c, const char *text);
bool evil_reply(struct evil_conn *c, int status, const char *body);  /* well formed */
bool evil_drip(struct evil_conn *c, const char *text, int pause_ms); /* byte by byte */
bool evil_pause(struct evil_conn *c, int ms);                        /* false: the server stops */
void evil_hang(struct evil_conn *c);  /* until the client or the server ends it */
void evil_close(struct evil_conn *c); /* after the handler returns */
void evil_reset(struct evil_conn *c); /* likewise, with RST */

#endif
