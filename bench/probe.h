/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many double multiply-adds a second this processor does, measured, not read from a data sheet. */
#ifndef MYO_BENCH_PROBE_H
#define MYO_BENCH_PROBE_H

#include <stddef.h>
#include <stdint.h>

/** Does @p rounds rounds of independent multiply-adds of doubles with the widest instruction set
 *  in @p cpu_flags (myo_cpu_flag). Returns how many (lanes counted one by one); *@p sink depends on
 *  all of them. */
double probe_run(uint32_t cpu_flags, size_t rounds, double *sink);

#endif
