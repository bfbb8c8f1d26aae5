/* SPDX-License-Identifier: MIT */
/* Structs to tuples and back, by a table with a row per member. */
#ifndef ORCH_PY_STRUCT_H
#define ORCH_PY_STRUCT_H

enum orch_py_kind {
	ORCH_PY_STR,     /* const char *: str                               */
	ORCH_PY_INT,     /* int64_t: int                                    */
	ORCH_PY_BOOL,    /* int64_t, 0 or 1: bool                           */
	ORCH_PY_ENUM,    /* int: int                                        */
	ORCH_PY_STRINGS, /* orch_string_list: tuple of str                  */
	ORCH_PY_PAIRS,   /* orch_kv_list: tuple of pairs                    */
	ORCH_PY_PART,    /* pointer to a struct with a table: tuple         */
	ORCH_PY_ITEMS,   /* {items, count} of such structs: tuple of tuples */
	ORCH_PY_CALL     /* function and payload: callable, never read      */
};

struct orch_py_field {
	const char *name;
	enum orch_py_kind kind;
	size_t offset;
	size_t payload;                  /* offset; CALL                                  */
	const struct orch_py_type *type; /* PART, ITEMS                                   */
	void (*call)(void);              /* CALL: what runs the callable in the payload   */
};

/* A struct is a tuple of its members in this order; None is "not given". */
struct orch_py_type {
	const char *name;
	size_t size;
	const void *blank;
	const struct orch_py_field *fields;
	Py_ssize_t count;
};

/* All {items, count} pairs begin alike; each is read as what it is. */
struct orch_py_list {
	const void *items;
	size_t count;
};

/* ---- to Python ---- */

static PyObject *orch_py_get(const void *base, const struct orch_py_type *t);

static PyObject *orch_py_none(void)
{
	Py_INCREF(Py_None);
	return Py_None;
}

static PyObject *orch_py_get_str(const char *s)
{
	return s ? orch_py_text(s) : orch_py_none();
}

static PyObject *orch_py_get_item(const void *items, size_t i, const struct orch_py_field *f)
{
	if (f->kind == ORCH_PY_STRINGS)
		return orch_py_get_str(((const char *const *)items)[i]);
	if (f->kind == ORCH_PY_ITEMS)
		return orch_py_get((const char *)items + i * f->type->size, f->type);
	return Py_BuildValue("(NN)", orch_py_get_str(((const orch_kv *)items)[i].key),
		orch_py_get_str(((const orch_kv *)items)[i].value));
}

static PyObject *orch_py_get_list(const void *at, const struct orch_py_field *f)
{
	struct orch_py_list list;
	PyObject *tuple;

	memcpy(&list, at, sizeof list);
	if (!list.items)
		return orch_py_none();
	tuple = PyTuple_New((Py_ssize_t)list.count);
	for (size_t i = 0; tuple && i < list.count; i++) {
		PyObject *item = orch_py_get_item(list.items, i, f);

		if (!item || PyTuple_SetItem(tuple, (Py_ssize_t)i, item) < 0)
			Py_CLEAR(tuple);
	}
	return tuple;
}

static PyObject *orch_py_get_int(int64_t n, bool is_bool)
{
	if (n == ORCH_UNSET)
		return orch_py_none();
	return is_bool ? PyBool_FromLong(n != 0) : PyLong_FromLongLong(n);
}

static PyObject *orch_py_get_field(const char *base, const struct orch_py_field *f)
{
	const void *at = base + f->offset;
	const void *part;

	switch (f->kind) {
	case ORCH_PY_STR:
		return orch_py_get_str(*(const char *const *)at);
	case ORCH_PY_ENUM:
		return PyLong_FromLong(*(const int *)at);
	case ORCH_PY_INT:
	case ORCH_PY_BOOL:
		return orch_py_get_int(*(const int64_t *)at, f->kind == ORCH_PY_BOOL);
	case ORCH_PY_PART:
		part = *(const void *const *)at;
		return part ? orch_py_get(part, f->type) : orch_py_none();
	case ORCH_PY_CALL:
		return orch_py_none();
	default:
		return orch_py_get_list(at, f);
	}
}

