/* SPDX-License-Identifier: MIT */
#include "model/deployment.h"

#include <string.h>

void orch__deployment_settle(orch_deployment *d)
{
	if (d->state)
		return;
	d->state = d->ready == d->desired && d->updated == d->desired && d->total == d->desired
		? ORCH_DEPLOYMENT_COMPLETE
		: ORCH_DEPLOYMENT_PROGRESSING;
}

bool orch__deployment_given_up(const orch_deployment *d)
{
	return d->state == ORCH_DEPLOYMENT_PAUSED || d->state == ORCH_DEPLOYMENT_FAILED ||
		d->state == ORCH_DEPLOYMENT_ROLLED_BACK;
}

int64_t orch__instance_cause(const orch_instance *i)
{
	if (i->cause == ORCH_CAUSE_NONE && i->state == ORCH_INSTANCE_SUCCEEDED)
		return ORCH_CAUSE_CRASH;
	return i->cause;
}

bool orch__instance_is_failing(const orch_instance *i)
{
	switch (orch__instance_cause(i)) {
	case ORCH_CAUSE_IMAGE:
	case ORCH_CAUSE_START:
	case ORCH_CAUSE_CRASH:
	case ORCH_CAUSE_UNHEALTHY:
	case ORCH_CAUSE_MEMORY:
		return i->state != ORCH_INSTANCE_STOPPING && !i->ready;
	default:
		return false; /* a node may come back, or be added */
	}
}

/* The larger, the more it tells. */
static int weight(const orch_instance *i)
{
	if (i->state == ORCH_INSTANCE_STOPPING)
		return i->updated ? 0 : 1;
	if (i->ready)
		return 0;
	return (orch__instance_cause(i) != ORCH_CAUSE_NONE ? 8 : 0) + (i->updated ? 4 : 0) + 2;
}

const orch_instance *orch__instances_worst(const orch_instances *list)
{
	const orch_instance *worst = NULL;
	int most = 0;

	for (size_t i = 0; i < list->count; i++) {
		int w = weight(list->items[i]);

		if (w <= most)
			continue;
		most = w;
		worst = list->items[i];
	}
	return worst;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Length of a number without its leading zeros; moves to its first digit. */
static size_t number_len(const char **s)
{
	size_t n = 0;

	while (**s == '0' && is_digit((*s)[1]))
		(*s)++;
	while (is_digit((*s)[n]))
		n++;
	return n;
}

/* Where they begin to differ, but not inside of a number: names of a list have much in common. */
static void skip_common(const char **a, const char **b)
{
	const char *p = *a, *q = *b;

	while (*p && *p == *q) {
		p++;
		q++;
	}
	while (p > *a && is_digit(p[-1])) {
		p--;
		q--;
	}
	*a = p;
	*b = q;
}

int orch__name_compare(const char *a, const char *b)
{
	skip_common(&a, &b);
	while (*a && *b) {
		if (is_digit(*a) && is_digit(*b)) {
			size_t n = number_len(&a), m = number_len(&b);
			int order = n != m ? (n < m ? -1 : 1) : memcmp(a, b, n);

			if (order)
				return order;
			a += n;
			b += n;
			continue;
		}
		if (*a != *b)
			break;
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}
