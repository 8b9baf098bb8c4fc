/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch convert`: a recording, or its marks, in another format. */
#include "command.h"
#include "options.h"
#include "talk.h"

#include "export/edf.h"
#include "export/json.h"
#include "export/outfile.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SAMPLES = 16384 };

typedef struct {
    const char *dataset, *channels;
    double rate_hz, full_scale_uv;
    bool channels_first, replace;
} settings;

static const option_row rows[] = {
    OPTION_TEXT_ROW(settings, channels, "channels", 'c', "LIST",
                    "numbers, ranges or names of the channels; \"all\" for every one"),
    OPTION_TEXT_ROW(settings, dataset, "dataset", 'd', "PATH",
                    "HDF5: the data set with the samples"),
    OPTION_FLAG_ROW(settings, channels_first, "channels-first", 0,
                    "HDF5: the rows of the data set are channels, not frames"),
    OPTION_NUMBER_ROW(settings, rate_hz, "rate", 'r', "HZ",
                      "frames a second, for data that does not say", 500, 100000),
    OPTION_NUMBER_ROW(settings, full_scale_uv, "full-scale-uv", 's', "UV",
                      "size of a sample of 1.0 in uV", 1e-6, 1e12),
    OPTION_FLAG_ROW(settings, replace, "replace", 0, "an existing OUT may be replaced"),
    OPTION_END,
};

static const char *const examples[] = {
    "myotwitch convert needling.wav needling.bdf", "24 bit with the marks as annotations",
    "myotwitch convert needling.bdf needling.txt", "the marks as labels for Audacity", NULL};

static const option_page page = {
    "convert",
    "IN OUT",
    "write a recording or its marks in another format",
    "The name of OUT tells the format: .edf (EDF+, 16 bit) and .bdf (BDF+, 24 bit) hold samples "
    "and\n"
    "marks; .txt (Audacity labels) and .xml (annotations for EDFbrowser) hold the marks only.\n"
    "The step of each channel is the smallest round number with which nothing is clipped.\n\n"
    "What the format cannot hold is said on standard error.",
    rows,
    examples};

typedef struct {
    const settings *chosen;
    const char *in, *out;
    float peak[MYO_MAX_CHANNELS];
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

static void peaks_take(job *self, const float *samples, size_t frames, uint32_t channels)
{
    for (size_t f = 0; f < frames; f++) {
        bool missing = false;
        for (uint32_t c = 0; c < channels; c++, samples++) {
            missing = missing || !isfinite(*samples);
            self->peak[c] =
                isfinite(*samples) ? fmaxf(self->peak[c], fabsf(*samples)) : self->peak[c];
        }
        self->missing += missing;
    }
}

/* One pass over the samples: to the writer, or, without one, for the peaks. A file that ends early
 * is converted as far as it goes. */
static myo_status samples_pass(job *self, myo_source *source, myo_edf_writer *writer)
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
        if (writer != NULL) {
            status = myo_edf_writer_add(writer, block, got, &self->why);
        } else {
            peaks_take(self, block, got, channels);
            self->frames += (int64_t)got;
        }
    }
    return status;
}

static void losses_tell(const job *self, int64_t padding)
{
    char text[128];
    if (padding > 0) {
        (void)snprintf(text, sizeof text, "%" PRId64 " frames of 0 fill the last record", padding);
        talk_file("convert", self->out, text);
    }
    if (self->missing > 0) {
        (void)snprintf(text, sizeof text, "%" PRId64 " missing frames are written as 0",
                       self->missing);
        talk_file("convert", self->out, text);
    }
}

static myo_status edf_write(job *self, myo_source *source, bool is_bdf)
{
    myo_source *again = NULL;
    myo_edf_writer *writer = NULL;
    int64_t padding = 0;
    size_t count = 0;
    const myo_mark *marks = myo_source_marks(source, &count);
    myo_status status = samples_pass(self, source, NULL);
    if (status == MYO_OK) {
        status = source_open(self, &again);
    }
    if (status == MYO_OK) {
        myo_edf_options options = {.path = self->out,
                                   .replace = self->chosen->replace,
                                   .is_bdf = is_bdf,
                                   .info = myo_source_info_get(source),
                                   .peak = self->peak,
                                   .frames = self->frames,
                                   .marks = marks,
                                   .mark_count = count};
        status = myo_edf_writer_new(&options, &writer, &self->why);
    }
    if (status == MYO_OK) {
        status = samples_pass(self, again, writer);
    }
    if (status == MYO_OK) {
        status = myo_edf_writer_commit(writer, &padding, &self->why);
        writer = NULL;
    }
    if (status == MYO_OK) {
        losses_tell(self, padding);
    }
    myo_edf_writer_free(writer);
    myo_source_free(again);
    return status;
}

static void xml_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        const char *name = *text == '&'   ? "&amp;"
                           : *text == '<' ? "&lt;"
                           : *text == '>' ? "&gt;"
                                          : NULL;
        if (name != NULL) {
            fputs(name, out);
        } else {
            fputc(*text, out);
        }
    }
}

static void marks_print(FILE *out, const myo_source *source, bool is_xml)
{
    size_t count = 0;
    const myo_mark *marks = myo_source_marks(source, &count);
    double rate_hz = myo_source_info_get(source)->rate_hz;
    if (is_xml) {
        fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<annotationlist>\n", out);
    }
    for (size_t m = 0; m < count; m++) {
        char onset[48];
        (void)myo_fixed_print(onset, sizeof onset, (double)marks[m].frame / rate_hz, 7);
        if (is_xml) {
            fprintf(out, "<annotation><onset>%s</onset><duration/><description>", onset);
            xml_text(out, marks[m].label);
            fputs("</description></annotation>\n", out);
        } else {
            fprintf(out, "%s\t%s\t%s\n", onset, onset, marks[m].label);
        }
    }
    if (is_xml) {
        fputs("</annotationlist>\n", out);
    }
}

static myo_status marks_write(job *self, const myo_source *source, bool is_xml)
{
    myo_outfile *out = NULL;
    myo_status status = myo_outfile_open(self->out, self->chosen->replace, &out, &self->why);
    if (status == MYO_OK) {
        marks_print(myo_outfile_stream(out), source, is_xml);
        status = myo_outfile_commit(out, &self->why);
    }
    if (status == MYO_OK) {
        talk_file("convert", self->out, "holds the marks only, no samples");
    }
    return status;
}

static const char *ending(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot == NULL || strchr(dot, '/') != NULL ? "" : dot + 1;
}

static int convert(job *self)
{
    const char *kind = ending(self->out);
    bool is_bdf = strcmp(kind, "bdf") == 0, is_xml = strcmp(kind, "xml") == 0;
    bool has_samples = is_bdf || strcmp(kind, "edf") == 0;
    myo_source *source = NULL;
    if (!has_samples && !is_xml && strcmp(kind, "txt") != 0) {
        talk_file("convert", self->out, "no format of this name; .edf, .bdf, .txt, .xml");
        return EXIT_USAGE;
    }
    myo_status status = source_open(self, &source);
    if (status != MYO_OK) {
        talk_file("convert", self->in, self->why.text);
        return status == MYO_ERR_NO_MEMORY ? EXIT_FAILED : EXIT_BAD_INPUT;
    }
    if (myo_source_info_get(source)->note[0] != '\0') {
        talk_file("convert", self->in, myo_source_info_get(source)->note);
    }
    status = has_samples ? edf_write(self, source, is_bdf) : marks_write(self, source, is_xml);
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
