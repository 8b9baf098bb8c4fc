/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adaptive cancelling of mains lines: least mean squares with a clipped error (Widrow 1975, for a
 * reference that is made here), and a slow loop that follows the frequency. */
#include "emg/hum.h"

#include "core/minmax.h"

#include <math.h>
#include <string.h>

static const double mains_hz[MYO_HUM_MAINS] = {50.0, 60.0};
/* Time constants of the phasors: quick at first, then slow enough that activity around 50 Hz does not
 * turn them (bandwidth 0.8 Hz), quick enough to follow a mains that drifts. */
static const double learn_s = 0.15;
static const double follow_s = 0.2;
static const double learn_for_s = 1.5;
static const double check_s = 0.25;
static const double watch_s = 1.5;
static const double watch_every_s = 6.0;
static const double scale_s = 0.5;
/* Movements and heart beats are kept from the error by a second-order Butterworth high-pass; what it
 * does to a line's phase is known and taken back in the update (filtered-x algorithm). */
static const double high_pass_hz = 40.0;
static const double clip_scales = 2.5;
/* Hum pays when its power exceeds this share of the rest's, and until it falls below the second. */
static const double pays_from = 0.06;
static const double pays_until = 0.02;
/* And only while the rest is smaller than the input: hum whose phase jumps (sweeps that were joined)
 * cannot be followed. */
static const double helps_below = 0.99;
static const double pull = 0.5;
static const double pull_range_hz = 1.0;

static const double two_pi = 6.283185307179586;

static int32_t harmonics_below(double fundamental_hz, double high_hz)
{
    const int32_t count = (int32_t)(high_hz / fundamental_hz);
    return count > MYO_HUM_HARMONICS ? MYO_HUM_HARMONICS : count;
}

/* Bilinear transform of 1 / (1 + sqrt(2) / s + 1 / s^2) with the corner prewarped. */
static void design_high_pass(myo_hum_config *config, double rate_hz)
{
    const double k = tan(0.5 * two_pi * high_pass_hz / rate_hz);
    const double scale = 1.0 / (1.0 + sqrt(2.0) * k + k * k);
    config->b0 = scale;
    config->a1 = 2.0 * (k * k - 1.0) * scale;
    config->a2 = (1.0 - sqrt(2.0) * k + k * k) * scale;
}

/* Response of the high-pass at the angle whose cosine and sine the line's rotation holds. */
static void respond(const myo_hum_config *config, myo_hum_line *line)
{
    const double c = line->turn_re;
    const double s = -line->turn_im; /* z^-1 = c + i s */
    const double c2 = c * c - s * s;
    const double s2 = 2.0 * c * s;
    const double up_re = config->b0 * (1.0 - 2.0 * c + c2);
    const double up_im = config->b0 * (-2.0 * s + s2);
    const double down_re = 1.0 + config->a1 * c + config->a2 * c2;
    const double down_im = config->a1 * s + config->a2 * s2;
    const double down = down_re * down_re + down_im * down_im;
    const double re = (up_re * down_re + up_im * down_im) / down;
    const double im = (up_im * down_re - up_re * down_im) / down;
    const double size = sqrt(re * re + im * im);
    line->shift_re = re / size;
    line->shift_im = im / size;
    line->gain = size * size;
}

void myo_hum_config_default(myo_hum_config *config, double rate_hz, double high_hz)
{
    config->rate_hz = rate_hz;
    config->step[0] = 2.0 / (learn_s * rate_hz);
    config->step[1] = 2.0 / (follow_s * rate_hz);
    config->scale_step = 1.0 / (scale_s * rate_hz);
    design_high_pass(config, rate_hz);
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        config->harmonics[m] = harmonics_below(mains_hz[m], fmin(high_hz, 0.45 * rate_hz));
    }
    config->check_frames = (int32_t)(check_s * rate_hz + 0.5);
    config->watch_checks = (int32_t)(watch_s / check_s + 0.5);
    config->watch_of = (int32_t)(watch_every_s / check_s + 0.5);
}

/* The first and the third harmonic are enough to see whether there is hum at all. */
static int32_t watched(const myo_hum_config *config, int mains)
{
    return config->harmonics[mains] < 3 ? config->harmonics[mains] : 3;
}

static void tune(const myo_hum_config *config, myo_hum *hum, int mains)
{
    for (int h = 0; h < MYO_HUM_HARMONICS; h++) {
        const double turn = two_pi * hum->mains_hz[mains] * (h + 1) / config->rate_hz;
        myo_hum_line *line = &hum->line[mains][h];
        line->turn_re = cos(turn);
        line->turn_im = sin(turn);
        /* Rounding lets the oscillator's length drift; it is set to one again here. */
        const double length = sqrt(line->re * line->re + line->im * line->im);
        line->re /= length;
        line->im /= length;
        respond(config, line);
    }
}

void myo_hum_reset(const myo_hum_config *config, myo_hum *hum)
{
    memset(hum, 0, sizeof *hum);
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        hum->mains_hz[m] = mains_hz[m];
        hum->lines[m] = watched(config, m);
        for (int h = 0; h < MYO_HUM_HARMONICS; h++) {
            hum->line[m][h].re = 1.0;
        }
        tune(config, hum, m);
    }
}

static double line_power(const myo_hum *hum, int mains)
{
    double power = 0.0;
    for (int h = 0; h < hum->lines[mains]; h++) {
        const myo_hum_line *line = &hum->line[mains][h];
        power += 0.5 * line->gain * (line->cosine * line->cosine + line->sine * line->sine);
    }
    return power;
}

