/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last minutes of every channel, kept for display: any stretch of it as columns of a screen.
 *
 * For looking at, never for recording: what the desk's queue dropped is missing here as well, and
 * stands as "nothing there". One thread. */
#ifndef MYO_WEB_HISTORY_H
#define MYO_WEB_HISTORY_H

#include "myotwitch/status.h"

typedef struct myo_web_history myo_web_history;

/** Seconds that are kept: 70 at least, to 600 where 64 MiB hold them (64 channels at 10 kHz: 70 s
 *  and 180 MB; 8 at 2 kHz: 600 s and 38 MB). Any thread. */
double myo_web_history_seconds(double rate_hz, uint32_t channels);

/** Allocates all that is ever needed. MYO_ERR_NO_MEMORY. */
myo_status myo_web_history_new(double rate_hz, uint32_t channels, myo_web_history **history);

/** Takes @p frames interleaved frames that begin at frame @p start. Frames between the newest so
 *  far and @p start are "nothing there"; frames that are older than the newest are passed over. */
void myo_web_history_put(myo_web_history *history, int64_t start, const float *samples,
                         size_t frames);

/** Frames [begin, end) are kept. */
int64_t myo_web_history_begin(const myo_web_history *history);
int64_t myo_web_history_end(const myo_web_history *history);

/** Writes least and largest sample of each of @p columns columns of @p width frames, the first
 *  column beginning at frame @p first, as pairs; with @p width 1 single samples. NAN where nothing
 *  is there. @p low_hz: high-pass for the display, 0 = as recorded; the same samples give the same
 *  columns, however they are asked for, to 1e-7 of the largest. */
void myo_web_history_columns(const myo_web_history *history, uint32_t channel, int64_t first,
                             uint32_t width, size_t columns, double low_hz, float *out);

void myo_web_history_free(myo_web_history *history);

#endif
