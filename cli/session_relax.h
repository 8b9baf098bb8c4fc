/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `myotwitch session relax`: what a recording says of the holds of a session. */
#ifndef MYO_CLI_SESSION_RELAX_H
#define MYO_CLI_SESSION_RELAX_H

#include "myotwitch/session.h"

#include <stdint.h>

/** Measures in channel @p channel of the recording @p path, against channel @p control
 *  (MYO_ALL_CHANNELS = none), and adds event lines (JSON Lines) to @p lines: guarding and release
 *  within each hold, resting amplitude after against before. Returns an exit status. */
int session_measure(const myo_session *session, const char *path, uint32_t channel,
                    uint32_t control, myo_string *lines);

#endif
