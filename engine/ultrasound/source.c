/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Follows the tiles and takes out what all of them share. */
#include "ultrasound/source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A window of one line holds a fiftieth of a tile's pixels: its error is that much larger, samples. */
#define LINE_SPREAD 0.5f
/* Seconds over which displacements of IQ are added up: the errors of what lies between cancel. */
#define PHASE_SPAN_S 0.004
/* IQ: correlation from which a window is believed; noise of seven independent samples exceeds it in one
 * of 60. So many aliased windows are no chance. */
#define PHASE_QUALITY 0.7f
enum { PHASE_ALIASED = 3 };

static myo_status phase_new(myo_motion_source *source, const myo_ultrasound_config *config)
{
    myo_axial_config phase;
    myo_axial_config_default(&phase, config->width, config->height, config->carrier);
    const double pairs = floor(PHASE_SPAN_S * config->rate_hz + 0.5);
    phase.step = config->step;
    phase.window = 2 * config->step;
    phase.cpu_mask = config->cpu_mask;
    phase.pairs = pairs < 1.0 ? 1 : (uint32_t)pairs;
    const myo_status status = myo_axial_new(&phase, &source->phase);
    if (status == MYO_OK) {
        myo_axial_size(source->phase, &source->columns, &source->rows);
    }
    return status;
}

static myo_status estimator_new(myo_motion_source *source, const myo_ultrasound_config *config)
{
    if (config->carrier > 0.0) {
        return phase_new(source, config);
    }
    if (config->width == 1) {
        source->columns = 1;
        return myo_line_new(config, &source->line, &source->rows);
    }
    myo_tracker_config tracker;
    myo_tracker_config_default(&tracker, config->width, config->height);
    tracker.step = config->step;
    tracker.cpu_mask = config->cpu_mask;
    const myo_status status = myo_tracker_new(&tracker, &source->tracker);
    if (status == MYO_OK) {
        myo_tracker_size(source->tracker, &source->columns, &source->rows);
    }
    return status;
}

myo_status myo_motion_source_init(myo_motion_source *source, const myo_ultrasound_config *config)
{
    memset(source, 0, sizeof *source);
    source->step = (float)config->step / MYO_TRACKER_TILE;
    myo_status status = estimator_new(source, config);
    if (status != MYO_OK) {
        return status;
    }
    const size_t tiles = (size_t)source->columns * source->rows;
    source->tiles = calloc(tiles, sizeof *source->tiles);
    source->points = calloc(tiles, sizeof *source->points);
    source->scratch = calloc(tiles, sizeof *source->scratch);
    if (!source->tiles || !source->points || !source->scratch) {
        myo_motion_source_clean(source);
        return MYO_ERR_NO_MEMORY;
    }
    return MYO_OK;
}

void myo_motion_source_clean(myo_motion_source *source)
{
    myo_tracker_free(source->tracker);
    myo_line_free(source->line);
    myo_axial_free(source->phase);
    free(source->tiles);
    free(source->points);
    free(source->scratch);
    memset(source, 0, sizeof *source);
}

void myo_motion_source_reset(myo_motion_source *source)
{
    if (source->tracker) {
        myo_tracker_reset(source->tracker);
    } else if (source->line) {
        myo_line_reset(source->line);
    } else {
        myo_axial_reset(source->phase);
    }
}

/* Its middle from that of the grid, in tiles' sides. */
static myo_affine_point point_of(const myo_motion_source *source, uint32_t i)
{
    const myo_tile *tile = &source->tiles[i];
    const uint32_t line = i / source->columns;
    const float column = (float)(i % source->columns) - 0.5f * (float)(source->columns - 1);
    const float row = (float)line - 0.5f * (float)(source->rows - 1);
    myo_affine_point point = {
        .u = column * source->step, .v = row * source->step, .dx = tile->dx, .dy = tile->dy};
    memcpy(point.lean, tile->lean, sizeof point.lean);
    return point;
}

/* A tile that moves far is also deformed: a thirtieth of its displacement is allowed on top. */
static bool is_known(const myo_motion_source *source, const myo_tile *tile)
{
    const float far = fmaxf(fabsf(tile->dx), fabsf(tile->dy)) / 30.0f;
    const float most = source->tracker ? MYO_TILE_SPREAD + far : LINE_SPREAD;
    return tile->quality >= (source->phase ? PHASE_QUALITY : MYO_TILE_QUALITY) &&
           tile->spread <= most;
}

static void common_fit(myo_motion_source *source, const uint8_t *mask)
{
    size_t used = 0;
    source->alike = 0;
    for (uint32_t i = 0; i < source->columns * source->rows; i++) {
        const myo_tile *tile = &source->tiles[i];
        const bool good = is_known(source, tile);
        source->alike += tile->quality >= MYO_TILE_QUALITY;
        if (good && (!mask || !mask[i])) {
            source->points[used++] = point_of(source, i);
        }
    }
    myo_affine_fit(source->points, used, source->scratch, &source->fit);
    source->common = hypot(source->fit.x[0], source->fit.y[0]);
}

static void common_remove(myo_motion_source *source)
{
    for (uint32_t i = 0; i < source->columns * source->rows; i++) {
        double dx, dy;
        const myo_affine_point point = point_of(source, i);
        myo_affine_at(&source->fit, &point, &dx, &dy);
        source->tiles[i].dx -= (float)dx;
        source->tiles[i].dy -= (float)dy;
    }
}

static bool phase_take(myo_motion_source *source, const myo_frame *frame)
{
    if (!myo_axial_process(source->phase, frame, source->tiles, &source->span_s)) {
        return false;
    }
    source->focus = 1.0; /* that of images */
    source->alike = source->rows;
    if (source->columns > 1) { /* side by side something can be shared */
        common_fit(source, NULL);
        common_remove(source);
    }
    return true;
}

bool myo_motion_source_take(myo_motion_source *source, const myo_frame *frame, const uint8_t *mask)
{
    if (source->line) {
        const bool ready = myo_line_process(source->line, frame, source->tiles, &source->span_s);
        source->alike = source->rows;
        return ready;
    }
    if (source->phase) {
        return phase_take(source, frame);
    }
    if (!myo_tracker_process(source->tracker, frame, source->tiles)) {
        return false;
    }
    source->focus = myo_tracker_focus(source->tracker);
    common_fit(source, mask);
    common_remove(source);
    return true;
}

bool myo_motion_source_knows(const myo_motion_source *source, uint32_t place)
{
    return is_known(source, &source->tiles[place]);
}

bool myo_motion_source_is_aliased(const myo_motion_source *source)
{
    return source->phase && myo_axial_aliased(source->phase) >= PHASE_ALIASED;
}

void myo_motion_source_place(const myo_motion_source *source, uint32_t place, double *x, double *y)
{
    if (source->line) {
        *x = 0.0;
        *y = myo_line_place(source->line, place);
        return;
    }
    if (source->phase) {
        myo_axial_place(source->phase, place % source->columns, place / source->columns, x, y);
        return;
    }
    uint32_t left, top;
    myo_tracker_place(source->tracker, place % source->columns, place / source->columns, &left,
                      &top);
    *x = left + 0.5 * MYO_TRACKER_TILE;
    *y = top + 0.5 * MYO_TRACKER_TILE;
}
