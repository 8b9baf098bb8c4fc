/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every figure of relaxation on sessions of known effect: asked, measured, met or not.
 *
 * usage: relax_campaign [SESSIONS [FIRST_SEED]]. SESSIONS (default 400) for the verdict's rows.
 * Sessions come from `synth` (block CV 20 %, AR(1) 0.5, respiration, ECG 40-160 uV, floor 3 uV) and go
 * through band, heart and relaxation; a quarter of a second each. Exit status 5 when a row is missed. */
#include "relax_oracle.h"
#include "relax_rows.h"
#include "relax_session.h"

#include "dsp/boot.h"
#include "emg/relax_watch.h"
#include "synth/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SESSIONS 2000

typedef struct {
    int sessions, relaxed, with_control, by_margin, unchanged, covered, found, alarmed, sustained,
        beats_none;
    double place[MAX_SESSIONS]; /* |error| of the release found, s */
    double alarm[MAX_SESSIONS]; /* of the live alarm's onset */
    double delay[MAX_SESSIONS]; /* until it was given */
    double again[MAX_SESSIONS]; /* of the onset that was told 10 s later */
} tally;

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(double *values, int count, double p)
{
    qsort(values, (size_t)count, sizeof *values, ascending);
    return count > 0 ? myo_quantile_sorted(values, (size_t)count, p) : (double)NAN;
}

static void run_sessions(const char *scenario, double ratio, int sessions, uint64_t seed, tally *t)
{
    *t = (tally){.sessions = sessions};
    for (int i = 0; i < sessions; i++) {
        session_result r;
        if (!session_run(scenario, seed + (uint64_t)i, &r)) {
            fprintf(stderr, "relax_campaign: cannot make %s\n", scenario);
            exit(1);
        }
        t->relaxed += r.alone.state == MYO_RELAX_RELAXED;
        t->unchanged += r.alone.state == MYO_RELAX_UNCHANGED;
        t->with_control += r.control.state == MYO_RELAX_RELAXED;
        t->by_margin += r.alone.by_margin;
        t->covered += r.alone.low <= ratio && ratio <= r.alone.high;
        t->beats_none += r.beats == 0;
        if (r.release.found) {
            t->place[t->found++] = fabs(r.release_s - SESSION_RELEASE_S);
        }
        if (r.alarmed) {
            t->alarm[t->alarmed] = fabs(r.alarm_s - SESSION_RELEASE_S);
            t->delay[t->alarmed++] = r.reported_s - SESSION_RELEASE_S;
        }
        if (r.sustained) {
            t->again[t->sustained++] = fabs(r.sustained_s - SESSION_RELEASE_S);
        }
    }
    const double n = (double)sessions;
    printf("  %-12s RELAXED %.3f, with control %.3f, by a margin of 10 %% %.3f; UNCHANGED %.3f; "
           "interval holds %.3f; fall found %.3f; live alarm %.3f\n",
           scenario, t->relaxed / n, t->with_control / n, t->by_margin / n, t->unchanged / n,
           t->covered / n, t->found / n, t->alarmed / n);
    fflush(stdout);
}

static void verdict_rows(int sessions, uint64_t seed)
{
    static tally none, small, large;
    printf("sessions from the generator, %d of each, seeds from %llu\n", sessions,
           (unsigned long long)seed);
    run_sessions("relax-0", 1.0, sessions, seed, &none);
    run_sessions("relax-20", 0.8, sessions, seed, &small);
    run_sessions("relax-40", 0.6, sessions, seed, &large);
    const double n = (double)sessions;
    row_at_most("false RELAXED at no effect", 0.025, none.relaxed / n);
    row_at_most("  with the control channel", 0.025, none.with_control / n);
    row_at_most("  by a margin of 10 % (emg.md 7.7)", 0.025, none.by_margin / n);
    row_at_least("power at -20 %, 60 s + 60 s", 0.9, small.relaxed / n);
    row_told("  by a margin of 10 % (at most 0.46)", small.by_margin / n);
    row_at_least("power at -40 %", 0.99, large.relaxed / n);
    row_told("  by a margin of 10 %", large.by_margin / n);
    row_within("interval holds the ratio, no effect", 0.93, 0.97, none.covered / n);
    row_within("interval holds the ratio, -20 %", 0.93, 0.97, small.covered / n);
    row_told("live alarms without effect in 85 s", none.alarmed / n);
    row_told("a fall found without effect", none.found / n);
    row_told("release, -40 %: median error s", quantile(large.place, large.found, 0.5));
    row_told("release, -40 %: p95 s", quantile(large.place, large.found, 0.95));
}

