/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Installs handlers for the signals that ask a command to end. */
#include "signals.h"

#include <signal.h>
#include <stddef.h>

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
