/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events as tab-separated values that spreadsheets and BIDS tools read. */
#include "sink.h"

#include "json.h"
#include "outfile.h"

#include "myotwitch/version.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    myo_sink sink; /* first: a sink is cast to this */
    const myo_session_head *head;
    myo_outfile *file;
    FILE *out;
} tsv;

static void header_write(const tsv *self)
{
    bool calibrated = self->head->info->full_scale_uv > 0.0;
    fputs("onset\tduration\ttype\t", self->out);
    fputs(self->head->provisional ? "id\tstage\t" : "", self->out);
    fprintf(self->out, "modality\tchannel\tchannels\treported\tconfirmed\tonset_frame\t%s\tsnr_db",
            calibrated ? "peak_uv" : "peak_fs");
    fputs("\tconfidence", self->out);
    for (int f = 0; f < MYO_FEATURE_COUNT; f++) {
        fprintf(self->out, "\t%s", myo_feature_name((myo_feature)f));
    }
    fputs(self->head->rest ? "\tverdict\tlevel\tlevel_low\tlevel_high\tguarding_ratio" : "",
          self->out);
    fputs("\treasons\tlabel\tprovenance\tdetector\tconfig_hash\n", self->out);
}

static void fixed_cell(const tsv *self, double value, int decimals)
{
    char text[400] = "n/a";
    if (isfinite(value)) {
        myo_fixed_print(text, sizeof text, value, decimals);
    }
    fprintf(self->out, "%s\t", text);
}

static void number_cell(const tsv *self, double value)
{
    char text[64] = "n/a";
    if (isfinite(value)) {
        myo_number_print(text, sizeof text, value, 5);
    }
    fprintf(self->out, "%s\t", text);
}

static void time_cell(const tsv *self, int64_t frame)
{
    fixed_cell(self, frame < 0 ? (double)NAN : (double)frame / self->head->info->rate_hz, 6);
}

static void channel_cells(const tsv *self, const myo_event *event)
{
    const myo_source_info *info = self->head->info;
    if (event->channel < info->channels) {
        fprintf(self->out, "%u\t", info->channel_number[event->channel]);
    } else {
        fputs("n/a\t", self->out);
    }
    const char *between = "";
    for (uint32_t c = 0; c < info->channels; c++) {
        if (myo_event_has_channel(event, c)) {
            fprintf(self->out, "%s%u", between, info->channel_number[c]);
            between = "|";
        }
    }
    fputs(*between == '\0' ? "n/a\t" : "\t", self->out);
}

static const char *rest_blank(const tsv *self)
{
    return self->head->rest ? "n/a\tn/a\tn/a\tn/a\tn/a\t" : "";
}

static void reasons_cell(const tsv *self, uint32_t reasons)
{
    const char *between = "";
    for (int r = 0; r < MYO_REASON_COUNT; r++) {
        if (reasons & 1u << r) {
            fprintf(self->out, "%s%s", between, myo_reason_text((myo_reason)r));
            between = "; ";
        }
    }
    fputs(*between == '\0' ? "n/a\t" : "\t", self->out);
}

static myo_status tsv_event(myo_sink *sink, const myo_event *event, myo_why *why)
{
    (void)why;
    static const char *const stages[] = {"provisional", "confirmed", "withdrawn"};
    tsv *self = (tsv *)sink;
    double scale = self->head->info->full_scale_uv;
    time_cell(self, event->onset_frame);
    time_cell(self, event->offset_frame - event->onset_frame);
    fprintf(self->out, "%s\t", myo_event_type_name(event->type));
    if (self->head->provisional) {
        fprintf(self->out, "%llu\t%s\t", (unsigned long long)event->id, stages[event->stage]);
    }
    fputs("emg\t", self->out);
    channel_cells(self, event);
    time_cell(self, event->reported_frame);
    time_cell(self, event->confirmed_frame);
    fprintf(self->out, "%lld\t", (long long)event->onset_frame);
    number_cell(self, event->peak * (scale > 0.0 ? scale : 1.0));
    fixed_cell(self, event->snr_db, 2);
    fixed_cell(self, event->confidence, 3);
    for (int f = 0; f < MYO_FEATURE_COUNT; f++) {
        number_cell(self, event->features[f]);
    }
    fputs(rest_blank(self), self->out);
    reasons_cell(self, event->reasons);
    fprintf(self->out, "n/a\tauto\t%s\t%s\n", myo_head_detector(self->head),
            self->head->config_hash);
    return MYO_OK;
}

