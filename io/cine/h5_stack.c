/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One data set of numbers as frames: of MATLAB 7.3, whose files turn the order of indices round, of zea, or of
 * anybody. */
#include "h5_cine.h"

#include <stdio.h>
#include <stdlib.h>

/* Times beside the frames: a data set as long as there are frames. */
static void times_look(h5_cine *cine, const char *path, int64_t frames)
{
    h5_slab slab;
    myo_why why;
    if (!h5_exists(cine->file, path) || h5_slab_open(cine->file, path, &slab, &why) != MYO_OK) {
        return;
    }
    if (h5_slab_count(&slab, (hsize_t)frames) == (hsize_t)frames) {
        cine->times_s = malloc((size_t)frames * sizeof *cine->times_s);
        if (cine->times_s != NULL && !h5_slab_doubles(&slab, cine->times_s)) {
            free(cine->times_s);
            cine->times_s = NULL;
        }
    }
    h5_slab_close(&slab);
}

myo_status h5_stack_open(h5_cine *cine, const char *path, myo_cine_info *info, myo_why *why)
{
    char word[16] = "";
    h5_slab *slab = &cine->part[0];
    myo_status status = h5_slab_open(cine->file, path, slab, why);
    if (status != MYO_OK) {
        return status;
    }
    cine->parts = 1;
    bool is_matlab = h5_text(slab->set, "MATLAB_class", word, sizeof word);
    if (slab->rank < 2 || slab->rank > 3) {
        return myo_why_set(why, MYO_ERR_UNSUPPORTED, "data set %.100s: %d dimensions, not 2 or 3",
                           path, slab->rank);
    }
    slab->frame_axis = slab->rank == 3 ? 0 : -1;
    hsize_t slow = slab->size[slab->rank - 2], fast = slab->size[slab->rank - 1];
    status = myo_cine_size_check(slow, fast, why);
    if (status != MYO_OK) {
        return status;
    }
    info->width = (uint32_t)(is_matlab ? slow : fast);
    info->height = (uint32_t)(is_matlab ? fast : slow);
    info->frames = slab->rank == 3 ? (int64_t)slab->size[0] : 1;
    info->kind = slab->is_complex ? MYO_CINE_IQ : slab->is_bytes ? MYO_CINE_BMODE : MYO_CINE_LINES;
    cine->row_step = is_matlab ? 1 : (size_t)fast;
    cine->column_step = is_matlab ? (size_t)fast : 1;
    times_look(cine, "time_s", info->frames);
    (void)snprintf(info->format, sizeof info->format, "%s, %.30s",
                   is_matlab ? "MATLAB 7.3" : "HDF5", path);
    return MYO_OK;
}
