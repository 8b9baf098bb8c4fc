/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch info`: what a recording holds. */
#include "command.h"
#include "info_cine.h"
#include "options.h"
#include "talk.h"

#include "signal/source.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *dataset;
    double rate_hz, full_scale_uv;
    bool channels_first, marks, deidentify;
} settings;

static const option_row rows[] = {
    OPTION_FLAG_ROW(settings, marks, "marks", 'm', "list the marks too"),
    OPTION_FLAG_ROW(settings, deidentify, "deidentify", 0,
                    "leave out what may tell whose recording it is"),
    OPTION_TEXT_ROW(settings, dataset, "dataset", 'd', "PATH",
                    "data set of HDF5, stream of XDF or Open Ephys, variable of MATLAB"),
    OPTION_FLAG_ROW(settings, channels_first, "channels-first", 0,
                    "HDF5, MATLAB: the rows of the data set are channels, not frames"),
    OPTION_NUMBER_ROW(settings, rate_hz, "rate", 'r', "HZ",
                      "frames a second, for data that does not say", 500, 100000),
    OPTION_NUMBER_ROW(settings, full_scale_uv, "full-scale-uv", 's', "UV",
                      "size of a sample of 1.0 in uV", 1e-6, 1e12),
    OPTION_END,
};

static const option_page page = {"info",
                                 "FILE...",
                                 "tell what a recording holds",
                                 "Prints format, length, rate, calibration, channels with the "
                                 "numbers that --channels takes, and\n"
                                 "marks. The samples themselves are not read. Of an ultrasound "
                                 "recording: format, size, where\n"
                                 "times and scale come from, regions.\n\n"
                                 "--deidentify withholds the names of file and channels, the code "
                                 "of the subject, date and\n"
                                 "time, remarks, the words of marks and the reasons of refusals: "
                                 "what is left can be shown\n"
                                 "to anybody. The file is not changed.",
                                 rows,
                                 NULL};

static void text_line(const char *key, const char *text)
{
    if (text[0] != '\0') {
        printf("  %-12s ", key);
        talk_clean(text, stdout);
        putchar('\n');
    }
}

/* Only whether there is something to know, for a person who may not know it. */
static void personal_line(const char *key, const char *text, bool withhold)
{
    text_line(key, withhold && text[0] != '\0' ? "withheld" : text);
}

static void channels_print(const myo_source_info *info, bool withhold)
{
    for (uint32_t c = 0; c < info->channels; c++) {
        printf("  channel %-4u ", info->channel_number[c]);
        if (!withhold) {
            talk_clean(info->channel_name[c], stdout);
        }
        if (info->rail_low[c] < info->rail_high[c]) {
            printf("%srails %g to %.6g", withhold || info->channel_name[c][0] == '\0' ? "" : ", ",
                   info->rail_low[c], info->rail_high[c]);
        }
        putchar('\n');
    }
}

static void marks_print(const myo_source *source, const settings *chosen)
{
    size_t count = 0;
    const myo_mark *marks = myo_source_marks(source, &count);
    printf("  %-12s %zu\n", "marks", count);
    for (size_t m = 0; chosen->marks && m < count; m++) {
        printf("  %12.4f ", (double)marks[m].frame / myo_source_info_get(source)->rate_hz);
        if (!chosen->deidentify) {
            talk_clean(marks[m].label, stdout);
        }
        putchar('\n');
    }
}

static void source_print(const char *path, const myo_source *source, const settings *chosen)
{
    bool withhold = chosen->deidentify;
    const myo_source_info *info = myo_source_info_get(source);
    talk_clean(withhold ? "a recording" : path, stdout);
    putchar('\n');
    info_format_print(info->format, withhold);
    printf("  %-12s %g frames/s\n", "rate", info->rate_hz);
    printf("  %-12s %" PRId64 " frames, %.3f s\n", "length", info->frames,
           (double)info->frames / info->rate_hz);
    if (info->full_scale_uv > 0.0) {
        printf("  %-12s a sample of 1.0 is %g uV\n", "calibration", info->full_scale_uv);
    } else {
        text_line("calibration", "not known");
    }
    personal_line("started", info->start_time, withhold);
    personal_line("subject", info->subject, withhold);
    personal_line("note", info->note, withhold);
    channels_print(info, withhold);
    marks_print(source, chosen);
}

static int file_print(const char *path, const settings *chosen)
{
    myo_source *source = NULL;
    myo_why why;
    myo_source_options options = {.dataset = chosen->dataset,
                                  .rate_hz = chosen->rate_hz,
                                  .full_scale_uv = chosen->full_scale_uv,
                                  .channels = "all",
                                  .channels_first = chosen->channels_first};
    myo_status status = myo_source_open(path, &options, &source, &why);
    if (status != MYO_OK && status != MYO_ERR_NO_MEMORY) {
        /* HDF5 and MATLAB may be either: then the reason why it is no signal counts. */
        int shown =
            info_cine_print(path, chosen->dataset, chosen->deidentify, myo_source_known(path));
        if (shown >= 0) {
            return shown;
        }
    }
    if (status != MYO_OK) {
        info_refusal_print(path, why.text, chosen->deidentify);
        return status == MYO_ERR_NO_MEMORY ? EXIT_FAILED : EXIT_BAD_INPUT;
    }
    source_print(path, source, chosen);
    myo_source_free(source);
    return EXIT_DONE;
}

int command_info(int argc, char **argv)
{
    settings chosen = {0};
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    if (first == argc) {
        fputs("myotwitch info: no FILE given; see 'myotwitch info --help'\n", stderr);
        return EXIT_USAGE;
    }
    int worst = EXIT_DONE;
    for (int i = first; i < argc; i++) {
        status = file_print(argv[i], &chosen);
        worst = status > worst ? status : worst;
    }
    return worst;
}
