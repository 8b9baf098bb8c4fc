/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tells EMG from other channels by name and unit. */
#include "voltage.h"

#include "channels.h"

#include <string.h>

/* The micro sign comes in Latin 1 and, as that or as a Greek letter, in UTF-8. */
double myo_unit_uv(const char *unit)
{
    static const struct {
        const char *name;
        double uv;
    } units[] = {{"uV", 1.0},        {"\xB5V", 1.0}, {"\xC2\xB5V", 1.0}, {"\xCE\xBCV", 1.0},
                 {"mV", 1e3},        {"V", 1e6},     {"nV", 1e-3},       {"UV", 1.0},
                 {"MV", 1e3},        {"uv", 1.0},    {"mv", 1e3},        {"microV", 1.0},
                 {"Volt", 1e6},      {"Volts", 1e6}, {"volts", 1e6},     {"millivolts", 1e3},
                 {"microvolts", 1.0}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(unit, units[i].name) == 0) {
            return units[i].uv;
        }
    }
    return 0.0;
}

static bool is_called_emg(const char *name)
{
    return strcasestr(name, "EMG") != NULL;
}

/* The standard texts of EDF+ begin with the kind of signal; others follow that habit. */
static bool is_called_other(const char *name)
{
    static const char *const others[] = {"EEG",  "ECG",  "EKG",    "EOG",  "Resp",
                                         "Trig", "Stim", "Status", "Force"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (strncasecmp(name, others[i], strlen(others[i])) == 0) {
            return true;
        }
    }
    return false;
}

static void emg_choose(myo_reader *reader, const bool *is_voltage)
{
    const myo_source_info *info = &reader->info;
    bool any_emg = false, any_voltage = false;
    for (uint32_t c = 0; c < info->channels; c++) {
        any_emg = any_emg || is_called_emg(info->channel_name[c]);
        any_voltage = any_voltage || is_voltage[c];
    }
    for (uint32_t c = 0; c < info->channels; c++) {
        const char *name = info->channel_name[c];
        bool is_other = (any_voltage && !is_voltage[c]) || is_called_other(name);
        reader->is_emg[c] = any_emg ? is_called_emg(name) : !is_other;
    }
}

void myo_voltage_choose(myo_reader *reader, const bool *is_voltage, const char *list)
{
    myo_source_info *info = &reader->info;
    bool chosen[MYO_MAX_CHANNELS];
    myo_why why;
    emg_choose(reader, is_voltage);
    memcpy(chosen, reader->is_emg, sizeof chosen);
    if (list != NULL && myo_channel_list(list, info, chosen, &why) != MYO_OK) {
        return; /* the list is refused where it is used */
    }
    info->full_scale_uv = 1.0;
    for (uint32_t c = 0; c < info->channels; c++) {
        if (chosen[c] && !is_voltage[c]) {
            info->full_scale_uv = 0.0;
        }
    }
}
