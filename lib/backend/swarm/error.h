/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SWARM_ERROR_H
#define ORCH_SWARM_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "net/http.h"
#include "orch/error.h"

/* Whether it helps to ask again. */
enum swarm_again {
	SWARM_AGAIN_NO,    /* the answer would be the same                       */
	SWARM_AGAIN_OTHER, /* this engine will not do, another may: no manager   */
	SWARM_AGAIN_LATER  /* it passes: an election, a deadline of the engine's */
};

/* What an answer means. */
struct swarm_fault {
	int16_t http;        /* 0: any                                              */
	const char *pattern; /* occurs in the message; NULL: any message            */
	orch_status status;
	enum swarm_again again;
	orch_outcome outcome; /* of a write that was answered so                    */
	const char *reason;   /* one stable word, for programs                      */
};

/* The first row that fits; the last one fits everything. Never NULL. */
const struct swarm_fault *swarm_fault_find(int http, const char *message);

/*
 * The message of an answer: `{"message": ...}` or plain text, without gRPC's
 * "rpc error: code = X desc = " when `out` is for people.
 */
void swarm_fault_text(const char *body, size_t len, char *out, size_t cap);
const char *swarm_fault_words(const char *text);

/*
 * Record what an answer that is no 2xx means, in the engine's own words, and
 * return the row. `what` says what was asked of whom.
 */
const struct swarm_fault *swarm_fault_report(
	const struct orch__response *answer, bool is_write, const char *what);

#endif
