/* SPDX-License-Identifier: MIT */
/*
 * liborch for every language that SWIG knows, out of this one file: a few small
 * classes on top of the C functions, no typemap of any one language. A call that
 * failed is the language's own exception. docs/languages.md is for its users;
 * Python has a binding of its own.
 *
 * Everything a program is given is its own copy, so that it does not matter in
 * which order a collector of garbage releases things.
 */
%module orch
%include "exception.i"

%{
#include <orch/orch.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The last failure of this thread. A copy, because a destructor that a collector
 * runs before the program looks may use liborch; `now` is the present call's alone.
 */
static _Thread_local orch_error failed;
static _Thread_local orch_status now;

static int checked(orch_status status)
{
	if (status < 0) {
		failed = *orch_error_last();
		now = status;
	}
	return status >= 0;
}

/* What goes wrong here and not in liborch. */
static void *fail(orch_status status, const char *message)
{
	memset(&failed, 0, sizeof failed);
	failed.retry_after_ms = ORCH_UNSET;
	failed.status = now = status;
	snprintf(failed.message, sizeof failed.message, "%s", message);
	return NULL;
}

static void *cleared(size_t size)
{
	void *p = calloc(1, size);

	return p ? p : fail(ORCH_E_NOMEM, "out of memory");
}

static char *copied(const char *text)
{
	size_t size = text ? strlen(text) + 1 : 0;
	char *copy = text ? malloc(size) : NULL;

	if (copy)
		memcpy(copy, text, size);
	else
		fail(text ? ORCH_E_NOMEM : ORCH_E_INVALID, text ? "out of memory" : "a text is missing");
	return copy;
}

/* Room for one element more; NULL and `list` as it was when there is none. */
static void *grown(void *list, size_t count, size_t size)
{
	void *more = realloc(list, (count + 1) * size);

	return more ? more : fail(ORCH_E_NOMEM, "out of memory");
}

struct texts {
	const char **items;
	size_t count;
};

struct pairs {
	orch_kv *items;
	size_t count;
};

static void add_text(struct texts *list, const char *text)
{
	const char **items = grown(list->items, list->count, sizeof *items);

	if (items) {
		list->items = items;
		items[list->count] = copied(text);
		list->count += items[list->count] != NULL;
	}
}

static void free_texts(struct texts *list)
{
	for (size_t i = 0; i < list->count; i++)
		free((char *)list->items[i]);
	free(list->items);
}

static void add_pair(struct pairs *list, const char *key, const char *value)
{
	orch_kv *items = grown(list->items, list->count, sizeof *items);

	if (items) {
		list->items = items;
		items += list->count;
		items->key = copied(key);
		items->value = items->key ? copied(value) : NULL;
		if (items->value)
			list->count++;
		else
			free((char *)items->key);
	}
}

static void free_pairs(struct pairs *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free((char *)list->items[i].key);
		free((char *)list->items[i].value);
	}
	free(list->items);
}

typedef struct Client {
	orch_client *handle;
} Client;

typedef struct Spec {
	char *name;
	char *image;
	int replicas;
	struct texts command, args;
	struct pairs env, labels;
} Spec;

typedef struct Deployment {
	char *name, *image, *state, *message;
	int desired, ready, total;
} Deployment;

typedef struct Deployments {
	const orch_deployments *list;
} Deployments;

typedef struct Instance {
	char *name, *node, *state, *cause, *message;
	int ready;
} Instance;

typedef struct Instances {
	const orch_instances *list;
} Instances;

static void free_deployment(Deployment *d)
{
	if (d) {
		free(d->name);
		free(d->image);
		free(d->state);
		free(d->message);
		free(d);
	}
}

static Deployment *new_deployment(const orch_deployment *from)
{
	Deployment *d = cleared(sizeof *d);

	if (!d)
		return NULL;
	d->desired = (int)from->desired;
	d->ready = (int)from->ready;
	d->total = (int)from->total;
	d->name = copied(from->spec->name);
	d->image = copied(from->spec->image);
	d->state = copied(orch_deployment_state_name(from->state));
	d->message = copied(from->message);
	if (d->name && d->image && d->state && d->message)
		return d;
	free_deployment(d);
	return NULL;
}

/* What a call gave, if it gave anything. */
static Deployment *taken(orch_status status, const orch_deployment *d)
{
	Deployment *copy = checked(status) ? new_deployment(d) : NULL;

	orch_deployment_free(d);
	return copy;
}

