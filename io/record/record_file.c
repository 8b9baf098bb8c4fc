/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layout of a live recording, and the rows that go into it. */
#include "record_file.h"

#include "export/nwb_rest.h"

#include "myotwitch/version.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* Chunks of samples. HDF5 keeps their addresses in blocks that double in size; up to 8176 chunks
 * (16 of 256 entries are the last row) no block is larger than the page of 4096 bytes which reaches
 * the disk as a whole. 10 s a chunk are 22 h at 8 channels of 2048 Hz; where that would be more than
 * 16 MB, so much, which are 14 h at 64 channels of 10 kHz. A chunk takes no room on the disk before it
 * is filled, but where files cannot have holes. */
enum { CHUNK_S = 10, CHUNK_BYTES = 16 << 20 };

/* Samples that are gathered before the library is called; more than 100 ms of most recordings. */
enum { GATHER_SAMPLES = 65536 };

enum { GAP_WHY_BYTES = 128, STAGE_BYTES = 16 };

const record_table record_tables[] = {
    {"/intervals/events", offsetof(record_file, events)},
    {"/intervals/reports", offsetof(record_file, reports)},
    {"/intervals/relaxation", offsetof(record_file, rest)},
    {"/intervals/gaps", offsetof(record_file, gaps)},
    {"/acquisition/marks", offsetof(record_file, marks)},
    {"/analysis/clock", offsetof(record_file, clock)},
    {"/analysis/channels", offsetof(record_file, channels)},
    {NULL, 0},
};

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

static void info_fill(myo_source_info *info, const myo_record_head *head)
{
    *info = (myo_source_info){.rate_hz = head->rate_hz,
                              .channels = head->channels,
                              .frames = -1,
                              .full_scale_uv = head->full_scale_uv};
    (void)snprintf(info->format, sizeof info->format, "%s", or_empty(head->device));
    for (uint32_t c = 0; c < head->channels; c++) {
        info->channel_number[c] = c;
        if (head->names != NULL) {
            (void)snprintf(info->channel_name[c], sizeof info->channel_name[c], "%s",
                           head->names[c]);
        }
    }
    time_t now = time(NULL);
    struct tm parts;
    if (head->start_time != NULL) {
        (void)snprintf(info->start_time, sizeof info->start_time, "%s", head->start_time);
    } else if (head->wall_clock && gmtime_r(&now, &parts) != NULL) {
        (void)strftime(info->start_time, sizeof info->start_time, "%Y-%m-%dT%H:%M:%S+00:00",
                       &parts);
    }
}

static void reports_open(record_file *file)
{
    nwb_table *table = &file->reports;
    nwb_table_open(table, &file->nwb, "/intervals/reports");
    nwb_dynamic_column(table, "start_time", NWB_NUMBER, "Onset as it was known, s");
    nwb_dynamic_column(table, "stop_time", NWB_NUMBER, "Offset as it was known, s");
    nwb_dynamic_column(table, "event", NWB_INTEGER, "Number that the stages of one event share");
    table->text_bytes = STAGE_BYTES;
    nwb_dynamic_column(table, "stage", NWB_TEXT, "provisional, confirmed or withdrawn");
    nwb_dynamic_column(table, "type", NWB_TEXT, "What it was taken for");
    nwb_dynamic_column(table, "channel", NWB_INTEGER, "Column of the data, -1 if none");
    nwb_dynamic_column(table, "said_time", NWB_NUMBER, "Last frame seen when it was said, s");
    nwb_dynamic_table(table, "core", "TimeIntervals",
                      "All that the detector said, in the order in which it said it");
}

static void gaps_open(record_file *file)
{
    nwb_table *table = &file->gaps;
    nwb_table_open(table, &file->nwb, "/intervals/gaps");
    nwb_dynamic_column(table, "start_time", NWB_NUMBER, "First missing frame, s");
    nwb_dynamic_column(table, "stop_time", NWB_NUMBER, "First frame behind them, s");
    nwb_dynamic_column(table, "start_frame", NWB_INTEGER, "First missing frame");
    nwb_dynamic_column(table, "frames", NWB_INTEGER, "Number of missing frames; they are NAN");
    table->text_bytes = GAP_WHY_BYTES;
    nwb_dynamic_column(table, "why", NWB_TEXT, "Where they were lost");
    nwb_dynamic_table(table, "core", "TimeIntervals", "Frames that were lost");
}

