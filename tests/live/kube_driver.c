/* SPDX-License-Identifier: MIT */
/*
 * kube_driver URL: does what its standard input says, a line at a time, and
 * answers each with a line: a status and its words. Fields are separated by
 * tabs; tests/live/kube_differ speaks to it.
 *
 *	in NAMESPACE
 *	apply NAME KEY=VALUE...
 *	scale NAME N | restart NAME | delete NAME
 *	list               every deployment: NAME KEY=VALUE..., a line each, then the answer
 */
#include <orch/orch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_WORDS = 64, MAX_ITEMS = 16 };

static orch_client *whole, *view;

static void must(orch_status st)
{
	if (st == ORCH_OK)
		return;
	fprintf(stderr, "kube_driver: %s\n", orch_error_last()->message);
	exit(1);
}

/* ---- a spec of words ---- */

struct parts {
	orch_deployment_spec spec;
	orch_health_spec health;
	orch_kv env[MAX_ITEMS], labels[MAX_ITEMS];
	orch_constraint constraints[MAX_ITEMS];
	const char *command[MAX_ITEMS], *args[MAX_ITEMS], *check[MAX_ITEMS];
};

static void add_text(const char **items, orch_string_list *list, const char *text)
{
	items[list->count++] = text;
	list->items = items;
}

/* "K=V": the text is taken apart in place. */
static void add_pair(orch_kv *items, orch_kv_list *list, char *pair)
{
	char *equals = strchr(pair, '=');

	*equals = '\0';
	items[list->count++] = (orch_kv){ pair, equals + 1 };
	list->items = items;
}

static void add_constraint(struct parts *p, char *text)
{
	const int64_t op = strstr(text, "!=") ? ORCH_CONSTRAINT_NOT_EQUAL : ORCH_CONSTRAINT_EQUAL;
	char *at = strchr(text, op == ORCH_CONSTRAINT_EQUAL ? '=' : '!');

	*at = '\0';
	p->constraints[p->spec.constraints.count++] =
		(orch_constraint){ text, op, at + (op == ORCH_CONSTRAINT_EQUAL ? 1 : 2) };
	p->spec.constraints.items = p->constraints;
}

static int64_t *number_of(struct parts *p, const char *key)
{
	const struct {
		const char *key;
		int64_t *member;
	} numbers[] = {
		{ "replicas", &p->spec.replicas },
		{ "cpu_request", &p->spec.cpu_request_milli },
		{ "cpu_limit", &p->spec.cpu_limit_milli },
		{ "memory_request", &p->spec.memory_request_bytes },
		{ "memory_limit", &p->spec.memory_limit_bytes },
		{ "grace", &p->spec.stop_grace_ms },
		{ "interval", &p->health.interval_ms },
		{ "timeout", &p->health.timeout_ms },
		{ "start", &p->health.start_period_ms },
		{ "retries", &p->health.retries },
	};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (!strcmp(numbers[i].key, key))
			return numbers[i].member;
	fprintf(stderr, "kube_driver: no member %s\n", key);
	exit(1);
}

static void add(struct parts *p, char *word)
{
	char *value = strchr(word, '=');

	*value++ = '\0';
	if (!strcmp(word, "image"))
		p->spec.image = value;
	else if (!strcmp(word, "dir"))
		p->spec.working_dir = value;
	else if (!strcmp(word, "user"))
		p->spec.user = value;
	else if (!strcmp(word, "command"))
		add_text(p->command, &p->spec.command, value);
	else if (!strcmp(word, "arg"))
		add_text(p->args, &p->spec.args, value);
	else if (!strcmp(word, "check"))
		add_text(p->check, &p->health.command, value);
	else if (!strcmp(word, "env"))
		add_pair(p->env, &p->spec.env, value);
	else if (!strcmp(word, "label"))
		add_pair(p->labels, &p->spec.labels, value);
	else if (!strcmp(word, "constraint"))
		add_constraint(p, value);
	else
		*number_of(p, word) = strtoll(value, NULL, 10);
}

