/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Table, JSON, JUnit XML and github-action-benchmark's JSON, all from one list of figures. */
#include "bench_report.h"

#include "export/json.h"

#include "myotwitch/version.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#define DIGITS 6 /* significant; no clock is better */

void bench_add(bench_result *result, double value, const char *unit, bench_sense sense,
               const char *name, ...)
{
    assert(result->count < BENCH_FIGURES_MAX);
    bench_figure *figure = &result->figures[result->count++];
    *figure = (bench_figure){.unit = unit, .sense = sense, .value = value, .gate = (double)NAN};
    va_list arguments;
    va_start(arguments, name);
    (void)vsnprintf(figure->name, sizeof figure->name, name, arguments);
    va_end(arguments);
}

void bench_gate(bench_result *result, const char *name, double limit)
{
    size_t i = 0;
    while (i < result->count && strcmp(result->figures[i].name, name) != 0) {
        i++;
    }
    assert(i < result->count && result->figures[i].sense != BENCH_PLAIN);
    result->figures[i].gate = limit;
}

bool bench_gate_is_met(const bench_figure *figure)
{
    if (isnan(figure->gate)) {
        return true;
    }
    return figure->sense == BENCH_BIGGER ? figure->value >= figure->gate
                                         : figure->value <= figure->gate;
}

/* A number for people and for texts, "-" where there is none. */
static const char *number(char *text, size_t size, double value, int digits)
{
    (void)snprintf(text, size, "-");
    if (isfinite(value)) {
        (void)myo_number_print(text, size, value, digits);
    }
    return text;
}

void bench_print_table(const bench_result *result, FILE *out)
{
    fprintf(out, "myotwitch %s, detector %s, instruction sets: %s%s\n\n", myo_version(),
            myo_detector_version(), result->cpu, result->quick ? ", quick" : "");
    fprintf(out, "%-26s %10s  %-20s %10s\n", "figure", "value", "unit", "gate");
    for (size_t i = 0; i < result->count; i++) {
        const bench_figure *figure = &result->figures[i];
        char value[64], gate[64];
        fprintf(out, "%-26s %10s  %s", figure->name, number(value, sizeof value, figure->value, 4),
                figure->unit);
        if (!isnan(figure->gate)) {
            fprintf(out, "%*s %10s  %s", (int)(20 - strlen(figure->unit)), "",
                    number(gate, sizeof gate, figure->gate, 4),
                    bench_gate_is_met(figure) ? "met" : "NOT MET");
        }
        fputc('\n', out);
    }
    fprintf(out, "\n%s\n", myo_honest_sentence());
}

static void json_figure(myo_json *json, const bench_figure *figure)
{
    static const char *const better[] = {
        [BENCH_PLAIN] = NULL, [BENCH_SMALLER] = "smaller", [BENCH_BIGGER] = "bigger"};
    myo_json_object(json, NULL);
    myo_json_string(json, "name", figure->name);
    myo_json_number(json, "value", figure->value, DIGITS);
    myo_json_string(json, "unit", figure->unit);
    if (better[figure->sense] != NULL) {
        myo_json_string(json, "better", better[figure->sense]);
    }
    myo_json_end(json);
}

static void json_gates(myo_json *json, const bench_result *result)
{
    myo_json_array(json, "gates");
    for (size_t i = 0; i < result->count; i++) {
        const bench_figure *figure = &result->figures[i];
        if (!isnan(figure->gate)) {
            myo_json_object(json, NULL);
            myo_json_string(json, "figure", figure->name);
            myo_json_number(json, "limit", figure->gate, DIGITS);
            myo_json_bool(json, "met", bench_gate_is_met(figure));
            myo_json_end(json);
        }
    }
    myo_json_end(json);
}

void bench_print_json(const bench_result *result, FILE *out)
{
    myo_json json;
    myo_json_start(&json, out);
    myo_json_object(&json, NULL);
    myo_json_string(&json, "schema", "myotwitch.bench/1");
    myo_json_string(&json, "version", myo_version());
    myo_json_string(&json, "detector", myo_detector_version());
    myo_json_string(&json, "cpu", result->cpu);
    myo_json_bool(&json, "quick", result->quick);
    myo_json_array(&json, "figures");
    for (size_t i = 0; i < result->count; i++) {
        json_figure(&json, &result->figures[i]);
    }
    myo_json_end(&json);
    json_gates(&json, result);
    myo_json_string(&json, "note", myo_honest_sentence());
    myo_json_end(&json);
    myo_json_line(&json);
}

static void junit_case(const bench_figure *figure, FILE *out)
{
    char value[64], gate[64];
    number(value, sizeof value, figure->value, DIGITS);
    number(gate, sizeof gate, figure->gate, DIGITS);
    fprintf(out, "    <testcase classname=\"myotwitch.bench\" name=\"%s\">\n", figure->name);
    if (isnan(figure->gate)) {
        fprintf(out, "      <skipped message=\"no gate\"/>\n");
    } else if (!bench_gate_is_met(figure)) {
        fprintf(out, "      <failure message=\"%s %s, gate %s\"/>\n", value, figure->unit, gate);
    }
    fprintf(out, "      <system-out>%s %s</system-out>\n    </testcase>\n", value, figure->unit);
}

void bench_print_junit(const bench_result *result, FILE *out)
{
    size_t failures = 0, skipped = 0;
    for (size_t i = 0; i < result->count; i++) {
        failures += !bench_gate_is_met(&result->figures[i]);
        skipped += isnan(result->figures[i].gate) ? 1 : 0;
    }
    fprintf(out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
            "  <testsuite name=\"myotwitch bench\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
            "skipped=\"%zu\">\n",
            result->count, failures, skipped);
    for (size_t i = 0; i < result->count; i++) {
        junit_case(&result->figures[i], out);
    }
    fputs("  </testsuite>\n</testsuites>\n", out);
}

/* A figure that is not known has no place in a chart. */
static void print_action(const bench_result *result, bench_sense sense, FILE *out)
{
    myo_json json;
    myo_json_start(&json, out);
    myo_json_array(&json, NULL);
    for (size_t i = 0; i < result->count; i++) {
        const bench_figure *figure = &result->figures[i];
        if (figure->sense == sense && isfinite(figure->value)) {
            myo_json_object(&json, NULL);
            myo_json_string(&json, "name", figure->name);
            myo_json_string(&json, "unit", figure->unit);
            myo_json_number(&json, "value", figure->value, DIGITS);
            myo_json_end(&json);
        }
    }
    myo_json_end(&json);
    myo_json_line(&json);
}

void bench_print_action_smaller(const bench_result *result, FILE *out)
{
    print_action(result, BENCH_SMALLER, out);
}

void bench_print_action_bigger(const bench_result *result, FILE *out)
{
    print_action(result, BENCH_BIGGER, out);
}
