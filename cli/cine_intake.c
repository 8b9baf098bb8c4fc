/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens a cine, learns how fast its frames come, and pushes them through the detector. */
#include "cine_intake.h"

#include "talk.h"

#include "signal/why.h"

#include "myotwitch/axial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    RATE_FRAMES = 32, /* are looked at to learn how fast frames come */
    RATE_HZ = 60,     /* where they cannot be looked at twice: a pipe */
    ECHO_STEP = 16    /* samples between windows of IQ */
};

bool cine_crop_read(const char *text, myo_cine_rect *crop)
{
    char end;
    return text == NULL || sscanf(text, "%u,%u,%u,%u%c", &crop->x, &crop->y, &crop->width,
                                  &crop->height, &end) == 4;
}

static myo_status options_make(const cine_settings *settings, myo_cine_options *options,
                               myo_why *why)
{
    *options = (myo_cine_options){.times = settings->times};
    options->interval_s = isnan(settings->interval_s) ? 0.0 : settings->interval_s;
    options->mm_per_px = isnan(settings->mm_per_px) ? 0.0 : settings->mm_per_px;
    if (!cine_crop_read(settings->crop, &options->crop)) {
        return myo_why_set(why, MYO_ERR_BAD_ARG, "--cine-crop is X,Y,WIDTH,HEIGHT in pixels");
    }
    return MYO_OK;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Frames a second, from the middle interval of the first ones: it sizes memory, no time. What cannot be
 * opened is not opened again: a reader may have to be ended first, which takes seconds. */
static myo_status rate_look(const cine_settings *settings, const myo_cine_options *options,
                            double *rate_hz, myo_why *why)
{
    double intervals[RATE_FRAMES], last = (double)NAN;
    int count = 0;
    bool got = true;
    myo_cine *cine = NULL;
    myo_cine_frame frame;
    *rate_hz = RATE_HZ;
    if (!myo_cine_known(settings->cine)) {
        return MYO_OK;
    }
    const myo_status status = myo_cine_open(settings->cine, options, &cine, why);
    if (status != MYO_OK) {
        return status;
    }
    while (count < RATE_FRAMES && myo_cine_next(cine, &frame, &got, why) == MYO_OK && got) {
        if (frame.time_s > last) {
            intervals[count++] = frame.time_s - last;
        }
        last = frame.time_s;
    }
    myo_cine_free(cine);
    qsort(intervals, (size_t)count, sizeof intervals[0], by_value);
    if (count > 0) {
        *rate_hz = fmin(fmax(1.0 / intervals[count / 4], 1.0), 20000.0);
    }
    return MYO_OK;
}

static myo_status kind_check(const myo_cine_info *info, myo_why *why)
{
    if (info->clock == MYO_CINE_TIME_NONE) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "the frames have no times: give --cine-times or --cine-interval");
    }
    return MYO_OK;
}

/* Millimetres between samples of echoes, and their centre frequency; one that is not known is refused.
 * The sampling rate along depth and that distance are one thing at the usual speed of sound. */
static myo_status echoes_look(const cine_settings *settings, const myo_cine_info *info, double *mm,
                              double *carrier, myo_why *why)
{
    const double half_sound = 500.0 * MYO_AXIAL_SOUND_M_S; /* mm/s there and back */
    const double hz = isnan(settings->carrier_hz) ? info->carrier_hz : settings->carrier_hz;
    *mm = info->mm_per_px_y > 0.0     ? info->mm_per_px_y
          : info->depth_rate_hz > 0.0 ? half_sound / info->depth_rate_hz
                                      : 0.0;
    if (!isnan(settings->needle_deg)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "echoes: no needle is looked for in lines");
    }
    if (!(hz > 0.0)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "echoes: their frequency, which IQ was demodulated with, is not known: "
                           "give --cine-carrier");
    }
    if (!(*mm > 0.0)) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED,
                           "echoes: how far apart samples lie is not known: give --mm-per-px");
    }
    *carrier = hz * *mm / half_sound;
    return *carrier >= 0.01 && *carrier <= 4.0
               ? MYO_OK
               : myo_why_set(why, MYO_ERR_UNSUPPORTED,
                             "echoes: %g Hz and samples every %g mm do not go together", hz, *mm);
}

/* RF becomes IQ first. */
static myo_status quadrature_open(cine_intake *self, double *mm, double *carrier, myo_why *why)
{
    myo_quadrature_shape shape;
    const myo_status status = myo_quadrature_new(self->info->width, self->info->height, *carrier,
                                                 UINT32_MAX, &self->quadrature);
    if (status != MYO_OK) {
        return status == MYO_ERR_NO_MEMORY
                   ? myo_why_set(why, status, "out of memory")
                   : myo_why_set(why, MYO_ERR_UNSUPPORTED,
                                 "RF of %.3g samples a wavelength; 2.3 to 50 can be demodulated",
                                 1.0 / *carrier);
    }
    myo_quadrature_shape_get(self->quadrature, &shape);
    self->config.height = shape.height;
    self->config.step = shape.step;
    self->every = shape.every;
    *mm *= shape.every;
    *carrier = shape.carrier;
    return MYO_OK;
}

