/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is decided of mains lines every quarter of a second, and a slow loop that follows their
 * frequency; the cancelling itself is in the kernels. */
#include "emg/hum.h"

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
/* Of the rest's scale; one sample moves the scale by that of four at most. */
static const double clip_scales = 2.5;
static const double cap_scales = 4.0;
/* Hum pays when its power exceeds this share of the rest's, and until it falls below the second. */
static const double pays_from = 0.06;
static const double pays_until = 0.02;
/* And only while the rest is smaller than the input: hum whose phase jumps (sweeps that were joined)
 * cannot be followed. */
static const double helps_below = 0.99;
/* From this power over the rest's on hum is strong: a seventh harmonic of a tenth of the fundamental is
 * two thirds of the rest then. */
static const double strong_from = 100.0;
static const double strong_until = 25.0;
static const double strong_reach = 1.5; /* times the channel's upper limit */
static const int32_t usual_harmonics = 6;
static const double pull = 0.5;
static const double pull_range_hz = 1.0;

static const double two_pi = 6.283185307179586;

static int32_t harmonics_below(double fundamental_hz, double high_hz, int32_t most)
{
    const int32_t count = (int32_t)(high_hz / fundamental_hz);
    return count > most ? most : count;
}

/* Bilinear transform of 1 / (1 + sqrt(2) / s + 1 / s^2) with the corner prewarped. */
static void design_high_pass(myo_hum_config *config, double rate_hz)
{
    const double k = tan(0.5 * two_pi * high_pass_hz / rate_hz);
    const double scale = 1.0 / (1.0 + sqrt(2.0) * k + k * k);
    config->b0 = scale;
    config->a1 = -2.0 * (k * k - 1.0) * scale;
    config->a2 = -(1.0 - sqrt(2.0) * k + k * k) * scale;
}

/* Adaption of a phasor a frame, behind so many decisions. */
static double step_at(const myo_hum_config *config, int32_t checks)
{
    return config->step[checks * check_s < learn_for_s ? 0 : 1];
}

/* Response of the high-pass to a harmonic: how much is let through, and the rotation, times the adaption. */
static void respond(const myo_hum_config *config, myo_hum_phasors *p, size_t lane, int h,
                    double step)
{
    const double c = p->frame_re[h][lane], s = -p->frame_im[h][lane]; /* z^-1 = c + i s */
    const double c2 = c * c - s * s;
    const double s2 = 2.0 * c * s;
    const double up_re = config->b0 * (1.0 - 2.0 * c + c2);
    const double up_im = config->b0 * (-2.0 * s + s2);
    const double down_re = 1.0 - config->a1 * c - config->a2 * c2;
    const double down_im = -config->a1 * s - config->a2 * s2;
    const double down = down_re * down_re + down_im * down_im;
    const double re = (up_re * down_re + up_im * down_im) / down;
    const double im = (up_im * down_re - up_re * down_im) / down;
    const double size = sqrt(re * re + im * im);
    p->shift_re[h][lane] = step * re / size;
    p->shift_im[h][lane] = step * im / size;
    p->gain[h][lane] = size * size;
}

void myo_hum_config_default(myo_hum_config *config, double rate_hz, const double high_hz[MYO_OCTET])
{
    const double scale_step = 1.0 / (scale_s * rate_hz);
    config->rate_hz = rate_hz;
    config->step[0] = 2.0 / (learn_s * rate_hz);
    config->step[1] = 2.0 / (follow_s * rate_hz);
    config->scale_keep = 1.0 - scale_step;
    config->scale_step = scale_step;
    config->scale_grow = 1.0 + (cap_scales - 1.0) * scale_step;
    config->clip = clip_scales;
    design_high_pass(config, rate_hz);
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        for (size_t lane = 0; lane < MYO_OCTET; lane++) {
            const double room_hz = 0.45 * rate_hz;
            config->harmonics[m][lane] =
                harmonics_below(mains_hz[m], fmin(high_hz[lane], room_hz), usual_harmonics);
            config->strong[m][lane] = harmonics_below(
                mains_hz[m], fmin(strong_reach * high_hz[lane], room_hz), MYO_HUM_HARMONICS);
        }
    }
    config->check_frames = (int32_t)(check_s * rate_hz + 0.5);
    config->watch_checks = (int32_t)(watch_s / check_s + 0.5);
    config->watch_of = (int32_t)(watch_every_s / check_s + 0.5);
}

