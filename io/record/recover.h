/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Brings back a recording that was cut off: what is there is copied, the original is never touched.
 *
 * Reads as another program would while the recording grows (SWMR), in blocks of 64 frames, and trusts
 * no frame whose flush does not carry the right hash: after a power cut a file can be long enough and
 * yet hold zeros where samples should be. A process of its own does it, that may read and write these two files,
 * use the processor and write as much as a file of that length explains.
 */
#ifndef MYO_IO_RECOVER_H
#define MYO_IO_RECOVER_H

#include "signal/why.h"

/** What was found. */
typedef struct {
    int64_t frames; /**< in the copy */
    double seconds;
    uint32_t channels;
    int64_t missing; /**< of the frames, NAN in the copy because their flush is damaged */
    int64_t beyond;  /**< frames behind the last whole flush, left out */
    int64_t events;  /**< confirmed */
    int64_t reports; /**< rows of all that the detector said */
    int64_t marks;
    int64_t rows_lost;   /**< rows of tables that were begun but are not whole */
    double last_flush_s; /**< end of the last whole flush */
    char state[128];     /**< how the original says that it ended; "recording": it does not */
    char missing_confinement
        [40]; /**< what this kernel did not do to confine the reading; "" = nothing */
} myo_recover_report;

/** Writes @p out, a complete session file under the recorder's own layout, which must not exist. A
 *  recording that is under way may be given: the copy holds what was flushed so far.
 *  MYO_ERR_FORMAT: @p in is no recording of ours or has lost its beginning; MYO_ERR_EMPTY: nothing was
 *  flushed yet; MYO_ERR_EXISTS, MYO_ERR_WRITE: of @p out; MYO_ERR_NO_MEMORY. Not real-time; uses HDF5. */
myo_status myo_recover(const char *in, const char *out, myo_recover_report *report, myo_why *why);

#endif
