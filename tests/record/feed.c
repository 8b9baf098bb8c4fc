/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A desk without a device: gives the recorder numbered frames at the pace of time, for the crash tests.
 *
 * usage: feed PATH SHARED SECONDS SPEED CHANNELS RATE
 * SPEED 0: as fast as the recorder takes them. Every 4 ms a block; every 50 ms a provisional event, 40 ms
 * later its confirmation; every 100 ms a mark. What was given and what the recorder says of it
 * stands in the file SHARED, as six numbers of 64 bits, until the end and after a kill:
 * given frames, flushed frames, synced frames, given reports, flushed reports, 1 once it has failed.
 */
#include "record/recorder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { GIVEN, FLUSHED, SYNCED, REPORTS, REPORTS_FLUSHED, FAILED, SHARED_NUMBERS };
enum { MAX_BLOCK = 4096 * 64 };

static _Atomic int64_t *shared;
static float block[MAX_BLOCK];

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void wait_until(double time_s)
{
    double left = time_s - now_s();
    if (left > 0.0) {
        const struct timespec time = {(time_t)left, (long)((left - (double)(time_t)left) * 1e9)};
        (void)nanosleep(&time, NULL);
    }
}

/* Exact in float; campaign.py knows the same rule. */
static void block_fill(int64_t from, int64_t frames, uint32_t channels)
{
    for (int64_t i = 0; i < frames * channels; i++) {
        int64_t frame = from + i / channels;
        block[i] = (float)((frame * 7 + i % channels * 1013) % 8388593);
    }
}

static void event_give(myo_recorder *recorder, myo_event_stage stage, int64_t frame, int64_t onset)
{
    myo_event event = {.id = (uint64_t)onset,
                       .type = MYO_EVENT_LTR,
                       .stage = stage,
                       .onset_frame = onset,
                       .offset_frame = frame,
                       .reported_frame = frame,
                       .confirmed_frame = stage == MYO_CONFIRMED ? frame : -1,
                       .channel = 0,
                       .channel_count = 1,
                       .channel_mask = {1},
                       .peak = 0.1};
    if (myo_recorder_event(recorder, &event)) {
        shared[REPORTS]++;
    }
}

static void state_share(myo_recorder *recorder)
{
    myo_record_state now;
    myo_recorder_state(recorder, &now);
    shared[FLUSHED] = now.frames_flushed;
    shared[SYNCED] = now.frames_synced;
    shared[REPORTS_FLUSHED] = now.reports_flushed;
    shared[FAILED] = now.failed;
}

static void run(myo_recorder *recorder, double seconds, double speed, uint32_t channels,
                double rate_hz)
{
    int64_t frames = (int64_t)(rate_hz * 0.004), total = (int64_t)(seconds * rate_hz);
    double start_s = now_s();
    for (int64_t at = 0, n = 0; at < total && !shared[FAILED]; at += frames, n++) {
        block_fill(at, frames, channels);
        while (speed <= 0.0 && myo_recorder_room(recorder) < 0.5) {
            wait_until(now_s() + 0.001);
        }
        (void)myo_recorder_frames(recorder, block, (size_t)frames);
        shared[GIVEN] = at + frames;
        if (n % 12 == 0) {
            event_give(recorder, MYO_PROVISIONAL, at + frames, at);
        }
        if (n % 12 == 10) {
            event_give(recorder, MYO_CONFIRMED, at + frames, at - 10 * frames);
        }
        if (n % 25 == 0) {
            (void)myo_recorder_mark(recorder, at, "beat");
            (void)myo_recorder_clock(recorder, at, (int64_t)(now_s() * 1e9), 0.0);
        }
        state_share(recorder);
        if (speed > 0.0) {
            wait_until(start_s + (double)(at + frames) / rate_hz / speed);
        }
    }
}

static void shared_open(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    size_t size = SHARED_NUMBERS * sizeof *shared;
    if (fd < 0 || ftruncate(fd, (off_t)size) != 0) {
        perror(path);
        exit(2);
    }
    shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    (void)close(fd);
}

int main(int argc, char **argv)
{
    if (argc != 7) {
        fputs("usage: feed PATH SHARED SECONDS SPEED CHANNELS RATE\n", stderr);
        return 2;
    }
    double rate_hz = atof(argv[6]);
    myo_record_head head = {.rate_hz = rate_hz,
                            .channels = (uint32_t)atoi(argv[5]),
                            .full_scale_uv = 5000.0,
                            .device = "numbers",
                            .detector = "none",
                            .recording = "feed"};
    myo_recorder *recorder = NULL;
    myo_why why = {""};
    shared_open(argv[2]);
    if (myo_recorder_open(argv[1], &head, &recorder, &why) != MYO_OK) {
        fprintf(stderr, "%s\n", why.text);
        return 1;
    }
    run(recorder, atof(argv[3]), atof(argv[4]), head.channels, rate_hz);
    double start_s = now_s();
    myo_status status = myo_recorder_close(recorder, NULL, true, &why);
    fprintf(stderr, "closed in %.3f s: %s\n", now_s() - start_s,
            status == MYO_OK ? "complete" : why.text);
    return status == MYO_OK ? 0 : 1;
}
