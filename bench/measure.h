/* SPDX-License-Identifier: MIT */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

/*
 * What the clients measure around their work, start-up and connecting left out,
 * and the line they print: microseconds of CPU, items, kilobytes by which the
 * peak of the memory grew, kilobytes of that peak, microseconds by the clock.
 */
struct measure {
	double cpu_us, wall_us;
	long peak_kb;
};

static inline double measure_cpu_us(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e6 +
		(double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

static inline double measure_wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Not ru_maxrss: that starts with the peak of the process that forked us. */
static inline long measure_peak_kb(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[128];
	long kb = 0;

	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, "VmHWM:", 6))
			kb = strtol(line + 6, NULL, 10);
	if (f)
		fclose(f);
	return kb;
}

/* The peak so far is forgotten, where the kernel can: else growth shows too small. */
static inline void measure_begin(struct measure *m)
{
	FILE *f = fopen("/proc/self/clear_refs", "w");

	if (f) {
		fputs("5", f);
		fclose(f);
	}
	m->peak_kb = measure_peak_kb();
	m->wall_us = measure_wall_us();
	m->cpu_us = measure_cpu_us();
}

static inline void measure_end(const struct measure *m, size_t items)
{
	double cpu_us = measure_cpu_us() - m->cpu_us;
	double wall_us = measure_wall_us() - m->wall_us;
	long peak_kb = measure_peak_kb();

	printf("%.0f %zu %ld %ld %.0f\n", cpu_us, items, peak_kb - m->peak_kb, peak_kb, wall_us);
}

#endif
