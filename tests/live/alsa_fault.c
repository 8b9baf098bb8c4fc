/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A capture device for ALSA that keeps real time and breaks as told.
 *
 *   pcm_type.fault { lib "/.../libasound_module_pcm_fault.so" }
 *   pcm.broken { type fault script "drop 5000 480" hint { show on description "broken" } }
 *
 * script: parts separated by ';', each KIND AT_MS [FRAMES]:
 *   drop    FRAMES vanish at AT_MS, and nothing says so
 *   xrun    the same, and ALSA is told of an overrun
 *   late    nothing comes for the length of FRAMES, then all of it at once: nothing is lost
 *   stall   nothing comes from AT_MS on
 *   silence zeros from AT_MS on
 *   unplug  the device is gone at AT_MS
 * Every sample tells the device's frame (count.h). With `whole true` beside the script frames come by whole
 * periods; else twice as often, so that a loss lies between two reads. */
#include "count.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <alsa/asoundlib.h>
#include <alsa/pcm_external.h>

enum { FAULTS = 64 };
typedef enum { DROP, XRUN, LATE, STALL, SILENCE, UNPLUG, KINDS } fault_kind;
static const char *const kind_names[KINDS] = {"drop", "xrun", "late", "stall", "silence", "unplug"};

typedef struct {
    fault_kind kind;
    double at_s;
    int64_t frames;
    bool told;
} fault;

typedef struct {
    snd_pcm_ioplug_t io;
    int timer;
    struct timespec begun; /* of the device, not of a stream: a restart does not turn time back */
    bool on, gone;
    bool whole; /* tells of whole periods only, as an interrupt does; else every half of one */
    fault faults[FAULTS];
    int count;
    int64_t read;     /* frame that is read next */
    int64_t position; /* of it in the stream, since the last start */
} device;

static double now_s(const device *d)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - d->begun.tv_sec) + 1e-9 * (double)(now.tv_nsec - d->begun.tv_nsec);
}

/* Frames that were taken until now: the device's own count. */
static int64_t taken(const device *d, double at_s)
{
    return (int64_t)(at_s * d->io.rate);
}

static int64_t begin_of(const device *d, const fault *f)
{
    return taken(d, f->at_s);
}

/* Frames that can be read: a fault holds the end back. */
static int64_t available_end(device *d)
{
    const double now = now_s(d);
    int64_t end = taken(d, now);
    for (int i = 0; i < d->count; i++) {
        const fault *f = &d->faults[i];
        const int64_t from = begin_of(d, f);
        const bool holds =
            f->kind == STALL ||
            ((f->kind == DROP || f->kind == XRUN || f->kind == LATE) && end < from + f->frames);
        if (holds && end > from) {
            end = from;
        }
    }
    return end;
}

static const fault *vanished(const device *d, int64_t frame)
{
    for (int i = 0; i < d->count; i++) {
        const fault *f = &d->faults[i];
        const int64_t from = begin_of(d, f);
        if ((f->kind == DROP || f->kind == XRUN) && frame >= from && frame < from + f->frames) {
            return f;
        }
    }
    return NULL;
}

/* Frames in [from, to) that are not lost. */
static int64_t left_of(const device *d, int64_t from, int64_t to)
{
    int64_t frames = to - from;
    for (int i = 0; i < d->count; i++) {
        const fault *f = &d->faults[i];
        const int64_t a = begin_of(d, f) > from ? begin_of(d, f) : from;
        const int64_t b = begin_of(d, f) + f->frames < to ? begin_of(d, f) + f->frames : to;
        if ((f->kind == DROP || f->kind == XRUN) && b > a) {
            frames -= b - a;
        }
    }
    return frames;
}

static bool unplugged(const device *d)
{
    for (int i = 0; i < d->count; i++) {
        if (d->on && d->faults[i].kind == UNPLUG && now_s(d) > d->faults[i].at_s) {
            return true;
        }
    }
    return false;
}

