/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch calibrate`: from a known signal at the input, how many microvolts full scale is. */
#include "command.h"
#include "options.h"
#include "talk.h"

#include "live/calibration.h"
#include "live/desk.h"
#include "signal/source.h"

#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *device, *channels, *out, *dataset;
    double sine_uv, step_uv, seconds, rate_hz;
    bool replace, channels_first;
} settings;

static const option_row rows[] = {
    OPTION_NUMBER_ROW(settings, sine_uv, "sine", 0, "UV",
                      "the input is a sine of UV microvolts from peak to peak", 1e-3, 1e9),
    OPTION_NUMBER_ROW(settings, step_uv, "step", 0, "UV",
                      "the input is a square wave, or steps, of UV microvolts", 1e-3, 1e9),
    OPTION_TEXT_ROW(settings, device, "device", 'D', "NAME",
                    "the input: its number or part of its name, as 'myotwitch devices' lists them"),
    OPTION_NUMBER_ROW(settings, seconds, "seconds", 0, "S",
                      "how much of the signal is looked at (default 5)", 1, 60),
    OPTION_TEXT_ROW(settings, channels, "channels", 'c', "LIST",
                    "the channels that the signal is at: numbers from 0, ranges, names or all"),
    OPTION_NUMBER_ROW(settings, rate_hz, "rate", 'r', "HZ",
                      "of the device; of data that does not say", 500, 100000),
    OPTION_TEXT_ROW(settings, dataset, "dataset", 'd', "PATH",
                    "HDF5: the data set with the samples"),
    OPTION_FLAG_ROW(settings, channels_first, "channels-first", 0,
                    "HDF5: the rows of the data set are channels, not frames"),
    OPTION_TEXT_ROW(settings, out, "out", 'o', "FILE",
                    "write the calibration into FILE, for 'live --calibration FILE'"),
    OPTION_FLAG_ROW(settings, replace, "replace", 0, "an existing FILE may be replaced"),
    OPTION_END,
};

static const char *const examples[] = {
    "myotwitch calibrate --device USB --channels 0 --sine 1000 --out usb.cal",
    "a generator of 1 mV from peak to peak through a divider at the electrodes' plug",
    "myotwitch calibrate square.wav --step 200 --out usb.cal",
    "from a recording of the calibrator of an amplifier",
    NULL,
};

static const option_page page = {
    "calibrate",
    "[RECORDING]",
    "measure full scale from a known signal",
    "Without RECORDING the device is listened to. Every chosen channel must have the signal on it; "
    "it\n"
    "is refused when it is not what was said (a sine with more than 10 % of something else, steps\n"
    "that differ by more than 10 %), or when two channels differ by more than 5 %.\n\n"
    "Calibrate with the gain, filters and cables of the session, into the amplifier that the\n"
    "patient is on, never with the patient on it.",
    rows,
    examples};

typedef struct {
    const settings *chosen;
    myo_source_info info;
    float *samples;
    size_t frames, most;
    char name[128];
    myo_why why;
} job;

static bool room_make(job *self)
{
    self->most = (size_t)(self->chosen->seconds * self->info.rate_hz);
    self->samples = malloc(self->most * self->info.channels * sizeof *self->samples);
    return self->samples != NULL;
}

static myo_status out_of_memory(job *self)
{
    return myo_why_set(&self->why, MYO_ERR_NO_MEMORY, "out of memory");
}

static void name_set(job *self, const char *path)
{
    const char *slash = strrchr(path, '/');
    (void)snprintf(self->name, sizeof self->name, "%s", slash == NULL ? path : slash + 1);
}

static myo_status recording_read(job *self, const char *path)
{
    const myo_source_options options = {.dataset = self->chosen->dataset,
                                        .rate_hz = self->chosen->rate_hz,
                                        .channels = self->chosen->channels,
                                        .channels_first = self->chosen->channels_first};
    myo_source *source = NULL;
    size_t got = 1;
    myo_status status = myo_source_open(path, &options, &source, &self->why);
    if (status != MYO_OK) {
        return status;
    }
    self->info = *myo_source_info_get(source);
    name_set(self, path);
    status = room_make(self) ? MYO_OK : out_of_memory(self);
    while (status == MYO_OK && got > 0 && self->frames < self->most) {
        status = myo_source_read(source, self->samples + self->frames * self->info.channels,
                                 self->most - self->frames, &got, &self->why);
        self->frames += status == MYO_OK ? got : 0;
    }
    myo_source_free(source);
    return status;
}

/* The first second is left out: filters and couplings settle. */
static void trace_take(job *self, const myo_feed_trace *trace)
{
    const int64_t settled = (int64_t)self->info.rate_hz;
    for (uint32_t f = 0; f < trace->frames && self->frames < self->most; f++) {
        if (trace->start + f >= settled) {
            memcpy(self->samples + self->frames * self->info.channels,
                   trace->samples + (size_t)f * trace->channels,
                   self->info.channels * sizeof *self->samples);
            self->frames++;
        }
    }
}

static myo_status gap_refuse(job *self)
{
    return myo_why_set(&self->why, MYO_ERR_READ, "the device lost frames; try again");
}

static myo_status feed_follow(job *self, myo_feed *feed)
{
    struct pollfd wait = {.fd = myo_feed_fd(feed), .events = POLLIN};
    myo_status status = MYO_OK;
    for (;;) {
        myo_feed_message message;
        (void)poll(&wait, 1, 100);
        while (myo_feed_next(feed, &message)) {
            if (message.kind == MYO_FEED_TRACE) {
                trace_take(self, &message.trace);
            }
            if (message.kind == MYO_FEED_GAP) {
                status = gap_refuse(self);
            }
            if (message.kind == MYO_FEED_END) {
                return status == MYO_OK && message.end.lost
                           ? myo_why_set(&self->why, MYO_ERR_READ, "%.180s", message.end.text)
                           : status;
            }
        }
    }
}

static myo_status desk_listen(job *self, myo_desk *desk)
{
    myo_config config;
    myo_feed *feed = NULL;
    myo_desk_end end;
    self->info = *myo_desk_info_get(desk);
    (void)snprintf(self->name, sizeof self->name, "%s", myo_desk_name(desk));
    myo_config_default(&config, self->info.rate_hz, self->info.channels);
    myo_status status = myo_desk_configure(desk, &config, &self->why);
    if (status == MYO_OK && (!room_make(self) || myo_desk_attach(desk, &feed) != MYO_OK)) {
        status = out_of_memory(self);
    }
    if (status == MYO_OK) {
        status = myo_desk_start(desk, &self->why);
    }
    if (status == MYO_OK) {
        status = feed_follow(self, feed);
        myo_desk_join(desk, &end);
    }
    return status;
}

static myo_status device_read(job *self)
{
    const settings *chosen = self->chosen;
    const myo_desk_options options = {.device = chosen->device,
                                      .rate_hz = chosen->rate_hz,
                                      .channels = chosen->channels,
                                      .duration_s = chosen->seconds + 1.0};
    myo_desk *desk = NULL;
    myo_status status = myo_desk_new(&options, &desk, &self->why);
    if (status == MYO_OK) {
        status = desk_listen(self, desk);
    }
    myo_desk_free(desk);
    return status;
}

static void channel_print(const job *self, uint32_t c, const myo_calibrate_result *result)
{
    printf("channel %u: full scale %.6g uV, %d %s at %.4g Hz, doubt %.1f %%\n",
           self->info.channel_number[c], result->full_scale_uv, result->count,
           self->chosen->sine_uv > 0.0 ? "periods" : "edges", result->hz, 100.0 * result->doubt);
}

/* Of all channels, which must agree. */
static myo_status measure(job *self, myo_calibration *calibration)
{
    double lowest = INFINITY, highest = 0.0, sum = 0.0;
    for (uint32_t c = 0; c < self->info.channels; c++) {
        myo_calibrate_result result;
        myo_why why;
        const myo_status status =
            myo_calibrate(calibration->kind, self->samples + c, self->info.channels, self->frames,
                          self->info.rate_hz, calibration->known_uv, &result, &why);
        if (status != MYO_OK) {
            return myo_why_set(&self->why, status, "channel %u: %.200s",
                               self->info.channel_number[c], why.text);
        }
        channel_print(self, c, &result);
        lowest = fmin(lowest, result.full_scale_uv);
        highest = fmax(highest, result.full_scale_uv);
        sum += result.full_scale_uv;
        calibration->hz = result.hz;
        calibration->doubt = fmax(calibration->doubt, result.doubt);
    }
    calibration->full_scale_uv = sum / self->info.channels;
    calibration->rate_hz = self->info.rate_hz;
    (void)snprintf(calibration->device, sizeof calibration->device, "%s", self->name);
    if (highest > 1.05 * lowest) {
        return myo_why_set(&self->why, MYO_ERR_FORMAT,
                           "the channels differ by %.0f %%; one full scale does not fit them",
                           100.0 * (highest / lowest - 1.0));
    }
    return MYO_OK;
}

static int calibrate(job *self, const char *path)
{
    const settings *chosen = self->chosen;
    myo_calibration calibration = {
        .kind = chosen->sine_uv > 0.0 ? MYO_CALIBRATE_SINE : MYO_CALIBRATE_STEP,
        .known_uv = chosen->sine_uv > 0.0 ? chosen->sine_uv : chosen->step_uv};
    myo_status status = path != NULL ? recording_read(self, path) : device_read(self);
    if (status == MYO_OK) {
        status = measure(self, &calibration);
    }
    if (status != MYO_OK) {
        talk_file("calibrate", path != NULL ? path : "device", self->why.text);
        return status == MYO_ERR_NO_MEMORY ? EXIT_FAILED : EXIT_BAD_INPUT;
    }
    printf("full scale is %.6g uV\n", calibration.full_scale_uv);
    if (chosen->out != NULL &&
        myo_calibration_write(chosen->out, chosen->replace, &calibration, &self->why) != MYO_OK) {
        talk_file("calibrate", chosen->out, self->why.text);
        return EXIT_FAILED;
    }
    return EXIT_DONE;
}

int command_calibrate(int argc, char **argv)
{
    settings chosen = {.seconds = 5.0};
    int first = 0;
    int status = options_parse(&page, argc, argv, &chosen, &first);
    if (status != OPTIONS_GO) {
        return status;
    }
    const bool one_signal = (chosen.sine_uv > 0.0) != (chosen.step_uv > 0.0);
    if (!one_signal || argc - first > 1 || (argc - first == 1 && chosen.device != NULL)) {
        fputs("myotwitch calibrate: --sine UV or --step UV, and one RECORDING or a --device; see "
              "'myotwitch calibrate --help'\n",
              stderr);
        return EXIT_USAGE;
    }
    job self = {.chosen = &chosen};
    status = calibrate(&self, argc - first == 1 ? argv[first] : NULL);
    free(self.samples);
    return status;
}
