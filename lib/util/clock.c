/* SPDX-License-Identifier: MIT */
#include "util/clock.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t orch__clock_ms(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t orch__clock_wall_ms(void)
{
	return read_clock(CLOCK_REALTIME);
}

void orch__clock_sleep(int64_t ms)
{
	struct timespec t = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };
	int keep = errno;

	while (ms > 0 && nanosleep(&t, &t) < 0 && errno == EINTR)
		;
	errno = keep;
}

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar. */
static int64_t days_from_date(int64_t y, int64_t m, int64_t d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static void date_from_days(int64_t days, int64_t *y, int64_t *m, int64_t *d)
{
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097;
	int64_t doe = days - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*d = doy - (153 * mp + 2) / 5 + 1;
	*m = mp < 10 ? mp + 3 : mp - 9;
	*y = yoe + era * 400 + (*m <= 2);
}

struct cursor {
	const char *at, *end;
	bool ok;
};

static int64_t digits(struct cursor *c, int n)
{
	int64_t v = 0;

	for (; n > 0; n--, c->at++) {
		if (c->at == c->end || *c->at < '0' || *c->at > '9') {
			c->ok = false;
			return 0;
		}
		v = v * 10 + (*c->at - '0');
	}
	return v;
}

static void expect(struct cursor *c, const char *any)
{
	for (; c->ok && c->at < c->end && *any; any++)
		if (*c->at == *any) {
			c->at++;
			return;
		}
	c->ok = false;
}

/* ".123456789" as milliseconds; finer digits are cut. */
static int64_t fraction_ms(struct cursor *c)
{
	int64_t v = 0, unit = 100;

	if (c->at == c->end || *c->at != '.')
		return 0;
	c->at++;
	if (c->at == c->end || *c->at < '0' || *c->at > '9')
		c->ok = false;
	for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++, unit /= 10)
		v += (*c->at - '0') * unit;
	return v;
}

static int64_t zone_minutes(struct cursor *c)
{
	int64_t sign, h, m;

	if (c->at < c->end && (*c->at == 'Z' || *c->at == 'z')) {
		c->at++;
		return 0;
	}
	sign = c->at < c->end && *c->at == '-' ? -1 : 1;
	expect(c, "+-");
	h = digits(c, 2);
	expect(c, ":");
	m = digits(c, 2);
	c->ok = c->ok && h < 24 && m < 60;
	return sign * (h * 60 + m);
}

bool orch__time_parse(const char *text, size_t len, int64_t *out_ms)
{
	struct cursor c = { text, text + len, true };
	int64_t y, mo, d, h, mi, s, ms, zone;

	y = digits(&c, 4);
	expect(&c, "-");
	mo = digits(&c, 2);
	expect(&c, "-");
	d = digits(&c, 2);
	expect(&c, "Tt ");
	h = digits(&c, 2);
	expect(&c, ":");
	mi = digits(&c, 2);
	expect(&c, ":");
	s = digits(&c, 2);
	ms = fraction_ms(&c);
	zone = zone_minutes(&c);
	if (!c.ok || c.at != c.end || mo < 1 || mo > 12 || d < 1 || d > 31 || h > 23 || mi > 59 ||
		s > 60)
		return false;
	*out_ms = ((days_from_date(y, mo, d) * 24 + h) * 60 + mi - zone) * 60000 + s * 1000 + ms;
	return true;
}

int orch__time_format(int64_t ms, char *buf, size_t cap)
{
	int64_t rest = ms % 86400000, y, m, d;
	int n;

	if (rest < 0)
		rest += 86400000;
	date_from_days((ms - rest) / 86400000, &y, &m, &d);
	n = snprintf(buf, cap, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)y, (int)m, (int)d,
		(int)(rest / 3600000), (int)(rest / 60000 % 60), (int)(rest / 1000 % 60),
		(int)(rest % 1000));
	return n > 0 && (size_t)n < cap ? n : -1;
}
