/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known of rest and of quality, in columns. */
#include "nwb_rest.h"

#include <math.h>

typedef struct {
    const char *name;
    nwb_kind kind;
    const char *about;
} column_row;

static void columns_add(nwb_table *table, const column_row *rows, size_t count)
{
    for (size_t c = 0; c < count; c++) {
        nwb_dynamic_column(table, rows[c].name, rows[c].kind, rows[c].about);
    }
}

/* Of a text in a live file: the reasons of a verdict. */
enum { REASONS_BYTES = 256 };

void nwb_rest_open(nwb_table *table, nwb_file *nwb)
{
    static const column_row rows[] = {
        {"start_time", NWB_NUMBER, "Begin in seconds from the start of the recording"},
        {"stop_time", NWB_NUMBER, "End in seconds from the start of the recording"},
        {"type", NWB_TEXT, "relaxation: verdict on a stretch; release: the moment of letting go"},
        {"part", NWB_TEXT, "hold: during compression; after: at rest behind it"},
        {"channel", NWB_INTEGER, "Column of the data"},
        {"control", NWB_INTEGER, "Column of the control channel, -1 = none"},
        {"baseline_start", NWB_NUMBER, "Begin of the baseline, s"},
        {"baseline_stop", NWB_NUMBER, "End of the baseline, s"},
        {"verdict", NWB_TEXT, "What can be said"},
        {"level", NWB_NUMBER, "RMS over that of the baseline"},
        {"level_low", NWB_NUMBER, "Lower end of its 95 % interval"},
        {"level_high", NWB_NUMBER, "Upper end of its 95 % interval"},
        {"adjusted", NWB_NUMBER, "Level over that of the control channel"},
        {"guarding_ratio", NWB_NUMBER, "RMS during the hold over that of the baseline"},
        {"tau_s", NWB_NUMBER, "Time constant of a release, 0 = a step, s"},
        {"reasons", NWB_TEXT, "Why nothing firmer can be said"},
    };
    nwb_table_open(table, nwb, "/intervals/relaxation");
    table->text_bytes = REASONS_BYTES;
    columns_add(table, rows, sizeof rows / sizeof rows[0]);
    nwb_dynamic_table(table, "core", "TimeIntervals", "Resting activity against a baseline");
}

void nwb_rest_row(nwb_table *table, const myo_rest_event *rest, double rate_hz)
{
    size_t c = 0;
    nwb_table_number(table, c++, (double)rest->onset_frame / rate_hz);
    nwb_table_number(table, c++, (double)rest->offset_frame / rate_hz);
    nwb_table_text(table, c++, myo_event_type_name(rest->type));
    nwb_table_text(table, c++, rest->hold ? "hold" : "after");
    nwb_table_number(table, c++, rest->channel);
    nwb_table_number(table, c++, rest->control == MYO_ALL_CHANNELS ? -1.0 : rest->control);
    nwb_table_number(table, c++, (double)rest->baseline_from / rate_hz);
    nwb_table_number(table, c++, (double)rest->baseline_to / rate_hz);
    nwb_table_text(table, c++, rest->verdict);
    nwb_table_number(table, c++, rest->level);
    nwb_table_number(table, c++, rest->level_low);
    nwb_table_number(table, c++, rest->level_high);
    nwb_table_number(table, c++, rest->adjusted);
    nwb_table_number(table, c++, rest->guarding_ratio);
    nwb_table_number(table, c++, rest->tau_s);
    nwb_table_text(table, c, rest->reasons);
    nwb_table_row_end(table);
}

void nwb_look_columns(nwb_table *table)
{
    static const column_row rows[] = {
        {"quality", NWB_TEXT, "Verdict on the signal of the whole channel"},
        {"usable_s", NWB_INTEGER, "Usable seconds"},
        {"doubtful_s", NWB_INTEGER, "Doubtful seconds"},
        {"unusable_s", NWB_INTEGER, "Unusable seconds"},
        {"quality_reasons", NWB_TEXT, "What was wrong in any second"},
        {"ltr_absence", NWB_TEXT, "Whether no twitch detected may be taken for no twitch visible"},
        {"decay_ratio", NWB_NUMBER, "Peak of the third twitch (or last) over that of the first"},
        {"decay_step", NWB_NUMBER, "Geometric mean ratio of one peak to the next, first three"},
        {"exhausted", NWB_TEXT, "yes: there were twitches and they have ceased"},
    };
    columns_add(table, rows, sizeof rows / sizeof rows[0]);
}

void nwb_look_cells(nwb_table *table, size_t first, const myo_channel_look *look)
{
    char reasons[256];
    myo_quality_reasons_print(look->quality.reasons, reasons, sizeof reasons);
    nwb_table_text(table, first, myo_verdict_name(look->verdict));
    for (size_t v = 0; v < 3; v++) {
        nwb_table_number(table, first + 1 + v, (double)look->quality.seconds[v]);
    }
    nwb_table_text(table, first + 4, reasons);
    nwb_table_text(table, first + 5, myo_absence_name(look->absence));
    nwb_table_number(table, first + 6, look->series.decay_ratio);
    nwb_table_number(table, first + 7, look->series.decay_step);
    nwb_table_text(table, first + 8, look->series.exhausted ? "yes" : "no");
}