static void clock_open(record_file *file)
{
    nwb_table *table = &file->clock;
    nwb_table_open(table, &file->nwb, "/analysis/clock");
    nwb_dynamic_column(table, "frame", NWB_INTEGER, "A frame of the recording");
    nwb_dynamic_column(table, "monotonic_ns", NWB_INTEGER, "CLOCK_MONOTONIC when it arrived, ns");
    nwb_dynamic_column(table, "adc_s", NWB_NUMBER, "Its time by the device's own clock, s");
    nwb_dynamic_table(table, "hdmf-common", "DynamicTable",
                      "The recording's clock against those of the computer and the device");
}

static void flushes_open(record_file *file)
{
    static const char *const columns[FLUSH_COLUMNS][2] = {
        {"start_frame", "First frame that this flush secured"},
        {"stop_frame", "First frame behind them"},
        {"reports", "Rows of /intervals/reports by then"},
        {"events", "Rows of /intervals/events by then"},
        {"marks", "Rows of /acquisition/marks by then"},
        {"rows_hash", "Sum of the hashes of all these rows"},
        {"hash", "FNV-1a over 32-bit words of these frames and this row, folded to 32 bits"}};
    nwb_table *table = &file->flushes;
    nwb_table_open(table, &file->nwb, "/analysis/flushes");
    for (size_t c = 0; c < FLUSH_COLUMNS; c++) {
        nwb_dynamic_column(table, columns[c][0], NWB_INTEGER, columns[c][1]);
    }
    nwb_dynamic_table(table, "hdmf-common", "DynamicTable",
                      "What was handed to the disk, and when nothing of it may be missing");
}

static void state_write(record_file *file, const char *text)
{
    char padded[RECORD_STATE_BYTES] = "";
    hid_t type = nwb_fixed_text(sizeof padded);
    (void)snprintf(padded, sizeof padded, "%s", text);
    file->nwb.failed =
        file->nwb.failed || H5Dwrite(file->state, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, padded) < 0;
    (void)H5Tclose(type);
}

/* Room for it is taken now: it is overwritten when the recording ends. */
static void state_open(record_file *file, hid_t group)
{
    hid_t type = nwb_fixed_text(RECORD_STATE_BYTES), space = H5Screate(H5S_SCALAR);
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    (void)H5Pset_obj_track_times(creation, false);
    (void)H5Pset_alloc_time(creation, H5D_ALLOC_TIME_EARLY);
    file->state = H5Dcreate2(group, "state", type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    file->nwb.failed = file->nwb.failed || file->state < 0;
    (void)H5Pclose(creation);
    (void)H5Sclose(space);
    (void)H5Tclose(type);
    state_write(file, MYO_RECORD_UNDER_WAY);
}

static void run_write(record_file *file, const myo_record_head *head)
{
    const struct {
        const char *name, *text;
    } texts[] = {
        {"recording", or_empty(head->recording)},
        {"device", or_empty(head->device)},
        {"calibration", or_empty(head->calibration)},
        {"version", myo_version()},
        {"detector", or_empty(head->detector)},
        {"config", or_empty(head->config_text)},
        {"note", myo_honest_sentence()},
    };
    hid_t group = nwb_group(&file->nwb, "/general/myotwitch");
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        nwb_text(&file->nwb, group, texts[t].name, texts[t].text);
    }
    state_open(file, group);
    (void)H5Gclose(group);
}

/* Two recordings of the same device must not be taken for one; the clock would not do. */
static void identifier_write(record_file *file)
{
    uint64_t number[2] = {0};
    char text[64];
    file->nwb.failed =
        file->nwb.failed || getrandom(number, sizeof number, 0) != (ssize_t)sizeof number;
    (void)snprintf(text, sizeof text, "myotwitch-%016" PRIx64 "%016" PRIx64, number[0], number[1]);
    nwb_text_set(&file->nwb, "/identifier", text, false);
    nwb_object_ids(&file->nwb, number[0]);
}

static size_t chunk_frames(const myo_source_info *info)
{
    size_t most = CHUNK_BYTES / sizeof(float) / info->channels;
    size_t wanted = (size_t)(CHUNK_S * info->rate_hz);
    return wanted < most ? wanted : most;
}

