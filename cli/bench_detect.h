/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of `bench` that measures detection, on the labelled sessions of datasets/demo. */
#ifndef MYO_CLI_BENCH_DETECT_H
#define MYO_CLI_BENCH_DETECT_H

#include "bench_report.h"

#include "myotwitch/status.h"

/** Adds the figures. They depend on the detector alone, not on the machine or its load. */
myo_status bench_detect(bench_result *result);

#endif
