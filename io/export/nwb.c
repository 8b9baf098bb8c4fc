/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The annotated session: an NWB 2 file (nwb-schema 2.9, hdmf-common 1.8) with the samples, the
 * events, the marks, and beside them what is ours: configuration, versions, state of the channels.
 */
#include "sink.h"

#include "nwb_rest.h"
#include "nwb_table.h"
#include "outfile.h"

#include "myotwitch/version.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 64 KiB, which HDF5 gathers in memory before it writes. */
enum { CHUNK_SAMPLES = 16384 };

/* NWB demands a time of day; a recording that has none gets this one, never that of the machine. */
static const char no_start_time[] = "1970-01-01T00:00:00+00:00";

typedef struct {
    myo_sink sink; /* first: a sink is cast to this */
    const myo_session_head *head;
    myo_outfile *file;
    nwb_file nwb;
    hid_t data;
    int64_t frames;
    uint64_t content; /* hash of the samples */
    nwb_table events, marks, rest;
} nwb;

/* Columns of the table of events, in the order in which they are filled. */
enum {
    START_TIME,
    STOP_TIME,
    TYPE,
    CHANNEL,
    CHANNELS,
    REPORTED_TIME,
    CONFIRMED_TIME,
    PEAK,
    SNR_DB,
    CONFIDENCE,
    REASONS,
    PROVENANCE,
    FIRST_FEATURE
};

static bool is_calibrated(const nwb *self)
{
    return self->head->info->full_scale_uv > 0.0;
}

static double seconds(const nwb *self, int64_t frame)
{
    return frame < 0 ? (double)NAN : (double)frame / self->head->info->rate_hz;
}

static const char *start_time(const nwb *self, char *text, size_t size)
{
    const char *time = self->head->info->start_time;
    const char *clock = strchr(time, 'T');
    if (clock == NULL) {
        return no_start_time;
    }
    bool has_zone = strpbrk(clock, "Z+-") != NULL;
    (void)snprintf(text, size, "%s%s", time, has_zone ? "" : "+00:00");
    return text;
}

static void root_write(nwb *self)
{
    nwb_file *file = &self->nwb;
    char text[64];
    const char *start = start_time(self, text, sizeof text);
    nwb_type(file, file->file, "core", "NWBFile");
    nwb_text(file, file->file, "nwb_version", "2.9.0");
    nwb_text_set(file, "/session_start_time", start, false);
    nwb_text_set(file, "/timestamps_reference_time", start, false);
    nwb_text_set(file, "/file_create_date", start, true);
    nwb_text_set(file, "/session_description", "EMG with the local twitch responses found in it",
                 false);
    static const char *const groups[] = {"/analysis", "/general", "/processing",
                                         "/stimulus/presentation", "/stimulus/templates"};
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        (void)H5Gclose(nwb_group(file, groups[g]));
    }
    nwb_text_set(file, "/general/notes", myo_honest_sentence(), false);
    if (self->head->info->subject[0] != '\0') {
        hid_t subject = nwb_group(file, "/general/subject");
        nwb_type(file, subject, "core", "Subject");
        (void)H5Gclose(subject);
        nwb_text_set(file, "/general/subject/subject_id", self->head->info->subject, false);
    }
}

static void channel_names_write(nwb *self)
{
    const myo_source_info *info = self->head->info;
    for (uint32_t c = 0; c < info->channels; c++) {
        char key[32], name[64];
        (void)snprintf(key, sizeof key, "channel_%u", c);
        (void)snprintf(name, sizeof name, "%s", info->channel_name[c]);
        if (name[0] != '\0') {
            nwb_text(&self->nwb, self->data, key, name);
        }
    }
}

static void starting_time_write(nwb *self, hid_t series)
{
    hid_t space = H5Screate(H5S_SCALAR), creation = H5Pcreate(H5P_DATASET_CREATE);
    (void)H5Pset_obj_track_times(creation, false);
    hid_t set = H5Dcreate2(series, "starting_time", H5T_IEEE_F64LE, space, H5P_DEFAULT, creation,
                           H5P_DEFAULT);
    double zero = 0.0;
    self->nwb.failed = self->nwb.failed || set < 0 ||
                       H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &zero) < 0;
    nwb_number(&self->nwb, set, "rate", self->head->info->rate_hz);
    nwb_text(&self->nwb, set, "unit", "seconds");
    (void)H5Dclose(set);
    (void)H5Pclose(creation);
    (void)H5Sclose(space);
}

