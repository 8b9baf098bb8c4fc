/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the capture process does: the hidden command behind a desk and behind the list of devices. */
#ifndef MYO_IO_LIVE_CAPTURE_H
#define MYO_IO_LIVE_CAPTURE_H

#include "live/ring.h"

/** Name of the hidden command. */
#define MYO_CAPTURE_COMMAND "capture-process"

/** Runs the command; @p argv[0] is its name, then
 *    device NAME RATE CHANNELS BLOCK UNPACED        captures into the ring at MYO_CHILD_FD
 *    replay FILE SPEED CHANNELS DATASET RATE SCALE FIRST   the same from a file
 *    list                                  writes myo_device after myo_device to MYO_CHILD_FD
 *  "" and 0 stand for what is not chosen. Returns an exit status; whatever is said goes through the
 *  ring. */
int myo_capture_main(int argc, char **argv);

/* The three, each in a file of its own. They return an exit status. */
typedef struct {
    const char *name;     /**< "" = the default device */
    double rate_hz;       /**< 0 = its own */
    const char *channels; /**< list, "" = all, 32 at most */
    double block_s;       /**< of the device, about; 0 = 4 ms */
    bool unpaced;         /**< wait for room in the ring: the device does not keep real time */
} myo_capture_wish;

int myo_capture_device(myo_ring *ring, const myo_capture_wish *wish);
int myo_capture_replay(myo_ring *ring, const char *path, double speed,
                       const myo_source_options *options);
int myo_capture_list(int fd);

#endif
