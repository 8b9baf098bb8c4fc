/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts that a session file is made of: the root, the EMG, events, marks, state of channels. */
#include "nwb_parts.h"

#include "nwb_rest.h"

#include "signal/source.h"

#include "myotwitch/version.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Widths of texts in a live file: lists of reasons and channels, and a mark. */
enum { LIST_BYTES = 1024, MARK_BYTES = 192 };

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

double nwb_volts(const myo_source_info *info)
{
    return info->full_scale_uv > 0.0 ? info->full_scale_uv * 1e-6 : 1.0;
}

static double seconds(const myo_source_info *info, int64_t frame)
{
    return frame < 0 ? (double)NAN : (double)frame / info->rate_hz;
}

/* NWB demands a time of day: a recording that has none gets one that stands for it, never that of the
 * machine. */
static const char *start_time(const myo_source_info *info, char *text, size_t size)
{
    const char *time = info->start_time;
    const char *clock = strchr(time, 'T');
    if (clock == NULL) {
        return MYO_NWB_NO_START_TIME;
    }
    bool has_zone = strpbrk(clock, "Z+-") != NULL;
    (void)snprintf(text, size, "%s%s", time, has_zone ? "" : "+00:00");
    return text;
}

static const char dated[] = "EMG with the local twitch responses found in it";
static const char undated[] =
    "EMG with the local twitch responses found in it. When it was "
    "recorded is not known: " MYO_NWB_NO_START_TIME " stands for that, as NWB demands a time";

void nwb_root_write(nwb_file *file, const myo_source_info *info)
{
    char text[64];
    const char *start = start_time(info, text, sizeof text);
    nwb_type(file, file->file, "core", "NWBFile");
    nwb_text(file, file->file, "nwb_version", "2.9.0");
    nwb_text_set(file, "/session_start_time", start, false);
    nwb_text_set(file, "/timestamps_reference_time", start, false);
    nwb_text_set(file, "/file_create_date", start, true);
    nwb_text_set(file, "/session_description",
                 strcmp(start, MYO_NWB_NO_START_TIME) == 0 ? undated : dated, false);
    static const char *const groups[] = {"/analysis", "/general", "/processing",
                                         "/stimulus/presentation", "/stimulus/templates"};
    for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        (void)H5Gclose(nwb_group(file, groups[g]));
    }
    nwb_text_set(file, "/general/notes", myo_honest_sentence(), false);
    if (info->subject[0] != '\0') {
        hid_t subject = nwb_group(file, "/general/subject");
        nwb_type(file, subject, "core", "Subject");
        (void)H5Gclose(subject);
        nwb_text_set(file, "/general/subject/subject_id", info->subject, false);
    }
}

static void channel_names_write(nwb_file *file, const myo_source_info *info, hid_t data)
{
    for (uint32_t c = 0; c < info->channels; c++) {
        char key[32], name[64];
        (void)snprintf(key, sizeof key, "channel_%u", c);
        (void)snprintf(name, sizeof name, "%s", info->channel_name[c]);
        if (name[0] != '\0') {
            nwb_text(file, data, key, name);
        }
    }
}

static void starting_time_write(nwb_file *file, const myo_source_info *info, hid_t series)
{
    hid_t space = H5Screate(H5S_SCALAR), creation = H5Pcreate(H5P_DATASET_CREATE);
    (void)H5Pset_obj_track_times(creation, false);
    hid_t set = H5Dcreate2(series, "starting_time", H5T_IEEE_F64LE, space, H5P_DEFAULT, creation,
                           H5P_DEFAULT);
    double zero = 0.0;
    file->failed = file->failed || set < 0 ||
                   H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, &zero) < 0;
    nwb_number(file, set, "rate", info->rate_hz);
    nwb_text(file, set, "unit", "seconds");
    (void)H5Dclose(set);
    (void)H5Pclose(creation);
    (void)H5Sclose(space);
}

