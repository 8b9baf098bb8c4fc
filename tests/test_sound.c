/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the loudspeaker gets: EMG at its own rate, pitch and size, and a tone at once when one is due. */
#include "live/sound_share.h"
#include "live/sound_voice.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static const double pi = 3.14159265358979323846;
enum { RATE = 48000, BLOCK = 480 };

/* Amplitude of @p hz in @p samples, by projection. */
static double level_at(const float *samples, size_t count, double rate, double hz)
{
    double a = 0.0, b = 0.0;
    for (size_t i = 0; i < count; i++) {
        const double phase = 2.0 * pi * hz * (double)i / rate;
        a += (double)samples[i] * cos(phase);
        b += (double)samples[i] * sin(phase);
    }
    return 2.0 * sqrt(a * a + b * b) / (double)count;
}

/* One second of a sine of channel 1 of 2 through the voice; returns the samples made. */
static size_t voice_play(double in_hz, double hz, double amplitude, double gain_db, float *out)
{
    enum { PIECE = 8, CHANNELS = 2 };
    sound_voice *voice = sound_voice_new(in_hz, RATE);
    size_t made = 0;
    assert_non_null(voice);
    for (size_t f = 0; f + PIECE <= (size_t)in_hz; f += PIECE) {
        float block[PIECE * CHANNELS] = {0.0f};
        for (size_t i = 0; i < PIECE; i++) {
            block[i * CHANNELS + 1] =
                (float)(amplitude * sin(2.0 * pi * hz * (double)(f + i) / in_hz));
        }
        made += sound_voice_run(voice, block + 1, CHANNELS, PIECE, gain_db, 1.0, out + made,
                                2 * RATE - made);
    }
    sound_voice_free(voice);
    return made;
}

/* 20 dB are ten times; tanh(0.1) = 0.0997. */
static void test_pitch_and_size(void **state)
{
    (void)state;
    static const double rates[] = {1000.0, 2048.0, 10000.0, 48000.0};
    float *out = malloc(2 * RATE * sizeof *out);
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        const size_t made = voice_play(rates[r], 150.0, 0.01, 20.0, out);
        assert_true(fabs((double)made - RATE) < 0.04 * RATE);
        const double level = level_at(out + RATE / 4, RATE / 2, RATE, 150.0);
        assert_true(level > 0.095 && level < 0.101);
        assert_true(level_at(out + RATE / 4, RATE / 2, RATE, 300.0) < 0.001);
    }
    free(out);
}

static void test_limiter_and_band(void **state)
{
    (void)state;
    float *out = malloc(2 * RATE * sizeof *out);
    size_t made = voice_play(2048.0, 150.0, 1.0, 40.0, out);
    for (size_t i = 0; i < made; i++) {
        assert_true(fabsf(out[i]) <= 1.0f);
    }
    made = voice_play(2048.0, 1.0, 0.01, 20.0, out); /* a wandering baseline is not heard */
    for (size_t i = RATE / 4; i < made; i++) {
        assert_true(fabsf(out[i]) < 0.001f);
    }
    free(out);
}

typedef struct {
    sound_share *share;
    sound_mixer mixer;
    int fd;
    float out[2 * BLOCK];
} bench;

static void bench_open(bench *self)
{
    self->share = sound_share_new(&self->fd);
    assert_non_null(self->share);
    self->share->rate_hz = RATE;
    assert_true(sound_mixer_new(self->share, &self->mixer));
}

static void bench_close(bench *self)
{
    sound_mixer_free(&self->mixer);
    sound_share_free(self->share);
    close(self->fd);
}

static void ring_fill(sound_share *share, size_t count, float value)
{
    for (size_t i = 0; i < count; i++) {
        share->ring[(share->written + i) % SOUND_RING] = value;
    }
    share->written += count;
}

static void test_tone_starts_at_once(void **state)
{
    (void)state;
    bench self;
    bench_open(&self);
    sound_mix(&self.mixer, self.out, BLOCK, 2);
    for (size_t i = 0; i < 2 * BLOCK; i++) {
        assert_true(self.out[i] == 0.0f);
    }
    self.share->tones = 1;
    sound_mix(&self.mixer, self.out, BLOCK, 2);
    float left[BLOCK];
    for (size_t f = 0; f < BLOCK; f++) {
        left[f] = self.out[2 * f];
        assert_true(self.out[2 * f] == self.out[2 * f + 1]);
    }
    assert_true(fabsf(left[1]) > 0.0f);
    assert_true(level_at(left, BLOCK, RATE, SOUND_TONE_HZ) > 0.15);
    for (size_t block = 1; block < SOUND_TONE_MS * RATE / 1000 / BLOCK + 1; block++) {
        sound_mix(&self.mixer, self.out, BLOCK, 2);
    }
    sound_mix(&self.mixer, self.out, BLOCK, 2);
    for (size_t i = 0; i < 2 * BLOCK; i++) {
        assert_true(self.out[i] == 0.0f); /* one tone, not for ever */
    }
    bench_close(&self);
}

static void test_reserve_and_starving(void **state)
{
    (void)state;
    bench self;
    bench_open(&self);
    self.share->reserve = 1000;
    ring_fill(self.share, 1000, 0.25f);
    sound_mix(&self.mixer, self.out, BLOCK, 1);
    assert_true(self.out[0] == 0.0f && self.share->taken == 0); /* reserve not there yet */
    ring_fill(self.share, BLOCK, 0.25f);
    sound_mix(&self.mixer, self.out, BLOCK, 1);
    assert_true(self.out[0] == 0.25f && self.share->taken == BLOCK);
    sound_mix(&self.mixer, self.out, BLOCK, 1);
    sound_mix(&self.mixer, self.out, BLOCK, 1);
    sound_mix(&self.mixer, self.out, BLOCK, 1); /* 40 are left */
    assert_true(self.out[39] == 0.25f && self.out[40] == 0.0f);
    assert_int_equal(self.share->starved, 1);
    ring_fill(self.share, BLOCK, 0.25f);
    sound_mix(&self.mixer, self.out, BLOCK, 1);
    assert_true(self.out[0] == 0.0f); /* fills up again first */
    bench_close(&self);
}

static void test_mute(void **state)
{
    (void)state;
    bench self;
    bench_open(&self);
    ring_fill(self.share, 2 * BLOCK, 0.25f);
    self.share->muted = true;
    self.share->tones = 1;
    sound_mix(&self.mixer, self.out, BLOCK, 1);
    for (size_t i = 0; i < BLOCK; i++) {
        assert_true(self.out[i] == 0.0f);
    }
    assert_true(self.share->taken == BLOCK); /* it goes on unheard, and is not late afterwards */
    bench_close(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pitch_and_size),
        cmocka_unit_test(test_limiter_and_band),
        cmocka_unit_test(test_tone_starts_at_once),
        cmocka_unit_test(test_reserve_and_starving),
        cmocka_unit_test(test_mute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