/* What the detector takes is the phase of echoes, or, if asked for, their brightness. */
static myo_status echoes_open(cine_intake *self, const cine_settings *settings, bool sampled,
                              myo_why *why)
{
    double mm = 0.0, carrier = 0.0;
    const double rate_hz = self->config.rate_hz;
    myo_status status = echoes_look(settings, self->info, &mm, &carrier, why);
    self->config.step = ECHO_STEP;
    if (status == MYO_OK && sampled) {
        status = quadrature_open(self, &mm, &carrier, why);
    }
    if (status != MYO_OK || !settings->envelope) {
        self->config.carrier = carrier;
        self->config.mm_per_px = mm;
        return status;
    }
    myo_ultrasound_config_default(&self->config, self->info->width, self->config.height, rate_hz);
    self->config.mm_per_px = mm;
    self->gray = malloc((size_t)self->config.width * self->config.height);
    return self->gray != NULL ? MYO_OK : myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
}

/* Pictures, brightness along several lines too, are taken to have square pixels. */
static myo_status pixels_check(const cine_intake *self, myo_why *why)
{
    const double x = self->info->mm_per_px_x, y = self->config.mm_per_px;
    if (self->config.carrier > 0.0 || self->info->width == 1 || fabs(x - y) <= 0.02 * y) {
        return MYO_OK;
    }
    return myo_why_set(why, MYO_ERR_UNSUPPORTED, "its pixels are not square (%g by %g mm)", x, y);
}

static myo_status detector_open(cine_intake *self, const cine_settings *settings, double rate_hz,
                                myo_why *why)
{
    const myo_cine_info *info = self->info;
    const bool sampled =
        info->kind == MYO_CINE_RF || (settings->rf && info->kind == MYO_CINE_LINES);
    const char *where = NULL;
    myo_ultrasound_config_default(&self->config, info->width, info->height, rate_hz);
    self->config.mm_per_px = info->mm_per_px_y;
    self->every = 1;
    myo_status status = MYO_OK;
    if (sampled || info->kind == MYO_CINE_IQ) {
        status = echoes_open(self, settings, sampled, why);
    }
    if (status == MYO_OK) {
        self->config.needle_deg = settings->needle_deg;
        status = pixels_check(self, why);
    }
    if (status != MYO_OK) {
        return status;
    }
    if (myo_ultrasound_config_check(&self->config, &where) != MYO_OK) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "%u x %u pixels: its %s is out of range",
                           self->config.width, self->config.height, where);
    }
    status = myo_ultrasound_new(&self->config, &self->ultrasound);
    return status == MYO_OK ? status : myo_why_set(why, status, "out of memory");
}

myo_status cine_intake_open(const cine_settings *settings, const char *command, cine_intake *intake,
                            myo_why *why)
{
    myo_cine_options options;
    *intake = (cine_intake){.info = NULL};
    myo_status status = options_make(settings, &options, why);
    if (status != MYO_OK) {
        return status;
    }
    double rate_hz = 0.0;
    status = rate_look(settings, &options, &rate_hz, why);
    status =
        status == MYO_OK ? myo_cine_open(settings->cine, &options, &intake->cine, why) : status;
    if (status != MYO_OK) {
        return status;
    }
    intake->info = myo_cine_info_get(intake->cine);
    if (intake->info->note[0] != '\0') {
        talk_file(command, settings->cine, intake->info->note);
    }
    status = kind_check(intake->info, why);
    return status == MYO_OK ? detector_open(intake, settings, rate_hz, why) : status;
}

/* The echoes that came are demodulated, or their brightness taken, or both; the first frame says what is
 * bright. */
static void echoes_take(cine_intake *self, myo_frame *frame)
{
    if (self->quadrature != NULL) {
        const myo_frame sampled = *frame;
        myo_quadrature_process(self->quadrature, &sampled, frame);
    }
    if (self->gray != NULL) {
        self->peak = self->peak > 0.0 ? self->peak : myo_envelope_peak(frame);
        myo_envelope_take(frame, self->peak, self->gray);
        frame->pixels = self->gray;
        frame->pixel = MYO_PIXEL_U8;
        frame->stride = frame->width;
    }
}

myo_status cine_intake_frame(cine_intake *intake, myo_frame *frame, bool *got, myo_why *why)
{
    myo_cine_frame taken;
    const myo_cine_info *info = intake->info;
    const myo_status status = myo_cine_next(intake->cine, &taken, got, why);
    if (status == MYO_OK && *got) {
        *frame = (myo_frame){.pixels = info->is_float ? (const void *)taken.values
                                                      : (const void *)taken.gray,
                             .pixel = info->kind == MYO_CINE_IQ ? MYO_PIXEL_IQ
                                      : info->is_float          ? MYO_PIXEL_F32
                                                                : MYO_PIXEL_U8,
                             .stride = taken.stride,
                             .width = info->width,
                             .height = info->height,
                             .time_s = taken.time_s,
                             .sequence = taken.sequence};
        echoes_take(intake, frame);
    }
    return status;
}

bool cine_intake_event(cine_intake *intake, myo_motion_event *event)
{
    const bool got = myo_ultrasound_next(intake->ultrasound, event);
    if (got) {
        event->y_px *= intake->every;
    }
    return got;
}

double cine_intake_scale(const cine_intake *intake)
{
    return intake->config.mm_per_px / intake->every;
}

void cine_intake_close(cine_intake *intake)
{
    myo_ultrasound_free(intake->ultrasound);
    myo_quadrature_free(intake->quadrature);
    myo_cine_free(intake->cine);
    free(intake->gray);
    *intake = (cine_intake){.info = NULL};
}
