/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts the capture process, waits until it has its device, and learns what the device is. */
#include "live/desk_self.h"

#include "export/json.h"
#include "live/capture.h"
#include "live/clock.h"
#include "signal/channels.h"

#include <stdio.h>
#include <string.h>

static const double open_s = 10.0;
/* A file of another kind than a device may have to be read to its end first. */
static const double open_file_s = 120.0;
/* Debian 12's PortAudio says 25 hours for JACK. */
static const double latency_most_s = 10.0;
enum { NUMBER = 64 };

static const char *text_of(const char *text)
{
    return text == NULL ? "" : text;
}

static myo_status start_device(myo_desk *self, myo_why *why)
{
    const myo_desk_options *o = &self->options;
    char rate[NUMBER];
    char block[NUMBER];
    (void)myo_number_print(rate, sizeof rate, o->rate_hz, 17);
    (void)myo_number_print(block, sizeof block, o->block_s, 17);
    const char *const arguments[] = {
        "myotwitch", MYO_CAPTURE_COMMAND,  "device", text_of(o->device),
        rate,        text_of(o->channels), block,    o->unpaced ? "1" : "0",
        NULL};
    return myo_child_start(o->program, arguments, myo_ring_fd(self->ring), &self->child, why);
}

static myo_status start_replay(myo_desk *self, myo_why *why)
{
    const myo_desk_options *o = &self->options;
    char rate[NUMBER];
    char speed[NUMBER];
    char scale[NUMBER];
    (void)myo_number_print(rate, sizeof rate, o->rate_hz, 17);
    (void)myo_number_print(speed, sizeof speed, o->speed, 17);
    (void)myo_number_print(scale, sizeof scale, o->full_scale_uv, 17);
    const char *const arguments[] = {"myotwitch",
                                     MYO_CAPTURE_COMMAND,
                                     "replay",
                                     o->replay,
                                     speed,
                                     text_of(o->channels),
                                     text_of(o->dataset),
                                     rate,
                                     scale,
                                     o->channels_first ? "1" : "0",
                                     NULL};
    return myo_child_start(o->program, arguments, myo_ring_fd(self->ring), &self->child, why);
}

/* What the file says of itself; its samples come through the ring. */
static myo_status read_info(myo_desk *self, myo_why *why)
{
    const myo_desk_options *o = &self->options;
    const myo_source_options options = {.dataset = o->dataset,
                                        .rate_hz = o->rate_hz,
                                        .full_scale_uv = o->full_scale_uv,
                                        .channels = o->channels,
                                        .channels_first = o->channels_first};
    const myo_status status = myo_source_open(o->replay, &options, &self->source, why);
    if (status == MYO_OK) {
        self->info = *myo_source_info_get(self->source);
    }
    return status;
}

static myo_status wait_for_device(myo_desk *self, myo_why *why)
{
    const int64_t begun = myo_clock_ns();
    const double patience_s = self->options.replay == NULL ? open_s : open_file_s;
    myo_why how = {""};
    for (;;) {
        const bool gone = myo_child_ended(self->child, &how);
        const myo_capture_state state = myo_ring_state(self->ring);
        myo_child_listen(self->child);
        if (state == MYO_CAPTURE_FAILED) {
            myo_ring_text(self->ring, why);
            return MYO_ERR_OPEN;
        }
        if (state != MYO_CAPTURE_STARTING) {
            return myo_ring_meet(self->ring) == MYO_OK
                       ? MYO_OK
                       : myo_why_set(why, MYO_ERR_OPEN, "the capture process speaks nonsense");
        }
        if (gone) {
            return myo_why_set(why, MYO_ERR_OPEN, "the capture process %s: %.150s", how.text,
                               myo_child_words(self->child));
        }
        if (1e-9 * (double)(myo_clock_ns() - begun) > patience_s) {
            return myo_why_set(why, MYO_ERR_OPEN, "the device does not answer within %g s",
                               patience_s);
        }
        myo_clock_sleep_us(1000);
    }
}

/* Channels of the ring that were chosen, and which they are. */
static myo_status choose(myo_desk *self, uint32_t pick[MYO_MAX_CHANNELS], myo_why *why)
{
    const myo_ring_about *about = myo_ring_about_get(self->ring);
    bool chosen[MYO_MAX_CHANNELS];
    myo_source_info all = {.channels = about->channels};
    for (uint32_t c = 0; c < about->channels; c++) {
        all.channel_number[c] = c;
        chosen[c] = true;
    }
    if (self->options.channels != NULL) {
        const myo_status status = myo_channel_list(self->options.channels, &all, chosen, why);
        if (status != MYO_OK) {
            return status;
        }
    }
    self->info.channels = 0;
    for (uint32_t c = 0; c < about->channels; c++) {
        if (chosen[c]) {
            self->info.channel_number[self->info.channels] = c;
            pick[self->info.channels++] = c;
        }
    }
    return self->info.channels > 0 ? MYO_OK
                                   : myo_why_set(why, MYO_ERR_BAD_ARG, "no channel is chosen");
}

static myo_status describe_device(myo_desk *self, uint32_t pick[MYO_MAX_CHANNELS], myo_why *why)
{
    const myo_ring_about *about = myo_ring_about_get(self->ring);
    self->info = (myo_source_info){
        .rate_hz = about->rate_hz, .frames = -1, .full_scale_uv = self->options.full_scale_uv};
    for (uint32_t c = 0; c < MYO_MAX_CHANNELS; c++) {
        self->info.rail_low[c] = -1.0; /* PortAudio's floats */
        self->info.rail_high[c] = 1.0;
    }
    (void)snprintf(self->info.format, sizeof self->info.format, "live, %.40s", about->api);
    self->device_latency_s =
        about->latency_s >= 0.0 && about->latency_s < latency_most_s ? about->latency_s : 0.0;
    return choose(self, pick, why);
}

static myo_status make_intake(myo_desk *self, myo_why *why)
{
    const bool replay = self->options.replay != NULL;
    const myo_ring_about *about = myo_ring_about_get(self->ring);
    myo_intake_config config = {.rate_hz = about->rate_hz,
                                .ring_channels = about->channels,
                                .paced = !replay && !self->options.unpaced,
                                .watched = !replay,
                                .allow_silence = self->options.allow_silence};
    myo_status status = MYO_OK;
    if (replay) {
        for (uint32_t c = 0; c < about->channels; c++) {
            config.pick[c] = c;
        }
        if (about->channels != self->info.channels || about->rate_hz != self->info.rate_hz) {
            status = myo_why_set(why, MYO_ERR_OPEN, "the file changed while it was opened");
        }
    } else {
        status = describe_device(self, config.pick, why);
    }
    if (status != MYO_OK) {
        return status;
    }
    (void)snprintf(self->name, sizeof self->name, "%s", about->device);
    config.channels = self->info.channels;
    status = myo_intake_new(&config, self->ring, &self->intake);
    return status == MYO_OK ? status : myo_why_set(why, status, "%s", myo_status_text(status));
}

myo_status desk_open(myo_desk *self, myo_why *why)
{
    const bool replay = self->options.replay != NULL;
    if (myo_ring_new(&self->ring) != MYO_OK) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = replay ? read_info(self, why) : MYO_OK;
    if (status == MYO_OK) {
        status = replay ? start_replay(self, why) : start_device(self, why);
    }
    if (status == MYO_OK) {
        status = wait_for_device(self, why);
    }
    return status == MYO_OK ? make_intake(self, why) : status;
}
