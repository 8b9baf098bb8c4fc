/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The likelihood of every second that a known step in a known AR(1) may have begun at. */
#include "relax_oracle.h"

#include "synth/relax_course.h"
#include "synth/rng.h"

#include <math.h>

#define SECONDS 125 /* of the scenarios relax-* */
#define RELEASE 60
#define EDGE    8 /* nobody looks nearer to the ends */

/* Log level of each second over what is known, in standard deviations of its innovations. */
static void draw(double ratio, uint64_t seed, double *innovation, double *size, double *memory)
{
    myo_rng rng;
    myo_rng_start(&rng, seed, 11, 0);
    double depth = myo_rng_in(&rng, (myo_range){0.0, 0.3}), sd;
    myo_relax_course_fluctuation(&depth, &sd, memory);
    const double fresh = sqrt(1.0 - *memory * *memory);
    double wander = myo_rng_normal(&rng);
    *size = log(ratio) / (sd * fresh);
    for (int t = 0; t < SECONDS; t++) {
        innovation[t] = t > 0 ? myo_rng_normal(&rng) : wander;
        wander = *memory * wander + fresh * innovation[t];
        /* The step itself in the second it begins, what memory does not carry of it later. */
        innovation[t] += t == RELEASE ? *size : t > RELEASE ? (1.0 - *memory) * *size : 0.0;
    }
}

static double log_likelihood(const double *innovation, double size, double memory, int at)
{
    double sum = 0.0;
    for (int t = at; t < SECONDS; t++) {
        const double mean = t == at ? size : (1.0 - memory) * size;
        sum += mean * innovation[t] - 0.5 * mean * mean;
    }
    return sum;
}

oracle_error oracle_session(double ratio, uint64_t seed)
{
    double innovation[SECONDS], share[SECONDS] = {0}, size, memory, sum = 0.0, reached = 0.0;
    draw(ratio, seed, innovation, &size, &memory);
    int best = EDGE;
    const double truth = log_likelihood(innovation, size, memory, RELEASE);
    for (int at = EDGE; at < SECONDS - EDGE; at++) {
        share[at] = exp(log_likelihood(innovation, size, memory, at) - truth);
        best = share[at] > share[best] ? at : best;
        sum += share[at];
    }
    int median = EDGE;
    for (reached = share[median]; reached < 0.5 * sum; reached += share[median]) {
        median++;
    }
    return (oracle_error){.likely = fabs((double)(best - RELEASE)),
                          .median = fabs((double)(median - RELEASE))};
}