hid_t nwb_emg_open(nwb_file *file, const myo_source_info *info, size_t chunk_frames)
{
    bool is_calibrated = info->full_scale_uv > 0.0;
    hid_t series = nwb_group(file, "/acquisition/emg");
    nwb_type(file, series, "core", "TimeSeries");
    nwb_text(file, series, "description", "EMG as it was recorded, one column for each channel");
    nwb_text(file, series, "comments", info->format);
    hid_t data =
        nwb_growing_set(file, series, "data", H5T_IEEE_F32LE, info->channels, chunk_frames);
    nwb_number(file, data, "conversion", nwb_volts(info));
    nwb_number(file, data, "resolution", -1.0); /* "not known" in NWB */
    nwb_text(file, data, "unit", is_calibrated ? "volts" : "fraction of full scale");
    nwb_text(file, data, "continuity", "continuous");
    channel_names_write(file, info, data);
    starting_time_write(file, info, series);
    (void)H5Gclose(series);
    return data;
}

void nwb_events_open(nwb_table *table, nwb_file *file, const char *path, const char *about)
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
    nwb_table_open(table, file, path);
    for (size_t c = 0; c < FIRST_FEATURE; c++) {
        table->text_bytes = c == CHANNELS || c == REASONS ? LIST_BYTES : NWB_TEXT_BYTES;
        nwb_dynamic_column(table, columns[c].name, columns[c].kind, columns[c].about);
    }
    for (int f = 0; f < MYO_FEATURE_COUNT; f++) {
        nwb_dynamic_column(table, myo_feature_name((myo_feature)f), NWB_NUMBER,
                           "Measured on the event; its unit, if any, ends its name");
    }
    nwb_dynamic_table(table, "core", "TimeIntervals", about);
}

void nwb_marks_open(nwb_table *table, nwb_file *file)
{
    nwb_table_open(table, file, "/acquisition/marks");
    nwb_type(file, table->group, "core", "AnnotationSeries");
    nwb_text(file, table->group, "description", "Marks that came with the recording");
    nwb_text(file, table->group, "comments", "no comments");
    table->text_bytes = MARK_BYTES;
    hid_t data = nwb_table_column(table, "data", NWB_TEXT);
    nwb_text(file, data, "unit", "n/a");
    nwb_number(file, data, "conversion", 1.0);
    nwb_number(file, data, "resolution", -1.0);
    hid_t times = nwb_table_column(table, "timestamps", NWB_NUMBER);
    nwb_integer(file, times, "interval", 1);
    nwb_text(file, times, "unit", "seconds");
}

void nwb_marks_row(nwb_table *table, const myo_source_info *info, int64_t frame, const char *label)
{
    nwb_table_text(table, 0, label);
    nwb_table_number(table, 1, seconds(info, frame));
    nwb_table_row_end(table);
}

static void channels_cell(nwb_table *table, uint32_t channels, const myo_event *event)
{
    char text[4 * MYO_MAX_CHANNELS + 1] = "";
    size_t used = 0;
    for (uint32_t c = 0; c < channels; c++) {
        if (myo_event_has_channel(event, c)) {
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%s%u", used > 0 ? "|" : "", c);
        }
    }
    nwb_table_text(table, CHANNELS, text);
}

static void reasons_cell(nwb_table *table, uint32_t reasons)
{
    char text[1024] = "";
    size_t used = 0;
    for (int r = 0; r < MYO_REASON_COUNT; r++) {
        if ((reasons & 1u << r) && used < sizeof text) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? "; " : "",
                                     myo_reason_text((myo_reason)r));
        }
    }
    nwb_table_text(table, REASONS, text);
}

