/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Normal equations of four unknowns. */
#ifndef MYO_ULTRASOUND_SOLVE_H
#define MYO_ULTRASOUND_SOLVE_H

#include "myotwitch/api.h"

#include <stdbool.h>

enum { MYO_TERMS = 4 };

/** A symmetric matrix, its last column the right side. */
typedef struct {
    double m[MYO_TERMS][MYO_TERMS + 1];
} myo_equations;

/** Adds an observation: what it should be is the last of @p row. */
MYO_RT void myo_equations_add(myo_equations *equations, const double row[MYO_TERMS + 1]);

/** Solves them, which spoils them; false if singular. */
MYO_RT bool myo_equations_solve(myo_equations *equations, double out[MYO_TERMS]);

#endif
