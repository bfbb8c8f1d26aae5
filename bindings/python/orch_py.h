/* SPDX-License-Identifier: MIT */
/*
 * C half of the Python binding, included once by the SWIG wrapper (core.i).
 * Stable ABI only (Python 3.10): no macros that look inside objects.
 *
 *   orch_py.h           orch_error -> exception
 *   orch_py_struct.h    structs <-> tuples, by table
 *   orch_py_tables.h    the table: generated
 *   orch_py_call.h      what the library calls
 */
#ifndef ORCH_PY_H
#define ORCH_PY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <orch/orch.h>
#include <orch/sim.h>

/* Words of a server may be cut, or not be UTF-8: never let that hide the error. */
static PyObject *orch_py_text(const char *s)
{
	return PyUnicode_DecodeUTF8(s, (Py_ssize_t)strlen(s), "replace");
}

/*
 * Raise what *e says. The caller passes a copy: building objects may run the
 * garbage collector, hence finalisers, hence liborch on this thread, and those
 * overwrite orch_error_last(). No pointer to a Python object is kept between
 * calls, so nothing here breaks under sub-interpreters or a reload.
 */
static void orch_py_raise(const orch_error *e)
{
	PyObject *module = PyImport_ImportModule("orch._errors");
	PyObject *x = NULL;

	if (module)
		x = PyObject_CallMethod(module, "make", "iNNiiLi", (int)e->status,
			orch_py_text(e->message), orch_py_text(e->reason), (int)e->http_status,
			(int)e->transient, (long long)e->retry_after_ms, (int)e->outcome);
	if (x)
		PyErr_SetObject((PyObject *)Py_TYPE(x), x);
	Py_XDECREF(x);
	Py_XDECREF(module);
}

/*
 * What every call that can fail ends with: the first statement after it, on its
 * thread. Taking the GIL back runs no Python code, so the last error is still
 * that of this call; it is copied before anything of Python's is called.
 */
static bool orch_py_failed(orch_status status)
{
	orch_error e;

	if (status < 0)
		e = *orch_error_last();
	if (PyErr_Occurred()) /* out of a callback: that is what happened */
		return true;
	if (status < 0)
		orch_py_raise(&e);
	return status < 0;
}

#include "orch_py_call.h"

#endif
