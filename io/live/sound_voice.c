/* SPDX-License-Identifier: GPL-3.0-or-later */
/* EMG of one channel as sound. */
#include "live/sound_voice.h"

#include <samplerate.h>

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What an EMG machine plays; the loudspeaker and the ear do the rest. */
static const double low_hz = 20.0, high_hz = 2000.0;

enum { MOST_FRAMES = 256 };

struct sound_voice {
    myo_band band;
    double w[MYO_BAND_SECTIONS][2]; /* state of the sections, direct form II */
    double ratio;
    SRC_STATE *rate;
    float filtered[MOST_FRAMES];
};

sound_voice *sound_voice_new(double in_hz, double out_hz)
{
    int error = 0;
    sound_voice *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return NULL;
    }
    const double top_hz = 0.45 * in_hz < high_hz ? 0.45 * in_hz : high_hz;
    self->ratio = out_hz / in_hz;
    self->rate = src_new(SRC_SINC_FASTEST, 1, &error);
    if (self->rate == NULL || myo_band_design(in_hz, low_hz, top_hz, &self->band) != MYO_OK) {
        sound_voice_free(self);
        return NULL;
    }
    return self;
}

void sound_voice_reset(sound_voice *self)
{
    memset(self->w, 0, sizeof self->w);
    (void)src_reset(self->rate);
}

static double filtered(sound_voice *self, double x)
{
    x *= self->band.gain;
    for (size_t s = 0; s < MYO_BAND_SECTIONS; s++) {
        double *w = self->w[s];
        const double now = x - self->band.section[s].a1 * w[0] - self->band.section[s].a2 * w[1];
        x = now - w[1];
        w[1] = w[0];
        w[0] = now;
    }
    return x;
}

size_t sound_voice_run(sound_voice *self, const float *samples, size_t step, size_t frames,
                       double gain_db, double speed, float *out, size_t size)
{
    assert(frames <= MOST_FRAMES);
    const double gain = pow(10.0, gain_db / 20.0);
    for (size_t f = 0; f < frames; f++) {
        const float sample = samples[f * step]; /* of a gap: not a number, and silence */
        self->filtered[f] = (float)(gain * filtered(self, isfinite(sample) ? (double)sample : 0.0));
    }
    SRC_DATA data = {.data_in = self->filtered,
                     .data_out = out,
                     .input_frames = (long)frames,
                     .output_frames = (long)size,
                     .src_ratio = self->ratio * speed};
    const size_t made = src_process(self->rate, &data) == 0 ? (size_t)data.output_frames_gen : 0;
    for (size_t i = 0; i < made; i++) {
        out[i] = tanhf(out[i]); /* small signals as they are, large ones never beyond full scale */
    }
    return made;
}

void sound_voice_free(sound_voice *self)
{
    if (self != NULL) {
        (void)src_delete(self->rate);
        free(self);
    }
}
