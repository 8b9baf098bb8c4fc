/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of motions, paired with the EMG's twitches; then the course of the motion. */
#include "nwb_motion.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { COURSE_CHUNK = 1024, BLOCK = 512 };

void nwb_twitches_add(nwb_twitches *twitches, double onset_s)
{
    if (twitches->count == twitches->room) {
        const size_t room = twitches->room == 0 ? 64 : 2 * twitches->room;
        myo_moment *onsets = realloc(twitches->onsets, room * sizeof *onsets);
        if (onsets == NULL) {
            twitches->failed = true;
            return;
        }
        twitches->onsets = onsets;
        twitches->room = room;
    }
    twitches->onsets[twitches->count++] = (myo_moment){.onset_s = onset_s};
}

static int by_onset(const void *a, const void *b)
{
    const double x = ((const myo_moment *)a)->onset_s, y = ((const myo_moment *)b)->onset_s;
    return (x > y) - (x < y);
}

static void columns_add(nwb_table *table)
{
    static const struct {
        const char *name;
        nwb_kind kind;
        const char *about;
    } rows[] = {
        {"start_time", NWB_NUMBER, "Onset in seconds from the start of the recording"},
        {"stop_time", NWB_NUMBER, "End in seconds from the start of the recording"},
        {"type", NWB_TEXT, "What it is: ltr is a local twitch response, gap a blind stretch"},
        {"seen_by", NWB_TEXT, "Of a twitch: both, or ultrasound only"},
        {"emg_onset", NWB_NUMBER, "Onset of the same twitch in the EMG, s"},
        {"reported_time", NWB_NUMBER, "When the first word of it could be given, in seconds"},
        {"confirmed_time", NWB_NUMBER, "When its type was settled, in seconds"},
        {"interval", NWB_NUMBER, "Between the two images around the onset, s"},
        {"x", NWB_NUMBER, "Place from the left, mm, or pixels where no scale is known"},
        {"y", NWB_NUMBER, "Place from the top, mm, or pixels where no scale is known"},
        {"confidence", NWB_NUMBER, "That the type is right, 0 to 1"},
        {"reasons", NWB_TEXT, "Why it has its type"},
    };
    for (size_t c = 0; c < sizeof rows / sizeof rows[0]; c++) {
        nwb_dynamic_column(table, rows[c].name, rows[c].kind, rows[c].about);
    }
    for (int f = 0; f < MYO_MOTION_FEATURE_COUNT; f++) {
        nwb_dynamic_column(table, myo_motion_feature_name((myo_motion_feature)f), NWB_NUMBER,
                           "Measured on the motion; lengths in pixels where no scale is known");
    }
}

static void reasons_cell(nwb_table *table, size_t column, uint32_t reasons)
{
    char text[1024] = "";
    size_t used = 0;
    for (int r = 0; r < MYO_MOTION_REASON_COUNT; r++) {
        if ((reasons & 1u << r) && used < sizeof text) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? "; " : "",
                                     myo_motion_reason_text((myo_motion_reason)r));
        }
    }
    nwb_table_text(table, column, text);
}

/* @p emg: the onset of the same twitch there, NAN = none. */
static void row_write(nwb_table *table, const myo_cine_findings *cine,
                      const myo_motion_event *event, double emg)
{
    const double offset = cine->offset_s, mm = cine->mm_per_px > 0.0 ? cine->mm_per_px : 1.0;
    const bool twitch = event->type == MYO_EVENT_LTR;
    size_t c = 0;
    nwb_table_number(table, c++, event->onset_s + offset);
    nwb_table_number(table, c++, event->offset_s + offset);
    nwb_table_text(table, c++, myo_event_type_name(event->type));
    nwb_table_text(table, c++, !twitch ? "" : isnan(emg) ? "ultrasound" : "both");
    nwb_table_number(table, c++, emg);
    nwb_table_number(table, c++, event->reported_s + offset);
    nwb_table_number(table, c++, event->confirmed_s + offset);
    nwb_table_number(table, c++, event->interval_s);
    nwb_table_number(table, c++, event->x_px * mm);
    nwb_table_number(table, c++, event->y_px * mm);
    nwb_table_number(table, c++, event->confidence);
    reasons_cell(table, c++, event->reasons);
    for (size_t f = 0; f < MYO_MOTION_FEATURE_COUNT; f++) {
        const bool none = event->type == MYO_EVENT_GAP;
        nwb_table_number(table, c++, none ? (double)NAN : event->features[f]);
    }
    nwb_table_row_end(table);
}

