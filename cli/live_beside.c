/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts and ends what goes on beside a live session. */
#include "live_beside.h"

#include "talk.h"

#include "live/remote.h"
#include "live/sound.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct live_beside {
    myo_sound *sound;
    myo_remote *remote;
    myo_session_head head; /* of the remote's lines */
    char *config_text;
};

static myo_status sound_start(live_beside *self, const live_beside_options *options, myo_desk *desk,
                              myo_why *why)
{
    myo_feed *feed = NULL;
    const bool is_default = strcmp(options->sound, "default") == 0;
    const myo_sound_options wanted = {.device = is_default ? "" : options->sound,
                                      .tones_only = options->sound_tones};
    if (myo_desk_attach(desk, &feed) != MYO_OK) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    const myo_status status = myo_sound_new(&wanted, desk, feed, &self->sound, why);
    if (status == MYO_ERR_OPEN) {
        talk_file("live", "no sound", why->text);
        return MYO_OK;
    }
    return status;
}

static bool head_make(live_beside *self, const live_beside_options *options, const myo_desk *desk)
{
    const size_t size = myo_config_print(options->config, NULL, 0) + 1;
    self->config_text = malloc(size);
    if (self->config_text == NULL) {
        return false;
    }
    (void)myo_config_print(options->config, self->config_text, size);
    self->head = (myo_session_head){.recording = options->recording,
                                    .info = myo_desk_info_get(desk),
                                    .config_text = self->config_text,
                                    .provisional = true};
    (void)snprintf(self->head.config_hash, sizeof self->head.config_hash, "%016" PRIx64,
                   myo_config_hash(options->config));
    return true;
}

static myo_status remote_start(live_beside *self, const live_beside_options *options,
                               myo_desk *desk, myo_why *why)
{
    myo_feed *feed = NULL;
    if (!head_make(self, options, desk) || myo_desk_attach(desk, &feed) != MYO_OK) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    const myo_remote_options wanted = {.tcp = options->remote,
                                       .port = options->port,
                                       .events_path = options->events_socket,
                                       .head = &self->head};
    const myo_status status = myo_remote_new(&wanted, desk, feed, &self->remote, why);
    if (status == MYO_OK && options->remote) {
        fprintf(stderr, "remote: 127.0.0.1 %u\n", myo_remote_port(self->remote));
    }
    return status;
}

myo_status live_beside_new(const live_beside_options *options, myo_desk *desk, live_beside **beside,
                           myo_why *why)
{
    live_beside *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return myo_why_set(why, MYO_ERR_NO_MEMORY, "out of memory");
    }
    myo_status status = MYO_OK;
    if (options->sound != NULL) {
        status = sound_start(self, options, desk, why);
    }
    if (status == MYO_OK && (options->remote || options->events_socket != NULL)) {
        status = remote_start(self, options, desk, why);
    }
    if (status != MYO_OK) {
        live_beside_free(self);
        return status;
    }
    *beside = self;
    return MYO_OK;
}

static void sound_end(const live_beside *self)
{
    myo_why why = {""};
    double latency_s = 0.0;
    if (self->sound == NULL) {
        return;
    }
    myo_sound_why(self->sound, &why);
    if (why.text[0] != '\0') {
        talk_file("live", "the sound ended", why.text);
    }
    fprintf(stderr, "sound: %u tones on ", myo_sound_tones(self->sound));
    talk_clean(myo_sound_device(self->sound, &latency_s), stderr);
    if (latency_s > 0.0) {
        fprintf(stderr, ", its latency %.1f ms", latency_s * 1e3);
    }
    fputc('\n', stderr);
}

void live_beside_free(live_beside *self)
{
    if (self != NULL) {
        sound_end(self);
        myo_sound_free(self->sound);
        myo_remote_free(self->remote);
        free(self->config_text);
        free(self);
    }
}
