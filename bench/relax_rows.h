/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the relaxation campaign: printing them, and those that need no session. */
#ifndef MYO_BENCH_RELAX_ROWS_H
#define MYO_BENCH_RELAX_ROWS_H

void row_at_most(const char *what, double asked, double measured);
void row_at_least(const char *what, double asked, double measured);
void row_within(const char *what, double low, double high, double measured);

/** A figure that nothing is asked of. */
void row_told(const char *what, double measured);

/** Rows so far that were missed. */
int rows_missed(void);

/** Bias of the gated resting RMS under an R wave of 100 uV at a floor of 3 uV: the mean over 40
 *  records of a minute each, and the largest. */
void row_heart_bias(void);

/** Mean and median frequency against scipy on the same windows (tests/oracle/spectrum.py). */
void row_frequencies(void);

#endif
