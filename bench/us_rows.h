/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The groups of figures that the ultrasound campaign prints. */
#ifndef MYO_BENCH_US_ROWS_H
#define MYO_BENCH_US_ROWS_H

#include "us_clip.h"

void us_field_rows(const us_clip *clips, int count);

#endif
