/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the burst detector does otherwise on a needle's channel: bursts stand on the ground of the activity
 * around the tip, and a discharge that towers over what goes on begins a burst of its own. */
#include "emg/burst_state.h"

#include "core/minmax.h"

/* A limit is at least so many times the ground: a spike of a train fills less than the shortest window,
 * several may fall into a longer one. */
static const double ground_ratio[MYO_WINDOW_COUNT] = {5.0, 4.0, 3.2, 2.8, 2.2, 2.0};
/* A discharge of 5 ms of this many times the energy of any in the 30 ms before it, its own attack left out,
 * is another burst: what a needle's movement sets off only dies away. The discharges of one twitch begin
 * within so long of each other (emg.md 8: a unit fires every 10 to 30 ms): they are left together. */
static const double rise_ratio = 4.0;
static const double rise_back_ms = 30.0;
static const double attack_ms = 5.0;
enum { DISCHARGE_HOPS = 5 };

void myo_burst_raise_limits(myo_burst_detector *self)
{
    const double hop_ground = self->hop_frames * myo_needle_ground_power(self->ground);
    for (int k = 0; k < MYO_WINDOW_COUNT; k++) {
        self->limit[k] =
            myo_greater(self->limit[k], ground_ratio[k] * myo_window_hops[k] * hop_ground);
        /* Its detect band reaches as high as its measure band: it answers as soon as a herald would. */
        self->windows->limit[k][self->lane] = self->limit[k];
    }
}

double myo_burst_end_power(const myo_burst_detector *self)
{
    return myo_greater(self->floor_at_open[MYO_LANE_DETECT], myo_needle_ground_power(self->ground));
}

static double discharge(const myo_burst_detector *self, int64_t hop)
{
    return myo_hop_energy(&self->ring, MYO_LANE_DETECT, hop, hop + DISCHARGE_HOPS);
}

/* Whether the last discharge begins a burst of its own. */
static bool rises(const myo_burst_detector *self)
{
    const int64_t now = self->cursor + 1 - DISCHARGE_HOPS;
    const int64_t last = now - myo_hops(attack_ms, self->hop_ms);
    const int64_t back = now - myo_hops(rise_back_ms, self->hop_ms);
    const int64_t onset = (int64_t)self->open.onset_hop;
    const double energy = discharge(self, now);
    if (back < onset || energy < self->limit[0]) {
        return false;
    }
    for (int64_t hop = back; hop <= last; hop++) {
        if (rise_ratio * discharge(self, hop) > energy) {
            return false;
        }
    }
    return true;
}

bool myo_burst_split(myo_burst_detector *self)
{
    if (!rises(self)) {
        return false;
    }
    self->last_active_hop = self->cursor - DISCHARGE_HOPS;
    myo_burst_close(self);
    return true;
}

void myo_burst_measure_needle(const myo_burst_detector *self, int64_t now, myo_burst *burst)
{
    const double power = myo_greater(burst->ground, myo_burst_noise(self, MYO_LANE_DETECT));
    burst->shape.fall_db = myo_burst_shape_fall(&self->ring, self->hop_ms, self->hop_frames * power,
                                                (int64_t)burst->onset_hop, burst->end_hop, now);
}

void myo_burst_detector_follow_ground(myo_burst_detector *self)
{
    const myo_hop hop = myo_hop_at(&self->ring, myo_hop_end(&self->ring) - 1);
    if (!(hop.flags & (MYO_HOP_INVALID | MYO_HOP_SATURATED))) {
        myo_needle_ground_add(self->ground, (double)hop.energy[MYO_LANE_DETECT], self->hop_frames);
    }
}
