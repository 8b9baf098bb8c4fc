/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WFDB output: signals of format 16, a header that describes them, and annotations. The layout is
 * that of header(5), signal(5) and annot(5) of the WFDB Applications Guide. */
#include "recording.h"

#include "json.h"
#include "outfile.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Annotation codes: text, and what stands between annotations. */
enum { NOTE = 22, SKIP = 59, AUX = 63, LONGEST_STEP = 1023 };

/* Largest code, round so that the steps are too; the code of a missing sample. */
enum { CODES = 32000, LIMIT = 32767, MISSING = -32768 };

typedef struct {
    myo_recording base;
    myo_recording_options options;
    char *stem; /* the path without ".hea" */
    myo_outfile *samples, *marks, *header;
    myo_scale scale[MYO_MAX_CHANNELS]; /* in uV, or in samples */
    int16_t first[MYO_MAX_CHANNELS];
    uint16_t sum[MYO_MAX_CHANNELS];
    int64_t frame;
} wfdb_writer;

static void word(FILE *file, unsigned value)
{
    (void)fputc((int)(value & 0xFF), file);
    (void)fputc((int)(value >> 8 & 0xFF), file);
}

static const char *name_of(const wfdb_writer *self)
{
    const char *slash = strrchr(self->stem, '/');
    return slash == NULL ? self->stem : slash + 1;
}

static myo_status beside_open(const wfdb_writer *self, const char *ending, myo_outfile **out,
                              myo_why *why)
{
    char *path = NULL;
    if (asprintf(&path, "%s%s", self->stem, ending) < 0) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = myo_outfile_open(path, self->options.replace, out, why);
    free(path);
    return status;
}

static myo_status wfdb_add(myo_recording *recording, const float *samples, size_t frames,
                           myo_why *why)
{
    wfdb_writer *self = (wfdb_writer *)recording;
    const myo_source_info *info = self->options.info;
    FILE *file = myo_outfile_stream(self->samples);
    double scale = info->full_scale_uv > 0.0 ? info->full_scale_uv : 1.0;
    for (size_t f = 0; f < frames; f++, self->frame++) {
        for (uint32_t c = 0; c < info->channels; c++, samples++) {
            double code =
                round(((double)*samples * scale - self->scale[c].centre) / self->scale[c].step);
            int whole = isfinite(*samples) ? (int)fmax(-LIMIT, fmin(LIMIT, code)) : MISSING;
            self->first[c] = self->frame == 0 ? (int16_t)whole : self->first[c];
            self->sum[c] = (uint16_t)(self->sum[c] + (unsigned)whole);
            word(file, (unsigned)whole);
        }
    }
    return ferror(file) ? myo_why_set(why, MYO_ERR_WRITE, "frame %lld could not be written: %s",
                                      (long long)self->frame, strerror(errno))
                        : MYO_OK;
}

/* Time goes by in steps of up to 1023 frames; a longer one stands in two words, high one first. */
static void step_write(FILE *file, int64_t step, unsigned code)
{
    while (step > LONGEST_STEP) {
        int64_t skip = step < INT32_MAX ? step : INT32_MAX;
        word(file, SKIP << 10);
        word(file, (unsigned)(skip >> 16));
        word(file, (unsigned)(skip & 0xFFFF));
        step -= skip;
    }
    word(file, code << 10 | (unsigned)step);
}

static void marks_write(const wfdb_writer *self)
{
    int64_t before = 0;
    FILE *file = myo_outfile_stream(self->marks);
    for (size_t m = 0; m < self->options.mark_count; m++) {
        const myo_mark *mark = &self->options.marks[m];
        unsigned length = (unsigned)strlen(mark->label);
        if (mark->frame < 0) {
            continue; /* told in the loss */
        }
        step_write(file, mark->frame - before, NOTE);
        before = mark->frame;
        word(file, AUX << 10 | length);
        (void)fwrite(mark->label, 1, length, file);
        if (length % 2 == 1) {
            (void)fputc(0, file);
        }
    }
    word(file, 0);
}

static void signal_line(const wfdb_writer *self, FILE *file, uint32_t c)
{
    const myo_source_info *info = self->options.info;
    char gain[64], name[40];
    (void)myo_number_print(gain, sizeof gain, 1.0 / self->scale[c].step, 17);
    (void)snprintf(name, sizeof name, "EMG %u", info->channel_number[c]);
    (void)fprintf(file, "%s.dat 16 %s(%lld)/%s 16 0 %d %d 0 %s\n", name_of(self), gain,
                  -llround(self->scale[c].centre / self->scale[c].step),
                  info->full_scale_uv > 0.0 ? "uV" : "NU", self->first[c], (int16_t)self->sum[c],
                  info->channel_name[c][0] != '\0' ? info->channel_name[c] : name);
}