/* One size of step, or all of them together. */
typedef struct {
    const char *name, *scenario;
    double ratio;
} release_size;

static const release_size release_sizes[] = {
    {"-30 %", "relax-30", 0.7}, {"-40 %", "relax-40", 0.6}, {"-60 %", "relax-60", 0.4}};

#define SIZES ((int)(sizeof release_sizes / sizeof *release_sizes))

static void release_row(const char *name, const char *what, double *errors, int count)
{
    char text[64];
    snprintf(text, sizeof text, "release, %s%s: median s", name, what);
    row_at_most(text, 1.5, quantile(errors, count, 0.5));
    row_at_most("  p95 s", 4.0, quantile(errors, count, 0.95));
}

/* Errors of all sizes together. */
typedef struct {
    double values[SIZES * MAX_SESSIONS];
    int count;
} pool;

static void pool_add(pool *all, const double *values, int count)
{
    memcpy(all->values + all->count, values, (size_t)count * sizeof *values);
    all->count += count;
}

static void release_rows(int sessions, uint64_t seed)
{
    static tally t;
    static pool place, alarm, again;
    for (int i = 0; i < SIZES; i++) {
        const release_size *size = &release_sizes[i];
        run_sessions(size->scenario, size->ratio, sessions, seed, &t);
        pool_add(&place, t.place, t.found);
        pool_add(&alarm, t.alarm, t.alarmed);
        pool_add(&again, t.again, t.sustained);
        release_row(size->name, "", t.place, t.found);
        release_row(size->name, ", live at the alarm", t.alarm, t.alarmed);
        release_row(size->name, ", live 10 s later", t.again, t.sustained);
        row_told("  alarm after s, median", quantile(t.delay, t.alarmed, 0.5));
        row_told("  alarm after s, p95", quantile(t.delay, t.alarmed, 0.95));
    }
    release_row("all sizes", "", place.values, place.count);
    release_row("all sizes", ", live at the alarm", alarm.values, alarm.count);
    release_row("all sizes", ", live 10 s later", again.values, again.count);
}

/* What one who knows all but the moment makes of the same fluctuation. */
static void oracle_rows(void)
{
    enum { RUNS = 20000 };
    static double likely[SIZES * RUNS], median[SIZES * RUNS];
    for (int i = 0; i < SIZES; i++) {
        for (int k = 0; k < RUNS; k++) {
            const oracle_error e = oracle_session(release_sizes[i].ratio, (uint64_t)k + 1);
            likely[i * RUNS + k] = e.likely;
            median[i * RUNS + k] = e.median;
        }
    }
    /* Quantiles sort; all sizes together come last. */
    for (int i = 0; i <= SIZES; i++) {
        const int first = i < SIZES ? i * RUNS : 0, count = i < SIZES ? RUNS : SIZES * RUNS;
        char text[64];
        snprintf(text, sizeof text, "oracle, %s: p95 s, most likely",
                 i < SIZES ? release_sizes[i].name : "all sizes");
        row_told(text, quantile(likely + first, count, 0.95));
        row_told("  median of the moment", quantile(median + first, count, 0.95));
    }
}

