/* SPDX-License-Identifier: MIT */
/* Typemaps: how arguments and results of each kind cross the border. */

%nodefaultctor;
%nodefaultdtor;

/* A status is raised, never returned; outputs take its place. */
%typemap(out) orch_status {
  orch_py_raised = 0;
  if (orch_py_failed($1)) SWIG_fail;
  $result = SWIG_Py_Void();
}

/* ---- numbers and texts, with an error that names the argument ---- */

%typemap(in) int64_t {
  if (orch_py_set_int($input, "$1_name", &$1) < 0) SWIG_fail;
}
%typemap(in) enum SWIGTYPE {
  if (orch_py_set_enum($input, "$1_name", (int *)&$1) < 0) SWIG_fail;
}
/* SWIG's own typemap cuts a str at an embedded NUL without a word. Borrowed: the
   tuple of arguments keeps the str alive for the whole call. */
%typemap(in) const char * (const char *text = NULL) {
  if (orch_py_set_str($input, "$1_name", &text) < 0) SWIG_fail;
  $1 = (char *)text;
}
%typemap(in) const char *url (const char *text = NULL) { /* None: the environment decides */
  if ($input != Py_None && orch_py_set_str($input, "$1_name", &text) < 0) SWIG_fail;
  $1 = (char *)text;
}
%typemap(freearg) const char * "";
%typemap(freearg) const char *url "";

/* orch_capability(): (level, reason). */
%typemap(in, numinputs=0) const char **reason (const char *temp = NULL) "$1 = ($1_ltype)&temp;"
%typemap(argout) const char **reason {
  $result = Py_BuildValue("(NN)", $result, orch_py_get_str(*$1));
}

/* ---- opaque: the Python object owns one reference ---- */

%define ORCH_HANDLE(TYPE, CLOSE)
typedef struct TYPE {} TYPE;
%extend TYPE { ~TYPE() { CLOSE($self); } }
%ignore CLOSE;
%typemap(in, numinputs=0) TYPE **out (TYPE *temp = NULL) "$1 = ($1_ltype)&temp;"
%typemap(argout) TYPE **out {
  Py_XDECREF($result);
  $result = SWIG_NewPointerObj((void *)*$1, $*1_descriptor, SWIG_POINTER_OWN);
}
%typemap(check) TYPE *, const TYPE * {
  if (!$1) {
    PyErr_SetString(PyExc_TypeError, "$1_name: " #TYPE " is needed, not NoneType");
    SWIG_fail;
  }
  if (orch_py_in_callback && strcmp("$symname", "client_cancel") != 0) {
    PyErr_SetString(PyExc_RuntimeError, "a callback must not call liborch");
    SWIG_fail;
  }
}
%enddef

/* ---- a list stays in C; an item becomes a tuple when it is looked at ---- */

%define ORCH_LIST(TYPE, ITEM)
%ignore TYPE::items;
%ignore TYPE::count;
%ignore TYPE##_free;
%typemap(in, numinputs=0) const TYPE **out (const TYPE *temp = NULL) "$1 = ($1_ltype)&temp;"
%typemap(argout) const TYPE **out {
  Py_XDECREF($result);
  $result = SWIG_NewPointerObj((void *)*$1, $*1_descriptor, SWIG_POINTER_OWN);
}
%extend TYPE {
  ~TYPE() { TYPE##_free($self); }
  size_t __len__() { return $self->count; }
  PyObject *item(size_t i) {
    if (i < $self->count) return orch_py_get($self->items[i], &orch_py_type_##ITEM);
    PyErr_SetString(PyExc_IndexError, "list index out of range");
    return NULL;
  }
}
%enddef

/* ---- a read-only struct: a tuple, and the struct is freed here on every path ---- */

%define ORCH_RESULT(TYPE, TABLE)
%ignore TYPE;
%ignore TYPE##_free;
%typemap(in, numinputs=0) const TYPE **out (const TYPE *temp = NULL) "$1 = ($1_ltype)&temp;"
%typemap(argout) const TYPE **out {
  if (*$1) {
    Py_XDECREF($result);
    $result = orch_py_get(*$1, &orch_py_type_##TABLE);
    if (!$result) SWIG_fail;
  }
}
%typemap(freearg) const TYPE **out { TYPE##_free($1 ? *$1 : NULL); }
%enddef

/* ---- a struct to read from: a tuple; None is NULL ---- */

%define ORCH_INPUT(TYPE, TABLE)
%ignore TYPE;
%typemap(in) const TYPE * (TYPE temp, struct orch_py_arena arena = { NULL }) {
  if ($input != Py_None) {
    if (orch_py_set($input, &temp, &orch_py_type_##TABLE, &arena) < 0) SWIG_fail;
    $1 = &temp;
  }
}
%typemap(freearg) const TYPE * "orch_py_arena_free(&arena$argnum);"
%enddef
