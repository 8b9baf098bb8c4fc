/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `score` measures, and how it is shown to people and to machines. */
#ifndef MYO_CLI_SCORE_REPORT_H
#define MYO_CLI_SCORE_REPORT_H

#include "myotwitch/event.h"
#include "myotwitch/score.h"

#include <stdio.h>

/** Every figure that a gate can be set on. */
typedef enum {
    SCORE_RECALL,
    SCORE_PRECISION,
    SCORE_F1,
    SCORE_ONSET_BIAS,
    SCORE_ONSET_MEDIAN,
    SCORE_ONSET_P95,
    SCORE_DELAY_MEDIAN,
    SCORE_DELAY_P95,
    SCORE_DELAY_MAX,
    SCORE_CONFIRM_MEDIAN,
    SCORE_CONFIRM_P95,
    SCORE_CONFIRM_MAX,
    SCORE_FALSE_PER_MINUTE,
    SCORE_FALSE_PER_HOUR,
    SCORE_MEASURES
} score_measure;

/** One row and column more than types: labels that nothing matched, events that matched nothing. */
#define SCORE_NONE MYO_EVENT_TYPE_COUNT

/** All that was found out about the recordings. Types are sets of bits 1u << myo_event_type. */
typedef struct {
    uint32_t truth_types, event_types;
    double tolerance_ms, min_snr_db, max_snr_db; /**< NAN: no bound */
    size_t recordings;
    int64_t confusion[SCORE_NONE + 1][SCORE_NONE + 1]; /**< [label][event], all types */
    myo_score_result result;
    double gates[SCORE_MEASURES]; /**< NAN: no gate */
} score_summary;

/** Whether gate @p measure is met; a figure that is not known meets none. True without a gate. */
bool score_gate_is_met(const score_summary *summary, score_measure measure);

void score_print_table(const score_summary *summary, FILE *out);

/** One object, "schema":"myotwitch.score/1". */
void score_print_json(const score_summary *summary, FILE *out);

#endif