/* "2018-02-26T08:24:27.25" -> "08:24:27.25 26/02/2018" */
static void start_print(FILE *file, const char *time)
{
    int year = 0, month = 0, day = 0;
    if (sscanf(time, "%4d-%2d-%2dT", &year, &month, &day) == 3) {
        int length = (int)strspn(time + 11, "0123456789:.");
        (void)fprintf(file, " %.*s %02d/%02d/%04d", length, time + 11, day, month, year);
    }
}

static void header_write(const wfdb_writer *self)
{
    const myo_source_info *info = self->options.info;
    char rate[64];
    FILE *file = myo_outfile_stream(self->header);
    (void)myo_number_print(rate, sizeof rate, info->rate_hz, 17);
    (void)fprintf(file, "%s %u %s %lld", name_of(self), info->channels, rate,
                  (long long)self->frame);
    start_print(file, info->start_time);
    (void)fputc('\n', file);
    for (uint32_t c = 0; c < info->channels; c++) {
        signal_line(self, file, c);
    }
}

static void wfdb_free(myo_recording *recording)
{
    wfdb_writer *self = (wfdb_writer *)recording;
    myo_outfile_discard(self->samples);
    myo_outfile_discard(self->marks);
    myo_outfile_discard(self->header);
    free(self->stem);
    free(self);
}

static void loss_tell(const wfdb_writer *self, myo_loss *loss)
{
    size_t longer = 0, before = 0;
    for (size_t m = 0; m < self->options.mark_count; m++) {
        longer += self->options.marks[m].frames > 0;
        before += self->options.marks[m].frame < 0;
    }
    if (longer > 0) {
        myo_note_add(loss->text, sizeof loss->text,
                     "WFDB has no length of an annotation: %zu are moments", longer);
    }
    if (before > 0) {
        myo_note_add(loss->text, sizeof loss->text, "%zu marks before the start are left out",
                     before);
    }
}

/* The header last: without it there is no record. */
static myo_status wfdb_commit(myo_recording *recording, myo_loss *loss, myo_why *why)
{
    wfdb_writer *self = (wfdb_writer *)recording;
    myo_outfile **const files[] = {&self->samples, &self->marks, &self->header};
    myo_status status = MYO_OK;
    marks_write(self);
    header_write(self);
    for (size_t f = 0; f < sizeof files / sizeof files[0] && status == MYO_OK; f++) {
        status = myo_outfile_commit(*files[f], why);
        *files[f] = NULL;
    }
    loss_tell(self, loss);
    wfdb_free(recording);
    return status;
}

static bool name_is_good(const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        if (!isalnum((unsigned char)*c) && *c != '_' && *c != '-') {
            return false;
        }
    }
    return name[0] != '\0';
}

static myo_status wfdb_start(wfdb_writer *self, myo_why *why)
{
    const myo_source_info *info = self->options.info;
    double scale = info->full_scale_uv > 0.0 ? info->full_scale_uv : 1.0;
    size_t length = strlen(self->options.path);
    self->stem = length > 4 ? strndup(self->options.path, length - 4) : NULL;
    if (self->stem == NULL || !name_is_good(name_of(self))) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "a record of WFDB is called NAME.hea, of letters, digits, - and _");
    }
    for (uint32_t c = 0; c < info->channels; c++) {
        self->scale[c] = myo_scale_choose((double)self->options.low[c] * scale,
                                          (double)self->options.high[c] * scale, CODES);
    }
    /* All at once: a name that is taken is refused before any of the others is there. */
    myo_status status = beside_open(self, ".dat", &self->samples, why);
    if (status == MYO_OK) {
        status = beside_open(self, ".atr", &self->marks, why);
    }
    return status == MYO_OK ? beside_open(self, ".hea", &self->header, why) : status;
}

myo_status myo_wfdb_new(const myo_recording_options *options, myo_recording **recording,
                        myo_why *why)
{
    *recording = NULL;
    wfdb_writer *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->base = (myo_recording){wfdb_add, wfdb_commit, wfdb_free};
    self->options = *options;
    myo_status status = wfdb_start(self, why);
    if (status != MYO_OK) {
        wfdb_free(&self->base);
        return status;
    }
    *recording = &self->base;
    return MYO_OK;
}
