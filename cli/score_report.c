/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table and the JSON of `score`, both from one list of measures. */
#include "score_report.h"

#include "export/json.h"

#include "myotwitch/version.h"

#include <math.h>

typedef enum { AT_LEAST, AT_MOST, AT_MOST_EITHER_SIDE } limit_kind;

typedef struct {
    const char *key;   /**< in JSON */
    const char *about; /**< on the screen */
    size_t value;      /**< offset of a double in the result */
    bool has_interval; /**< that double is a myo_estimate's value */
    limit_kind limit;
    int decimals;
} measure;

/* NOLINTBEGIN(bugprone-macro-parentheses): a member cannot stand in parentheses */
#define ESTIMATE(field) offsetof(myo_score_result, field.value), true
#define PLAIN(field)    offsetof(myo_score_result, field), false
/* NOLINTEND(bugprone-macro-parentheses) */

static const measure measures[SCORE_MEASURES] = {
    [SCORE_RECALL] = {"recall", "labels found", ESTIMATE(recall), AT_LEAST, 4},
    [SCORE_PRECISION] = {"precision", "events that are right", ESTIMATE(precision), AT_LEAST, 4},
    [SCORE_F1] = {"f1", "F1 of both", ESTIMATE(f1), AT_LEAST, 4},
    [SCORE_ONSET_BIAS] = {"onset_bias_ms", "onset error, mean, ms", ESTIMATE(onset_bias_ms),
                          AT_MOST_EITHER_SIDE, 2},
    [SCORE_ONSET_MEDIAN] = {"onset_median_ms", "onset error, median, ms", ESTIMATE(onset_median_ms),
                            AT_MOST, 2},
    [SCORE_ONSET_P95] = {"onset_p95_ms", "onset error, p95, ms", ESTIMATE(onset_p95_ms), AT_MOST,
                         2},
    [SCORE_DELAY_MEDIAN] = {"delay_median_ms", "reported after onset, median, ms",
                            ESTIMATE(delay_median_ms), AT_MOST, 2},
    [SCORE_DELAY_P95] = {"delay_p95_ms", "reported after onset, p95, ms", ESTIMATE(delay_p95_ms),
                         AT_MOST, 2},
    [SCORE_DELAY_MAX] = {"delay_max_ms", "reported after onset, longest, ms", PLAIN(delay_max_ms),
                         AT_MOST, 2},
    [SCORE_CONFIRM_MEDIAN] = {"confirm_median_ms", "type settled after end, median, ms",
                              ESTIMATE(confirm_median_ms), AT_MOST, 2},
    [SCORE_CONFIRM_P95] = {"confirm_p95_ms", "type settled after end, p95, ms",
                           ESTIMATE(confirm_p95_ms), AT_MOST, 2},
    [SCORE_CONFIRM_MAX] = {"confirm_max_ms", "type settled after end, longest, ms",
                           PLAIN(confirm_max_ms), AT_MOST, 2},
    [SCORE_FALSE_PER_MINUTE] = {"false_per_minute", "false alarms a minute",
                                ESTIMATE(false_per_minute), AT_MOST, 4},
    [SCORE_FALSE_PER_HOUR] = {"false_per_hour", "false alarms an hour", ESTIMATE(false_per_hour),
                              AT_MOST, 3},
};

static const double *value_of(const score_summary *summary, const measure *m)
{
    return (const double *)(const void *)((const char *)&summary->result + m->value);
}

static const myo_estimate *estimate_of(const score_summary *summary, const measure *m)
{
    return (const myo_estimate *)(const void *)value_of(summary, m);
}

bool score_gate_is_met(const score_summary *summary, score_measure which)
{
    double gate = summary->gates[which];
    double value = *value_of(summary, &measures[which]);
    if (isnan(gate)) {
        return true;
    }
    switch (measures[which].limit) {
    case AT_LEAST:
        return value >= gate;
    case AT_MOST:
        return value <= gate;
    case AT_MOST_EITHER_SIDE:
        break;
    }
    return fabs(value) <= gate;
}

static const char *name_of(int type)
{
    return type == SCORE_NONE ? "(none)" : myo_event_type_name((myo_event_type)type);
}

static void print_types(uint32_t types, FILE *out)
{
    const char *comma = "";
    for (int type = 0; type < MYO_EVENT_TYPE_COUNT; type++) {
        if (types >> type & 1u) {
            fprintf(out, "%s%s", comma, name_of(type));
            comma = ",";
        }
    }
}

static void print_number(double value, int decimals, FILE *out)
{
    char text[64] = "-";
    if (isfinite(value)) {
        myo_fixed_print(text, sizeof text, value, decimals);
    }
    fprintf(out, " %10s", text);
}

static void print_measure(const score_summary *summary, score_measure which, FILE *out)
{
    const measure *m = &measures[which];
    fprintf(out, "%-36s", m->about);
    print_number(*value_of(summary, m), m->decimals, out);
    if (m->has_interval) {
        print_number(estimate_of(summary, m)->low, m->decimals, out);
        print_number(estimate_of(summary, m)->high, m->decimals, out);
    }
    if (!isnan(summary->gates[which])) {
        fprintf(out, "%*s", m->has_interval ? 2 : 24, "");
        print_number(summary->gates[which], m->decimals, out);
        fputs(score_gate_is_met(summary, which) ? "  met" : "  NOT MET", out);
    }
    fputc('\n', out);
}

