/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the model's records, and the names of its values. */
#ifndef MYO_CLINIC_ENTITIES_H
#define MYO_CLINIC_ENTITIES_H

#include "clinic/record.h"

extern const myo_record_kind myo_entity_kinds[MYO_ENTITY_COUNT];

extern const char *const myo_setting_names[];
extern const char *const myo_origin_names[];
extern const char *const myo_severity_names[];
extern const char *const myo_step_kind_names[];
extern const char *const myo_region_names[];
extern const char *const myo_palpation_names[];
extern const char *const myo_confidence_names[];

enum { MYO_TOOL_HAND = 1 };
enum { MYO_FACT_RANGE = 9, MYO_FACT_STOP = 10 };
enum { MYO_CONFIDENCE_UNSET, MYO_CONFIDENCE_LOW, MYO_CONFIDENCE_MEDIUM, MYO_CONFIDENCE_HIGH };

struct myo_clinic {
    myo_arena arena;
    myo_bag table[MYO_ENTITY_COUNT];
};

/** Level 2: every reference leads somewhere, every number and fact is used. */
void myo_clinic_check_references(const myo_clinic *clinic, const myo_pending *pending,
                                 myo_issues *issues);
/** Level 3: ranges, catalogue, protocols, time lines make sense. */
void myo_clinic_check_meaning(const myo_clinic *clinic, myo_issues *issues);

/** The list in the field of that name, empty if there is none. */
myo_ids myo_record_ids(myo_entity entity, const void *record, const char *field);

#endif