static void free_instance(Instance *i)
{
	if (i) {
		free(i->name);
		free(i->node);
		free(i->state);
		free(i->cause);
		free(i->message);
		free(i);
	}
}

static Instance *new_instance(const orch_instance *from)
{
	Instance *i = cleared(sizeof *i);

	if (!i)
		return NULL;
	i->ready = (int)from->ready;
	i->name = copied(from->name);
	i->node = copied(from->node);
	i->state = copied(orch_instance_state_name(from->state));
	i->cause = copied(orch_cause_name(from->cause));
	i->message = copied(from->message);
	if (i->name && i->node && i->state && i->cause && i->message)
		return i;
	free_instance(i);
	return NULL;
}

static int has_item(int index, size_t count)
{
	if (index >= 0 && (size_t)index < count)
		return 1;
	fail(ORCH_E_NOTFOUND, "there is no such item in the list");
	return 0;
}

/* Milliseconds of a caller: less than 0 is liborch's own choice. */
static orch_wait_options waiting(int timeout_ms)
{
	orch_wait_options wait = ORCH_WAIT_OPTIONS_INIT;

	wait.timeout_ms = timeout_ms < 0 ? ORCH_UNSET : timeout_ms;
	return wait;
}
%}

/*
 * Around all that can fail. The kind is written as a literal each time, because
 * some targets (Lua) make it part of the message.
 */
%exception {
	now = ORCH_OK;
	$action
	switch (now) {
	case ORCH_OK:
		break;
	case ORCH_E_NOTFOUND:
		SWIG_exception(SWIG_IndexError, failed.message);
		break;
	case ORCH_E_INVALID:
		SWIG_exception(SWIG_ValueError, failed.message);
		break;
	case ORCH_E_NOMEM:
		SWIG_exception(SWIG_MemoryError, failed.message);
		break;
#ifndef SWIGJAVA /* whose IOException nobody may catch where none is declared */
	case ORCH_E_NETWORK:
	case ORCH_E_TLS:
	case ORCH_E_TIMEOUT:
		SWIG_exception(SWIG_IOError, failed.message);
		break;
#endif
	default:
		SWIG_exception(SWIG_RuntimeError, failed.message);
	}
}

%nodefaultctor;
%nodefaultdtor;
%newobject Client::deployment;
%newobject Client::deployments;
%newobject Client::instances;
%newobject Client::apply;
%newobject Client::scale;
%newobject Client::restart;
%newobject Client::wait_for;
%newobject Client::in_namespace;
%newobject Client::about;
%newobject Deployments::item;
%newobject Instances::item;

/* What to run. replicas: less than 0 for "as it is", 1 when it is created. */
typedef struct Spec {
	int replicas;
} Spec;
%extend Spec {
	Spec(const char *name, const char *image)
	{
		Spec *s = cleared(sizeof *s);

		if (!s)
			return NULL;
		s->replicas = -1;
		s->name = copied(name);
		s->image = s->name ? copied(image) : NULL;
		if (s->image)
			return s;
		free(s->name);
		free(s);
		return NULL;
	}
	~Spec()
	{
		if (!$self) /* Ruby, after a constructor that failed */
			return;
		free($self->name);
		free($self->image);
		free_texts(&$self->command);
		free_texts(&$self->args);
		free_pairs(&$self->env);
		free_pairs(&$self->labels);
		free($self);
	}
	void command(const char *word) { add_text(&$self->command, word); }
	void arg(const char *word) { add_text(&$self->args, word); }
	void env(const char *name, const char *value) { add_pair(&$self->env, name, value); }
	void label(const char *key, const char *value) { add_pair(&$self->labels, key, value); }
}

%immutable;
typedef struct Deployment {
	char *name;
	char *image;
	char *state;
	char *message;
	int desired;
	int ready;
	int total;
} Deployment;
%extend Deployment {
	~Deployment() { free_deployment($self); }
}

typedef struct Instance {
	char *name;
	char *node;
	char *state;
	char *cause;
	char *message;
	int ready;
} Instance;
%extend Instance {
	~Instance() { free_instance($self); }
}
%mutable;

/* Items are counted from 0. */
typedef struct Deployments {} Deployments;
%extend Deployments {
	~Deployments()
	{
		if ($self)
			orch_deployments_free($self->list);
		free($self);
	}
	int count(void) { return (int)$self->list->count; }
	Deployment *item(int index)
	{
		return has_item(index, $self->list->count) ?
			new_deployment($self->list->items[index]) : NULL;
	}
}

