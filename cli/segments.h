/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where relaxation is looked for: stretches before, during and after a hold, from the command line
 * or from the recording's marks. */
#ifndef MYO_CLI_SEGMENTS_H
#define MYO_CLI_SEGMENTS_H

#include "signal/why.h"

#include "myotwitch/relax.h"

typedef enum { SEGMENT_BASELINE, SEGMENT_HOLD, SEGMENT_AFTER, SEGMENT_KINDS } segment_kind;

/** As the command line gives them: "A-B" in seconds, by kind; NULL = not given. */
typedef struct {
    const char *span[SEGMENT_KINDS];
} segment_texts;

/** One question: did a hold, or what came after, differ from the baseline before it? */
typedef struct {
    segment_kind kind; /**< SEGMENT_HOLD or SEGMENT_AFTER */
    myo_span baseline, span;
    myo_span search; /**< where a release is looked for; empty = nowhere */
} segment_job;

enum { SEGMENT_JOBS_MAX = 128 };

typedef struct {
    segment_job items[SEGMENT_JOBS_MAX];
    size_t count;
    segment_kind open; /**< of marks: what the last of them begins; SEGMENT_KINDS = nothing */
} segment_jobs;

/** MYO_ERR_BAD_ARG with the reason when @p texts make no sense for a recording of @p frames frames
 *  (-1 = not known). */
myo_status segments_from_texts(const segment_texts *texts, double rate_hz, int64_t frames,
                               segment_jobs *jobs, myo_why *why);

/** Reads marks as the operator's button sets them: "baseline", "compress" or "hold", "recheck" or
 *  "after", alone, followed by "start" or "end", or as a phase ("phase: baseline"); "end" alone, the next
 *  of them, the mark or phase of any other step, or the end of the recording (@p frames, -1 = not known)
 *  ends what is open. A mark inside its own phase begins the stretch anew. Other marks mean nothing here. */
void segments_from_marks(const myo_mark *marks, size_t count, int64_t frames, segment_jobs *jobs);

#endif