static void series_open(nwb *self)
{
    nwb_file *file = &self->nwb;
    const myo_source_info *info = self->head->info;
    hid_t series = nwb_group(file, "/acquisition/emg");
    nwb_type(file, series, "core", "TimeSeries");
    nwb_text(file, series, "description", "EMG as it was recorded, one column for each channel");
    nwb_text(file, series, "comments", info->format);
    self->data = nwb_growing_set(file, series, "data", H5T_IEEE_F32LE, info->channels,
                                 CHUNK_SAMPLES / info->channels);
    nwb_number(file, self->data, "conversion",
               is_calibrated(self) ? info->full_scale_uv * 1e-6 : 1.0);
    nwb_number(file, self->data, "resolution", -1.0); /* "not known" in NWB */
    nwb_text(file, self->data, "unit", is_calibrated(self) ? "volts" : "fraction of full scale");
    nwb_text(file, self->data, "continuity", "continuous");
    channel_names_write(self);
    starting_time_write(self, series);
    (void)H5Gclose(series);
}

static void events_open(nwb *self)
{
    static const struct {
        const char *name;
        nwb_kind kind;
        const char *about;
    } columns[FIRST_FEATURE] = {
        {"start_time", NWB_NUMBER, "Onset in seconds from the start of the recording"},
        {"stop_time", NWB_NUMBER, "Offset in seconds from the start of the recording"},
        {"type", NWB_TEXT, "What it is: ltr is a local twitch response"},
        {"channel", NWB_INTEGER, "Column of the data in which it is largest, -1 if in none"},
        {"channels", NWB_TEXT, "All columns of the data that show it, parted by |"},
        {"reported_time", NWB_NUMBER, "When the first word of it could be given, in seconds"},
        {"confirmed_time", NWB_NUMBER, "When its type was settled, in seconds"},
        {"peak", NWB_NUMBER, "Largest magnitude in the measure band, in the unit of the data"},
        {"snr_db", NWB_NUMBER, "Peak over the RMS of the noise in the measure band, dB"},
        {"confidence", NWB_NUMBER, "That the type is right, 0 to 1"},
        {"reasons", NWB_TEXT, "Why it has its type"},
        {"provenance", NWB_TEXT, "auto: found by the detector"},
    };
    nwb_table *table = &self->events;
    nwb_table_open(table, &self->nwb, "/intervals/events");
    for (size_t c = 0; c < FIRST_FEATURE; c++) {
        nwb_dynamic_column(table, columns[c].name, columns[c].kind, columns[c].about);
    }
    for (int f = 0; f < MYO_FEATURE_COUNT; f++) {
        nwb_dynamic_column(table, myo_feature_name((myo_feature)f), NWB_NUMBER,
                           "Measured on the event; its unit, if any, ends its name");
    }
    nwb_dynamic_table(table, "core", "TimeIntervals", myo_detector_version());
}

static void marks_open(nwb *self)
{
    nwb_table *table = &self->marks;
    nwb_table_open(table, &self->nwb, "/acquisition/marks");
    nwb_type(&self->nwb, table->group, "core", "AnnotationSeries");
    nwb_text(&self->nwb, table->group, "description", "Marks that came with the recording");
    nwb_text(&self->nwb, table->group, "comments", "no comments");
    hid_t data = nwb_table_column(table, "data", NWB_TEXT);
    nwb_text(&self->nwb, data, "unit", "n/a");
    nwb_number(&self->nwb, data, "conversion", 1.0);
    nwb_number(&self->nwb, data, "resolution", -1.0);
    hid_t times = nwb_table_column(table, "timestamps", NWB_NUMBER);
    nwb_integer(&self->nwb, times, "interval", 1);
    nwb_text(&self->nwb, times, "unit", "seconds");
}

static myo_status state(nwb *self, myo_why *why)
{
    return self->nwb.failed ? myo_why_set(why, MYO_ERR_WRITE,
                                          "session file: cannot be written; is the disk full?")
                            : MYO_OK;
}

static myo_status nwb_samples(myo_sink *sink, const float *samples, size_t frames, myo_why *why)
{
    nwb *self = (nwb *)sink;
    uint32_t channels = self->head->info->channels;
    self->content = nwb_hash(self->content, samples, frames * channels * sizeof *samples);
    nwb_append(&self->nwb, self->data, H5T_NATIVE_FLOAT, self->frames, frames, channels, samples);
    self->frames += (int64_t)frames;
    return state(self, why);
}

static void channels_cell(nwb *self, const myo_event *event)
{
    char text[4 * MYO_MAX_CHANNELS + 1] = "";
    size_t used = 0;
    for (uint32_t c = 0; c < self->head->info->channels; c++) {
        if (myo_event_has_channel(event, c)) {
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%s%u", used > 0 ? "|" : "", c);
        }
    }
    nwb_table_text(&self->events, CHANNELS, text);
}

