/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Time-stamped annotation lists of EDF+: "+onset[\x15duration]\x14text\x14text\x14\0". */
#ifndef MYO_IO_EDF_TAL_H
#define MYO_IO_EDF_TAL_H

#include <stdbool.h>
#include <stddef.h>

/** One list: an onset with the texts that hold at it. */
typedef struct {
    bool is_valid;     /**< false: onset or layout cannot be read */
    double onset_s;    /**< seconds since the start time of the header */
    double duration_s; /**< 0 = none is given */
    const char *texts; /**< each ends with \x14; borrowed */
    size_t texts_bytes;
} edf_tal;

/** Takes the next list at *at; false at the end. Start with *at = 0. */
bool edf_tal_next(const char *bytes, size_t size, size_t *at, edf_tal *tal);

/** Takes the next text of @p tal into @p text, cut to @p size; empty ones are passed over. Start
 *  with *at = 0. */
bool edf_tal_text(const edf_tal *tal, size_t *at, char *text, size_t size);

#endif