/* The interval on plain AR(1) series: many sessions, so that the row is sharp. */
static void fill(myo_rng *rng, double *x, int count, double phi, double breath)
{
    double s = myo_rng_normal(rng);
    const double hz = myo_rng_in(rng, (myo_range){0.05, 0.3});
    const double depth = breath * myo_rng_uniform(rng), start = myo_rng_uniform(rng);
    for (int i = 0; i < count; i++) {
        s = i > 0 ? phi * s + sqrt(1.0 - phi * phi) * myo_rng_normal(rng) : s;
        x[i] = 0.2 * s + log1p(depth * sin(2.0 * 3.14159265358979 * (hz * i + start)));
    }
}

static void coverage_row(int count, double phi, double breath, bool asked)
{
    const int sessions = 4000;
    myo_boot_config config;
    myo_boot_config_default(&config, 60);
    myo_boot *boot = NULL;
    if (myo_boot_new(&config, &boot) != MYO_OK) {
        exit(1);
    }
    myo_rng rng;
    myo_rng_start(&rng, 1, 3, (uint64_t)(count + 1000 * (int)(10 * phi)));
    int covered = 0;
    for (int i = 0; i < sessions; i++) {
        double before[60], after[60];
        fill(&rng, before, count, phi, breath);
        fill(&rng, after, count, phi, breath);
        myo_boot_result r;
        myo_boot_compare(boot, before, (size_t)count, after, (size_t)count, &r);
        covered += r.low <= 0.0 && 0.0 <= r.high;
    }
    myo_boot_free(boot);
    char text[64];
    snprintf(text, sizeof text, "interval, %d + %d, AR(1) %.1f, breath %.1f", count, count, phi,
             breath);
    if (asked) {
        row_within(text, 0.93, 0.97, covered / (double)sessions);
    } else {
        row_told(text, covered / (double)sessions);
    }
}

/* Time to a false alarm of the watch, baseline of 60 blocks estimated each time. */
static void watch_row(void)
{
    enum { RUNS = 1000, LONGEST = 20000 };
    static double length[RUNS];
    double sum = 0.0;
    myo_relax_config config;
    myo_relax_config_default(&config, 2000.0, 1);
    for (int i = 0; i < RUNS; i++) {
        myo_rng rng;
        myo_rng_start(&rng, 9, 5, (uint64_t)i);
        double x = myo_rng_normal(&rng), values[60], work[60];
        for (int k = 0; k < 60; k++) {
            x = 0.5 * x + sqrt(0.75) * myo_rng_normal(&rng);
            values[k] = 0.2 * x;
        }
        myo_relax_watcher watcher;
        myo_relax_watch_start(&watcher, values, work, 60, config.watch_ratio, config.watch_arl_s);
        int t = 0;
        do {
            x = 0.5 * x + sqrt(0.75) * myo_rng_normal(&rng);
        } while (!myo_relax_watch_block(&watcher, t, 0.2 * x) && ++t < LONGEST);
        length[i] = (double)(t + 1);
        sum += length[i];
    }
    row_at_least("run length of the watch, mean, s", 600.0, sum / RUNS);
    row_at_least("  median, s", 600.0, quantile(length, RUNS, 0.5));
}

int main(int argc, char **argv)
{
    const int asked = argc > 1 ? atoi(argv[1]) : 400;
    const int sessions = asked < 1 ? 1 : asked > MAX_SESSIONS ? MAX_SESSIONS : asked;
    const uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 2000;
    row_heart_bias();
    row_frequencies();
    coverage_row(60, 0.5, 0.0, true);
    coverage_row(60, 0.5, 0.3, true);
    coverage_row(60, 0.3, 0.3, false);
    coverage_row(60, 0.7, 0.0, false);
    coverage_row(30, 0.5, 0.3, false);
    watch_row();
    oracle_rows();
    verdict_rows(sessions, seed);
    release_rows(sessions / 2 > 0 ? sessions / 2 : 1, seed + 1000);
    return rows_missed() > 0 ? 5 : 0;
}
