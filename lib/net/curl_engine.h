/* SPDX-License-Identifier: MIT */
#ifndef ORCH_NET_CURL_ENGINE_H
#define ORCH_NET_CURL_ENGINE_H

#include <pthread.h>

#include <curl/curl.h>

#include "net/curl_open.h"
#include "net/dial.h"
#include "net/endpoint.h"
#include "net/transfer.h"
#include "util/arena.h"

/* Inside the curl_*.c files: the only ones that know libcurl. */

/* One endpoint and its idle handles. */
struct orch__curl {
	struct orch__http http; /* first: the machine knows only this */
	struct orch__endpoint endpoint;
	struct orch__arena texts; /* of the configuration */

	const char *user_agent, *proxy, *server_name;
	const char *ca, *cert, *key;
	bool is_insecure, wants_local_gzip;
	const char *const *command; /* that is the connection; NULL: a socket is */
	long connect_timeout_ms;
	struct curl_slist *plain; /* Accept, then `fixed`: all that most requests need */
	struct curl_slist *fixed;
	struct curl_slist *connect_to;

	pthread_mutex_t lock; /* of the pool */
	struct orch__curl_slot *idle;
	size_t idle_count, max_idle;
};

enum { ORCH__CURL_HEADERS = 40, ORCH__CURL_SOCKETS = 4 };

/* One handle with a multi handle of its own, so that bytes can be pulled; both
 * are kept, and with them the connection. One transfer at a time. */
struct orch__curl_slot {
	struct orch__transfer t; /* first */
	struct orch__curl *engine;
	struct orch__curl_slot *next;
	CURL *easy;
	CURLM *multi;
	CURLcode refused; /* first option that libcurl did not take */
	bool is_running;  /* added to `multi` */
	bool is_paused;   /* libcurl holds bytes back until they are pulled */
	bool has_body, has_gzip, has_large_buffer;
	struct orch__buf header_text;
	struct curl_slist headers[ORCH__CURL_HEADERS];
	int sockets[ORCH__CURL_SOCKETS]; /* open ones, for a child process to close */
	struct orch__dialed dialed[ORCH__CURL_SOCKETS]; /* the commands behind them */
	char complaint[200]; /* what a command that was the connection said in the end */
	char text[CURL_ERROR_SIZE];
};

/* curl_options.c: what is set once per handle, and what with each request. */
orch_status orch__curl_configure(struct orch__curl_slot *slot);
orch_status orch__curl_prepare(struct orch__curl_slot *slot, const struct orch__request *request);

/* curl_headers.c */
orch_status orch__curl_check_header(const orch_kv *header);
orch_status orch__curl_shared_headers(
	struct orch__curl *engine, const struct orch__http_config *config);
orch_status orch__curl_headers(
	struct orch__curl_slot *slot, const struct orch__request *request, struct curl_slist **out);
void orch__curl_forget_headers(struct orch__curl_slot *slot); /* they may hold secrets */

/* curl_socket.c: sockets are ours to open and close. */
void orch__curl_use_sockets(struct orch__curl_slot *slot);
/* Before the first byte: the command takes the place of what libcurl has connected. */
bool orch__curl_attach_command(struct orch__curl_slot *slot);
/* What it complains about: after a failure libcurl does not always close the connection. */
void orch__curl_hear_command(struct orch__curl_slot *slot);
void orch__curl_abandon_sockets(struct orch__curl_slot *slot);

/* curl_fault.c: what a failure of libcurl means. */
void orch__curl_fault(struct orch__curl_slot *slot, CURLcode rc);

#endif
