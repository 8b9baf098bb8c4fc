/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `live` and `record` can be told on the command line. */
#ifndef MYO_CLI_LIVE_SETTINGS_H
#define MYO_CLI_LIVE_SETTINGS_H

#include "analysis.h"
#include "cine_intake.h"
#include "options.h"

/** As parsed; NULL and 0 = not chosen. Strings are the command line's. */
typedef struct {
    analysis_settings analysis;
    cine_settings cine; /**< numbers that were not chosen are NAN */
    const char *device, *replay, *speed;
    double duration_s, block_ms;
    bool unpaced, allow_silence;
    const char *record;
    bool wall_clock, on_twitch;
    double lookback_s;
    const char *calibration;
    const char *sound, *remote, *events_socket;
    const char *web, *session;
    bool open, view;
} live_settings;

extern const option_page live_page, live_record_page;

#endif
