/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long the type of a twitch is waited for. What follows a twitch, a heart beat, the ground of tonic units, noise
 * a little over the floor, may keep its burst alive for as long as it likes: the first rest, longer than a gap, tells
 * where the twitch itself may have ended. */
#include "emg/burst_state.h"

/* What goes on behind that rest with less than this share of the mean power before it is not of the burst, as what
 * comes before it below a tenth of its height is not (forerunners). Swells of tonic activity go on with 0.15 to 0.3,
 * what was left behind twitches had 0.09 at most (both generators, development family). */
static const double glow_share = 0.1;

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t greater(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

void myo_burst_note_rest(myo_burst_detector *self)
{
    if (self->cursor - self->high_hop > self->merge_hops) {
        self->rest_hop = lesser(self->rest_hop, self->high_hop);
    }
}

int64_t myo_burst_later_rest(const myo_burst_detector *self)
{
    const bool rests = self->cursor - self->high_hop > self->merge_hops;
    return rests && self->high_hop > self->rest_hop ? self->high_hop : MYO_NO_REST;
}

/* Whether it rested early enough to be a twitch. */
static bool is_brief(const myo_burst_detector *self)
{
    return (double)self->rest_hop - self->open.onset_hop <= self->brief_hops;
}

int64_t myo_burst_due(const myo_burst_detector *self)
{
    const int64_t end = self->open.end_hop;
    const int64_t known = (int64_t)self->open.onset_hop + self->known_hops;
    const int64_t due =
        lesser(end + self->settle_hops, greater(end + self->settle_least_hops, known));
    return is_brief(self) ? lesser(due, self->rest_hop + self->glow_hops) : due;
}

/* Mean energy of a hop over the noise that there was when the burst opened. */
static double mean_over(const myo_burst_detector *self, int64_t from, int64_t to)
{
    const double energy = myo_hop_energy(&self->ring, MYO_LANE_DETECT, from, to);
    return energy / (double)(to - from) - self->hop_frames * self->floor_at_open[MYO_LANE_DETECT];
}

bool myo_burst_glows(const myo_burst_detector *self)
{
    if (!is_brief(self)) {
        return false;
    }
    const int64_t rest = self->rest_hop + 1;
    const int64_t onset = lesser((int64_t)self->open.onset_hop, self->rest_hop);
    return mean_over(self, rest, self->cursor + 1) < glow_share * mean_over(self, onset, rest);
}