static void reasons_cell(nwb *self, uint32_t reasons)
{
    char text[1024] = "";
    size_t used = 0;
    for (int r = 0; r < MYO_REASON_COUNT; r++) {
        if ((reasons & 1u << r) && used < sizeof text) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? "; " : "",
                                     myo_reason_text((myo_reason)r));
        }
    }
    nwb_table_text(&self->events, REASONS, text);
}

static myo_status nwb_event(myo_sink *sink, const myo_event *event, myo_why *why)
{
    nwb *self = (nwb *)sink;
    nwb_table *table = &self->events;
    bool has_channel = event->channel < self->head->info->channels;
    if (event->stage != MYO_CONFIRMED) {
        return MYO_OK; /* a session file holds what was settled */
    }
    nwb_table_number(table, START_TIME, seconds(self, event->onset_frame));
    nwb_table_number(table, STOP_TIME, seconds(self, event->offset_frame));
    nwb_table_text(table, TYPE, myo_event_type_name(event->type));
    nwb_table_number(table, CHANNEL, has_channel ? event->channel : -1.0);
    channels_cell(self, event);
    nwb_table_number(table, REPORTED_TIME, seconds(self, event->reported_frame));
    nwb_table_number(table, CONFIRMED_TIME, seconds(self, event->confirmed_frame));
    nwb_table_number(table, PEAK,
                     event->peak *
                         (is_calibrated(self) ? self->head->info->full_scale_uv * 1e-6 : 1.0));
    nwb_table_number(table, SNR_DB, event->snr_db);
    nwb_table_number(table, CONFIDENCE, event->confidence);
    reasons_cell(self, event->reasons);
    nwb_table_text(table, PROVENANCE, "auto");
    for (size_t f = 0; f < MYO_FEATURE_COUNT; f++) {
        nwb_table_number(table, FIRST_FEATURE + f, event->features[f]);
    }
    nwb_table_row_end(table);
    return state(self, why);
}

static myo_status nwb_mark(myo_sink *sink, const myo_mark *mark, myo_why *why)
{
    nwb *self = (nwb *)sink;
    if (self->marks.nwb == NULL) {
        marks_open(self);
    }
    nwb_table_text(&self->marks, 0, mark->label);
    nwb_table_number(&self->marks, 1, seconds(self, mark->frame));
    nwb_table_row_end(&self->marks);
    return state(self, why);
}

static myo_status nwb_rest_event(myo_sink *sink, const myo_rest_event *rest, myo_why *why)
{
    nwb *self = (nwb *)sink;
    if (self->rest.nwb == NULL) {
        nwb_rest_open(&self->rest, &self->nwb);
    }
    nwb_rest_row(&self->rest, rest, self->head->info->rate_hz);
    return state(self, why);
}

/* State of each channel: noise, hum, and what was refused and why. */
static void channels_write(nwb *self, const myo_session_tail *tail)
{
    const myo_source_info *info = self->head->info;
    double scale = is_calibrated(self) ? info->full_scale_uv * 1e-6 : 1.0;
    nwb_table table;
    nwb_table_open(&table, &self->nwb, "/analysis/channels");
    nwb_dynamic_column(&table, "number", NWB_INTEGER, "Number of the channel in the recording");
    nwb_dynamic_column(&table, "label", NWB_TEXT, "Its name in the recording");
    nwb_dynamic_column(&table, "noise_rms", NWB_NUMBER,
                       "Noise in the measure band, in the unit of the data");
    nwb_dynamic_column(&table, "hum_hz", NWB_NUMBER, "Mains frequency that was found, 0 if none");
    nwb_dynamic_column(&table, "hum_rms", NWB_NUMBER, "Its size, in the unit of the data");
    nwb_dynamic_column(&table, "saturated_s", NWB_NUMBER, "Time at the converter's rails, s");
    nwb_dynamic_column(&table, "missing_s", NWB_NUMBER, "Time without numbers, s");
    nwb_dynamic_column(&table, "ltr", NWB_INTEGER, "Local twitch responses largest here");
    nwb_dynamic_column(&table, "refused", NWB_TEXT, "Candidates that were no event, by reason");
    if (tail->looks != NULL) {
        nwb_look_columns(&table);
    }
    nwb_dynamic_table(&table, "hdmf-common", "DynamicTable", "State of the channels");
    for (uint32_t c = 0; c < info->channels; c++) {
        const myo_channel_summary *about = &tail->channels[c];
        char refused[512] = "";
        size_t used = 0;
        for (int r = 0; r < MYO_REFUSAL_COUNT; r++) {
            if (about->refusals[r] > 0 && used < sizeof refused) {
                used += (size_t)snprintf(refused + used, sizeof refused - used, "%s%" PRId64 " %s",
                                         used > 0 ? "; " : "", about->refusals[r],
                                         myo_refusal_text((myo_refusal)r));
            }
        }
        nwb_table_number(&table, 0, info->channel_number[c]);
        nwb_table_text(&table, 1, info->channel_name[c]);
        nwb_table_number(&table, 2, about->floor_rms * scale);
        nwb_table_number(&table, 3, about->hum_hz);
        nwb_table_number(&table, 4, about->hum_rms * scale);
        nwb_table_number(&table, 5, (double)about->saturated_frames / info->rate_hz);
        nwb_table_number(&table, 6, (double)about->gap_frames / info->rate_hz);
        nwb_table_number(&table, 7, (double)about->events[MYO_EVENT_LTR]);
        nwb_table_text(&table, 8, refused);
        if (tail->looks != NULL) {
            nwb_look_cells(&table, 9, &tail->looks[c]);
        }
        nwb_table_row_end(&table);
    }
    nwb_dynamic_ids(&table);
    nwb_table_close(&table);
}