static void tables_open(record_file *file, const myo_record_head *head)
{
    nwb_events_open(&file->events, &file->nwb, "/intervals/events", or_empty(head->detector));
    reports_open(file);
    nwb_rest_open(&file->rest, &file->nwb);
    gaps_open(file);
    nwb_marks_open(&file->marks, &file->nwb);
    clock_open(file);
    flushes_open(file);
    nwb_channels_open(&file->channels, &file->nwb, true);
    nwb_table *const dynamic[] = {&file->events, &file->reports, &file->rest,    &file->gaps,
                                  &file->clock,  &file->flushes, &file->channels};
    for (size_t t = 0; t < sizeof dynamic / sizeof dynamic[0]; t++) {
        nwb_dynamic_ids_open(dynamic[t]);
    }
}

myo_status record_file_open(record_file *file, const char *path, const myo_record_head *head,
                            myo_why *why)
{
    *file = (record_file){.data = -1, .state = -1, .hash = NWB_HASH_START};
    info_fill(&file->info, head);
    file->gather_frames = GATHER_SAMPLES / head->channels;
    file->gathered = malloc(file->gather_frames * head->channels * sizeof *file->gathered);
    if (file->gathered == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    nwb_file_open_live(&file->nwb, path);
    if (!file->nwb.failed) {
        nwb_root_write(&file->nwb, &file->info);
        file->data = nwb_emg_open(&file->nwb, &file->info, chunk_frames(&file->info));
        tables_open(file, head);
        run_write(file, head);
        identifier_write(file);
    }
    return file->nwb.failed ? record_file_why(file, path, why) : MYO_OK;
}

void record_file_follow(record_file *file)
{
    nwb_file_follow(&file->nwb);
}

static void gathered_write(record_file *file)
{
    size_t frames = file->gathered_frames;
    if (frames > 0) {
        nwb_append(&file->nwb, file->data, H5T_NATIVE_FLOAT, file->frames - (int64_t)frames, frames,
                   file->info.channels, file->gathered);
    }
    file->gathered_frames = 0;
}

void record_file_samples(record_file *file, const float *samples, size_t frames)
{
    size_t channels = file->info.channels;
    file->hash = nwb_hash(file->hash, samples, frames * channels * sizeof *samples);
    while (frames > 0) {
        size_t room = file->gather_frames - file->gathered_frames;
        size_t part = frames < room ? frames : room;
        memcpy(file->gathered + file->gathered_frames * channels, samples,
               part * channels * sizeof *samples);
        file->gathered_frames += part;
        file->frames += (int64_t)part;
        samples += part * channels;
        frames -= part;
        if (file->gathered_frames == file->gather_frames) {
            gathered_write(file);
        }
    }
}

void record_file_gap(record_file *file, int64_t frames, const char *why)
{
    float missing[MYO_MAX_CHANNELS];
    double rate_hz = file->info.rate_hz;
    for (size_t c = 0; c < MYO_MAX_CHANNELS; c++) {
        missing[c] = (float)NAN;
    }
    nwb_table_number(&file->gaps, 0, (double)file->frames / rate_hz);
    nwb_table_number(&file->gaps, 1, (double)(file->frames + frames) / rate_hz);
    nwb_table_number(&file->gaps, 2, (double)file->frames);
    nwb_table_number(&file->gaps, 3, (double)frames);
    nwb_table_text(&file->gaps, 4, why);
    nwb_table_row_end(&file->gaps);
    for (int64_t f = 0; f < frames && !file->nwb.failed; f++) {
        record_file_samples(file, missing, 1);
    }
}

static void report_row(record_file *file, const myo_event *event)
{
    static const char *const stages[] = {"provisional", "confirmed", "withdrawn"};
    nwb_table *table = &file->reports;
    double rate_hz = file->info.rate_hz;
    int64_t said = event->confirmed_frame >= 0 ? event->confirmed_frame : event->reported_frame;
    bool has_channel = event->channel < file->info.channels;
    nwb_table_number(table, 0, (double)event->onset_frame / rate_hz);
    nwb_table_number(table, 1, (double)event->offset_frame / rate_hz);
    nwb_table_number(table, 2, (double)event->id);
    nwb_table_text(table, 3, stages[event->stage]);
    nwb_table_text(table, 4, myo_event_type_name(event->type));
    nwb_table_number(table, 5, has_channel ? event->channel : -1.0);
    nwb_table_number(table, 6, (double)said / rate_hz);
    nwb_table_row_end(table);
}

void record_file_event(record_file *file, const myo_event *event)
{
    report_row(file, event);
    if (event->stage == MYO_CONFIRMED) {
        nwb_events_row(&file->events, &file->info, event);
    }
}

void record_file_rest(record_file *file, const myo_rest_event *rest)
{
    nwb_rest_row(&file->rest, rest, file->info.rate_hz);
}

void record_file_mark(record_file *file, int64_t frame, const char *label)
{
    nwb_marks_row(&file->marks, &file->info, frame, label);
}

void record_file_clock(record_file *file, int64_t frame, int64_t monotonic_ns, double adc_s)
{
    nwb_table_number(&file->clock, 0, (double)frame);
    nwb_table_number(&file->clock, 1, (double)monotonic_ns);
    nwb_table_number(&file->clock, 2, adc_s);
    nwb_table_row_end(&file->clock);
}

void record_file_channels(record_file *file, const myo_session_tail *tail)
{
    nwb_channels_rows(&file->channels, &file->info, tail);
}

double record_file_hash(uint64_t hash, const double *row)
{
    hash = nwb_hash(hash, row, FLUSH_HASH * sizeof *row);
    return (double)(uint32_t)(hash ^ hash >> 32);
}

void record_file_seal(record_file *file, const double *counts)
{
    double *row = file->sealed;
    row[FLUSH_START] = row[FLUSH_STOP];
    row[FLUSH_STOP] = (double)file->frames;
    for (size_t c = FLUSH_REPORTS; c <= FLUSH_ROWS; c++) {
        row[c] = counts[c];
    }
    row[FLUSH_HASH] = record_file_hash(file->hash, row);
    for (size_t c = 0; c < FLUSH_COLUMNS; c++) {
        nwb_table_number(&file->flushes, c, row[c]);
    }
    nwb_table_row_end(&file->flushes);
    file->hash = NWB_HASH_START;
}

static void new_seal(record_file *file)
{
    double counts[FLUSH_COLUMNS] = {
        [FLUSH_STOP] = (double)file->frames,
        [FLUSH_REPORTS] = (double)nwb_table_rows(&file->reports),
        [FLUSH_EVENTS] = (double)nwb_table_rows(&file->events),
        [FLUSH_MARKS] = (double)nwb_table_rows(&file->marks),
        [FLUSH_ROWS] = (double)(file->reports.hash + file->events.hash + file->marks.hash)};
    bool is_new = false;
    for (size_t c = FLUSH_STOP; c <= FLUSH_MARKS; c++) {
        is_new = is_new || counts[c] > file->sealed[c];
    }
    if (is_new) {
        record_file_seal(file, counts);
    }
}

bool record_file_flush(record_file *file)
{
    new_seal(file);
    gathered_write(file);
    for (const record_table *t = record_tables; t->path != NULL; t++) {
        nwb_table_flush((nwb_table *)(void *)((char *)file + t->offset));
    }
    nwb_table_flush(&file->flushes);
    return nwb_file_flush(&file->nwb);
}

bool record_file_close(record_file *file, const char *state)
{
    if (file->nwb.file > 0) {
        if (!file->nwb.failed) {
            (void)record_file_flush(file);
            state_write(file, state);
        }
        for (const record_table *t = record_tables; t->path != NULL; t++) {
            nwb_table_close((nwb_table *)(void *)((char *)file + t->offset));
        }
        nwb_table_close(&file->flushes);
        (void)H5Dclose(file->state);
        (void)H5Dclose(file->data);
    }
    bool ok = nwb_file_close(&file->nwb);
    free(file->gathered);
    file->gathered = NULL;
    return ok;
}

myo_status record_file_why(const record_file *file, const char *path, myo_why *why)
{
    int error = file->nwb.error;
    return myo_why_set(why, MYO_ERR_WRITE, "%.160s: %s", path,
                       error != 0 ? strerror(error) : "cannot be written");
}
