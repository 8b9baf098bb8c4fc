/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every constructor survives the failure of each of its allocations: it says so and leaks nothing. */
#include "guard/guard.h"

#include "dsp/boot.h"
#include "myotwitch/cine_synth.h"
#include "myotwitch/ecg.h"
#include "myotwitch/pipeline.h"
#include "myotwitch/quality.h"
#include "myotwitch/relax.h"
#include "myotwitch/score.h"
#include "myotwitch/spectrum.h"
#include "myotwitch/synth.h"
#include "myotwitch/quadrature.h"
#include "myotwitch/ultrasound.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

/* Makes the object and, when that worked, frees it again. */
typedef myo_status build_and_free(void);

static myo_status score(void)
{
    const myo_score_item items[] = {{.onset_s = 1.0, .offset_s = 1.1},
                                    {.onset_s = 2.0, .offset_s = 2.1}};
    myo_score *score = NULL;
    myo_status status = myo_score_new(0.05, &score);
    if (status == MYO_OK) {
        status = myo_score_add(score, items, 2, items, 2, 60.0);
    }
    myo_score_free(score);
    return status;
}

static myo_status pipeline(void)
{
    myo_config config;
    myo_config_default(&config, 2000.0, 3);
    config.profile[0] = MYO_PROFILE_NEEDLE; /* whose detector has a part more */
    myo_pipeline *pipeline = NULL;
    myo_status status = myo_pipeline_new(&config, &pipeline);
    myo_pipeline_free(pipeline);
    return status;
}

static myo_status ecg(void)
{
    myo_ecg_config config;
    myo_ecg_config_default(&config, 2000.0, 3);
    myo_ecg *ecg = NULL;
    myo_status status = myo_ecg_new(&config, &ecg);
    myo_ecg_free(ecg);
    return status;
}

static myo_status quality(void)
{
    myo_quality_config config;
    myo_quality_config_default(&config, 2000.0, 3);
    myo_quality *quality = NULL;
    myo_status status = myo_quality_new(&config, &quality);
    myo_quality_free(quality);
    return status;
}

static myo_status relax(void)
{
    myo_relax_config config;
    myo_relax_config_default(&config, 2000.0, 3);
    myo_relax *relax = NULL;
    myo_status status = myo_relax_new(&config, &relax);
    myo_relax_free(relax);
    return status;
}

static myo_status spectrum(void)
{
    myo_spectrum_config config;
    myo_spectrum_config_default(&config, 2000.0, 3);
    myo_spectrum *spectrum = NULL;
    myo_status status = myo_spectrum_new(&config, &spectrum);
    myo_spectrum_free(spectrum);
    return status;
}

static myo_status synth_of(char generator)
{
    myo_synth_config config;
    myo_synth *synth = NULL;
    myo_status status = myo_synth_config_default(&config, "clean");
    config.generator = generator;
    if (status == MYO_OK) {
        status = myo_synth_new(&config, &synth);
    }
    myo_synth_free(synth);
    return status;
}

static myo_status synth_a(void)
{
    return synth_of('a');
}

static myo_status boot(void)
{
    myo_boot_config config;
    myo_boot_config_default(&config, 100);
    myo_boot *boot = NULL;
    const myo_status status = myo_boot_new(&config, &boot);
    myo_boot_free(boot);
    return status;
}

static myo_status tracker(void)
{
    myo_tracker_config config;
    myo_tracker_config_default(&config, 128, 96);
    myo_tracker *tracker = NULL;
    const myo_status status = myo_tracker_new(&config, &tracker);
    myo_tracker_free(tracker);
    return status;
}

static myo_status ultrasound_of(uint32_t width)
{
    myo_ultrasound_config config;
    myo_ultrasound_config_default(&config, width, 96, 60.0);
    config.needle_deg = 45.0;
    myo_ultrasound *ultrasound = NULL;
    const myo_status status = myo_ultrasound_new(&config, &ultrasound);
    myo_ultrasound_free(ultrasound);
    return status;
}

static myo_status ultrasound(void)
{
    return ultrasound_of(128);
}

static myo_status scan_lines(void)
{
    return ultrasound_of(1);
}

static myo_status echoes(void)
{
    myo_ultrasound_config config;
    myo_ultrasound_config_default(&config, 8, 96, 60.0);
    config.carrier = 0.25;
    myo_ultrasound *ultrasound = NULL;
    const myo_status status = myo_ultrasound_new(&config, &ultrasound);
    myo_ultrasound_free(ultrasound);
    return status;
}

static myo_status quadrature(void)
{
    myo_quadrature *made = NULL;
    const myo_status status = myo_quadrature_new(4, 100, 0.25, UINT32_MAX, &made);
    myo_quadrature_free(made);
    return status;
}

static myo_status cine_synth(void)
{
    myo_cine_synth_config config;
    myo_cine_synth *synth = NULL;
    myo_status status = myo_cine_synth_config_default(&config, "us-twitch");
    config.width = config.height = 64;
    if (status == MYO_OK) {
        status = myo_cine_synth_new(&config, &synth);
    }
    myo_cine_synth_free(synth);
    return status;
}

static const struct {
    const char *name;
    build_and_free *act;
} rows[] = {
    {"boot", boot},
    {"pipeline", pipeline},
    {"spectrum", spectrum},
    {"ecg", ecg},
    {"quality", quality},
    {"relax", relax},
    {"score", score},
    {"synth a", synth_a},
    {"tracker", tracker},
    {"ultrasound", ultrasound},
    {"scan lines", scan_lines},
    {"echoes", echoes},
    {"quadrature", quadrature},
    {"cine synth", cine_synth},
};

static void test_each_allocation_may_fail(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        guard_fail_allocation(0);
        assert_int_equal(rows[i].act(), MYO_OK);
        long count = guard_allocations();
        assert_true(count > 0);
        for (long n = 1; n <= count; n++) {
            long before = guard_blocks();
            guard_fail_allocation(n);
            myo_status status = rows[i].act();
            guard_fail_allocation(0);
            if (status != MYO_ERR_NO_MEMORY || guard_blocks() != before) {
                fail_msg("%s: allocation %ld of %ld fails: status \"%s\", %ld blocks left",
                         rows[i].name, n, count, myo_status_text(status), guard_blocks() - before);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
