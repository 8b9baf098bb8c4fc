/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of a signal to verdicts on rest: measure band, heart beats taken out, signal quality and
 * resting amplitude. All frames are those of the recording; the lag of the parts is hidden here. */
#ifndef MYO_CLI_RESTING_H
#define MYO_CLI_RESTING_H

#include "signal/source.h"

#include "myotwitch/quality.h"
#include "myotwitch/relax.h"

/** Who measured, as it stands in the outputs. */
#define RESTING_DETECTOR "myotwitch-relax/1"

typedef struct resting resting;

/** @p memory_s: how far back amplitude may be asked about (held within 60 to 36000); 0 = quality
 *  only. @p info is borrowed for the call. */
myo_status resting_new(const myo_source_info *info, double memory_s, resting **result);

/** Takes interleaved frames as recorded; samples that are not finite are missing. Unusable seconds
 *  are left out of resting amplitude. MYO_ERR_NO_MEMORY. */
myo_status resting_push(resting *self, const float *samples, size_t frames);

/** Leaves [from, to) of @p channel (or MYO_ALL_CHANNELS) out of resting amplitude, also where it is
 *  still to come. MYO_ERR_NO_MEMORY. */
myo_status resting_leave_out(resting *self, uint32_t channel, int64_t from, int64_t to);

/** Frames about which can be asked. */
int64_t resting_known(const resting *self);

/** As the functions of relax.h; not without memory. */
void resting_compare(resting *self, uint32_t channel, uint32_t control, const myo_span *baseline,
                     const myo_span *after, myo_relax_verdict *verdict);
void resting_hold(resting *self, uint32_t channel, const myo_span *baseline, const myo_span *hold,
                  myo_relax_hold *result);
void resting_release(resting *self, uint32_t channel, const myo_span *span,
                     myo_relax_release *release);

/** RMS of the last eighth of a second in which there was something; 0 = none yet. */
double resting_level(const resting *self, uint32_t channel);

void resting_quality(const resting *self, uint32_t channel, myo_quality_summary *summary);

/** NULL is fine. */
void resting_free(resting *self);

#endif
