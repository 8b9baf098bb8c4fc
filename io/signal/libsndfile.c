/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading of libsndfile. */
#include "libsndfile.h"

#include "late.h"

myo_sndfile myo_sf;

myo_status myo_sndfile_load(myo_why *why)
{
#define ENTRY(name) {#name, offsetof(myo_sndfile, name)},
    static const myo_late_entry entries[] = {MYO_SNDFILE(ENTRY){NULL, 0}};
#undef ENTRY
    return myo_late_load(&myo_sf, MYO_LATE_SNDFILE, "audio files", entries, why);
}