/* A spreadsheet takes a cell that begins so for a formula. */
static bool is_formula(const char *label)
{
    return label[0] != '\0' && strchr("=+-@", label[0]) != NULL;
}

static myo_status tsv_mark(myo_sink *sink, const myo_mark *mark, myo_why *why)
{
    (void)why;
    tsv *self = (tsv *)sink;
    time_cell(self, mark->frame);
    fprintf(self->out, "0.000000\t%s\t", myo_event_type_name(MYO_EVENT_MARKER));
    fputs(self->head->provisional ? "n/a\tn/a\t" : "", self->out);
    fputs("n/a\tn/a\tn/a\tn/a\tn/a\t", self->out);
    fprintf(self->out, "%lld\tn/a\tn/a\tn/a\t", (long long)mark->frame);
    for (int f = 0; f < MYO_FEATURE_COUNT; f++) {
        fputs("n/a\t", self->out);
    }
    fputs(rest_blank(self), self->out);
    fprintf(self->out, "n/a\t%s%s\trecording\tn/a\tn/a\n", is_formula(mark->label) ? "'" : "",
            mark->label[0] == '\0' ? "n/a" : mark->label);
    return MYO_OK;
}

/* Comes only where head->rest made the columns for it. */
static myo_status tsv_rest(myo_sink *sink, const myo_rest_event *rest, myo_why *why)
{
    (void)why;
    tsv *self = (tsv *)sink;
    uint32_t number = self->head->info->channel_number[rest->channel];
    time_cell(self, rest->onset_frame);
    time_cell(self, rest->offset_frame - rest->onset_frame);
    fprintf(self->out, "%s\t", myo_event_type_name(rest->type));
    fputs(self->head->provisional ? "n/a\tn/a\t" : "", self->out);
    fprintf(self->out, "emg\t%u\t%u\tn/a\tn/a\t%lld\tn/a\tn/a\tn/a\t", number, number,
            (long long)rest->onset_frame);
    for (int f = 0; f < MYO_FEATURE_COUNT; f++) {
        fputs("n/a\t", self->out);
    }
    fprintf(self->out, "%s\t", rest->verdict[0] == '\0' ? "n/a" : rest->verdict);
    number_cell(self, rest->level);
    number_cell(self, rest->level_low);
    number_cell(self, rest->level_high);
    number_cell(self, rest->guarding_ratio);
    fprintf(self->out, "%s\tn/a\tauto\t%s\t%s\n", rest->reasons[0] == '\0' ? "n/a" : rest->reasons,
            rest->detector, self->head->config_hash);
    return MYO_OK;
}

static myo_status tsv_finish(myo_sink *sink, const myo_session_tail *tail, myo_why *why)
{
    (void)tail;
    tsv *self = (tsv *)sink;
    myo_outfile *file = self->file;
    self->file = NULL;
    return myo_outfile_commit(file, why);
}

static void tsv_free(myo_sink *sink)
{
    tsv *self = (tsv *)sink;
    myo_outfile_discard(self->file);
    free(self);
}

myo_status myo_tsv_new(const char *path, bool replace, const myo_session_head *head,
                       myo_sink **sink, myo_why *why)
{
    tsv *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = myo_outfile_open(path, replace, &self->file, why);
    if (status != MYO_OK) {
        free(self);
        return status;
    }
    self->sink = (myo_sink){.event = tsv_event,
                            .mark = tsv_mark,
                            .rest = tsv_rest,
                            .finish = tsv_finish,
                            .free = tsv_free};
    self->head = head;
    self->out = myo_outfile_stream(self->file);
    myo_outfile_sync_later(self->file, head->sync_later);
    header_write(self);
    *sink = &self->sink;
    return MYO_OK;
}
