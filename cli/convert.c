/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch convert`: a recording, or its marks, in another format. */
#include "analysis.h"
#include "batch_entry.h"
#include "command.h"
#include "convert_bids.h"
#include "convert_marks.h"
#include "options.h"
#include "talk.h"

#include "export/outfile.h"
#include "export/recording.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SAMPLES = 16384 };

typedef struct {
    const char *dataset, *channels, *events;
    double rate_hz, full_scale_uv, line_hz;
    bool channels_first, replace, bids;
} settings;

static const option_row rows[] = {
    OPTION_TEXT_ROW(settings, events, "events", 'e', "FILE",
                    "carry the detector's events too: event lines of this recording"),
    OPTION_FLAG_ROW(settings, bids, "bids", 0,
                    "OUT is an EDF or BDF file of a BIDS data set: write what belongs beside it"),
    OPTION_NUMBER_ROW(settings, line_hz, "line", 0, "HZ",
                      "with --bids: frequency of the mains (default n/a)", 16, 400),
    OPTION_TEXT_ROW(settings, channels, "channels", 'c', "LIST",
                    "numbers, ranges or names of the channels; \"all\" for every one"),
    OPTION_TEXT_ROW(settings, dataset, "dataset", 'd', "NAME",
                    "data set of HDF5, stream of XDF or Open Ephys, variable of MATLAB"),
    OPTION_FLAG_ROW(settings, channels_first, "channels-first", 0,
                    "HDF5, MATLAB: the rows of the data set are channels, not frames"),
    OPTION_NUMBER_ROW(settings, rate_hz, "rate", 'r', "HZ",
                      "frames a second, for data that does not say", 500, 100000),
    OPTION_NUMBER_ROW(settings, full_scale_uv, "full-scale-uv", 's', "UV",
                      "size of a sample of 1.0 in uV", 1e-6, 1e12),
    OPTION_FLAG_ROW(settings, replace, "replace", 0, "an existing OUT may be replaced"),
    OPTION_END,
};

static const char *const examples[] = {
    "myotwitch convert needling.wav needling.bdf",
    "24 bit with the marks as annotations",
    "myotwitch convert -e needling.events.jsonl needling.bdf needling.xdf",
    "samples, marks and the twitches that were found",
    "myotwitch convert needling.bdf needling.txt",
    "the marks as labels for Audacity",
    "myotwitch convert --bids a.h5 study/sub-01/emg/sub-01_task-needling_emg.bdf",
    "a recording of a BIDS data set, with its tables",
    NULL};

static const option_page page = {
    "convert",
    "IN OUT",
    "write a recording or its marks in another format",
    "The name of OUT tells the format. Samples and marks: .edf (EDF+, 16 bit), .bdf (BDF+, 24 "
    "bit),\n"
    ".wav (32 bit floating point, marks as cues and in NAME-events.txt), .xdf (a stream of "
    "samples,\n"
    "one of marks), .hea (WFDB, with .dat of 16 bit and .atr), .nwb (samples as they are, marks; "
    "what\n"
    "'analyze' finds it writes into an NWB session itself). Marks only: .txt (Audacity labels),\n"
    ".xml (annotations for EDFbrowser), .tsv (table). The step of each channel of EDF, BDF and "
    "WFDB\n"
    "is the smallest of 1, 2, 5 times a power of ten with which nothing is clipped; an offset "
    "costs\n"
    "no resolution.\n\n"
    "What the format cannot hold is said on standard error.",
    rows,
    examples};

/** One of the two is not NULL. */
typedef struct {
    const char *ending;
    myo_recording_new *recording;
    convert_marks_print *marks;
} format_row;

static const format_row formats[] = {
    {"edf", myo_edf_new, NULL},          {"bdf", myo_bdf_new, NULL},
    {"wav", myo_wav_new, NULL},          {"xdf", myo_xdf_new, NULL},
    {"hea", myo_wfdb_new, NULL},         {"nwb", myo_nwb_recording_new, NULL},
    {"txt", NULL, convert_print_labels}, {"xml", NULL, convert_print_xml},
    {"tsv", NULL, convert_print_tsv}};

typedef struct {
    const settings *chosen;
    const char *in;
    char *out;
    convert_marks marks;
    float low[MYO_MAX_CHANNELS], high[MYO_MAX_CHANNELS];
    int64_t frames, missing;
    bool damaged;
    myo_why why;
} job;

static myo_status source_open(job *self, myo_source **source)
{
    const settings *chosen = self->chosen;
    myo_source_options options = {.dataset = chosen->dataset,
                                  .rate_hz = chosen->rate_hz,
                                  .full_scale_uv = chosen->full_scale_uv,
                                  .channels = chosen->channels,
                                  .channels_first = chosen->channels_first};
    return myo_source_open(self->in, &options, source, &self->why);
}

/* Of the frames so far, whose first number of a channel is both its limits. */
static void limits_take(job *self, const float *samples, size_t frames, uint32_t channels)
{
    for (size_t f = 0; f < frames; f++) {
        bool missing = false;
        for (uint32_t c = 0; c < channels; c++, samples++) {
            if (isfinite(*samples)) {
                self->low[c] = fminf(self->low[c], *samples);
                self->high[c] = fmaxf(self->high[c], *samples);
            }
            missing = missing || !isfinite(*samples);
        }
        self->missing += missing;
    }
}

static void limits_start(job *self)
{
    for (uint32_t c = 0; c < MYO_MAX_CHANNELS; c++) {
        self->low[c] = INFINITY;
        self->high[c] = -INFINITY;
    }
}

/* A channel without a number is written as 0. */
static void limits_end(job *self)
{
    for (uint32_t c = 0; c < MYO_MAX_CHANNELS; c++) {
        if (self->low[c] > self->high[c]) {
            self->low[c] = self->high[c] = 0.0F;
        }
    }
}

/* One pass over the samples: to the writer, or, without one, for their limits. A file that ends early
 * is converted as far as it goes. */
static myo_status samples_pass(job *self, myo_source *source, myo_recording *writer)
{
    static float block[BLOCK_SAMPLES];
    uint32_t channels = myo_source_info_get(source)->channels;
    size_t got = 1;
    myo_status status = MYO_OK;
    while (status == MYO_OK && got > 0) {
        myo_why why;
        if (myo_source_read(source, block, BLOCK_SAMPLES / channels, &got, &why) != MYO_OK) {
            self->damaged = true;
            if (writer == NULL) {
                talk_file("convert", self->in, why.text);
            }
            return MYO_OK;
        }
        if (writer == NULL) {
            limits_take(self, block, got, channels);
            self->frames += (int64_t)got;
        } else if (got > 0) {
            status = writer->add(writer, block, got, &self->why);
        }
    }
    return status;
}

/* What no format but event lines holds of an event. */
static void events_tell(const job *self, myo_loss *loss)
{
    if (self->marks.events > 0) {
        myo_note_add(loss->text, sizeof loss->text,
                     "of %zu events type, channel, onset and length are kept; size, confidence, "
                     "reasons and features are not",
                     self->marks.events);
    }
}

static void loss_tell(const job *self, const myo_loss *loss)
{
    if (loss->text[0] != '\0') {
        talk_file("convert", self->out, loss->text);
    }
}

static myo_status recording_write(job *self, myo_source *source, myo_recording_new *create)
{
    myo_source *again = NULL;
    myo_recording *writer = NULL;
    myo_loss loss = {""};
    limits_start(self);
    myo_status status = samples_pass(self, source, NULL);
    limits_end(self);
    if (status == MYO_OK) {
        status = source_open(self, &again);
    }
    if (status == MYO_OK) {
        myo_recording_options options = {.path = self->out,
                                         .replace = self->chosen->replace,
                                         .info = myo_source_info_get(source),
                                         .low = self->low,
                                         .high = self->high,
                                         .frames = self->frames,
                                         .missing = self->missing,
                                         .marks = self->marks.items,
                                         .mark_count = self->marks.count};
        status = create(&options, &writer, &self->why);
    }
    if (status == MYO_OK) {
        status = samples_pass(self, again, writer);
    }
    if (status == MYO_OK) {
        status = writer->commit(writer, &loss, &self->why);
        writer = NULL;
    }
    if (status == MYO_OK) {
        events_tell(self, &loss);
        loss_tell(self, &loss);
    }
    if (writer != NULL) {
        writer->free(writer);
    }
    myo_source_free(again);
    return status;
}

static myo_status marks_write(job *self, const myo_source *source, convert_marks_print *print)
{
    myo_outfile *out = NULL;
    myo_loss loss = {"holds the marks only, no samples"};
    myo_status status = myo_outfile_open(self->out, self->chosen->replace, &out, &self->why);
    if (status == MYO_OK) {
        print(myo_outfile_stream(out), &self->marks, myo_source_info_get(source)->rate_hz);
        status = myo_outfile_commit(out, &self->why);
    }
    if (status == MYO_OK) {
        events_tell(self, &loss);
        loss_tell(self, &loss);
    }
    return status;
}

static const char *ending(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot == NULL || strchr(dot, '/') != NULL ? "" : dot + 1;
}

static const format_row *format_find(const char *path)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(ending(path), formats[i].ending) == 0) {
            return &formats[i];
        }
    }
    return NULL;
}

static myo_status all_write(job *self, myo_source *source, const format_row *format)
{
    const settings *chosen = self->chosen;
    myo_status status = convert_marks_take(source, chosen->events, &self->marks, &self->why);
    if (status == MYO_OK && chosen->bids && !batch_folders_make(self->out)) {
        status = myo_why_set(&self->why, MYO_ERR_WRITE, "its folders cannot be made");
    }
    if (status != MYO_OK) {
        return status;
    }
    status = format->recording != NULL ? recording_write(self, source, format->recording)
                                       : marks_write(self, source, format->marks);
    if (status == MYO_OK && chosen->bids) {
        convert_bids_options bids = {.path = self->out,
                                     .replace = chosen->replace,
                                     .line_hz = chosen->line_hz,
                                     .info = myo_source_info_get(source),
                                     .frames = self->frames,
                                     .marks = &self->marks};
        status = convert_bids_write(&bids, &self->why);
    }
    return status;
}

static int convert(job *self)
{
    const format_row *format = format_find(self->out);
    myo_source *source = NULL;
    if (format == NULL) {
        talk_file("convert", self->out,
                  "no format of this name; .edf, .bdf, .wav, .xdf, .hea, .nwb, .txt, .xml, .tsv");
        return EXIT_USAGE;
    }
    if (self->chosen->bids && !convert_bids_name_is_good(self->out)) {
        talk_file("convert", self->out,
                  "no recording of a BIDS data set: "
                  "sub-L/[ses-L/]emg/sub-L_[ses-L_]task-L[_acq-L][_run-N][_recording-L]_emg.bdf");
        return EXIT_USAGE;
    }
    myo_status status = source_open(self, &source);
    if (status != MYO_OK) {
        talk_file("convert", self->in, self->why.text);
        return analysis_exit_status(status);
    }
    if (myo_source_info_get(source)->note[0] != '\0') {
        talk_file("convert", self->in, myo_source_info_get(source)->note);
    }
    status = myo_outfile_spare(self->out, self->in, &self->why);
    if (status == MYO_OK) {
        status = all_write(self, source, format);
    }
    convert_marks_free(&self->marks);
    myo_source_free(source);
    if (status != MYO_OK) {
        talk_file("convert", self->out, self->why.text);
        return EXIT_FAILED;
    }
    return self->damaged ? EXIT_BAD_INPUT : EXIT_DONE;
}

int command_convert(int argc, char **argv)
{
    settings chosen = {0};
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    if (argc - first != 2) {
        fputs("myotwitch convert: IN and OUT are needed; see 'myotwitch convert --help'\n", stderr);
        return EXIT_USAGE;
    }
    job self = {.chosen = &chosen, .in = argv[first], .out = argv[first + 1]};
    return convert(&self);
}
