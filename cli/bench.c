/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch bench`: speed, latency, memory and detection on this machine, for people and for CI. */
#include "bench_detect.h"
#include "bench_report.h"
#include "bench_speed.h"
#include "command.h"
#include "options.h"
#include "talk.h"

#include "export/outfile.h"

#include "myotwitch/pipeline.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/** The machine-readable reports, in the order of their names in the settings. */
enum { JSON, JUNIT, ACTION_SMALLER, ACTION_BIGGER, REPORTS };

static bench_print *const printers[REPORTS] = {
    [JSON] = bench_print_json,
    [JUNIT] = bench_print_junit,
    [ACTION_SMALLER] = bench_print_action_smaller,
    [ACTION_BIGGER] = bench_print_action_bigger,
};

typedef struct {
    const char *reports[REPORTS]; /**< file names; NULL = not wanted */
    const char *cpu;
    double max_p99_us, max_delay_ms, min_f1, min_throughput; /**< NAN = no gate */
    bool quick;
} settings;

#define NO_LIMIT 1e9

static const option_row rows[] = {
    OPTION_TEXT_ROW(settings, reports[JSON], "json", 'j', "FILE",
                    "write the figures as JSON to FILE; - for standard output instead of the "
                    "table, here and below"),
    OPTION_TEXT_ROW(settings, reports[JUNIT], "junit", 0, "FILE",
                    "write JUnit XML: a test case for each figure"),
    OPTION_TEXT_ROW(settings, reports[ACTION_SMALLER], "benchmark-action", 0, "FILE",
                    "write what should be small, as github-action-benchmark's "
                    "customSmallerIsBetter"),
    OPTION_TEXT_ROW(settings, reports[ACTION_BIGGER], "benchmark-action-bigger", 0, "FILE",
                    "write what should be big, as its customBiggerIsBetter"),
    OPTION_NUMBER_ROW(settings, max_p99_us, "max-p99-us", 0, "X",
                      "status 5 if the 99th percentile of a block of 8 channels and 32 frames "
                      "takes longer than X",
                      0, NO_LIMIT),
    OPTION_NUMBER_ROW(settings, max_delay_ms, "max-delay-ms", 0, "X",
                      "status 5 if the 95th percentile of the reporting delay is above X", 0,
                      NO_LIMIT),
    OPTION_NUMBER_ROW(settings, min_f1, "min-f1", 0, "X", "status 5 if F1 is below X", 0, 1),
    OPTION_NUMBER_ROW(settings, min_throughput, "min-throughput", 0, "X",
                      "status 5 if 8 channels go slower than X million channel-samples a second", 0,
                      NO_LIMIT),
    OPTION_FLAG_ROW(settings, quick, "quick", 'q', "fewer rounds: rougher figures, in seconds"),
    OPTION_TEXT_ROW(settings, cpu, "cpu", 0, "LIST",
                    "use only these instruction sets: c, sse2, avx2, avx512, neon (default auto)"),
    OPTION_END,
};

static const char *const examples[] = {
    "myotwitch bench",
    "the table",
    "myotwitch bench --quick --max-delay-ms 30 --min-f1 0.9 --junit bench.xml",
    "in CI: fails with status 5 if detection became worse",
    NULL,
};

static const option_page page = {
    "bench",
    "",
    "measure speed, latency and detection on this machine",
    "Everything is made in memory: the sessions of datasets/demo for detection, the scenario "
    "clean\n"
    "for speed. Figures of detection depend on the detector alone. Figures of speed belong to "
    "this\n"
    "machine and this moment; what its processor and its memory can do is measured in the same "
    "run\n"
    "and stands beside them. docs/bench.md tells how each figure is measured.",
    rows,
    examples};

static int say(int status, const char *name, const char *text)
{
    talk_file("bench", name, text);
    return status;
}

static myo_status measure(bench_result *result)
{
    static myo_status (*const parts[])(bench_result *) = {bench_memory, /* first: see there */
                                                          bench_startup, bench_throughput,
                                                          bench_latency, bench_detect};
    myo_status status = MYO_OK;
    for (size_t i = 0; status == MYO_OK && i < sizeof parts / sizeof parts[0]; i++) {
        status = parts[i](result);
    }
    return status;
}

static void set_gates(const settings *chosen, bench_result *result)
{
    bench_gate(result, "latency.8x32.p99", chosen->max_p99_us);
    bench_gate(result, "detection.delay.p95", chosen->max_delay_ms);
    bench_gate(result, "detection.f1", chosen->min_f1);
    bench_gate(result, "throughput.8ch", chosen->min_throughput);
}

static int judge(const bench_result *result)
{
    for (size_t i = 0; i < result->count; i++) {
        if (!bench_gate_is_met(&result->figures[i])) {
            return EXIT_GATE;
        }
    }
    return EXIT_DONE;
}

static int check(const settings *chosen)
{
    int to_stdout = 0;
    myo_config config;
    myo_config_default(&config, 2000.0, 1);
    if (myo_config_set_cpu(&config, chosen->cpu) != MYO_OK) {
        return say(EXIT_USAGE, "--cpu", "knows c, sse2, avx2, avx512, neon and auto");
    }
    for (int i = 0; i < REPORTS; i++) {
        to_stdout += chosen->reports[i] != NULL && strcmp(chosen->reports[i], "-") == 0;
    }
    return to_stdout > 1 ? say(EXIT_USAGE, "-", "only one report can go to standard output")
                         : EXIT_DONE;
}

/* Before the measurement, which takes its time, a file that exists is refused. */
static myo_status open_all(const settings *chosen, myo_outfile **files, myo_why *why)
{
    myo_status status = MYO_OK;
    for (int i = 0; status == MYO_OK && i < REPORTS; i++) {
        if (chosen->reports[i] != NULL) {
            status = myo_outfile_open(chosen->reports[i], false, &files[i], why);
        }
    }
    return status;
}

static myo_status write_all(const settings *chosen, const bench_result *result, myo_outfile **files,
                            myo_why *why)
{
    bool has_table = true;
    myo_status status = MYO_OK;
    for (int i = 0; status == MYO_OK && i < REPORTS; i++) {
        if (files[i] != NULL) {
            has_table &= strcmp(chosen->reports[i], "-") != 0;
            printers[i](result, myo_outfile_stream(files[i]));
            status = myo_outfile_commit(files[i], why);
            files[i] = NULL;
        }
    }
    if (status == MYO_OK && has_table) {
        bench_print_table(result, stdout);
        if (fflush(stdout) != 0 || ferror(stdout)) {
            return myo_why_set(why, MYO_ERR_WRITE, "standard output: %s", strerror(errno));
        }
    }
    return status;
}

static int run(const settings *chosen)
{
    bench_result result = {.cpu = chosen->cpu, .quick = chosen->quick};
    myo_outfile *files[REPORTS] = {NULL};
    myo_why why = {""};
    myo_status status = open_all(chosen, files, &why);
    if (status == MYO_OK) {
        status = measure(&result);
        if (status != MYO_OK) {
            (void)myo_why_set(&why, status, "%s", myo_status_text(status));
        }
    }
    if (status == MYO_OK) {
        set_gates(chosen, &result);
        status = write_all(chosen, &result, files, &why);
    }
    for (int i = 0; i < REPORTS; i++) {
        myo_outfile_discard(files[i]);
    }
    if (status != MYO_OK) {
        fprintf(stderr, "myotwitch bench: %s\n", why.text); /* it names the file */
        return EXIT_FAILED;
    }
    return judge(&result);
}

int command_bench(int argc, char **argv)
{
    const double unset = (double)NAN;
    settings chosen = {.cpu = "auto",
                       .max_p99_us = unset,
                       .max_delay_ms = unset,
                       .min_f1 = unset,
                       .min_throughput = unset};
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    if (first != argc) {
        return say(EXIT_USAGE, argv[first], "takes no operands");
    }
    status = check(&chosen);
    return status == EXIT_DONE ? run(&chosen) : status;
}
