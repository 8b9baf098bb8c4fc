/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two real windows in one complex transform of split parts: the spectra are told apart by symmetry.
 *
 * The transform is our own where that serves, else FFTW's, planned by estimate: a measured plan is not the
 * same in each run, nor are its bits. */
#include "dsp/spectrum_pair.h"

#include "dsp/spectrum_sums.h"

#include <fftw3.h>
#include <math.h>
#include <stdlib.h>

#if defined(MYO_CHECK_EFFECTS)
/* FFTW does not say so itself: its plans allocate when made; executing one does for sizes with large prime
 * factors only, which are refused. */
MYO_RT void fftwf_execute(const fftwf_plan plan);
#endif

struct myo_spectrum_pair {
    size_t size, padded;
    const myo_spectrum_kernels *kernels;
    double square; /* sum of the squared window */
    float *window;
    float *power;          /* [2][padded] */
    myo_spectrum_fft *fft; /* else NULL, and FFTW's plan with what it reads and writes */
    fftwf_plan plan;
    float *in, *out; /* [2][room], real and imaginary parts */
    size_t room;
};

static bool buffers_new(myo_spectrum_pair *self)
{
    self->window = myo_spectrum_zeros(self->size * sizeof(float));
    self->power = myo_spectrum_zeros(2 * self->padded * sizeof(float));
    return self->window && self->power;
}

/* Periodic Hann: scipy.signal.get_window("hann", size). */
static void fill_window(myo_spectrum_pair *self)
{
    const double pi = 3.14159265358979323846;
    for (size_t i = 0; i < self->size; i++) {
        self->window[i] = (float)(0.5 - 0.5 * cos(2.0 * pi * (double)i / (double)self->size));
        self->square += (double)self->window[i] * (double)self->window[i];
    }
}

static bool plan_new(myo_spectrum_pair *self)
{
    self->room = self->size + MYO_SPECTRUM_LANES;
    self->in = myo_spectrum_zeros(2 * self->room * sizeof(float));
    self->out = myo_spectrum_zeros(2 * self->room * sizeof(float));
    if (!self->in || !self->out) {
        return false;
    }
    const fftwf_iodim dim = {.n = (int)self->size, .is = 1, .os = 1};
    self->plan = fftwf_plan_guru_split_dft(1, &dim, 0, NULL, self->in, self->in + self->room,
                                           self->out, self->out + self->room, FFTW_ESTIMATE);
    return self->plan != NULL;
}

myo_status myo_spectrum_pair_new(uint32_t size, const myo_spectrum_kernels *kernels,
                                 myo_spectrum_pair **pair)
{
    *pair = NULL;
    myo_spectrum_pair *self = calloc(1, sizeof *self);
    if (!self) {
        return MYO_ERR_NO_MEMORY;
    }
    self->size = size;
    self->padded = myo_spectrum_padded(size / 2 + 1);
    self->kernels = kernels;
    const bool whole = buffers_new(self) && (myo_spectrum_fft_serves(size)
                                                 ? myo_spectrum_fft_new(size, &self->fft) == MYO_OK
                                                 : plan_new(self));
    if (!whole) {
        myo_spectrum_pair_free(self);
        return MYO_ERR_NO_MEMORY;
    }
    fill_window(self);
    *pair = self;
    return MYO_OK;
}

void myo_spectrum_pair_free(myo_spectrum_pair *pair)
{
    if (!pair) {
        return;
    }
    if (pair->plan) {
        fftwf_destroy_plan(pair->plan);
    }
    myo_spectrum_fft_free(pair->fft);
    free(pair->window);
    free(pair->power);
    free(pair->in);
    free(pair->out);
    free(pair);
}

const float *myo_spectrum_pair_window(const myo_spectrum_pair *pair, double *square)
{
    *square = pair->square;
    return pair->window;
}

static void window_ring(const myo_spectrum_pair *self, const float *ring, size_t head, float *y)
{
    const size_t first = self->size - head;
    self->kernels->window(ring + head, self->window, y, first);
    self->kernels->window(ring, self->window + first, y + first, head);
}

static void by_plan(myo_spectrum_pair *self, const myo_spectrum_rings *rings, const float **re,
                    const float **im)
{
    window_ring(self, rings->a, rings->head, self->in);
    window_ring(self, rings->b, rings->head, self->in + self->room);
    fftwf_execute(self->plan);
    self->out[self->size] = self->out[0];
    self->out[self->room + self->size] = self->out[self->room];
    *re = self->out;
    *im = self->out + self->room;
}

void myo_spectrum_pair_power(myo_spectrum_pair *pair, const float *rings, size_t head, double *sums,
                             const float *power[2])
{
    const myo_spectrum_rings both = {.a = rings,
                                     .b = rings + pair->size + MYO_SPECTRUM_LANES,
                                     .window = pair->window,
                                     .head = head};
    const float *re = NULL, *im = NULL;
    if (pair->fft) {
        pair->kernels->transform(pair->fft, &both, &re, &im);
    } else {
        by_plan(pair, &both, &re, &im);
    }
    const myo_spectrum_powers powers = {.a = pair->power,
                                        .b = pair->power + pair->padded,
                                        .sum_a = sums,
                                        .sum_b = sums + pair->padded};
    pair->kernels->separate(re, im, pair->size, &powers);
    power[0] = powers.a;
    power[1] = powers.b;
}