/* The fundamental's phasor turns when the mains is off its nominal frequency: follow it. */
static void follow_frequency(const myo_hum_config *config, myo_hum *hum, int mains)
{
    const myo_hum_line *line = &hum->line[mains][0];
    const double angle = atan2(line->sine, line->cosine);
    double turned = angle - hum->angle[mains];
    turned -= two_pi * floor(turned / two_pi + 0.5);
    hum->angle[mains] = angle;
    if (!hum->active[mains]) {
        return;
    }
    const double seconds = config->check_frames / config->rate_hz;
    /* x = c cos + s sin turns forward when the line is slower than the oscillator. */
    double hz = hum->mains_hz[mains] - pull * turned / (two_pi * seconds);
    hz = fmin(fmax(hz, mains_hz[mains] - pull_range_hz), mains_hz[mains] + pull_range_hz);
    hum->mains_hz[mains] = hz;
}

static void decide(const myo_hum_config *config, myo_hum *hum)
{
    const double rest = hum->rest_energy / hum->since_check;
    double weight = 0.0;
    const bool helps_now = hum->rest_size < helps_below * hum->input_size;
    const bool helps = helps_now || (hum->helped && hum->active[0] + hum->active[1] > 0);
    hum->helped = helps_now;
    hum->checks++;
    /* Nothing is decided before the phasors had time to form. */
    const bool formed = hum->checks * check_s >= 3.0 * learn_s;
    const bool watching = hum->checks % config->watch_of < config->watch_checks;
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        if (hum->lines[m] == 0 && !watching) {
            continue;
        }
        const double power = line_power(hum, m);
        follow_frequency(config, hum, m);
        if (formed && hum->lines[m] > 0) {
            hum->active[m] = helps && power > (hum->active[m] ? pays_until : pays_from) * rest;
        }
        const bool run = hum->active[m];
        const bool watch = watching && !run;
        if (!run && !watch) {
            for (int h = 0; h < MYO_HUM_HARMONICS; h++) {
                hum->line[m][h].cosine = hum->line[m][h].sine = 0.0;
            }
        }
        weight += hum->active[m] && rest > 0.0 ? power / rest : 0.0;
        hum->lines[m] = run ? config->harmonics[m] : watch ? watched(config, m) : 0;
        tune(config, hum, m);
    }
    hum->weight = weight;
    hum->rest_energy = hum->rest_size = hum->input_size = 0.0;
    hum->since_check = 0;
}

static double predict(const myo_hum *hum, int mains)
{
    double sum = 0.0;
    for (int h = 0; h < hum->lines[mains]; h++) {
        const myo_hum_line *line = &hum->line[mains][h];
        sum += line->cosine * line->re + line->sine * line->im;
    }
    return sum;
}

static void adapt(myo_hum *hum, int mains, double change)
{
    for (int h = 0; h < hum->lines[mains]; h++) {
        myo_hum_line *line = &hum->line[mains][h];
        line->cosine += change * (line->re * line->shift_re - line->im * line->shift_im);
        line->sine += change * (line->im * line->shift_re + line->re * line->shift_im);
        const double re = line->re * line->turn_re - line->im * line->turn_im;
        line->im = line->re * line->turn_im + line->im * line->turn_re;
        line->re = re;
    }
}

static double high_pass(const myo_hum_config *config, double input, double *s1, double *s2)
{
    const double x = config->b0 * input;
    const double y = x + *s1;
    *s1 = *s2 - 2.0 * x - config->a1 * y;
    *s2 = x - config->a2 * y;
    return y;
}

/* The rest behind all phasors, high-passed and clipped to the size of the noise. */
static double clipped_rest(const myo_hum_config *config, myo_hum *hum, double rest)
{
    const double high = high_pass(config, rest, &hum->s1, &hum->s2);
    const double size = fabs(high);
    if (hum->checks == 0 && hum->since_check < config->check_frames / 2) {
        hum->scale += (size - hum->scale) / (hum->since_check + 1);
    } else {
        hum->scale += config->scale_step * (myo_lesser(size, 4.0 * hum->scale) - hum->scale);
    }
    hum->rest_size += size;
    const double limit = clip_scales * hum->scale;
    return myo_lesser(myo_greater(high, -limit), limit);
}

double myo_hum_process(const myo_hum_config *config, myo_hum *hum, double x, bool frozen)
{
    if (hum->lines[0] + hum->lines[1] == 0) {
        hum->since_check++;
        if (hum->since_check == config->check_frames) {
            decide(config, hum);
        }
        return x;
    }
    double rest = x;
    double y = x;
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        const double line = predict(hum, m);
        rest -= line;
        y -= hum->active[m] ? line : 0.0;
    }
    hum->input_size += fabs(high_pass(config, x, &hum->t1, &hum->t2));
    const double error = clipped_rest(config, hum, rest);
    const bool learning = hum->checks * check_s < learn_for_s;
    const double change = frozen ? 0.0 : config->step[learning ? 0 : 1] * error;
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        adapt(hum, m, change);
    }
    hum->rest_energy += error * error;
    hum->since_check++;
    if (hum->since_check == config->check_frames) {
        decide(config, hum);
    }
    return y;
}

double myo_hum_hz(const myo_hum *hum)
{
    double power = 0.0;
    double hz = 0.0;
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        if (hum->active[m] && line_power(hum, m) > power) {
            power = line_power(hum, m);
            hz = hum->mains_hz[m];
        }
    }
    return hz;
}

double myo_hum_weight(const myo_hum *hum)
{
    return hum->weight;
}

double myo_hum_rms(const myo_hum *hum)
{
    double power = 0.0;
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        for (int h = 0; hum->active[m] && h < hum->lines[m]; h++) {
            const myo_hum_line *line = &hum->line[m][h];
            power += 0.5 * (line->cosine * line->cosine + line->sine * line->sine);
        }
    }
    return sqrt(power);
}
