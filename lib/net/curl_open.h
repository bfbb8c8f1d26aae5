/* SPDX-License-Identifier: MIT */
#ifndef ORCH_NET_CURL_OPEN_H
#define ORCH_NET_CURL_OPEN_H

#include "net/endpoint.h"
#include "net/http.h"

/* All that the rest of lib/net sees of libcurl. The configuration has been checked. */
orch_status orch__curl_open(const struct orch__http_config *config,
	const struct orch__endpoint *endpoint, struct orch__http **out);

#endif
