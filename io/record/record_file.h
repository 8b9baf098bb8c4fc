/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file of a live recording: every table of a session, made before the first frame. Private.
 *
 * One thread at a time. The first failure is kept in nwb.failed and makes the other calls do nothing
 * useful, as in nwb_h5.h. Frames count from the first frame of the file.
 */
#ifndef MYO_IO_RECORD_FILE_H
#define MYO_IO_RECORD_FILE_H

#include "export/nwb_parts.h"
#include "recorder.h"

/** What the file says of how it ended, at /general/myotwitch/state. */
#define MYO_RECORD_UNDER_WAY "recording"
#define MYO_RECORD_COMPLETE  "complete"

enum { RECORD_STATE_BYTES = 128 };

/** A flush covers the frames [start, stop); the hash of their bytes lets a reader tell what a power
 *  cut left of them. Columns of /analysis/flushes, in this order. */
enum { FLUSH_START, FLUSH_STOP, FLUSH_HASH, FLUSH_REPORTS, FLUSH_MARKS, FLUSH_COLUMNS };

typedef struct {
    nwb_file nwb;
    myo_source_info info;
    hid_t data, state;
    nwb_table events, reports, rest, gaps, marks, clock, flushes, channels;
    float *gathered; /* frames on their way into the file */
    size_t gathered_frames, gather_frames;
    int64_t frames;      /* that were given */
    int64_t hashed_from; /* first frame of the hash under way */
    uint64_t hash;       /* of the frames since */
    int64_t reports_given, marks_given;
} record_file;

/** What the tables hold, in the order of the struct, for those who copy them; NULL ends the list. */
typedef struct {
    const char *path;
    size_t offset; /**< of the nwb_table in record_file */
} record_table;
extern const record_table record_tables[];

/** Creates the file. @p create: it must not exist; else it is overwritten. MYO_ERR_EXISTS,
 *  MYO_ERR_WRITE, MYO_ERR_NO_MEMORY, after all of which record_file_close is due. */
myo_status record_file_open(record_file *file, const char *path, bool create,
                            const myo_record_head *head, myo_why *why);

/** From here on other programs may read while it grows. */
void record_file_follow(record_file *file);

void record_file_samples(record_file *file, const float *samples, size_t frames);

/** @p frames frames of NAN, and a row that says why. */
void record_file_gap(record_file *file, int64_t frames, const char *why);

/** All stages; see myo_recorder_event. */
void record_file_event(record_file *file, const myo_event *event);
void record_file_rest(record_file *file, const myo_rest_event *rest);
void record_file_mark(record_file *file, int64_t frame, const char *label);
void record_file_clock(record_file *file, int64_t frame, int64_t monotonic_ns, double adc_s);
void record_file_channels(record_file *file, const myo_session_tail *tail);

/** Everything given so far survives a kill when this returns true. */
bool record_file_flush(record_file *file);

/** Notes how it ended, flushes, closes and frees what belongs to @p file. False if anything failed. */
bool record_file_close(record_file *file, const char *state);

/** "PATH: disk full" and the like, from the failure. */
myo_status record_file_why(const record_file *file, const char *path, myo_why *why);

#endif
