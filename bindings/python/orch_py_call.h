/* SPDX-License-Identifier: MIT */
/* What the library calls while a call runs without the GIL, and the rows of the table. */
#ifndef ORCH_PY_CALL_H
#define ORCH_PY_CALL_H

#include <time.h>

#include "orch_py_struct.h"

/* This thread runs a callback, which must not call the library; see core.i. */
static _Thread_local int orch_py_in_callback;
/* A callback has raised in this thread: the call is to end. */
static _Thread_local int orch_py_raised;

/*
 * Call the callable with one argument, which is given away. What it raises stays
 * set, and is what the caller of the library's function gets to see.
 */
static void orch_py_call(PyObject *callable, PyObject *argument)
{
	PyObject *result = NULL;

	orch_py_in_callback++;
	if (argument)
		result = PyObject_CallFunctionObjArgs(callable, argument, NULL);
	orch_py_in_callback--;
	orch_py_raised = result == NULL;
	Py_XDECREF(result);
	Py_XDECREF(argument);
}

static void orch_py_deployment_progress_fn(void *payload, const orch_deployment *now);
static void orch_py_trace_fn(void *payload, const orch_trace_event *event);

/* ---- the table ---- */

/* clang-format off */
#define ORCH_PY_TYPE(T, ...)                                                                       \
	static const struct orch_py_field orch_py_fields_##T[] = { __VA_ARGS__ };                  \
	static const struct orch_py_type orch_py_type_##T = { #T, sizeof(orch_##T),                \
		&orch_py_blank_##T, orch_py_fields_##T,                                            \
		(Py_ssize_t)(sizeof orch_py_fields_##T / sizeof *orch_py_fields_##T) }
#define ORCH_PY_FIELD(T, kind, m) #m, ORCH_PY_##kind, offsetof(orch_##T, m)
#define STR(T, m)      { ORCH_PY_FIELD(T, STR, m), 0, NULL, NULL }
#define INT(T, m)      { ORCH_PY_FIELD(T, INT, m), 0, NULL, NULL }
#define BOOL(T, m)     { ORCH_PY_FIELD(T, BOOL, m), 0, NULL, NULL }
#define ENUM(T, m)     { ORCH_PY_FIELD(T, ENUM, m), 0, NULL, NULL }
#define STRINGS(T, m)  { ORCH_PY_FIELD(T, STRINGS, m), 0, NULL, NULL }
#define PAIRS(T, m)    { ORCH_PY_FIELD(T, PAIRS, m), 0, NULL, NULL }
#define PART(T, m, U)  { ORCH_PY_FIELD(T, PART, m), 0, &orch_py_type_##U, NULL }
#define ITEMS(T, m, U) { ORCH_PY_FIELD(T, ITEMS, m), 0, &orch_py_type_##U, NULL }
#define CALL(T, m, F)                                                                              \
	{ ORCH_PY_FIELD(T, CALL, m), offsetof(orch_##T, m##_payload), NULL,                        \
		(void (*)(void))orch_py_##F }

#include "orch_py_tables.h"

#undef STR
#undef INT
#undef BOOL
#undef ENUM
#undef STRINGS
#undef PAIRS
#undef PART
#undef ITEMS
#undef CALL
/* clang-format on */

/* ---- Ctrl-C, and the end of a call whose callback has raised ---- */

/* Nanoseconds on a clock that never goes back. */
static int64_t orch_py_now(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		return 0;
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/*
 * Asked by the library at least every 50 ms, on the simulator's clock perhaps a
 * million times a second. Signals are handled by whatever thread is Python's main
 * one; each looks for them every 20 ms, so that the others stay cheap.
 */
static int orch_py_interrupted(void *payload)
{
	static _Thread_local int64_t looked;
	const int64_t now = orch_py_now();

	(void)payload;
	if (!orch_py_raised && now - looked >= 20000000) {
		looked = now;
		SWIG_PYTHON_THREAD_BEGIN_BLOCK;
		orch_py_raised = PyErr_Occurred() || PyErr_CheckSignals() != 0;
		SWIG_PYTHON_THREAD_END_BLOCK;
	}
	return orch_py_raised;
}

/* ---- callbacks of users ---- */

static void orch_py_tell(void *payload, const void *what, const struct orch_py_type *t)
{
	SWIG_PYTHON_THREAD_BEGIN_BLOCK;
	if (!PyErr_Occurred())
		orch_py_call(payload, orch_py_get(what, t));
	SWIG_PYTHON_THREAD_END_BLOCK;
}

static void orch_py_deployment_progress_fn(void *payload, const orch_deployment *now)
{
	orch_py_tell(payload, now, &orch_py_type_deployment);
}

static void orch_py_trace_fn(void *payload, const orch_trace_event *event)
{
	orch_py_tell(payload, event, &orch_py_type_trace_event);
}

#endif