static int on_start(snd_pcm_ioplug_t *io)
{
    device *d = io->private_data;
    if (unplugged(d)) {
        return -ENODEV;
    }
    if (!d->on) {
        (void)clock_gettime(CLOCK_MONOTONIC, &d->begun);
        d->on = true;
    }
    d->read = available_end(d);
    d->position = 0;
    const long ns = (long)(1e9 * (double)io->period_size / (double)io->rate / 2.0);
    const struct timespec step = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    return timerfd_settime(d->timer, 0, &(struct itimerspec){step, step}, NULL);
}

static int on_stop(snd_pcm_ioplug_t *io)
{
    device *d = io->private_data;
    return timerfd_settime(d->timer, 0, &(struct itimerspec){0}, NULL);
}

static snd_pcm_sframes_t on_pointer(snd_pcm_ioplug_t *io)
{
    device *d = io->private_data;
    if (unplugged(d)) {
        return -ENODEV;
    }
    const int64_t end = available_end(d);
    for (int i = 0; i < d->count; i++) {
        fault *f = &d->faults[i];
        if (f->kind == XRUN && !f->told && end >= begin_of(d, f) + f->frames) {
            f->told = true;
            return -EPIPE;
        }
    }
    const int64_t waiting = left_of(d, d->read, end);
    if (waiting > (int64_t)io->buffer_size) {
        return -EPIPE;
    }
    return (snd_pcm_sframes_t)((d->position + waiting) % (int64_t)io->buffer_size);
}

static float sample(const device *d, int64_t frame, uint32_t channel)
{
    for (int i = 0; i < d->count; i++) {
        if (d->faults[i].kind == SILENCE && frame >= begin_of(d, &d->faults[i])) {
            return 0.0f;
        }
    }
    return count_sample(frame, channel);
}

static snd_pcm_sframes_t on_transfer(snd_pcm_ioplug_t *io, const snd_pcm_channel_area_t *areas,
                                     snd_pcm_uframes_t offset, snd_pcm_uframes_t frames)
{
    device *d = io->private_data;
    for (snd_pcm_uframes_t i = 0; i < frames; i++) {
        for (const fault *f = vanished(d, d->read); f != NULL; f = vanished(d, d->read)) {
            d->read = begin_of(d, f) + f->frames;
        }
        for (uint32_t c = 0; c < io->channels; c++) {
            char *at = (char *)areas[c].addr + (areas[c].first + (offset + i) * areas[c].step) / 8;
            const float value = sample(d, d->read, c);
            memcpy(at, &value, sizeof value);
        }
        d->read++;
    }
    d->position += (int64_t)frames;
    return (snd_pcm_sframes_t)frames;
}

static void calm(const device *d)
{
    uint64_t ticks = 0;
    while (read(d->timer, &ticks, sizeof ticks) > 0) {
    }
}

static int on_prepare(snd_pcm_ioplug_t *io)
{
    calm(io->private_data);
    return unplugged(io->private_data) ? -ENODEV : 0;
}

static int on_poll(snd_pcm_ioplug_t *io, struct pollfd *fds, unsigned count, unsigned short *events)
{
    device *d = io->private_data;
    (void)count;
    calm(d);
    const int64_t waiting = left_of(d, d->read, available_end(d));
    const bool enough = !d->whole || waiting >= (int64_t)io->period_size;
    *events = (fds[0].revents & POLLIN) != 0 && enough ? POLLIN : 0;
    if (unplugged(d)) {
        *events = POLLERR;
    }
    return 0;
}

static int on_close(snd_pcm_ioplug_t *io)
{
    device *d = io->private_data;
    (void)close(d->timer);
    free(d);
    return 0;
}

static const snd_pcm_ioplug_callback_t callbacks = {.start = on_start,
                                                    .stop = on_stop,
                                                    .pointer = on_pointer,
                                                    .transfer = on_transfer,
                                                    .prepare = on_prepare,
                                                    .poll_revents = on_poll,
                                                    .close = on_close};

