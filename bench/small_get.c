/* SPDX-License-Identifier: MIT */
/*
 * bench_small_get orch|curl URL PATH N: the same small GET N times, one after the
 * other, through lib/net or with libcurl alone: one reused handle, the same three
 * headers, the body kept in a reused buffer. URL as for orch__http_open().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "net/http.h"
#include "util/buf.h"

#define TOKEN "Bearer 0123456789abcdef0123456789abcdef"

static void die(const char *what)
{
	fprintf(stderr, "bench_small_get: %s\n", what);
	exit(1);
}

/* ---- through lib/net ---- */

static void run_orch(const char *url, const char *path, long n)
{
	const orch_kv header = { "Authorization", TOKEN };
	const struct orch__http_config config = {
		.url = url, .headers = &header, .header_count = 1
	};
	const struct orch__request request = { .method = "GET", .path = path };
	struct orch__response response = { 0 };
	struct orch__http *http = NULL;

	if (orch__http_open(&config, &http) < 0)
		die(orch_error_last()->message);
	for (long i = 0; i < n; i++) {
		if (orch__http_perform(http, &request, &response) < 0)
			die(orch_error_last()->message);
		if (response.http_status != 200 || !response.body.len)
			die("not what was asked for");
	}
	orch__response_dispose(&response);
	orch__http_close(http);
}

/* ---- with libcurl alone ---- */

static size_t keep(char *data, size_t size, size_t n, void *payload)
{
	orch__buf_add(payload, data, size * n);
	return size * n;
}

static CURL *plain_handle(const char *url, const char *path, struct curl_slist *headers)
{
	const char *socket = strncmp(url, "unix://", 7) ? NULL : url + 7;
	CURL *h = curl_easy_init();
	char target[512];

	snprintf(target, sizeof target, "%s%s", socket ? "http://localhost" : url, path);
	curl_easy_setopt(h, CURLOPT_URL, target);
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_PROXY, "");
	curl_easy_setopt(h, CURLOPT_USERAGENT, "liborch/" ORCH_VERSION);
	curl_easy_setopt(h, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, keep);
	if (socket)
		curl_easy_setopt(h, CURLOPT_UNIX_SOCKET_PATH, socket);
	return h;
}

static void run_curl(const char *url, const char *path, long n)
{
	struct orch__buf body = ORCH__BUF_INIT(1 << 20);
	struct curl_slist *headers = NULL;
	long status = 0;
	CURL *h;

	curl_global_init(CURL_GLOBAL_DEFAULT);
	headers = curl_slist_append(headers, "Accept: application/json");
	headers = curl_slist_append(headers, "Authorization: " TOKEN);
	h = plain_handle(url, path, headers);
	curl_easy_setopt(h, CURLOPT_WRITEDATA, &body);
	for (long i = 0; i < n; i++) {
		orch__buf_clear(&body);
		if (curl_easy_perform(h))
			die("curl_easy_perform");
		curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
		if (status != 200 || !body.len)
			die("not what was asked for");
	}
	curl_easy_cleanup(h);
	curl_slist_free_all(headers);
	orch__buf_dispose(&body);
	curl_global_cleanup();
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "usage: bench_small_get orch|curl URL PATH N\n");
		return 2;
	}
	(strcmp(argv[1], "orch") ? run_curl : run_orch)(
		argv[2], argv[3], strtol(argv[4], NULL, 10));
	return 0;
}
