/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recovery from inside: the job, and reading the tables of the original. Private. */
#ifndef MYO_IO_RECOVER_SELF_H
#define MYO_IO_RECOVER_SELF_H

#include "record_file.h"
#include "recover.h"

#include "signal/h5.h"

/* RECOVER_BLOCK: frames and rows read at once. A block that cannot be read is lost as a whole, so it is
 * small. */
enum { RECOVER_BLOCK = 64 };

/* Of the first k rows of a table: the sum of their hashes. */
typedef struct {
    uint32_t *of; /* rows + 1 of them */
    int64_t rows;
} recover_sums;

/* The tables whose rows every flush counts and hashes. */
enum { COUNTED = 3 };
typedef struct {
    const char *path;
    size_t offset;    /* of the nwb_table in record_file */
    int flush_column; /* which counts its rows */
} counted_table;
extern const counted_table counted_tables[COUNTED];

typedef struct {
    hid_t in;
    h5_array emg;
    myo_record_head head;
    char names[MYO_MAX_CHANNELS][32];
    char device[128], detector[64], calibration[128], recording[256], start_time[64];
    char *config;
    float *block;
    record_file out;
    double last[FLUSH_COLUMNS]; /* the last flush that was copied */
    recover_sums sums[COUNTED];
    int64_t flush, whole_flush; /* index of the one at hand, of the last with all its rows; -1 */
    int64_t position;           /* frames that are accounted for while flushes are judged */
    unsigned char *judged;      /* of each flush: whether its frames are whole */
    size_t judged_size;
    myo_recover_report *report;
} recover_job;

/* One batch of one column, as the copy keeps it until the row is ended. */
typedef struct {
    double numbers[RECOVER_BLOCK];
    char *texts; /* RECOVER_BLOCK times the width */
} recover_batch;

/** Copies what is whole in @p in to @p out, which may exist and is no complete file when this fails. */
myo_status recover_here(const char *in, const char *out, myo_recover_report *report, myo_why *why);

/** The columns of a table of the original that the copy's @p like has too; -1 where it has none. Returns
 *  the number of rows that all of them have. */
int64_t recover_columns_open(hid_t in, const char *path, const nwb_table *like, hid_t *sets);
void recover_columns_close(const nwb_table *like, const hid_t *sets);

/** Up to RECOVER_BLOCK rows of one column; nothing when there is no such column. */
bool recover_batch_read(hid_t set, const nwb_column *column, int64_t start, size_t rows,
                        recover_batch *to);

/** Fills job->sums; nwb.failed of the copy says that memory ran out. */
void recover_sums_make(recover_job *self);

/** Copies the rows that job->last counts, and all of the tables that it does not count. */
void recover_tables_copy(recover_job *self);

#endif
