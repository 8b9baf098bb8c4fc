/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The event lines of ultrasound: one on the cine, one for each motion, one summary. */
#ifndef MYO_CLI_CINE_LINES_H
#define MYO_CLI_CINE_LINES_H

#include "cine/cine.h"
#include "export/json.h"

#include "myotwitch/ultrasound.h"

typedef struct {
    double offset_s;  /**< the recording's time when the cine's is 0 */
    double mm_per_px; /**< 0 = not known */
    bool lines;       /**< the place across is a scan line's number */
} cine_lines_scale;

/** Schema myotwitch.cine/1; of @p path the name without its directory. */
void cine_lines_head(myo_json *json, const cine_lines_scale *scale, const char *path,
                     const myo_cine_info *info);

/** Schema myotwitch.event/1: times on the recording's clock, cine_s on the frames' own. @p seen_by NULL: no
 *  recording beside it; @p emg_onset_s NAN: not seen there. */
void cine_lines_event(myo_json *json, const cine_lines_scale *scale, const myo_motion_event *event,
                      const char *seen_by, double emg_onset_s);

/** Schema myotwitch.cine_summary/1. */
void cine_lines_tail(myo_json *json, const myo_ultrasound_summary *summary, bool complete);

#endif
