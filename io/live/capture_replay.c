/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replays a recording as if it were a device: the same ring, in blocks of 4 ms, at its own pace. */
#include "live/capture.h"
#include "live/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double block_s = 0.004;
enum { WAIT_US = 200 };

typedef struct {
    myo_ring *ring;
    myo_source *source;
    const myo_source_info *info;
    double speed;
    float *block;
    size_t block_frames;
    int64_t start_ns, frames;
} replay;

static bool stopped(const replay *self)
{
    return myo_ring_order(self->ring) == MYO_CAPTURE_STOP;
}

/* At a given speed a block is handed on when its last frame would have been there, room or not; at any
 * speed as soon as there is room. */
static void wait_for_turn(const replay *self, size_t frames)
{
    if (self->speed <= 0.0) {
        while (myo_ring_room(self->ring) < 2 * frames && !stopped(self)) {
            myo_clock_sleep_us(WAIT_US);
        }
        return;
    }
    const double due_s =
        (double)(self->frames + (int64_t)frames) / (self->info->rate_hz * self->speed);
    for (;;) {
        const double left_s = due_s - 1e-9 * (double)(myo_clock_ns() - self->start_ns);
        if (left_s <= 0.0 || stopped(self)) {
            return;
        }
        /* In steps, so that an order to stop is heard. */
        myo_clock_sleep_us((int64_t)(1e6 * fmin(left_s, 0.1)) + 1);
    }
}

static int play(replay *self)
{
    self->start_ns = myo_clock_ns();
    while (!stopped(self)) {
        myo_why why = {""};
        size_t got = 0;
        const myo_status status =
            myo_source_read(self->source, self->block, self->block_frames, &got, &why);
        if (status != MYO_OK || got == 0) {
            myo_ring_say(self->ring, status == MYO_OK ? MYO_CAPTURE_ENDED : MYO_CAPTURE_DAMAGED,
                         why.text);
            return EXIT_SUCCESS;
        }
        wait_for_turn(self, got);
        const int64_t now = myo_clock_ns();
        (void)myo_ring_write(self->ring, self->block, got, 0, now, 1e-9 * (double)now);
        myo_ring_beat(self->ring, now);
        self->frames += (int64_t)got;
    }
    return EXIT_SUCCESS;
}

static int prepare(replay *self, const char *path)
{
    const char *slash = strrchr(path, '/');
    myo_ring_about about = {.rate_hz = self->info->rate_hz,
                            .channels = self->info->channels,
                            .device_channels = self->info->channels};
    (void)snprintf(about.device, sizeof about.device, "%s", slash == NULL ? path : slash + 1);
    (void)snprintf(about.api, sizeof about.api, "replay");
    self->block_frames = (size_t)fmax(1.0, floor(block_s * self->info->rate_hz));
    self->block = malloc(self->block_frames * self->info->channels * sizeof *self->block);
    if (self->block == NULL || myo_ring_shape(self->ring, &about) != MYO_OK) {
        myo_ring_say(self->ring, MYO_CAPTURE_FAILED, "out of memory");
        return EXIT_FAILURE;
    }
    while (myo_ring_order(self->ring) == MYO_CAPTURE_WAIT) {
        myo_clock_sleep_us(1000);
    }
    myo_ring_say(self->ring, MYO_CAPTURE_RUNNING, NULL);
    return play(self);
}

int myo_capture_replay(myo_ring *ring, const char *path, double speed,
                       const myo_source_options *options)
{
    myo_why why = {""};
    replay self = {.ring = ring, .speed = speed};
    if (myo_source_open(path, options, &self.source, &why) != MYO_OK) {
        myo_ring_say(ring, MYO_CAPTURE_FAILED, why.text);
        return EXIT_FAILURE;
    }
    self.info = myo_source_info_get(self.source);
    const int status = prepare(&self, path);
    free(self.block);
    myo_source_free(self.source);
    return status;
}
