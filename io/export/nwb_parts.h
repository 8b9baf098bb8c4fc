/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts that a session file is made of, for the analysis (nwb.c) and for the recorder. Private.
 *
 * Failures are kept in nwb_file, as in nwb_h5.h. A live file gets its tables before the first row.
 */
#ifndef MYO_IO_NWB_PARTS_H
#define MYO_IO_NWB_PARTS_H

#include "nwb_table.h"
#include "sink.h"

/** Volts of a sample of 1.0; 1 if the recording is not calibrated. */
double nwb_volts(const myo_source_info *info);

/** What NWB demands of the root: times, descriptions, empty groups. */
void nwb_root_write(nwb_file *file, const myo_source_info *info);

/** /acquisition/emg; returns its data set, which the caller closes. */
hid_t nwb_emg_open(nwb_file *file, const myo_source_info *info, size_t chunk_frames);

/** A TimeIntervals of events at @p path, which @p about tells of. More columns may not follow. */
void nwb_events_open(nwb_table *table, nwb_file *file, const char *path, const char *about);
void nwb_events_row(nwb_table *table, const myo_source_info *info, const myo_event *event);

/** /acquisition/marks, an AnnotationSeries. */
void nwb_marks_open(nwb_table *table, nwb_file *file);
void nwb_marks_row(nwb_table *table, const myo_source_info *info, int64_t frame, const char *label);

/** /analysis/channels: noise, hum, and what was refused and why; @p looks: with the closer look. */
void nwb_channels_open(nwb_table *table, nwb_file *file, bool looks);
void nwb_channels_rows(nwb_table *table, const myo_source_info *info, const myo_session_tail *tail);

#endif
