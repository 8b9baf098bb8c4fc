/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two FFTW plans on buffers of their own, made once. */
#include "dsp/tile_fft.h"

#include <fftw3.h>
#include <string.h>

#if defined(MYO_CHECK_EFFECTS)
/* FFTW does not say so itself: its plans allocate when made; executing one does for sizes with large prime
 * factors only, which are refused. */
MYO_RT void fftwf_execute(const fftwf_plan plan);
#endif

_Static_assert(sizeof(myo_bin) == sizeof(fftwf_complex), "a bin is FFTW's complex number");

myo_status myo_tile_fft_init(myo_tile_fft *fft, uint32_t size, uint32_t rows)
{
    memset(fft, 0, sizeof *fft);
    fft->size = size;
    fft->rows = rows;
    fft->bins = rows * (size / 2 + 1);
    fft->real = fftwf_alloc_real((size_t)rows * size);
    fft->spectrum = (myo_bin *)fftwf_alloc_complex(fft->bins);
    fft->product = (myo_bin *)fftwf_alloc_complex(fft->bins);
    if (!fft->real || !fft->spectrum || !fft->product) {
        myo_tile_fft_clean(fft);
        return MYO_ERR_NO_MEMORY;
    }
    const int lengths[2] = {(int)size, (int)size};
    const int rank = rows == 1 ? 1 : 2;
    /* ESTIMATE: plans that were measured differ from run to run, and so would the last bits. */
    fft->plans[0] =
        fftwf_plan_dft_r2c(rank, lengths, fft->real, (fftwf_complex *)fft->spectrum, FFTW_ESTIMATE);
    fft->plans[1] =
        fftwf_plan_dft_c2r(rank, lengths, (fftwf_complex *)fft->product, fft->real, FFTW_ESTIMATE);
    if (!fft->plans[0] || !fft->plans[1]) {
        myo_tile_fft_clean(fft);
        return MYO_ERR_NO_MEMORY;
    }
    return MYO_OK;
}

void myo_tile_fft_forward(myo_tile_fft *fft)
{
    fftwf_execute((fftwf_plan)fft->plans[0]);
}

void myo_tile_fft_backward(myo_tile_fft *fft)
{
    fftwf_execute((fftwf_plan)fft->plans[1]);
}

void myo_tile_fft_clean(myo_tile_fft *fft)
{
    for (int i = 0; i < 2; i++) {
        if (fft->plans[i]) {
            fftwf_destroy_plan((fftwf_plan)fft->plans[i]);
        }
    }
    fftwf_free(fft->real);
    fftwf_free(fft->spectrum);
    fftwf_free(fft->product);
    memset(fft, 0, sizeof *fft);
}
