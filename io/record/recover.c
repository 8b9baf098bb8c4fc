/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads an unclosed recording and writes it anew. */
#include "recover.h"

#include "recover_self.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer configurations are cut. */
enum { CONFIG_BYTES = 1 << 16 };

static const char emg_path[] = "/acquisition/emg/data";

/* ---- what the file says of itself ---- */

static void run_read(recover_job *self)
{
    const struct {
        const char *name;
        char *text;
        size_t size;
    } texts[] = {
        {"device", self->device, sizeof self->device},
        {"detector", self->detector, sizeof self->detector},
        {"calibration", self->calibration, sizeof self->calibration},
        {"recording", self->recording, sizeof self->recording},
        {"config", self->config, CONFIG_BYTES},
    };
    hid_t group = H5Gopen2(self->in, "/general/myotwitch", H5P_DEFAULT);
    for (size_t t = 0; group >= 0 && t < sizeof texts / sizeof texts[0]; t++) {
        (void)h5_text(group, texts[t].name, texts[t].text, texts[t].size);
    }
    if (group >= 0) {
        (void)H5Gclose(group);
    }
    (void)h5_text_set(self->in, "/session_start_time", self->start_time, sizeof self->start_time);
}

static void state_read(recover_job *self)
{
    char text[RECORD_STATE_BYTES + 1] = "";
    hid_t set = H5Dopen2(self->in, "/general/myotwitch/state", H5P_DEFAULT);
    hid_t type = nwb_fixed_text(RECORD_STATE_BYTES);
    if (set >= 0) {
        (void)H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text);
        (void)H5Dclose(set);
    }
    (void)H5Tclose(type);
    (void)snprintf(self->report->state, sizeof self->report->state, "%s", text);
}

static double rate_read(const recover_job *self)
{
    double rate_hz = 0.0;
    hid_t set = H5Dopen2(self->in, "/acquisition/emg/starting_time", H5P_DEFAULT);
    if (set >= 0) {
        (void)h5_numbers(set, "rate", &rate_hz, 1);
        (void)H5Dclose(set);
    }
    return rate_hz;
}

static void channels_read(recover_job *self)
{
    char unit[16] = "";
    double volts = 0.0;
    (void)h5_text(self->emg.set, "unit", unit, sizeof unit);
    (void)h5_numbers(self->emg.set, "conversion", &volts, 1);
    self->head.full_scale_uv = strcmp(unit, "volts") == 0 ? volts * 1e6 : 0.0;
    for (uint32_t c = 0; c < self->emg.channels; c++) {
        char key[32];
        (void)snprintf(key, sizeof key, "channel_%u", c);
        (void)h5_text(self->emg.set, key, self->names[c], sizeof self->names[c]);
    }
}

