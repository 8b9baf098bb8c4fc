/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes on beside a live session: the loudspeaker, and the sockets for other programs. */
#ifndef MYO_CLI_LIVE_BESIDE_H
#define MYO_CLI_LIVE_BESIDE_H

#include "live/desk.h"

/** As chosen on the command line; NULL and 0 = not wanted. */
typedef struct {
    const char *sound; /**< name of the output, "default" for the default one */
    bool remote;
    uint16_t port;             /**< of the remote; 0 = a free one */
    const char *events_socket; /**< path of the Unix socket for events; NULL = none */
    const char *recording;     /**< name of the recording, for the lines */
    const myo_config *config;
    bool sound_tones; /**< no EMG, tones only */
} live_beside_options;

typedef struct live_beside live_beside;

/** Attaches its feeds: after the desk is configured and before it is started. MYO_ERR_NO_MEMORY,
 *  MYO_ERR_BAD_ARG (@p why), MYO_ERR_OPEN. An output that cannot be opened is said on standard error and
 *  is no failure: a session does not end for want of a loudspeaker. */
myo_status live_beside_new(const live_beside_options *options, myo_desk *desk, live_beside **beside,
                           myo_why *why);

/** Ends everything; before the desk is freed. NULL is fine. */
void live_beside_free(live_beside *beside);

#endif
