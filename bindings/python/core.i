/* SPDX-License-Identifier: MIT */
/*
 * liborch for Python, lower half: include/orch/ as plain functions. Users see the
 * package orch, which is written on top of this.
 *
 * The module is core, not _core: SWIG calls the extension _<module>, and a leading
 * __ is mangled inside Python classes. It is not liborch either: that name belongs
 * to liborch.so.
 */
%module(package="orch", threads="1", docstring="Lower half of liborch for Python; use the package orch.") core

%nothread; /* keep the GIL, except where %thread says so below */
%feature("autodoc", "0");
%feature("kwargs");

%begin %{
#define PY_SSIZE_T_CLEAN
%}
%{
#include "orch_py.h"
%}
%include "stdint.i"
%include "typemaps.i"
%include "orch_py.i"

/* ---- what crosses the border, and as what ---- */

ORCH_HANDLE(orch_client, orch_client_close)
ORCH_HANDLE(orch_deployment_cursor, orch_deployment_close)
ORCH_HANDLE(orch_sim, orch_sim_close)

ORCH_LIST(orch_deployments, deployment)
ORCH_LIST(orch_instances, instance)
ORCH_LIST(orch_namespaces, namespace)

ORCH_RESULT(orch_client_info, client_info)
ORCH_RESULT(orch_deployment, deployment)

ORCH_INPUT(orch_client_options, client_options)
/* Whatever else they are, also when there are none: Ctrl-C must work. */
%typemap(check) const orch_client_options * {
  if (!$1) temp$argnum = orch_py_blank_client_options;
  temp$argnum.interrupted = orch_py_interrupted;
  $1 = &temp$argnum;
}
ORCH_INPUT(orch_list_options, list_options)
ORCH_INPUT(orch_wait_options, wait_options)
ORCH_INPUT(orch_write_options, write_options)
ORCH_INPUT(orch_deployment_spec, deployment_spec)
ORCH_INPUT(orch_sim_node, sim_node)
ORCH_INPUT(orch_sim_image, sim_image)
ORCH_INPUT(orch_sim_fault, sim_fault)

/* Seen by other names only: through tables, as exceptions. */
%ignore orch_kv;
%ignore orch_kv_list;
%ignore orch_string_list;
%ignore orch_error;
%ignore orch_health_spec;
%ignore orch_restart_spec;
%ignore orch_constraint;
%ignore orch_constraint_list;
%ignore orch_instance;
%ignore orch_namespace;
%ignore orch_trace_event;

/* ---- what may wait lets other threads run ---- */

%thread orch_client_open;
%thread orch_client_info_get;
%thread orch_deployment_get;
%thread orch_deployment_list;
%thread orch_deployment_open;
%thread orch_deployment_next;
%thread orch_deployment_apply;
%thread orch_deployment_scale;
%thread orch_deployment_restart;
%thread orch_deployment_delete;
%thread orch_deployment_wait;
%thread orch_instance_list;
%thread orch_namespace_list;
%thread orch_namespace_apply;
%thread orch_namespace_delete;
%thread orch_sim_from_client;
%thread orch_sim_now;
%thread orch_sim_advance;
%thread orch_sim_node_put;
%thread orch_sim_node_fail;
%thread orch_sim_node_recover;
%thread orch_sim_image_put;
%thread orch_sim_fault_add;
%thread orch_sim_writes;
%thread orch_sim_operations;

/* ---- left out on purpose: tests/test_drift.py has the reasons ---- */

%ignore orch_error_last;
%ignore orch_client_ref;
%ignore orch_cap_at;
%ignore orch_set_allocator;

/* ---- for orch/__init__.py and the tests ---- */

%inline %{
/* {struct: (member, ...)}: the order in which tuples are read and written. */
static PyObject *_layout(void)
{
	PyObject *all = PyDict_New();

	for (size_t i = 0; all && i < sizeof orch_py_types / sizeof *orch_py_types; i++) {
		const struct orch_py_type *t = orch_py_types[i];
		PyObject *names = PyTuple_New(t->count);

		for (Py_ssize_t k = 0; names && k < t->count; k++)
			PyTuple_SetItem(names, k, PyUnicode_FromString(t->fields[k].name));
		if (!names || PyDict_SetItemString(all, t->name, names) < 0)
			Py_CLEAR(all);
		Py_XDECREF(names);
	}
	return all;
}

/* {value: (name, text)} of every status that this was compiled with. */
static PyObject *_statuses(void)
{
	static const struct {
		const char *name;
		int value;
		const char *text;
	} rows[] = {
#define X(name, value, text) { #name, value, text },
		ORCH_STATUS_MAP(X)
#undef X
	};
	PyObject *all = PyDict_New();

	for (size_t i = 0; all && i < sizeof rows / sizeof *rows; i++) {
		PyObject *value = PyLong_FromLong(rows[i].value);
		PyObject *words = Py_BuildValue("(ss)", rows[i].name, rows[i].text);

		if (!value || !words || PyDict_SetItem(all, value, words) < 0)
			Py_CLEAR(all);
		Py_XDECREF(value);
		Py_XDECREF(words);
	}
	return all;
}
%}

/* ---- the headers ---- */

%rename("%(strip:[orch_])s", %$isfunction) "";
%rename("%(strip:[ORCH_])s", %$isenumitem) "";
%rename("%(strip:[ORCH_])s", %$isconstant) "";
%include <orch/version.h>
%include <orch/common.h>
%include <orch/error.h>
%include <orch/trace.h>
%include <orch/client.h>
%include <orch/capability.h>
%include <orch/deployment.h>
%include <orch/instance.h>
%include <orch/namespace.h>
%include <orch/alloc.h>
%include <orch/sim.h>