static bool is_used(const score_summary *summary, int type, bool as_label)
{
    bool used = false;
    for (int other = 0; other <= SCORE_NONE; other++) {
        used |= (as_label ? summary->confusion[type][other] : summary->confusion[other][type]) != 0;
    }
    return used;
}

static void print_confusion(const score_summary *summary, FILE *out)
{
    fputs("\nlabel \\ event ", out);
    for (int event = 0; event <= SCORE_NONE; event++) {
        if (is_used(summary, event, false)) {
            fprintf(out, " %11s", name_of(event));
        }
    }
    fputc('\n', out);
    for (int label = 0; label <= SCORE_NONE; label++) {
        if (!is_used(summary, label, true)) {
            continue;
        }
        fprintf(out, "%-14s", name_of(label));
        for (int event = 0; event <= SCORE_NONE; event++) {
            if (is_used(summary, event, false)) {
                fprintf(out, " %11lld", (long long)summary->confusion[label][event]);
            }
        }
        fputc('\n', out);
    }
}

void score_print_table(const score_summary *summary, FILE *out)
{
    const myo_score_result *r = &summary->result;
    fprintf(out, "%zu recordings, %.1f s; %lld labels (", summary->recordings, r->duration_s,
            (long long)r->truths);
    print_types(summary->truth_types, out);
    fprintf(out, "), %lld events (", (long long)r->events);
    print_types(summary->event_types, out);
    fprintf(out, "), %lld matched within %g ms\n\n", (long long)r->hits, summary->tolerance_ms);
    fprintf(out, "%-36s %10s %10s %10s   %10s\n", "", "value", "95 % from", "to", "gate");
    for (int which = 0; which < SCORE_MEASURES; which++) {
        print_measure(summary, (score_measure)which, out);
    }
    print_confusion(summary, out);
}

static void json_types(myo_json *json, const char *key, uint32_t types)
{
    myo_json_array(json, key);
    for (int type = 0; type < MYO_EVENT_TYPE_COUNT; type++) {
        if (types >> type & 1u) {
            myo_json_string(json, NULL, name_of(type));
        }
    }
    myo_json_end(json);
}

static void json_measure(myo_json *json, const score_summary *summary, const measure *m)
{
    if (!m->has_interval) {
        myo_json_number(json, m->key, *value_of(summary, m), 9);
        return;
    }
    const myo_estimate *e = estimate_of(summary, m);
    myo_json_object(json, m->key);
    myo_json_number(json, "value", e->value, 9);
    myo_json_number(json, "low", e->low, 9);
    myo_json_number(json, "high", e->high, 9);
    myo_json_end(json);
}

static void json_confusion(myo_json *json, const score_summary *summary)
{
    myo_json_array(json, "confusion");
    for (int label = 0; label <= SCORE_NONE; label++) {
        for (int event = 0; event <= SCORE_NONE; event++) {
            if (summary->confusion[label][event] != 0) {
                myo_json_object(json, NULL);
                myo_json_string(json, "label", name_of(label));
                myo_json_string(json, "event", name_of(event));
                myo_json_integer(json, "count", summary->confusion[label][event]);
                myo_json_end(json);
            }
        }
    }
    myo_json_end(json);
}

static void json_gates(myo_json *json, const score_summary *summary)
{
    myo_json_array(json, "gates");
    for (int which = 0; which < SCORE_MEASURES; which++) {
        if (!isnan(summary->gates[which])) {
            myo_json_object(json, NULL);
            myo_json_string(json, "measure", measures[which].key);
            myo_json_number(json, "limit", summary->gates[which], 9);
            myo_json_bool(json, "met", score_gate_is_met(summary, (score_measure)which));
            myo_json_end(json);
        }
    }
    myo_json_end(json);
}

void score_print_json(const score_summary *summary, FILE *out)
{
    const myo_score_result *r = &summary->result;
    myo_json json;
    myo_json_start(&json, out);
    myo_json_object(&json, NULL);
    myo_json_string(&json, "schema", "myotwitch.score/1");
    myo_json_string(&json, "version", myo_version());
    json_types(&json, "truth_types", summary->truth_types);
    json_types(&json, "event_types", summary->event_types);
    myo_json_number(&json, "tolerance_ms", summary->tolerance_ms, 9);
    myo_json_number(&json, "min_snr_db", summary->min_snr_db, 9);
    myo_json_number(&json, "max_snr_db", summary->max_snr_db, 9);
    myo_json_integer(&json, "recordings", (int64_t)summary->recordings);
    myo_json_number(&json, "duration_s", r->duration_s, 9);
    myo_json_integer(&json, "labels", r->truths);
    myo_json_integer(&json, "events", r->events);
    myo_json_integer(&json, "hits", r->hits);
    for (int which = 0; which < SCORE_MEASURES; which++) {
        json_measure(&json, summary, &measures[which]);
    }
    json_confusion(&json, summary);
    json_gates(&json, summary);
    myo_json_end(&json);
    myo_json_line(&json);
}
