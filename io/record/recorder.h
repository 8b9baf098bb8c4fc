/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The crash-safe recorder: frames, gaps, events, marks and clock stamps of a live session go into an
 * NWB session file (HDF5) that is readable at any instant, whatever ends the program.
 *
 * The desk's thread pushes into a lock-free queue and never waits. A disk thread of the recorder's own
 * takes them out, writes, and flushes every 80 ms in HDF5's SWMR order, so that other programs can
 * follow the file while it grows (H5F_ACC_SWMR_READ; h5py: swmr=True); a second thread makes the disk
 * keep it every 0.9 s. The file has its final layout from the start: closing it adds a few rows and
 * copies nothing, however long the recording is. What a kill or a power cut leaves behind is brought
 * back by myo_recover (recover.h).
 *
 * Time never shifts: frame n of the file is frame n of the desk's count (or n behind the start of the
 * look-back), and what was lost on the way is there as NAN and as a row of the table of gaps.
 *
 * HDF5 is one library per process: while a recorder is open, no other thread may call HDF5.
 */
#ifndef MYO_IO_RECORDER_H
#define MYO_IO_RECORDER_H

#include "export/sink.h"

/** What is known before the first frame. Copied; NULL texts count as "". */
typedef struct {
    double rate_hz;
    uint32_t channels;
    double full_scale_uv;    /**< uV of a sample of 1.0; 0 = not known */
    const char (*names)[32]; /**< one per channel; NULL = none */
    const char *device;      /**< as the system calls it */
    const char *detector;    /**< version of the detector */
    const char *config_text; /**< as myo_config_print writes it */
    const char *calibration; /**< how full_scale_uv was found */
    const char *recording;   /**< name of the recording or of what is replayed */
    const char *start_time;  /**< ISO 8601 with offset; NULL = none */
    bool wall_clock;         /**< without start_time: take the time of day; else 1970 */
    double lookback_s;       /**< > 0: wait for myo_recorder_trigger, then keep so much of before;
                                    0 to 600 */
} myo_record_head;

/** Where the recorder stands. Frames count from the first frame of the file. */
typedef struct {
    bool armed;              /**< waits for its trigger */
    int64_t frames_written;  /**< handed to the library */
    int64_t frames_flushed;  /**< survive a kill of the program */
    int64_t frames_synced;   /**< survive a power cut */
    int64_t reports_flushed; /**< rows of events of every stage that survive a kill */
    int64_t lost_frames;     /**< refused because the disk was behind; NAN in the file */
    int64_t bytes;           /**< size of the file */
    double disk_left_s;      /**< until the disk is full at this rate */
    bool failed;             /**< nothing more is written; what was written is kept */
    char why[256];           /**< of the failure, "" without one */
} myo_record_state;

typedef struct myo_recorder myo_recorder;

/** Warn when less is left on the disk. */
#define MYO_RECORD_WARN_S 600.0

/** Creates the file and its tables and starts the threads. Not real-time. MYO_ERR_EXISTS: a file of
 *  that name is never overwritten; MYO_ERR_WRITE, MYO_ERR_NO_MEMORY, MYO_ERR_BAD_ARG. */
myo_status myo_recorder_open(const char *path, const myo_record_head *head, myo_recorder **recorder,
                             myo_why *why);

/* The desk's thread, one thread only: copies into the queue, never waits. All return false when that
 * was not possible: the queue (10 s) is full or the recorder has failed. Frames count as the desk
 * counts them, from 0. */

/** The next @p frames interleaved frames. Refused ones are filled in by the recorder itself, as a gap
 *  "disk was behind"; the caller goes on with the next ones. */
bool myo_recorder_frames(myo_recorder *recorder, const float *samples, size_t frames);

/** @p frames frames from @p frame, which is the next one, are missing. */
bool myo_recorder_gap(myo_recorder *recorder, int64_t frame, int64_t frames, const char *why);

/** An event of any stage. All go to /intervals/reports, confirmed ones also to /intervals/events. */
bool myo_recorder_event(myo_recorder *recorder, const myo_event *event);

/** A verdict on rest; its texts must be static. */
bool myo_recorder_rest(myo_recorder *recorder, const myo_rest_event *rest);

/** A mark as its readers will see it (myo_feed_mark_text); the file keeps 191 bytes. */
bool myo_recorder_mark(myo_recorder *recorder, int64_t frame, const char *text);

/** Frame @p frame was there at @p monotonic_ns of CLOCK_MONOTONIC, and at @p adc_s of the device's own
 *  clock. Once a second is enough. */
bool myo_recorder_clock(myo_recorder *recorder, int64_t frame, int64_t monotonic_ns, double adc_s);

/** Ends the waiting of a recorder with look-back: the file begins up to lookback_s before the frame
 *  that comes next. Any thread. */
void myo_recorder_trigger(myo_recorder *recorder);

/** Share of the queue that is free, 0..1. A replay faster than time waits while it is small. Any
 *  thread. */
double myo_recorder_room(const myo_recorder *recorder);

/** Any thread. */
void myo_recorder_state(myo_recorder *recorder, myo_record_state *state);

/** Writes what is queued, then the state of the channels (@p tail may be NULL), closes the file and
 *  frees. A recorder that was never triggered removes its empty file. @p complete: false when the
 *  device was lost. MYO_ERR_WRITE when something could not be written; the file is there then, up to
 *  where it goes, and @p why says so. NULL is fine. */
myo_status myo_recorder_close(myo_recorder *recorder, const myo_session_tail *tail, bool complete,
                              myo_why *why);

/** For a session that was refused before its first frame: closes, removes the file, frees. NULL is fine. */
void myo_recorder_abandon(myo_recorder *recorder);

#endif
