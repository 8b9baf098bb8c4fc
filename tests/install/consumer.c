/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stranger's program: finds the installed engine and asks it for what needs its libraries too. */
#include <myotwitch/myotwitch.h>

#include <stdio.h>

static float silence[4000];

int main(void)
{
    myo_config config;
    myo_config_default(&config, 2000.0, 1);
    myo_pipeline *pipeline = NULL;
    myo_spectrum_config spectrum_config;
    myo_spectrum_config_default(&spectrum_config, 2000.0, 1);
    myo_spectrum *spectrum = NULL;
    myo_clinic *clinic = NULL;
    myo_issues issues;
    if (myo_pipeline_new(&config, &pipeline) != MYO_OK ||
        myo_spectrum_new(&spectrum_config, &spectrum) != MYO_OK ||
        myo_clinic_new(NULL, 0, &clinic, &issues) != MYO_OK) {
        return 1;
    }
    size_t frames = myo_pipeline_process(pipeline, silence, 4000);
    size_t windows = myo_spectrum_process(spectrum, silence, 4000);
    myo_pipeline_free(pipeline);
    myo_spectrum_free(spectrum);
    myo_clinic_free(clinic);
    printf("%s %zu %d\n", myo_version(), frames, windows > 0);
    return 0;
}
