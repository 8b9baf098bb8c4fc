/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Versions, and the sentence that stands on every report. */
#include "myotwitch/version.h"

const char *myo_version(void)
{
    return MYO_VERSION;
}

const char *myo_detector_version(void)
{
    return "myotwitch-emg/10";
}

const char *myo_honest_sentence(void)
{
    return "Research and education software, not a medical device; detection figures are for "
           "simulated and semi-simulated signals; that no twitch was detected is not evidence "
           "that none occurred.";
}