typedef struct Instances {} Instances;
%extend Instances {
	~Instances()
	{
		if ($self)
			orch_instances_free($self->list);
		free($self);
	}
	int count(void) { return (int)$self->list->count; }
	Instance *item(int index)
	{
		return has_item(index, $self->list->count) ?
			new_instance($self->list->items[index]) : NULL;
	}
}

/* url "": what the environment says. */
typedef struct Client {} Client;
%extend Client {
	Client(const char *url)
	{
		Client *c = cleared(sizeof *c);

		if (c && !checked(orch_client_open(url && *url ? url : NULL, NULL, &c->handle))) {
			free(c);
			c = NULL;
		}
		return c;
	}
	~Client()
	{
		if ($self)
			orch_client_close($self->handle);
		free($self);
	}

	/* The same connections, another namespace. */
	Client *in_namespace(const char *name)
	{
		Client *c = cleared(sizeof *c);

		if (c && !checked(orch_client_with_namespace($self->handle, name, &c->handle))) {
			free(c);
			c = NULL;
		}
		return c;
	}

	/* What it is connected to: "sim". */
	char *about(void)
	{
		const orch_client_info *info = NULL;
		char *text = NULL;

		if (checked(orch_client_info_get($self->handle, &info)))
			text = copied(info->backend);
		orch_client_info_free(info);
		return text;
	}

	Deployment *apply(Spec *spec)
	{
		orch_deployment_spec wanted = ORCH_DEPLOYMENT_SPEC_INIT;
		const orch_deployment *d = NULL;

		if (!spec)
			return fail(ORCH_E_INVALID, "apply: the spec is missing");
		wanted.name = spec->name;
		wanted.image = spec->image;
		wanted.replicas = spec->replicas < 0 ? ORCH_UNSET : spec->replicas;
		wanted.command = (orch_string_list){ spec->command.items, spec->command.count };
		wanted.args = (orch_string_list){ spec->args.items, spec->args.count };
		wanted.env = (orch_kv_list){ spec->env.items, spec->env.count };
		wanted.labels = (orch_kv_list){ spec->labels.items, spec->labels.count };
		orch_status status = orch_deployment_apply($self->handle, &wanted, NULL, &d);

		return taken(status, d);
	}
	Deployment *scale(const char *name, int replicas)
	{
		const orch_deployment *d = NULL;
		orch_status status =
			orch_deployment_scale($self->handle, name, replicas, NULL, &d);

		return taken(status, d);
	}
	Deployment *restart(const char *name)
	{
		const orch_deployment *d = NULL;
		orch_status status = orch_deployment_restart($self->handle, name, NULL, &d);

		return taken(status, d);
	}
	Deployment *wait_for(const char *name, int timeout_ms)
	{
		const orch_deployment *d = NULL;
		orch_wait_options wait = waiting(timeout_ms);
		orch_status status = orch_deployment_wait($self->handle, name, &wait, &d);

		return taken(status, d);
	}
	Deployment *deployment(const char *name)
	{
		const orch_deployment *d = NULL;
		orch_status status = orch_deployment_get($self->handle, name, &d);

		return taken(status, d);
	}

	/* selector "": all of the namespace. */
	Deployments *deployments(const char *selector)
	{
		orch_list_options options = ORCH_LIST_OPTIONS_INIT;
		Deployments *list = cleared(sizeof *list);

		options.selector = selector && *selector ? selector : NULL;
		if (list && !checked(orch_deployment_list($self->handle, &options, &list->list))) {
			free(list);
			list = NULL;
		}
		return list;
	}
	Instances *instances(const char *deployment)
	{
		Instances *list = cleared(sizeof *list);

		if (list && !checked(orch_instance_list($self->handle, deployment, &list->list))) {
			free(list);
			list = NULL;
		}
		return list;
	}

	/* Returns when no instance is left; with a timeout of 0 once it is accepted. */
	void remove(const char *name, int timeout_ms)
	{
		orch_write_options options = ORCH_WRITE_OPTIONS_INIT;
		orch_wait_options wait = waiting(timeout_ms);

		options.wait = timeout_ms ? &wait : NULL;
		(void)checked(orch_deployment_delete($self->handle, name, &options));
	}
}

/*
 * The last failure of this thread, for what the kind of an exception does not say:
 * "ORCH_E_CONFLICT"; "not applied"; 1 when the same call may succeed later.
 */
%exception;
%inline %{
const char *last_status(void) { return orch_status_name(failed.status); }
const char *last_outcome(void) { return orch_outcome_name(failed.outcome); }
int last_transient(void) { return (int)failed.transient; }
const char *version(void) { return orch_version(); }
%}