static myo_status head_read(recover_job *self, myo_why *why)
{
    if (!h5_exists(self->in, "/analysis/flushes/hash") || !h5_exists(self->in, emg_path)) {
        return myo_why_set(why, MYO_ERR_FORMAT, "no recording of myotwitch");
    }
    myo_status status = h5_array_open(self->in, emg_path, false, &self->emg, why);
    if (status != MYO_OK) {
        return status == MYO_ERR_EMPTY ? myo_why_set(why, status, "no frame was flushed") : status;
    }
    self->config = calloc(1, CONFIG_BYTES);
    self->block = malloc((size_t)RECOVER_BLOCK * self->emg.channels * sizeof *self->block);
    if (self->config == NULL || self->block == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    run_read(self);
    state_read(self);
    channels_read(self);
    self->head.rate_hz = rate_read(self);
    self->head.channels = self->emg.channels;
    self->head.names = (const char(*)[32])self->names;
    self->head.device = self->device;
    self->head.detector = self->detector;
    self->head.calibration = self->calibration;
    self->head.recording = self->recording;
    self->head.start_time = self->start_time;
    self->head.config_text = self->config;
    bool ok = self->head.rate_hz >= MYO_SOURCE_MIN_RATE_HZ &&
              self->head.rate_hz <= MYO_SOURCE_MAX_RATE_HZ;
    return ok ? MYO_OK : myo_why_set(why, MYO_ERR_FORMAT, "no rate");
}

/* ---- samples ---- */

/* Fills the block. That the original fails is no failure of the copy (see recover_rows.c). */
static bool block_read(recover_job *self, int64_t start, size_t frames)
{
    myo_why why;
    bool ok = false;
    H5E_BEGIN_TRY
    {
        ok = h5_array_read(&self->emg, start, frames, self->block, &why) == MYO_OK;
    }
    H5E_END_TRY;
    return ok;
}

/* Passes over the frames [start, stop): hashes them, and copies them when @p copy is set. */
static bool frames_pass(recover_job *self, int64_t start, int64_t stop, uint64_t *hash, bool copy)
{
    *hash = NWB_HASH_START;
    while (start < stop) {
        size_t frames = stop - start < RECOVER_BLOCK ? (size_t)(stop - start) : RECOVER_BLOCK;
        if (!block_read(self, start, frames)) {
            return false;
        }
        size_t bytes = frames * self->emg.channels * sizeof *self->block;
        *hash = nwb_hash(*hash, self->block, bytes);
        if (copy) {
            record_file_samples(&self->out, self->block, frames);
        }
        start += (int64_t)frames;
    }
    return true;
}

static bool frames_are_whole(recover_job *self, const double *row)
{
    int64_t start = (int64_t)row[FLUSH_START], stop = (int64_t)row[FLUSH_STOP];
    uint64_t hash = 0;
    return start >= self->position && stop >= start && stop <= self->emg.frames &&
           frames_pass(self, start, stop, &hash, false) &&
           record_file_hash(hash, row) == row[FLUSH_HASH];
}

static bool rows_are_whole(const recover_job *self, const double *row)
{
    uint32_t sum = 0;
    for (size_t n = 0; n < COUNTED; n++) {
        double due = row[counted_tables[n].flush_column];
        if (due < 0.0 || due > (double)self->sums[n].rows) {
            return false;
        }
        sum += due > 0.0 ? self->sums[n].of[(size_t)due] : 0;
    }
    return (double)sum == row[FLUSH_ROWS];
}

static void flush_judge(recover_job *self, const double *row)
{
    if ((size_t)self->flush >= self->judged_size) {
        size_t size = 2 * (size_t)self->flush + RECOVER_BLOCK;
        unsigned char *more = realloc(self->judged, size);
        if (more == NULL) {
            self->out.nwb.failed = true;
            return;
        }
        memset(more + self->judged_size, 0, size - self->judged_size);
        self->judged = more;
        self->judged_size = size;
    }
    bool whole = frames_are_whole(self, row);
    self->judged[self->flush] = whole;
    if (whole) {
        self->position = (int64_t)row[FLUSH_STOP];
    }
    if (whole && rows_are_whole(self, row)) {
        self->whole_flush = self->flush;
    }
}

static void flush_copy(recover_job *self, const double *row)
{
    int64_t start = (int64_t)row[FLUSH_START];
    uint64_t hash = 0;
    if (!self->judged[self->flush]) {
        return;
    }
    if (start > self->out.frames) {
        self->report->missing += start - self->out.frames;
        record_file_gap(&self->out, start - self->out.frames, "damaged in the original");
        record_file_seal(&self->out, self->last);
    }
    (void)frames_pass(self, start, (int64_t)row[FLUSH_STOP], &hash, true);
    record_file_seal(&self->out, row);
    memcpy(self->last, row, sizeof self->last);
}

/* Calls @p use for the first @p most flushes, -1 = all; self->flush is the number of the one at hand. */
static void flushes_pass(recover_job *self, int64_t most,
                         void (*use)(recover_job *self, const double *row))
{
    static const char path[] = "/analysis/flushes";
    hid_t sets[NWB_MAX_COLUMNS];
    recover_batch batches[FLUSH_COLUMNS] = {{.texts = NULL}};
    const nwb_table *like = &self->out.flushes;
    int64_t rows = recover_columns_open(self->in, path, like, sets);
    rows = most >= 0 && most < rows ? most : rows;
    for (int64_t start = 0; start < rows; start += RECOVER_BLOCK) {
        size_t count = rows - start < RECOVER_BLOCK ? (size_t)(rows - start) : RECOVER_BLOCK;
        bool ok = true;
        for (size_t c = 0; c < FLUSH_COLUMNS; c++) {
            ok = ok && recover_batch_read(sets[c], &like->columns[c], start, count, &batches[c]);
        }
        for (size_t r = 0; ok && !self->out.nwb.failed && r < count; r++) {
            self->flush = start + (int64_t)r;
            double row[FLUSH_COLUMNS];
            for (size_t c = 0; c < FLUSH_COLUMNS; c++) {
                row[c] = batches[c].numbers[r];
            }
            use(self, row);
        }
    }
    recover_columns_close(like, sets);
}

/* The copy ends with the last flush of which frames and rows are all there. Where there is none, because
 * a row at the beginning is damaged, with the last whose frames are. */
static void samples_copy(recover_job *self)
{
    recover_sums_make(self);
    self->whole_flush = -1;
    flushes_pass(self, -1, flush_judge);
    flushes_pass(self, self->whole_flush >= 0 ? self->whole_flush + 1 : -1, flush_copy);
}

/* ---- all of it ---- */

static myo_status copy_write(recover_job *self, const char *out, myo_why *why)
{
    char state[RECORD_STATE_BYTES];
    myo_recover_report *report = self->report;
    myo_status status = record_file_open(&self->out, out, &self->head, why);
    if (status == MYO_OK) {
        samples_copy(self);
        recover_tables_copy(self);
    }
    report->frames = self->out.frames;
    report->channels = self->head.channels;
    report->seconds = report->last_flush_s = (double)report->frames / self->head.rate_hz;
    report->beyond = self->emg.frames - report->frames;
    bool closed = strcmp(report->state, MYO_RECORD_UNDER_WAY) != 0;
    (void)snprintf(state, sizeof state, "recovered; the original says: %.80s",
                   closed ? report->state : "nothing, it was cut off");
    if (!record_file_close(&self->out, state) && status == MYO_OK) {
        status = record_file_why(&self->out, "the copy", why);
    }
    if (status == MYO_OK && report->frames == 0) {
        status = myo_why_set(why, MYO_ERR_EMPTY, "no whole flush is in it");
    }
    return status;
}

myo_status recover_here(const char *in, const char *out, myo_recover_report *report, myo_why *why)
{
    *report = (myo_recover_report){0};
    recover_job *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    self->report = report;
    self->emg = (h5_array){.set = -1, .space = -1};
    myo_status status = h5_file_open_growing(in, &self->in, why);
    if (status == MYO_OK) {
        status = head_read(self, why);
        status = status == MYO_OK ? copy_write(self, out, why) : status;
        h5_array_close(&self->emg);
        (void)H5Fclose(self->in);
    }
    for (size_t n = 0; n < COUNTED; n++) {
        free(self->sums[n].of);
    }
    free(self->judged);
    free(self->config);
    free(self->block);
    free(self);
    return status;
}
