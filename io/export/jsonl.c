/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events as JSON Lines. */
#include "sink.h"

#include "json.h"
#include "outfile.h"

#include "myotwitch/version.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_DIGITS = 5 }; /* of measured sizes; more would be noise */

typedef struct {
    myo_sink sink; /* first: a sink is cast to this */
    const myo_session_head *head;
    myo_outfile *file; /* NULL: somebody else's stream */
    myo_json json;
} jsonl;

/* Sizes are in uV when the recording is calibrated, else in units of full scale. */
static void size_write(jsonl *self, const char *uv_key, const char *full_scale_key, double size)
{
    double scale = self->head->info->full_scale_uv;
    if (scale > 0.0) {
        myo_json_number(&self->json, uv_key, size * scale, VALUE_DIGITS);
    } else {
        myo_json_number(&self->json, full_scale_key, size, VALUE_DIGITS);
    }
}

static void time_write(jsonl *self, const char *key, int64_t frame)
{
    double seconds = frame < 0 ? (double)NAN : (double)frame / self->head->info->rate_hz;
    myo_json_fixed(&self->json, key, seconds, 6);
}

static void run_write(jsonl *self)
{
    const myo_source_info *info = self->head->info;
    myo_json *json = &self->json;
    myo_json_object(json, NULL);
    myo_json_string(json, "schema", "myotwitch.run/1");
    myo_json_string(json, "recording", self->head->recording);
    myo_json_string(json, "format", info->format);
    myo_json_number(json, "rate_hz", info->rate_hz, 12);
    if (info->full_scale_uv > 0.0) {
        myo_json_number(json, "full_scale_uv", info->full_scale_uv, 12);
    }
    myo_json_array(json, "channels");
    for (uint32_t c = 0; c < info->channels; c++) {
        myo_json_object(json, NULL);
        myo_json_integer(json, "channel", info->channel_number[c]);
        myo_json_string(json, "name", info->channel_name[c]);
        myo_json_end(json);
    }
    myo_json_end(json);
    myo_json_string(json, "version", myo_version());
    myo_json_string(json, "detector", myo_head_detector(self->head));
    myo_json_string(json, "config_hash", self->head->config_hash);
    myo_json_string(json, "config", self->head->config_text);
    myo_json_end(json);
    myo_json_line(json);
}

static void channels_write(jsonl *self, const myo_event *event)
{
    const myo_source_info *info = self->head->info;
    bool has_one = event->channel < info->channels;
    if (has_one) {
        myo_json_integer(&self->json, "channel", info->channel_number[event->channel]);
    }
    myo_json_array(&self->json, "channels");
    for (uint32_t c = 0; c < info->channels; c++) {
        if (myo_event_has_channel(event, c)) {
            myo_json_integer(&self->json, NULL, info->channel_number[c]);
        }
    }
    myo_json_end(&self->json);
}

static void findings_write(jsonl *self, const myo_event *event)
{
    myo_json *json = &self->json;
    myo_json_object(json, "features");
    for (int f = 0; f < MYO_FEATURE_COUNT; f++) {
        myo_json_number(json, myo_feature_name((myo_feature)f), event->features[f], VALUE_DIGITS);
    }
    myo_json_end(json);
    myo_json_array(json, "reasons");
    for (int r = 0; r < MYO_REASON_COUNT; r++) {
        if (event->reasons & 1u << r) {
            myo_json_string(json, NULL, myo_reason_text((myo_reason)r));
        }
    }
    myo_json_end(json);
}

static void stage_write(jsonl *self, const myo_event *event)
{
    static const char *const names[] = {"provisional", "confirmed", "withdrawn"};
    if (self->head->provisional) {
        myo_json_integer(&self->json, "id", (int64_t)event->id);
        myo_json_string(&self->json, "stage", names[event->stage]);
    }
}

static myo_status jsonl_event(myo_sink *sink, const myo_event *event, myo_why *why)
{
    (void)why;
    jsonl *self = (jsonl *)sink;
    myo_json *json = &self->json;
    myo_json_object(json, NULL);
    myo_json_string(json, "schema", "myotwitch.event/1");
    myo_json_string(json, "type", myo_event_type_name(event->type));
    stage_write(self, event);
    myo_json_string(json, "modality", "emg");
    channels_write(self, event);
    time_write(self, "onset_s", event->onset_frame);
    time_write(self, "offset_s", event->offset_frame);
    time_write(self, "reported_s", event->reported_frame);
    time_write(self, "confirmed_s", event->confirmed_frame);
    myo_json_integer(json, "onset_frame", event->onset_frame);
    size_write(self, "peak_uv", "peak_fs", event->peak);
    myo_json_fixed(json, "snr_db", event->snr_db, 2);
    myo_json_fixed(json, "confidence", event->confidence, 3);
    findings_write(self, event);
    myo_json_string(json, "provenance", "auto");
    myo_json_string(json, "detector", myo_head_detector(self->head));
    myo_json_end(json);
    myo_json_line(json);
    return MYO_OK;
}

