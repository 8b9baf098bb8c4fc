/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A recording as WAV: samples by wav.c, marks as cue points with labels and lengths behind them, and
 * as the text file that Spike Recorder reads. */
#include "recording.h"

#include "json.h"
#include "outfile.h"
#include "wav.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    myo_recording base;
    myo_recording_options options;
    myo_wav_writer *wav;
    double scale; /* uV of a sample, or 1 */
    float *block;
} wav_recording;

enum { BLOCK_SAMPLES = 4096 };

static myo_status wav_add(myo_recording *recording, const float *samples, size_t frames,
                          myo_why *why)
{
    wav_recording *self = (wav_recording *)recording;
    size_t channels = self->options.info->channels, room = BLOCK_SAMPLES / channels;
    myo_status status = MYO_OK;
    for (size_t done = 0; status == MYO_OK && done < frames;) {
        size_t count = frames - done < room ? frames - done : room;
        for (size_t i = 0; i < count * channels; i++) {
            self->block[i] = (float)((double)*samples++ * self->scale);
        }
        status = myo_wav_writer_add(self->wav, self->block, count, why);
        done += count;
    }
    return status;
}

/* NAME-events.txt: "label,<TAB>seconds". A comma would end the label there. */
static myo_status text_write(const wav_recording *self, myo_why *why)
{
    const myo_recording_options *options = &self->options;
    const char *dot = strrchr(options->path, '.');
    char *path = NULL;
    myo_outfile *out = NULL;
    if (asprintf(&path, "%.*s-events.txt", (int)(dot - options->path), options->path) < 0) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = myo_outfile_open(path, options->replace, &out, why);
    free(path);
    if (status != MYO_OK) {
        return status;
    }
    FILE *file = myo_outfile_stream(out);
    (void)fputs("# Marker IDs can be arbitrary strings.\n# Marker ID,\tTime (in s)\n", file);
    for (size_t m = 0; m < options->mark_count; m++) {
        char time[64], label[sizeof options->marks->label];
        const myo_mark *mark = &options->marks[m];
        (void)snprintf(label, sizeof label, "%s", mark->label);
        for (char *c = strchr(label, ','); c != NULL; c = strchr(c, ',')) {
            *c = ';';
        }
        (void)myo_fixed_print(time, sizeof time, (double)mark->frame / options->info->rate_hz, 7);
        (void)fprintf(file, "%s,\t%s\n", label, time);
    }
    return myo_outfile_commit(out, why);
}

static void loss_tell(const wav_recording *self, myo_loss *loss)
{
    const myo_source_info *info = self->options.info;
    if (info->rate_hz != floor(info->rate_hz)) {
        myo_note_add(loss->text, sizeof loss->text, "WAV has whole rates: %.10g Hz is rounded",
                     info->rate_hz);
    }
    if (info->start_time[0] != '\0' || info->subject[0] != '\0') {
        myo_note_add(loss->text, sizeof loss->text, "subject and start are not kept");
    }
    bool named = false, rails = false;
    for (uint32_t c = 0; c < info->channels; c++) {
        named = named || info->channel_name[c][0] != '\0';
        rails = rails || info->rail_low[c] < info->rail_high[c];
    }
    if (named) {
        myo_note_add(loss->text, sizeof loss->text, "names of channels are not kept");
    }
    if (rails) {
        myo_note_add(loss->text, sizeof loss->text, "the converter's limits are not kept");
    }
}

static void wav_free(myo_recording *recording)
{
    wav_recording *self = (wav_recording *)recording;
    myo_wav_writer_free(self->wav);
    free(self->block);
    free(self);
}

static myo_status wav_commit(myo_recording *recording, myo_loss *loss, myo_why *why)
{
    wav_recording *self = (wav_recording *)recording;
    size_t count = self->options.mark_count;
    myo_status status = count == 0 ? MYO_OK : text_write(self, why);
    if (status == MYO_OK) {
        status = myo_wav_writer_cues(self->wav, self->options.marks, count, why);
    }
    if (status == MYO_OK) {
        status = myo_wav_writer_commit(self->wav, why);
        self->wav = NULL;
        loss_tell(self, loss);
    }
    wav_free(recording);
    return status;
}

/* Samples that an editor shows within -1 to 1: the recording's own, if they are, else in a scale
 * that is a round number of uV. */
static double full_scale_choose(const myo_recording_options *options)
{
    double own = options->info->full_scale_uv, peak = 0.0;
    for (uint32_t c = 0; c < options->info->channels; c++) {
        peak = fmax(peak, fmax(fabs((double)options->low[c]), fabs((double)options->high[c])));
    }
    return own <= 0.0 || peak <= 1.0 ? own : myo_scale_choose(-peak * own, peak * own, 1.0).step;
}

myo_status myo_wav_new(const myo_recording_options *options, myo_recording **recording,
                       myo_why *why)
{
    *recording = NULL;
    wav_recording *self = calloc(1, sizeof *self);
    float *block = malloc(BLOCK_SAMPLES * sizeof *block);
    if (self == NULL || block == NULL) {
        free(self);
        free(block);
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->base = (myo_recording){wav_add, wav_commit, wav_free};
    self->block = block;
    self->options = *options;
    self->scale = options->info->full_scale_uv > 0.0 ? options->info->full_scale_uv : 1.0;
    myo_wav_options wav = {.path = options->path,
                           .replace = options->replace,
                           .encoding = MYO_WAV_FLOAT,
                           .rate_hz = options->info->rate_hz,
                           .channels = options->info->channels,
                           .full_scale_uv = full_scale_choose(options),
                           .frames = options->frames};
    myo_status status = myo_wav_writer_new(&wav, &self->wav, why);
    if (status != MYO_OK) {
        wav_free(&self->base);
        return status;
    }
    *recording = &self->base;
    return MYO_OK;
}
