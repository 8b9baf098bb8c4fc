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

/** A flush covers the frames [start, stop) and the rows that the tables have by then. Its hashes let a
 *  reader tell what a power cut left of them: ROWS is the sum of the hashes of all rows of the three
 *  tables so far, HASH covers the bytes of the frames and then the other columns, as doubles in this
 *  order. Columns of /analysis/flushes. */
enum {
    FLUSH_START,
    FLUSH_STOP,
    FLUSH_REPORTS,
    FLUSH_EVENTS,
    FLUSH_MARKS,
    FLUSH_ROWS,
    FLUSH_HASH,
    FLUSH_COLUMNS
};

typedef struct {
    nwb_file nwb;
    myo_source_info info;
    hid_t data, state;
    nwb_table events, reports, rest, gaps, marks, clock, flushes, channels;
    float *gathered; /* frames on their way into the file */
    size_t gathered_frames, gather_frames;
    int64_t frames;               /* that were given */
    uint64_t hash;                /* of the frames since the last seal */
    double sealed[FLUSH_COLUMNS]; /* the last row of flushes */
} record_file;

/** What the tables hold, in the order of the struct, for those who copy them; NULL ends the list. */
typedef struct {
    const char *path;
    size_t offset; /**< of the nwb_table in record_file */
} record_table;
extern const record_table record_tables[];

/** Writes @p path, which may exist, from its start. MYO_ERR_WRITE, MYO_ERR_NO_MEMORY, after which
 *  record_file_close is due. */
myo_status record_file_open(record_file *file, const char *path, const myo_record_head *head,
                            myo_why *why);

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

/** Ends a stretch of frames and rows with its hash. The columns from FLUSH_REPORTS to FLUSH_ROWS of
 *  @p counts say what the tables hold. */
void record_file_seal(record_file *file, const double *counts);

/** FLUSH_HASH of @p row, whose frames have @p hash. */
double record_file_hash(uint64_t hash, const double *row);

/** Seals what is new; everything given so far survives a kill when this returns true. */
bool record_file_flush(record_file *file);

/** Notes how it ended, flushes, closes and frees what belongs to @p file. False if anything failed. */
bool record_file_close(record_file *file, const char *state);

/** "PATH: disk full" and the like, from the failure. */
myo_status record_file_why(const record_file *file, const char *path, myo_why *why);

#endif
