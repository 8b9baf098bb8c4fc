/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every sample that comes through a device is compared with what was played (count.h), for hours.
 *
 *   verify PROGRAM DEVICE CHANNELS SECONDS
 *
 * Takes the same way as a desk: capture process, ring, intake. Exit status 0: nothing was lost, and every
 * bit is right; prints one line of figures. */
#include "count.h"

#include "live/capture.h"
#include "live/child.h"
#include "live/clock.h"
#include "live/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

typedef struct {
    uint32_t channels;
    int64_t frames, wanted, next, different, gaps, lost;
    bool begun; /* zeros come first */
} check;

static bool is_zero(const float *frame, uint32_t channels)
{
    for (uint32_t c = 0; c < channels; c++) {
        if (frame[c] != 0.0f) {
            return false;
        }
    }
    return true;
}

static void take(check *self, const myo_intake_item *item)
{
    for (int64_t i = 0; i < item->frames && self->next < self->wanted; i++) {
        const float *frame = item->samples + (size_t)i * self->channels;
        self->begun = self->begun || !is_zero(frame, self->channels);
        if (!self->begun) {
            continue;
        }
        bool same = true;
        for (uint32_t c = 0; c < self->channels; c++) {
            const float expected = count_sample(self->next, c);
            same = same && memcmp(&expected, &frame[c], sizeof expected) == 0;
        }
        self->different += !same;
        self->next++;
    }
}

static int give_up(const char *why)
{
    fprintf(stderr, "verify: %s\n", why);
    return 2;
}

static int run(myo_intake *intake, myo_child *child, check *all)
{
    myo_intake_item item = {.kind = MYO_INTAKE_NOTHING};
    const int64_t begun = myo_clock_ns();
    while (all->next < all->wanted) {
        myo_intake_next(intake, myo_clock_ns(), false, &item);
        if (item.kind == MYO_INTAKE_BLOCK) {
            take(all, &item);
        } else if (item.kind == MYO_INTAKE_GAP) {
            all->gaps++;
            all->lost += item.frames;
            all->next += all->begun ? item.frames : 0;
        } else if (item.kind == MYO_INTAKE_NOTHING) {
            myo_child_listen(child);
            myo_clock_sleep_us(100);
        } else {
            return give_up(item.text.text);
        }
    }
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    printf("%lld frames in %.1f s, %lld different, %lld lost in %lld gaps, %ld KiB\n",
           (long long)all->next, 1e-9 * (double)(myo_clock_ns() - begun), (long long)all->different,
           (long long)all->lost, (long long)all->gaps, usage.ru_maxrss);
    return all->different == 0 && all->gaps == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    myo_why why = {""};
    myo_ring *ring = NULL;
    myo_child *child = NULL;
    myo_intake *intake = NULL;
    if (argc != 5) {
        return give_up("PROGRAM DEVICE CHANNELS SECONDS");
    }
    const char *const arguments[] = {
        "myotwitch", MYO_CAPTURE_COMMAND, "device", argv[2], "0", "", "0", "1", NULL};
    if (myo_ring_new(&ring) != MYO_OK ||
        myo_child_start(argv[1], arguments, myo_ring_fd(ring), &child, &why) != MYO_OK) {
        return give_up("no capture process");
    }
    while (myo_ring_state(ring) == MYO_CAPTURE_STARTING && !myo_child_ended(child, &why)) {
        myo_child_listen(child);
        myo_clock_sleep_us(1000);
    }
    if (myo_ring_state(ring) != MYO_CAPTURE_OPEN || myo_ring_meet(ring) != MYO_OK) {
        myo_ring_text(ring, &why);
        return give_up(why.text);
    }
    const myo_ring_about *about = myo_ring_about_get(ring);
    check all = {.channels = (uint32_t)atoi(argv[3])};
    all.wanted = (int64_t)(atof(argv[4]) * about->rate_hz);
    myo_intake_config config = {.rate_hz = about->rate_hz,
                                .ring_channels = about->channels,
                                .channels = all.channels,
                                .watched = true,
                                .allow_silence = true};
    for (uint32_t c = 0; c < all.channels; c++) {
        config.pick[c] = c;
    }
    if (about->channels != all.channels || myo_intake_new(&config, ring, &intake) != MYO_OK) {
        return give_up("other channels than expected");
    }
    myo_intake_begin(intake, myo_clock_ns());
    myo_ring_command(ring, MYO_CAPTURE_GO);
    const int status = run(intake, child, &all);
    myo_ring_command(ring, MYO_CAPTURE_STOP);
    myo_child_end(child, 500);
    myo_intake_free(intake);
    myo_ring_free(ring);
    return status;
}
