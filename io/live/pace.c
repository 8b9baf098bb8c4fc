/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The device's clock by its earliest blocks, and what to think of late ones. */
#include "live/pace.h"

#include <math.h>

/* The first block of a stream may come at any time; so long the earliest is looked for. */
static const double learn_s = 0.25;
static const double window_s = 1.0;
/* alpha-beta filter: about three seconds of memory, critically damped (beta = alpha^2 / (2 - alpha)).
 */
static const double alpha = 0.3;
static const double beta = 0.053;
static const double slope_most = 3000e-6;
/* Less than this is the scheduler's, whatever the period. */
static const double late_least_s = 0.0015;
static const double wait_s = 0.25;
static const double wait_most_s = 1.2;
static const int64_t wait_blocks = 3;
/* The lateness is still going away when it fell by so much. */
static const double falling_s = 0.001;

void myo_pace_start(myo_pace *self, double rate_hz)
{
    *self = (myo_pace){.clock = {.rate_hz = rate_hz, .earliest_s = INFINITY}};
}

static double predicted(const myo_pace_clock *clock, double now_s)
{
    return clock->offset_s + clock->slope * (now_s - clock->window_s);
}

/* At the end of a window of which the least lateness is known. */
static void follow(myo_pace_clock *clock, double now_s)
{
    const double error = clock->earliest_s;
    clock->offset_s = predicted(clock, now_s) + (error < 0.0 ? error : alpha * error);
    clock->slope += beta * error / (now_s - clock->window_s);
    clock->slope = fmax(-slope_most, fmin(slope_most, clock->slope));
    clock->window_s = now_s;
    clock->earliest_s = INFINITY;
    clock->blocks = 0;
}

static void see(myo_pace_clock *clock, double late_s, int64_t frames, double now_s)
{
    clock->earliest_s = fmin(clock->earliest_s, late_s);
    clock->blocks++;
    clock->period = frames > clock->period ? frames : clock->period;
    if (now_s - clock->window_s >= window_s && clock->blocks > 1) {
        follow(clock, now_s);
    }
}

/* The first quarter of a second: the offset is the least that was seen. */
static void learn(myo_pace_clock *clock, double arrival_s, int64_t frames, double now_s)
{
    clock->offset_s = clock->started ? fmin(clock->offset_s, arrival_s) : arrival_s;
    clock->started = true;
    clock->window_s = now_s;
    clock->period = frames > clock->period ? frames : clock->period;
    clock->learned = now_s >= learn_s;
}

static bool still_waits(const myo_pace *self, double now_s)
{
    const double quiet_s = now_s - self->since_s;
    const double all_s = now_s - self->first_s;
    return self->waited < wait_blocks || (quiet_s < wait_s && all_s < wait_most_s);
}

static void begin_to_wait(myo_pace *self, double late_s, double now_s)
{
    self->waiting = true;
    self->before = self->clock;
    self->first_s = self->since_s = now_s;
    self->least_s = late_s;
    self->waited = 0;
}

/* The clock goes on from where it was, as if the frames had come. */
static void lose(myo_pace *self)
{
    self->lost = (int64_t)llround(self->least_s * self->clock.rate_hz);
    self->clock = self->before;
    self->clock.offset_s += (double)self->lost / self->clock.rate_hz;
    self->waiting = false;
}

myo_pace_verdict myo_pace_add(myo_pace *self, int64_t end, int64_t frames, int64_t stamp_ns)
{
    myo_pace_clock *clock = &self->clock;
    if (!clock->started) {
        clock->start_ns = stamp_ns;
    }
    const double now_s = 1e-9 * (double)(stamp_ns - clock->start_ns);
    const double arrival_s = now_s - (double)end / clock->rate_hz;
    if (!clock->learned) {
        learn(clock, arrival_s, frames, now_s);
        return MYO_PACE_FINE;
    }
    const double late_s = arrival_s - predicted(clock, now_s);
    const double period_s = (double)clock->period / clock->rate_hz;
    if (late_s < fmax(late_least_s, 0.5 * period_s)) {
        self->waiting = false;
        see(clock, late_s, frames, now_s);
        return MYO_PACE_FINE;
    }
    if (!self->waiting) {
        begin_to_wait(self, late_s, now_s);
    }
    if (late_s < self->least_s - falling_s) {
        self->since_s = now_s;
    }
    self->least_s = fmin(self->least_s, late_s);
    self->waited++;
    if (still_waits(self, now_s)) {
        return MYO_PACE_WAIT;
    }
    lose(self);
    return MYO_PACE_LOST;
}

double myo_pace_drift_ppm(const myo_pace *self)
{
    return 1e6 * self->clock.slope;
}