static myo_status jsonl_mark(myo_sink *sink, const myo_mark *mark, myo_why *why)
{
    (void)why;
    jsonl *self = (jsonl *)sink;
    myo_json *json = &self->json;
    myo_json_object(json, NULL);
    myo_json_string(json, "schema", "myotwitch.event/1");
    myo_json_string(json, "type", myo_event_type_name(MYO_EVENT_MARKER));
    time_write(self, "onset_s", mark->frame);
    time_write(self, "offset_s", mark->frame);
    myo_json_integer(json, "onset_frame", mark->frame);
    myo_json_string(json, "label", mark->label);
    myo_json_string(json, "provenance", "recording");
    myo_json_end(json);
    myo_json_line(json);
    return MYO_OK;
}

static void optional_write(jsonl *self, const char *key, double value)
{
    if (!isnan(value)) {
        myo_json_number(&self->json, key, value, VALUE_DIGITS);
    }
}

/* The keys of a verdict are those that a session takes over. */
static void verdict_write(jsonl *self, const myo_rest_event *rest)
{
    myo_json *json = &self->json;
    myo_json_string(json, "part", rest->hold ? "hold" : "after");
    myo_json_string(json, "verdict", rest->verdict);
    optional_write(self, "level", rest->level);
    optional_write(self, "level_low", rest->level_low);
    optional_write(self, "level_high", rest->level_high);
    optional_write(self, "adjusted", rest->adjusted);
    optional_write(self, "guarding_ratio", rest->guarding_ratio);
    time_write(self, "baseline_from_s", rest->baseline_from);
    time_write(self, "baseline_to_s", rest->baseline_to);
    if (!rest->hold) {
        myo_json_integer(json, "baseline_seconds_used", rest->blocks[0]);
        myo_json_integer(json, "seconds_used", rest->blocks[1]);
    }
    if (rest->control != MYO_ALL_CHANNELS) {
        myo_json_integer(json, "control_channel", self->head->info->channel_number[rest->control]);
    }
    myo_json_string(json, "why", rest->reasons);
}

static myo_status jsonl_rest(myo_sink *sink, const myo_rest_event *rest, myo_why *why)
{
    (void)why;
    jsonl *self = (jsonl *)sink;
    myo_json *json = &self->json;
    myo_json_object(json, NULL);
    myo_json_string(json, "schema", "myotwitch.event/1");
    myo_json_string(json, "type", myo_event_type_name(rest->type));
    myo_json_string(json, "modality", "emg");
    myo_json_integer(json, "channel", self->head->info->channel_number[rest->channel]);
    time_write(self, "onset_s", rest->onset_frame);
    time_write(self, "offset_s", rest->offset_frame);
    myo_json_integer(json, "onset_frame", rest->onset_frame);
    if (rest->type == MYO_EVENT_RELAXATION) {
        verdict_write(self, rest);
    } else {
        myo_json_number(json, "level", rest->level, VALUE_DIGITS);
        myo_json_number(json, "tau_s", rest->tau_s, VALUE_DIGITS);
    }
    myo_json_string(json, "provenance", "auto");
    myo_json_string(json, "detector", rest->detector);
    myo_json_end(json);
    myo_json_line(json);
    return MYO_OK;
}

static void counts_write(jsonl *self, const myo_channel_summary *summary)
{
    myo_json *json = &self->json;
    myo_json_object(json, "events");
    for (int t = 0; t < MYO_EVENT_TYPE_COUNT; t++) {
        if (summary->events[t] > 0) {
            myo_json_integer(json, myo_event_type_name((myo_event_type)t), summary->events[t]);
        }
    }
    myo_json_end(json);
    myo_json_object(json, "refusals");
    for (int r = 0; r < MYO_REFUSAL_COUNT; r++) {
        if (summary->refusals[r] > 0) {
            myo_json_integer(json, myo_refusal_text((myo_refusal)r), summary->refusals[r]);
        }
    }
    myo_json_end(json);
}

