/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Listens under JACK: a program that PortAudio sees as an output device. Writes what it hears.
 *
 * usage: ear NAME FILE   writes its one port as 32-bit floats to FILE until it is ended, and before them
 * the CLOCK_MONOTONIC_RAW time, in ns as 64 bits, of the first of them. Says "listening" when it can be found.
 */
#include <jack/jack.h>

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 60 * 48000 };

static float heard[MOST];
static _Atomic size_t count;
static jack_port_t *port;
static _Atomic int64_t started_ns;
static volatile sig_atomic_t ended;

static int64_t now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int on_period(jack_nframes_t frames, void *user)
{
    (void)user;
    const float *in = jack_port_get_buffer(port, frames);
    size_t at = atomic_load(&count);
    if (at == 0) {
        atomic_store(&started_ns, now_ns());
    }
    for (jack_nframes_t i = 0; i < frames && at < MOST; i++) {
        heard[at++] = in[i];
    }
    atomic_store(&count, at);
    return 0;
}

static void on_signal(int number)
{
    (void)number;
    ended = 1;
}

int main(int argc, char **argv)
{
    jack_client_t *client = argc == 3 ? jack_client_open(argv[1], JackNoStartServer, NULL) : NULL;
    if (client == NULL) {
        fputs("usage: ear NAME FILE, with a JACK server\n", stderr);
        return 2;
    }
    port = jack_port_register(client, "in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
    (void)signal(SIGTERM, on_signal);
    if (port == NULL || jack_set_process_callback(client, on_period, NULL) != 0 ||
        jack_activate(client) != 0) {
        return 1;
    }
    puts("listening");
    (void)fflush(stdout);
    while (!ended) {
        (void)usleep(10000);
    }
    (void)jack_client_close(client);
    FILE *file = fopen(argv[2], "wb");
    const int64_t start = started_ns;
    if (file == NULL || fwrite(&start, sizeof start, 1, file) != 1 ||
        fwrite(heard, sizeof *heard, count, file) != count) {
        return 1;
    }
    return fclose(file) == 0 ? 0 : 1;
}
