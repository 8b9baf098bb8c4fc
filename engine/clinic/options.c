/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may be done to a muscle, and with what. */
#include "myotwitch/clinic_query.h"

#include "clinic/entities.h"

#include <string.h>

/* Tools that press: the kinds hand to double_ball of the data. */
static bool presses(const myo_tool *tool)
{
    return tool->reach != MYO_REACH_UNSET && tool->depths != 0;
}

static bool forbidden(const myo_muscle *muscle, myo_setting setting)
{
    return setting == MYO_SELF && muscle->self == MYO_PRESSURE_PRO;
}

myo_tool_fit myo_clinic_tool_fit(const myo_tool *tool, const myo_muscle *muscle,
                                 myo_setting setting)
{
    bool depth = (tool->depths & (1u << muscle->depth)) != 0;
    bool size = (tool->sizes & (1u << muscle->size)) != 0;
    bool region = tool->regions == 0 || (tool->regions & (1u << muscle->region)) != 0;
    bool allowed = setting == MYO_ANY_SETTING || (tool->settings & (1u << setting)) != 0;
    myo_tool_fit fit = {tool, false, myo_ids_contain(&muscle->tools, tool->record.id), 0};
    /* What the article names for a muscle fits it, whatever class we gave to the muscle. */
    fit.fits = presses(tool) && allowed && muscle->access != MYO_ACCESS_NONE &&
               !forbidden(muscle, setting) && (fit.named || (depth && size && region));
    if (fit.fits) {
        fit.score = 8 * fit.named;
        /* A far or paraspinal reach is worth something only where the place asks for it. */
        fit.score += 4 * (tool->regions != 0 && region && muscle->access == MYO_ACCESS_HARD);
        fit.score += 2 * (muscle->depth == MYO_DEEP && tool->density == MYO_DENSITY_HARD);
        /* The therapist presses with the hands first. */
        fit.score += 2 * (tool->kind == MYO_TOOL_HAND && setting != MYO_SELF);
        fit.score += (muscle->size == MYO_SMALL) == (tool->reach == MYO_REACH_PINPOINT);
    }
    return fit;
}

size_t myo_clinic_tools(const myo_clinic *clinic, const myo_muscle *muscle, myo_setting setting,
                        myo_tool_fit *fits, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_TOOLS); i++) {
        myo_tool_fit fit =
            myo_clinic_tool_fit(myo_clinic_at(clinic, MYO_TOOLS, i), muscle, setting);
        if (!fit.fits || count == room) {
            continue;
        }
        size_t at = count++;
        while (at > 0 && fit.score > fits[at - 1].score) {
            fits[at] = fits[at - 1];
            at--;
        }
        fits[at] = fit;
    }
    return count;
}

static bool suits(const myo_technique *technique, const myo_muscle *muscle, myo_setting setting)
{
    if (setting != MYO_ANY_SETTING && !(technique->settings & (1u << setting))) {
        return false;
    }
    if (myo_ids_contain(&muscle->techniques, technique->record.id)) {
        return true;
    }
    /* Interferential current is for what lies deep in its regions; regions of other techniques
     * say where the evidence is best, not where they end. */
    if (strcmp(technique->record.id, "ifc") == 0) {
        return muscle->depth == MYO_DEEP && (technique->regions & (1u << muscle->region)) != 0;
    }
    if (strcmp(technique->record.id, "dry_needling") == 0) {
        return muscle->needle_risk != MYO_RISK_AVOID;
    }
    return true;
}

size_t myo_clinic_options(const myo_clinic *clinic, const myo_muscle *muscle, myo_setting setting,
                          const myo_technique **options, size_t room)
{
    size_t count = 0;
    if (forbidden(muscle, setting)) {
        return 0;
    }
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_TECHNIQUES); i++) {
        const myo_technique *technique = myo_clinic_at(clinic, MYO_TECHNIQUES, i);
        if (suits(technique, muscle, setting)) {
            if (count < room) {
                options[count] = technique;
            }
            count++;
        }
    }
    return count;
}