static int read_script(device *d, const char *script)
{
    for (const char *at = script; at != NULL && *at != '\0';) {
        char kind[16] = "";
        double ms = 0.0;
        long long frames = 0;
        fault *f = &d->faults[d->count];
        if (sscanf(at, " %15[a-z] %lf %lld", kind, &ms, &frames) < 2 || d->count == FAULTS) {
            return -EINVAL;
        }
        *f = (fault){.kind = KINDS, .at_s = 1e-3 * ms, .frames = frames};
        for (int k = 0; k < KINDS; k++) {
            f->kind = strcmp(kind, kind_names[k]) == 0 ? (fault_kind)k : f->kind;
        }
        if (f->kind == KINDS) {
            return -EINVAL;
        }
        d->count++;
        at = strchr(at, ';');
        at += at != NULL;
    }
    return 0;
}

static int set_limits(device *d)
{
    static const unsigned access[] = {SND_PCM_ACCESS_RW_INTERLEAVED,
                                      SND_PCM_ACCESS_MMAP_INTERLEAVED};
    static const unsigned format[] = {SND_PCM_FORMAT_FLOAT};
    int error = snd_pcm_ioplug_set_param_list(&d->io, SND_PCM_IOPLUG_HW_ACCESS, 2, access);
    error |= snd_pcm_ioplug_set_param_list(&d->io, SND_PCM_IOPLUG_HW_FORMAT, 1, format);
    error |= snd_pcm_ioplug_set_param_minmax(&d->io, SND_PCM_IOPLUG_HW_CHANNELS, 1, 64);
    error |= snd_pcm_ioplug_set_param_minmax(&d->io, SND_PCM_IOPLUG_HW_RATE, 500, 96000);
    error |= snd_pcm_ioplug_set_param_minmax(&d->io, SND_PCM_IOPLUG_HW_PERIOD_BYTES, 64, 1 << 20);
    error |= snd_pcm_ioplug_set_param_minmax(&d->io, SND_PCM_IOPLUG_HW_BUFFER_BYTES, 128, 1 << 22);
    error |= snd_pcm_ioplug_set_param_minmax(&d->io, SND_PCM_IOPLUG_HW_PERIODS, 2, 1024);
    return error;
}

SND_PCM_PLUGIN_DEFINE_FUNC(fault)
{
    (void)root;
    const char *script = "";
    bool whole = false;
    snd_config_iterator_t at, next;
    snd_config_for_each(at, next, conf)
    {
        const char *id = NULL;
        snd_config_t *entry = snd_config_iterator_entry(at);
        if (snd_config_get_id(entry, &id) >= 0 && strcmp(id, "script") == 0) {
            (void)snd_config_get_string(entry, &script);
        } else if (snd_config_get_id(entry, &id) >= 0 && strcmp(id, "whole") == 0) {
            whole = snd_config_get_bool(entry) == 1;
        }
    }
    if (stream != SND_PCM_STREAM_CAPTURE) {
        return -EINVAL;
    }
    device *d = calloc(1, sizeof *d);
    if (d == NULL || read_script(d, script) < 0) {
        free(d);
        return d == NULL ? -ENOMEM : -EINVAL;
    }
    d->whole = whole;
    d->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    d->io = (snd_pcm_ioplug_t){.version = SND_PCM_IOPLUG_VERSION,
                               .name = "capture that breaks as told",
                               .poll_fd = d->timer,
                               .poll_events = POLLIN,
                               .callback = &callbacks,
                               .private_data = d};
    int error = snd_pcm_ioplug_create(&d->io, name, stream, mode);
    if (error < 0) {
        (void)close(d->timer);
        free(d);
        return error;
    }
    error = set_limits(d);
    if (error < 0) {
        (void)snd_pcm_ioplug_delete(&d->io);
        return error;
    }
    *pcmp = d->io.pcm;
    return 0;
}

SND_PCM_PLUGIN_SYMBOL(fault);