static void series_write(jsonl *self, const myo_series_summary *series)
{
    myo_json *json = &self->json;
    myo_json_object(json, "series");
    myo_json_integer(json, "responses", series->count);
    size_write(self, "first_uv", "first_fs", series->first);
    size_write(self, "last_uv", "last_fs", series->last);
    optional_write(self, "decay_ratio", series->decay_ratio);
    optional_write(self, "decay_step", series->decay_step);
    optional_write(self, "plateau_ratio", series->plateau_ratio);
    optional_write(self, "interval_s", series->interval_s);
    myo_json_bool(json, "exhausted", series->exhausted);
    myo_json_number(json, "quiet_s", series->quiet_s, VALUE_DIGITS);
    myo_json_end(json);
}

static void look_write(jsonl *self, const myo_channel_look *look)
{
    char reasons[256];
    myo_json *json = &self->json;
    myo_quality_reasons_print(look->quality.reasons, reasons, sizeof reasons);
    myo_json_object(json, "quality");
    myo_json_string(json, "verdict", myo_verdict_name(look->verdict));
    for (int v = 0; v < 3; v++) {
        char key[24];
        (void)snprintf(key, sizeof key, "%s_s", myo_verdict_name((myo_verdict)v));
        myo_json_integer(json, key, look->quality.seconds[v]);
    }
    myo_json_string(json, "why", reasons);
    myo_json_string(json, "ltr_absence", myo_absence_name(look->absence));
    myo_json_end(json);
    if (look->series.count > 0) {
        series_write(self, &look->series);
    }
}

static void summary_write(jsonl *self, uint32_t channel, const myo_channel_summary *summary,
                          const myo_channel_look *look)
{
    myo_json *json = &self->json;
    myo_json_object(json, NULL);
    myo_json_integer(json, "channel", self->head->info->channel_number[channel]);
    size_write(self, "floor_uv", "floor_fs", summary->floor_rms);
    myo_json_number(json, "hum_hz", summary->hum_hz, VALUE_DIGITS);
    size_write(self, "hum_uv", "hum_fs", summary->hum_rms);
    myo_json_integer(json, "saturated_frames", summary->saturated_frames);
    myo_json_integer(json, "gap_frames", summary->gap_frames);
    counts_write(self, summary);
    if (look != NULL) {
        look_write(self, look);
    }
    myo_json_end(json);
}

static myo_status jsonl_finish(myo_sink *sink, const myo_session_tail *tail, myo_why *why)
{
    jsonl *self = (jsonl *)sink;
    myo_json *json = &self->json;
    myo_json_object(json, NULL);
    myo_json_string(json, "schema", "myotwitch.summary/1");
    myo_json_string(json, "recording", self->head->recording);
    myo_json_integer(json, "frames", tail->frames);
    time_write(self, "duration_s", tail->frames);
    myo_json_bool(json, "complete", tail->complete);
    myo_json_array(json, "channels");
    for (uint32_t c = 0; c < self->head->info->channels; c++) {
        summary_write(self, c, &tail->channels[c], tail->looks == NULL ? NULL : &tail->looks[c]);
    }
    myo_json_end(json);
    myo_json_string(json, "note", myo_honest_sentence());
    myo_json_end(json);
    myo_json_line(json);
    myo_outfile *file = self->file;
    self->file = NULL;
    return file == NULL ? MYO_OK : myo_outfile_commit(file, why);
}

static void jsonl_free(myo_sink *sink)
{
    jsonl *self = (jsonl *)sink;
    myo_outfile_discard(self->file);
    free(self);
}

/* Takes the file over, also when it fails. */
static myo_status jsonl_begin(myo_outfile *file, FILE *out, const myo_session_head *head,
                              myo_sink **sink, myo_why *why)
{
    jsonl *self = calloc(1, sizeof *self);
    if (self == NULL) {
        myo_outfile_discard(file);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->file = file;
    self->sink = (myo_sink){.event = jsonl_event,
                            .mark = jsonl_mark,
                            .rest = jsonl_rest,
                            .finish = jsonl_finish,
                            .free = jsonl_free};
    self->head = head;
    myo_json_start(&self->json, out);
    run_write(self);
    *sink = &self->sink;
    return MYO_OK;
}

myo_status myo_jsonl_new(const char *path, bool replace, const myo_session_head *head,
                         myo_sink **sink, myo_why *why)
{
    myo_outfile *file = NULL;
    myo_status status = myo_outfile_open(path, replace, &file, why);
    if (status != MYO_OK) {
        return status;
    }
    myo_outfile_sync_later(file, head->sync_later);
    return jsonl_begin(file, myo_outfile_stream(file), head, sink, why);
}

myo_status myo_jsonl_stream_new(FILE *out, const myo_session_head *head, myo_sink **sink,
                                myo_why *why)
{
    return jsonl_begin(NULL, out, head, sink, why);
}
