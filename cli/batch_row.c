/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Counts events as they come and writes one row at the end. */
#include "batch_row.h"

#include "talk.h"

#include "export/json.h"
#include "export/outfile.h"

#include "myotwitch/version.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    myo_sink sink; /* first: a sink is cast to this */
    const myo_session_head *head;
    myo_outfile *file;
    FILE *out;
    int64_t types[MYO_EVENT_TYPE_COUNT];
} batch_row;

/* Columns of the refusals, in the order of myo_refusal. */
static const char *const refusal_columns[] = {"not_armed", "too_small",  "blanked", "refractory",
                                              "merged",    "stimulator", "floor"};
_Static_assert(sizeof refusal_columns / sizeof refusal_columns[0] == MYO_REFUSAL_COUNT,
               "a column for each refusal");

static void names_write(FILE *out)
{
    fputs("subject\tformat\tduration_s\trate_hz\tchannels\tfull_scale_uv\tfloor_rms\thum_hz\thum_"
          "rms\tsaturated_s\tmissing_s\tltr_per_min",
          out);
    for (int t = 0; t < MYO_EVENT_TYPE_COUNT; t++) {
        fprintf(out, "\t%s", myo_event_type_name((myo_event_type)t));
    }
    for (int r = 0; r < MYO_REFUSAL_COUNT; r++) {
        fprintf(out, "\trefused_%s", refusal_columns[r]);
    }
    fputs("\tdetector\tconfig_hash\n", out);
}

static void text_cell(FILE *out, const char *text)
{
    talk_clean(text[0] == '\0' ? "n/a" : text, out);
    fputc('\t', out);
}

static void number_cell(FILE *out, double value, const char *end)
{
    char text[64] = "n/a";
    if (isfinite(value)) {
        myo_number_print(text, sizeof text, value, 6);
    }
    fprintf(out, "%s%s", text, end);
}

static void fixed_cell(FILE *out, double value, int decimals, const char *end)
{
    char text[400];
    myo_fixed_print(text, sizeof text, value, decimals);
    fprintf(out, "%s%s", text, end);
}

typedef double channel_value(const batch_row *self, const myo_channel_summary *about);

/* Zero means not known for floors and hum: they are positive. */
static double size_or_nan(const batch_row *self, double size)
{
    double scale = self->head->info->full_scale_uv;
    return size > 0.0 ? size * (scale > 0.0 ? scale : 1.0) : (double)NAN;
}

static double floor_rms(const batch_row *self, const myo_channel_summary *about)
{
    return size_or_nan(self, about->floor_rms);
}

static double hum_hz(const batch_row *self, const myo_channel_summary *about)
{
    (void)self;
    return about->hum_hz > 0.0 ? about->hum_hz : (double)NAN;
}

static double hum_rms(const batch_row *self, const myo_channel_summary *about)
{
    return about->hum_hz > 0.0 ? size_or_nan(self, about->hum_rms) : (double)NAN;
}

static double saturated_s(const batch_row *self, const myo_channel_summary *about)
{
    return (double)about->saturated_frames / self->head->info->rate_hz;
}

static double missing_s(const batch_row *self, const myo_channel_summary *about)
{
    return (double)about->gap_frames / self->head->info->rate_hz;
}

static void channel_cells(const batch_row *self, const myo_session_tail *tail)
{
    static channel_value *const columns[] = {floor_rms, hum_hz, hum_rms, saturated_s, missing_s};
    uint32_t channels = self->head->info->channels;
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++) {
        for (uint32_t c = 0; c < channels; c++) {
            number_cell(self->out, columns[k](self, &tail->channels[c]),
                        c + 1 < channels ? "|" : "\t");
        }
    }
}

static void counts_write(const batch_row *self, const myo_session_tail *tail)
{
    for (int t = 0; t < MYO_EVENT_TYPE_COUNT; t++) {
        fprintf(self->out, "%lld\t", (long long)self->types[t]);
    }
    for (int r = 0; r < MYO_REFUSAL_COUNT; r++) {
        int64_t count = 0;
        for (uint32_t c = 0; c < self->head->info->channels; c++) {
            count += tail->channels[c].refusals[r];
        }
        fprintf(self->out, "%lld\t", (long long)count);
    }
}

static void values_write(const batch_row *self, const myo_session_tail *tail)
{
    const myo_source_info *info = self->head->info;
    double seconds = (double)tail->frames / info->rate_hz;
    text_cell(self->out, info->subject);
    text_cell(self->out, info->format);
    fixed_cell(self->out, seconds, 6, "\t");
    number_cell(self->out, info->rate_hz, "\t");
    fprintf(self->out, "%u\t", info->channels);
    number_cell(self->out, info->full_scale_uv > 0.0 ? info->full_scale_uv : (double)NAN, "\t");
    channel_cells(self, tail);
    number_cell(self->out,
                seconds > 0.0 ? 60.0 * (double)self->types[MYO_EVENT_LTR] / seconds : (double)NAN,
                "\t");
    counts_write(self, tail);
    fprintf(self->out, "%s\t%s\n", myo_detector_version(), self->head->config_hash);
}

static myo_status row_event(myo_sink *sink, const myo_event *event, myo_why *why)
{
    (void)why;
    ((batch_row *)sink)->types[event->type] += event->stage == MYO_CONFIRMED;
    return MYO_OK;
}

static myo_status row_mark(myo_sink *sink, const myo_mark *mark, myo_why *why)
{
    (void)mark;
    (void)why;
    ((batch_row *)sink)->types[MYO_EVENT_MARKER]++;
    return MYO_OK;
}

static myo_status row_finish(myo_sink *sink, const myo_session_tail *tail, myo_why *why)
{
    batch_row *self = (batch_row *)sink;
    myo_outfile *file = self->file;
    names_write(self->out);
    values_write(self, tail);
    self->file = NULL;
    return myo_outfile_commit(file, why);
}

static void row_free(myo_sink *sink)
{
    batch_row *self = (batch_row *)sink;
    myo_outfile_discard(self->file);
    free(self);
}

myo_status batch_row_new(const char *path, bool replace, const myo_session_head *head,
                         myo_sink **sink, myo_why *why)
{
    batch_row *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = myo_outfile_open(path, replace, &self->file, why);
    if (status != MYO_OK) {
        free(self);
        return status;
    }
    self->sink =
        (myo_sink){.event = row_event, .mark = row_mark, .finish = row_finish, .free = row_free};
    self->head = head;
    self->out = myo_outfile_stream(self->file);
    myo_outfile_sync_later(self->file, head->sync_later);
    *sink = &self->sink;
    return MYO_OK;
}