void nwb_events_row(nwb_table *table, const myo_source_info *info, const myo_event *event)
{
    bool has_channel = event->channel < info->channels;
    nwb_table_number(table, START_TIME, seconds(info, event->onset_frame));
    nwb_table_number(table, STOP_TIME, seconds(info, event->offset_frame));
    nwb_table_text(table, TYPE, myo_event_type_name(event->type));
    nwb_table_number(table, CHANNEL, has_channel ? event->channel : -1.0);
    channels_cell(table, info->channels, event);
    nwb_table_number(table, REPORTED_TIME, seconds(info, event->reported_frame));
    nwb_table_number(table, CONFIRMED_TIME, seconds(info, event->confirmed_frame));
    nwb_table_number(table, PEAK, event->peak * nwb_volts(info));
    nwb_table_number(table, SNR_DB, event->snr_db);
    nwb_table_number(table, CONFIDENCE, event->confidence);
    reasons_cell(table, event->reasons);
    nwb_table_text(table, PROVENANCE, "auto");
    for (size_t f = 0; f < MYO_FEATURE_COUNT; f++) {
        nwb_table_number(table, FIRST_FEATURE + f, event->features[f]);
    }
    nwb_table_row_end(table);
}

void nwb_channels_open(nwb_table *table, nwb_file *file, bool looks)
{
    nwb_table_open(table, file, "/analysis/channels");
    nwb_dynamic_column(table, "number", NWB_INTEGER, "Number of the channel in the recording");
    nwb_dynamic_column(table, "label", NWB_TEXT, "Its name in the recording");
    nwb_dynamic_column(table, "noise_rms", NWB_NUMBER,
                       "Noise in the measure band, in the unit of the data");
    nwb_dynamic_column(table, "hum_hz", NWB_NUMBER, "Mains frequency that was found, 0 if none");
    nwb_dynamic_column(table, "hum_rms", NWB_NUMBER, "Its size, in the unit of the data");
    nwb_dynamic_column(table, "saturated_s", NWB_NUMBER, "Time at the converter's rails, s");
    nwb_dynamic_column(table, "missing_s", NWB_NUMBER, "Time without numbers, s");
    nwb_dynamic_column(table, "ltr", NWB_INTEGER, "Local twitch responses largest here");
    table->text_bytes = LIST_BYTES;
    nwb_dynamic_column(table, "refused", NWB_TEXT, "Candidates that were no event, by reason");
    if (looks) {
        nwb_look_columns(table);
    }
    nwb_dynamic_table(table, "hdmf-common", "DynamicTable", "State of the channels");
}

static void refused_cell(nwb_table *table, const myo_channel_summary *about)
{
    char text[512] = "";
    size_t used = 0;
    for (int r = 0; r < MYO_REFUSAL_COUNT; r++) {
        if (about->refusals[r] > 0 && used < sizeof text) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%" PRId64 " %s",
                                     used > 0 ? "; " : "", about->refusals[r],
                                     myo_refusal_text((myo_refusal)r));
        }
    }
    nwb_table_text(table, 8, text);
}

void nwb_channels_rows(nwb_table *table, const myo_source_info *info, const myo_session_tail *tail)
{
    double scale = nwb_volts(info);
    for (uint32_t c = 0; c < info->channels; c++) {
        const myo_channel_summary *about = &tail->channels[c];
        nwb_table_number(table, 0, info->channel_number[c]);
        nwb_table_text(table, 1, info->channel_name[c]);
        nwb_table_number(table, 2, about->floor_rms * scale);
        nwb_table_number(table, 3, about->hum_hz);
        nwb_table_number(table, 4, about->hum_rms * scale);
        nwb_table_number(table, 5, (double)about->saturated_frames / info->rate_hz);
        nwb_table_number(table, 6, (double)about->gap_frames / info->rate_hz);
        nwb_table_number(table, 7, (double)about->events[MYO_EVENT_LTR]);
        refused_cell(table, about);
        if (tail->looks != NULL) {
            nwb_look_cells(table, 9, &tail->looks[c]);
        }
        nwb_table_row_end(table);
    }
}
