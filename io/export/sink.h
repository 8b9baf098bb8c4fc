/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the result of an analysis goes: one interface to every output format. */
#ifndef MYO_IO_SINK_H
#define MYO_IO_SINK_H

#include "signal/why.h"

#include "myotwitch/pipeline.h"
#include "myotwitch/quality.h"
#include "myotwitch/series.h"
#include "myotwitch/ultrasound.h"
#include "myotwitch/version.h"

#include <stdio.h>

/** One image of a cine: how fast its fastest place moved. */
typedef struct {
    double time_s; /**< on the cine's clock */
    double speed;  /**< mm/s, or px/s where no scale is known */
} myo_cine_moment;

/** What ultrasound showed beside the recording. */
typedef struct {
    const char *recording;          /**< name of the cine, without its directory */
    const myo_motion_event *events; /**< confirmed, in order of onset */
    size_t count;
    const myo_cine_moment *course; /**< in order of time */
    size_t course_count;
    double offset_s;  /**< the recording's time when the cine's is 0 */
    double mm_per_px; /**< 0 = not known */
} myo_cine_findings;

/** What is known before the first event. Everything is borrowed until the sink is freed. */
typedef struct {
    const char *recording; /**< name of the file, without its directory */
    const myo_source_info *info;
    const char *config_text; /**< as myo_config_print writes it */
    char config_hash[17];    /**< myo_config_hash in 16 hexadecimal digits */
    const char *detector;    /**< who found the events; NULL = myo_detector_version() */
    bool provisional;        /**< events of every stage come, in the order of the stream */
    bool rest;               /**< verdicts on rest may come */
    bool sync_later;         /**< files are finished without a wait for the disk: the caller waits
                          (myo_outfile_sync_folder) */
    const myo_cine_findings *cine; /**< for the session file; NULL = no ultrasound */
} myo_session_head;

/** Resting activity in one stretch of one channel, against a baseline (relax.h). */
typedef struct {
    myo_event_type type;       /**< MYO_EVENT_RELAXATION, or MYO_EVENT_RELEASE: one moment */
    bool hold;                 /**< of a hold, not of what came after */
    uint32_t channel, control; /**< control: MYO_ALL_CHANNELS = none */
    int64_t onset_frame, offset_frame;  /**< the stretch */
    int64_t baseline_from, baseline_to; /**< the baseline; a release has none */
    const char *verdict; /**< "relaxed", "not_assessed", ..., of a hold "released", ...;
                                             "" of a release */
    double level, level_low, level_high; /**< over the baseline, with its interval; NAN = none */
    double adjusted;                     /**< level over that of the control channel; NAN = none */
    double guarding_ratio;               /**< of a hold; NAN = none */
    double tau_s;                        /**< time constant of a release, 0 = a step; NAN = none */
    int64_t blocks[2];                   /**< usable seconds before and after; 0 of hold, release */
    const char *detector;
    char reasons[256]; /**< parted by "; " */
} myo_rest_event;

/** Whether a channel without a twitch may be taken for one in which there was none. */
typedef enum {
    MYO_ABSENCE_ASSESSED,
    MYO_ABSENCE_PARTLY,      /**< some seconds are unusable */
    MYO_ABSENCE_NOT_ASSESSED /**< most are, or the detector knows no noise floor at the end */
} myo_absence;

/** A closer look at one channel. */
typedef struct {
    myo_quality_summary quality;
    myo_verdict verdict; /**< of the whole: unusable or doubtful when more than half of it is */
    myo_absence absence;
    myo_series_summary series;
} myo_channel_look;

/** What is known after the last. */
typedef struct {
    int64_t frames;                      /**< that were analysed */
    bool complete;                       /**< false: the recording was cut off or damaged */
    const myo_channel_summary *channels; /**< one per channel of the recording's info */
    const myo_channel_look *looks;       /**< the same; NULL = nobody looked */
} myo_session_tail;

/** Who found the events. */
static inline const char *myo_head_detector(const myo_session_head *head)
{
    return head->detector != NULL ? head->detector : myo_detector_version();
}

/** "assessed", "partly_assessed", "not_assessed". */
const char *myo_absence_name(myo_absence absence);

/** Writes the reasons of quality @p bits, parted by "; ", cut to @p size; "" if there are none. */
void myo_quality_reasons_print(uint32_t bits, char *text, size_t size);

/** Calls come in this order: (samples | event | mark | rest)*, finish or not, free. Every function but
 *  free may be NULL. */
typedef struct myo_sink {
    /** Interleaved frames as they were analysed. */
    myo_status (*samples)(struct myo_sink *sink, const float *samples, size_t frames, myo_why *why);
    /** In order of onset, unless head->provisional. */
    myo_status (*event)(struct myo_sink *sink, const myo_event *event, myo_why *why);
    myo_status (*mark)(struct myo_sink *sink, const myo_mark *mark, myo_why *why);
    myo_status (*rest)(struct myo_sink *sink, const myo_rest_event *rest, myo_why *why);
    /** Completes the output and gives it its final name. */
    myo_status (*finish)(struct myo_sink *sink, const myo_session_tail *tail, myo_why *why);
    /** Frees; an output that was not finished leaves nothing behind. */
    void (*free)(struct myo_sink *sink);
} myo_sink;

/** JSON Lines at @p path ("-": standard output): one line on the run (schema myotwitch.run/1), one
 *  for each event and mark (myotwitch.event/1), one summary (myotwitch.summary/1). */
myo_status myo_jsonl_new(const char *path, bool replace, const myo_session_head *head,
                         myo_sink **sink, myo_why *why);

/** The same lines to @p out, which the caller owns and closes; it must outlive the sink. */
myo_status myo_jsonl_stream_new(FILE *out, const myo_session_head *head, myo_sink **sink,
                                myo_why *why);

/** Tab-separated columns, BIDS-like: "onset" and "duration" in seconds come first, "n/a" stands for
 *  a missing value. */
myo_status myo_tsv_new(const char *path, bool replace, const myo_session_head *head,
                       myo_sink **sink, myo_why *why);

/** The annotated session: NWB 2 in HDF5, samples included. A recording without a start time gets
 *  MYO_NWB_NO_START_TIME and says so, one without a zone is taken as UTC; the clock is not looked at, and
 *  the same recording and configuration give the same bytes. */
myo_status myo_nwb_new(const char *path, bool replace, const myo_session_head *head,
                       myo_sink **sink, myo_why *why);

#endif
