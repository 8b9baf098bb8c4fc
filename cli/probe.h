/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What this processor and its memory can do, measured, not read from a data sheet: the limits that
 * stand beside every figure of `bench`. The caller holds the clock. */
#ifndef MYO_CLI_PROBE_H
#define MYO_CLI_PROBE_H

#include <stddef.h>

/** Does @p rounds rounds of independent multiply-adds of doubles with the widest instruction set
 *  that the processor has. Returns how many (lanes counted one by one); *@p sink depends on all of
 *  them. */
double probe_multiply_adds(size_t rounds, double *sink);

/** Reads @p count doubles once, in order. Returns how many bytes; *@p sink depends on all. */
double probe_read(const double *values, size_t count, double *sink);

#endif