static PyObject *orch_py_get(const void *base, const struct orch_py_type *t)
{
	PyObject *tuple = PyTuple_New(t->count);

	for (Py_ssize_t i = 0; tuple && i < t->count; i++) {
		PyObject *v = orch_py_get_field(base, &t->fields[i]);

		if (!v || PyTuple_SetItem(tuple, i, v) < 0)
			Py_CLEAR(tuple);
	}
	return tuple;
}

/* ---- memory for one call ---- */

struct orch_py_arena {
	struct orch_py_block {
		struct orch_py_block *next;
	} * blocks;
};

static void *orch_py_alloc(struct orch_py_arena *a, size_t count, size_t size)
{
	struct orch_py_block *b = calloc(1, sizeof *b + (count ? count : 1) * size);

	if (!b) {
		PyErr_NoMemory();
		return NULL;
	}
	b->next = a->blocks;
	a->blocks = b;
	return b + 1;
}

static void orch_py_arena_free(struct orch_py_arena *a)
{
	for (struct orch_py_block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	a->blocks = NULL;
}

/* ---- from Python ---- */

static int orch_py_set(
	PyObject *tuple, void *base, const struct orch_py_type *t, struct orch_py_arena *a);

static int orch_py_wrong_type(const char *name, const char *wanted, PyObject *v)
{
	PyObject *type = PyObject_GetAttrString((PyObject *)Py_TYPE(v), "__name__");

	if (type)
		PyErr_Format(PyExc_TypeError, "%s: %s is needed, not %U", name, wanted, type);
	Py_XDECREF(type);
	return -1;
}

/* A str that is no text, "\ud800": Python's own words, and where it was. */
static int orch_py_not_a_text(const char *name)
{
	PyObject *type, *value, *traceback;

	PyErr_Fetch(&type, &value, &traceback);
	PyErr_Format(PyExc_ValueError, "%s: %S", name, value ? value : Py_None);
	Py_XDECREF(type);
	Py_XDECREF(value);
	Py_XDECREF(traceback);
	return -1;
}

/* Borrowed from the str, which the caller's tuple keeps alive. */
static int orch_py_set_str(PyObject *v, const char *name, const char **out)
{
	Py_ssize_t len;

	if (!PyUnicode_Check(v))
		return orch_py_wrong_type(name, "str", v);
	*out = PyUnicode_AsUTF8AndSize(v, &len);
	if (!*out)
		return orch_py_not_a_text(name);
	if (strlen(*out) == (size_t)len)
		return 0;
	PyErr_Format(PyExc_ValueError, "%s: embedded null character", name);
	return -1;
}

static int orch_py_set_int(PyObject *v, const char *name, int64_t *out)
{
	int overflow = 0;

	if (!PyLong_Check(v))
		return orch_py_wrong_type(name, "int", v);
	*out = PyLong_AsLongLongAndOverflow(v, &overflow);
	if (!overflow && *out != ORCH_UNSET)
		return 0;
	PyErr_Format(PyExc_OverflowError, "%s: number out of range", name);
	return -1;
}

static int orch_py_set_enum(PyObject *v, const char *name, int *out)
{
	int64_t number;

	if (orch_py_set_int(v, name, &number) < 0)
		return -1;
	*out = (int)number;
	if (*out == number)
		return 0;
	PyErr_Format(PyExc_OverflowError, "%s: number out of range", name);
	return -1;
}

static int orch_py_set_bool(PyObject *v, const char *name, int64_t *out)
{
	if (!PyBool_Check(v))
		return orch_py_wrong_type(name, "bool", v);
	*out = v == Py_True;
	return 0;
}

static int orch_py_set_pair(PyObject *v, const char *name, orch_kv *out)
{
	if (!PyTuple_Check(v) || PyTuple_Size(v) != 2)
		return orch_py_wrong_type(name, "a pair", v);
	if (orch_py_set_str(PyTuple_GetItem(v, 0), name, &out->key) < 0)
		return -1;
	return orch_py_set_str(PyTuple_GetItem(v, 1), name, &out->value);
}

static int orch_py_set_item(
	PyObject *v, const struct orch_py_field *f, char *items, size_t i, struct orch_py_arena *a)
{
	if (f->kind == ORCH_PY_STRINGS)
		return orch_py_set_str(v, f->name, (const char **)(void *)items + i);
	if (f->kind == ORCH_PY_PAIRS)
		return orch_py_set_pair(v, f->name, (orch_kv *)(void *)items + i);
	return orch_py_set(v, items + i * f->type->size, f->type, a);
}

static size_t orch_py_item_size(const struct orch_py_field *f)
{
	if (f->kind == ORCH_PY_STRINGS)
		return sizeof(const char *);
	return f->kind == ORCH_PY_PAIRS ? sizeof(orch_kv) : f->type->size;
}

/* Its items are never NULL: an empty list says "none", not "not given". */
static int orch_py_set_list(
	PyObject *v, const struct orch_py_field *f, void *at, struct orch_py_arena *a)
{
	struct orch_py_list list;
	char *items;

	if (!PyTuple_Check(v))
		return orch_py_wrong_type(f->name, "a tuple", v);
	list.count = (size_t)PyTuple_Size(v);
	items = orch_py_alloc(a, list.count, orch_py_item_size(f));
	if (!items)
		return -1;
	for (size_t i = 0; i < list.count; i++)
		if (orch_py_set_item(PyTuple_GetItem(v, (Py_ssize_t)i), f, items, i, a) < 0)
			return -1;
	list.items = items;
	memcpy(at, &list, sizeof list);
	return 0;
}

static int orch_py_set_part(
	PyObject *v, const struct orch_py_field *f, void *at, struct orch_py_arena *a)
{
	void *part = orch_py_alloc(a, 1, f->type->size);

	if (!part)
		return -1;
	*(void **)at = part;
	return orch_py_set(v, part, f->type, a);
}

/* The payload is borrowed, as the texts are. */
static int orch_py_set_call(PyObject *v, const struct orch_py_field *f, char *base)
{
	if (!PyCallable_Check(v))
		return orch_py_wrong_type(f->name, "a callable", v);
	memcpy(base + f->offset, &f->call, sizeof f->call);
	*(void **)(void *)(base + f->payload) = v;
	return 0;
}

static int orch_py_set_field(
	PyObject *v, const struct orch_py_field *f, char *base, struct orch_py_arena *a)
{
	void *at = base + f->offset;

	if (v == Py_None)
		return 0; /* the blank says "not given" already */
	switch (f->kind) {
	case ORCH_PY_STR:
		return orch_py_set_str(v, f->name, at);
	case ORCH_PY_INT:
		return orch_py_set_int(v, f->name, at);
	case ORCH_PY_BOOL:
		return orch_py_set_bool(v, f->name, at);
	case ORCH_PY_PART:
		return orch_py_set_part(v, f, at, a);
	case ORCH_PY_CALL:
		return orch_py_set_call(v, f, base);
	case ORCH_PY_ENUM: /* of results alone */
		return orch_py_wrong_type(f->name, "None", v);
	default:
		return orch_py_set_list(v, f, at, a);
	}
}

/*
 * A tuple, never a dict or an object: it cannot change while the GIL is
 * released, so the borrowed texts stay valid for the whole call.
 */
static int orch_py_set(
	PyObject *tuple, void *base, const struct orch_py_type *t, struct orch_py_arena *a)
{
	if (!PyTuple_Check(tuple) || PyTuple_Size(tuple) != t->count) {
		PyErr_Format(
			PyExc_TypeError, "%s: a tuple of %zd members is needed", t->name, t->count);
		return -1;
	}
	memcpy(base, t->blank, t->size);
	for (Py_ssize_t i = 0; i < t->count; i++)
		if (orch_py_set_field(PyTuple_GetItem(tuple, i), &t->fields[i], base, a) < 0)
			return -1;
	return 0;
}

#endif
