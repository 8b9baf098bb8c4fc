/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the command line to the detector's configuration. */
#include "analysis.h"

#include "config_file.h"

#include "signal/channels.h"

#include <string.h>

static myo_status profiles_set(const analysis_settings *settings, const myo_source_info *info,
                               myo_config *config, myo_why *why)
{
    bool needle[MYO_MAX_CHANNELS] = {false};
    if (settings->needle != NULL) {
        const myo_status status = myo_channel_list(settings->needle, info, needle, why);
        if (status != MYO_OK) {
            return status;
        }
    }
    for (uint32_t c = 0; c < info->channels; c++) {
        config->profile[c] = needle[c] ? MYO_PROFILE_NEEDLE : MYO_PROFILE_SURFACE;
    }
    return MYO_OK;
}

myo_status analysis_config_make(const analysis_settings *settings, const myo_source_info *info,
                                myo_config *config, myo_why *why)
{
    const char *field = NULL;
    myo_config_default(config, info->rate_hz, info->channels);
    memcpy(config->rail_low, info->rail_low, sizeof config->rail_low);
    memcpy(config->rail_high, info->rail_high, sizeof config->rail_high);
    myo_status status = profiles_set(settings, info, config, why);
    if (status == MYO_OK && settings->config != NULL) {
        status = config_file_read(settings->config, config, why);
    }
    if (status != MYO_OK) {
        return status;
    }
    if (settings->false_alarms_per_hour > 0.0) {
        config->false_alarms_per_hour = settings->false_alarms_per_hour;
    }
    if (settings->no_hum) {
        config->hum_cancel = false;
    }
    if (settings->cpu != NULL && myo_config_set_cpu(config, settings->cpu) != MYO_OK) {
        return myo_why_set(why, MYO_ERR_BAD_ARG, "--cpu does not know '%s'", settings->cpu);
    }
    if (myo_config_check(config, &field) != MYO_OK) {
        return myo_why_set(why, MYO_ERR_BAD_ARG, "configuration: %s is out of range", field);
    }
    return MYO_OK;
}
