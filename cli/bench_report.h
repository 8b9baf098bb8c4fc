/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of `bench`, and how they are shown to people and to machines. */
#ifndef MYO_CLI_BENCH_REPORT_H
#define MYO_CLI_BENCH_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { BENCH_FIGURES_MAX = 96 };

typedef enum {
    BENCH_PLAIN,   /**< neither: a count, or a property of the machine */
    BENCH_SMALLER, /**< smaller is better */
    BENCH_BIGGER   /**< bigger is better */
} bench_sense;

/** One figure. Names and units are plain words without quotes, '<' or '&'. */
typedef struct {
    char name[48];
    const char *unit;
    bench_sense sense;
    double value; /**< NAN: not known */
    double gate;  /**< worst value that is accepted; NAN: none */
} bench_figure;

/** All that was measured. */
typedef struct {
    const char *cpu; /**< as asked: "auto" or a list */
    bool quick;
    size_t count;
    bench_figure figures[BENCH_FIGURES_MAX];
} bench_result;

/** Adds a figure without gate; the name is printf-like. */
__attribute__((format(printf, 5, 6))) void bench_add(bench_result *result, double value,
                                                     const char *unit, bench_sense sense,
                                                     const char *name, ...);

/** Sets a gate on the figure @p name, which must be there. NAN sets none. */
void bench_gate(bench_result *result, const char *name, double limit);

/** Whether the gate of @p figure is met; a figure that is not known meets none. True without. */
bool bench_gate_is_met(const bench_figure *figure);

/** Writes a whole report. */
typedef void bench_print(const bench_result *result, FILE *out);

bench_print bench_print_table;
bench_print bench_print_json;           /**< one object, "schema":"myotwitch.bench/1" */
bench_print bench_print_junit;          /**< one test case a figure; without gate it is skipped */
bench_print bench_print_action_smaller; /**< github-action-benchmark's customSmallerIsBetter */
bench_print bench_print_action_bigger;  /**< and customBiggerIsBetter */

#endif
