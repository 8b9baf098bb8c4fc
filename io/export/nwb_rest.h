/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts on rest, and the closer look at the channels, as tables of an NWB file. Private. */
#ifndef MYO_IO_NWB_REST_H
#define MYO_IO_NWB_REST_H

#include "nwb_table.h"
#include "sink.h"

/** /intervals/relaxation, a TimeIntervals. */
void nwb_rest_open(nwb_table *table, nwb_file *nwb);
void nwb_rest_row(nwb_table *table, const myo_rest_event *rest, double rate_hz);

/** Adds columns to a table of channels. */
void nwb_look_columns(nwb_table *table);

/** Fills them, the first of which is @p first. */
void nwb_look_cells(nwb_table *table, size_t first, const myo_channel_look *look);

#endif