static orch_status apply(char **words)
{
	struct parts p = { ORCH_DEPLOYMENT_SPEC_INIT, ORCH_HEALTH_SPEC_INIT, { { 0 } }, { { 0 } },
		{ { 0 } }, { 0 }, { 0 }, { 0 } };

	p.spec.name = words[1];
	for (int i = 2; words[i]; i++)
		add(&p, words[i]);
	if (p.health.command.count)
		p.spec.health = &p.health;
	return orch_deployment_apply(view, &p.spec, NULL, NULL);
}

/* ---- words of a spec ---- */

static void tell_number(const char *key, int64_t value)
{
	if (value != ORCH_UNSET)
		printf("\t%s=%lld", key, (long long)value);
}

static void tell_text(const char *key, const char *value)
{
	if (value)
		printf("\t%s=%s", key, value);
}

static void tell_texts(const char *key, orch_string_list list)
{
	for (size_t i = 0; i < list.count; i++)
		tell_text(key, list.items[i]);
}

static void tell_pairs(const char *key, orch_kv_list list)
{
	for (size_t i = 0; i < list.count; i++)
		printf("\t%s=%s=%s", key, list.items[i].key, list.items[i].value);
}

static void tell_health(const orch_health_spec *h)
{
	if (!h)
		return;
	tell_texts("check", h->command);
	tell_number("interval", h->interval_ms);
	tell_number("timeout", h->timeout_ms);
	tell_number("start", h->start_period_ms);
	tell_number("retries", h->retries);
}

static void tell(const orch_deployment *d)
{
	const orch_deployment_spec *s = d->spec;

	printf("%s\timage=%s", s->name, s->image);
	tell_texts("command", s->command);
	tell_texts("arg", s->args);
	tell_pairs("env", s->env);
	tell_pairs("label", s->labels);
	tell_text("dir", s->working_dir);
	tell_text("user", s->user);
	tell_number("replicas", s->replicas);
	tell_number("cpu_request", s->cpu_request_milli);
	tell_number("cpu_limit", s->cpu_limit_milli);
	tell_number("memory_request", s->memory_request_bytes);
	tell_number("memory_limit", s->memory_limit_bytes);
	tell_health(s->health);
	for (size_t i = 0; i < s->constraints.count; i++)
		printf("\tconstraint=%s%s%s", s->constraints.items[i].key,
			s->constraints.items[i].op == ORCH_CONSTRAINT_EQUAL ? "=" : "!=",
			s->constraints.items[i].value);
	tell_number("grace", s->stop_grace_ms);
	putchar('\n');
}

static orch_status list(void)
{
	const orch_deployments *all = NULL;
	orch_status st = orch_deployment_list(view, NULL, &all);

	for (size_t i = 0; st == ORCH_OK && i < all->count; i++)
		tell(all->items[i]);
	orch_deployments_free(all);
	return st;
}

static orch_status turn_to(const char *ns)
{
	orch_client_close(view);
	return orch_client_with_namespace(whole, ns, &view);
}

/* ---- lines ---- */

static orch_status obey(char **words)
{
	if (!strcmp(words[0], "in"))
		return turn_to(words[1]);
	if (!strcmp(words[0], "apply"))
		return apply(words);
	if (!strcmp(words[0], "scale"))
		return orch_deployment_scale(
			view, words[1], strtoll(words[2], NULL, 10), NULL, NULL);
	if (!strcmp(words[0], "restart"))
		return orch_deployment_restart(view, words[1], NULL, NULL);
	if (!strcmp(words[0], "delete"))
		return orch_deployment_delete(view, words[1], NULL);
	return list();
}

static void take(char *line)
{
	char *words[MAX_WORDS + 1] = { NULL };
	orch_status st;

	line[strcspn(line, "\n")] = '\0';
	for (int i = 0; i < MAX_WORDS && line; i++) {
		words[i] = line;
		line = strchr(line, '\t');
		if (line)
			*line++ = '\0';
	}
	st = obey(words);
	printf("%s %s\n", orch_status_name(st), orch_error_last()->message);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static char line[1 << 16];

	if (argc != 2) {
		fprintf(stderr, "usage: kube_driver URL\n");
		return 2;
	}
	must(orch_client_open(argv[1], NULL, &whole));
	must(turn_to("default"));
	while (fgets(line, sizeof line, stdin))
		take(line);
	orch_client_close(view);
	orch_client_close(whole);
	return 0;
}
