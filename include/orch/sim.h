/* SPDX-License-Identifier: MIT */
#ifndef ORCH_SIM_H
#define ORCH_SIM_H

#include "orch/client.h"
#include "orch/deployment.h"

/**
 * @file orch/sim.h
 * @brief An orchestrator inside your process, to try things and to test programs.
 *
 * Open `sim://` like any other orchestrator: nodes with CPU and memory, a
 * spreading scheduler, image pulls, rolling updates, health checks, crash
 * loops, node loss. Time is virtual: a wait of a minute takes no time, and one
 * seed makes every run the same.
 *
 * | URL part    | meaning                                                      | default |
 * |-------------|--------------------------------------------------------------|---------|
 * | `//NAME`    | a world shared by all clients of this process that name it   | private |
 * | `nodes=N`   | nodes `node-1` .. `node-N`, each with 4 CPUs and 8 GiB       | 3       |
 * | `seed=N`    | decides every chance                                         | 1       |
 * | `speed=N`   | 0: virtual time; N: N virtual seconds a second, for demos    | 0       |
 *
 * What an instance does is read from its command and arguments, as a shell
 * would: `sleep N`, `exit N`, `true`, `false`, joined by `;` or `&&`, also
 * behind `sh -c`. Everything else runs until it is stopped. A health check is
 * such a command too; there everything else succeeds. Images come from anywhere
 * but registries that cannot exist: hosts that end in `.invalid`, and port 1.
 *
 * Stable within a minor release only.
 */
ORCH_BEGIN_DECLS

/** Handle to a simulated world; may be used from many threads. */
typedef struct orch_sim orch_sim;

/**
 * The world behind a client.
 *
 * @param[out] out Owned; give it back with orch_sim_close(). Untouched on error.
 * @retval ORCH_E_UNSUPPORTED The client is of a real orchestrator.
 * @since 0.1
 */
ORCH_API(orch_status) orch_sim_from_client(orch_client *client, orch_sim **out);

/** Drop the handle; the world ends with its last client and handle. NULL is ignored. @since 0.1 */
ORCH_API_NOFAIL(void) orch_sim_close(orch_sim *sim);

/** Virtual milliseconds since the world began. @since 0.1 */
ORCH_API_NOFAIL(int64_t) orch_sim_now(const orch_sim *sim);

/** Let virtual time pass, and all that happens in it. @since 0.1 */
ORCH_API_NOFAIL(void) orch_sim_advance(orch_sim *sim, int64_t ms);

/** A node of the world. Initialise with ::ORCH_SIM_NODE_INIT. Grows at the end. */
typedef struct orch_sim_node {
	size_t struct_size;
	const char *name;
	int64_t cpu_milli;    /**< Default 4000; of a node that is there: as it is.  */
	int64_t memory_bytes; /**< Default 8 GiB; of a node that is there: as it is. */
	orch_kv_list labels;  /**< For placement.                                    */
} orch_sim_node;

/* clang-format off */
#define ORCH_SIM_NODE_INIT { sizeof(orch_sim_node), NULL, ORCH_UNSET, ORCH_UNSET, { NULL, 0 } }
/* clang-format on */

/**
 * Add a node, or change the labels and capacity of the one of that name.
 * @param node Copied.
 * @since 0.1
 */
ORCH_API(orch_status) orch_sim_node_put(orch_sim *sim, const orch_sim_node *node);

/**
 * The node stops answering: after 15 virtual seconds its instances are UNKNOWN
 * and others take their place.
 * @retval ORCH_E_NOTFOUND No such node.
 * @since 0.1
 */
ORCH_API(orch_status) orch_sim_node_fail(orch_sim *sim, const char *name);

/** The node answers again. @retval ORCH_E_NOTFOUND No such node. @since 0.1 */
ORCH_API(orch_status) orch_sim_node_recover(orch_sim *sim, const char *name);

/** How an image behaves. Initialise with ::ORCH_SIM_IMAGE_INIT. Grows at the end. */
typedef struct orch_sim_image {
	size_t struct_size;
	const char *name;       /**< As specs write it.                                     */
	int64_t missing;        /**< 1: it cannot be pulled. 0.                             */
	int64_t pull_ms;        /**< First pull on each node. Default: drawn from the seed. */
	int64_t start_ms;       /**< From there to running. Default: drawn from the seed.   */
	int64_t crash_after_ms; /**< Ends with `exit_code` so long after the start; unset: never. */
	int64_t exit_code;      /**< Default 1.                                             */
	int64_t unhealthy;      /**< 1: health checks fail whatever they are. 0.            */
} orch_sim_image;

/* clang-format off */
#define ORCH_SIM_IMAGE_INIT \
	{ sizeof(orch_sim_image), NULL, ORCH_UNSET, ORCH_UNSET, ORCH_UNSET, ORCH_UNSET, ORCH_UNSET, \
	  ORCH_UNSET }
/* clang-format on */

/**
 * Say how an image behaves from now on.
 * @param image Copied.
 * @since 0.1
 */
ORCH_API(orch_status) orch_sim_image_put(orch_sim *sim, const orch_sim_image *image);

/** Something that goes wrong once. Initialise with ::ORCH_SIM_FAULT_INIT. Grows at the end. */
typedef struct orch_sim_fault {
	size_t struct_size;
	const char *operation; /**< NULL: any. Noun and slot of orch/sys/backend.h: "client.info",
	                            "instance.list", "deployment.get", ".open", ".put", ".scale",
	                            ".restart", ".remove", ".remaining".                      */
	int64_t skip;          /**< Let so many matching calls pass first. 0.                */
	int64_t times;         /**< Then so many calls are hit. 1.                           */
	int64_t latency_ms;    /**< Virtual time the call takes. 0.                          */
	int64_t status;        /**< ::orch_status it fails with; ::ORCH_OK: only the latency. */
	int64_t applied;       /**< 1: a write takes effect all the same, and the outcome is
	                            UNKNOWN; 0: NOT_APPLIED. 0.                              */
} orch_sim_fault;

/* clang-format off */
#define ORCH_SIM_FAULT_INIT { sizeof(orch_sim_fault), NULL, 0, 1, 0, ORCH_OK, 0 }
/* clang-format on */

/**
 * Let operations fail. Faults add up; each ends by itself.
 * @param fault Copied.
 * @since 0.1
 */
ORCH_API(orch_status) orch_sim_fault_add(orch_sim *sim, const orch_sim_fault *fault);

/** How many writes the world has accepted so far. @since 0.1 */
ORCH_API_NOFAIL(int64_t) orch_sim_writes(const orch_sim *sim);

/** How many operations clients have asked for so far, refused ones included. @since 0.1 */
ORCH_API_NOFAIL(int64_t) orch_sim_operations(const orch_sim *sim);

ORCH_END_DECLS
#endif
