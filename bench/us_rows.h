/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The groups of figures that the ultrasound campaign prints. */
#ifndef MYO_BENCH_US_ROWS_H
#define MYO_BENCH_US_ROWS_H

#include "us_clip.h"

void us_field_rows(const us_clip *clips, int count);
/** Clips and phantoms that thresholds may be chosen on. */
void us_tuning_rows(const us_clip *clips, int count);
void us_phantom_tuning_rows(void);

/** Held-out clips. */
void us_sliding_rows(const us_clip *clips, int count);
void us_quiet_rows(const us_clip *clips, int count);

void us_negative_rows(const us_clip *clips, int count);
void us_speed_rows(const us_clip *clips, int count);

/** The time stamps of a MetaImage recording in @p folder; the clips are not used. */
void us_times_rows(const char *folder);

/** Phantoms: the clips are not used. */
void us_phantom_rows(const us_clip *clips, int count);
void us_iq_rows(const us_clip *clips, int count);
void us_rf_rows(const us_clip *clips, int count);

#endif