/* Index of the EMG's twitch for each motion, -1 = none; NULL without memory. The caller frees. */
static int64_t *pairs_find(const myo_cine_findings *cine, const nwb_twitches *twitches)
{
    int64_t *emg_of = calloc(cine->count + 1, sizeof *emg_of);
    myo_moment *motions = calloc(cine->count + 1, sizeof *motions);
    size_t count = 0;
    for (size_t i = 0; emg_of != NULL && motions != NULL && i < cine->count; i++) {
        const myo_motion_event *event = &cine->events[i];
        if (event->type == MYO_EVENT_LTR) {
            motions[count++] = (myo_moment){event->onset_s, event->interval_s};
        }
    }
    if (emg_of != NULL && motions != NULL) {
        const myo_clock clock = {.offset_s = cine->offset_s};
        (void)myo_fusion_pair(twitches->onsets, twitches->count, motions, count, &clock, emg_of);
    }
    if (motions == NULL) {
        free(emg_of);
        emg_of = NULL;
    }
    free(motions);
    return emg_of;
}

static void events_write(nwb_file *nwb, const myo_cine_findings *cine, const nwb_twitches *twitches)
{
    nwb_table table = {0};
    int64_t *emg_of = pairs_find(cine, twitches);
    size_t twitch = 0;
    if (emg_of == NULL || twitches->failed) {
        nwb->failed = true;
        free(emg_of);
        return;
    }
    nwb_table_open(&table, nwb, "/intervals/ultrasound");
    columns_add(&table);
    nwb_dynamic_table(&table, "core", "TimeIntervals", MYO_ULTRASOUND_DETECTOR);
    for (size_t i = 0; i < cine->count; i++) {
        const int64_t emg = cine->events[i].type == MYO_EVENT_LTR ? emg_of[twitch++] : -1;
        row_write(&table, cine, &cine->events[i],
                  emg >= 0 ? twitches->onsets[emg].onset_s : (double)NAN);
    }
    nwb_dynamic_ids(&table);
    nwb_table_close(&table);
    free(emg_of);
}

/* One column of the course, in blocks. */
static void course_column(nwb_file *nwb, hid_t set, const myo_cine_findings *cine, bool times)
{
    double values[BLOCK];
    for (size_t from = 0; from < cine->course_count; from += BLOCK) {
        const size_t left = cine->course_count - from, count = left < BLOCK ? left : BLOCK;
        for (size_t i = 0; i < count; i++) {
            const myo_cine_moment *moment = &cine->course[from + i];
            values[i] = times ? moment->time_s + cine->offset_s : moment->speed;
        }
        nwb_append(nwb, set, H5T_NATIVE_DOUBLE, (int64_t)from, count, 0, values);
    }
}

static void course_write(nwb_file *nwb, const myo_cine_findings *cine)
{
    hid_t module = nwb_group(nwb, "/processing/ultrasound");
    nwb_type(nwb, module, "core", "ProcessingModule");
    nwb_text(nwb, module, "description", "Motion of tissue in the ultrasound images");
    hid_t series = nwb_group(nwb, "/processing/ultrasound/motion");
    nwb_type(nwb, series, "core", "TimeSeries");
    nwb_text(nwb, series, "description",
             "Speed of the place that moved most since the image before, what all places share "
             "taken out");
    nwb_text(nwb, series, "comments", cine->recording);
    hid_t data = nwb_growing_set(nwb, series, "data", H5T_IEEE_F64LE, 0, COURSE_CHUNK);
    nwb_number(nwb, data, "conversion", 1.0);
    nwb_number(nwb, data, "resolution", -1.0);
    nwb_text(nwb, data, "unit", cine->mm_per_px > 0.0 ? "mm/s" : "pixels/s");
    hid_t times = nwb_growing_set(nwb, series, "timestamps", H5T_IEEE_F64LE, 0, COURSE_CHUNK);
    nwb_integer(nwb, times, "interval", 1);
    nwb_text(nwb, times, "unit", "seconds");
    course_column(nwb, data, cine, false);
    course_column(nwb, times, cine, true);
    (void)H5Dclose(data);
    (void)H5Dclose(times);
    (void)H5Gclose(series);
    (void)H5Gclose(module);
}

void nwb_motion_write(nwb_file *nwb, const myo_cine_findings *cine, nwb_twitches *twitches)
{
    if (twitches->count > 0) {
        qsort(twitches->onsets, twitches->count, sizeof *twitches->onsets, by_onset);
    }
    events_write(nwb, cine, twitches);
    course_write(nwb, cine);
}
