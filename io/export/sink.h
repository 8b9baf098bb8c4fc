/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the result of an analysis goes: one interface to every output format. */
#ifndef MYO_IO_SINK_H
#define MYO_IO_SINK_H

#include "signal/why.h"

#include "myotwitch/pipeline.h"

/** What is known before the first event. Everything is borrowed until the sink is freed. */
typedef struct {
    const char *recording; /**< name of the file, without its directory */
    const myo_source_info *info;
    const char *config_text; /**< as myo_config_print writes it */
    char config_hash[17];    /**< myo_config_hash in 16 hexadecimal digits */
    bool provisional;        /**< events of every stage come, in the order of the stream */
} myo_session_head;

/** What is known after the last. */
typedef struct {
    int64_t frames;                      /**< that were analysed */
    bool complete;                       /**< false: the recording was cut off or damaged */
    const myo_channel_summary *channels; /**< one per channel of the recording's info */
} myo_session_tail;

/** Calls come in this order: (samples | event | mark)*, finish or not, free. Every function but
 *  free may be NULL. */
typedef struct myo_sink {
    /** Interleaved frames as they were analysed. */
    myo_status (*samples)(struct myo_sink *sink, const float *samples, size_t frames, myo_why *why);
    /** In order of onset, unless head->provisional. */
    myo_status (*event)(struct myo_sink *sink, const myo_event *event, myo_why *why);
    myo_status (*mark)(struct myo_sink *sink, const myo_mark *mark, myo_why *why);
    /** Completes the output and gives it its final name. */
    myo_status (*finish)(struct myo_sink *sink, const myo_session_tail *tail, myo_why *why);
    /** Frees; an output that was not finished leaves nothing behind. */
    void (*free)(struct myo_sink *sink);
} myo_sink;

/** JSON Lines at @p path ("-": standard output): one line on the run (schema myotwitch.run/1), one
 *  for each event and mark (myotwitch.event/1), one summary (myotwitch.summary/1). */
myo_status myo_jsonl_new(const char *path, bool replace, const myo_session_head *head,
                         myo_sink **sink, myo_why *why);

/** Tab-separated columns, BIDS-like: "onset" and "duration" in seconds come first, "n/a" stands for
 *  a missing value. */
myo_status myo_tsv_new(const char *path, bool replace, const myo_session_head *head,
                       myo_sink **sink, myo_why *why);

/** The annotated session: NWB 2 in HDF5, samples included. A recording without a start time gets
 *  1970-01-01T00:00:00+00:00, one without a zone is taken as UTC; the clock is not looked at, and
 *  the same recording and configuration give the same bytes. */
myo_status myo_nwb_new(const char *path, bool replace, const myo_session_head *head,
                       myo_sink **sink, myo_why *why);

#endif
