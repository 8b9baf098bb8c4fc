/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to the model: who refers here, what lies there, what fits. */
#include "myotwitch/clinic_query.h"

#include "clinic/entities.h"

#include <string.h>

/* Weight of a primary against a spill zone (model, section on questions). */
#define PRIMARY_WEIGHT 3.0

static size_t hits(const myo_ids *a, const myo_ids *b)
{
    size_t count = 0;
    for (size_t i = 0; i < a->count; i++) {
        count += myo_ids_contain(b, a->item[i]);
    }
    return count;
}

static myo_candidate judge(const myo_muscle *muscle, const myo_ids *zones, bool article_only)
{
    static const myo_ids none = {NULL, 0};
    const myo_ids *primary = article_only ? &muscle->article_zones : &muscle->primary;
    const myo_ids *spill = article_only ? &none : &muscle->spill;
    myo_candidate candidate = {muscle, hits(zones, primary), hits(zones, spill), 0.0, 0.0};
    candidate.score = (PRIMARY_WEIGHT * (double)candidate.primary + (double)candidate.spill) /
                      (PRIMARY_WEIGHT * (double)(zones->count > 0 ? zones->count : 1));
    if (primary->count > 0) {
        candidate.share = (double)candidate.primary / (double)primary->count;
    }
    return candidate;
}

static int sign(double a, double b)
{
    return (a > b) - (a < b);
}

/* > 0: a ranks before b. */
static int better(const myo_candidate *a, const myo_candidate *b)
{
    int order = sign((double)(a->primary + a->spill), (double)(b->primary + b->spill));
    order = order != 0 ? order : sign(a->score, b->score);
    order = order != 0 ? order : sign(a->share, b->share);
    order = order != 0 ? order : sign(a->muscle->freq, b->muscle->freq);
    return order != 0 ? order : strcmp(b->muscle->record.id, a->muscle->record.id);
}

/* Keeps the best @p room in order; insertion is enough for a hundred rows. */
static void insert(myo_candidate *list, size_t *count, size_t room, const myo_candidate *candidate)
{
    size_t at = *count < room ? *count : room;
    while (at > 0 && better(candidate, &list[at - 1]) > 0) {
        at--;
    }
    if (at < room) {
        size_t kept = *count < room ? *count : room - 1;
        memmove(&list[at + 1], &list[at], (kept - at) * sizeof *list);
        list[at] = *candidate;
    }
    (*count)++;
}

size_t myo_clinic_lookup(const myo_clinic *clinic, const myo_ids *zones, bool article_only,
                         myo_candidate *candidates, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_MUSCLES); i++) {
        const myo_muscle *muscle = myo_clinic_at(clinic, MYO_MUSCLES, i);
        myo_candidate candidate = judge(muscle, zones, article_only);
        if (candidate.primary + candidate.spill > 0) {
            insert(candidates, &count, room, &candidate);
        }
    }
    return count;
}

size_t myo_clinic_satellites(const myo_clinic *clinic, const myo_muscle *primary,
                             myo_candidate *candidates, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < myo_clinic_count(clinic, MYO_MUSCLES); i++) {
        const myo_muscle *muscle = myo_clinic_at(clinic, MYO_MUSCLES, i);
        if (muscle == primary || !myo_muscle_lies_in_zones_of(muscle, primary)) {
            continue;
        }
        myo_candidate candidate = {muscle, hits(&muscle->lies_in, &primary->primary),
                                   hits(&muscle->lies_in, &primary->spill), 0.0, 0.0};
        candidate.score = (PRIMARY_WEIGHT * (double)candidate.primary + (double)candidate.spill) /
                          (PRIMARY_WEIGHT * (double)muscle->lies_in.count);
        insert(candidates, &count, room, &candidate);
    }
    return count;
}

bool myo_muscle_lies_in_zones_of(const myo_muscle *x, const myo_muscle *y)
{
    return hits(&x->lies_in, &y->primary) + hits(&x->lies_in, &y->spill) > 0;
}

size_t myo_clinic_users(const myo_clinic *clinic, myo_entity of, const char *id, myo_user *users,
                        size_t room)
{
    size_t count = 0;
    for (int entity = 0; entity < MYO_ENTITY_COUNT; entity++) {
        const myo_record_kind *kind = &myo_entity_kinds[entity];
        for (size_t i = 0; i < myo_clinic_count(clinic, (myo_entity)entity); i++) {
            const myo_record *record = myo_clinic_at(clinic, (myo_entity)entity, i);
            bool names = false;
            for (size_t f = 0; f < kind->field_count && !names; f++) {
                const myo_field *field = &kind->fields[f];
                if (field->kind == FIELD_REFS && field->target == (int)of) {
                    myo_ids ids = myo_record_ids((myo_entity)entity, record, field->name);
                    names = myo_ids_contain(&ids, id);
                }
            }
            if (names) {
                if (count < room) {
                    users[count] = (myo_user){(myo_entity)entity, record};
                }
                count++;
            }
        }
    }
    return count;
}