/* Ours, beside what NWB knows. */
static void run_write(nwb *self, const myo_session_tail *tail)
{
    nwb_file *file = &self->nwb;
    hid_t group = nwb_group(file, "/general/myotwitch");
    nwb_text(file, group, "recording", self->head->recording);
    nwb_text(file, group, "version", myo_version());
    nwb_text(file, group, "detector", myo_detector_version());
    nwb_text(file, group, "config", self->head->config_text);
    nwb_text(file, group, "config_hash", self->head->config_hash);
    nwb_text(file, group, "complete", tail->complete ? "yes" : "no: the recording was damaged");
    nwb_text(file, group, "note", myo_honest_sentence());
    (void)H5Gclose(group);
}

static void identifier_write(nwb *self)
{
    char text[40];
    const char *hash = self->head->config_hash;
    self->content = nwb_hash(self->content, hash, strlen(hash));
    (void)snprintf(text, sizeof text, "myotwitch-%016" PRIx64, self->content);
    nwb_text_set(&self->nwb, "/identifier", text, false);
    nwb_object_ids(&self->nwb, self->content);
}

static bool handles_close(nwb *self)
{
    nwb_table_close(&self->events);
    nwb_table_close(&self->marks);
    nwb_table_close(&self->rest);
    if (self->data > 0) {
        (void)H5Dclose(self->data);
        self->data = -1;
    }
    return nwb_file_close(&self->nwb);
}

static myo_status nwb_finish(myo_sink *sink, const myo_session_tail *tail, myo_why *why)
{
    nwb *self = (nwb *)sink;
    nwb_dynamic_ids(&self->events);
    if (self->rest.nwb != NULL) {
        nwb_dynamic_ids(&self->rest);
    }
    channels_write(self, tail);
    run_write(self, tail);
    nwb_table_close(&self->events);
    nwb_table_close(&self->marks);
    nwb_table_close(&self->rest);
    identifier_write(self);
    if (!handles_close(self)) {
        return state(self, why);
    }
    myo_outfile *file = self->file;
    self->file = NULL;
    return myo_outfile_commit(file, why);
}

static void nwb_free(myo_sink *sink)
{
    nwb *self = (nwb *)sink;
    (void)handles_close(self);
    myo_outfile_discard(self->file);
    free(self);
}

static myo_status nwb_prepare(nwb *self, const char *path, bool replace, myo_why *why)
{
    myo_status status = myo_outfile_open(path, replace, &self->file, why);
    if (status == MYO_OK && myo_outfile_temporary(self->file) == NULL) {
        status = myo_why_set(why, MYO_ERR_WRITE, "a session file needs a plain file's name");
    }
    if (status != MYO_OK) {
        return status;
    }
    nwb_file_open(&self->nwb, myo_outfile_temporary(self->file));
    if (!self->nwb.failed) {
        root_write(self);
        series_open(self);
        events_open(self);
    }
    return state(self, why);
}

myo_status myo_nwb_new(const char *path, bool replace, const myo_session_head *head,
                       myo_sink **sink, myo_why *why)
{
    nwb *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->sink = (myo_sink){.samples = nwb_samples,
                            .event = nwb_event,
                            .mark = nwb_mark,
                            .rest = nwb_rest_event,
                            .finish = nwb_finish,
                            .free = nwb_free};
    self->head = head;
    self->content = NWB_HASH_START;
    myo_status status = nwb_prepare(self, path, replace, why);
    if (status != MYO_OK) {
        nwb_free(&self->sink);
        return status;
    }
    *sink = &self->sink;
    return MYO_OK;
}