/* The first and the third harmonic are enough to see whether there is hum at all. */
static int32_t watched(const myo_hum_config *config, int mains, size_t lane)
{
    return config->harmonics[mains][lane] < 3 ? config->harmonics[mains][lane] : 3;
}

typedef struct {
    double re, im;
} rotation;

static rotation then(rotation a, rotation b)
{
    return (rotation){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

/* Rotations of a harmonic in a frame, from the middle of a block to its frames, and to the next block. */
static void turn_line(myo_hum_phasors *p, size_t lane, int h, rotation half)
{
    const rotation frame = then(half, half), two = then(frame, frame), four = then(two, two);
    const rotation block = then(four, four);
    rotation at = half;
    for (int k = 0; k < MYO_HUM_HALF; k++) {
        p->at_re[h][k][lane] = at.re;
        p->at_im[h][k][lane] = at.im;
        at = then(at, frame);
    }
    p->frame_re[h][lane] = frame.re;
    p->frame_im[h][lane] = frame.im;
    p->turn_re[h][lane] = block.re;
    p->turn_im[h][lane] = block.im;
}

/* All harmonics: the rotation of each is that of the one before, turned by the fundamental's. */
static void tune(const myo_hum_config *config, myo_hum_phasors *p, size_t lane, double step)
{
    const double turn = 0.5 * two_pi * p->hz[lane] / config->rate_hz;
    const rotation half = {cos(turn), sin(turn)};
    rotation harmonic = {1.0, 0.0};
    for (int h = 0; h < MYO_HUM_HARMONICS; h++) {
        harmonic = then(harmonic, half);
        turn_line(p, lane, h, harmonic);
        respond(config, p, lane, h, step);
    }
}

/* Lets the first @p lines phasors run. One that was not running starts anew. */
static void set_lines(myo_hum_phasors *p, size_t lane, int32_t lines)
{
    const int32_t ran = (int32_t)p->lines[lane];
    for (int h = 0; h < (ran > lines ? ran : lines); h++) {
        if (h >= ran || h >= lines) {
            p->cosine[h][lane] = p->sine[h][lane] = p->im[h][lane] = 0.0;
            p->re[h][lane] = 1.0;
        }
        /* Rounding lets the oscillator's length drift; a step of Newton's sets it to one again. */
        const double stretch =
            1.5 - 0.5 * (p->re[h][lane] * p->re[h][lane] + p->im[h][lane] * p->im[h][lane]);
        p->re[h][lane] *= stretch;
        p->im[h][lane] *= stretch;
    }
    p->lines[lane] = lines;
}

/* An error turns amplitudes by the reference of its own frame; so many frames later the oscillators have
 * gone on by as much. Of each line that is a sine: two times its cosine of a frame makes the next of two. */
static void set_echo(myo_hum *hum, size_t lane, int mains)
{
    const myo_hum_phasors *p = &hum->phasors[mains];
    double sum[MYO_HUM_BLOCK] = {0.0};
    for (int h = 0; h < p->lines[lane]; h++) {
        const double twice = 2.0 * p->frame_re[h][lane];
        double before = p->shift_re[h][lane];
        double now = p->shift_re[h][lane] * p->frame_re[h][lane] +
                     p->shift_im[h][lane] * p->frame_im[h][lane];
        for (int n = 1; n < MYO_HUM_BLOCK; n++) {
            const double next = twice * now - before;
            sum[n] += now;
            before = now;
            now = next;
        }
    }
    for (int n = 1; n < MYO_HUM_BLOCK; n++) {
        hum->echo[mains][n][lane] = sum[n];
    }
}

/* At another frequency or step. */
static void set_line(const myo_hum_config *config, myo_hum *hum, size_t lane, int mains)
{
    tune(config, &hum->phasors[mains], lane, step_at(config, hum->checks));
    set_echo(hum, lane, mains);
}

static void find_running(myo_hum *hum)
{
    hum->running = 0;
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        myo_hum_phasors *p = &hum->phasors[m];
        p->most_lines = 0;
        for (size_t lane = 0; lane < MYO_OCTET; lane++) {
            const int32_t lines = (int32_t)p->lines[lane];
            hum->running |= lines > 0 ? 1u << lane : 0u;
            p->most_lines = lines > p->most_lines ? lines : p->most_lines;
        }
    }
}

void myo_hum_reset(const myo_hum_config *config, myo_hum *hum)
{
    memset(hum, 0, sizeof *hum);
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        for (int h = 0; h < MYO_HUM_HARMONICS; h++) {
            for (size_t lane = 0; lane < MYO_OCTET; lane++) {
                hum->phasors[m].re[h][lane] = 1.0;
            }
        }
    }
    for (size_t lane = 0; lane < MYO_OCTET; lane++) {
        for (int m = 0; m < MYO_HUM_MAINS; m++) {
            hum->phasors[m].hz[lane] = mains_hz[m];
            set_lines(&hum->phasors[m], lane, watched(config, m, lane));
            set_line(config, hum, lane, m);
        }
    }
    find_running(hum);
}

