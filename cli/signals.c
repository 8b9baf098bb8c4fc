/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Installs handlers for the signals that ask a command to end. */
#include "signals.h"

#include "export/outfile.h"

#include <signal.h>
#include <stddef.h>
#include <sys/types.h>
#include <unistd.h>

/* A child has its parent's files in its memory, which are none of its business. */
static pid_t owner;

void signals_take(void (*stop)(int))
{
    const struct sigaction ask = {.sa_handler = stop}, ignore = {.sa_handler = SIG_IGN};
    struct sigaction hangup;
    (void)sigaction(SIGINT, &ask, NULL);
    (void)sigaction(SIGTERM, &ask, NULL);
    (void)sigaction(SIGPIPE, &ignore, NULL);
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) {
        (void)sigaction(SIGHUP, &ask, NULL);
    }
}

/* Ends by the very signal, as whoever sent it expects. */
static void end_tidily(int number)
{
    if (getpid() == owner) {
        myo_outfile_abandon();
    }
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

void signals_tidy(void)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
    const struct sigaction tidy = {.sa_handler = end_tidily};
    owner = getpid();
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        struct sigaction before;
        if (sigaction(ending[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL) {
            (void)sigaction(ending[i], &tidy, NULL);
        }
    }
}
