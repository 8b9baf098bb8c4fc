/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of tile kernels and the choice among them. */
#include "ultrasound/tile_kern.h"

const myo_tile_kern *const myo_tile_kerns[] = {
#if defined(__x86_64__)
    &myo_tile_kern_avx2,
#endif
    &myo_tile_kern_c,
    NULL,
};

const myo_tile_kern *myo_tile_kern_choose(uint32_t cpu_mask)
{
    const uint32_t have = cpu_mask & myo_cpu_detect();
    for (size_t i = 0; myo_tile_kerns[i] != NULL; i++) {
        if ((myo_tile_kerns[i]->needs & ~have) == 0) {
            return myo_tile_kerns[i];
        }
    }
    return &myo_tile_kern_c;
}