/* From the middle of a block to a frame of it. */
static rotation rotation_to(const myo_hum_phasors *p, size_t lane, int h, size_t n)
{
    const bool later = n >= MYO_HUM_HALF;
    const size_t k = later ? n - MYO_HUM_HALF : MYO_HUM_HALF - 1 - n;
    const double im = p->at_im[h][k][lane];
    return (rotation){p->at_re[h][k][lane], later ? im : -im};
}

/* Oscillators from the middle of a block to a frame of it. */
static void turn_all(myo_hum_phasors *p, size_t lane, size_t n)
{
    for (int h = 0; h < p->lines[lane]; h++) {
        const rotation now = {p->re[h][lane], p->im[h][lane]};
        const rotation turned = then(now, rotation_to(p, lane, h, n));
        p->re[h][lane] = turned.re;
        p->im[h][lane] = turned.im;
    }
}

/* A decision need not fall on the end of a block: what was seen of it is learned from, and the
 * oscillators go on by as many frames. */
static void end_block(myo_hum *hum, size_t lane, int mains, size_t frames)
{
    myo_hum_phasors *p = &hum->phasors[mains];
    for (int h = 0; h < p->lines[lane] && frames > 0; h++) {
        const rotation shift = {p->shift_re[h][lane], p->shift_im[h][lane]};
        const rotation frame = {p->frame_re[h][lane], p->frame_im[h][lane]};
        rotation now = {p->re[h][lane], p->im[h][lane]};
        const rotation reference = then(now, shift);
        double even = 0.0, odd = 0.0;
        for (size_t n = 0; n < frames; n++) {
            const rotation to = rotation_to(p, lane, h, n);
            even += hum->change[n][lane] * to.re;
            odd += hum->change[n][lane] * to.im;
            now = then(now, frame);
        }
        p->cosine[h][lane] += reference.re * even - reference.im * odd;
        p->sine[h][lane] += reference.im * even + reference.re * odd;
        p->re[h][lane] = now.re;
        p->im[h][lane] = now.im;
    }
}

static double line_power(const myo_hum_phasors *p, size_t lane)
{
    double power = 0.0;
    for (int h = 0; h < p->lines[lane]; h++) {
        power += 0.5 * p->gain[h][lane] *
                 (p->cosine[h][lane] * p->cosine[h][lane] + p->sine[h][lane] * p->sine[h][lane]);
    }
    return power;
}

static double fundamental_angle(const myo_hum_phasors *p, size_t lane)
{
    return atan2(p->sine[0][lane], p->cosine[0][lane]);
}

/* The fundamental's phasor turns when the mains is off its nominal frequency: follow it. */
static void follow_frequency(const myo_hum_config *config, myo_hum *hum, size_t lane, int mains)
{
    myo_hum_phasors *p = &hum->phasors[mains];
    const double angle = fundamental_angle(p, lane);
    double turned = angle - p->angle[lane];
    turned -= two_pi * floor(turned / two_pi + 0.5);
    p->angle[lane] = angle;
    const double seconds = config->check_frames / config->rate_hz;
    /* x = c cos + s sin turns forward when the line is slower than the oscillator. */
    const double hz = p->hz[lane] - pull * turned / (two_pi * seconds);
    p->hz[lane] = fmin(fmax(hz, mains_hz[mains] - pull_range_hz), mains_hz[mains] + pull_range_hz);
    turn_all(p, lane, 0); /* the first frame of the block stays where it is */
    tune(config, p, lane, step_at(config, hum->checks));
    turn_all(p, lane, MYO_HUM_BLOCK - 1);
}

