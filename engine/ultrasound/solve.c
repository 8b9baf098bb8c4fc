/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gauss' elimination without pivots: the matrix of normal equations is positive. */
#include "ultrasound/solve.h"

#include <math.h>

void myo_equations_add(myo_equations *equations, const double row[MYO_TERMS + 1])
{
    for (int r = 0; r < MYO_TERMS; r++) {
        for (int k = 0; k <= MYO_TERMS; k++) {
            equations->m[r][k] += row[r] * row[k];
        }
    }
}

bool myo_equations_solve(myo_equations *equations, double out[MYO_TERMS])
{
    double(*m)[MYO_TERMS + 1] = equations->m;
    for (int i = 0; i < MYO_TERMS; i++) {
        if (!(fabs(m[i][i]) > 1e-12)) {
            return false;
        }
        for (int r = i + 1; r < MYO_TERMS; r++) {
            const double f = m[r][i] / m[i][i];
            for (int k = i; k <= MYO_TERMS; k++) {
                m[r][k] -= f * m[i][k];
            }
        }
    }
    for (int i = MYO_TERMS - 1; i >= 0; i--) {
        out[i] = m[i][MYO_TERMS];
        for (int k = i + 1; k < MYO_TERMS; k++) {
            out[i] -= m[i][k] * out[k];
        }
        out[i] /= m[i][i];
    }
    return true;
}
