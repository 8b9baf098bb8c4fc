/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays into a live session under JACK: a program that PortAudio sees as an input device.
 *
 *   jack_play NAME FILE [LEAD_S [freewheel]]            plays a sound file, zeros before and after
 *   jack_play NAME count:CHANNELS [LEAD_S [freewheel]]  every sample tells its frame (count.h)
 *
 * Starts LEAD_S after somebody has connected, so that nothing is missed; "freewheel" lets JACK
 * run as fast as it can from then on. Says "playing" on standard output when it starts, "done" when
 * the file has ended; goes on with zeros until it is ended. */
#include "count.h"

#include <jack/jack.h>
#include <sndfile.h>

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHANNELS_MOST = 64 };

typedef struct {
    jack_port_t *port[CHANNELS_MOST];
    int channels;
    float *samples; /* NULL: count */
    int64_t frames, at, lead;
    atomic_bool connected, playing, done;
} player;

static float sample(const player *p, int64_t frame, int channel)
{
    if (p->samples == NULL) {
        return count_sample(frame, (uint32_t)channel);
    }
    return frame < p->frames ? p->samples[frame * p->channels + channel] : 0.0f;
}

static int on_period(jack_nframes_t frames, void *user)
{
    player *p = user;
    const bool connected = atomic_load(&p->connected);
    for (int c = 0; c < p->channels; c++) {
        float *out = jack_port_get_buffer(p->port[c], frames);
        for (jack_nframes_t i = 0; i < frames; i++) {
            const int64_t frame = p->at + (int64_t)i - p->lead;
            out[i] = connected && frame >= 0 ? sample(p, frame, c) : 0.0f;
        }
    }
    if (connected) {
        p->at += frames;
        atomic_store(&p->playing, p->at > p->lead);
        atomic_store(&p->done, p->samples != NULL && p->at - p->lead >= p->frames);
    }
    return 0;
}

static void read_file(player *p, const char *path)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    if (file == NULL || info.channels > CHANNELS_MOST) {
        fprintf(stderr, "jack_play: %s: %s\n", path, sf_strerror(file));
        exit(2);
    }
    p->channels = info.channels;
    p->frames = info.frames;
    p->samples = malloc((size_t)(info.frames * info.channels) * sizeof *p->samples);
    if (p->samples == NULL || sf_readf_float(file, p->samples, info.frames) != info.frames) {
        exit(2);
    }
    (void)sf_close(file);
}

static bool is_connected(const player *p)
{
    for (int c = 0; c < p->channels; c++) {
        if (jack_port_connected(p->port[c]) == 0) {
            return false;
        }
    }
    return true;
}

static void say_once(const char *word, bool now, bool *said)
{
    if (now && !*said) {
        *said = true;
        puts(word);
        (void)fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    static player p;
    if (argc < 3) {
        return 2;
    }
    if (strncmp(argv[2], "count:", 6) == 0) {
        p.channels = atoi(argv[2] + 6);
    } else {
        read_file(&p, argv[2]);
    }
    jack_client_t *client = jack_client_open(argv[1], JackNoStartServer, NULL);
    if (client == NULL) {
        fputs("jack_play: no server\n", stderr);
        return 2;
    }
    p.lead = argc > 3 ? (int64_t)(atof(argv[3]) * jack_get_sample_rate(client)) : 0;
    for (int c = 0; c < p.channels; c++) {
        char name[16];
        (void)snprintf(name, sizeof name, "out_%d", c + 1);
        p.port[c] = jack_port_register(client, name, JACK_DEFAULT_AUDIO_TYPE,
                                       JackPortIsOutput | JackPortIsTerminal, 0);
    }
    if (jack_set_process_callback(client, on_period, &p) != 0 || jack_activate(client) != 0) {
        return 2;
    }
    bool playing = false;
    bool done = false;
    bool free_wheel = argc > 4;
    say_once("ready", true, &(bool){false});
    for (;;) {
        (void)usleep(5000);
        if (!atomic_load(&p.connected) && is_connected(&p)) {
            atomic_store(&p.connected, true);
        }
        if (free_wheel && atomic_load(&p.playing)) {
            free_wheel = false;
            (void)jack_set_freewheel(client, 1);
        }
        say_once("playing", atomic_load(&p.playing), &playing);
        say_once("done", atomic_load(&p.done), &done);
    }
}
