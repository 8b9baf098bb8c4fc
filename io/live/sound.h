/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loudspeaker: EMG of the channel that the desk chose, and a short tone at each twitch.
 *
 * One more reader of the desk's feeds, with a thread of its own; the device is in a process of its
 * own, like the capture. The tone starts with the device's next block after the provisional word of a
 * twitch, ahead of the EMG, which waits in a reserve of some 30 ms. It never follows a confirmation, and
 * what is withdrawn later has been heard: a tone cannot be taken back, the views say so instead.
 */
#ifndef MYO_IO_LIVE_SOUND_H
#define MYO_IO_LIVE_SOUND_H

#include "live/desk.h"

/** Zero-initialise. */
typedef struct {
    const char *program; /**< what to start as the sound process; NULL = this program */
    const char *device;  /**< the output: its number or part of "API: name"; "" = the default one */
    bool tones_only;     /**< no EMG: for replays that are faster or slower than time */
} myo_sound_options;

typedef struct myo_sound myo_sound;

/** Opens the output, 10 s at most, and starts. @p feed is one of the desk's, read by nobody else; gain,
 *  mute and channel are the desk's. The calling thread must outlive the sound. MYO_ERR_OPEN: there is no
 *  such output, or it cannot be opened. */
myo_status myo_sound_new(const myo_sound_options *options, const myo_desk *desk, myo_feed *feed,
                         myo_sound **sound, myo_why *why);

/** Name of the output, and its latency in s as it says (0 = it does not). Valid until free. */
const char *myo_sound_device(const myo_sound *sound, double *latency_s);

/** Tones so far. Any thread. */
uint32_t myo_sound_tones(const myo_sound *sound);

/** Why there is no sound any more; "" while there is. Any thread. */
void myo_sound_why(const myo_sound *sound, myo_why *why);

/** Ends the thread and the process, whatever the device does. After the feed's end or before; before
 *  the desk is freed. NULL is fine. */
void myo_sound_free(myo_sound *sound);

#endif