/* How many lines of a mains that is subtracted: all that are heard. @p excess: its power over the rest's. */
static int32_t lines_worth(const myo_hum_config *config, const myo_hum_phasors *p, size_t lane,
                           int mains, double excess)
{
    const bool strong = p->lines[lane] > config->harmonics[mains][lane];
    return excess > (strong ? strong_until : strong_from) ? config->strong[mains][lane]
                                                          : config->harmonics[mains][lane];
}

static void decide(const myo_hum_config *config, myo_hum *hum, size_t lane)
{
    const double rest = hum->rest_energy[lane] / config->check_frames;
    const size_t left_over = (size_t)config->check_frames % MYO_HUM_BLOCK;
    double weight = 0.0;
    const bool helps_now = hum->rest_size[lane] < helps_below * hum->input_size[lane];
    const bool helps =
        helps_now || (hum->helped[lane] && hum->take[0][lane] + hum->take[1][lane] > 0.0);
    hum->helped[lane] = helps_now;
    /* Nothing is decided before the phasors had time to form. */
    const bool formed = hum->checks * check_s >= 3.0 * learn_s;
    const bool watching = hum->checks % config->watch_of < config->watch_checks;
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        myo_hum_phasors *p = &hum->phasors[m];
        const bool followed = hum->take[m][lane] > 0.0;
        const int32_t ran = (int32_t)p->lines[lane];
        bool active = followed;
        if (ran == 0 && !watching) {
            continue;
        }
        end_block(hum, lane, m, left_over);
        const double power = line_power(p, lane);
        if (followed) {
            follow_frequency(config, hum, lane, m);
        }
        if (formed && ran > 0) {
            active = helps && power > (active ? pays_until : pays_from) * rest;
        }
        if (active && !followed) {
            p->angle[lane] = fundamental_angle(p, lane);
        }
        weight += active && rest > 0.0 ? power / rest : 0.0;
        hum->take[m][lane] = active ? 1.0 : 0.0;
        const int32_t worth = lines_worth(config, p, lane, m, power / rest);
        set_lines(p, lane, active ? worth : watching ? watched(config, m, lane) : 0);
        if (followed || (int32_t)p->lines[lane] != ran) {
            set_echo(hum, lane, m);
        }
    }
    hum->weight[lane] = weight;
    hum->rest_energy[lane] = hum->rest_size[lane] = hum->input_size[lane] = 0.0;
}

size_t myo_hum_room(const myo_hum_config *config, const myo_hum *hum)
{
    return (size_t)(config->check_frames - hum->since_check);
}

void myo_hum_process(const myo_hum_config *config, myo_hum *hum, myo_hum_run *run, double *z,
                     const double *learns, size_t frames, size_t lanes)
{
    if (hum->running != 0) {
        run(config, hum, z, learns, frames, lanes);
    }
    hum->since_check += (int32_t)frames;
    if (hum->since_check < config->check_frames) {
        return;
    }
    const double step = step_at(config, hum->checks);
    hum->checks++;
    for (size_t lane = 0; lane < lanes; lane++) {
        decide(config, hum, lane);
        for (int m = 0; m < MYO_HUM_MAINS && step_at(config, hum->checks) < step; m++) {
            set_line(config, hum, lane, m);
        }
    }
    find_running(hum);
    hum->since_check = 0;
}

double myo_hum_hz(const myo_hum *hum, size_t lane)
{
    double power = 0.0;
    double hz = 0.0;
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        const myo_hum_phasors *p = &hum->phasors[m];
        if (hum->take[m][lane] > 0.0 && line_power(p, lane) > power) {
            power = line_power(p, lane);
            hz = p->hz[lane];
        }
    }
    return hz;
}

double myo_hum_rms(const myo_hum *hum, size_t lane)
{
    double power = 0.0;
    for (int m = 0; m < MYO_HUM_MAINS; m++) {
        const myo_hum_phasors *p = &hum->phasors[m];
        for (int h = 0; hum->take[m][lane] > 0.0 && h < p->lines[lane]; h++) {
            power += 0.5 * (p->cosine[h][lane] * p->cosine[h][lane] +
                            p->sine[h][lane] * p->sine[h][lane]);
        }
    }
    return sqrt(power);
}
