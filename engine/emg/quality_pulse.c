/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stimulator pulses are told from muscle by their edges and from the heart by their constancy. */
#include "emg/quality_pulse.h"

#include <math.h>

#define RAISED      12.0 /* medians of the difference: 8 sigma (emg.md 7.1) */
#define MEDIAN_STEP 0.002
#define REST_S      0.004 /* no second edge of the same pulse */
#define SLOWEST_HZ  1.0
#define FASTEST_HZ  160.0
#define CONSTANT    0.02 /* emg.md 7.6: CV below 2 % */
#define AGREE       0.75 /* of the intervals */
#define FEWEST      5

static const double step[2] = {1.0 / (1.0 + MEDIAN_STEP), 1.0 + MEDIAN_STEP};

void myo_pulse_train_push(myo_pulse_train *train, double x)
{
    const double difference = train->frame > 0 ? fabs(x - train->last) : 0.0;
    train->last = x;
    train->frame++;
    if (train->median <= 0.0) {
        train->median = difference;
        return;
    }
    const bool edge = difference > RAISED * train->median;
    /* Up or down at random: a table, not a branch that is guessed wrong every other time. */
    train->median *= step[difference > train->median];
    const int64_t since = train->frame - train->edge;
    if (!edge || (train->edge > 0 && (double)since < REST_S * train->rate_hz)) {
        return;
    }
    if (train->edge > 0) {
        const double longest = 2.0 * train->rate_hz / SLOWEST_HZ;
        train->count = (double)since > longest ? 0 : train->count;
        train->intervals[train->count++ % MYO_PULSE_INTERVALS] =
            (int32_t)fmin((double)since, longest);
    }
    train->edge = train->frame;
}

static int32_t median_of(const int32_t *values, int count)
{
    int32_t sorted[MYO_PULSE_INTERVALS];
    for (int i = 0; i < count; i++) {
        int at = i;
        for (; at > 0 && sorted[at - 1] > values[i]; at--) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = values[i];
    }
    return sorted[count / 2];
}

double myo_pulse_train_hz(const myo_pulse_train *train)
{
    const int count =
        (int)(train->count < MYO_PULSE_INTERVALS ? train->count : MYO_PULSE_INTERVALS);
    if (count < FEWEST) {
        return 0.0;
    }
    const double median = (double)median_of(train->intervals, count);
    double sum = 0.0;
    int agree = 0;
    for (int i = 0; i < count; i++) {
        /* An interval of whole frames is off by up to one. */
        if (fabs((double)train->intervals[i] - median) <= fmax(1.0, CONSTANT * median)) {
            agree++;
            sum += (double)train->intervals[i];
        }
    }
    const double hz = train->rate_hz * (double)agree / sum;
    const bool goes_on = (double)(train->frame - train->edge) < 3.0 * median;
    const bool constant = (double)agree >= AGREE * (double)count;
    return goes_on && constant && hz >= SLOWEST_HZ && hz <= FASTEST_HZ ? hz : 0.0;
}
