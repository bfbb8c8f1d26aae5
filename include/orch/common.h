/* SPDX-License-Identifier: MIT */
#ifndef ORCH_COMMON_H
#define ORCH_COMMON_H

#include <stddef.h>
#include <stdint.h>

#include "orch/version.h"

/**
 * @file orch/common.h
 * @brief What every other header builds on: linkage, and the frozen value types.
 *
 * Three words say who owns what, in every comment of these headers:
 *
 * | word     | meaning                                                          |
 * |----------|------------------------------------------------------------------|
 * | owned    | yours now; give it back with the function that is named          |
 * | borrowed | belongs to what it came from, valid until that is released       |
 * | copied   | liborch keeps nothing of yours; all inputs are copied            |
 */

#ifdef __cplusplus
#define ORCH_BEGIN_DECLS extern "C" {
#define ORCH_END_DECLS }
#else
#define ORCH_BEGIN_DECLS
#define ORCH_END_DECLS
#endif

#if defined(SWIG)
#define ORCH_EXTERN extern
#define ORCH_CHECK
#define ORCH_PRINTF(fmt, args)
#elif defined(__GNUC__)
#ifdef ORCH_STATIC
#define ORCH_EXTERN extern
#else
#define ORCH_EXTERN __attribute__((visibility("default"))) extern
#endif
#define ORCH_CHECK __attribute__((warn_unused_result))
#define ORCH_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define ORCH_EXTERN extern
#define ORCH_CHECK
#define ORCH_PRINTF(fmt, args)
#endif

/** A call that can fail. Zero is success; every other value is negative. */
#define ORCH_API(type) ORCH_EXTERN ORCH_CHECK type
/** A getter, a destructor, or anything else that cannot fail. */
#define ORCH_API_NOFAIL(type) ORCH_EXTERN type

/** The value of an integer or yes/no member that was left open. */
#define ORCH_UNSET INT64_MIN

ORCH_BEGIN_DECLS

/** A connection to one orchestrator; see orch/client.h. */
typedef struct orch_client orch_client;

/** A name and a value. Frozen: never grows. */
typedef struct orch_kv {
	const char *key;   /**< Never NULL in a result. */
	const char *value; /**< Never NULL in a result. */
} orch_kv;

/** Zero or more pairs; `items` NULL means "not given". Frozen. */
typedef struct orch_kv_list {
	const orch_kv *items;
	size_t count;
} orch_kv_list;

/** Zero or more texts; `items` NULL means "not given". Frozen. */
typedef struct orch_string_list {
	const char *const *items;
	size_t count;
} orch_string_list;

/**
 * Version of the library that is running, as text: "0.1.0". Static.
 * @since 0.1
 */
ORCH_API_NOFAIL(const char *) orch_version(void);

/**
 * The same as a number; compare with ::ORCH_VERSION_NUM of the headers.
 * @since 0.1
 */
ORCH_API_NOFAIL(int) orch_version_num(void);

ORCH_END_DECLS
#endif
