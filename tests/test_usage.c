/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop at the top of pipeline.h is compiled as it stands there, and finds twitches. */
#include "myotwitch/pipeline.h"
#include "myotwitch/synth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { FRAMES = 120000 }; /* 60 s at the 2 kHz of the loop */

static int64_t ltrs;

static void use(const myo_event *event)
{
    ltrs += event->type == MYO_EVENT_LTR && event->stage == MYO_CONFIRMED;
}

static void usage(const float *samples, size_t frames, uint32_t channels)
{
    myo_event event;
    int blocks = 1;
/* The recording of this test is one block. */
#define more (blocks-- > 0)
#include "usage_pipeline.inc"
}

/* Twitches of 24 dB on a quiet floor. How good the detector is, is measured elsewhere; here three
 * of four show that the loop hands over the signal and the events. */
static void test_usage_loop_finds_twitches(void **state)
{
    (void)state;
    static float samples[FRAMES];
    myo_synth_config config;
    assert_int_equal(myo_synth_config_default(&config, "clean"), MYO_OK);
    config.rate_hz = 2000.0;
    config.duration_s = FRAMES / config.rate_hz;
    config.channels = 1;
    config.snr_db = 24.0;
    myo_synth *synth = NULL;
    assert_int_equal(myo_synth_new(&config, &synth), MYO_OK);
    for (size_t done = 0; done < FRAMES;) {
        done += myo_synth_read(synth, samples + done, FRAMES - done);
    }
    int64_t truths = 0;
    for (myo_truth truth; myo_synth_next_truth(synth, &truth);) {
        truths += truth.type == MYO_EVENT_LTR;
    }
    myo_synth_free(synth);
    assert_true(truths > 0);
    usage(samples, FRAMES, 1);
    assert_in_range(ltrs, truths * 3 / 4, truths + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usage_loop_finds_twitches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
